"""What the reporter says once the result is told: an objection, and whether it was solved."""

from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import ValidationError

from casework.domain.satisfaction import ANSWERS, NOT_SOLVED
from portal.forms.base import BaseForm, LineField, LongField, Needed
from portal.forms.mailbox import FitsBucket
from portal.forms.wording import Choice

SOLVED_CHOICES: Final = (
    Choice("solved", _l("已解决")),
    Choice("partly", _l("部分解决")),
    Choice(
        NOT_SOLVED, _l("没有解决"), _l("会由上一级没有办过这件举报的人复核，决定返工还是维持。")
    ),
)
RETALIATION_CHOICES: Final = (
    Choice("no", _l("没有")),
    Choice("yes", _l("有"), _l("接着打开一张单独的表。这个回答不会告诉受理单位。")),
)


class ObjectionForm(BaseForm):
    """Why the result is wrong."""

    text = LongField(
        _l("异议的理由"),
        [Needed(_l("请写明不同意的理由。")), FitsBucket()],
        description=_l(
            "写明哪里不对，有什么依据。只有受理单位和监督它的单位能看。请不要写自己的姓名和电话。"
        ),
        render_kw={"rows": 6, "autocomplete": "off"},
    )


class SatisfactionForm(BaseForm):
    """Whether it was solved, and whether anybody took revenge."""

    month = HiddenField()
    answer = LineField(_l("问题解决了吗？"))
    text = LongField(
        _l("哪里没有解决"),
        [FitsBucket()],
        description=_l("选“没有解决”的，请写明理由。请不要写自己的姓名和电话。"),
        render_kw={"rows": 5, "autocomplete": "off"},
    )
    retaliation = LineField(_l("举报以后，您有没有受到打击报复？"))

    @property
    def asked_month(self) -> int:
        """Which question the page showed; -1 for none."""
        typed = self.month.data or ""
        return int(typed) if typed in ("0", "1", "3", "6") else -1

    def validate_answer(self, field: Any) -> None:
        """One of the three."""
        if field.data not in ANSWERS:
            raise ValidationError(_l("请选择问题有没有解决。"))

    def validate_text(self, field: Any) -> None:
        """Not solved needs a reason."""
        if self.answer.data == NOT_SOLVED and not field.data:
            raise ValidationError(_l("请写明哪里没有解决。"))

    def validate_retaliation(self, field: Any) -> None:
        """Yes, no, or left open."""
        if field.data not in ("", "yes", "no"):
            raise ValidationError(_l("请选择有没有受到打击报复。"))
