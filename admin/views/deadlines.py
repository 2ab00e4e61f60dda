"""How a deadline stands, as a word that a colour may repeat."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from admin.extensions import gettext as _

NEAR_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Light:
    """One deadline in words."""

    level: str  # normal, near, late
    word: str
    due_on: date
    days_left: int


def light(due_on: date | None, today: date) -> Light | None:
    """How *due_on* stands *today*; None without a deadline."""
    if due_on is None:
        return None
    left = (due_on - today).days
    if left < 0:
        return Light("late", _("已超期 %(days)d 天", days=-left), due_on, left)
    if left == 0:
        return Light("near", _("临近到期 · 今天截止"), due_on, left)
    if left <= NEAR_DAYS:
        return Light("near", _("临近到期 · 还有 %(days)d 天", days=left), due_on, left)
    return Light("normal", _("正常 · 还有 %(days)d 天", days=left), due_on, left)
