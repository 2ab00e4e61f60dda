"""Canonical JSON: one value, one sequence of bytes.

UTF-8, keys of [a-z0-9_] in ASCII order, no spaces, integers below 2**53, no
floats, strings as they are. A reader refuses what does not encode back to
the very bytes it read.
"""

import json
import re
from collections.abc import Mapping, Sequence

from crypto.errors import EventError

JSON = str | int | bool | None | Sequence["JSON"] | Mapping[str, "JSON"]

INTEGER_LIMIT = 2**53
_KEY = re.compile(r"[a-z0-9_]+\Z")
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(value: JSON) -> bytes:
    """Return the canonical bytes of *value*.

    Raises:
        EventError: *value* holds a float, a large integer, a key outside
            [a-z0-9_], a lone surrogate or something that is not JSON.
    """
    try:
        return _ENCODER.encode(_plain(value)).encode()
    except (RecursionError, UnicodeEncodeError) as error:
        raise EventError("not a canonical value") from error


def parse_canonical(body: bytes) -> JSON:
    """Return the value of canonical bytes.

    Raises:
        EventError: *body* is not JSON, or not its canonical form.
    """
    try:
        value: JSON = _DECODER.decode(body.decode())
        encoded = _ENCODER.encode(value).encode()
    except (ValueError, RecursionError) as error:
        raise EventError("not canonical JSON") from error
    if encoded != body:
        raise EventError("not canonical JSON")
    return value


def parse_object(body: bytes, fields: frozenset[str]) -> dict[str, JSON]:
    """Return the object in canonical *body*, which must have exactly *fields*.

    Raises:
        EventError: not canonical, not an object, a field missing or one too many.
    """
    value = parse_canonical(body)
    if not isinstance(value, dict) or value.keys() != fields:
        raise EventError("wrong fields")
    return value


def _plain(value: JSON) -> JSON:
    # Checked in one pass and handed to the C encoder, which would take floats
    # and any key; exact types first, because almost every value is a string.
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return value
    if kind is int:
        return _integer(value)
    if isinstance(value, Mapping):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    raise EventError(f"not a canonical value: {kind.__name__}")


def _integer(value: JSON) -> int:
    assert isinstance(value, int)
    if not -INTEGER_LIMIT < value < INTEGER_LIMIT:
        raise EventError("integer out of range")
    return value


def _key(key: object) -> str:
    if not isinstance(key, str) or not _KEY.match(key):
        raise EventError("key outside [a-z0-9_]")
    return key


def _object(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    found = {_key(key): value for key, value in pairs}
    if len(found) != len(pairs):
        raise EventError("key given twice")
    return found


def _read_integer(text: str) -> int:
    return _integer(int(text))


def _refuse_number(text: str) -> JSON:
    raise EventError("number is not an integer")


# Refuses while it reads what `_plain` would refuse in what was read.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_read_integer,
    parse_float=_refuse_number,
    parse_constant=_refuse_number,
)
