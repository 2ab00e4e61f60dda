"""Acts on a time limit: more time, pauses, milestones."""

from datetime import UTC, date, datetime
from typing import Final

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from admin.extensions import gettext as _
from admin.forms.cases import TEXT_MAX, ActForm
from admin.forms.clock_words import EXTENSION_REASONS, MILESTONES, PAUSE_REASONS, UNITS
from admin.forms.fields import one_line
from admin.forms.rewards import DeedForm
from admin.forms.words import ROLES, Words, word
from casework.clock import SHANGHAI
from casework.domain.milestone import Milestone
from casework.domain.rectification import NOT_FIXED, RECHECKED
from casework.services.extensions import ExtensionRoom
from casework.services.standstills import PauseRoom

DOCUMENT_MAX: Final = 100  # characters; longer than any document number


class SignInForm(ActForm):
    """Nothing to fill in."""


class AcknowledgeForm(ActForm):
    """Nothing to fill in."""


class ExtensionForm(ActForm):
    """How much more time, and why."""

    was = HiddenField()
    value = IntegerField(
        _l("延长多少"),
        validators=[InputRequired(_l("请填写整数。")), NumberRange(1, 1000)],
        render_kw={"inputmode": "numeric"},
    )
    reason_code = SelectField(
        _l("延期的理由"),
        choices=[],
        description=_l("批准后举报人会看到这个理由。"),
        validators=[DataRequired(_l("请选择理由。"))],
    )

    def offer(self, room: ExtensionRoom) -> None:
        """Offer what the policy allows on this clock now."""
        unit = word(UNITS, room.rule.unit)
        self.value.label.text = _("延长多少%(unit)s", unit=unit)
        self.value.description = _most(room, unit)
        told = _("请填写 1 到 %(most)d 的整数。", most=room.most)
        self.value.validators = [InputRequired(told), NumberRange(1, room.most, told)]
        self.reason_code.choices = _chosen(EXTENSION_REASONS, room.reasons)


class ExtensionDecisionForm(DeedForm):
    """Yes or no, and what the reporter is told."""

    due_on = HiddenField()
    must_tell = False
    decision = RadioField(
        _l("决定"),
        choices=lambda: [
            ("grant", _l("批准：期限延长到上面的新日期")),
            ("refuse", _l("不批准：原来的最后一日不变")),
        ],
        validators=[DataRequired(_l("请选择是否批准。"))],
    )
    note = TextAreaField(
        _l("给举报人的说明"),
        description=_l(
            "加密后存放，举报人凭查询码可以看到。写明为什么需要更多时间，不写办案线索。"
        ),
        validators=[Length(max=TEXT_MAX)],
    )

    def validate_note(self, field: TextAreaField) -> None:
        """The reporter is told why, where the policy says so.

        Raises:
            ValidationError: nothing was written.
        """
        empty = not (field.data or "").strip()
        if self.must_tell and self.decision.data == "grant" and empty:
            raise ValidationError(_("批准延期须向举报人说明理由，请填写。"))


class PauseForm(ActForm):
    """Why, on which paper, and for which days."""

    reason_code = SelectField(
        _l("暂停的理由"),
        choices=[],
        description=_l("只能选适用的办法列明的理由；举报人会看到。"),
        validators=[DataRequired(_l("请选择理由。"))],
    )
    document = StringField(
        _l("依据文书的文号"),
        description=_l("例如委托鉴定书、通知书的文号。"),
        validators=[
            DataRequired(_l("请填写文号：没有文书不能暂停。")),
            Length(max=DOCUMENT_MAX, message=_l("文号不能超过 100 字。")),
            one_line,
        ],
        render_kw={"autocomplete": "off"},
    )
    first = DateField(
        _l("从哪一天起不计入"),
        validators=[InputRequired(_l("请填写日期，例如 2026-03-31。"))],
    )
    until = DateField(
        _l("最迟到哪一天"),
        validators=[InputRequired(_l("请填写日期，例如 2026-03-31。"))],
    )
    today: date = date.min

    def offer(self, room: PauseRoom, today: date) -> None:
        """Offer what the policy allows on this clock now."""
        self.today = today
        self.reason_code.choices = _chosen(PAUSE_REASONS, room.rule.reasons)
        self.until.description = _(
            "含当日。累计最多还能暂停 %(left)d 天；事由提前结束的，当天就应当恢复计时。",
            left=room.left,
        )

    def validate_first(self, field: DateField) -> None:
        """A pause begins today or later.

        Raises:
            ValidationError: the day has passed.
        """
        if field.data and field.data < self.today:
            raise ValidationError(_("不能早于今天：已经过去的日子照常计入。"))

    def validate_until(self, field: DateField) -> None:
        """It ends after it begins.

        Raises:
            ValidationError: it does not.
        """
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(_("不能早于开始的那一天。"))


class PauseDecisionForm(DeedForm):
    """Yes or no."""

    decision = RadioField(
        _l("决定"),
        choices=lambda: [
            ("grant", _l("批准：从申请的那一天起暂停计时")),
            ("refuse", _l("不批准：期限照常计算")),
        ],
        validators=[DataRequired(_l("请选择是否批准。"))],
    )


class EndPauseForm(ActForm):
    """Nothing to fill in; the day that was shown comes along."""

    due_on = HiddenField()


class MilestoneForm(ActForm):
    """What has happened, on which paper, and when."""

    milestone = RadioField(
        _l("登记什么"),
        choices=[],
        validators=[DataRequired(_l("请选择要登记的节点。"))],
    )
    document = StringField(
        _l("文书的文号"),
        description=_l(
            "除注明“不用文号”的以外都要填写，例如责令整改通知书、处罚决定书、移送书的文号。"
        ),
        validators=[Length(max=DOCUMENT_MAX, message=_l("文号不能超过 100 字。")), one_line],
        render_kw={"autocomplete": "off"},
    )
    happened_at = DateTimeLocalField(
        _l("实际发生的时间"),
        description=_l(
            "北京时间，不填就是现在。只有开始计时的节点可以填较早的时间；完成的节点以登记的时刻为准。"
        ),
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[Optional()],
    )
    kinds: tuple[Milestone, ...] = ()
    now: datetime = datetime.min.replace(tzinfo=UTC)
    received_on: date = date.min

    def offer(self, kinds: tuple[Milestone, ...], received_on: date, now: datetime) -> None:
        """Offer the milestones that make sense in the case now."""
        self.kinds, self.received_on, self.now = kinds, received_on, now
        self.milestone.choices = [(one.name, _milestone_words(one)) for one in kinds]
        if any(one.name == RECHECKED for one in kinds):
            found = (f"{RECHECKED}.{NOT_FIXED}", _("复查不合格，整改期限重新计算"))
            self.milestone.choices.append(found)

    def validate_document(self, field: StringField) -> None:
        """Most milestones rest on a paper.

        Raises:
            ValidationError: its number is missing.
        """
        chosen = self._chosen
        if chosen and chosen.document and not (field.data or "").strip():
            raise ValidationError(_("登记这个节点须填写文书的文号。"))

    def validate_happened_at(self, field: DateTimeLocalField) -> None:
        """What ends a limit counts when it is recorded; what starts one may have been earlier.

        Raises:
            ValidationError: no time may be given, or not this one.
        """
        chosen, at = self._chosen, self.instant
        if chosen is None or at is None:
            return
        if chosen.after:
            raise ValidationError(_("完成的节点以登记的时刻为准，请把时间留空。"))
        if at > self.now:
            raise ValidationError(_("不能是还没有到的时间。"))
        if at.astimezone(SHANGHAI).date() < self.received_on:
            raise ValidationError(_("不能早于收到举报的那一天。"))

    @property
    def instant(self) -> datetime | None:
        """The time that was given, as an instant; None where none was."""
        typed = self.happened_at.data
        return typed.replace(tzinfo=SHANGHAI) if isinstance(typed, datetime) else None

    @property
    def _chosen(self) -> Milestone | None:
        name = (self.milestone.data or "").partition(".")[0]
        return next((one for one in self.kinds if one.name == name), None)


def _most(room: ExtensionRoom, unit: str) -> str:
    """How much may be asked for, and who decides on how much."""
    rule = room.rule
    told = _("这一次最多 %(most)d %(unit)s。", most=room.most, unit=unit)
    first = rule.role_for(1, room.times)
    if rule.role_for(room.most, room.times) == first:
        return told + _("由%(role)s决定。", role=word(ROLES, first))
    return told + _(
        "%(over)d %(unit)s以内由%(role)s决定，超过的由%(higher)s决定。",
        over=rule.over,
        unit=unit,
        role=word(ROLES, first),
        higher=word(ROLES, rule.over_role),
    )


def _milestone_words(one: Milestone) -> str:
    told = [] if one.after else [_("开始计时")]
    told += [] if one.document else [_("不用文号")]
    name = word(MILESTONES, one.name)
    return _("%(what)s（%(told)s）", what=name, told=_("，").join(told)) if told else name


def _chosen(words: Words, codes: tuple[str, ...]) -> list[tuple[str, str | LazyString]]:
    return [("", _("请选择")), *((code, words[code]) for code in codes if code in words)]
