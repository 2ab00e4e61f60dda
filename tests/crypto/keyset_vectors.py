"""Vectors of key sets, their chain, and certificates."""

from collections.abc import Callable
from typing import Any

from tests.crypto.vector_primitives import (
    SITE,
    ZERO,
    Case,
    canonical,
    fixed,
    named,
    pairs,
    public_hex,
    sign,
)

MIB = 1024 * 1024


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
        "code_opslimit": 2, "code_memlimit": 19 * MIB,
        "code_salt": fixed("site salt", 16).hex(),
        "password_opslimit": 3, "password_memlimit": 64 * MIB, **change,
    }  # fmt: skip


def by(body: bytes, *accounts: str) -> dict[str, str]:
    return {who: sign(fixed(f"deed {who}"), "tg-keyset", body).hex() for who in accounts}


def keyset_cases() -> list[Case]:
    first = canonical(keyset_value())
    pin = named("tg-keyset", first)
    both = by(first, "A1-x", "A2-y")
    good: Case = {"body": first.hex(), "pin": pin.hex(), "signatures": both}
    bad: Case = {**good, "error": "KeySetError"}
    forged = canonical(keyset_value(issued_on="2026-01-06"))
    other_key = sign(fixed("day A2-y"), "tg-keyset", first).hex()
    other_use = sign(fixed("deed A2-y"), "tg-event", first).hex()
    cases: list[Case] = [
        {**good, "name": "first"},
        {**good, "name": "first, signed for every seat",
         "signatures": by(first, *(f"{code}-{who}" for code in ("A1", "A2", "A3")
                                   for who in ("x", "y")))},
        {**bad, "name": "another hash", "pin": ZERO.hex()},
        {**bad, "name": "unsigned", "signatures": {}},
        {**bad, "name": "too few signatures", "signatures": by(first, "A1-x")},
        {**bad, "name": "one seat twice", "signatures": by(first, "A1-x", "A1-y")},
        {**bad, "name": "signed by a stranger", "signatures": {**both, "Z": both["A1-x"]}},
        {**bad, "name": "wrong signature", "signatures": {**both, "A3-x": both["A1-x"]}},
        {**bad, "name": "truncated signature",
         "signatures": {**both, "A3-x": by(first, "A3-x")["A3-x"][:-2]}},
        {**bad, "name": "signed with a day key", "signatures": {**both, "A2-y": other_key}},
        {**bad, "name": "signed for another purpose", "signatures": {**both, "A2-y": other_use}},
        {**bad, "name": "made up in the database", "body": forged.hex(),
         "signatures": by(forged, "A1-x", "A2-x", "A3-x")},
        {**bad, "name": "truncated", "body": first[:-1].hex()},
        {**bad, "name": "extended", "body": (first + b"\n").hex()},
    ]  # fmt: skip
    return cases + malformed_cases() + chain_cases(first, pin)


def signed_first(name: str, body: bytes) -> Case:
    """Pinned and signed as it should be: only what it says can be wrong."""
    return {
        "name": name, "body": body.hex(), "pin": named("tg-keyset", body).hex(),
        "signatures": by(body, "A1-x", "A2-x"), "error": "KeySetError",
    }  # fmt: skip


def changed(change: Callable[[Case], object]) -> Case:
    value = keyset_value()
    change(value)
    return value


def malformed_cases() -> list[Case]:
    good = keyset_value()
    office, seat, member = good["offices"][1], good["seats"][1], good["members"][5]
    old = public_hex(fixed("old"))

    def replaced(holder: str, key: str = old, last_day: str = "2026-01-04") -> Case:
        return keyset_value(replaced=[{"holder": holder, "key": key, "last_day": last_day}])

    values: list[tuple[str, Case]] = [
        ("holder is deputy", changed(lambda v: v["seats"][0].update(deputy="A1-x"))),
        ("holder of another office", changed(lambda v: v["seats"][0].update(holder="A2-x"))),
        ("holder who is no member", changed(lambda v: v["seats"][0].update(holder="Z"))),
        ("one office with two seats", changed(lambda v: v["seats"].append(
            {**seat, "number": 4, "key": old}))),
        ("seats numbered from 2", changed(lambda v: v["seats"].pop(0))),
        ("as many as there are seats", keyset_value(threshold=3)),
        ("one is enough", keyset_value(threshold=1)),
        ("an office twice", changed(lambda v: v["offices"].append({**office, "key": old}))),
        ("an account twice", changed(lambda v: v["members"].append(
            {**member, "day": old, "deed": public_hex(fixed("older"))}))),
        ("a key twice", changed(lambda v: v["offices"][0].update(key=office["key"]))),
        ("day key is deed key", changed(lambda v: v["members"][5].update(day=member["deed"]))),
        ("a signing key twice", changed(lambda v: v["offices"][0].update(
            key=old[:64] + office["key"][64:]))),
        ("log key is a signing key", keyset_value(log=office["key"][64:])),
        ("supervisor unknown", changed(lambda v: v["offices"][1].update(supervisor="A9"))),
        ("supervisors in a circle", changed(lambda v: v["offices"][0].update(supervisor="A2"))),
        ("member of an unknown office", changed(lambda v: v["members"][5].update(office="A9"))),
        ("no role", changed(lambda v: v["members"][5].update(roles=[]))),
        ("roles out of order", changed(lambda v: v["members"][5].update(
            roles=["officer", "custodian"]))),
        ("a role twice", changed(lambda v: v["members"][5].update(roles=["officer"] * 2))),
        ("a role with a space", changed(lambda v: v["members"][5].update(roles=["an officer"]))),
        ("a code with a slash", changed(lambda v: v["offices"][2].update(code="A/3"))),
        ("a short key", keyset_value(recovery=old[:-2])),
        ("a key in upper case", keyset_value(recovery=good["recovery"].upper())),
        ("another suite", keyset_value(suite=2)),
        ("a short salt", keyset_value(code_salt="00")),
        ("no passes", keyset_value(code_opslimit=0)),
        ("no memory", keyset_value(password_memlimit=0)),
        ("a first with a predecessor", keyset_value(previous=ZERO.hex())),
        ("number 0", keyset_value(0)), ("site with a space", keyset_value(site="410 329")),
        ("no such day", keyset_value(issued_on="2026-02-30")),
        ("demo as a number", keyset_value(demo=1)),
        ("a field too many", keyset_value(more="")),
        ("a field missing", {name: one for name, one in good.items() if name != "replaced"}),
        ("replaced key of nobody", replaced("office")),
        ("replaced key of a kind unknown", replaced("role:officer")),
        ("replaced key cut short", replaced("office:A1", old[:-2])),
        ("replaced log key of two keys", replaced("log", old)),
        ("replaced on no day", replaced("office:A1", last_day="2026-02-30")),
    ]  # fmt: skip
    return [signed_first(name, canonical(value)) for name, value in values]


def rotated_value(pin: bytes) -> Case:
    """The key set after *pin*: A1-y left, A1-z came, A1's and seat 1's keys are new, log too."""
    before = keyset_value()
    value = keyset_value(2, pin.hex(), issued_on="2027-01-05", log=pairs(fixed("log 2"))[3].hex(),
                         code_salt=fixed("second salt", 16).hex(), code_opslimit=1,
                         code_memlimit=8192)  # fmt: skip
    left = before["members"][1]
    value["offices"][0]["key"] = public_hex(fixed("office A1 2"))
    value["seats"][0].update(deputy="A1-z", key=public_hex(fixed("seat 1 2")))
    value["members"][1] = {
        "account": "A1-z", "office": "A1", "roles": ["custodian", "officer"],
        "day": public_hex(fixed("day A1-z")), "deed": public_hex(fixed("deed A1-z")),
    }  # fmt: skip
    value["replaced"] = [
        {"holder": holder, "key": key, "last_day": "2027-01-05"}
        for holder, key in (
            ("account:A1-y", left["day"]), ("account:A1-y", left["deed"]),
            ("office:A1", before["offices"][0]["key"]), ("seat:1", before["seats"][0]["key"]),
            ("log", before["log"]),
        )
    ]  # fmt: skip
    return value


def chain_cases(first: bytes, pin: bytes) -> list[Case]:
    second = canonical(keyset_value(2, pin.hex()))
    rotated = canonical(rotated_value(pin))
    third = canonical(keyset_value(3, named("tg-keyset", rotated).hex()))

    def after(name: str, body: bytes, *accounts: str, previous: bytes = first) -> Case:
        return {
            "name": name, "previous": previous.hex(), "body": body.hex(),
            "signatures": by(body, *accounts),
        }  # fmt: skip

    cases = [
        after("next", second, "A3-x", "A2-x"),
        after("next after a rotation", rotated, "A1-y", "A2-x"),
        after("third, signed by who came", third, "A1-z", "A2-x", previous=rotated),
    ]
    for name, body, accounts, previous in (
        ("older key set", first, ("A1-x", "A2-y"), second),
        ("the same once more", first, ("A1-x", "A2-y"), first),
        ("next with too few signatures", second, ("A3-x",), first),
        ("signed by who comes with it", rotated, ("A1-z", "A2-x"), first),
        ("signed by who left", third, ("A1-y", "A2-x"), rotated),
        ("one left out", third, ("A1-x", "A2-x"), first),
        ("next of another", canonical(keyset_value(2, ZERO.hex())), ("A1-x", "A2-x"), first),
        ("number left out", canonical(keyset_value(3, pin.hex())), ("A1-x", "A2-x"), first),
        ("of another site", canonical(keyset_value(2, pin.hex(), site="410328")),
         ("A1-x", "A2-x"), first),
        ("of a real site after a demo", canonical(keyset_value(2, pin.hex(), demo=False)),
         ("A1-x", "A2-x"), first),
        ("truncated next", second[:-1], ("A1-x", "A2-x"), first),
    ):  # fmt: skip
        cases.append({**after(name, body, *accounts, previous=previous), "error": "KeySetError"})
    return cases


def certificate_value(**change: Any) -> Case:
    return {
        "site": SITE, "account": "new", "office": "A2", "roles": ["officer"], "keyset": 1,
        "day": public_hex(fixed("day new")), "deed": public_hex(fixed("deed new")),
        "certified_by": "A2-x", "on": "2026-02-01", **change,
    }  # fmt: skip


def certified(value: Case, signer: str, name: str = "tg-certificate") -> Case:
    body = canonical(value)
    return {
        "body": body.hex(), "signature": sign(fixed(signer), name, body).hex(),
        "digest": named("tg-certificate", body).hex(),
    }  # fmt: skip


def certificate_cases() -> list[Case]:
    base: Case = {"keyset": canonical(keyset_value()).hex(), "earlier": []}
    first = certified(certificate_value(), "deed A2-x")
    by_newcomer = certificate_value(
        account="newer", certified_by="new", day=public_hex(fixed("day newer")),
        deed=public_hex(fixed("deed newer")),
    )  # fmt: skip
    cases: list[Case] = [
        {**base, **first, "name": "certified by a colleague"},
        {**base, **certified(by_newcomer, "deed new"), "earlier": [first],
         "name": "certified by who was certified before"},
    ]  # fmt: skip
    bad: Case = {**base, "error": "KeySetError"}
    for why, change, signer in (
        ("signed with the day key", {}, "day A2-x"),
        ("key outside the key set", {}, "deed new"),
        ("certified by a stranger", {"certified_by": "new2"}, "deed new2"),
        ("certified by who was not certified", {"account": "newer", "certified_by": "new"},
         "deed new"),
        ("colleague of another office", {"certified_by": "A1-x"}, "deed A1-x"),
        ("certified by oneself", {"certified_by": "new"}, "deed new"),
        ("a member of the key set", {"account": "A2-y"}, "deed A2-x"),
        ("another site", {"site": "410328"}, "deed A2-x"),
        ("of an older key set", {"keyset": 0}, "deed A2-x"),
        ("of a later key set", {"keyset": 2}, "deed A2-x"),
        ("of no key set", {"keyset": "1"}, "deed A2-x"),
        ("an office outside the key set", {"office": "A9"}, "deed A2-x"),
        ("no role", {"roles": []}, "deed A2-x"),
        ("roles out of order", {"roles": ["officer", "custodian"]}, "deed A2-x"),
        ("no such day", {"on": "2026-02-30"}, "deed A2-x"),
        ("a short key", {"day": public_hex(fixed("day new"))[:-2]}, "deed A2-x"),
        ("a field too many", {"until": "2027-02-01"}, "deed A2-x"),
    ):  # fmt: skip
        cases.append({**bad, **certified(certificate_value(**change), signer), "name": why})
    older = {name: one for name, one in certificate_value().items() if name != "keyset"}
    body, signature = first["body"], first["signature"]
    cases += [
        {**bad, **certified(older, "deed A2-x"), "name": "a field missing"},
        {**bad, **certified(certificate_value(), "deed A2-x", "tg-keyset"),
         "name": "signed for another purpose"},
        {**bad, **first, "name": "truncated", "body": body[:-2]},
        {**bad, **first, "name": "extended", "body": body + "0a"},
        {**bad, **first, "name": "truncated signature", "signature": signature[:-2]},
        {**bad, **first, "name": "unsigned", "signature": ""},
        {**bad, **certified(certificate_value(on="2026-02-02"), "deed A2-x"),
         "name": "signature of another certificate", "signature": signature},
    ]  # fmt: skip
    return cases
