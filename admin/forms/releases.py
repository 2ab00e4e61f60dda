"""Asking for an identity item, deciding on it, opening it once."""

from typing import Final

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, InputRequired, Length

from admin.extensions import gettext as _
from admin.forms.fields import choices
from admin.forms.rewards import DeedForm
from admin.forms.words import RELEASE_REFUSALS

REASON_MAX: Final = 200


class RequestForm(DeedForm):
    """Which item, for which purpose, why, and for how long."""

    what = RadioField(
        _l("申请的内容和用途"),
        choices=[],
        validators=[InputRequired(_l("请选择申请的内容和用途。"))],
    )
    reason = TextAreaField(
        _l("申请理由"),
        description=_l("加密后只有身份保管人能看到，不超过 200 字。不要写举报内容。"),
        validators=[
            DataRequired(_l("请写明为什么必须查看。")),
            Length(max=REASON_MAX, message=_l("理由不能超过 200 字。")),
        ],
    )
    valid_hours = SelectField(
        _l("有效期"),
        choices=lambda: [
            ("1", _l("1 小时")),
            ("8", _l("8 小时")),
            ("24", _l("24 小时")),
            ("72", _l("3 天")),
        ],
        default="72",
        description=_l("过期后没有查看的，批准作废，须重新申请。"),
        validators=[InputRequired(_l("请选择有效期。"))],
    )


class DecideForm(DeedForm):
    """A custodian's yes or no; first, if wanted, a look at the sealed reason."""

    decision = RadioField(
        _l("保管人意见"),
        choices=lambda: [
            ("read", _l("先看申请理由（加密，用您的密码打开），暂不决定")),
            ("approve", _l("批准：用本席位的密钥向申请人开放这一项")),
            ("refuse", _l("拒绝：本次申请到此为止")),
        ],
        validators=[InputRequired(_l("请选择意见。"))],
    )
    reason_code = SelectField(
        _l("拒绝的理由"),
        choices=lambda: choices(RELEASE_REFUSALS, first=_l("不拒绝的不用选")),
        description=_l("申请人和举报人都会看到。"),
        default="",
    )

    def validate_reason_code(self, field: SelectField) -> None:
        """A refusal has its reason.

        Raises:
            ValidationError: none was chosen.
        """
        if self.decision.data == "refuse" and not field.data:
            raise ValidationError(_("请选择拒绝的理由。"))


class OpenForm(DeedForm):
    """The one look."""
