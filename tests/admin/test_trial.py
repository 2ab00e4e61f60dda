"""The trial of the whole custody: every step is the real one, and nothing of it stays."""

from contextlib import nullcontext
from dataclasses import replace

import pytest

from admin import custody, trial
from admin.app import create_app
from admin.trial import Acting, Cast, TrialError
from casework.clock import Clock
from casework.domain.errors import BadActError, CaseworkError, NotPermittedError
from casework.domain.trial import DRILL, OPENED
from casework.queries import cases
from casework.services import opening
from casework.storage.sealed_vault import SealedVault
from casework.verify import Problem, verify
from instance import PASSWORD, make_world

READER, REQUESTER = "yjj-officer", "cashier"
CUSTODIANS = ("seat1-holder", "seat2-deputy")


@pytest.fixture
def world(tmp_path, database_url):
    made = make_world(tmp_path / "home", database_url, opened=False)
    yield made
    made.store.close()


@pytest.fixture
def hold(world):
    """Hold a trial as the people at the terminal do."""
    # `tonggui keys` acts as the owner of the tables: it erases what it made.
    settings = replace(world.settings, database_urls={})
    app = create_app(settings, clock=Clock(source=lambda: world.now))

    def held(kind=OPENED, custodians=CUSTODIANS, reader=READER, requester=REQUESTER):
        world.move(seconds=60)  # a one-time code counts once
        logins = (reader, requester, *custodians)
        with app.app_context():
            people = {
                world.people[login].account: Acting.sign_in(
                    login, PASSWORD, world.people[login].code(world.now)
                )
                for login in logins
            }
            accounts = [world.people[login].account for login in logins]
            cast = Cast(accounts[0], accounts[1], tuple(accounts[2:]))
            try:
                return trial.hold(
                    cast, people, log_key=world.log_key, kind=kind, step=lambda _: nullcontext()
                )
            finally:
                trial.sign_out(people)

    return held


def is_open(world):
    return opening.is_open(world.store, trust=world.trust)


def sealed_rows(world):
    def count(uow):
        vault = SealedVault(uow)
        found = uow.reports.ids()
        return [
            row
            for report in found
            for rows in (vault.objects, vault.wraps, vault.items, vault.pieces, vault.files)
            for row in rows(report)
        ]

    return world.store.read(count)


def kinds(world, report):
    return [one.event.kind for one in world.store.read(lambda uow: uow.events.of_report(report))]


def test_a_trial_goes_the_whole_way_and_opens_the_site(world, hold):
    assert not is_open(world)
    case = hold()
    assert is_open(world)
    assert kinds(world, case.report_id) == [
        "report.received",
        "report.read",
        "release.requested",
        "release.approved",
        "release.approved",
        "release.opened",
        "identity.withdrawn",
        "case.destroyed",
    ]
    assert opening.trials(world.store, trust=world.trust) == opening.Trials(
        "2026-03-02T02:01:00Z", "2026-03-02T02:01:00Z"
    )


def test_nothing_of_a_trial_stays_and_verification_agrees(world, hold):
    hold()
    assert sealed_rows(world) == []
    found = verify(world.store, world.blobs, world.trust)
    assert [one for one in found if isinstance(one, Problem)] == []


def test_a_trial_is_in_no_list_and_gives_cause_for_no_notice(world, hold):
    case = hold()
    today = world.now.date()
    for office in {case.lead, case.supervisor}:
        assert cases.inbox(world.store, office=office).lines == ()
        assert cases.supervised(world.store, office=office).lines == ()
        listed = world.store.read(lambda uow, o=office: uow.reports.all_of_lead(o))
        assert listed == ()
    assert cases.undetermined(world.store).lines == ()
    assert cases.overdue(world.store, today=today).lines == ()
    assert world.store.write(lambda uow: uow.outbox.claim(50, lease_seconds=60, now=world.now)) \
        == ()  # fmt: skip


def test_a_drill_leaves_its_own_event_and_the_site_as_it_was(world, hold):
    hold()
    world.move(days=365)
    hold(DRILL)
    told = opening.trials(world.store, trust=world.trust)
    assert (told.opened_at, told.tried_at) == ("2026-03-02T02:01:00Z", "2027-03-02T02:02:00Z")


def test_a_trial_that_fails_opens_nothing_and_leaves_nothing(world, hold, monkeypatch):
    monkeypatch.setattr(trial, "NAME", "somebody else")
    monkeypatch.setattr(
        custody, "open_once", lambda *_: custody.Disclosed("who", {"name": "wrong"})
    )
    with pytest.raises(TrialError):
        hold()
    assert not is_open(world)
    assert sealed_rows(world) == []


def test_a_trial_that_was_cut_off_is_cleared_by_the_next(world, hold, monkeypatch):
    with monkeypatch.context() as killed:
        killed.setattr(trial, "_erase", lambda *_: None)  # as if the machine had stopped
        killed.setattr(trial, "_read", _stopped)
        with pytest.raises(KeyboardInterrupt):
            hold()
    assert sealed_rows(world) != []
    hold()
    assert sealed_rows(world) == []
    assert is_open(world)


def _stopped(*_):
    raise KeyboardInterrupt


def test_one_seat_alone_opens_nothing(world, hold):
    with pytest.raises(CaseworkError):
        hold(custodians=("seat1-holder",))
    assert not is_open(world)
    assert sealed_rows(world) == []


def note(world, kind, facts, who):
    act = world.sign(who, kind, "", facts)
    opening.note_trial(world.store, act=act, trust=world.trust, now=world.now)


def test_only_a_custodian_records_a_trial_and_only_one_that_was_erased(world, hold):
    case = hold()
    facts = {"report": case.report_id, "case_number": case.case_number}
    with pytest.raises(NotPermittedError):
        note(world, OPENED, facts, "yjj-leader")
    filed = world.file_report()
    real = {"report": filed.report, "case_number": filed.case_number}
    for wrong in (real, {**facts, "case_number": filed.case_number}, {**facts, "more": "x"}):
        with pytest.raises(BadActError):
            note(world, DRILL, wrong, "seat3-holder")
    note(world, DRILL, facts, "seat3-holder")


def test_a_trial_needs_somebody_to_read_and_somebody_to_ask(world):
    members = world.trust.keyset.members
    seats = frozenset(p for one in world.trust.keyset.seats for p in (one.holder, one.deputy))
    trial.check_possible(members, seats)
    for roles in ({"officer", "leader", "supervisor"}, {"cashier", "operator", "supervisor"}):
        left = [one for one in members if not roles.intersection(one.roles)]
        with pytest.raises(TrialError):
            trial.check_possible(left, seats)
