"""Days as people type them: 2026-11-20, 2026/11/20, 2026年11月20日, 20261120."""

import re
from datetime import date
from typing import Final

WRITTEN: Final = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?\Z")
PACKED: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})\Z")


def read_day(typed: str) -> date | None:
    """Return the day, or None when the text is no day of the calendar."""
    match = WRITTEN.match(typed) or PACKED.match(typed)
    if not match:
        return None
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None
