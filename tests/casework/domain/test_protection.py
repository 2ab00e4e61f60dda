"""Retaliation: who is kept out of it, measures that protect, and the clock to decide on them."""

from datetime import UTC, date, datetime

import pytest

from case_story import (
    AWB,
    CITY,
    JOBS,
    LEADER,
    OFFICER,
    REPORTER,
    SUPERVISOR,
    YJJ,
    Story,
    begin,
    person,
)
from casework.domain.calendar import WorkCalendar
from casework.domain.closing import missing
from casework.domain.errors import (
    AccusedOfficeError,
    AlreadyDoneError,
    BadActError,
    NoOfficeLeftError,
    NotPermittedError,
    WrongStateError,
)
from casework.domain.ladder import addressee
from casework.domain.policy import Policies
from casework.domain.protection import barred_by, is_open, lasts, standing, was_reported
from casework.domain.report import TRANSITIONS, allowed_kinds
from casework.domain.routing import load_routing, route
from casework.domain.running import ClockState, Running, clocks_of
from source import ROOT

RSJ, ZJJ, JW = "410329-rsj", "410329-zjj", "410329-jw"
HELPER = person("rsj-officer", RSJ, "officer")
HEAD = person("rsj-leader", RSJ, "leader")
CITY_HEAD = person("city", CITY, "supervisor")
POLICY = Policies.load(ROOT / "casework" / "policies").get("yichuan-2022")
ROUTING = load_routing((ROOT / "casework/routing/410329.toml").read_bytes())
PAPER = "伊人社护〔2026〕1号"


def begun(**changed: object) -> Story:
    """A report of retaliation, received on Sunday 1 March 2026."""
    facts = {
        "matter": "retaliation", "lead": RSJ, "supervisor": AWB, "offices": [RSJ, AWB],
        "rule": "r-retaliation", "barred": [YJJ, ZJJ],
    }  # fmt: skip
    return begin(**{**facts, **changed})


def protect(story: Story, china: WorkCalendar, day: str) -> Running:
    noon = datetime.fromisoformat(f"{day}T04:00:00").replace(tzinfo=UTC)
    found = clocks_of(story.case, POLICY, calendar=china, now=noon)
    return [one for one in found if one.key == "protect"][-1]


# ---- who is kept out -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "who", [OFFICER, LEADER, person("z", ZJJ, "officer", "leader", "supervisor", "custodian")]
)
def test_a_barred_office_may_do_nothing_at_all(who):
    story = begun()
    anew = {kind for kind, row in TRANSITIONS.items() if row.seals_anew}
    allowed = allowed_kinds(
        story.case, actor=who.account, office=who.office, roles=frozenset(who.roles)
    )
    assert allowed <= anew
    for kind in ("report.read", "report.accepted", "release.approved", "message.sent"):
        with pytest.raises(AccusedOfficeError):
            story.tell(kind, who)


def test_no_barred_office_receives_it_at_first_or_ever():
    for wrong in ({"barred": [RSJ]}, {"barred": [ZJJ, AWB]}, {"barred": [ZJJ], "co": [ZJJ]}):
        with pytest.raises(AccusedOfficeError):
            begun(**wrong)
    story = begun(supervisor=AWB)
    to_yjj = {"lead": YJJ, "supervisor": AWB}
    with pytest.raises(AccusedOfficeError):
        story.tell("report.transferred", HELPER, **to_yjj)
    with pytest.raises(AccusedOfficeError):
        story.tell("report.transferred", HELPER, lead=JW, supervisor=ZJJ)
    with pytest.raises(AccusedOfficeError):
        story.tell("report.transferred", SUPERVISOR, lead=JW, supervisor=AWB, co=[YJJ])
    with pytest.raises(AccusedOfficeError):
        story.tell("cohandlers.named", HEAD, co=[JW, YJJ])
    with pytest.raises(AccusedOfficeError):
        story.tell("return.requested", HELPER, to=YJJ)
    pool = begun(lead=AWB, supervisor=AWB, offices=[AWB], rule="")
    with pytest.raises(AccusedOfficeError):
        pool.tell("assignment.proposed", person("op", AWB, "operator"), lead=YJJ)
    assert story.tell("report.transferred", HELPER, lead=JW, supervisor=AWB).case.lead == JW
    assert story.case.kept_out == {YJJ, ZJJ}


def test_barred_and_accused_are_kept_out_alike():
    assert begun(about=JW).case.kept_out == {YJJ, ZJJ, JW}
    assert begin(about=ZJJ).case.kept_out == {ZJJ}
    assert begin().case.kept_out == frozenset()


def test_who_handled_the_first_report_is_barred():
    first = begin(about=ZJJ).tell("cohandlers.named", SUPERVISOR, co=[JW])
    assert barred_by(first.case, [YJJ]) == (JW, YJJ, ZJJ)
    first.tell("report.transferred", SUPERVISOR, lead="410329-gaj", supervisor=AWB)
    assert barred_by(first.case, [YJJ, "410329-gaj"]) == ("410329-gaj", JW, YJJ, ZJJ)
    # The pool's office passed it on and supervises it: it handles nothing.
    assert barred_by(begin().case, [AWB, YJJ]) == (YJJ,)
    # But where it leads, it handles.
    pool = begin(lead=AWB, supervisor=CITY, offices=[AWB, CITY], rule="")
    assert barred_by(pool.case, [AWB]) == (AWB,)
    # And who is barred from a report of retaliation is barred from the next one as well.
    assert barred_by(begun().case, [RSJ]) == (RSJ, YJJ, ZJJ)


@pytest.mark.parametrize(
    ("barred", "lead", "supervisor"),
    [
        ((YJJ,), RSJ, AWB),
        ((RSJ,), AWB, CITY),
        ((AWB,), RSJ, CITY),
        ((AWB, RSJ), CITY, CITY),
        ((AWB, CITY), RSJ, RSJ),
    ],
)
def test_it_is_routed_around_whoever_is_barred(barred, lead: str, supervisor: str):
    found = route(
        ROUTING, "410329", "coal_mines", "retaliation", on=date(2026, 3, 1), barred=barred
    )
    assert (found.lead, found.supervisor) == (lead, supervisor)
    assert set(barred).isdisjoint({*found.co_handlers, *found.copies, found.discipline})


def test_nobody_is_left_where_all_are_barred():
    with pytest.raises(NoOfficeLeftError):
        route(
            ROUTING, "410329", "coal_mines", "retaliation",
            on=date(2026, 3, 1), barred=(RSJ, AWB, CITY),
        )  # fmt: skip


@pytest.mark.parametrize("kept_out", [{"barred": [AWB]}, {"barred": [YJJ], "about": AWB}])
def test_no_rung_of_the_ladder_brings_it_before_an_office_that_is_kept_out(china, kept_out):
    """Where the office above has no key, the lead is its own supervisor; above stands AWB."""
    alone = {"lead": RSJ, "supervisor": RSJ, "offices": [RSJ]}
    clock = protect(begun(**alone), china, "2026-03-10")
    for rung in ("head", "supervisor", "committee", "assessment"):
        assert addressee(begun(**alone, **kept_out).case, clock, rung, AWB) == RSJ
    assert addressee(begun(**alone).case, clock, "committee", AWB) == AWB


# ---- measures and their clock ----------------------------------------------------------------


def test_the_clock_runs_from_receipt_for_five_working_days(china: WorkCalendar):
    story = begun()
    assert (was_reported(story.case), is_open(story.case)) == (True, True)
    running = protect(story, china, "2026-03-06")
    assert (running.state, str(running.due.due_on)) == (ClockState.RUNNING, "2026-03-06")
    assert protect(story, china, "2026-03-07").state is ClockState.OVERDUE
    story.tell("protection.ordered", HELPER)
    assert protect(story, china, "2026-03-07").state is not ClockState.OVERDUE
    assert not is_open(story.case)


@pytest.mark.parametrize(
    ("kind", "who"), [("protection.ordered", HELPER), ("protection.declined", HEAD)]
)
def test_a_measure_or_a_decision_that_none_is_needed_meets_it(china: WorkCalendar, kind, who):
    story = begun().tell(kind, who, at="2026-03-03T02:00:00Z")
    assert protect(story, china, "2026-03-04").state is ClockState.MET


def test_what_is_not_accepted_needs_no_measure(china: WorkCalendar):
    story = begun().tell("refusal.proposed", HELPER).tell("report.refused", HEAD)
    assert protect(story, china, "2026-03-23").state not in (ClockState.RUNNING, ClockState.OVERDUE)


def test_that_none_is_needed_the_head_decides_and_only_once():
    story = begun()
    with pytest.raises(NotPermittedError):
        story.tell("protection.declined", HELPER)
    story.tell("protection.declined", SUPERVISOR)
    with pytest.raises(WrongStateError):
        story.tell("protection.declined", HEAD)
    # A measure may still be found necessary; told of again, it is decided on again.
    story.tell("protection.ordered", HELPER)
    story.tell("milestone.recorded", HELPER, milestone="retaliation_reported", document="信1号")
    assert is_open(story.case)
    story.tell("protection.declined", HEAD)


def test_measures_stand_until_they_are_ended():
    story = begun().tell("protection.ordered", HELPER, until="2026-03-22")
    assert [(one.measure, one.document, one.until) for one in standing(story.case)] == [
        ("stop", PAPER, "2026-03-22")
    ]
    with pytest.raises(AlreadyDoneError):
        story.tell("protection.ordered", HEAD)
    story.tell("protection.ordered", HEAD, measure="police")
    with pytest.raises(WrongStateError):
        story.tell("protection.ended", HELPER, asked=1)
    story.tell("protection.ended", HELPER, asked=2)
    assert [one.measure for one in standing(story.case)] == ["police"]
    assert story.case.protections[0].ended_on == "2026-03-22"
    with pytest.raises(WrongStateError):
        story.tell("protection.ended", HELPER, asked=2)
    assert lasts(story.case)
    story.tell("protection.ended", SUPERVISOR, asked=3)
    assert not lasts(story.case)
    story.tell("protection.ordered", HELPER)  # ended, it may be ordered anew


@pytest.mark.parametrize(
    ("fact", "changed"),
    [
        ("document", {"document": "  "}),
        ("until", {"until": "2026-03-21"}),
        ("measure", {"measure": "guard"}),
    ],
)
def test_a_measure_has_a_paper_a_kind_and_no_day_that_is_over(fact: str, changed):
    with pytest.raises(BadActError) as refusal:
        begun().tell("protection.ordered", HELPER, **changed)
    assert refusal.value.fact == fact


def test_without_retaliation_there_is_nothing_to_protect_from():
    story = begin()
    for kind, who in (("protection.ordered", OFFICER), ("protection.declined", LEADER)):
        with pytest.raises(WrongStateError):
            story.tell(kind, who)
    told = story.tell(
        "milestone.recorded", OFFICER, milestone="retaliation_reported", document="信1号"
    )
    assert is_open(told.case)
    told.tell("protection.ordered", OFFICER)


@pytest.mark.parametrize("who", [REPORTER, JOBS, CITY_HEAD, person("j", JW, "officer", "leader")])
@pytest.mark.parametrize(
    "kind", ["protection.ordered", "protection.declined", "protection.ended"]
)  # fmt: skip
def test_nobody_else_decides_on_protection(who, kind: str):
    with pytest.raises(NotPermittedError):
        begun().tell("protection.ordered", HELPER).tell(kind, who)


def test_a_case_is_not_closed_before_somebody_decided():
    story = begun(lead=YJJ, offices=[YJJ, AWB], barred=[ZJJ]).concluded("unsubstantiated")
    story.tell("message.sent", OFFICER, about="result")
    assert missing(story.case) == ("protection_open",)
    assert missing(story.tell("protection.declined", LEADER).case) == ()
