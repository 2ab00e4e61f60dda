"""One-time codes with which invited people come in for the first time."""

import secrets
from datetime import timedelta
from typing import Final

VALID_FOR: Final = timedelta(hours=72)
GROUPS: Final = 4
GROUP_LENGTH: Final = 4
# No letters that look like digits, for the code is read out and typed.
ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_start_code() -> str:
    """Draw a start code: 80 bits in groups of four."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)
