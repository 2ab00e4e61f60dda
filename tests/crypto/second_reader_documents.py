"""The second reader, section 7: canonical JSON, rows, manifests, events, key sets, certificates.

From crypto/SPEC.md alone.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from nacl import bindings
from nacl.exceptions import CryptoError

from tests.crypto.second_reader import digits_24, lp, named, require

Document = dict[str, Any]


class EventError(Exception):
    pass


class KeySetError(Exception):
    pass


class ProofError(Exception):
    pass


# 7. Canonical JSON --------------------------------------------------------------------

KEY = re.compile(r"[a-z0-9_]+")


def read_canonical(body: bytes, error: type[Exception]) -> Any:
    try:
        value = json.loads(body.decode(), object_pairs_hook=object_of, parse_float=refuse,
                           parse_constant=refuse)  # fmt: skip
        again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        require(again.encode() == body, error, "not canonical")
    except (ValueError, RecursionError) as cause:
        raise error("not canonical") from cause
    return checked_numbers(value, error)


def object_of(pairs: list[tuple[str, Any]]) -> Document:
    if len(dict(pairs)) != len(pairs) or not all(KEY.fullmatch(key) for key, _ in pairs):
        raise ValueError("a key twice, or of other letters")
    return dict(pairs)


def refuse(_: str) -> None:
    raise ValueError("no such number")


def checked_numbers(value: Any, error: type[Exception]) -> Any:
    inside = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list):
        for one in inside:
            checked_numbers(one, error)
    require(type(value) is not int or abs(value) < 2**53, error, "number too large")
    return value


def fields(value: Any, error: type[Exception], *names: str) -> list[Any]:
    require(isinstance(value, dict) and set(value) == set(names), error, "other fields")
    return [value[name] for name in names]


def texts(error: type[Exception], *values: Any) -> None:
    require(all(isinstance(one, str) for one in values), error, "not a text")


def number(value: Any, error: type[Exception], least: int = 0, most: int = 2**53) -> int:
    require(type(value) is int and least <= value <= most, error, "not such a number")
    return int(value)


def rows_of(value: Any, error: type[Exception]) -> list[Any]:
    require(isinstance(value, list), error, "not a list")
    return list(value)


def hex_bytes(value: Any, error: type[Exception], size: int) -> bytes:
    right = isinstance(value, str) and re.fullmatch(rf"[0-9a-f]{{{size * 2}}}", value)
    require(right, error, "not hex")
    return bytes.fromhex(value)


def day(value: Any, error: type[Exception]) -> date:
    texts(error, value)
    try:
        read = date.fromisoformat(value)
    except ValueError as cause:
        raise error("no day") from cause
    require(read.isoformat() == value, error, "no day")
    return read


def signed(key: bytes, signature: bytes, name: str, body: bytes) -> bool:
    return good_signature(key, signature, lp(b"\x01", name.encode(), body))


def good_signature(key: bytes, signature: bytes, data: bytes) -> bool:
    if len(signature) != 64 or len(key) != 32:
        return False
    try:
        return bool(bindings.crypto_sign_open(signature + data, key) == data)
    except (CryptoError, ValueError):
        return False


# 7, 7.1, 7.2. Rows, manifest, event ---------------------------------------------------

EVENT_FIELDS = (
    "actor", "added", "at", "facts", "kind", "ordinal", "removed", "report", "salt", "signer",
    "site",
)  # fmt: skip


def columns_of(row: Sequence[Any]) -> list[Any]:
    """Kind, id and columns; in JSON the last one and a wrap's key id stand in hex."""
    kind, *columns, last = row
    if kind == "member_wrap":
        columns = ["/".join(columns), *columns]
    if kind == "wrap":
        columns[4] = bytes.fromhex(columns[4])
    return [kind, *columns, bytes.fromhex(last)]


def row_name(kind: str, row_id: str, *columns: str | int | bytes) -> list[str]:
    encoded = [
        one.to_bytes(8 if kind == "file" else 4, "big") if isinstance(one, int)
        else one.encode() if isinstance(one, str) else one
        for one in (kind, row_id, *columns)
    ]  # fmt: skip
    return [kind, row_id, named("tg-digest", lp(*encoded)).hex()]


def read_names(value: Any) -> list[tuple[str, str, str]]:
    names = []
    for row in rows_of(value, EventError):
        require(isinstance(row, list) and len(row) == 3, EventError, "no name of a row")
        texts(EventError, *row)
        require(row[0] and row[1], EventError, "no kind or id")
        hex_bytes(row[2], EventError, 32)
        names.append((row[0], row[1], row[2]))
    return names


def check_manifest(body: bytes, row: Sequence[str]) -> None:
    """See that a manifest names *row*."""
    require(list(row) in read_manifest(body)["records"], EventError, "a row that it does not name")


def read_manifest(body: bytes) -> Document:
    value = read_canonical(body, EventError)
    facts, records, report, reporter, sending, site = fields(
        value, EventError, "facts", "records", "report", "reporter", "sending", "site"
    )
    texts(EventError, report, sending, site)
    require(isinstance(facts, dict), EventError, "no facts")
    read_names(records)
    hex_bytes(reporter, EventError, 64)
    return dict(value)


def read_event(body: bytes) -> Document:
    value = read_canonical(body, EventError)
    actor, added, at, facts, kind, ordinal, removed, report, salt, signer, site = fields(
        value, EventError, *EVENT_FIELDS
    )
    texts(EventError, actor, at, kind, report, signer, site)
    require(site and isinstance(facts, dict), EventError, "no facts")
    read_names(added), read_names(removed)
    hex_bytes(salt, EventError, 16)
    require(re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)+", kind), EventError, "no kind")
    first = kind == "report.received"
    check_time(at, first)
    number(ordinal, EventError)
    require((ordinal == 1) == first and (ordinal == 0) == (not report), EventError, "ordinal")
    known = actor in {"reporter", "jobs", "nobody"} or (actor == "recovery" and not report)
    require(known or re.fullmatch(r"officer:.+", actor), EventError, "no actor")
    if actor == "nobody":
        require(first and not signer, EventError, "nobody acts but once")
    else:
        hex_bytes(signer, EventError, 32)
    return dict(value)


def check_time(at: str, first: bool) -> None:
    if first or "T" not in at:
        day(at, EventError)
        return
    try:
        read = datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError as cause:
        raise EventError("no time") from cause
    require(read.strftime("%Y-%m-%dT%H:%M:%SZ") == at, EventError, "no time")


def check_event(body: bytes, signature: bytes) -> bytes:
    """The digest of an event whose signature is right."""
    event = read_event(body)
    if event["actor"] == "nobody":
        require(not signature, EventError, "nobody signs nothing")
    else:
        key = bytes.fromhex(event["signer"])
        require(signed(key, signature, "tg-event", body), EventError, "signature")
    return named("tg-event", body)


def standing(bodies: Iterable[bytes]) -> dict[tuple[str, str], str]:
    stands: dict[tuple[str, str], str] = {}
    for body in bodies:
        event = read_event(body)
        for kind, object_id, _ in read_names(event["removed"]):
            stands.pop((kind, object_id), None)
        for kind, object_id, digest in read_names(event["added"]):
            require((kind, object_id) not in stands, EventError, "stands already")
            stands[kind, object_id] = digest
    return stands


def check_row(name: Sequence[str], bodies: Iterable[bytes]) -> None:
    kind, object_id, digest = name
    require(standing(bodies).get((kind, object_id)) == digest, EventError, "no event names it")


# 7.3 Key set --------------------------------------------------------------------------

CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")


def read_keyset(body: bytes) -> Document:
    error = KeySetError
    value = read_canonical(body, error)
    fields(
        value, error, "number", "previous", "site", "demo", "issued_on", "suite", "offices",
        "threshold", "seats", "members", "recovery", "log", "code_salt", "code_opslimit",
        "code_memlimit", "password_opslimit", "password_memlimit", "replaced",
    )  # fmt: skip
    first = number(value["number"], error, 1) == 1
    require(first == (value["previous"] == ""), error, "previous")
    if not first:
        hex_bytes(value["previous"], error, 32)
    texts(error, value["site"])
    require(CODE.fullmatch(value["site"]), error, "site")
    require(isinstance(value["demo"], bool), error, "demo")
    require(type(value["suite"]) is int and value["suite"] == 1, error, "suite")
    day(value["issued_on"], error)
    hex_bytes(value["code_salt"], error, 16)
    for name in ("code_opslimit", "code_memlimit", "password_opslimit", "password_memlimit"):
        number(value[name], error, 1)
    codes = read_offices(value["offices"])
    members = read_members(value["members"], codes)
    read_seats(value, members)
    read_replaced(value["replaced"])
    check_keys(value)
    return dict(value)


def read_offices(value: Any) -> set[str]:
    offices = [
        fields(one, KeySetError, "code", "supervisor", "key") for one in rows_of(value, KeySetError)
    ]
    for code, supervisor, _ in offices:
        texts(KeySetError, code, supervisor)
    above = {code: supervisor for code, supervisor, _ in offices}
    require(len(above) == len(offices), KeySetError, "an office twice")
    require(all(CODE.fullmatch(code) for code in above), KeySetError, "no code")
    for code in above:
        seen = [code]
        while above[seen[-1]]:
            seen.append(above[seen[-1]])
            require(seen[-1] in above and len(seen) <= len(above), KeySetError, "supervisors")
    return set(above)


def read_roles(value: Any) -> None:
    roles = rows_of(value, KeySetError)
    texts(KeySetError, *roles)
    require(all(re.fullmatch(r"[a-z]{1,20}", role) for role in roles), KeySetError, "no role")
    require(roles and roles == sorted(set(roles)), KeySetError, "order of roles")


def read_members(value: Any, codes: set[str]) -> dict[str, str]:
    members: dict[str, str] = {}
    for one in rows_of(value, KeySetError):
        account, office, roles, _, _ = fields(
            one, KeySetError, "account", "office", "roles", "day", "deed"
        )
        texts(KeySetError, account, office)
        read_roles(roles)
        right = CODE.fullmatch(account) and account not in members and office in codes
        require(right, KeySetError, "member")
        members[account] = office
    return members


def read_seats(keyset: Document, members: Mapping[str, str]) -> None:
    seats = [
        fields(one, KeySetError, "number", "office", "holder", "deputy", "key")
        for one in rows_of(keyset["seats"], KeySetError)
    ]
    n, k = len(seats), number(keyset["threshold"], KeySetError)
    require(2 <= k <= 4 and k < n <= 7, KeySetError, "k of n")
    require([one[0] for one in seats] == list(range(1, n + 1)), KeySetError, "order of seats")
    for _, office, holder, deputy, _ in seats:
        texts(KeySetError, office, holder, deputy)
        require(members.get(holder) == office == members.get(deputy), KeySetError, "office")
    people = Counter(who for _, _, *two, _ in seats for who in two)
    offices = Counter(office for _, office, *_ in seats)
    require(max(people.values()) == 1 == max(offices.values()), KeySetError, "twice")


def read_replaced(value: Any) -> None:
    for one in rows_of(value, KeySetError):
        holder, key, last_day = fields(one, KeySetError, "holder", "key", "last_day")
        texts(KeySetError, holder)
        right = re.fullmatch(
            r"(office|account):[A-Za-z0-9._-]{1,64}|seat:[1-9]|recovery|log", holder
        )
        require(right, KeySetError, "holder of a replaced key")
        hex_bytes(key, KeySetError, 32 if holder == "log" else 64)
        day(last_day, KeySetError)


def check_keys(keyset: Document) -> None:
    publics = [one["key"] for one in keyset["offices"] + keyset["seats"]]
    publics += [one[name] for one in keyset["members"] for name in ("day", "deed")]
    publics.append(keyset["recovery"])
    found = [hex_bytes(one, KeySetError, 64) for one in publics]
    boxes = [one[:32] for one in found]
    signs = [one[32:] for one in found] + [hex_bytes(keyset["log"], KeySetError, 32)]
    require(len(set(boxes)) == len(boxes), KeySetError, "a box key twice")
    require(len(set(signs)) == len(signs), KeySetError, "a signing key twice")


def check_first(body: bytes, signatures: Mapping[str, bytes], pin: bytes) -> Document:
    require(named("tg-keyset", body) == pin, KeySetError, "not the one pinned")
    keyset = read_keyset(body)
    require(keyset["number"] == 1, KeySetError, "not the first")
    check_seats_signed(body, signatures, keyset)
    return keyset


def check_next(body: bytes, signatures: Mapping[str, bytes], before: bytes) -> Document:
    keyset, previous = read_keyset(body), read_keyset(before)
    require(keyset["previous"] == named("tg-keyset", before).hex(), KeySetError, "chain")
    require(keyset["number"] == previous["number"] + 1, KeySetError, "number")
    same = all(keyset[name] == previous[name] for name in ("site", "demo"))
    require(same, KeySetError, "another site")
    check_seats_signed(body, signatures, previous)
    return keyset


def check_seats_signed(body: bytes, signatures: Mapping[str, bytes], by: Document) -> None:
    seat_of = {one[who]: one["number"] for one in by["seats"] for who in ("holder", "deputy")}
    deeds = {one["account"]: bytes.fromhex(one["deed"])[32:] for one in by["members"]}
    for account, signature in signatures.items():
        good = account in seat_of and signed(deeds[account], signature, "tg-keyset", body)
        require(good, KeySetError, "a signature that does not count")
    seats = {seat_of[account] for account in signatures}
    require(len(seats) >= by["threshold"], KeySetError, "too few seats")


def check_certificate(
    body: bytes, signature: bytes, keyset_body: bytes, earlier: Sequence[Document] = ()
) -> Document:
    """7.4: *earlier* are certificates that were found good before."""
    keyset = read_keyset(keyset_body)
    value = read_canonical(body, KeySetError)
    account, by, day_key, deed, counts_with, office, on, roles, site = fields(
        value, KeySetError, "account", "certified_by", "day", "deed", "keyset", "office", "on",
        "roles", "site",
    )  # fmt: skip
    texts(KeySetError, account, by, office, site)
    require(site == keyset["site"] and account != by, KeySetError, "site, or by oneself")
    require(type(counts_with) is int and counts_with == keyset["number"], KeySetError, "number")
    day(on, KeySetError)
    read_roles(roles)
    hex_bytes(day_key, KeySetError, 64), hex_bytes(deed, KeySetError, 64)
    listed = {one["account"] for one in keyset["members"]}
    require(account not in listed, KeySetError, "a member needs no certificate")
    people = {one["account"]: one for one in [*keyset["members"], *earlier]}
    require(by in people and people[by]["office"] == office, KeySetError, "no colleague")
    key = bytes.fromhex(people[by]["deed"])[32:]
    require(signed(key, signature, "tg-certificate", body), KeySetError, "signature")
    return dict(value)


def keyset_fingerprint(body: bytes) -> str:
    return digits_24(named("tg-fingerprint", named("tg-keyset", body)))
