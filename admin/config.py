"""The console's part of the settings: its folder of secrets, read once."""

from dataclasses import dataclass, field
from typing import Final

from casework.config import Secrets, Settings

IDLE_MINUTES: Final = 15
ABSOLUTE_HOURS: Final = 8
PASSWORD_LENGTH_MIN: Final = 12
PAGE_LINES: Final = 20
ORDINAL_DIGITS_MAX: Final = 9  # of the number of an act, where an address or a form has one


@dataclass(frozen=True, slots=True)
class ConsoleSecrets:
    """What SEALING.md 3 gives to this process, as far as these pages need it."""

    folder: Secrets
    password_pepper: bytes = field(repr=False)
    receipt_pepper: bytes = field(repr=False)
    form_key: bytes = field(repr=False)
    blind_index_key: bytes = field(repr=False)

    @classmethod
    def read(cls, settings: Settings) -> "ConsoleSecrets":
        """Read the files of the folder `console`.

        Raises:
            SettingError: one is missing, empty, or open to others.
        """
        folder = Secrets(settings.secrets / "console")
        return cls(
            folder=folder,
            password_pepper=folder.read("password-pepper"),
            receipt_pepper=folder.read("receipt-pepper"),
            form_key=folder.read("form-key"),
            blind_index_key=folder.read("blind-index-key"),
        )
