"""Declared interests meet accepted reports; who is recused, who is asked to take over."""

import pytest

from casework.domain.errors import AlreadyDoneError, BadActError, SeparationError
from casework.queries.board import board
from casework.services import outbox, recusal
from casework.services.clocks import project_new
from casework.services.interests import (
    declare_interest,
    declared,
    left_out,
    met_by,
    withdraw_interest,
)

MARK, OTHER = "ab" * 16, "cd" * 16
NOTED = "recusal.noted"


def account(world, login):
    return world.people[login].account


def declares(world, login, mark=MARK):
    return declare_interest(
        world.store, account=account(world, login), mark=mark, on=world.now.date()
    )


def accepted(world, mark=MARK, who="yjj-officer"):
    report = world.file_report().report
    world.accept(report, who=who, enterprise=mark)
    return report


def jobs(world):
    return recusal.recuse_declared(
        world.store, trust=world.trust, log_key=world.log_key, now=world.now
    )


def notes(world, who, report, whom, why):
    act = world.sign(who, NOTED, report, {"account": account(world, whom), "why": why})
    return recusal.note_recusal(world.store, act=act, trust=world.trust, now=world.now)


def asked(world):
    """Offices that are asked to take a case over, by what waits in the outbox."""
    jobs = outbox.claim(world.store, limit=100, now=world.now)
    return [one.payload["office"] for one in jobs if one.payload["notice"] == NOTED]


def test_an_interest_is_declared_once_and_withdrawn(world):
    assert declares(world, "yjj-officer")
    assert not declares(world, "yjj-officer")
    assert declares(world, "yjj-officer", OTHER)
    assert declares(world, "yjj-officer-2")
    me = account(world, "yjj-officer")
    assert declared(world.store, account=me) == (world.now.date(), world.now.date())
    assert withdraw_interest(world.store, account=me, mark=MARK)
    assert not withdraw_interest(world.store, account=me, mark=MARK)
    assert len(declared(world.store, account=me)) == 1
    assert len(declared(world.store, account=account(world, "yjj-officer-2"))) == 1


def test_only_who_could_open_the_case_is_recused_and_once(world):
    for login in ("yjj-officer-2", "zjj-officer", "cashier", "awb-approver"):
        declares(world, login)
    declares(world, "awb-supervisor", OTHER)
    met, unmet = accepted(world), world.file_report().report
    assert jobs(world) == (1, ())
    assert world.case(met).recused == {account(world, "yjj-officer-2")}
    assert world.case(unmet).recused == frozenset()
    assert jobs(world) == (0, ())
    assert asked(world) == [], "somebody is left who can go on"
    assert met_by(world.store, account=account(world, "yjj-officer-2")) == {met}
    assert met_by(world.store, account=account(world, "awb-supervisor")) == frozenset()


def test_what_is_withdrawn_meets_nothing_and_what_came_of_it_stands(world):
    declares(world, "yjj-officer-2")
    first = accepted(world)
    jobs(world)
    withdraw_interest(world.store, account=account(world, "yjj-officer-2"), mark=MARK)
    second = accepted(world)
    assert jobs(world) == (0, ())
    assert len(world.case(first).recused) == 1
    assert not world.case(second).recused


@pytest.mark.parametrize("login", ["yjj-officer", "yjj-leader"])
def test_without_who_accepted_it_or_without_a_head_the_office_above_is_asked(world, login):
    declares(world, login)
    report = accepted(world)
    assert jobs(world) == (1, ())
    assert asked(world) == [world.case(report).supervisor]


def test_who_is_recused_does_nothing_more(world):
    declares(world, "yjj-officer-2")
    report = accepted(world)
    jobs(world)
    with pytest.raises(SeparationError):
        notes(world, "yjj-officer-2", report, "yjj-officer-2", "own")


def test_heads_take_out_colleagues_and_supervisors_anybody(world):
    report = accepted(world)
    notes(world, "yjj-leader", report, "yjj-officer-2", "found")
    with pytest.raises(BadActError, match="account"):
        notes(world, "yjj-leader", report, "awb-supervisor", "found")
    with pytest.raises(BadActError, match="account"):
        notes(world, "awb-supervisor", report, "zjj-officer", "found")
    with pytest.raises(AlreadyDoneError):
        notes(world, "awb-supervisor", report, "yjj-officer-2", "found")
    notes(world, "awb-supervisor", report, "yjj-leader", "found")
    assert asked(world) == [world.case(report).supervisor]
    assert len(world.case(report).recused) == 2


def test_a_person_asks_for_it_themselves(world):
    report = world.file_report().report
    notes(world, "yjj-officer", report, "yjj-officer", "own")
    assert world.case(report).recused == {account(world, "yjj-officer")}
    assert asked(world) == []


def counted(world, login):
    """Cases and clocks of the office on its board, as this person sees it."""
    found = board(
        world.store, office=world.people[login].office, supervises=False, now=world.now,
        hidden=left_out(world.store, account=account(world, login)),
    )  # fmt: skip
    clocks = sum(row.total for one in found.offices for row in one.clocks)
    return found.cases.total, clocks


def test_who_is_out_finds_the_case_in_no_number_and_the_others_do(world):
    report, other = accepted(world, mark=""), world.file_report().report
    project_new(world.store, now=world.now)
    before = counted(world, "yjj-officer-2")
    assert before[0] == 2
    notes(world, "yjj-leader", report, "yjj-officer-2", "found")
    assert left_out(world.store, account=account(world, "yjj-officer-2")) == {report}
    assert left_out(world.store, account=account(world, "yjj-leader")) == frozenset()
    notes(world, "yjj-officer", other, "yjj-officer", "own")
    seen = counted(world, "yjj-officer-2")
    assert seen[0] == 1
    assert 0 < seen[1] < before[1]
    assert counted(world, "yjj-leader")[0] == 2
    assert counted(world, "yjj-officer")[0] == 1


def test_what_is_new_is_not_counted_for_who_is_out(world):
    report = world.file_report().report
    assert counted(world, "yjj-officer")[0] == 1
    notes(world, "yjj-officer", report, "yjj-officer", "own")
    assert counted(world, "yjj-officer")[0] == 0
