"""Objections, reviews, call-backs (S09) and what is not verified (S29), on both databases."""

from datetime import date

import pytest

from asking import notices, record, to_day
from casework.domain.case import State
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    NotSubstantiatedError,
    ObjectionOpenError,
    ObjectionTooLateError,
    RedoBlockedError,
    SignatureRefusedError,
    StaleActError,
)
from casework.domain.running import ClockState, Running
from casework.services import clocks, objections, rulebook
from casework.services.clocks import Swept
from casework.storage.clocks import ClockRow
from casework.verify import Problem, verify
from instance import World
from objecting import (
    answers,
    closed,
    decides_malice,
    objects,
    proposes_malice,
    reviews,
    right,
)

# Told and closed on Monday 2 March 2026: ten days end on Thursday 12 March.
LAST_DAY, TOO_LATE = "2026-03-12", "2026-03-13"


def running(world: World, report: str) -> dict[str, Running]:
    book = rulebook.rulebook(world.store)
    return {
        one.key: one for one in book.clocks(world.case(report), world.now) if one.running
    }  # fmt: skip


def sweep(world: World) -> Swept:
    return clocks.sweep(world.store, trust=world.trust, log_key=world.log_key, now=world.now)


def own_rows(world: World, report: str) -> list[ClockRow]:
    rows = world.store.read(lambda uow: uow.clocks.of_report(report))
    return [one for one in rows if one.key in ("callback", "redo")]


def problems(world: World) -> list[Problem]:
    found = verify(world.store, world.blobs, world.trust)
    return [one for one in found if isinstance(one, Problem)]


# ---- the objection ----------------------------------------------------------------------------


def test_on_the_tenth_day_it_starts_the_review_and_both_offices_are_told(world):
    filed = closed(world)
    to_day(world, LAST_DAY)
    assert right(world, filed).until == date(2026, 3, 12)
    objects(world, filed)
    review = running(world, filed.report)["review"]
    assert (review.office, review.due.due_on) == ("410329-awb", date(2026, 4, 13))  # a Monday
    filed_notices = [office for kind, office in notices(world) if kind == "objection.filed"]
    assert filed_notices == ["410329-awb", "410329-yjj"]
    assert problems(world) == []


def test_on_the_eleventh_day_it_is_refused_with_the_day_on_which_the_right_ended(world):
    filed = closed(world)
    to_day(world, TOO_LATE)
    with pytest.raises(ObjectionTooLateError) as refusal:
        objects(world, filed)
    assert refusal.value.until == date(2026, 3, 12)
    assert "review" not in running(world, filed.report)


def test_a_later_day_that_the_policy_does_not_give_opens_no_back_door(world):
    filed = closed(world)
    to_day(world, TOO_LATE)
    with pytest.raises(BadActError) as refusal:
        objects(world, filed, until="2026-03-20")
    assert refusal.value.fact == "until"
    assert world.case(filed.report).marks[-1].name == "closed"


def test_a_second_one_while_one_is_open_is_refused(world):
    filed = closed(world)
    objects(world, filed)
    with pytest.raises(ObjectionOpenError):
        objects(world, filed)


def test_a_double_click_files_one(world):
    filed = closed(world)
    message, mine = world.sealed_object("message", filed.report), right(world, filed)
    facts = {"since": mine.since, "until": mine.until.isoformat()}
    act = world.sign_as_reporter(filed, "objection.filed", facts, [message])
    send = {"act": act, "message": message, "trust": world.trust, "now": world.now}
    objections.file_objection(world.store, **send)
    with pytest.raises(StaleActError):
        objections.file_objection(world.store, **send)


def test_nobody_files_one_in_the_reporters_name(world):
    filed = closed(world)
    message = world.sealed_object("message", filed.report)
    act = world.sign("yjj-leader", "objection.filed", filed.report, {}, [message])
    with pytest.raises(NotPermittedError):
        objections.file_objection(
            world.store, act=act, message=message, trust=world.trust, now=world.now
        )


# ---- the review -------------------------------------------------------------------------------


def test_kept_the_case_stays_closed_and_the_review_is_over(world):
    filed = closed(world)
    objects(world, filed)
    assert reviews(world, filed.report, "kept").state is State.CLOSED
    assert "review" not in running(world, filed.report)
    assert own_rows(world, filed.report)[0].key == "callback"
    assert problems(world) == []


def test_redone_a_new_verification_runs_and_the_board_counts_it(world):
    filed = closed(world)
    to_day(world, LAST_DAY)
    objects(world, filed)
    case = reviews(world, filed.report, "redo")
    assert (case.state, case.finding) == (State.ACCEPTED, None)
    now_running = running(world, filed.report)
    assert now_running["verify"].due.due_on == case.verify_due_on == date(2026, 4, 11)
    assert not {"close", "tell_result", "review"} & now_running.keys()
    [row] = own_rows(world, filed.report)  # no call-back any more
    assert (row.key, row.lead, row.supervisor) == ("redo", "410329-yjj", "410329-awb")
    assert ("review.decided", "410329-yjj") in notices(world)
    assert problems(world) == []

    # A new finding is needed, and then it may be closed as any other.
    world.conclude(filed.report, who="yjj-officer-2")
    assert {"close", "tell_result", "propose"} <= running(world, filed.report).keys()
    world.close(filed.report)
    assert world.case(filed.report).state is State.CLOSED
    assert problems(world) == []


def test_a_last_day_of_the_redo_that_is_not_the_computed_one_is_refused(world):
    filed = closed(world)
    objects(world, filed)
    with pytest.raises(BadActError) as refusal:
        reviews(world, filed.report, "redo", verify_due_on="2026-04-30")
    assert refusal.value.fact == "verify_due_on"
    assert world.case(filed.report).state is State.CLOSED


def test_an_award_that_the_reporter_knows_of_blocks_a_redo(world):
    world.appropriate()
    filed = closed(world, "substantiated")
    world.reserve(filed.report)
    world.approve(filed.report)
    objects(world, filed)
    with pytest.raises(RedoBlockedError):
        reviews(world, filed.report, "redo")
    assert reviews(world, filed.report, "kept").reviews[0].outcome == "kept"


def test_a_review_is_signed_with_the_password(world):
    filed = closed(world)
    objects(world, filed)
    reason = world.sealed_object("reason", filed.report)
    facts = {"asked": world.case(filed.report).events, "outcome": "kept"}
    act = world.sign("awb-supervisor", "review.decided", filed.report, facts, [reason], deed=False)
    with pytest.raises(SignatureRefusedError):
        objections.decide_review(
            world.store, act=act, reason=reason, trust=world.trust, now=world.now
        )


def test_a_review_nobody_decides_is_brought_before_the_office_that_owes_it(world):
    filed = closed(world)
    objects(world, filed)
    to_day(world, "2026-04-01")
    sweep(world)
    assert "review.7" not in world.case(filed.report).overdue
    to_day(world, "2026-04-10")
    sweep(world)
    late = [one for one in world.case(filed.report).escalated if one.startswith("review.")]
    assert late
    assert running(world, filed.report)["review"].state is ClockState.OVERDUE


# ---- the call-backs ---------------------------------------------------------------------------


def test_the_jobs_process_asks_after_one_three_and_six_months_once_each(world):
    filed = closed(world)
    for day, month in (("2026-04-02", 1), ("2026-06-02", 3), ("2026-09-02", 6)):
        to_day(world, day[:-2] + "01")
        assert sweep(world).called_back == 0
        to_day(world, day)
        assert sweep(world).called_back == 1
        assert sweep(world) == Swept()
        assert world.case(filed.report).callbacks[-1].month == month
    assert own_rows(world, filed.report) == []
    assert problems(world) == []


def test_a_clock_that_has_a_step_the_same_day_puts_no_question_off(world):
    filed = closed(world)
    to_day(world, "2026-03-30")
    record(world, filed.report, "retaliation_reported", document="样护〔2026〕1号")
    to_day(world, "2026-04-02")
    found = sweep(world)
    assert (found.reminded > 0, found.called_back) == (True, 1)
    assert sweep(world) == Swept()


def test_after_a_standstill_of_months_one_question_is_asked(world):
    filed = closed(world)
    to_day(world, "2026-07-20")
    assert sweep(world).called_back == 1
    assert [one.month for one in world.case(filed.report).callbacks] == [3]
    assert own_rows(world, filed.report)[0].due_on == date(2026, 9, 2)


def test_not_solved_opens_the_review_and_needs_words(world):
    filed = closed(world)
    to_day(world, "2026-04-02")
    sweep(world)
    with pytest.raises(BadActError):
        answers(world, filed, 1, "not_solved", words=False)
    answers(world, filed, 1, "not_solved")
    assert "review" in running(world, filed.report)
    with pytest.raises(AlreadyDoneError):
        answers(world, filed, 1, "solved")
    assert reviews(world, filed.report, "redo").state is State.ACCEPTED
    assert problems(world) == []


def test_solved_needs_no_words_and_changes_nothing_else(world):
    filed = closed(world)
    before = world.case(filed.report)
    case = answers(world, filed, 0, "solved", words=False)
    assert case.callbacks[0].answer == "solved"
    assert case.marks == before.marks
    with pytest.raises(AlreadyDoneError):
        answers(world, filed, 0, "not_solved")


# ---- not verified -----------------------------------------------------------------------------


def test_what_is_not_verified_earns_nothing_and_malice_takes_two(world):
    filed = closed(world)
    with pytest.raises(NotSubstantiatedError):
        world.reserve(filed.report)
    items = world.store.read(lambda uow: uow.releases.expired(world.now))
    asked = proposes_malice(world, filed.report)
    assert ("malice.proposed", "410329-awb") in notices(world)
    case = decides_malice(world, filed.report, asked)
    assert case.malice is not None
    assert case.malice.answer == "confirmed"
    assert case.releases == {}
    assert world.store.read(lambda uow: uow.releases.expired(world.now)) == items
    assert ("malice.confirmed", "410329-yjj") in notices(world)
    assert problems(world) == []


def test_malice_may_be_declined(world):
    filed = closed(world)
    asked = proposes_malice(world, filed.report)
    case = decides_malice(world, filed.report, asked, "malice.declined")
    assert case.malice is not None
    assert case.malice.answer == "declined"
