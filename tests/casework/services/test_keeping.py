"""What the jobs process erases: withdrawn items, cases whose time is over, dead releases."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from casework.domain.case import ReleaseState
from casework.domain.errors import (
    BadActError,
    ReleaseVoidError,
    RetentionError,
    UnknownSignerError,
)
from casework.domain.ids import new_id
from casework.services import disclosure, erasing, keeping
from casework.services.acts import record
from casework.services.keeping import Erased
from casework.services.trust import Trust
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import Store, UnitOfWork
from casework.verify import Problem, verify
from crypto.events import SignedEvent
from crypto.keyset_rows import Member
from crypto.private_key import PrivateKey
from instance import Filed, World


def sweep(world: World, store: Store | None = None, backup_days: int = 35) -> Erased:
    return keeping.sweep(
        store or world.store,
        world.blobs,
        policies=world.policies,
        trust=world.trust,
        log_key=world.log_key,
        now=world.now,
        backup_days=backup_days,
    )


def items(world: World, report: str) -> dict[str, str]:
    """Kind to id."""
    found = world.store.read(lambda uow: SealedVault(uow).items(report))
    return {one.kind: one.id for one in found}


def events(world: World, report: str) -> tuple[SignedEvent, ...]:
    return world.store.read(lambda uow: uow.events.of_report(report))


def withdraw(world: World, filed: Filed, *ids: str) -> None:
    erasing.withdraw_identity(
        world.store,
        act=world.sign_as_reporter(filed, "identity.withdrawn", {"items": list(ids)}),
        trust=world.trust,
        now=world.now,
    )


def problems(world: World) -> list[Problem]:
    return [
        one for one in verify(world.store, world.blobs, world.trust) if isinstance(one, Problem)
    ]


def act(world: World, who: str, kind: str, report: str, facts: Mapping[str, Any]) -> None:
    """Let an officer do something that carries no sealed text."""
    signed = world.sign(who, kind, report, facts)
    world.store.write(lambda uow: record(uow, act=signed, trust=world.trust, now=world.now))


def two_items(world: World) -> Filed:
    return world.file_report(
        identity={"who": json.dumps({"name": "样本甲"}), "contact": json.dumps({"phone": "1"})}
    )


def hold(world: World, report: str, until: str) -> None:
    facts = {"hold": "h1", "reason_code": "criminal_case", "until": until}
    act(world, "awb-supervisor", "hold.requested", report, facts)
    for seat in (1, 2):
        act(world, f"seat{seat}-holder", "hold.approved", report, {"hold": "h1", "seat": seat})


def refused(world: World) -> Filed:
    """A report that was read, and refused on 2 March 2026."""
    filed = world.file_report(files=[("样本.txt", b"sample")])
    world.read(filed.report)
    world.refuse(filed.report)
    return filed


def test_a_withdrawn_item_is_erased_with_every_piece_and_the_other_one_stays(world: World):
    filed = two_items(world)
    ids = items(world, filed.report)
    withdraw(world, filed, ids["contact"])
    assert sweep(world) == Erased(items=1, forgotten=1)
    assert items(world, filed.report) == {"who": ids["who"]}
    pieces = world.store.read(lambda uow: SealedVault(uow).pieces(filed.report))
    assert {one.item for one in pieces} == {ids["who"]}
    assert problems(world) == []
    assert sweep(world) == Erased()


def test_the_certificate_tells_when_each_thing_happened(world: World):
    filed = two_items(world)
    ids = items(world, filed.report)
    assert erasing.certificate_of(events(world, filed.report)) is None
    withdraw(world, filed, ids["who"])
    waiting = erasing.certificate_of(events(world, filed.report))
    assert waiting == erasing.ErasureCertificate((ids["who"],), "2026-03-02T02:00:00Z")
    world.move(minutes=1)
    sweep(world)
    told = erasing.certificate_of(events(world, filed.report))
    assert told is not None
    assert told.erased_at == "2026-03-02T02:01:00Z"
    assert told.forgotten_on == date(2026, 3, 2)
    assert told.backups_until == date(2026, 4, 6)  # 35 days
    assert len(told.digest) == 64
    assert len(told.signature) == 128


def test_items_withdrawn_one_after_the_other_have_a_certificate_each(world: World):
    filed = two_items(world)
    ids = items(world, filed.report)
    withdraw(world, filed, ids["who"])
    sweep(world)
    withdraw(world, filed, ids["contact"])
    found = list(erasing.certificates_of(events(world, filed.report)).values())
    assert [one.items for one in found] == [(ids["who"],), (ids["contact"],)]
    assert [bool(one.digest) for one in found] == [True, False]
    assert sweep(world) == Erased(items=1, forgotten=1)


def test_an_unknown_item_is_not_withdrawn(world: World):
    filed = two_items(world)
    with pytest.raises(BadActError):
        withdraw(world, filed, items(world, filed.report)["who"], "another")
    assert world.case(filed.report).withdrawn == ()


def test_a_database_that_is_being_read_is_not_said_to_have_forgotten(world: World):
    filed = two_items(world)
    withdraw(world, filed, items(world, filed.report)["who"])

    def while_reading(uow: UnitOfWork) -> Erased:
        uow.reports.get(filed.report)  # this view still has the item that is erased meanwhile
        other = Store.open(world.settings.database_url, site=world.store.site)
        try:
            with ThreadPoolExecutor(1) as pool:
                return pool.submit(lambda: sweep(world, other)).result()
        finally:
            other.close()

    assert world.store.read(while_reading) == Erased(items=1, waiting=1)
    told = erasing.certificate_of(events(world, filed.report))
    assert told is not None
    assert told.forgotten_on is None
    assert sweep(world) == Erased(forgotten=1)


def test_a_hold_keeps_a_withdrawn_item_until_its_last_day_is_over(world: World):
    filed = two_items(world)
    hold(world, filed.report, "2026-03-05")
    withdraw(world, filed, items(world, filed.report)["who"])
    assert sweep(world) == Erased()
    standing = erasing.hold_on(world.case(filed.report), date(2026, 3, 2))
    assert standing is not None
    assert standing.until == "2026-03-05"
    world.move(days=3, hours=13, minutes=59)  # 5 March, 23:59 in China
    assert sweep(world) == Erased()
    world.move(minutes=1)
    assert sweep(world) == Erased(items=1, forgotten=1)


def test_a_hold_that_is_lifted_lets_the_erasing_go_on_at_once(world: World):
    filed = two_items(world)
    hold(world, filed.report, "2026-06-30")
    withdraw(world, filed, items(world, filed.report)["who"])
    assert sweep(world) == Erased()
    act(world, "seat3-holder", "hold.lifted", filed.report, {"hold": "h1"})
    assert sweep(world) == Erased(items=1, forgotten=1)


def test_a_withdrawal_that_the_reporter_did_not_sign_erases_nothing(world: World):
    filed = two_items(world)
    withdraw(world, filed, items(world, filed.report)["who"])
    world.store.write(
        lambda uow: uow.connection.exec_driver_sql(
            "UPDATE event SET signature = (SELECT signature FROM event WHERE kind ="
            " 'fund.appropriated') WHERE kind = 'identity.withdrawn'"
        )
    )
    assert sweep(world) == Erased(failed=(filed.report,))
    assert "who" in items(world, filed.report)


def test_a_refused_case_is_destroyed_when_its_time_is_over_and_its_facts_stay(world: World):
    filed = refused(world)
    assert sweep(world) == Erased()
    [soon] = keeping.ending_soon(world.store, until=date(2028, 3, 2))
    assert (soon.report_id, soon.destroy_on) == (filed.report, date(2028, 3, 2))
    assert keeping.ending_soon(world.store, until=date(2028, 3, 1)) == ()
    for office, there in (("410329-yjj", (soon,)), ("410329-awb", (soon,)), ("410329-zjj", ())):
        assert keeping.ending_soon(world.store, until=date(2028, 3, 2), office=office) == there
    names = list(world.blobs.names())
    assert len(names) == 1

    world.move(days=730)  # 1 March 2028
    assert sweep(world) == Erased()
    world.move(days=1)
    assert sweep(world) == Erased(cases=1, forgotten=1)

    case = world.case(filed.report)
    assert (case.destroyed, case.state, case.reason_code) == (
        "retention",
        "refused",
        "no_clear_facts",
    )
    vault = world.store.read(
        lambda uow: (
            SealedVault(uow).objects(filed.report),
            SealedVault(uow).wraps(filed.report),
            SealedVault(uow).items(filed.report),
            SealedVault(uow).pieces(filed.report),
            SealedVault(uow).files(filed.report),
        )
    )
    assert vault == ((), (), (), (), ())
    assert list(world.blobs.names()) == []
    assert problems(world) == []
    assert sweep(world) == Erased()


def test_identity_goes_before_the_case_does(world: World):
    filed = two_items(world)
    world.read(filed.report)
    world.accept(filed.report)
    world.conclude(filed.report, finding="unsubstantiated", fines_fen=())
    world.close(filed.report)
    world.move(days=731)  # two years: identity; the case is kept for five
    assert sweep(world) == Erased(items=1, forgotten=1)
    assert items(world, filed.report) == {}
    assert world.store.read(lambda uow: SealedVault(uow).objects(filed.report)) != ()
    assert problems(world) == []


def test_an_unread_case_is_never_destroyed_however_old(world: World):
    filed = world.file_report()
    world.refuse(filed.report)
    world.move(days=4000)
    assert sweep(world) == Erased()
    assert items(world, filed.report) != {}


def test_two_persons_destroy_a_case_before_its_time(world: World):
    filed = refused(world)
    reason = {"reason_code": "court_order"}
    act(world, "yjj-leader", "destruction.requested", filed.report, reason)
    assert sweep(world) == Erased()
    act(world, "awb-supervisor", "destruction.confirmed", filed.report, reason)
    assert sweep(world) == Erased(cases=1, forgotten=1)
    assert world.case(filed.report).destroyed == "early"


def test_only_a_trial_is_destroyed_as_a_trial(world: World):
    filed = world.file_report()
    with pytest.raises(RetentionError):
        keeping.destroy_trial(
            world.store,
            report=filed.report,
            trust=world.trust,
            log_key=world.log_key,
            now=world.now,
        )
    assert items(world, filed.report) != {}


def claimed(world: World) -> tuple[Filed, str]:
    filed = world.approved()
    world.claim(filed)
    release = world.request(filed.report)
    for login in ("seat1-holder", "seat3-deputy"):
        world.agree(filed.report, release, login)
    return filed, release


def test_a_withdrawal_ends_a_release_at_once_and_the_sweep_clears_its_boxes(world: World):
    filed, release = claimed(world)
    award = world.case(filed.report).award
    assert award is not None
    withdraw(world, filed, award.item)
    with pytest.raises(ReleaseVoidError):
        world.open(filed.report, release)
    assert problems(world) == []
    assert len(world.store.read(lambda uow: uow.releases.approvals(release))) == 2
    sweep(world)
    assert world.store.read(lambda uow: uow.releases.approvals(release)) == ()
    assert problems(world) == []


def test_a_change_of_a_key_ends_a_release_at_once_and_is_recorded_by_the_sweep(world: World):
    filed, release = claimed(world)
    case, before = world.case(filed.report), world.trust
    signed = [
        one for one in events(world, filed.report) if one.event.facts.get("release") == release
    ]
    request, *approvals = signed
    assert disclosure.why_void(case.releases[release], request, approvals, before) == ""

    # A seat got a new key, or another deputy; the requester left.
    for changed, why in (
        (with_other_seat_key(world), "seat_changed"),
        (with_other_deputy(world), "seat_changed"),
        (without(world, "cashier"), "requester_left"),
    ):
        assert disclosure.why_void(case.releases[release], request, approvals, changed) == why
        world.trust = changed
        with pytest.raises((ReleaseVoidError, UnknownSignerError)):
            world.open(filed.report, release)
        world.trust = before

    world.trust = with_other_seat_key(world)
    assert sweep(world) == Erased(voided=1)
    ended = world.case(filed.report).releases[release]
    assert (ended.state, ended.reason_code) == (ReleaseState.VOIDED, "seat_changed")
    assert world.store.read(lambda uow: uow.releases.approvals(release)) == ()
    world.trust = before
    assert problems(world) == []


def with_other_seat_key(world: World) -> Trust:
    """The trust as it would be after seat 1 got a new key."""
    first, *others = world.trust.keyset.seats
    seats = (replace(first, key=PrivateKey.generate().public), *others)
    return replace(world.trust, keyset=replace(world.trust.keyset, seats=seats))


def with_other_deputy(world: World) -> Trust:
    """The trust as it would be after somebody new became deputy of seat 3."""
    keyset = world.trust.keyset
    *others, last = keyset.seats
    day, deed = PrivateKey.generate().public, PrivateKey.generate().public
    new = Member(new_id(), last.office, ("custodian",), day, deed)
    members = tuple(sorted((*keyset.members, new), key=lambda one: one.account))
    seats = (*others, replace(last, deputy=new.account))
    return replace(world.trust, keyset=replace(keyset, members=members, seats=seats))


def without(world: World, login: str) -> Trust:
    """The trust as it would be without somebody."""
    gone = world.people[login].account
    *others, last = world.trust.chain
    signers = {key: one for key, one in last.signers.items() if one.account != gone}
    return replace(world.trust, chain=(*others, replace(last, signers=signers)))


def test_a_case_that_nobody_will_look_at_is_named(world: World):
    filed = refused(world)
    world.store.write(
        lambda uow: uow.connection.exec_driver_sql("UPDATE keeping SET stopped = true")
    )
    assert Problem("keeping", filed.report, "does not agree with its events") in problems(world)


def test_the_certificate_tells_how_long_this_site_keeps_its_backups(world: World):
    filed = two_items(world)
    withdraw(world, filed, items(world, filed.report)["who"])
    sweep(world, backup_days=7)
    told = erasing.certificate_of(events(world, filed.report))
    assert told is not None
    assert told.backups_until == date(2026, 3, 2) + timedelta(days=7)
