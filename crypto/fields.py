"""Reading the fields of a canonical document, each by its type."""

import re
from collections.abc import Mapping
from datetime import date

from crypto.canonical import JSON
from crypto.errors import EventError
from crypto.public_key import PublicKey
from crypto.records import Named

_HEX = re.compile(r"([0-9a-f]{2})*\Z")
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class Fields:
    """A JSON object whose fields are asked for by type."""

    def __init__(self, values: Mapping[str, JSON]) -> None:
        """Read from *values*, whose names were checked already."""
        self._values = values

    def text(self, name: str) -> str:
        """Return a string.

        Raises:
            EventError: it is not one.
        """
        value = self._values[name]
        if not isinstance(value, str):
            raise EventError(f"{name} is not a text")
        return value

    def integer(self, name: str) -> int:
        """Return an integer.

        Raises:
            EventError: it is not one.
        """
        value = self._values[name]
        if not isinstance(value, int) or isinstance(value, bool):
            raise EventError(f"{name} is not an integer")
        return value

    def boolean(self, name: str) -> bool:
        """Return true or false.

        Raises:
            EventError: it is neither.
        """
        value = self._values[name]
        if not isinstance(value, bool):
            raise EventError(f"{name} is not true or false")
        return value

    def hexed(self, name: str) -> bytes:
        """Return the bytes of a lower-case hex text.

        Raises:
            EventError: it is not one.
        """
        text = self.text(name)
        if not _HEX.match(text):
            raise EventError(f"{name} is not hex")
        return bytes.fromhex(text)

    def day(self, name: str) -> str:
        """Return a day of the calendar, "YYYY-MM-DD".

        Raises:
            EventError: it is not one.
        """
        text = self.text(name)
        try:
            real = date.fromisoformat(text).isoformat() == text
        except ValueError as error:
            raise EventError(f"{name} is not a day") from error
        if not real:
            raise EventError(f"{name} is not a day")
        return text

    def public_key(self, name: str) -> PublicKey:
        """Return a public key.

        Raises:
            KeySetError: it is not one.
        """
        return PublicKey.from_hex(self.text(name))

    def strings(self, name: str) -> tuple[str, ...]:
        """Return a list of strings.

        Raises:
            EventError: it is not one.
        """
        value = self._values[name]
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise EventError(f"{name} is not a list of texts")
        return tuple(str(one) for one in value)

    def names(self, name: str) -> tuple[Named, ...]:
        """Return a list of record names.

        Raises:
            EventError: it is not one.
        """
        value = self._values[name]
        if not isinstance(value, list):
            raise EventError(f"{name} is not a list")
        return tuple(_record_name(one) for one in value)

    def mapping(self, name: str) -> Mapping[str, JSON]:
        """Return an object as it is.

        Raises:
            EventError: it is not one.
        """
        value = self._values[name]
        if not isinstance(value, dict):
            raise EventError(f"{name} is not an object")
        return value

    def rows(self, name: str, fields: set[str]) -> list["Fields"]:
        """Return a list of objects, each with exactly *fields*.

        Raises:
            EventError: it is not one.
        """
        value = self._values[name]
        if not isinstance(value, list):
            raise EventError(f"{name} is not a list")
        rows = []
        for one in value:
            if not isinstance(one, dict) or one.keys() != fields:
                raise EventError(f"wrong fields in {name}")
            rows.append(Fields(one))
        return rows


def _record_name(value: JSON) -> Named:
    if not isinstance(value, list) or len(value) != 3:
        raise EventError("malformed record name")
    kind, record_id, hexed = value
    if not (isinstance(kind, str) and isinstance(record_id, str) and isinstance(hexed, str)):
        raise EventError("malformed record name")
    if not (kind and record_id and _DIGEST.match(hexed)):
        raise EventError("malformed record name")
    return Named(kind, record_id, hexed)
