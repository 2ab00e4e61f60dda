"""The one place where the time of day is read; everything else takes a Clock as an argument."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def system_now() -> datetime:
    """Return this instant, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Now and today, moved by *offset* (a demo's clock may be moved; a real one is not)."""

    offset: timedelta = timedelta()
    source: Callable[[], datetime] = system_now

    def now(self) -> datetime:
        """Return the instant in UTC, to the microsecond."""
        return self.source().astimezone(UTC) + self.offset

    def today(self) -> date:
        """Return the civil date in Asia/Shanghai, which is what legal clocks count."""
        return self.now().astimezone(SHANGHAI).date()

    def stamp(self) -> str:
        """Return the instant as events write it, to the second: "2026-03-01T04:05:06Z"."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def moved(self, by: timedelta) -> "Clock":
        """Return a clock that runs *by* ahead of this one."""
        return Clock(self.offset + by, self.source)


def fixed_clock(at: datetime) -> Clock:
    """Return a clock that always shows *at*, for tests and for replays.

    Raises:
        ValueError: *at* has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {at.isoformat()}")
    return Clock(source=lambda: at)
