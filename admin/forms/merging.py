"""Letting a case join another of the same matter, undoing it, and telling everybody the result."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from admin.forms.cases import TEXT_MAX, ActForm
from admin.forms.fields import choices
from admin.forms.words import MERGE_KINDS, UNDO_REASONS


class MergeForm(ActForm):
    """Into which case, and as what."""

    number = StringField(
        _l("并入哪一件（举报编号）"),
        description=_l("并入先收到的那一件，例如 410329-2026-K7M2Q9XR。先收到的须已经受理。"),
        validators=[DataRequired(_l("请填写举报编号。")), Length(max=40)],
        filters=[lambda typed: (typed or "").strip().upper()],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    kind = RadioField(
        _l("这一件是"),
        choices=lambda: choices(MERGE_KINDS),
        validators=[DataRequired(_l("请选择。"))],
    )


class UndoForm(ActForm):
    """Why they do not belong together after all."""

    reason_code = SelectField(
        _l("撤销的理由"),
        choices=lambda: choices(UNDO_REASONS, first=_l("请选择")),
        validators=[DataRequired(_l("请选择理由。"))],
    )


class TellForm(ActForm):
    """One text to every reporter of the matter, sealed to each alone."""

    text = TextAreaField(
        _l("核查结果答复"),
        description=_l(
            "逐件加密，每位举报人只在自己的信箱里看到。不要写举报编号、人数或者任何一位举报人的情况。"
        ),
        validators=[DataRequired(_l("请写答复内容。")), Length(max=TEXT_MAX)],
    )
