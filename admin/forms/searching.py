"""What somebody looks for: words, a state, days; sent as a form, for addresses are kept."""

from typing import Final

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from admin.extensions import gettext as _
from admin.forms.base import BaseForm
from admin.forms.fields import choices, one_line
from admin.forms.words import STATES
from casework.domain.ids import is_id
from casework.domain.searching import SIGNS_MAX, asked_for, is_too_short

WORD_MIN: Final = 2
FOUND_MAX: Final = 1_000


class _PagedForm(BaseForm):
    """Goes on where the answer before ended."""

    before = HiddenField()

    @property
    def place(self) -> int:
        """Where the page begins; 0 for the newest."""
        typed = self.before.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 20 else 0


class OwnSearchForm(_PagedForm):
    """Words in sealed text, and what was found on the way."""

    text = StringField(
        _l("查找什么"),
        description=_l("几个词之间用空格隔开，都出现的才列出。词句只用于本次查找，不保存。"),
        validators=[
            DataRequired(_l("请填写要查找的字。")),
            Length(max=SIGNS_MAX, message=_l("要查找的字不能超过 64 个。")),
            one_line,
        ],
        render_kw={"autocomplete": "off"},
    )
    found = HiddenField()

    def validate_text(self, field: StringField) -> None:
        """Refuse words that stand in every report.

        Raises:
            ValidationError: one of them has a single character.
        """
        if any(len(one) < WORD_MIN for one in self.words):
            raise ValidationError(_("每个词至少要有两个字、字母或者数字。"))

    @property
    def words(self) -> list[str]:
        """The words that were typed."""
        return (self.text.data or "").split()

    @property
    def hits(self) -> list[tuple[str, tuple[str, ...]]]:
        """What the steps before found: ids of reports, each with kinds of its parts."""
        lines = [line.split("~") for line in (self.found.data or "").split()[:FOUND_MAX]]
        return [(one[0], tuple(one[1:])) for one in lines if is_id(one[0])]


class SearchForm(_PagedForm):
    """Words, and what narrows them."""

    text = StringField(
        _l("查找什么"),
        description=_l(
            "举报编号或者编号的开头、文书文号、事项、行业、地区、部门、状态、核查结果、"
            "分派规则或者不予受理理由中的字。几个词之间用空格隔开，都符合的才列出。"
        ),
        validators=[
            DataRequired(_l("请填写要查找的字。")),
            Length(max=SIGNS_MAX, message=_l("要查找的字不能超过 64 个。")),
            one_line,
        ],
        render_kw={"autocomplete": "off"},
    )
    state = SelectField(
        _l("状态"),
        choices=lambda: choices(STATES, first=_("全部")),
        validators=[Optional()],
    )
    since = DateField(_l("从哪一天起收到"), validators=[Optional()])
    until = DateField(_l("到哪一天为止收到"), validators=[Optional()])

    def validate_text(self, field: StringField) -> None:
        """Refuse what would find half of all cases, or nothing.

        Raises:
            ValidationError: no letter at all, or one alone.
        """
        phrases = asked_for(field.data or "")
        if not phrases or any(is_too_short(one) for one in phrases):
            raise ValidationError(_("每个词至少要有两个字、字母或者数字。"))

    def validate_until(self, field: DateField) -> None:
        """Refuse days that end before they begin.

        Raises:
            ValidationError: they do.
        """
        if self.since.data and field.data and field.data < self.since.data:
            raise ValidationError(_("开始的日子不能晚于结束的日子。"))
