"""What is done with a report on arrival and around it."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from admin.forms.base import BaseForm
from admin.forms.fields import OfficesField, choices
from admin.forms.words import TRANSFER_REASONS

TEXT_MAX = 20_000  # characters; sealed texts hold 64 KiB


class ActForm(BaseForm):
    """A form of an act: knows how much of the case's history the person has seen."""

    seen = HiddenField()

    @property
    def seen_events(self) -> int:
        """How many events the case had when the page was made."""
        typed = self.seen.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


class AcceptForm(ActForm):
    """Nothing to fill in: the rules give the policy and the day."""


class TransferForm(ActForm):
    """To whom, and why."""

    lead = SelectField(_l("转给"), validators=[DataRequired(_l("请选择承办部门。"))])
    co = OfficesField(_l("协办单位"), choices=[])
    reason_code = SelectField(
        _l("转办理由"),
        choices=lambda: choices(TRANSFER_REASONS, first=_l("请选择")),
        validators=[DataRequired(_l("请选择理由。"))],
    )


class ReplyForm(ActForm):
    """A message to the reporter."""

    text = TextAreaField(
        _l("回复举报人"),
        description=_l("加密后存放，举报人凭查询码可以看到。不要写其他举报人或办案线索。"),
        validators=[DataRequired(_l("请写回复内容。")), Length(max=TEXT_MAX)],
    )
    is_result = BooleanField(
        _l("这是核查结果答复（告知举报人结论、处理情况和是否奖励）"),
        description=_l("告知结果的期限到此为止。一般的来往消息不要勾选。"),
    )
