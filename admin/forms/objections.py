"""Deciding a review, one level up."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired, Length

from admin.forms.cases import TEXT_MAX
from admin.forms.closing import AskedForm
from admin.forms.rewards import DeedForm


class ReviewForm(AskedForm, DeedForm):
    """Keep the result or have it redone, and why."""

    due_on = HiddenField()
    outcome = RadioField(
        _l("复核决定"),
        choices=lambda: [
            ("kept", _l("维持：原来的结论不变")),
            ("redo", _l("返工：重新核查，须有新的结论才能办结")),
        ],
        validators=[DataRequired(_l("请选择维持还是返工。"))],
    )
    note = TextAreaField(
        _l("给举报人的理由"),
        description=_l(
            "加密后存放，举报人凭查询码可以看到，承办部门也可以看到。"
            "写明复核了什么、为什么这样决定，不写办案线索。"
        ),
        validators=[DataRequired(_l("请写明理由：维持和返工都要说明。")), Length(max=TEXT_MAX)],
    )
