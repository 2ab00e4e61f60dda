"""Not accepted, by two people, on both databases."""

import pytest
import sqlalchemy as sa

from asking import clock, notices, to_day
from casework.domain.errors import (
    BadActError,
    NotPermittedError,
    SeparationError,
    StaleActError,
    UnknownAskError,
    WrongStateError,
)
from casework.domain.roles import Role
from casework.domain.running import ClockState
from casework.services import clocks, refusals
from casework.verify import Problem, verify

YJJ, AWB = "410329-yjj", "410329-awb"


@pytest.fixture
def report(world):
    return world.file_report().report


def sealed_kinds(world, report):
    """The kinds of sealed texts beside those that came in."""
    rows = world.store.read(
        lambda uow: uow.connection.execute(
            sa.text("SELECT kind FROM sealed_object WHERE report_id = :report AND sending = ''"),
            {"report": report},
        ).all()
    )
    return sorted(one.kind for one in rows)


def waits(world, office, role):
    """The numbers of cases that wait for a role's decision."""
    found = world.store.read(lambda uow: uow.waiting.waits_for("decide", office=office, role=role))
    return [(one.report.id, one.waiting.key, one.clock is not None) for one in found]


def problems(world):
    return [
        one for one in verify(world.store, world.blobs, world.trust) if isinstance(one, Problem)
    ]


def test_a_proposal_waits_for_both_who_may_decide_and_tells_them(world, report):
    world.propose_refusal(report)
    for office, role in ((YJJ, Role.LEADER), (AWB, Role.SUPERVISOR)):
        assert [one[:2] for one in waits(world, office, role)] == [(report, "accept")]
    told = [office for kind, office in notices(world) if kind == "refusal.proposed"]
    assert told == [AWB, YJJ]
    assert sealed_kinds(world, report) == ["refusal"]
    assert world.case(report).state == "received"
    assert problems(world) == []


@pytest.mark.parametrize("by", ["yjj-leader", "awb-supervisor"])
def test_another_person_confirms_it(world, report, by):
    case = world.refuse(report, by=by)
    assert (case.state, case.reason_code) == ("refused", "no_clear_facts")
    assert sealed_kinds(world, report) == ["reason", "refusal"]
    assert waits(world, YJJ, Role.LEADER) == waits(world, AWB, Role.SUPERVISOR) == []
    assert problems(world) == []


def test_nobody_confirms_or_declines_what_they_proposed(world, report):
    asked = world.propose_refusal(report, "yjj-leader")
    with pytest.raises(SeparationError):
        world.confirm_refusal(report, "yjj-leader")
    with pytest.raises(SeparationError):
        decline(world, report, asked, "yjj-leader")
    with pytest.raises(NotPermittedError):
        world.confirm_refusal(report, "yjj-officer")
    assert sealed_kinds(world, report) == ["refusal"]


def decline(world, report, asked, by="yjj-leader", reason="to_be_accepted"):
    facts = {"asked": asked, "reason_code": reason}
    return refusals.decline_refusal(
        world.store,
        act=world.sign(by, "refusal.declined", report, facts),
        trust=world.trust,
        now=world.now,
    )


def test_what_is_sent_back_may_be_accepted_and_its_words_stay_inside(world, report):
    decline(world, report, world.propose_refusal(report))
    assert ("refusal.declined", YJJ) in notices(world)
    assert world.accept(report).state == "accepted"
    assert sealed_kinds(world, report) == ["refusal"]
    assert problems(world) == []


def test_the_limit_for_acceptance_runs_on_and_what_is_proposed_falls_with_it(world, report):
    asked = world.propose_refusal(report)
    assert clock(world, report, "accept", 1).state is ClockState.RUNNING
    to_day(world, "2026-03-18")  # its last day was the 17th
    clocks.sweep(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    assert world.case(report).state == "accepted"
    assert [one for one in waits(world, YJJ, Role.LEADER) if one[1] == "accept"] == []
    with pytest.raises(WrongStateError):
        world.confirm_refusal(report)
    with pytest.raises(WrongStateError):
        decline(world, report, asked)


def test_the_basis_is_the_clause_of_the_template(world, report):
    with pytest.raises(BadActError, match="basis"):
        world.propose_refusal(report, basis="《样本办法》第一条")
    assert sealed_kinds(world, report) == []
    assert world.case(report).events == 1


@pytest.mark.parametrize("on", ["2026-03-01", "2026-03-03"])
def test_it_is_refused_today(world, report, on):
    world.propose_refusal(report)
    with pytest.raises(BadActError, match="refused_on"):
        world.confirm_refusal(report, refused_on=on)


def test_the_words_are_sealed_as_what_they_are(world, report):
    with pytest.raises(BadActError, match="added"):
        world.propose_refusal(report, words=world.sealed_object("reason", report))
    world.propose_refusal(report)
    other = world.sealed_object("message", report)
    facts = {"reason_code": "no_clear_facts", "refused_on": "2026-03-02", "asked": 2}
    with pytest.raises(BadActError, match="added"):
        refusals.refuse_report(
            world.store,
            act=world.sign("yjj-leader", "report.refused", report, facts, [other]),
            reason=other,
            trust=world.trust,
            now=world.now,
        )
    assert world.case(report).state == "received"


def test_of_two_who_decide_at_once_one_does(world, report):
    world.propose_refusal(report)
    reasons = [world.sealed_object("reason", report) for _ in range(2)]
    facts = {"reason_code": "no_clear_facts", "refused_on": "2026-03-02", "asked": 2}
    acts = [
        world.sign(who, "report.refused", report, facts, [reason])
        for who, reason in zip(("yjj-leader", "awb-supervisor"), reasons, strict=True)
    ]
    refusals.refuse_report(
        world.store, act=acts[0], reason=reasons[0], trust=world.trust, now=world.now
    )
    with pytest.raises(StaleActError):
        refusals.refuse_report(
            world.store, act=acts[1], reason=reasons[1], trust=world.trust, now=world.now
        )
    assert sealed_kinds(world, report) == ["reason", "refusal"]


def test_a_proposal_is_read_with_its_own_words_alone(world, report):
    first = world.propose_refusal(report)
    decline(world, report, first)
    second = world.propose_refusal(report, reason_code="repeated")
    for ordinal, reason in ((first, "no_clear_facts"), (second, "repeated")):
        view = refusals.refusal_view(world.store, report_id=report, ordinal=ordinal, office=AWB)
        assert view.asked.reason_code == reason
        texts = [one for one in view.file.objects if one.kind == "refusal"]
        assert [one.id for one in texts] == [view.text_id]
        assert view.proposed_on.isoformat() == "2026-03-02"
    with pytest.raises(UnknownAskError):
        refusals.refusal_view(world.store, report_id=report, ordinal=1, office=AWB)
