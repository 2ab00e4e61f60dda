"""The State Council's holiday notices of 2004 to 2026, from the package chinesecalendar."""

from datetime import date

from chinese_calendar.constants import holidays, in_lieu_days, workdays

from casework.domain.calendar import DayKind
from casework.storage.calendar import CalendarDay
from casework.storage.repositories import UnitOfWork

SOURCE = "chinesecalendar 1.11"
FIRST_YEAR, LAST_YEAR = 2004, 2026

# The package names holidays in English.
NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利七十周年纪念日",
}

# What the package has not (its issue 125): worked for New Year's Day of 2006.
# Source: 国办发明电〔2005〕35号 一: "12月31日（星期六）上班".
MISSING = CalendarDay(date(2005, 12, 31), DayKind.WORKDAY, "元旦", "国办发明电〔2005〕35号")


def seed_calendar(uow: UnitOfWork) -> int:
    """Fill an empty calendar; return how many days were added, 0 where it was filled before."""
    if not uow.calendar.is_empty():
        return 0
    days = seed_days()
    uow.calendar.add(days)
    return len(days)


def seed_days() -> tuple[CalendarDay, ...]:
    """Return every exception of the years that are covered, by day."""
    free = {**holidays, **in_lieu_days}
    kinds = ((free, DayKind.HOLIDAY), (workdays, DayKind.WORKDAY))
    found = {
        day: CalendarDay(day, kind, NAMES[name], SOURCE)
        for named, kind in kinds
        for day, name in named.items()
        if FIRST_YEAR <= day.year <= LAST_YEAR
    }
    found.setdefault(MISSING.day, MISSING)
    return tuple(sorted(found.values(), key=lambda one: one.day))
