"""Staying out of a case."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import DataRequired

from admin.forms.cases import ActForm


class RecusalForm(ActForm):
    """Who has no part in the case any more."""

    account = SelectField(_l("谁回避"), validators=[DataRequired(_l("请选择谁回避。"))])
