"""Vectors of canonical JSON, manifests, events and the rows that they name."""

from typing import Any

from tests.crypto.vector_primitives import (
    REPORT,
    SITE,
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
    cases = [
        event_case("signed", event_value()),
        {"name": "first of a report", "body": first.hex(), "signature": "",
         "digest": named("tg-event", first).hex()},
        *(event_case(name, event_value(**change)) for name, change in (
            ("of the reporter", {"actor": "reporter", "kind": "report.urged"}),
            ("of the jobs process", {"actor": "jobs", "kind": "clock.overdue"}),
            ("outside a report", {"report": "", "ordinal": 0, "kind": "keyset.changed"}),
            ("of the recovery key", {"report": "", "ordinal": 0, "actor": "recovery",
                                     "kind": "recovery.used"}),
            ("a first that an officer filed", {"kind": "report.received", "ordinal": 1,
                                               "at": "2026-03-01"}),
            ("nothing told", {"facts": {}, "added": []}),
        )),
    ]  # fmt: skip
    unsigned = canonical(event_value(actor="nobody", signer=""))
    other = canonical(event_value(ordinal=3))
    tamed = body.replace(b"policy", b"polic", 1)
    for why, one, by in (
        ("unsigned", body, b""),
        ("signed by somebody else", body, sign(fixed("other"), "tg-event", body)),
        ("signature of another event", other, signature),
        ("signed for another purpose", body, sign(fixed("officer"), "tg-keyset", body)),
        ("nobody's later event", unsigned, b""),
        ("first event with a signature", first, signature),
        ("changed after signing", tamed, signature), ("empty", b"", signature),
        ("truncated", body[:-1], signature),
        ("extended", body + b"\n", signature),
        ("not canonical", body.replace(b",", b", ", 1), signature),
        ("truncated signature", body, signature[:-1]),
        ("extended signature", body, signature + b"\x00"),
        # Verifies for everybody where keys of small order are taken.
        ("signing key of small order", canonical(event_value(signer=NEUTRAL.hex())),
         NEUTRAL + bytes(32)),
    ):  # fmt: skip
        cases.append({"name": why, "body": one.hex(), "signature": by.hex(), "error": "EventError"})
    return cases + malformed_events()


NEUTRAL = b"\x01" + bytes(31)


def event_case(name: str, value: Case) -> Case:
    body = canonical(value)
    return {
        "name": name, "body": body.hex(), "digest": named("tg-event", body).hex(),
        "signature": sign(fixed("officer"), "tg-event", body).hex(),
    }  # fmt: skip


def malformed_events() -> list[Case]:
    """Each one signed as it should be: only what it says is wrong."""
    row = ["object", "id", fixed("record").hex()]
    less = {name: one for name, one in event_value().items() if name != "salt"}
    changes: list[tuple[str, Case]] = [
        ("a field too many", {"more": ""}), ("no site", {"site": ""}),
        ("kind without a dot", {"kind": "accepted"}), ("kind in upper case", {"kind": "Report.x"}),
        ("first with another ordinal", {"kind": "report.received", "at": "2026-03-01"}),
        ("first with a time", {"kind": "report.received", "ordinal": 1}),
        ("a later one with ordinal 1", {"ordinal": 1}), ("ordinal 0 in a report", {"ordinal": 0}),
        ("an ordinal outside a report", {"report": ""}), ("ordinal below 0", {"ordinal": -1}),
        ("ordinal as a text", {"ordinal": "2"}), ("ordinal as true", {"ordinal": True}),
        ("ordinal too large", {"ordinal": 2**53}), ("facts as a list", {"facts": []}),
        ("facts with a fraction", {"facts": {"days": 1.5}}),
        ("facts with a key in upper case", {"facts": {"Days": 1}}),
        ("a time with a zone", {"at": "2026-03-02T01:02:03+08:00"}),
        ("no such day", {"at": "2026-02-30T01:02:03Z"}),
        ("no such hour", {"at": "2026-03-02T25:00:00Z"}),
        ("no such day of a first", {"kind": "report.received", "ordinal": 1, "at": "2026-02-30"}),
        ("a time without seconds", {"at": "2026-03-02T01:02Z"}),
        ("unknown actor", {"actor": "admin"}), ("officer of no account", {"actor": "officer:"}),
        ("recovery key in a report", {"actor": "recovery"}),
        ("nobody with a key", {"actor": "nobody", "kind": "report.received", "ordinal": 1,
                               "at": "2026-03-01"}),
        ("no signer", {"signer": ""}), ("a short signer", {"signer": fixed("x").hex()[:-2]}),
        ("a short salt", {"salt": "00"}), ("salt in upper case", {"salt": "A" * 32}),
        ("added as an object", {"added": {}}), ("a name of two", {"added": [row[:2]]}),
        ("a name without an id", {"added": [["object", "", row[2]]]}),
        ("a name without a kind", {"removed": [["", "id", row[2]]]}),
        ("a short digest", {"removed": [[*row[:2], row[2][:-2]]]}),
    ]  # fmt: skip
    values = [(why, event_value(**change)) for why, change in changes]
    return [
        {**event_case(why, value), "error": "EventError"}
        for why, value in [*values, ("a field missing", less)]
    ]


# Canonical JSON ---------------------------------------------------------------------------


def canonical_cases() -> list[Case]:
    cases: list[Case] = [
        {"name": name, "body": body.hex()}
        for name, body in (
            ("object", b'{"a":1,"b":[true,false,null,"x"],"b_2":{}}'),
            ("text", b'"x"'),
            ("largest integers", b"[9007199254740991,-9007199254740991,0]"),
            ("escapes", b'"\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\x7f"'),
            ("Chinese", '"煤矿\U00020000"'.encode()),
            ("empty", b"[]"),
        )
    ]
    return cases + [
        {"name": name, "body": body.hex(), "error": "EventError"}
        for name, body in (
            ("nothing", b""), ("truncated", b'{"a":1'), ("extended", b"{} "),
            ("line end", b"{}\n"), ("mark of byte order", b"\xef\xbb\xbf{}"),
            ("space", b'{"a": 1}'), ("keys out of order", b'{"b":1,"a":2}'),
            ("key twice", b'{"a":1,"a":1}'), ("key in upper case", b'{"A":1}'),
            ("empty key", b'{"":1}'), ("Chinese key", '{"矿":1}'.encode()),
            ("fraction", b"[1.5]"), ("fraction of nothing", b"[1.0]"), ("exponent", b"[1e3]"),
            ("negative zero", b"[-0]"), ("leading zero", b"[01]"), ("plus", b"[+1]"),
            ("integer too large", b"[9007199254740992]"),
            ("integer too small", b"[-9007199254740992]"), ("NaN", b"[NaN]"),
            ("Infinity", b"[Infinity]"), ("escaped slash", b'["\\/"]'),
            ("escaped letter", b'["\\u0061"]'), ("escape in upper case", b'["\\u001F"]'),
            ("long escape of a line end", b'["\\u000a"]'), ("bare line end", b'["\n"]'),
            ("lone surrogate", b'["\\ud800"]'), ("not UTF-8", b'["\xff"]'),
            ("surrogate in UTF-8", b'["\xed\xa0\x80"]'), ("trailing comma", b"[1,]"),
            ("two values", b"{}{}"), ("very deep", b"[" * 20_000),
        )
    ]  # fmt: skip


# Manifests ----------------------------------------------------------------------------------


def manifest_cases() -> list[Case]:
    rows = sample_rows()
    narrative, place = rows["narrative"], rows["place"]
    value: Case = {
        "facts": {"matter": "safety"}, "records": [row_name(narrative)], "report": REPORT,
        "reporter": public_hex(fixed("reporter")), "sending": "sending", "site": SITE,
    }  # fmt: skip
    body = canonical(value)
    good: Case = {
        "body": body.hex(), "digest": named("tg-digest", body).hex(), "row": narrative,
    }  # fmt: skip
    bad: Case = {**good, "error": "EventError"}
    less = {name: one for name, one in value.items() if name != "reporter"}
    changes = [
        ("truncated", body[:-1]),
        ("extended", body + b"\n"),
        ("empty", b""),
        ("a field missing", canonical(less)),
        ("a field too many", canonical({**value, "x": 1})),
        ("a short key", canonical({**value, "reporter": value["reporter"][:-2]})),
        ("facts as a text", canonical({**value, "facts": ""})),
        ("a name of two", canonical({**value, "records": [["object", "id1"]]})),
        ("not canonical", body.replace(b":", b": ", 1)),
    ]
    return [
        {**good, "name": "manifest"},
        *({**bad, "name": why, "body": one.hex()} for why, one in changes),
        {**bad, "name": "a row that it does not name", "row": place},
        {**bad, "name": "swapped rows", "row": [*narrative[:5], place[5]]},
    ]


# Rows ---------------------------------------------------------------------------------------


def sample_rows() -> dict[str, list[Any]]:
    """Kind, id and the other columns; the last one in hex, key ids too."""
    return {
        "narrative": ["object", "id1", "sending", "narrative", 1, fixed("body 1").hex()],
        "place": ["object", "id2", "sending", "place", 1, fixed("body 2").hex()],
        "wrap": ["wrap", "id3", "sending", "content", "office:A1", fixed("key id").hex(),
                 fixed("box key").hex(), fixed("body 3").hex()],
        "item": ["item", "id4", "who", 1, fixed("body 4").hex()],
        "piece": ["piece", "id5", "id4", 2, fixed("seat key").hex(), fixed("body 5").hex()],
        "file": ["file", "id6", "sending", "ab/cdef", 65_610, fixed("stored").hex()],
        "identity item of a file": ["item", "id6", "file", 1, fixed("body 6").hex()],
        # Its id is put together from its columns.
        "member_wrap": ["member_wrap", "office", "A1", fixed("office key").hex(), "A1-x",
                        fixed("body 7").hex()],
    }  # fmt: skip


def row_name(row: list[Any]) -> list[str]:
    kind, record_id, *columns = row
    if kind == "member_wrap":
        record_id, columns = "/".join(row[1:5]), row[1:]
    encoded = [column(kind, at, one, len(columns) - 1) for at, one in enumerate(columns)]
    told = named("tg-digest", lp(kind.encode(), record_id.encode(), *encoded))
    return [kind, record_id, told.hex()]


def column(kind: str, at: int, value: str | int, last: int) -> bytes:
    if isinstance(value, int):
        return value.to_bytes(8 if kind == "file" else 4, "big")
    in_hex = at == last or (kind, at) == ("wrap", 3)
    return bytes.fromhex(value) if in_hex else value.encode()


def record_cases() -> list[Case]:
    """Rows, what the events of their report say of them, and rows that were tampered with."""
    cases: list[Case] = []
    for name, row in sample_rows().items():
        added = event_value(added=[row_name(row)])
        cases.append({"name": f"{name}: as stored", "events": [added], "row": row})
        for at in range(1, len(row)):
            one = row[at]
            other = one + 1 if isinstance(one, int) else flipped(one)
            bad = [*row[:at], other, *row[at + 1 :]]
            cases.append({
                "name": f"{name}: another column {at}", "events": [added], "row": bad,
                "error": "EventError",
            })  # fmt: skip
    cases += tampered_cases()
    return [
        {**case, "events": [canonical(event).hex() for event in case["events"]]} for case in cases
    ]


def flipped(text: str) -> str:
    return text[:-1] + ("1" if text[-1] == "0" else "0")


def tampered_cases() -> list[Case]:
    rows = sample_rows()
    narrative, place, item = rows["narrative"], rows["place"], rows["item"]
    newer = [*item[:3], 2, fixed("newer").hex()]
    added = event_value(added=[row_name(row) for row in rows.values()])
    removed = event_value(ordinal=3, removed=[row_name(place)])
    renewed = event_value(ordinal=3, removed=[row_name(item)], added=[row_name(newer)])
    again = event_value(ordinal=4, added=[row_name(place)])
    good: list[tuple[str, list[Case], list[Any]]] = [
        ("still there", [added, removed], narrative), ("new version", [added, renewed], newer),
        ("named again", [added, removed, again], place),
        ("removed before it came", [event_value(removed=[row_name(place)]),
                                    event_value(ordinal=3, added=[row_name(place)])], place),
    ]  # fmt: skip
    bad: list[tuple[str, list[Case], list[Any]]] = [
        ("swapped rows", [added], [*narrative[:5], place[5]]),
        ("swapped ids", [added], ["object", "id2", *narrative[2:]]),
        ("old row put back", [added, removed], place),
        ("old version put back", [added, renewed], item),
        ("object without event", [added], ["object", "id9", *place[2:]]),
        ("object before its event", [], place),
        ("an event that replaces", [added, event_value(ordinal=3, added=[row_name(narrative)])],
         narrative),
    ]  # fmt: skip
    return [
        *({"name": why, "events": events, "row": row} for why, events, row in good),
        *({"name": why, "events": events, "row": row, "error": "EventError"}
          for why, events, row in bad),
    ]  # fmt: skip
