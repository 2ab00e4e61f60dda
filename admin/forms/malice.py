"""Holding a report for malicious: the legal basis, and the second person's answer."""

from typing import Final

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import DataRequired, Length

from admin.forms.cases import ActForm
from admin.forms.rewards import DeedForm

BASIS_MAX: Final = 200  # characters, as the act's fact


class MaliceForm(ActForm):
    """On which law."""

    basis = StringField(
        _l("法律依据"),
        description=_l("写明法律、法规的名称和条款。查无实据本身不是恶意，须有捏造事实的证据。"),
        validators=[
            DataRequired(_l("请填写法律依据：没有依据不能提出。")),
            Length(max=BASIS_MAX, message=_l("法律依据不能超过 200 字。")),
        ],
        render_kw={"autocomplete": "off"},
    )


class MaliceDecisionForm(DeedForm):
    """Yes or no."""

    decision = RadioField(
        _l("决定"),
        choices=lambda: [
            ("confirm", _l("确认：依法应当追究")),
            ("decline", _l("不确认：不按恶意举报处理")),
        ],
        validators=[DataRequired(_l("请选择是否确认。"))],
    )
