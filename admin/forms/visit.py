"""On-site verification: who goes, the photos, what was found, and the second signature."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms import Form as PlainForm
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from admin.extensions import gettext as _
from admin.forms.cases import ActForm
from admin.forms.fields import OfficesField, choices, one_line
from admin.forms.rewards import DeedForm
from admin.forms.visit_words import ANSWERS, DROPS, RESULTS
from admin.forms.words import FINDINGS
from casework.domain.checklists import Checklist
from crypto.canonical import JSON

LINE_MAX: Final = 200
TEXT_MAX: Final = 6_000  # the whole record has to fit in 64 KiB
PART_MAX: Final = 500
ALLEGATIONS: Final = 6
_NEEDED = InputRequired(_l("请选择。"))


class PlanForm(ActForm):
    """For what, by whom, and whether anybody may be told beforehand."""

    purpose = RadioField(_l("目的"), validators=[DataRequired(_l("请选择目的。"))])
    officers = OfficesField(_l("两名执法人员"), choices=[])
    unannounced = BooleanField(
        _l("不打招呼（四不两直）"),
        description=_l("不发通知、不打招呼、不听汇报、不用陪同接待，直奔基层、直插现场。"),
        default=True,
    )

    def validate_officers(self, field: OfficesField) -> None:
        """Two go.

        Raises:
            ValidationError: fewer or more.
        """
        if len(field.data or []) != 2:
            raise ValidationError(_("请选择两名执法人员。"))


class PhotosForm(ActForm):
    """Photos, straight from a phone."""

    files = MultipleFileField(
        _l("照片"),
        description=_l("一次最多 10 张、共 40 MB。拍摄位置、时间、设备等隐藏信息会先清除。"),
        render_kw={"accept": "image/*", "multiple": True},
    )


class AllegationForm(PlainForm):
    """One of several allegations."""

    finding = SelectField(choices=lambda: choices(FINDINGS, first="–"), validators=[Optional()])
    told = StringField(_l("情况"), validators=[Length(max=PART_MAX), one_line])


class RecordForm(DeedForm):
    """What was found; the questions of the checklist and the photos are added by `record_form`."""

    today: date = date.min
    planned_on: date = date.min
    checklist: Checklist
    photos: Sequence[str] = ()

    visited_on = DateField(_l("到现场的日期"), validators=[DataRequired(_l("请填写日期。"))])
    time = StringField(
        _l("时间"),
        description=_l("例如：14:10 至 15:40。"),
        validators=[DataRequired(_l("请填写时间。")), Length(max=LINE_MAX), one_line],
    )
    place = StringField(
        _l("地点"),
        description=_l("现场的名称和地址，加密后存放。"),
        validators=[DataRequired(_l("请填写地点。")), Length(max=LINE_MAX), one_line],
    )
    present = StringField(
        _l("在场人员"),
        description=_l("被检查单位的在场人员和职务。不要写举报人。"),
        validators=[Length(max=LINE_MAX), one_line],
    )
    account = TextAreaField(
        _l("现场情况"),
        description=_l("看到了什么、怎么核实的。加密后存放，不要写举报人是谁。"),
        validators=[DataRequired(_l("请写明现场情况。")), Length(max=TEXT_MAX)],
        render_kw={"rows": 6},
    )
    allegations = FieldList(
        FormField(AllegationForm),
        label=_l("逐项核查情况"),
        min_entries=ALLEGATIONS,
        max_entries=ALLEGATIONS,
    )
    result = RadioField(
        _l("是否看完"), choices=lambda: choices(RESULTS), validators=[DataRequired(_l("请选择。"))]
    )
    at_first = BooleanField(
        _l("初步核查，举报看来属实"),
        description=_l(
            "适用的办法规定，初步核查属实即开始核定奖励，先预留资金。"
            "正式的核查结论仍须登记；结论不属实的，预留自动释放。"
        ),
    )
    left = StringField(_l("还有什么没有看"), validators=[Length(max=PART_MAX), one_line])

    def validate_visited_on(self, field: DateField) -> None:
        """On a day between the opening of the visit and today.

        Raises:
            ValidationError: it is not.
        """
        if field.data and field.data > self.today:
            raise ValidationError(_("不能是还没有到的日子。"))
        if field.data and field.data < self.planned_on:
            raise ValidationError(_("不能早于安排现场核查的日子。"))

    def validate_left(self, field: StringField) -> None:
        """What was left unseen is named, and only then.

        Raises:
            ValidationError: it is missing.
        """
        if self.result.data == "partial" and not (field.data or "").strip():
            raise ValidationError(_("只看了一部分的，请写明还有什么没有看。"))

    def questions(self) -> Iterator[tuple[Any, Any, Any]]:
        """Each question with its answer and its note, for the page."""
        for one in self.checklist.questions:
            yield one, self[f"answer_{one.id}"], self[f"note_{one.id}"]

    def shown(self) -> Iterator[tuple[str, Any, Any]]:
        """Each photo with its box and its caption."""
        for photo in self.photos:
            yield photo, self[f"shown_{photo}"], self[f"caption_{photo}"]

    @property
    def chosen(self) -> list[str]:
        """Ids of the photos that the record names."""
        return [photo for photo, box, _caption in self.shown() if box.data]

    def told(self, digests: Mapping[str, str]) -> dict[str, JSON]:
        """The record as it is sealed; each photo with the digest of what lies in the store."""
        answers: list[JSON] = [
            {
                "id": one.id,
                "text": one.text,
                "cite": one.cite,
                "mark": one.mark,
                "answer": answer.data,
                "note": (note.data or "").strip(),
            }
            for one, answer, note in self.questions()
        ]
        photos: list[JSON] = [
            {"id": photo, "digest": digests[photo], "caption": (caption.data or "").strip()}
            for photo, box, caption in self.shown()
            if box.data
        ]
        parts: list[JSON] = [
            {"finding": one["finding"], "told": (one["told"] or "").strip()}
            for one in self.allegations.data
            if one["finding"]
        ]
        assert self.visited_on.data
        plain = {
            name: (self[name].data or "").strip()
            for name in ("time", "place", "present", "account", "result", "left")
        }
        return {
            **plain,
            "visited_on": self.visited_on.data.isoformat(),
            "checklist": answers,
            "allegations": parts,
            "photos": photos,
        }


def record_form(checklist: Checklist, photos: Sequence[str]) -> type[RecordForm]:
    """Return the form for this checklist and these photos."""
    fields: dict[str, Any] = {"checklist": checklist, "photos": tuple(photos)}
    for one in checklist.questions:
        fields[f"answer_{one.id}"] = RadioField(
            one.text, choices=lambda: choices(ANSWERS), validators=[_NEEDED]
        )
        fields[f"note_{one.id}"] = StringField(
            _l("备注"), validators=[Length(max=LINE_MAX), one_line]
        )
    for photo in photos:
        fields[f"shown_{photo}"] = BooleanField(_l("列入记录"), default=True)
        fields[f"caption_{photo}"] = StringField(
            _l("照片说明"), validators=[Length(max=60), one_line]
        )
    return type("ChecklistForm", (RecordForm,), fields)


class SignForm(DeedForm):
    """The second signature, under the very record that was shown."""

    record = HiddenField()


class ReturnForm(ActForm):
    """Why the record is sent back."""

    recorded = HiddenField()
    note = TextAreaField(
        _l("哪里不对"),
        description=_l("加密后存放，只有承办、督办和协办单位能看。"),
        validators=[DataRequired(_l("请写明哪里不对。")), Length(max=TEXT_MAX)],
    )


class DropForm(ActForm):
    """Why it is given up."""

    reason_code = SelectField(
        _l("理由"),
        choices=lambda: choices(
            {code: told for code, told in DROPS.items() if code != "transferred"},
            first=_l("请选择"),
        ),
        validators=[DataRequired(_l("请选择理由。"))],
    )
