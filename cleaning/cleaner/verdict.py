"""What can be said about a file that was to be cleaned."""

from dataclasses import dataclass
from typing import Final

CLEANED: Final = "cleaned"
TOO_LARGE: Final = "too_large"
UNKNOWN_TYPE: Final = "unknown_type"
DAMAGED: Final = "damaged"
ENCRYPTED: Final = "encrypted"
NO_TOOL: Final = "no_tool"


class RefusedError(Exception):
    """The file cannot be cleaned; `reason` is one of the words above."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Clean:
    """A file without hidden information.

    Attributes:
        data: its bytes.
        media_type: what it is now, proved by having been read whole.
    """

    data: bytes
    media_type: str
