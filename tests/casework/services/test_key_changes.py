"""The key set changes when custodians of two seats have signed, all at once or not at all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    CertificateRefusedError,
    KeyChangeError,
    NotPermittedError,
    UnknownSignerError,
)
from casework.services import key_changes, mailbox, reading, rewrapping, verification
from casework.services.key_status import key_status
from casework.verify import verify
from casework.verify_keys import check_keys
from crypto.errors import KeySetError
from crypto.keyset import keyset_signing_bytes
from key_changing import (
    believed,
    certify,
    drafted,
    enrolled,
    office_keys,
    put_in_force,
    rewrap,
    signed,
)

YJJ = "410329-yjj"


# Newcomers ---------------------------------------------------------------------


def test_who_was_certified_signs_and_reads_what_came_in_before(world):
    filed = world.file_report()
    newcomer = enrolled(world, "newcomer", YJJ, ("officer",))
    with pytest.raises(UnknownSignerError):
        world.read(filed.report, "newcomer")
    certify(world, newcomer)
    assert world.read(filed.report, "newcomer").case.report_id == filed.report
    assert office_keys(world, "newcomer").keys() == office_keys(world, "yjj-officer").keys()
    assert list(check_keys(world.store, world.trust)) == []


@pytest.mark.parametrize(
    ("by", "changed", "reason"),
    [
        ("zjj-leader", {}, "not_signed_rightly"),
        ("zjj-leader", {"office": "410329-zjj"}, "account_changed"),
        ("yjj-leader", {"roles": ("leader",)}, "account_changed"),
        ("yjj-leader", {"keyset": 2}, "not_signed_rightly"),
        ("yjj-leader", {"site": "other"}, "not_signed_rightly"),
    ],
)
def test_a_certificate_that_says_something_else_is_refused(world, by, changed, reason):
    newcomer = enrolled(world, "newcomer", YJJ, ("auditor",))
    with pytest.raises(CertificateRefusedError) as refusal:
        certify(world, newcomer, by, **changed)
    assert refusal.value.reason == reason
    assert newcomer.account not in believed(world).members


def test_nobody_is_certified_twice_and_no_member_by_a_colleague(world):
    newcomer = enrolled(world, "newcomer", YJJ, ("auditor",))
    certify(world, newcomer)
    with pytest.raises(CertificateRefusedError):
        certify(world, newcomer)
    with pytest.raises(CertificateRefusedError):
        certify(world, world.people["yjj-officer"])


# Changes of the key set -----------------------------------------------------------


def test_two_seats_put_a_key_set_in_force_and_one_does_not(world):
    change = drafted(world, rotated=[YJJ])
    assert not signed(world, change, "seat1-holder")
    assert believed(world).keyset.number == 1
    with pytest.raises(KeyChangeError, match="seat_signed_already"):
        signed(world, change, "seat1-deputy")
    with pytest.raises(KeyChangeError, match="signed_already"):
        signed(world, change, "seat1-holder")
    assert signed(world, change, "seat3-deputy")
    assert believed(world).keyset.number == 2
    assert list(check_keys(world.store, world.trust)) == []
    with pytest.raises(KeyChangeError, match="not_open"):
        signed(world, change, "seat2-holder")


@pytest.mark.parametrize("who", ["yjj-leader", "auditor"])
def test_who_has_no_seat_cannot_sign(world, who):
    change = drafted(world, rotated=[YJJ])
    with pytest.raises(KeyChangeError, match="not_signed_rightly"):
        signed(world, change, who)


def test_a_signature_of_another_document_is_refused(world):
    change = drafted(world, rotated=[YJJ])
    other = world.people["seat1-holder"].deed.sign(keyset_signing_bytes(b"another"))
    with pytest.raises(KeyChangeError, match="not_signed_rightly"):
        signed(world, change, "seat1-holder", signature=other)


@pytest.mark.parametrize("who", ["yjj-officer", "cashier", "auditor"])
def test_not_everybody_may_propose(world, who):
    with pytest.raises(NotPermittedError):
        drafted(world, rotated=[YJJ], proposer=who)


def test_a_proposal_can_be_signed_for_seven_days(world):
    change = drafted(world, rotated=[YJJ])
    world.move(days=7)
    world.move(seconds=-1)
    signed(world, change, "seat1-holder")
    world.move(seconds=1)
    with pytest.raises(KeyChangeError, match="expired"):
        signed(world, change, "seat2-holder")


def test_of_two_proposals_only_the_first_that_is_signed_comes_into_force(world):
    first, second = drafted(world, rotated=[YJJ]), drafted(world, rotated=["410329-zjj"])
    signed(world, first, "seat1-holder")
    signed(world, second, "seat1-holder")
    signed(world, second, "seat2-holder")
    believed(world)
    with pytest.raises(KeyChangeError, match="not_open"):
        signed(world, first, "seat2-holder")
    states = [one.state for one in key_changes.key_changes(world.store)]
    assert sorted(states) == ["in_force", "withdrawn"]


def test_of_two_last_signatures_at_the_same_moment_one_counts(world):
    changes = [drafted(world, rotated=[code]) for code in (YJJ, "410329-zjj")]
    for change in changes:
        signed(world, change, "seat1-holder")

    def sign(change: str) -> bool:
        try:
            return signed(world, change, "seat2-holder")
        except KeyChangeError:
            return False

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(sign, changes)) == [False, True]
    assert believed(world).keyset.number == 2
    assert list(check_keys(world.store, world.trust)) == []


def test_a_proposal_that_forgets_who_was_certified_meanwhile_is_refused(world):
    change = drafted(world, rotated=[YJJ])
    certify(world, enrolled(world, "newcomer", YJJ, ("officer",)))
    with pytest.raises(KeyChangeError, match="member_forgotten"):
        signed(world, change, "seat1-holder")


def test_its_proposer_and_custodians_may_withdraw_it_and_nobody_else(world):
    change = drafted(world, rotated=[YJJ])

    def withdraw(who: str) -> None:
        account = world.people[who].account
        key_changes.withdraw_change(world.store, change=change, account=account, trust=world.trust)

    with pytest.raises(NotPermittedError):
        withdraw("zjj-leader")
    withdraw("seat2-deputy")
    with pytest.raises(KeyChangeError, match="not_open"):
        withdraw("yjj-leader")


# Leaving --------------------------------------------------------------------------


def test_who_leaves_signs_no_more_and_loses_everything_stored_for_them(world):
    filed = world.file_report()
    world.accept(filed.report)
    leaver = world.people["yjj-officer"]
    put_in_force(world, leaving=["yjj-officer"])
    with pytest.raises(UnknownSignerError):
        world.read(filed.report, "yjj-officer")
    account = world.store.read(lambda uow: uow.accounts.get(leaver.account))
    assert (account.state, account.day_box, account.deed_box) == ("left", b"", b"")
    assert world.store.read(lambda uow: uow.key_wraps.of_account(leaver.account)) == ()
    assert world.store.read(lambda uow: uow.accounts.by_login("yjj-officer")) is None


def test_what_was_signed_before_leaving_still_counts(world):
    filed = world.file_report()
    world.accept(filed.report)
    put_in_force(world, leaving=["yjj-officer"])
    assert list(verify_problems(world)) == []
    view = mailbox.mailbox_view(world.store, report_id=filed.report, trust=world.trust)
    assert [entry.kind for entry in view.entries] == ["report.received", "report.accepted"]


def test_what_is_signed_after_leaving_does_not(world):
    filed = world.file_report()
    old = world.trust
    put_in_force(world, leaving=["yjj-officer"])
    world.move(minutes=15, seconds=1)
    late = world.sign("yjj-officer", "report.read", filed.report, {"sending": "s"})
    at, signer = late.event.at, late.event.signer
    assert old.signer_at(signer, at)
    with pytest.raises(UnknownSignerError):
        world.trust.signer_at(signer, at)


def test_an_office_is_never_left_with_one_person(world):
    with pytest.raises(KeySetError, match="fewer than 2"):
        drafted(world, leaving=["zjj-officer"])


def test_a_login_name_is_free_again_for_who_forgot_the_password(world):
    put_in_force(world, leaving=["yjj-officer"])
    again = enrolled(world, "yjj-officer", YJJ, ("officer",))
    filed = world.file_report()
    certify(world, again)
    assert world.accept(filed.report).state == "accepted"
    assert list(check_keys(world.store, world.trust)) == []


# New office keys ------------------------------------------------------------------


def test_reports_are_sealed_to_the_new_office_key_and_old_ones_wrapped_anew(world):
    before = world.file_report()
    old_key = world.trust.keyset.office(YJJ).key.box.hex()
    put_in_force(world, leaving=["yjj-officer-2"])
    after = world.file_report()
    new_key = world.trust.keyset.office(YJJ).key.box.hex()
    assert new_key != old_key
    assert recipients(world, after.report) == {new_key}
    assert recipients(world, before.report) == {old_key}
    assert left(world) == (1, 2)
    assert set(office_keys(world, "yjj-officer")) == {old_key, new_key}

    rewrap(world, before.report, "yjj-officer")

    assert recipients(world, before.report) == {new_key}
    assert left(world) == (0, 2)
    assert list(verify_problems(world)) == []
    with pytest.raises(AlreadyDoneError):
        rewrap(world, before.report, "yjj-leader")


def test_only_the_old_wraps_of_ones_own_office_can_be_replaced(world):
    filed = world.file_report()
    put_in_force(world, leaving=["yjj-officer-2"])
    key = world.trust.keyset.office(YJJ).key.box.hex()
    mine = rewrapping.stale_case(world.store, report=filed.report, office=YJJ, trust=world.trust)
    wrap = world.wrap_to(YJJ, filed.report, "content")
    for removed, who, fact in (
        ([one.named for one in mine.wraps], "yjj-officer", "added"),
        ([], "yjj-officer", "removed"),
    ):
        act = world.sign(
            who, "keys.rewrapped", filed.report, {"office": YJJ, "key_id": key}, [wrap],
            removed=removed,
        )  # fmt: skip
        with pytest.raises(BadActError, match=fact):
            rewrapping.rewrap_case(
                world.store, act=act, wraps=[wrap], trust=world.trust, now=world.now
            )


def test_another_office_cannot_wrap_for_this_one(world):
    filed = world.file_report()
    put_in_force(world, rotated=[YJJ])
    person = world.people["awb-supervisor"]
    assert person.office in world.case(filed.report).offices
    key = world.trust.keyset.office(YJJ).key.box.hex()
    stale = rewrapping.stale_case(world.store, report=filed.report, office=YJJ, trust=world.trust)
    wraps = [world.wrap_to(YJJ, filed.report, one.key_kind) for one in stale.wraps]
    wraps = [
        replace(old, id=one.id, recipient_key=one.recipient_key, body=one.body)
        for one, old in zip(wraps, stale.wraps, strict=True)
    ]
    act = world.sign(
        "awb-supervisor", "keys.rewrapped", filed.report, {"office": YJJ, "key_id": key}, wraps,
        removed=[one.named for one in stale.wraps],
    )  # fmt: skip
    with pytest.raises(BadActError, match="office"):
        rewrapping.rewrap_case(world.store, act=act, wraps=wraps, trust=world.trust, now=world.now)


def test_an_office_has_nothing_to_do_with_a_case_that_was_transferred_away(world):
    filed = world.file_report()
    lead = {"lead": "410329-zjj", "supervisor": "410329-awb", "reason_code": "not_competent"}
    wraps = [world.wrap_to("410329-zjj", filed.report, kind) for kind in ("content", "thread")]
    verification.transfer_report(
        world.store,
        act=world.sign("yjj-officer", "report.transferred", filed.report, lead, wraps),
        wraps=wraps,
        trust=world.trust,
        now=world.now,
    )
    put_in_force(world, leaving=["yjj-officer-2"])
    assert left(world) == (0, 0)


def test_somebody_reads_a_case_that_was_wrapped_anew(world):
    filed = world.file_report()
    put_in_force(world, leaving=["yjj-officer-2"])
    rewrap(world, filed.report, "yjj-officer")
    newcomer = enrolled(world, "newcomer", YJJ, ("officer",))
    certify(world, newcomer)
    found = reading.keys_of(world.store, report_id=filed.report, office=YJJ)
    assert {one.recipient_key for one in found.wraps} <= set(office_keys(world, "newcomer"))


# Seats and joining ----------------------------------------------------------------


def test_a_seat_that_changes_hands_gets_a_new_key_for_its_two_persons(world):
    newcomer = enrolled(world, "new-holder", "410329-sfj", ("custodian",))
    certify(world, newcomer, "seat1-deputy")
    old = world.trust.keyset.seat(1).key
    put_in_force(world, leaving=["seat1-holder"], seats={1: ("seat1-deputy", "new-holder")})
    seat = world.trust.keyset.seat(1)
    assert seat.key != old
    wraps = world.store.read(lambda uow: uow.key_wraps.of_owner("seat", "1"))
    kept = {one.account for one in wraps}
    assert kept == {world.people["seat1-deputy"].account, newcomer.account}
    # The deputy keeps the old key too, to seal the old boxes anew with.
    assert len(wraps) == 3
    assert list(check_keys(world.store, world.trust)) == []


def test_an_office_without_a_colleague_gets_newcomers_by_the_key_change_and_a_new_key(world):
    newcomers = [enrolled(world, f"zjj-new-{n}", "410329-zjj", ("officer",)) for n in (1, 2)]
    old = world.trust.keyset.office("410329-zjj").key
    put_in_force(world, leaving=["zjj-officer", "zjj-leader"], joining=newcomers)
    key = world.trust.keyset.office("410329-zjj").key
    assert key != old
    assert set(office_keys(world, "zjj-new-1")) == {key.box.hex()}


def test_certified_members_become_members_of_the_next_key_set(world):
    newcomer = enrolled(world, "newcomer", YJJ, ("officer",))
    certify(world, newcomer)
    put_in_force(world, rotated=["410329-zjj"])
    assert world.trust.keyset.member(newcomer.account) == newcomer.member
    assert world.trust.signer(newcomer.day.public.sign.hex()).account == newcomer.account


# What is to be done ------------------------------------------------------------------


def test_the_status_names_what_is_left(world):
    world.file_report()
    enrolled(world, "newcomer", YJJ, ("officer",))
    put_in_force(world, leaving=["yjj-officer-2"], seats={1: ("seat1-deputy", "seat1-holder")})
    drafted(world, rotated=["410329-zjj"])
    found = key_status(world.store, trust=world.trust, now=world.now)
    assert [one.login for one in found.waiting] == ["newcomer"]
    assert len(found.open_changes) == 1
    assert found.rewrap[YJJ] == (1, 1)
    assert found.reseal[1] == (1, 1)
    assert found.reseal[2] == (0, 1)


def test_a_key_is_due_after_a_year_and_not_a_day_before(world):
    put_in_force(world, rotated=[YJJ])
    found = key_status(world.store, trust=world.trust, now=world.now)
    due = {one.owner: one.due_on.isoformat() for one in found.ages if one.kind == "office"}
    assert due[YJJ] == "2027-03-02"
    assert due["410329-zjj"] == "2027-03-01"
    assert YJJ not in {one.owner for one in found.rotation_due(date(2027, 3, 1))}
    assert YJJ in {one.owner for one in found.rotation_due(date(2027, 3, 2))}


def verify_problems(world):
    """What `register verify` finds."""
    found = verify(world.store, world.blobs, world.trust)
    yield from (one for one in found if not isinstance(one, str))
    yield from check_keys(world.store, world.trust)


def recipients(world, report):
    """The office keys that a report is wrapped to, for its lead office."""
    wraps = reading.keys_of(world.store, report_id=report, office=YJJ).wraps
    return {one.recipient_key for one in wraps}


def left(world):
    """How many open cases of the office are under an earlier key, and of how many."""
    found = rewrapping.progress(world.store, office=YJJ, trust=world.trust)
    return found.left, found.total
