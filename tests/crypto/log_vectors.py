"""Vectors of trees, checkpoints, cosignatures, receipts and the register."""

import base64
from hashlib import sha256
from typing import Any

from nacl import bindings

from tests.crypto.vector_primitives import SITE, ZERO, Case, canonical, fixed, lp, named

DASH = "\u2014"


def tree(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    left, right = halves(leaves)
    return sha256(b"\x01" + tree(left) + tree(right)).digest()


def halves(leaves: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return leaves[:middle], leaves[middle:]


def inclusion(at: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    left, right = halves(leaves)
    if at < len(left):
        return [*inclusion(at, left), tree(right)]
    return [*inclusion(at - len(left), right), tree(left)]


def consistency(first: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    if first == len(leaves):
        return [] if whole else [tree(leaves)]
    left, right = halves(leaves)
    if first <= len(left):
        return [*consistency(first, left, whole), tree(right)]
    return [*consistency(first - len(left), right, False), tree(left)]


def proof_cases() -> list[Case]:
    leaves = [fixed(f"leaf {at}") for at in range(13)]
    cases: list[Case] = []
    for size in (1, 2, 3, 7, 8, 13):
        for at in sorted({0, size // 2, size - 1}):
            path = inclusion(at, leaves[:size])
            cases.append(inclusion_case(f"{at} of {size}", leaves[at], at, size, path, leaves))
    path = inclusion(4, leaves)
    for why, leaf, at, some in (
        ("truncated", leaves[4], 4, path[:-1]), ("extended", leaves[4], 4, [*path, ZERO]),
        ("another leaf", leaves[5], 4, path), ("another place", leaves[4], 5, path),
        ("place behind the end", leaves[4], 13, path), ("none", leaves[4], 4, []),
        ("swapped steps", leaves[4], 4, [path[1], path[0], *path[2:]]),
        ("a step cut short", leaves[4], 4, [path[0][:-1], *path[1:]]),
    ):  # fmt: skip
        case = inclusion_case(f"4 of 13: {why}", leaf, at, 13, some, leaves)
        cases.append({**case, "error": "ProofError"})
    for first, size in ((1, 2), (1, 13), (3, 7), (4, 8), (7, 13), (8, 13), (13, 13)):
        some = consistency(first, leaves[:size])
        cases.append(consistency_case(f"{first} to {size}", first, size, some, leaves, leaves))
    path, other = consistency(7, leaves), [fixed("other"), *leaves[1:]]
    for why, first, size, some, before, after in (
        ("truncated", 7, 13, path[:-1], leaves, leaves), ("none", 7, 13, [], leaves, leaves),
        ("extended", 7, 13, [*path, ZERO], leaves, leaves),
        ("a leaf that was changed", 7, 13, path, other, leaves),
        ("a newer tree that was changed", 7, 13, path, leaves, other),
        ("another size before", 6, 13, path, leaves, leaves),
        ("the newer tree is smaller", 13, 7, path, leaves, leaves),
        ("nothing before", 0, 13, [], leaves, leaves),
        ("two trees of one size", 13, 13, [], other, leaves),
        ("a path between trees of one size", 13, 13, [ZERO], leaves, leaves),
    ):  # fmt: skip
        case = consistency_case(f"7 to 13: {why}", first, size, some, before, after)
        cases.append({**case, "error": "ProofError"})
    return cases


def inclusion_case(
    name: str, leaf: bytes, at: int, size: int, path: list[bytes], leaves: list[bytes]
) -> Case:
    return {
        "name": f"inclusion: {name}", "opens": "inclusion", "leaf": leaf.hex(), "index": at,
        "size": size, "path": [one.hex() for one in path], "root": tree(leaves[:size]).hex(),
    }  # fmt: skip


def consistency_case(
    name: str, first: int, size: int, path: list[bytes], before: list[bytes], after: list[bytes]
) -> Case:
    return {
        "name": f"consistency: {name}", "opens": "consistency", "old_size": first, "size": size,
        "old_root": tree(before[:first]).hex(), "root": tree(after[:size]).hex(),
        "path": [one.hex() for one in path],
    }  # fmt: skip


# Notes -------------------------------------------------------------------------------


def key_pair(label: str) -> tuple[bytes, bytes]:
    public, secret = bindings.crypto_sign_seed_keypair(fixed(label))
    return public, secret


def line(name: str, label: str, message: str, kind: bytes = b"\x01", head: bytes = b"") -> str:
    """A signature line; *head* stands before the signature."""
    public, secret = key_pair(label)
    hint = sha256(name.encode() + b"\n" + kind + public).digest()[:4]
    signature = bindings.crypto_sign(message.encode(), secret)[:64]
    return f"{DASH} {name} {base64.b64encode(hint + head + signature).decode()}\n"


def checkpoint_text(origin: str, size: str = "16", root: bytes = ZERO, more: str = "") -> str:
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n{more}"


def spare_bits(text: str) -> str:
    """The same 32 bytes in another base64, which no writer makes."""
    at = text.index("=\n") - 1
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return text[:at] + letters[letters.index(text[at]) | 1] + text[at + 1 :]


def checkpoint_cases() -> list[Case]:
    root = tree([fixed("one leaf")])
    cases: list[Case] = []
    for origin, more in ((f"{SITE}/register", ""), (f"{SITE}/audit", "time 1772413323\n")):
        text = checkpoint_text(origin, root=root, more=more)
        told = named("tg-checkpoint", lp(origin.encode(), (16).to_bytes(8, "big"), root))
        good: Case = {
            "origin": origin, "key": key_pair("log")[0].hex(), "size": 16, "root": root.hex(),
            "extensions": more.splitlines(),
            "fingerprint": f"{int.from_bytes(told, 'big') % 10**24:024d}",
            "note": f"{text}\n{line(origin, 'log', text)}",
        }  # fmt: skip
        cases.append({**good, "name": origin})
    note, own = str(good["note"]), line(origin, "log", text)
    witness = line("witness.example", "witness", text)
    cases.append({**good, "name": "with a witness's line", "note": f"{text}\n{own}{witness}"})
    bad: Case = {**good, "error": "ProofError"}

    def signed(text: str, name: str = origin, label: str = "log") -> str:
        return f"{text}\n{line(name, label, text)}"

    for why, one in (
        ("truncated", note[:-2]),
        ("no end of the line", note[:-1]),
        ("extended", note + "\n"),
        ("no signature", text),
        ("empty", ""),
        ("another text", note.replace("\n16\n", "\n17\n")),
        ("of another log", signed(checkpoint_text(f"{SITE}/register", root=root))),
        ("signed by another key", signed(text, label="other")),
        ("signed as another name", signed(text, name="other/audit")),
        ("signed twice", f"{text}\n{own}{own}"),
        ("a size with a zero before", signed(checkpoint_text(origin, "016", root))),
        ("a negative size", signed(checkpoint_text(origin, "-1", root))),
        ("a short root", signed(checkpoint_text(origin, root=root[:-1]))),
        ("a root without its padding", signed(text.replace("=\n", "\n"))),
        ("a root that is not canonical", signed(spare_bits(text))),
        ("an empty extension line", signed(f"{text}\nmore\n")),
        ("no root", signed(f"{origin}\n16\n")),
        ("a control character", signed(checkpoint_text(origin, root=root, more="a\tb\n"))),
        ("a signature line without a dash", note.replace(DASH, "-")),
        ("a signature of no bytes", f"{text}\n{own}{DASH} other AAAAAA==\n"),
    ):
        cases.append({**bad, "name": why, "note": one})
    return cases


def cosignature_cases() -> list[Case]:
    origin, name, at = f"{SITE}/register", "witness.example/w1", 1772413323
    text = checkpoint_text(origin, root=tree([fixed("one leaf")]))
    own = line(origin, "log", text)

    def seen(message: str, label: str = "witness", at: int = at, who: str = name) -> str:
        return line(who, label, message, b"\x04", at.to_bytes(8, "big"))

    said = f"cosignature/v1\ntime {at}\n{text}"
    good: Case = {
        "witness": name, "key": key_pair("witness")[0].hex(), "at": at,
        "note": f"{text}\n{own}{seen(said)}",
    }  # fmt: skip
    bad: Case = {**good, "error": "ProofError"}
    other = f"cosignature/v1\ntime {at}\n{checkpoint_text(origin, '17')}"
    late = 2**63
    return [
        {**good, "name": "cosigned"},
        {**good, "name": "cosigned alone", "note": f"{text}\n{seen(said)}"},
        *(
            {**bad, "name": why, "note": f"{text}\n{own}{last}"}
            for why, last in (
                ("not cosigned", ""), ("another time", seen(said, at=at + 1)),
                ("another checkpoint", seen(other)), ("another witness", seen(said, "other")),
                ("another name", seen(said, who="other.example")),
                ("signed like a log", line(name, "witness", text)),
                ("signed without its time", seen(text)), ("cosigned twice", seen(said) * 2),
                ("truncated", seen(said)[:-6] + "\n"),
                ("a time that no clock shows", seen(said.replace(str(at), str(late)), at=late)),
            )
        ),
    ]  # fmt: skip


def receipt_cases() -> list[Case]:
    name, entry = f"{SITE}/receipt", fixed("entry")

    def text(title: str = "tonggui-receipt/v1", site: str = SITE, day: str = "2026-03-01",
             entry: bytes = entry) -> str:  # fmt: skip
        return f"{title}\n{site}\n{day}\n{base64.b64encode(entry).decode()}\n"

    def signed(text: str, name: str = name, label: str = "log") -> str:
        return f"{text}\n{line(name, label, text)}"

    good: Case = {
        "site": SITE, "key": key_pair("log")[0].hex(), "day": "2026-03-01", "entry": entry.hex(),
        "note": signed(text()),
    }  # fmt: skip
    bad: Case = {**good, "error": "ProofError"}
    return [
        {**good, "name": "receipt"},
        *(
            {**bad, "name": why, "note": note}
            for why, note in (
                ("truncated", signed(text())[:-2]), ("extended", signed(text()) + "\n"),
                ("another day than was signed", signed(text()).replace("03-01", "03-02")),
                ("of another site", signed(text(site="410328"))),
                ("signed by another key", signed(text(), label="other")),
                ("signed as a checkpoint", signed(text(), f"{SITE}/register")),
                ("another title", signed(text("tonggui-receipt/v2"))),
                ("no such day", signed(text(day="2026-02-30"))),
                ("a time", signed(text(day="2026-03-01T00:00:00Z"))),
                ("a short entry", signed(text(entry=entry[:-1]))),
                ("a long entry", signed(text(entry=entry + b"\x00"))),
                ("base64 without its padding", signed(text().replace("=\n", "\n"))),
                ("base64 that is not canonical", signed(spare_bits(text()))),
                ("one line more", signed(text() + "more\n")), ("no signature", text()),
            )
        ),
    ]  # fmt: skip


# Register -------------------------------------------------------------------------------


def record_value(**change: Any) -> Case:
    office = named("tg-office", b"A1", fixed("office salt")).hex()
    return {
        "kind": "report.accepted", "office": office, "case": fixed("case tag", 16).hex(),
        "days_allowed": 15, "days_used": 7, **change,
    }  # fmt: skip


def register_cases() -> list[Case]:
    salt = fixed("entry salt")
    cases: list[Case] = []
    for name, change in (
        ("report.accepted", {}),
        ("days at their limits", {"days_allowed": 100_000, "days_used": 0}),
        ("filler", {"kind": "filler", "office": "", "days_allowed": None, "days_used": None}),
        ("audit.root", {"kind": "audit.root", "office": "", "case": fixed("root").hex(),
                        "days_allowed": None, "days_used": None}),
    ):  # fmt: skip
        body = canonical(record_value(**change))
        cases.append({
            "name": name, "body": body.hex(), "salt": salt.hex(),
            "entry": named("tg-entry", body, salt).hex(),
        })  # fmt: skip
    good = canonical(record_value())
    more = [(f"not so: {next(iter(one.items()))}", canonical(record_value(**one))) for one in (
        {"days_used": -1}, {"days_used": 100_001}, {"days_used": True}, {"days_used": "7"},
        {"case": ""}, {"case": fixed("case tag", 17).hex()}, {"case": "A" * 32}, {"office": "A1"},
        {"kind": ""}, {"kind": "a.b.c"}, {"kind": "Report"}, {"day": "2026-03-01"},
    )]  # fmt: skip
    missing = {name: one for name, one in record_value().items() if name != "office"}
    for why, body in (
        *more,
        ("truncated", good[:-1]),
        ("extended", good + b"\n"),
        ("empty", b""),
        ("a field missing", canonical(missing)),
        ("not canonical", good.replace(b":", b": ", 1)),
    ):
        cases.append({"name": why, "body": body.hex(), "salt": salt.hex(), "error": "ProofError"})
    cases += [
        {"name": f"salt: {why}", "body": good.hex(), "salt": one.hex(), "error": "ProofError"}
        for why, one in (("truncated", salt[:-1]), ("extended", salt + b"\x00"))
    ]
    return cases


def opened_row(**change: Any) -> Case:
    return {
        "record": record_value(), "salt": fixed("entry salt").hex(), "office": "A1",
        "office_salt": fixed("office salt").hex(), **change,
    }  # fmt: skip


def opened_cases() -> list[Case]:
    filler = record_value(kind="filler", office="", days_allowed=None, days_used=None)
    rows = [
        opened_row(),
        opened_row(office="others", office_salt="", salt=fixed("salt 2").hex()),
        opened_row(office="", office_salt="", record=filler, salt=fixed("salt 3").hex()),
    ]

    def entry(row: Case) -> str:
        return named("tg-entry", canonical(row["record"]), bytes.fromhex(row["salt"])).hex()

    rows.sort(key=entry)
    value = {"site": SITE, "quarter": "2026Q1", "first": 0, "end": 16, "records": rows}
    good = canonical(value)
    empty = canonical({**value, "quarter": "at-once", "end": 0, "records": []})
    cases: list[Case] = [
        {"name": "a quarter", "body": good.hex(), "entries": [entry(row) for row in rows]},
        {"name": "at once", "body": empty.hex(), "entries": []},
    ]
    for why, row in (
        ("another office", opened_row(office="A2")),
        ("salt of another office", opened_row(office_salt=fixed("other").hex())),
        ("an office without its salt", opened_row(office_salt="")),
        ("others with a salt", opened_row(office="others")),
        ("no office where there is one", opened_row(office="", office_salt="")),
        ("others where there is none", opened_row(office="others", office_salt="", record=filler)),
        ("a short salt", opened_row(salt="00")),
        ("salt that is not hex", opened_row(salt="x" * 64)),
        ("a record as a text", opened_row(record=canonical(record_value()).decode())),
        ("a malformed record", opened_row(record=record_value(case=""))),
        ("a field too many", opened_row(day="2026-03-01")),
    ):  # fmt: skip
        body = canonical({**value, "records": [row]})
        cases.append({"name": why, "body": body.hex(), "error": "ProofError"})
    for why, body in (
        ("truncated", good[:-1]), ("extended", good + b"\n"), ("empty", b""),
        ("end is no number", canonical({**value, "end": "16"})),
        ("end before first", canonical({**value, "first": 17})),
        ("first is negative", canonical({**value, "first": -1})),
        ("a quarter that is none", canonical({**value, "quarter": "2026Q5"})),
        ("a field missing", canonical({"site": SITE, "records": rows})),
    ):  # fmt: skip
        cases.append({"name": why, "body": body.hex(), "error": "ProofError"})
    return cases
