"""At the counter: the second officer, who comes by identity card, what the bank sent back."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import DataRequired, Length

from admin.forms.bank_words import UNDONE
from admin.forms.rewards import DeedForm


class WitnessForm(DeedForm):
    """What the second officer confirms, in a session of their own."""

    confirmation = StringField(
        _l("确认码"),
        description=_l("请领奖人报出查询页上和领奖号一起显示的 8 位确认码，由您本人输入。"),
        validators=[DataRequired(_l("请输入确认码。")), Length(max=32)],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )


class CardWitnessForm(DeedForm):
    """Who lost the code has no confirmation: the second officer has seen the card, too."""

    seen_card = BooleanField(
        _l("我本人看过领奖人的身份证，持证人和证件一致"),
        validators=[DataRequired(_l("请先核对身份证，再勾选。"))],
    )


class IdentifyForm(DeedForm):
    """The cashier has compared card and released item."""

    same = BooleanField(
        _l("身份证上的姓名、号码与保管人批准查看的身份信息一致"),
        validators=[DataRequired(_l("不一致的不能发放；一致的请勾选。"))],
    )


class ReturnForm(DeedForm):
    """The bank sent the money back."""

    reason_code = RadioField(
        _l("银行退回的原因"),
        choices=lambda: [(code, words) for code, words in UNDONE.items() if code != "not_sent"],
        validators=[DataRequired(_l("请选择银行退回的原因。"))],
    )
