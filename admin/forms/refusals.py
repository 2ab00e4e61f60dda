"""Not accepted: proposed with words for the reporter, confirmed or sent back by another."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, TextAreaField, ValidationError
from wtforms.validators import DataRequired, Length

from admin.extensions import gettext as _
from admin.forms.cases import TEXT_MAX, ActForm
from admin.forms.fields import choices
from admin.forms.words import DECLINE_REASONS, REFUSAL_REASONS
from casework.domain.refusal_templates import left_over

DECLINE = "decline"


class RefusalForm(ActForm):
    """Why, as a code and in words that the reporter reads once somebody else has agreed."""

    reason_code = HiddenField()
    note = TextAreaField(
        _l("给举报人的说明"),
        description=_l(
            "已按理由取用模板，可以修改。【】里的内容须逐项填写，不能留下括号。加密后存放，"
            "另一人确认之后，举报人凭查询码才能看到。"
        ),
        validators=[DataRequired(_l("请写明理由。")), Length(max=TEXT_MAX)],
        render_kw={"rows": 9},
    )

    def validate_reason_code(self, field: HiddenField) -> None:
        """One of the coded reasons.

        Raises:
            ValidationError: it is none.
        """
        if field.data not in REFUSAL_REASONS:
            raise ValidationError(_("请选择理由。"))

    def validate_note(self, field: TextAreaField) -> None:
        """Nothing of the template is left to be filled in.

        Raises:
            ValidationError: something is; it is named.
        """
        left = left_over(field.data or "")
        if left:
            raise ValidationError(_("还没有填写：%(left)s", left=_("、").join(left)))


class RefusalDecisionForm(ActForm):
    """Yes, or back to whom it came from."""

    decision = RadioField(
        _l("决定"),
        choices=lambda: [
            ("confirm", _l("确认不予受理：举报人可以看到上面的说明")),
            (DECLINE, _l("退回：举报仍待受理，受理期限照常计算")),
        ],
        validators=[DataRequired(_l("请选择确认还是退回。"))],
    )
    reason_code = SelectField(
        _l("退回的理由"),
        choices=lambda: choices(DECLINE_REASONS, first=_("不退回")),
        description=_l("退回时选择。"),
        validate_choice=False,
    )

    def validate_reason_code(self, field: SelectField) -> None:
        """Who sends it back says why.

        Raises:
            ValidationError: no reason.
        """
        if self.decision.data == DECLINE and field.data not in DECLINE_REASONS:
            raise ValidationError(_("退回须选择理由。"))
