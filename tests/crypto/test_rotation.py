"""The next key set: new secrets for whom they are meant, everything else as it was."""

from dataclasses import replace

import pytest

from crypto.cli import OfficePlan
from crypto.context import office_wrap_context, seat_wrap_context
from crypto.errors import KeySetError
from crypto.keyset import KeySet, Member, check_custodian, check_next, keyset_signing_bytes
from crypto.private_key import PrivateKey
from crypto.rotation import propose, rotation_due
from crypto.unseal import unwrap_key

DAY = "2026-03-02"


def member(account, office="A2", roles=("officer",)):
    day, deed = PrivateKey.generate().public, PrivateKey.generate().public
    return Member(account, office, roles, day, deed)


def opened(wrap, site, holder, context):
    return PrivateKey(unwrap_key(wrap.body, context=context, holder=holder, key_id=wrap.key_id))


def test_a_rotated_office_gets_a_key_that_its_members_and_recovery_open(site):
    made = propose(
        site.keyset, members=site.keyset.members, offices_rotated=["A2"], seats={}, issued_on=DAY
    )
    key = made.keyset.office("A2").key
    assert key != site.keyset.office("A2").key
    context = office_wrap_context(site.keyset.site, "A2")
    by_account = {wrap.account: wrap for wrap in made.wraps}
    readers = {one.account for one in site.keyset.members if one.office == "A2"}
    assert set(by_account) == readers | {""}
    for account in readers:
        holder = site.days[account]
        assert opened(by_account[account], site, holder, context).public == key
    assert opened(by_account[""], site, site.recovery, context).public == key


def test_everything_that_was_not_asked_for_stays(site):
    made = propose(
        site.keyset, members=site.keyset.members, offices_rotated=["A2"], seats={}, issued_on=DAY
    )
    kept = replace(
        made.keyset, number=1, previous="", issued_on=site.keyset.issued_on, replaced=(),
        offices=site.keyset.offices,
    )  # fmt: skip
    assert kept == site.keyset
    for code in ("A1", "A3"):
        assert made.keyset.office(code) == site.keyset.office(code)


def test_the_proposal_counts_once_custodians_of_k_seats_have_signed_it(site):
    made = propose(
        site.keyset, members=site.keyset.members, offices_rotated=["A2"], seats={}, issued_on=DAY
    )
    signatures = site.sign_for_seats(keyset_signing_bytes(made.body), 2)
    assert check_next(made.body, signatures, previous=site.keyset) == made.keyset
    assert KeySet.parse(made.body) == made.keyset
    for account, signature in signatures.items():
        seat = site.keyset.seat_of(account)
        assert check_custodian(made.body, account, signature, by=site.keyset) == seat.number
    account, signature = next(iter(signatures.items()))
    for body, who in ((made.body, "A1-y"), (b"{}", account), (made.body, "stranger")):
        with pytest.raises(KeySetError):
            check_custodian(body, who, signature, by=site.keyset)


def test_a_seat_that_changes_hands_has_a_key_for_its_two_persons_and_not_for_recovery(site):
    newcomer = member("A1-new", "A1", ("custodian",))
    members = [*site.keyset.members, newcomer]
    made = propose(
        site.keyset, members=members, offices_rotated=["A1"], seats={1: ("A1-y", "A1-new")},
        issued_on=DAY,
    )  # fmt: skip
    seat = made.keyset.seat(1)
    assert (seat.holder, seat.deputy) == ("A1-y", "A1-new")
    assert seat.key != site.keyset.seat(1).key
    wraps = [wrap for wrap in made.wraps if wrap.kind == "seat"]
    assert {wrap.account for wrap in wraps} == {"A1-y", "A1-new"}
    mine = next(wrap for wrap in wraps if wrap.account == "A1-y")
    context = seat_wrap_context(site.keyset.site, 1)
    assert opened(mine, site, site.deeds["A1-y"], context).public == seat.key
    # A newcomer who is only a custodian gets no office key.
    assert "A1-new" not in {wrap.account for wrap in made.wraps if wrap.kind == "office"}


def test_what_ends_is_named_with_its_last_day(site):
    third = member("A2-z")
    certified = [third, member("A2-w")]
    members = [*site.keyset.members, certified[1]]
    made = propose(
        site.keyset, members=members, offices_rotated=["A2", "A3"], seats={2: ("A2-y", "A2-x")},
        issued_on=DAY, certified=certified,
    )  # fmt: skip
    ended = {(one.holder, one.key, one.last_day) for one in made.keyset.replaced}
    assert ended == {
        ("account:A2-z", third.day.encode().hex(), DAY),
        ("account:A2-z", third.deed.encode().hex(), DAY),
        ("office:A2", site.keyset.office("A2").key.encode().hex(), DAY),
        ("office:A3", site.keyset.office("A3").key.encode().hex(), DAY),
        ("seat:2", site.keyset.seat(2).key.encode().hex(), DAY),
    }


def test_an_office_that_somebody_leaves_or_joins_uncertified_is_due(site):
    everybody = site.keyset.members
    certified = member("A2-z")
    assert rotation_due(site.keyset, everybody) == frozenset()
    assert rotation_due(site.keyset, [*everybody, certified], [certified]) == frozenset()
    assert rotation_due(site.keyset, [*everybody, certified]) == {"A2"}
    assert rotation_due(site.keyset, everybody, [certified]) == {"A2"}
    assert rotation_due(site.keyset, everybody[1:]) == {everybody[0].office}


def test_an_office_joins_with_two_members(site):
    people = [member("A4-x", "A4"), member("A4-y", "A4")]
    members = [*site.keyset.members, *people]
    made = propose(
        site.keyset, members=members, offices_rotated=[], seats={}, issued_on=DAY,
        new_offices=[OfficePlan("A4", "A1")],
    )  # fmt: skip
    assert made.keyset.office("A4").supervisor == "A1"
    assert {wrap.account for wrap in made.wraps} == {"A4-x", "A4-y", ""}


def broken(site):
    """Plans that break a rule: what is refused, and how it is asked for."""
    everybody = site.keyset.members
    few = [one for one in everybody if one.account != "A3-y"]
    return {
        "one person is left": {"members": few, "offices_rotated": ["A3"]},
        "a leaver's office keeps its key": {"members": [*few, member("A3-z", "A3")]},
        "an unknown office": {"offices_rotated": ["A9"]},
        "an unknown seat": {"seats": {4: ("A1-x", "A1-y")}},
        "a stranger in a seat": {"seats": {1: ("A1-x", "stranger")}},
        "two offices in a seat": {"seats": {1: ("A1-x", "A2-x")}},
        "one person in two seats": {"seats": {1: ("A2-x", "A2-y")}},
        "a new office of nobody": {"new_offices": [OfficePlan("A4")]},
    }


@pytest.mark.parametrize(
    "name",
    [
        "one person is left", "a leaver's office keeps its key", "an unknown office",
        "an unknown seat", "a stranger in a seat", "two offices in a seat",
        "one person in two seats", "a new office of nobody",
    ],
)  # fmt: skip
def test_a_plan_that_breaks_a_rule_is_refused(site, name):
    usual = {
        "members": site.keyset.members, "offices_rotated": [], "seats": {}, "issued_on": DAY,
    }  # fmt: skip
    assert propose(site.keyset, **usual).keyset.number == 2
    with pytest.raises(KeySetError):
        propose(site.keyset, **(usual | broken(site)[name]))
