"""The pool, returns and co-handlers, with keys, notices and lists, on both databases."""

import pytest

from asking import clock, notices, to_day
from casework.domain.drawing import draw, seed_of
from casework.domain.errors import (
    BadActError,
    ClockNotRunningError,
    NotPermittedError,
    StaleActError,
    UnknownDepartmentError,
)
from casework.queries import board
from casework.services import drawing, returning
from turning import (
    AWB,
    CITATION,
    JW,
    YJJ,
    ZJJ,
    advise,
    ask_back,
    name_helpers,
    overrule,
    propose,
    transfer,
    waiting,
)

# The pool ----------------------------------------------------------------------------------


@pytest.fixture
def pooled(world):
    """A report that no rule matches, with the county's safety-committee office."""
    return world.file_report(sector="new_business_forms").report


def test_the_pool_has_a_working_day_of_its_own(world, pooled):
    one = clock(world, pooled, "assign", 1)
    assert (str(one.due.due_on), one.office) == ("2026-03-03", AWB)
    to_day(world, "2026-03-04")
    assert clock(world, pooled, "assign", 1).state == "overdue"


def test_what_a_rule_matched_has_no_such_clock(world):
    with pytest.raises(AssertionError):
        clock(world, world.file_report().report, "assign", 1)


def test_a_proposal_waits_and_is_carried_out_with_its_co_handlers(world, pooled):
    asked = propose(world, pooled).events
    assert waiting(world, AWB, "supervisor") == [(pooled, "assignment")]
    assert ("assignment.proposed", AWB) in notices(world)
    case = transfer(world, pooled, YJJ, YJJ, JW, proposal=asked, co=[JW])
    assert (case.lead, case.co_handlers) == (YJJ, (JW,))
    assert clock(world, pooled, "assign", 1).state == "met"
    assert str(clock(world, pooled, "return", 3).due.due_on) == "2026-03-04"
    assert waiting(world, AWB, "supervisor") == []
    assert waiting(world, JW, "officer", kind="help") == [(pooled, JW)]
    assert {("case.transferred", YJJ), ("cohandlers.named", JW)} <= set(notices(world))


def test_a_proposal_of_an_office_that_nobody_knows_is_refused_whole(world, pooled):
    for facts in ({"lead": "410329-xyz"}, {"co": ["410329-xyz"]}):
        with pytest.raises(UnknownDepartmentError):
            propose(world, pooled, **facts)
    assert world.case(pooled).proposals == ()


# Returns -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "is_late"), [("2026-03-04", False), ("2026-03-05", True)])
def test_it_is_returned_within_two_working_days(world, day, is_late):
    report = world.file_report().report
    to_day(world, day)
    if is_late:
        with pytest.raises(ClockNotRunningError):
            ask_back(world, report)
        assert world.case(report).returns == ()
    else:
        ask_back(world, report)
        assert ("return.requested", AWB) in notices(world)


def test_the_clocks_of_the_case_run_on_while_it_is_disputed_and_after(world):
    report = world.file_report().report
    before = {key: clock(world, report, key, 1).due for key in ("accept", "first_contact")}
    asked = ask_back(world, report).events
    transfer(world, report, ZJJ, ZJJ, returned=asked)
    for key, due in before.items():
        one = clock(world, report, key, 1)
        assert (one.due, one.office, one.running) == (due, ZJJ, True)
    assert clock(world, report, "return", 1).state == "met"


def test_it_waits_for_the_supervisor_and_then_for_nobody(world):
    report = world.file_report().report
    asked = ask_back(world, report).events
    assert waiting(world, AWB, "supervisor") == [(report, "return")]
    overrule(world, report, asked)
    assert waiting(world, AWB, "supervisor") == []
    assert ("return.overruled", YJJ) in notices(world)


def test_a_double_click_asks_and_decides_once(world):
    report = world.file_report().report
    told = {"citation": CITATION, "reason_code": "not_competent", "to": ""}
    act = world.sign("yjj-officer", "return.requested", report, told)
    ask = {"act": act, "trust": world.trust, "now": world.now}
    returning.request_return(world.store, **ask)
    with pytest.raises(StaleActError):
        returning.request_return(world.store, **ask)
    assert len(world.case(report).returns) == 1


def test_only_the_reasons_are_sealed_with_a_decision_and_an_opinion(world):
    report = world.file_report().report
    asked = ask_back(world, report).events
    with pytest.raises(BadActError):
        overrule(world, report, asked, kind="account")
    name_helpers(world, report, JW)
    with pytest.raises(BadActError):
        advise(world, report, kind="account")


# Co-handlers -------------------------------------------------------------------------------


def test_co_handlers_get_the_keys_and_nobody_else(world):
    report = world.file_report().report
    for keys in ((), (ZJJ,), (JW, ZJJ)):
        with pytest.raises(BadActError):
            name_helpers(world, report, JW, keys=keys)
    with pytest.raises(UnknownDepartmentError):
        name_helpers(world, report, "410329-xyz", keys=())
    name_helpers(world, report, JW)
    assert world.read(report, "jw-officer").wraps
    advise(world, report)
    assert ("opinion.given", YJJ) in notices(world)


def test_who_is_named_again_needs_no_keys_and_who_is_not_reads_no_more(world):
    report = world.file_report().report
    name_helpers(world, report, JW)
    name_helpers(world, report, JW, ZJJ, keys=(ZJJ,))
    name_helpers(world, report, ZJJ, keys=())
    with pytest.raises(NotPermittedError):
        world.read(report, "jw-officer")
    assert waiting(world, JW, "officer", kind="help") == []
    assert waiting(world, ZJJ, "officer", kind="help") == [(report, ZJJ)]


def test_the_list_follows_the_clock_that_the_case_is_under(world):
    report = world.file_report().report
    name_helpers(world, report, JW)
    world.accept(report)
    [line] = board.waits_for(world.store, kind="help", office=JW, role="officer").lines
    assert line.clock is not None
    assert (line.waiting.key, str(line.clock.due_on)) == ("verify", "2026-04-01")


# Drawing -----------------------------------------------------------------------------------


def draw_from(world, report, candidates, who="yjj-leader", **facts):
    case = world.case(report)
    seed = seed_of(case)
    told = {"seed": seed, "candidates": [*candidates], "officer": draw(seed, candidates)} | facts
    return drawing.draw_officer(
        world.store,
        act=world.sign(who, "assignment.drawn", report, told),
        trust=world.trust,
        now=world.now,
    )


def test_it_is_drawn_from_all_officers_of_the_lead_office_and_from_nobody_else(world):
    report = world.file_report().report
    both = sorted(world.people[one].account for one in ("yjj-officer", "yjj-officer-2"))
    stranger = sorted([*both, world.people["zjj-officer"].account])
    for wrong in (both[:1], both[1:], stranger):
        with pytest.raises(BadActError, match="candidates"):
            draw_from(world, report, wrong)
    first = draw_from(world, report, both).draws[0].officer
    assert ("assignment.drawn", YJJ) in notices(world)
    left = [one for one in both if one != first]
    again = draw_from(world, report, left, reason_code="on_leave")
    assert [one.officer for one in again.draws] == [first, *left]
