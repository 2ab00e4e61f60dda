from dataclasses import replace
from typing import Any

import pytest

from crypto.canonical import canonical, parse_canonical
from crypto.errors import EventError
from crypto.events import (
    Event,
    Named,
    SignedEvent,
    check_signature,
    event_digest,
    parse_event,
    signing_bytes,
)
from crypto.private_key import PrivateKey

KEY = PrivateKey(bytes(range(32)))
EVENT = Event(
    site="410329",
    report="report",
    kind="report.accepted",
    ordinal=2,
    at="2026-03-02T01:02:03Z",
    actor="officer:account",
    signer=KEY.public.sign.hex(),
    facts={"policy": "cn-2018", "fen": 5, "open": True, "none": None, "list": ["a"]},
    added=(Named("object", "id", "0" * 64),),
)
FIRST = replace(
    EVENT, kind="report.received", ordinal=1, at="2026-03-02", actor="nobody", signer=""
)


def signed(event: Event, key: PrivateKey = KEY) -> SignedEvent:
    return SignedEvent(event, key.sign(signing_bytes(event)))


def test_an_event_is_read_back():
    body = EVENT.encode()
    read = parse_event(body)
    assert read.encode() == body
    assert read.added == EVENT.added
    assert EVENT.digest() == event_digest(body)


def test_salt_makes_equal_events_differ():
    again = Event(**{name: getattr(EVENT, name) for name in ("site", "report", "kind", "ordinal",
                     "at", "actor", "signer", "facts", "added")})  # fmt: skip
    assert again.salt != EVENT.salt
    assert again.digest() != EVENT.digest()


def test_signatures_are_checked():
    check_signature(signed(EVENT))
    check_signature(SignedEvent(FIRST, b""))
    wrong = [
        SignedEvent(EVENT, b""),
        SignedEvent(EVENT, bytes(64)),
        signed(EVENT, PrivateKey.generate()),
        SignedEvent(replace(EVENT, ordinal=3), signed(EVENT).signature),
        SignedEvent(replace(EVENT, salt="1" * 32), signed(EVENT).signature),
        SignedEvent(FIRST, bytes(64)),
    ]
    for one in wrong:
        with pytest.raises(EventError):
            check_signature(one)


def test_an_operator_may_sign_the_first_event_of_a_report():
    entered = replace(FIRST, actor="officer:account", signer=KEY.public.sign.hex())
    check_signature(signed(entered))


CHANGES: list[dict[str, Any]] = [
    {"site": ""}, {"report": ""}, {"kind": "accepted"}, {"kind": "Report.x"}, {"ordinal": 0},
    {"ordinal": -1}, {"ordinal": 1}, {"at": "2026-03-02 01:02:03"}, {"at": "2026-03-02T01:02:03"},
    {"at": "2026-03-02\n"}, {"actor": "nobody", "signer": ""}, {"actor": "officer:"},
    {"actor": "admin"}, {"signer": ""}, {"signer": "0" * 63}, {"signer": "A" * 64},
    {"salt": ""}, {"salt": "0" * 31}, {"added": (Named("object", "id", "0" * 63),)},
    {"removed": (Named("", "id", "0" * 64),)}, {"kind": "report.received"},
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_malformed_events_are_refused(change):
    event = replace(EVENT, **change)
    with pytest.raises(EventError):
        check_signature(signed(event))
    with pytest.raises(EventError):
        parse_event(event.encode())


def test_events_outside_a_report_have_ordinal_zero():
    outside = replace(EVENT, report="", ordinal=0, kind="keyset.changed", actor="jobs")
    check_signature(signed(outside))
    with pytest.raises(EventError):
        check_signature(signed(replace(outside, ordinal=1)))


@pytest.mark.parametrize(
    "change",
    [{"extra": 1}, {"facts": []}, {"added": {}}, {"added": [["object", "id"]]}, {"ordinal": True},
     {"ordinal": "2"}, {"site": 1}, {"added": [["object", "id", 1]]}, {"added": ["object"]},
     {"salt": None}],
)  # fmt: skip
def test_fields_of_another_type_are_refused(change):
    value = parse_canonical(EVENT.encode())
    assert isinstance(value, dict)
    with pytest.raises(EventError):
        parse_event(canonical({**value, **change}))
    del value["salt"]
    with pytest.raises(EventError):
        parse_event(canonical(value))
