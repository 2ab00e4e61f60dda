"""Putting rules in force: proposals, confirmations, and the notice that somebody pastes."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from admin.forms.base import BaseForm
from admin.forms.fields import one_line
from admin.forms.keys import SignedForm
from casework.domain.pasted_text import TEXT_MAX

SOURCE_MAX = 120
YEAR_FIRST, YEAR_LAST = 2004, 2199


class ProposePolicyForm(SignedForm):
    """From which day a policy shall count; which one, the page says."""

    sha256 = HiddenField(validators=[DataRequired(), Length(max=64)])
    active_from = DateField(
        _l("启用日期"),
        description=_l("从这一天起受理的举报适用，不能早于今天。"),
        validators=[DataRequired(_l("请填写启用日期，例如 2026-11-01。"))],
        render_kw={"autocomplete": "off"},
    )


class ConfirmPolicyForm(SignedForm):
    """A second person's signature of exactly what the page showed."""

    sha256 = HiddenField(validators=[DataRequired(), Length(max=64)])
    dry_run = HiddenField(validators=[DataRequired(), Length(max=64)])


class WithdrawForm(SignedForm):
    """Taking a proposal back."""


class NoticeForm(BaseForm):
    """The notice of a year, as it stands in the announcement."""

    text = TextAreaField(
        _l("通知正文或 CSV"),
        description=_l(
            "粘贴国务院办公厅通知的全文，从标题到国庆节一项；或者表头为 day,kind,name 的 CSV。"
        ),
        validators=[DataRequired(_l("请粘贴通知正文。")), Length(max=TEXT_MAX)],
        render_kw={"rows": 12, "autocomplete": "off"},
    )
    year = IntegerField(
        _l("年度"),
        description=_l("标题里没有年份时填写。"),
        validators=[Optional(), NumberRange(YEAR_FIRST, YEAR_LAST, _l("请填写四位数的年份。"))],
        render_kw={"inputmode": "numeric"},
    )
    source = StringField(
        _l("依据：标题和文号"),
        description=_l("例如：国务院办公厅关于2027年部分节假日安排的通知（国办发明电〔2026〕7号）"),
        validators=[
            DataRequired(_l("请填写通知的标题和文号。")),
            Length(max=SOURCE_MAX, message=_l("最多 120 个字。")),
            one_line,
        ],
        render_kw={"autocomplete": "off"},
    )
    provisional = BooleanField(
        _l("通知尚未公布，这是估计"),
        description=_l("所涉期限仍标为暂定，通知公布后再正式导入。"),
    )


class ProposeNoticeForm(NoticeForm, SignedForm):
    """The same, with the digest of what the preview showed, and the password."""

    digest = HiddenField(validators=[DataRequired(), Length(max=64)])


class ConfirmNoticeForm(SignedForm):
    """A second person's signature of exactly what the page showed."""

    digest = HiddenField(validators=[DataRequired(), Length(max=64)])


def tomorrow(today: date) -> date:
    """The day that a proposal offers first: it leaves time to confirm."""
    return date.fromordinal(today.toordinal() + 1)
