"""Stopping the erasing of a case: asked for, agreed to, lifted."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, SelectField
from wtforms.validators import InputRequired

from admin.forms.fields import choices
from admin.forms.rewards import DeedForm
from admin.forms.words import HOLD_REASONS


class HoldForm(DeedForm):
    """Why, and until when at the latest."""

    reason_code = SelectField(
        _l("暂缓删除的理由"),
        choices=lambda: choices(HOLD_REASONS, first=_l("请选择")),
        description=_l("须有法定依据；举报人会看到暂缓删除及其期限。"),
        validators=[InputRequired(_l("请选择理由。"))],
    )
    until = DateField(
        _l("暂缓到哪一天"),
        description=_l("最长 183 天。到期自动恢复删除，需要更久的须重新申请。"),
        validators=[InputRequired(_l("请填写日期，例如 2026-03-31。"))],
    )


class HoldDecisionForm(DeedForm):
    """A custodian's yes; or the end of a hold."""

    decision = RadioField(
        _l("意见"),
        validators=[InputRequired(_l("请选择意见。"))],
    )
