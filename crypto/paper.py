"""Paper parts of the recovery key: a bundle of pieces as lines that people type.

    line = number | six groups of four characters (15 bytes) | four check characters

The alphabet is Crockford's base32. The check of a line covers everything up to
it, so a slip, a swapped line and a missing one show at the line where they are.
"""

from crypto.context import lp, named_hash, u32
from crypto.errors import CodeError

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LINE_BYTES = 15
CHECK_CHARACTERS = 4
_MEANT = str.maketrans("-OILabcdefghijklmnopqrstuvwxyz", " 011ABCDEFGH1JK1MN0PQRSTUVWXYZ")
_VALUE = {character: value for value, character in enumerate(ALPHABET)}


def paper_text(bundle: bytes) -> str:
    """Return *bundle* as numbered lines, the last one shorter.

    Args:
        bundle: one of `shares.split`.
    """
    starts = range(0, len(bundle), LINE_BYTES)
    return "\n".join(_line(bundle, number, at) for number, at in enumerate(starts, start=1))


def read_paper(typed: str) -> bytes:
    """Return the bundle of a typed paper part.

    Case, spaces and hyphens do not matter; O is read as 0, I and L as 1.

    Raises:
        CodeError: a line is malformed or its check does not fit; `line` says which.
    """
    bundle = b""
    lines = [line for line in typed.splitlines() if line.strip()]
    for number, line in enumerate(lines, start=1):
        claimed, *groups = line.translate(_MEANT).split() or [""]
        text = "".join(groups)
        data, check = text[:-CHECK_CHARACTERS], text[-CHECK_CHARACTERS:]
        if claimed.lstrip("0") != str(number) or not data or not _VALUE.keys() >= set(text):
            raise CodeError("malformed line", line=number)
        whole = len(data) * 5 // 8
        if whole < LINE_BYTES and number < len(lines):
            raise CodeError("line is too short", line=number)
        bundle += _decode(data, whole, number)
        if check != _check(bundle, number):
            raise CodeError("the check does not fit", line=number)
    if not bundle:
        raise CodeError("nothing was typed")
    return bundle


def _line(bundle: bytes, number: int, at: int) -> str:
    text = _encode(bundle[at : at + LINE_BYTES])
    groups = " ".join(text[start : start + 4] for start in range(0, len(text), 4))
    return f"{number:02d}  {groups}  {_check(bundle[: at + LINE_BYTES], number)}"


def _check(so_far: bytes, number: int) -> str:
    return _encode(named_hash("tg-paper", lp(u32(number), so_far), size=3))[:CHECK_CHARACTERS]


def _encode(data: bytes) -> str:
    count = -(-len(data) * 8 // 5)
    value = int.from_bytes(data, "big") << count * 5 - len(data) * 8
    return "".join(ALPHABET[value >> 5 * place & 31] for place in reversed(range(count)))


def _decode(text: str, size: int, number: int) -> bytes:
    value = 0
    for character in text:
        value = value << 5 | _VALUE[character]
    spare = len(text) * 5 - size * 8
    data = (value >> spare).to_bytes(size, "big") if size <= LINE_BYTES else b""
    if _encode(data) != text:
        raise CodeError("malformed line", line=number)
    return data
