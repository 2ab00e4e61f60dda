"""When the reports of benchmarks.year come in: how long the year is, and who begins when."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Final

from benchmarks import year_turns as turns
from benchmarks.year_people import Life
from casework.clock import SHANGHAI

FIRST: Final = date(2026, 3, 2)
BY_DAY: Final = 0.9


@dataclass(frozen=True)
class Year:
    """How long it is, and when each case comes in."""

    cases: int
    days: int
    drawn_from: int

    @cached_property
    def end(self) -> datetime:
        """The first moment after it."""
        return midnight(FIRST + timedelta(days=self.days))

    def lives(self, part: int, parts: int) -> list[tuple[datetime, Life]]:
        """Return one process's share of the cases, with the moment at which each comes in.

        Two reports of one matter are of one share, one after the other.
        """
        found = []
        for number in range(part, self.cases, parts):
            if self._is_second(number):
                continue
            found.append(self._life(number))
            if self._is_second(number + 1) and number + 1 < self.cases:
                found.append(self._second(number + 1, *found[-1]))
        return found

    def _is_second(self, number: int) -> bool:
        return number % turns.PAIRED == turns.PAIRED - 1

    def _second(self, number: int, at: datetime, first: Life) -> tuple[datetime, Life]:
        """Return who reports the same matter a day later: on its last day, another one."""
        alone, life = self._life(number)
        next_day = at + timedelta(days=1)
        if next_day >= self.end:
            return alone, life
        life.first = first
        return next_day, life

    def _life(self, number: int) -> tuple[datetime, Life]:
        draw = random.Random(f"{self.drawn_from}/{number}")
        # Most write by day; nobody in the minutes in which a sweep may run.
        hour = draw.randint(7, 15) if draw.random() < BY_DAY else draw.randint(1, 23)
        day = FIRST + timedelta(days=draw.randrange(self.days))
        at = midnight(day) + timedelta(hours=hour, minutes=draw.randint(6, 59))
        return at + timedelta(seconds=draw.randint(1, 59)), Life(number, draw)


def midnight(day: date) -> datetime:
    """Return the first instant of a day in China, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)
