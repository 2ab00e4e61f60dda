"""The second reader, section 10: trees, notes, checkpoints, register and receipts.

From crypto/SPEC.md alone.
"""

import base64
import json
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from tests.crypto.second_reader import digits_24, lp, named, require
from tests.crypto.second_reader_documents import (
    Document,
    ProofError,
    day,
    fields,
    good_signature,
    hex_bytes,
    number,
    read_canonical,
    rows_of,
    texts,
)

# 10. Trees ----------------------------------------------------------------------------


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def check_inclusion(leaf: bytes, at: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """RFC 9162, 2.1.3.2."""
    require(0 <= at < size, ProofError, "no such leaf")
    inner, last, found = at, size - 1, leaf_hash(leaf)
    for one in path:
        require(last > 0 and len(one) == 32, ProofError, "path too long")
        if inner & 1 or inner == last:
            found = node(one, found)
            while not inner & 1 and inner:
                inner, last = inner >> 1, last >> 1
        else:
            found = node(found, one)
        inner, last = inner >> 1, last >> 1
    require(last == 0 and found == root, ProofError, "another root")


def check_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, path: Sequence[bytes]
) -> None:
    """RFC 9162, 2.1.4.2."""
    require(0 < first <= second, ProofError, "no such sizes")
    if first == second:
        require(first_root == second_root and not path, ProofError, "two trees of one size")
        return
    require(path and all(len(one) == 32 for one in path), ProofError, "no path")
    steps = [first_root, *path] if first & (first - 1) == 0 else [*path]
    inner, last = first - 1, second - 1
    while inner & 1:
        inner, last = inner >> 1, last >> 1
    older = newer = steps[0]
    for one in steps[1:]:
        require(last > 0, ProofError, "path too long")
        if inner & 1 or inner == last:
            older, newer = node(one, older), node(one, newer)
            while not inner & 1 and inner:
                inner, last = inner >> 1, last >> 1
        else:
            newer = node(newer, one)
        inner, last = inner >> 1, last >> 1
    require(last == 0 and (older, newer) == (first_root, second_root), ProofError, "roots")


# 10. Notes ----------------------------------------------------------------------------

SIGNATURE_LINE = re.compile(r"— (\S+) (\S+)")


def base64_bytes(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as cause:
        raise ProofError("not base64") from cause
    require(base64.b64encode(data).decode() == text, ProofError, "not canonical base64")
    return data


def note_key_id(name: str, kind: int, key: bytes) -> bytes:
    return sha256(f"{name}\n".encode() + bytes([kind]) + key).digest()[:4]


def split_note(note: bytes) -> tuple[str, list[tuple[str, bytes]]]:
    try:
        whole = note.decode()
    except UnicodeDecodeError as cause:
        raise ProofError("not UTF-8") from cause
    shown = all(letter == "\n" or (letter >= " " and letter != "\x7f") for letter in whole)
    text, gap, below = whole.rpartition("\n\n")
    require(shown and gap and below.endswith("\n"), ProofError, "no signed note")
    signatures = []
    for line in below[:-1].split("\n"):
        match = SIGNATURE_LINE.fullmatch(line)
        require(match, ProofError, "no signature line")
        assert match
        signature = base64_bytes(match[2])
        require("+" not in match[1] and len(signature) > 4, ProofError, "no signature line")
        signatures.append((match[1], signature))
    return text + "\n", signatures


def check_note(note: bytes, name: str, key: bytes) -> str:
    """Text of a note that *key* signed, in exactly one line."""
    text, signatures = split_note(note)
    own = note_key_id(name, 1, key)
    mine = [data[4:] for who, data in signatures if who == name and data[:4] == own]
    good = len(mine) == 1 and good_signature(key, mine[0], text.encode())
    require(good, ProofError, "not signed")
    return text


def check_cosignature(note: bytes, name: str, key: bytes) -> int:
    """POSIX seconds at which a witness says to have seen the checkpoint."""
    text, signatures = split_note(note)
    own = note_key_id(name, 4, key)
    mine = [data[4:] for who, data in signatures if who == name and data[:4] == own]
    require(len(mine) == 1, ProofError, "not cosigned")
    seen = int.from_bytes(mine[0][:8], "big")
    said = f"cosignature/v1\ntime {seen}\n{text}".encode()
    good = seen < 2**63 and good_signature(key, mine[0][8:], said)
    require(good, ProofError, "cosignature")
    return seen


def read_checkpoint(note: bytes, origin: str, key: bytes) -> tuple[int, bytes, list[str]]:
    lines = check_note(note, origin, key).split("\n")[:-1]
    require(len(lines) >= 3 and lines[0] == origin, ProofError, "another origin")
    require(re.fullmatch(r"0|[1-9][0-9]*", lines[1]), ProofError, "no size")
    root = base64_bytes(lines[2])
    require(len(root) == 32 and all(lines), ProofError, "no root")
    return int(lines[1]), root, lines[3:]


def checkpoint_fingerprint(origin: str, size: int, root: bytes) -> str:
    return digits_24(named("tg-checkpoint", lp(origin.encode(), size.to_bytes(8, "big"), root)))


def read_receipt(note: bytes, site: str, key: bytes) -> tuple[str, bytes]:
    """Day and entry."""
    lines = check_note(note, f"{site}/receipt", key).split("\n")[:-1]
    require(len(lines) == 4 and lines[0] == "tonggui-receipt/v1", ProofError, "no receipt")
    require(lines[1] == site, ProofError, "another site")
    day(lines[2], ProofError)
    entry = base64_bytes(lines[3])
    require(len(entry) == 32, ProofError, "no entry")
    return lines[2], entry


# 10. Register -------------------------------------------------------------------------


def read_record(body: bytes) -> Document:
    value = read_canonical(body, ProofError)
    case, allowed, used, kind, office = fields(
        value, ProofError, "case", "days_allowed", "days_used", "kind", "office"
    )
    texts(ProofError, case, kind, office)
    for days in (allowed, used):
        require(days is None or number(days, ProofError, 0, 100_000) >= 0, ProofError, "days")
    require(re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)?", kind), ProofError, "kind")
    require(re.fullmatch(r"[0-9a-f]{32}|[0-9a-f]{64}", case), ProofError, "tag of a case")
    if office:
        hex_bytes(office, ProofError, 32)
    return dict(value)


def entry_of(record: bytes, salt: bytes) -> bytes:
    return named("tg-entry", record, salt)


def office_of(code: str, salt: bytes) -> str:
    return named("tg-office", code.encode(), salt).hex()


def read_entry(body: bytes, salt: bytes) -> bytes:
    read_record(body)
    require(len(salt) == 32, ProofError, "no salt")
    return entry_of(body, salt)


def read_opened(body: bytes) -> list[tuple[str, Document, bytes]]:
    """Office as told, record and entry of every row."""
    value = read_canonical(body, ProofError)
    end, first, quarter, records, site = fields(
        value, ProofError, "end", "first", "quarter", "records", "site"
    )
    require(number(first, ProofError) <= number(end, ProofError), ProofError, "first, end")
    texts(ProofError, quarter, site)
    require(re.fullmatch(r"[0-9]{4}Q[1-4]|at-once", quarter), ProofError, "quarter")
    return [read_row(row) for row in rows_of(records, ProofError)]


def read_row(row: Any) -> tuple[str, Document, bytes]:
    office, office_salt, record, salt = fields(
        row, ProofError, "office", "office_salt", "record", "salt"
    )
    texts(ProofError, office, office_salt)
    # The file is canonical, so what stands in it is the record's canonical form.
    body = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    read, salt = read_record(body), hex_bytes(salt, ProofError, 32)
    if office in {"", "others"}:
        told = office_salt == "" and (office == "") == (read["office"] == "")
        require(told, ProofError, "office that is not told")
    else:
        right = office_of(office, hex_bytes(office_salt, ProofError, 32)) == read["office"]
        require(right, ProofError, "another office")
    return office, read, entry_of(body, salt)
