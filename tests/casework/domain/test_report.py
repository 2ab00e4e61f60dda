"""The road of a case: every row of the table, who may, who may not, and in which state."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from case_story import (
    APPROVER,
    AWB,
    CASHIER,
    CITY,
    FACTS,
    JOBS,
    LEADER,
    OFFICER,
    OFFICER_2,
    RECEIVED,
    REPORTER,
    SHA,
    SUPERVISOR,
    YJJ,
    Person,
    Story,
    person,
)
from casework.domain.act_facts import FORMS
from casework.domain.case import Act, AwardState, Finding, ReleaseState, State
from casework.domain.case_turns import InterferenceNote
from casework.domain.errors import (
    AccusedOfficeError,
    AlreadyDoneError,
    AwardExistsError,
    BadActError,
    NotPermittedError,
    SeparationError,
    StaleActError,
    UnknownActError,
    WrongStateError,
)
from casework.domain.report import TRANSITIONS, advance, allowed_kinds, open_case, replay

Begin = Callable[..., Story]
HELPER = "410329-jtj"
JW = "410329-jw"


def test_the_whole_road_ends_paid_and_closed_and_replays_to_the_same_case(story: Story):
    story.paid().proposed().tell("case.closed", LEADER)
    assert story.case.state is State.CLOSED
    assert story.case.finding is Finding.SUBSTANTIATED
    assert story.case.award is not None
    assert story.case.award.state is AwardState.PAID
    assert story.case.releases["r1"].state is ReleaseState.OPENED
    assert story.case.events == len(story.acts) == 14
    assert replay("report1", story.acts) == story.case


def test_every_kind_of_act_has_its_facts_and_its_row():
    assert set(FORMS) - {"report.received"} == set(TRANSITIONS)


def test_an_unknown_kind_and_a_second_receipt_are_refused(story: Story):
    for kind in ("report.burnt", "report.received"):
        with pytest.raises(UnknownActError):
            story.tell(kind, OFFICER)


@pytest.mark.parametrize("ordinal", [0, 1, 3])
def test_an_act_that_is_not_the_next_one_is_stale(story: Story, ordinal: int):
    act = replace(story.act("report.accepted", OFFICER), ordinal=ordinal)
    with pytest.raises(StaleActError) as refusal:
        advance(story.case, act)
    assert (refusal.value.expected, refusal.value.given) == (2, ordinal)


@pytest.mark.parametrize("at", ["2026-03-22", "2026-03-22T08:00:00", "2026-13-01T00:00:00Z", ""])
def test_an_act_needs_its_instant(story: Story, at: str):
    with pytest.raises(BadActError) as refusal:
        story.tell("report.accepted", OFFICER, at=at)
    assert refusal.value.fact == "at"


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_each_missing_unknown_or_misshapen_fact_is_named(kind: str, story: Story):
    who = next(iter(TRANSITIONS[kind].who))
    actor = (
        Person(who.role)
        if who.role in ("reporter", "jobs")
        else person(
            "somebody",
            {"supervisor": AWB, "above": AWB, "helps": HELPER, "discipline": JW, "copied": JW}.get(
                who.place, YJJ
            ),
            who.role,
        )
    )
    state = next(one for one in State if one in TRANSITIONS[kind].states - {State.REFUSED})
    case = replace(story.case, state=state, co_handlers=(HELPER,), discipline=JW)
    case = replace(case, interference=(InterferenceNote(1, "x", (YJJ,), "2026-03-01"),))
    for name, form in FORMS[kind].items():
        good = {key: value for key, value in FACTS[kind].items() if value is not None}
        cases: list[dict[str, object]] = [{**good, name: object()}, {**good, name: 1.5}]
        if not form.optional:
            cases.append({key: value for key, value in good.items() if key != name})
        for facts in cases:
            with pytest.raises(BadActError) as refusal:
                advance(case, _act(kind, case.events + 1, actor, facts))
            assert refusal.value.fact == name
    with pytest.raises(BadActError) as refusal:
        advance(case, _act(kind, case.events + 1, actor, {**FACTS[kind], "colour": "red"}))
    assert refusal.value.fact == "colour"


def _act(kind: str, ordinal: int, who: Person, facts: dict[str, object]) -> Act:
    at = "2026-03-22T08:00:00Z"
    return Act(kind, ordinal, at, who.account, who.office, who.roles, facts)


# ---- receipt --------------------------------------------------------------------------------


def test_the_accused_office_is_never_among_those_who_receive(begun: Begin):
    with pytest.raises(AccusedOfficeError):
        begun(about=YJJ)
    with pytest.raises(AccusedOfficeError):
        begun(about=AWB)
    assert begun(about="410329-zjj").case.about == "410329-zjj"


@pytest.mark.parametrize("offices", [[AWB, YJJ], [YJJ], [YJJ, AWB, CITY], [YJJ, YJJ], []])
def test_the_offices_are_the_lead_and_then_its_supervisor(begun: Begin, offices: list[str]):
    with pytest.raises(BadActError) as refusal:
        begun(offices=offices)
    assert refusal.value.fact == "offices"


@pytest.mark.parametrize("name", sorted(set(RECEIVED) - {"about", "rule"}))
def test_a_report_without_one_of_its_facts_is_refused(name: str):
    facts = {key: value for key, value in RECEIVED.items() if key != name}
    with pytest.raises(BadActError) as refusal:
        open_case(facts, report_id="report1")
    assert refusal.value.fact == name


def test_a_replay_needs_the_receipt_first(story: Story):
    story.accepted()
    with pytest.raises(UnknownActError):
        replay("report1", story.acts[1:])
    with pytest.raises(UnknownActError):
        replay("report1", [])
    with pytest.raises(StaleActError):
        replay("report1", [replace(story.acts[0], ordinal=2)])
    with pytest.raises(BadActError):
        replay("report1", [replace(story.acts[0], at="2026-03-01T00:00:00Z")])


# ---- acceptance, refusal, transfer ----------------------------------------------------------


def test_acceptance_pins_the_policy_and_starts_the_clock(story: Story):
    case = story.accepted().case
    assert (case.state, case.policy_id, case.policy_sha256) == (
        State.ACCEPTED,
        "yichuan-2022",
        SHA,
    )
    assert str(case.verify_due_on) == "2026-04-01"


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        (OFFICER, True),
        (LEADER, True),
        (SUPERVISOR, False),
        (person("x", "410329-zjj", "officer"), False),
        (person("x", YJJ, "custodian"), False),
        (person("x", YJJ, "auditor"), False),
        (person("x", YJJ, "administrator"), False),
        (person("x", YJJ, "operator"), False),
        (person("x", "", "officer"), False),
        (REPORTER, False),
        (JOBS, False),
        (Person("nobody"), False),
    ],
)
def test_only_the_lead_office_accepts_or_proposes_not_to(begun: Begin, who: Person, allowed: bool):
    for kind in ("report.accepted", "refusal.proposed"):
        if allowed:
            begun().tell(kind, who)
        else:
            with pytest.raises(NotPermittedError):
                begun().tell(kind, who)


def test_the_supervising_office_accepts_what_it_leads_itself(begun: Begin):
    story = begun(lead=AWB, supervisor=CITY, offices=[AWB, CITY], rule="")
    story.tell("report.accepted", SUPERVISOR)
    assert story.case.accepted_by == "supervisor"


def test_a_report_is_not_accepted_before_it_came_nor_due_before_it_is_accepted(begun: Begin):
    with pytest.raises(BadActError, match="accepted_on"):
        begun().tell("report.accepted", OFFICER, accepted_on="2026-02-28")
    with pytest.raises(BadActError, match="verify_due_on"):
        begun().tell("report.accepted", OFFICER, verify_due_on="2026-03-01")


def test_a_transfer_changes_the_offices_and_neither_clock_nor_policy(story: Story):
    story.accepted().tell("report.transferred", SUPERVISOR)
    case = story.case
    assert (case.lead, case.offices) == ("410329-zjj", ("410329-zjj", AWB))
    assert str(case.verify_due_on) == "2026-04-01"
    assert case.state is State.ACCEPTED
    with pytest.raises(NotPermittedError):
        story.tell("finding.recorded", OFFICER)
    with pytest.raises(NotPermittedError):
        story.tell("report.read", OFFICER)


def test_a_transfer_to_the_accused_office_or_to_nobody_new_is_refused(begun: Begin):
    story = begun(about="410329-zjj")
    with pytest.raises(AccusedOfficeError):
        story.tell("report.transferred", SUPERVISOR)
    with pytest.raises(AccusedOfficeError):
        story.tell("report.transferred", SUPERVISOR, lead="410329-scjgj", supervisor="410329-zjj")
    with pytest.raises(BadActError, match="lead"):
        begun().tell("report.transferred", OFFICER, lead=YJJ)


def test_who_acted_as_supervisor_does_not_handle_the_case_below(begun: Begin):
    both = person("both", AWB, "supervisor")
    story = begun().tell("report.transferred", both)
    moved = person("both", "410329-zjj", "officer")
    with pytest.raises(SeparationError) as refusal:
        story.tell("report.accepted", moved)
    assert refusal.value.rule == "supervised"


def test_a_case_with_a_finding_is_no_longer_transferred(story: Story):
    with pytest.raises(WrongStateError):
        story.concluded().tell("report.transferred", SUPERVISOR)


def test_the_accused_office_may_not_act_whatever_its_roles(begun: Begin):
    story = begun(about="410329-zjj").agreed()
    accused = person("x", "410329-zjj", "officer", "leader", "supervisor", "approver", "custodian")
    for kind in ("report.read", "reward.approved", "release.refused", "case.closed"):
        with pytest.raises(AccusedOfficeError):
            story.tell(kind, accused)


# ---- reading and messages -------------------------------------------------------------------


def test_reading_changes_nothing_but_the_count_and_that_it_was_read(story: Story):
    before = story.case
    story.tell("report.read", OFFICER).tell("file.read", SUPERVISOR)
    assert story.case == replace(before, events=3, read=True)


def test_auditors_cashiers_and_custodians_read_no_report(story: Story):
    for role in ("auditor", "cashier", "custodian", "administrator", "approver", "finance"):
        with pytest.raises(NotPermittedError):
            story.tell("report.read", person("x", YJJ, role))


def test_a_message_says_from_which_side_it_comes(story: Story):
    story.tell("message.sent", OFFICER).tell("message.sent", REPORTER, **{"from": "reporter"})
    with pytest.raises(BadActError):
        story.tell("message.sent", REPORTER)
    with pytest.raises(BadActError):
        story.tell("message.sent", OFFICER, **{"from": "reporter"})


# ---- finding --------------------------------------------------------------------------------


@pytest.mark.parametrize("finding", ["unsubstantiated", "cannot_be_verified"])
def test_a_fine_needs_a_true_finding_and_a_decision_number(begun: Begin, finding: str):
    with pytest.raises(BadActError, match="fines_fen"):
        begun().accepted().tell("finding.recorded", OFFICER, finding=finding)
    with pytest.raises(BadActError, match="penalty_no"):
        begun().accepted().tell("finding.recorded", OFFICER, penalty_no="")
    begun().accepted().tell("finding.recorded", OFFICER, penalty_no="", fines_fen=[])


def test_a_finding_takes_only_what_an_investigator_knows(begun: Begin):
    good = {"matter": "concealed_accident", "accident": {"deaths": 4, "concealed_deaths": 4}}
    story = begun().accepted().tell("finding.recorded", OFFICER, facts=good)
    assert '"concealed_deaths":4' in story.case.finding_facts
    for bad, named in (
        ({"reporter": {"named": True}}, "facts.reporter"),
        ({"penalties_fen": [1]}, "facts.penalties_fen"),
        ({"accident": {"deaths": -1}}, "facts.accident.deaths"),
        ({"matter": "noise"}, "facts.matter"),
    ):
        with pytest.raises(BadActError) as refusal:
            begun().accepted().tell("finding.recorded", OFFICER, facts=bad)
        assert refusal.value.fact == named


def test_a_finding_may_be_corrected_until_an_award_that_rests_on_it_is_claimed(
    story: Story, begun: Begin
):
    story.concluded().tell(
        "finding.recorded", OFFICER_2, fines_fen=[10_000_000], concluded_on="2026-04-20"
    )
    # The first finding stopped the clock; a correction does not move that day.
    assert str(story.case.concluded_on) == "2026-03-20"
    assert story.case.investigators == {"officer", "officer2"}
    story.tell("reward.reserved", OFFICER).tell("finding.recorded", OFFICER)
    assert story.case.award is not None
    assert story.case.award.state is AwardState.COMPUTED
    with pytest.raises(AwardExistsError):
        begun().claimed().tell("finding.recorded", OFFICER)


# ---- clocks ---------------------------------------------------------------------------------


def test_only_the_jobs_process_moves_clocks_and_each_step_once(story: Story):
    story.accepted()
    with pytest.raises(NotPermittedError):
        story.tell("clock.overdue", SUPERVISOR)
    story.tell("clock.reminded", JOBS)
    with pytest.raises(AlreadyDoneError):
        story.tell("clock.reminded", JOBS)
    story.tell("clock.reminded", JOBS, stage="80%").tell("clock.overdue", JOBS)
    with pytest.raises(AlreadyDoneError):
        story.tell("clock.overdue", JOBS)
    story.tell("case.escalated", JOBS)
    with pytest.raises(AlreadyDoneError):
        story.tell("case.escalated", JOBS)
    assert story.case.reminded == ("verify.2/50%", "verify.2/80%")
    assert story.case.overdue == ("verify.2",)
    assert story.case.escalated == ("verify.2/supervisor",)


def test_a_case_is_overdue_the_day_after_its_last_day(story: Story):
    story.accepted()
    with pytest.raises(BadActError, match="on"):
        story.tell("clock.overdue", JOBS, on="2026-04-01")
    story.tell("clock.overdue", JOBS, on="2026-04-02")


def test_a_clock_that_does_not_run_cannot_run_out_and_one_in_time_is_not_escalated(begun: Begin):
    with pytest.raises(WrongStateError):
        begun().tell("clock.overdue", JOBS)
    with pytest.raises(WrongStateError):
        begun().concluded().tell("clock.overdue", JOBS)
    with pytest.raises(WrongStateError):
        begun().accepted().tell("case.escalated", JOBS)
    with pytest.raises(BadActError, match="clock"):
        begun().accepted().tell("clock.overdue", JOBS, clock="lunch")
    with pytest.raises(BadActError, match="rung"):
        begun().accepted().tell("clock.overdue", JOBS).tell("case.escalated", JOBS, rung="moon")


def test_whoever_opens_a_report_a_thousand_times_does_not_stop_its_clocks(begun: Begin):
    story = begun()
    for _ in range(1000):
        story.tell("report.read", OFFICER)
    story.tell("report.accepted", OFFICER)
    since = story.case.events
    assert since > 1000
    story.tell("clock.reminded", JOBS, since=since).tell("clock.overdue", JOBS, since=since)
    story.tell("case.escalated", JOBS, since=since)
    assert story.case.escalated == (f"verify.{since}/supervisor",)
    with pytest.raises(BadActError, match="since"):
        story.tell("clock.overdue", JOBS, since=0)


# ---- what a person may try ------------------------------------------------------------------


def test_the_buttons_are_those_that_could_work(begun: Begin):
    def kinds(story: Story, who: Person) -> set[str]:
        return set(allowed_kinds(story.case, actor=who.account, office=who.office, roles=who.roles))

    reading = {"report.read", "file.read", "release.requested", "release.opened", "recusal.noted",
               "interference.noted"}  # fmt: skip
    assert kinds(begun(), OFFICER) == reading | {
        "report.accepted",
        "refusal.proposed",
        "report.transferred",
        "case.merged",
        "copy.sent",
        "return.requested",
        "message.sent",
        "milestone.recorded",
        "extension.requested",
        "pause.requested",
    }
    assert "case.closed" not in kinds(begun().concluded(), LEADER)
    assert "case.closed" in kinds(begun().concluded().proposed(), LEADER)
    assert "reward.reserved" in kinds(begun().concluded(), OFFICER)
    assert "reward.reserved" not in kinds(begun().concluded("unsubstantiated"), OFFICER)
    assert "reward.reserved" not in kinds(begun().reserved(), OFFICER)
    assert kinds(begun().reserved(), APPROVER) == {
        "reward.approved",
        "reward.rejected",
        "reward.sent_back",
    }
    assert "reward.paid" in kinds(begun().claimed(), CASHIER)
    assert kinds(begun(about="410329-zjj"), person("x", "410329-zjj", "leader")) == set()
    assert kinds(begun().claimed(), person("x", AWB, "auditor")) == set()
