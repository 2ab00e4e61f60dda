"""Supervision orders, and their answers."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from admin.extensions import gettext as _
from admin.forms.cases import TEXT_MAX
from admin.forms.clock_words import CLOCKS, ORDER_KINDS
from admin.forms.fields import choices
from admin.forms.rewards import DeedForm
from admin.forms.words import word
from casework.services.orders import OrderDraft


class OrderForm(DeedForm):
    """Which kind, about which time limit, and what is demanded."""

    kind = RadioField(
        _l("种类"),
        choices=lambda: choices(ORDER_KINDS),
        default="order",
        description=_l("挂牌督办另有自己的期限，解除挂牌须登记文号。"),
        validators=[DataRequired(_l("请选择种类。"))],
    )
    clock = SelectField(
        _l("针对哪个期限"),
        choices=[],
        validate_choice=True,
    )
    text = TextAreaField(
        _l("督办要求"),
        description=_l(
            "加密后存放，承办部门和督办单位能看，会印在督办单上。写明要做什么，不写举报内容。"
        ),
        validators=[DataRequired(_l("请写明督办要求。")), Length(max=TEXT_MAX)],
    )

    def offer(self, draft: OrderDraft) -> None:
        """Offer the clocks that run, the most pressing first."""
        lines = [
            (
                one.instance,
                _("%(clock)s，最后一日 %(on)s", clock=word(CLOCKS, one.key), on=one.due.due_on),
            )
            for one in draft.clocks
        ]
        self.clock.choices = [*lines, ("", _("不针对某个期限"))]


class OrderAnswerForm(DeedForm):
    """What the department did about it."""

    text = TextAreaField(
        _l("答复"),
        description=_l("加密后存放，只有承办部门和督办单位能看。写明进展、原因和完成的日期。"),
        validators=[DataRequired(_l("请写答复。")), Length(max=TEXT_MAX)],
    )
