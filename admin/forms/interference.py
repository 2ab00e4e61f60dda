"""A note of interference: who leant on whom, and how."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from admin.forms.cases import TEXT_MAX, ActForm
from admin.forms.fields import one_line

OUTSIDE = "outside"


class InterferenceForm(ActForm):
    """Sealed before it leaves the view, for the offices that the page names."""

    about = SelectField(
        _l("涉及谁"),
        description=_l("本系统的人员请选出来：这份记录不会送到此人所在的单位。"),
        choices=[],
        validators=[DataRequired(_l("请选择涉及谁。"))],
    )
    whom = StringField(
        _l("姓名、单位、职务"),
        validators=[
            DataRequired(_l("请写明是谁。")),
            Length(max=200, message=_l("不能超过 200 字。")),
            one_line,
        ],
        render_kw={"autocomplete": "off"},
    )
    text = TextAreaField(
        _l("经过"),
        description=_l("何时、以什么方式、提出了什么要求。如实、全面记录。"),
        validators=[DataRequired(_l("请写经过。")), Length(max=TEXT_MAX)],
    )


class OpenNoteForm(ActForm):
    """A button alone."""
