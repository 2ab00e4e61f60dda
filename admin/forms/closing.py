"""Proposing that a case be closed, agreeing to it, and sending it back."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length

from admin.forms.cases import TEXT_MAX, ActForm


class ClosingForm(ActForm):
    """Nothing to fill in: the case says whether it may be closed."""


class AskedForm(ActForm):
    """Carries which proposal the page showed."""

    asked = HiddenField()

    @property
    def asked_ordinal(self) -> int:
        """The ordinal of the proposal that was shown; 0 for what is none."""
        typed = self.asked.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


class CloseForm(AskedForm):
    """Nothing to fill in."""


class DeclineForm(AskedForm):
    """What is still to be done."""

    note = TextAreaField(
        _l("退回的说明"),
        description=_l("加密后存放，只有承办部门和上级督办能看。写明还要做什么。"),
        validators=[DataRequired(_l("请写明还要做什么。")), Length(max=TEXT_MAX)],
    )
