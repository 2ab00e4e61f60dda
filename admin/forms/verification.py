"""What verification found."""

from datetime import date
from typing import Final

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FieldList,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from admin.extensions import gettext as _
from admin.forms.cases import TEXT_MAX, ActForm
from admin.forms.fields import FinesField, choices, one_line
from admin.forms.visit_words import BASES
from admin.forms.words import ALREADY_KNOWN, FINDINGS
from casework.domain.case import REWARDED_FINDINGS
from casework.domain.verification import makes_up
from crypto.canonical import JSON

ALLEGATIONS: Final = 6  # as many as the page has lines for
_COUNT = [Optional(), NumberRange(0, 10_000, _l("请填写 0 到 10000 的整数。"))]


class FindingForm(ActForm):
    """The finding, the fines, and what a reward depends on."""

    today: date = date.min
    finding = RadioField(
        _l("核查结论"),
        choices=lambda: choices(FINDINGS),
        validators=[DataRequired(_l("请选择核查结论。"))],
    )
    basis = RadioField(
        _l("结论的依据"),
        description=_l("到过现场的，须有两名执法人员签字的现场核查记录。"),
        choices=lambda: choices(BASES),
        validators=[DataRequired(_l("请选择核查结论的依据。"))],
    )
    allegations = FieldList(
        SelectField(
            choices=lambda: choices(FINDINGS, first="–"),
            validators=[Optional()],
        ),
        label=_l("逐项结论"),
        min_entries=ALLEGATIONS,
        max_entries=ALLEGATIONS,
    )
    penalty_no = StringField(
        _l("行政处罚决定书文号"),
        description=_l("例如：（伊）应急罚〔2026〕12号。没有处罚则留空。"),
        validators=[Length(max=200), one_line],
    )
    penalty_on = DateField(
        _l("作出处罚决定的日期"),
        description=_l("填写后开始计算处罚公示的期限。"),
        validators=[Optional()],
    )
    penalty_by = StringField(
        _l("作出处罚决定的机关"),
        description=_l("不是本单位作出的，请改写。没有处罚则不用管。"),
        validators=[Length(max=200)],
    )
    fines = FinesField(
        _l("罚款金额（元）"),
        description=_l("每笔一行，只写最终生效的罚款；没有罚款则留空。"),
        render_kw={"rows": 3, "inputmode": "decimal"},
    )
    already_known = SelectField(
        _l("举报前本部门是否已经掌握"),
        choices=lambda: choices(ALREADY_KNOWN),
        default="no",
    )
    account = TextAreaField(
        _l("核查情况"),
        description=_l("加密后存放，只有承办部门和上级督办能看。不要写举报人是谁。"),
        validators=[DataRequired(_l("请写明核查情况。")), Length(max=TEXT_MAX)],
    )

    def validate_penalty_no(self, field: StringField) -> None:
        """A fine stands in a decision, and only where the report was true.

        Raises:
            ValidationError: the three do not fit together.
        """
        fined = bool((self.fines.data or "").strip())
        typed = (field.data or "").strip()
        if fined and not typed:
            raise ValidationError(_("填写了罚款，请同时填写处罚决定书文号。"))
        if (fined or typed) and self.finding.data and not self.is_true:
            raise ValidationError(_("结论不是属实或部分属实时，不能有处罚决定和罚款。"))

    def validate_allegations(self, _field: object) -> None:
        """Findings on the parts come to the finding on the whole.

        Raises:
            ValidationError: there is one alone, one is left out, or they do not.
        """
        given = self.given_allegations
        if not given:
            return
        if len(given) < 2 or any(self.allegations.data[len(given) :]):
            raise ValidationError(_("请从第一项起逐项填写，至少两项；只有一项的不用填写。"))
        if self.finding.data and not makes_up(self.finding.data, given):
            raise ValidationError(_("逐项结论与核查结论不一致，有属实也有不属实的是部分属实。"))

    @property
    def given_allegations(self) -> list[str]:
        """The findings on several allegations; empty where there is one."""
        return [one for one in self.allegations.data if one]

    def validate_penalty_on(self, field: DateField) -> None:
        """The day belongs to a decision that was made.

        Raises:
            ValidationError: there is none, or it is to come.
        """
        if field.data and not (self.penalty_no.data or "").strip():
            raise ValidationError(_("请同时填写处罚决定书文号。"))
        if field.data and field.data > self.today:
            raise ValidationError(_("不能是还没有到的日子。"))

    @property
    def penalty(self) -> dict[str, JSON]:
        """Who decided on the penalty and when, where there is a decision."""
        if not (self.penalty_no.data or "").strip():
            return {}
        told: dict[str, JSON] = {"penalty_by": (self.penalty_by.data or "").strip()}
        if self.penalty_on.data:
            told["penalty_on"] = self.penalty_on.data.isoformat()
        return told

    @property
    def is_true(self) -> bool:
        """Whether the finding is one that a reward may follow."""
        return self.finding.data in {str(finding) for finding in REWARDED_FINDINGS}

    @property
    def facts(self) -> dict[str, JSON]:
        """What the event says of the finding beyond its own facts."""
        return {"already_known": self.already_known.data} if self.is_true else {}


class AccidentFindingForm(FindingForm):
    """The same for an accident that was concealed, where people count."""

    deaths = IntegerField(_l("实际死亡人数"), validators=_COUNT)
    concealed_deaths = IntegerField(_l("其中瞒报、谎报的死亡人数"), validators=_COUNT)
    serious_injuries = IntegerField(_l("重伤人数"), validators=_COUNT)

    @property
    def facts(self) -> dict[str, JSON]:
        """As above, with the accident."""
        if not self.is_true:
            return {}
        accident: dict[str, JSON] = {
            "deaths": self.deaths.data or 0,
            "serious_injuries": self.serious_injuries.data or 0,
            "direct_loss_fen": 0,
            "concealed_deaths": self.concealed_deaths.data or 0,
        }
        return {**super().facts, "accident": accident}
