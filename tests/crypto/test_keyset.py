from dataclasses import replace
from typing import Any

import pytest

from crypto.canonical import canonical, parse_canonical
from crypto.errors import KeySetError
from crypto.keyset import (
    Certificate,
    KeySet,
    Member,
    Office,
    ReplacedKey,
    certificate_signing_bytes,
    check_certificate,
    check_first,
    check_next,
    keyset_signing_bytes,
    parse_certificate,
)
from crypto.private_key import PrivateKey


def test_a_key_set_is_read_back(site):
    keyset = site.keyset
    assert KeySet.parse(keyset.encode()) == keyset
    more = replace(keyset, replaced=(ReplacedKey("office:A1", "0" * 128, "2026-01-04"),))
    assert KeySet.parse(more.encode()) == more
    assert more.digest() != keyset.digest()


def test_look_ups(site):
    keyset = site.keyset
    assert keyset.has_office("A2")
    assert not keyset.has_office("A9")
    assert keyset.office("A2").supervisor == "A1"
    assert keyset.seat(3).holder == "A3-x"
    assert keyset.seat_of("A3-y") == keyset.seat(3)
    assert keyset.seat_of("nobody") is None
    assert keyset.member("A1-x").office == "A1"
    assert keyset.code_parameters.salt == keyset.code_salt
    for wrong in (lambda: keyset.office("A9"), lambda: keyset.seat(0), lambda: keyset.seat(4),
                  lambda: keyset.member("x")):  # fmt: skip
        with pytest.raises(KeySetError):
            wrong()


def test_recipients_leave_out_the_accused(site):
    def codes(*args, **kwargs):
        return [one.code for one in site.keyset.recipients(*args, **kwargs)]

    assert codes("A2", "A1") == ["A2", "A1"]
    assert codes("A1", "") == codes("A1", "A1") == ["A1"]
    assert codes("A2", "A1", about="A2") == ["A1"]
    for wrong in (("A2", "", "A2"), ("A9", "A1"), ("", "")):
        with pytest.raises(KeySetError):
            site.keyset.recipients(*wrong)


def changes(keyset: KeySet) -> list[dict[str, Any]]:
    seats, offices, members = keyset.seats, keyset.offices, keyset.members
    other = PrivateKey.generate().public
    return [
        {"number": 0}, {"number": 2}, {"previous": "0" * 64}, {"number": 2, "previous": "x"},
        {"site": ""}, {"issued_on": "today"}, {"suite": 2}, {"log": b"x"}, {"code_salt": b"x"},
        {"code_opslimit": 0}, {"password_memlimit": -1}, {"threshold": 1}, {"threshold": 3},
        {"seats": seats[:2]}, {"seats": seats[::-1]},
        {"seats": (replace(seats[0], number=0), *seats[1:])},
        # Nobody has two seats, holder and deputy are two, both of the seat's office.
        {"seats": (replace(seats[0], deputy=seats[0].holder), *seats[1:])},
        {"seats": (replace(seats[0], holder=seats[1].holder), *seats[1:])},
        {"seats": (replace(seats[0], holder="stranger"), *seats[1:])},
        {"seats": (replace(seats[0], office="A2"), *seats[1:])},
        {"seats": (replace(seats[0], key=seats[1].key), *seats[1:])},
        {"offices": ()}, {"offices": (*offices, offices[0])},
        {"offices": (replace(offices[0], supervisor="A9"), *offices[1:])},
        {"offices": (replace(offices[0], supervisor="A1"), *offices[1:])},
        {"offices": (replace(offices[0], supervisor="A2"), *offices[1:])},
        {"offices": (*offices, Office("a b", "", other))},
        {"offices": (*offices, Office("A4", "", offices[0].key))},
        {"members": members[1:]}, {"members": (*members, members[0])},
        {"members": (*members, replace(members[0], account="z", office="A9"))},
        {"members": (*members, replace(members[0], account="z"))},
        {"members": (*members, replace(members[0], account="a b", day=other, deed=other))},
        {"members": (*members, Member("z", "A1", (), other, PrivateKey.generate().public))},
        {"recovery": offices[0].key},
    ]  # fmt: skip


def test_every_rule_is_kept(site):
    for change in changes(site.keyset):
        with pytest.raises(KeySetError):
            replace(site.keyset, **change)


@pytest.mark.parametrize(
    "change",
    [{"extra": 1}, {"number": "1"}, {"demo": 1}, {"offices": {}}, {"offices": [1]}, {"log": "zz"},
     {"recovery": "00"}, {"members": [{}]}, {"seats": None}, {"number": True}],
)  # fmt: skip
def test_malformed_documents_are_refused(site, change):
    value = parse_canonical(site.keyset.encode())
    assert isinstance(value, dict)
    with pytest.raises(KeySetError):
        KeySet.parse(canonical({**value, **change}))
    with pytest.raises(KeySetError):
        KeySet.parse(site.keyset.encode() + b" ")


# Believing it --------------------------------------------------------------------------


def test_the_first_key_set_needs_its_hash_and_k_signatures(site):
    body, pin = site.keyset.encode(), site.keyset.digest()
    message = keyset_signing_bytes(body)
    two = site.sign_for_seats(message, 2)
    assert check_first(body, two, expected_digest=pin) == site.keyset
    deputies = {
        "A1-y": site.deeds["A1-y"].sign(message), "A3-y": site.deeds["A3-y"].sign(message),
    }  # fmt: skip
    assert check_first(body, deputies, expected_digest=pin) == site.keyset
    one_seat_twice = {
        "A1-x": two["A1-x"], "A1-y": site.deeds["A1-y"].sign(message),
    }  # fmt: skip
    wrong = [
        {}, site.sign_for_seats(message, 1), one_seat_twice, {**two, "stranger": two["A1-x"]},
        {**two, "A3-x": bytes(64)}, {**two, "A3-x": two["A1-x"]},
        {"A1-x": two["A2-x"], "A2-x": two["A1-x"]},
        {person: site.days[person].sign(message) for person in two},
        site.sign_for_seats(body, 2),
    ]  # fmt: skip
    for signatures in wrong:
        with pytest.raises(KeySetError):
            check_first(body, signatures, expected_digest=pin)
    with pytest.raises(KeySetError):
        check_first(body, two, expected_digest=bytes(32))


def test_a_key_set_made_up_in_the_database_is_not_believed(site):
    # Signed for enough seats, but by keys of its own.
    forged = replace(site.keyset, issued_on="2026-01-06")
    signatures = site.sign_for_seats(keyset_signing_bytes(forged.encode()), 3)
    with pytest.raises(KeySetError):
        check_first(forged.encode(), signatures, expected_digest=site.keyset.digest())


def test_the_next_key_set_is_signed_by_custodians_of_this_one(site):
    previous = site.keyset
    following = replace(previous, number=2, previous=previous.digest().hex())
    body = following.encode()
    signatures = site.sign_for_seats(keyset_signing_bytes(body), 2)
    assert check_next(body, signatures, previous=previous) == following
    with pytest.raises(KeySetError):
        check_next(body, {}, previous=previous)
    with pytest.raises(KeySetError):
        check_first(body, signatures, expected_digest=following.digest())
    others = [
        replace(following, number=3), replace(following, previous="0" * 64),
        replace(following, site="other"), replace(following, demo=False), previous,
    ]  # fmt: skip
    for other in others:
        body = other.encode()
        signed = site.sign_for_seats(keyset_signing_bytes(body), 2)
        with pytest.raises(KeySetError):
            check_next(body, signed, previous=previous)


# Certificates ----------------------------------------------------------------------------


@pytest.fixture
def newcomer() -> Certificate:
    day, deed = PrivateKey.generate().public, PrivateKey.generate().public
    return Certificate("410329", 1, "new", "A2", ("officer",), day, deed, "A2-x", "2026-02-01")


def test_a_colleague_certifies_a_newcomer(site, newcomer):
    body = newcomer.encode()
    assert parse_certificate(body) == newcomer
    signature = site.deeds["A2-x"].sign(certificate_signing_bytes(body))
    assert check_certificate(body, signature, site.keyset) == newcomer.member
    assert len(newcomer.digest()) == 32


def test_who_was_certified_may_certify(site, newcomer):
    deed = PrivateKey.generate()
    colleague = replace(newcomer, account="old", deed=deed.public).member
    body = replace(newcomer, certified_by="old").encode()
    signature = deed.sign(certificate_signing_bytes(body))
    colleagues = {"old": colleague}
    assert check_certificate(body, signature, site.keyset, colleagues=colleagues).account == "new"
    with pytest.raises(KeySetError):
        check_certificate(body, signature, site.keyset)


@pytest.mark.parametrize(
    ("change", "signer"),
    [
        ({}, "A1-x"), ({}, "A2-y"), ({"certified_by": "A1-x"}, "A1-x"),
        ({"certified_by": "stranger"}, "A2-x"), ({"site": "other"}, "A2-x"),
        ({"keyset": 2}, "A2-x"), ({"account": "A2-y"}, "A2-x"),
        ({"office": "A9"}, "A2-x"), ({"account": "A2-x"}, "A2-x"), ({"roles": ()}, "A2-x"),
        ({"roles": ("officer", "custodian")}, "A2-x"),
    ],
)  # fmt: skip
def test_other_certificates_are_refused(site, newcomer, change, signer):
    body = replace(newcomer, **change).encode()
    signature = site.deeds[signer].sign(certificate_signing_bytes(body))
    with pytest.raises(KeySetError):
        check_certificate(body, signature, site.keyset)


def test_malformed_certificates_are_refused(site, newcomer):
    signature = site.deeds["A2-x"].sign(certificate_signing_bytes(newcomer.encode()))
    for body in (b"", b"{}", newcomer.encode() + b" ", newcomer.encode().replace(b"A2", b"A3")):
        with pytest.raises(KeySetError):
            check_certificate(body, signature, site.keyset)
