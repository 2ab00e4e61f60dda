"""Putting a routing table in force: what is pasted or uploaded, the proposal, the confirmation."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FileField, HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from admin.forms.base import BaseForm
from admin.forms.keys import SignedForm

TEXT_MAX = 2_000_000


class RoutingForm(BaseForm):
    """A table, pasted or uploaded, and the day from which it shall count."""

    file = FileField(
        _l("文件"),
        description=_l("TOML、XLSX 或 CSV，最多 2 MB。选了文件就不看下面的文字。"),
        validators=[Optional()],
        render_kw={"accept": ".toml,.xlsx,.csv"},
    )
    text = TextAreaField(
        _l("或者粘贴"),
        description=_l(
            "整份 TOML；或者连同列名粘贴一张表（规则、区域、行业、单位、表头之一），其余部分不变。"
        ),
        validators=[Optional(), Length(max=TEXT_MAX, message=_l("最多 2 MB。"))],
        render_kw={"rows": 12, "autocomplete": "off", "spellcheck": "false", "wrap": "off"},
    )
    active_from = DateField(
        _l("启用日期"),
        description=_l("从这一天起收到的举报按它分派，不能早于今天。"),
        validators=[DataRequired(_l("请填写启用日期，例如 2026-11-01。"))],
        render_kw={"autocomplete": "off"},
    )


class ProposeRoutingForm(RoutingForm, SignedForm):
    """The table that was shown, with its hash and that of the one before, and the password."""

    sha256 = HiddenField(validators=[DataRequired(), Length(max=64)])
    before = HiddenField(validators=[DataRequired(), Length(max=64)])


class ConfirmRoutingForm(SignedForm):
    """A second person's signature of exactly what the page showed."""

    sha256 = HiddenField(validators=[DataRequired(), Length(max=64)])
    before = HiddenField(validators=[DataRequired(), Length(max=64)])
