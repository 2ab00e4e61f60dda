"""Vectors of events, records, key sets and certificates."""

from typing import Any

from tests.crypto.vector_primitives import (
    REPORT,
    SITE,
    ZERO,
    Case,
    canonical,
    fixed,
    lp,
    named,
    pairs,
    public_hex,
    sign,
)


def event_value(**change: Any) -> Case:
    return {
        "site": SITE, "report": REPORT, "kind": "report.accepted", "ordinal": 2,
        "at": "2026-03-02T01:02:03Z", "actor": "officer:account",
        "signer": pairs(fixed("officer"))[3].hex(),
        "facts": {"accepted_on": "2026-03-02", "policy": "cn-2018"},
        "added": [["object", "id", fixed("record").hex()]], "removed": [],
        "salt": fixed("salt", 16).hex(), **change,
    }  # fmt: skip


def event_cases() -> list[Case]:
    body = canonical(event_value())
    signature = sign(fixed("officer"), "tg-event", body)
    first = canonical(event_value(
        kind="report.received", ordinal=1, at="2026-03-01", actor="nobody", signer=""
    ))  # fmt: skip
    cases: list[Case] = [
        {"name": "signed", "body": body.hex(), "signature": signature.hex(),
         "digest": named("tg-event", body).hex()},
        {"name": "first of a report", "body": first.hex(), "signature": "",
         "digest": named("tg-event", first).hex()},
    ]  # fmt: skip
    unsigned = canonical(event_value(actor="nobody", signer=""))
    other = canonical(event_value(ordinal=3))
    for why, one, by in (
        ("unsigned", body, b""),
        ("signed by somebody else", body, sign(fixed("other"), "tg-event", body)),
        ("signature of another event", other, signature),
        ("signed for another purpose", body, sign(fixed("officer"), "tg-keyset", body)),
        ("nobody's later event", unsigned, b""),
        ("first event with a signature", first, signature),
        ("truncated", body[:-1], signature),
        ("extended", body + b"\n", signature),
        ("not canonical", body.replace(b",", b", ", 1), signature),
        ("truncated signature", body, signature[:-1]),
    ):
        cases.append({"name": why, "body": one.hex(), "signature": by.hex(), "error": "EventError"})
    return cases


def record_cases() -> list[Case]:
    """Rows of one sending, what an event says of them, and rows that were tampered with."""
    rows: dict[str, list[Any]] = {
        "narrative": ["id1", "sending", "narrative", 1, fixed("body 1").hex()],
        "place": ["id2", "sending", "place", 1, fixed("body 2").hex()],
    }
    names = {name: record_name(row) for name, row in rows.items()}
    added, removed = event_value(added=[*names.values()]), event_value(removed=[names["place"]])
    swapped = [*rows["narrative"][:4], rows["place"][4]]
    cases: list[Case] = [
        {"name": "as stored", "events": [added], "row": rows["narrative"]},
        {"name": "still there", "events": [added, removed], "row": rows["narrative"]},
    ]
    for why, events, row in (
        ("swapped rows", [added], swapped),
        ("old row put back", [added, removed], rows["place"]),
        ("object without event", [added], ["id3", *rows["place"][1:]]),
        ("object before its event", [], rows["place"]),
        ("another sending", [added], ["id1", "other", *rows["narrative"][2:]]),
        ("another kind", [added], [*rows["narrative"][:2], "message", *rows["narrative"][3:]]),
        ("another version", [added], [*rows["narrative"][:3], 2, rows["narrative"][4]]),
        ("an event that replaces", [added, added], rows["narrative"]),
    ):
        cases.append({"name": why, "events": events, "row": row, "error": "EventError"})
    return [
        {**case, "events": [canonical(event).hex() for event in case["events"]]} for case in cases
    ]


def record_name(row: list[Any]) -> list[str]:
    object_id, sending, kind, version, body = row
    columns = lp(
        b"object", object_id.encode(), sending.encode(), kind.encode(),
        version.to_bytes(4, "big"), bytes.fromhex(body),
    )  # fmt: skip
    return ["object", object_id, named("tg-digest", columns).hex()]


def keyset_value(number: int = 1, previous: str = "", **change: Any) -> Case:
    codes = ("A1", "A2", "A3")
    return {
        "number": number, "site": SITE, "demo": True, "previous": previous,
        "issued_on": "2026-01-05", "threshold": 2, "suite": 1, "replaced": [],
        "offices": [
            {"code": code, "supervisor": "" if code == "A1" else "A1",
             "key": public_hex(fixed(f"office {code}"))}
            for code in codes
        ],
        "seats": [
            {"number": at, "office": code, "holder": f"{code}-x", "deputy": f"{code}-y",
             "key": public_hex(fixed(f"seat {at}"))}
            for at, code in enumerate(codes, start=1)
        ],
        "members": [
            {"account": f"{code}-{who}", "office": code, "roles": ["custodian", "officer"],
             "day": public_hex(fixed(f"day {code}-{who}")),
             "deed": public_hex(fixed(f"deed {code}-{who}"))}
            for code in codes for who in ("x", "y")
        ],
        "recovery": public_hex(fixed("recovery")), "log": pairs(fixed("log"))[3].hex(),
        "code_opslimit": 2, "code_memlimit": 19 * 1024 * 1024,
        "code_salt": fixed("site salt", 16).hex(),
        "password_opslimit": 3, "password_memlimit": 64 * 1024 * 1024, **change,
    }  # fmt: skip


def keyset_cases() -> list[Case]:
    first = canonical(keyset_value())
    pin = named("tg-keyset", first)
    second = canonical(keyset_value(2, pin.hex()))

    def by(body: bytes, *accounts: str) -> dict[str, str]:
        return {
            who: sign(fixed(f"deed {who}"), "tg-keyset", body).hex() for who in accounts
        }  # fmt: skip

    both = by(first, "A1-x", "A2-y")
    cases: list[Case] = [
        {"name": "first", "body": first.hex(), "pin": pin.hex(), "signatures": both},
        {"name": "next", "previous": first.hex(), "body": second.hex(),
         "signatures": by(second, "A3-x", "A2-x")},
    ]  # fmt: skip
    bad = {"body": first.hex(), "pin": pin.hex(), "error": "KeySetError"}
    forged = canonical(keyset_value(issued_on="2026-01-06"))
    one_person = keyset_value()
    one_person["seats"][0]["deputy"] = "A1-x"
    cases += [
        {**bad, "name": "another hash", "pin": ZERO.hex(), "signatures": both},
        {**bad, "name": "too few signatures", "signatures": by(first, "A1-x")},
        {**bad, "name": "one seat twice", "signatures": by(first, "A1-x", "A1-y")},
        {**bad, "name": "signed by a stranger", "signatures": {**both, "Z": both["A1-x"]}},
        {**bad, "name": "wrong signature", "signatures": {**both, "A3-x": both["A1-x"]}},
        {**bad, "name": "made up in the database", "body": forged.hex(),
         "signatures": by(forged, "A1-x", "A2-x", "A3-x")},
        {**bad, "name": "truncated", "body": first[:-1].hex(), "signatures": both},
        {"name": "holder is deputy", "body": canonical(one_person).hex(),
         "pin": named("tg-keyset", canonical(one_person)).hex(),
         "signatures": by(canonical(one_person), "A1-x", "A2-x"), "error": "KeySetError"},
        {"name": "older key set", "previous": second.hex(), "body": first.hex(),
         "signatures": both, "error": "KeySetError"},
        {"name": "next with too few signatures", "previous": first.hex(), "body": second.hex(),
         "signatures": by(second, "A3-x"), "error": "KeySetError"},
    ]  # fmt: skip
    return cases


def certificate_cases() -> list[Case]:
    value = {
        "site": SITE, "account": "new", "office": "A2", "roles": ["officer"],
        "day": public_hex(fixed("day new")), "deed": public_hex(fixed("deed new")),
        "certified_by": "A2-x", "on": "2026-02-01",
    }  # fmt: skip
    cases: list[Case] = []
    for why, change, signer in (
        ("certified by a colleague", {}, "deed A2-x"),
        ("signed with the day key", {}, "day A2-x"),
        ("key outside the key set", {}, "deed new"),
        ("certified by a stranger", {"certified_by": "new2"}, "deed new2"),
        ("colleague of another office", {"certified_by": "A1-x"}, "deed A1-x"),
        ("certified by oneself", {"account": "A2-x"}, "deed A2-x"),
        ("another site", {"site": "410328"}, "deed A2-x"),
        ("an office outside the key set", {"office": "A9"}, "deed A2-x"),
        ("no role", {"roles": []}, "deed A2-x"),
    ):
        body = canonical({**value, **change})
        case: Case = {
            "name": why, "keyset": canonical(keyset_value()).hex(), "body": body.hex(),
            "signature": sign(fixed(signer), "tg-certificate", body).hex(),
        }  # fmt: skip
        cases.append(case if not cases else {**case, "error": "KeySetError"})
    return cases
