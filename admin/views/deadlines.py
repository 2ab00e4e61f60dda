"""How a time limit stands, as words that a colour may repeat."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms import clock_words
from admin.forms.words import word
from casework.clock import SHANGHAI
from casework.domain.running import ONE_DAY, Running
from casework.storage.board import NEAR_DAYS, ClockLine, Level, level_of

# Of a number on the board, and of every clock in a list.
LEVEL_STYLES: Final = {
    Level.NORMAL: "normal",
    Level.NEAR: "near",
    Level.PAUSED: "paused",
    Level.OVERDUE: "late",
}


@dataclass(frozen=True, slots=True)
class Light:
    """One time limit in words.

    Attributes:
        level: normal, near, late or paused, for the colour.
        word: how it stands.
        due_on: its last day.
        days_left: to the last day; below zero after it.
        clock: what the limit is called; "" where the page says so.
        at: time of day of a limit in minutes or hours, else "".
        provisional: whether the last day rests on a calendar that is not published.
    """

    level: str
    word: str
    due_on: date
    days_left: int
    clock: str = ""
    at: str = ""
    provisional: bool = False


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


def light_of(line: ClockLine, now: datetime) -> Light:
    """How a running clock stands at the instant *now*."""
    today = now.astimezone(SHANGHAI).date()
    level = level_of(line, now=now, today=today)
    at = line.due_at.astimezone(SHANGHAI).strftime("%H:%M") if line.due_at else ""
    return Light(
        LEVEL_STYLES[level],
        _word(line, level, today, at, now),
        line.due_on,
        (line.due_on - today).days,
        word(clock_words.CLOCKS, line.key),
        at,
        line.provisional,
    )


def line_of(clock: Running) -> ClockLine:
    """A clock that was computed, as lists have it from the projection."""
    due = clock.due
    return ClockLine(
        clock.key, clock.since, due.due_on, due.due_at, str(clock.state), due.provisional
    )


def light_now(line: ClockLine) -> Light:
    """How a running clock stands now, by the console's clock."""
    return light_of(line, console().clock.now())


def _word(line: ClockLine, level: Level, today: date, at: str, now: datetime) -> str:
    if level is Level.PAUSED:
        return _("暂停计时")
    if level is Level.OVERDUE and line.due_at is not None and line.due_on == today:
        hours = max(int((now - line.due_at).total_seconds() // 3600), 0)
        return _("已超期 %(hours)d 小时", hours=hours) if hours else _("已超期，不到 1 小时")
    if at and line.due_on == today and level is not Level.OVERDUE:
        return _("临近到期 · 今天 %(at)s 截止", at=at)
    if at and line.due_on == today + ONE_DAY:
        return _("临近到期 · 明天 %(at)s 截止", at=at)
    found = light(line.due_on, today)
    assert found is not None
    return found.word
