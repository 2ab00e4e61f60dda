"""Destroying a case's contents before their time: one person asks, another confirms."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import InputRequired

from admin.forms.fields import choices
from admin.forms.rewards import DeedForm
from admin.forms.words import DESTRUCTION_REASONS


class DestructionForm(DeedForm):
    """Why the contents go before their time."""

    reason_code = SelectField(
        _l("提前销毁的理由"),
        choices=lambda: choices(DESTRUCTION_REASONS, first=_l("请选择")),
        validators=[InputRequired(_l("请选择理由。"))],
    )


class ConfirmForm(DeedForm):
    """The second person's signature; nothing to choose."""
