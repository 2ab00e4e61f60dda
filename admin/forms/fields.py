"""Fields that WTForms does not have: amounts in yuan, and words that are codes."""

import unicodedata
from typing import Any, Final

from flask_babel import LazyString
from wtforms import SelectMultipleField, StringField, TextAreaField, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from admin.extensions import gettext as _
from admin.forms.words import Words
from casework.domain.money import Fen, read_yuan

# Control characters, marks that only a program sees, halves of characters, and line breaks.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def one_line(_form: object, field: StringField) -> None:
    """Refuse what nobody reads in one line: a number of a paper may not be made of it.

    Raises:
        ValidationError: there is such a character.
    """
    if any(unicodedata.category(sign) in _UNSEEN for sign in field.data or ""):
        raise ValidationError(_("请写在一行里，不要带看不见的字符；粘贴来的请重新键入。"))


def choices(words: Words, *, first: str | LazyString = "") -> list[tuple[str, Any]]:
    """Codes and their words for a select or radio field, behind an empty *first* line."""
    opening = str(first)
    lines: list[tuple[str, Any]] = [("", opening)] if opening else []
    return [*lines, *words.items()]


class OfficesField(SelectMultipleField):
    """Some offices of a list, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class YuanField(StringField):
    """One amount in yuan, with at most two decimals."""

    amount_fen: Fen | None = None

    def pre_validate(self, form: object) -> None:
        """Read the amount.

        Raises:
            ValidationError: it is none.
        """
        try:
            self.amount_fen = read_yuan(self.data or "")
        except ValueError:
            raise ValidationError(
                _("请填写大于零的金额，最多两位小数，例如 30000 或 1234.50。")
            ) from None


class FinesField(TextAreaField):
    """Several amounts in yuan, one a line."""

    amounts_fen: tuple[Fen, ...] = ()

    def pre_validate(self, form: object) -> None:
        """Read every line that is not empty.

        Raises:
            ValidationError: a line is no amount; it is named.
        """
        amounts = []
        for number, line in enumerate((self.data or "").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                amounts.append(read_yuan(line))
            except ValueError:
                raise ValidationError(
                    _("第 %(number)d 行不是金额，请写成 30000 或 1234.50。", number=number)
                ) from None
        self.amounts_fen = tuple(amounts)
