"""What is done with a report on arrival and around it."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from admin.extensions import gettext as _
from admin.forms.base import BaseForm
from admin.forms.fields import OfficesField, choices
from admin.forms.words import TRANSFER_REASONS

TEXT_MAX = 20_000  # characters; sealed texts hold 64 KiB
WRAPPING = 2_000  # what the two texts of a template take of them at most


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


class TemplateReplyForm(ActForm):
    """A message to the reporter by a template, with words of the officer's own."""

    template = HiddenField()
    needs_words: bool = False
    text = TextAreaField(
        _l("补充说明"),
        description=_l("接在上面的文字之后发给举报人。不要写其他举报人或办案线索。"),
        validators=[Length(max=TEXT_MAX - WRAPPING)],
        render_kw={"rows": 6},
    )
    english = BooleanField(_l("附英文"), description=_l("举报人用英文页面的，可以附上。"))

    def require_words(self, needed: bool) -> None:
        """Say whether the template tells nothing without them."""
        self.needs_words = needed
        if needed:
            self.text.flags.required = True

    def validate_text(self, field: TextAreaField) -> None:
        """What only the officer knows is told.

        Raises:
            ValidationError: nothing is.
        """
        if self.needs_words and not (field.data or "").strip():
            raise ValidationError(_("这份模板须写补充说明。"))


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
