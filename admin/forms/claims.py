"""What people decide on an award: its sum, a yes or a no, the notice, the review, the recall."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length

from admin.extensions import gettext as _
from admin.forms import claim_words
from admin.forms.cases import TEXT_MAX, ActForm
from admin.forms.closing import AskedForm
from admin.forms.fields import YuanField, choices, one_line
from admin.forms.rewards import DeedForm
from casework.domain.money import shown

BECAUSE_MAX: Final = 200
DOCUMENT_MAX: Final = 100


class ChosenForm(DeedForm):
    """A sum within the range that the rules give."""

    low_fen: int = 0
    high_fen: int = 0
    amount_yuan = YuanField(
        _l("选定的金额（元）"),
        validators=[DataRequired(_l("请填写金额。"))],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )

    def within(self, low_fen: int, high_fen: int) -> None:
        """Say what may be chosen, both ends included."""
        self.low_fen, self.high_fen = low_fen, high_fen
        self.amount_yuan.description = _(
            "从 %(low)s 到 %(high)s，由您选定；选定多少，依据什么，由您负责。",
            low=shown(low_fen),
            high=shown(high_fen),
        )

    def validate_amount_yuan(self, field: YuanField) -> None:
        """The sum lies within the range.

        Raises:
            ValidationError: it does not.
        """
        chosen = field.amount_fen
        if chosen is not None and not self.low_fen <= chosen <= self.high_fen:
            raise ValidationError(
                _(
                    "须在 %(low)s 至 %(high)s 之间。",
                    low=shown(self.low_fen),
                    high=shown(self.high_fen),
                )
            )


class ManualForm(DeedForm):
    """A sum that no rule gives, and why."""

    amount_yuan = YuanField(
        _l("建议的金额（元）"),
        validators=[DataRequired(_l("请填写金额。"))],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    because = StringField(
        _l("理由"),
        description=_l(
            "办法没有给出数额，写明为什么是这个数额。审批人据此决定，不要写举报人是谁。"
        ),
        validators=[DataRequired(_l("请写明理由。")), Length(max=BECAUSE_MAX), one_line],
    )


class DecisionForm(DeedForm):
    """Yes to exactly what was proposed, or back, or no with the reason that the reporter reads."""

    bound = HiddenField()
    decision = RadioField(_l("审批意见"), validators=[DataRequired(_l("请选择审批意见。"))])
    back_code = SelectField(
        _l("退回的理由"),
        choices=lambda: choices(claim_words.SENT_BACK, first=_l("请选择")),
        default="",
    )
    reason_code = SelectField(
        _l("不予奖励的理由"),
        description=_l("举报人在查询页可以看到。"),
        choices=lambda: choices(claim_words.REFUSED, first=_l("请选择")),
        default="",
    )

    def offers(self, *, finance: bool) -> None:
        """Offer what this rung may say."""
        yes = _l("确认：资金到位，按上述金额发放") if finance else _l("同意：按上述金额发放")
        self.decision.choices = [
            ("approve", yes),
            ("send_back", _l("退回：由承办单位重新拟定，资金继续预留")),
            ("reject", _l("不予奖励：释放预留资金，并说明理由")),
        ]

    def validate_back_code(self, field: SelectField) -> None:
        """Who sends it back says why.

        Raises:
            ValidationError: no reason is chosen.
        """
        if self.decision.data == "send_back" and not field.data:
            raise ValidationError(_("请选择退回的理由。"))

    def validate_reason_code(self, field: SelectField) -> None:
        """Who refuses it says why.

        Raises:
            ValidationError: no reason is chosen.
        """
        if self.decision.data == "reject" and not field.data:
            raise ValidationError(_("请选择不予奖励的理由。"))


class RefuseForm(DeedForm):
    """Why nothing is due."""

    reason_code = SelectField(
        _l("不予奖励的理由"),
        description=_l("举报人在查询页可以看到，并可以提出异议。"),
        choices=lambda: choices(claim_words.REFUSED, first=_l("请选择")),
        validators=[DataRequired(_l("请选择不予奖励的理由。"))],
    )


class NotifyForm(ActForm):
    """How somebody without a mailbox was told."""

    how = RadioField(_l("通知方式"), validators=[DataRequired(_l("请选择通知方式。"))])
    document = StringField(
        _l("通知书或者公告的文号"),
        validators=[DataRequired(_l("请填写文号。")), Length(max=DOCUMENT_MAX), one_line],
    )

    def offers(self, *, announce: bool) -> None:
        """Offer a letter, and a posted notice where the policy knows one."""
        ways: Mapping[str, Any] = claim_words.NOTIFIED
        self.how.choices = [(one, ways[one]) for one in ("letter", "announced")[: 1 + announce]]


class ReopenForm(DeedForm):
    """For which cause a lapsed award may be claimed after all."""

    reason_code = SelectField(
        _l("恢复领取的理由"),
        choices=lambda: choices(claim_words.REOPENED, first=_l("请选择")),
        validators=[DataRequired(_l("请选择理由。"))],
    )


class RecallForm(DeedForm):
    """How much must be paid back, why, and by which decision."""

    paid_fen: int = 0
    amount_yuan = YuanField(
        _l("追回的金额（元）"),
        validators=[DataRequired(_l("请填写金额。"))],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    reason_code = SelectField(
        _l("追回的理由"),
        choices=lambda: choices(claim_words.RECALLED, first=_l("请选择")),
        validators=[DataRequired(_l("请选择理由。"))],
    )
    document = StringField(
        _l("追回决定的文号"),
        validators=[DataRequired(_l("请填写文号。")), Length(max=DOCUMENT_MAX), one_line],
    )

    def validate_amount_yuan(self, field: YuanField) -> None:
        """No more than was paid.

        Raises:
            ValidationError: it is more.
        """
        if field.amount_fen is not None and field.amount_fen > self.paid_fen:
            raise ValidationError(_("最多 %(paid)s，即已经发放的数额。", paid=shown(self.paid_fen)))


class AwardReviewForm(AskedForm, DeedForm):
    """Keep the award or have it decided anew, and why."""

    outcome = RadioField(
        _l("复核决定"),
        choices=lambda: [
            ("kept", _l("维持：奖励不变")),
            ("redo", _l("重新核定：由承办单位重新拟定，不少于原来的金额")),
        ],
        validators=[DataRequired(_l("请选择维持还是重新核定。"))],
    )
    note = TextAreaField(
        _l("给举报人的理由"),
        description=_l("加密后存放，举报人凭查询码可以看到，承办部门也可以看到。"),
        validators=[DataRequired(_l("请写明理由：维持和重新核定都要说明。")), Length(max=TEXT_MAX)],
    )
