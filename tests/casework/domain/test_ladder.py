"""The ladder: each step on its day, each once, none for rights, and late rungs in order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from case_story import AWB, CITY, JOBS, LEADER, OFFICER, SUPERVISOR, YJJ, Story, person
from casework.domain.calendar import WorkCalendar
from casework.domain.errors import AlreadyDoneError, NotPermittedError, WrongStateError
from casework.domain.ladder import NEVER, Step, next_at, next_step
from casework.domain.policy_rules import Policy
from casework.domain.running import clocks_of
from clock_policy import clock_policy

POLICY = clock_policy()
MIDNIGHT = timedelta(hours=-8)  # of China


def night(day: str) -> datetime:
    """Return the instant at which a day begins in China."""
    return datetime.fromisoformat(day).replace(tzinfo=UTC) + MIDNIGHT


def step(
    story: Story, china: WorkCalendar, now: datetime, key: str = "verify", policy: Policy = POLICY
) -> Step | None:
    """Return the next step of the newest clock of a kind."""
    found = clocks_of(story.case, policy, calendar=china, now=now)
    clock = [one for one in found if one.key == key][-1]
    ladder = policy.ladder
    taken = next_step(story.case, clock, ladder=ladder, calendar=china, now=now, superior=CITY)
    when = next_at(story.case, clock, ladder=ladder, calendar=china, now=now)
    assert (when <= now) == (taken is not None), (when, taken)
    return taken


def climb(story: Story, china: WorkCalendar, now: datetime, key: str = "verify") -> list[str]:
    """Take every step that is due; return what each was."""
    done = []
    while taken := step(story, china, now, key):
        facts = dict(taken.facts)
        if taken.kind == "pause.ended":
            facts["due_on"] = "2026-05-31"
        story.tell(taken.kind, JOBS, at=now.strftime("%Y-%m-%dT%H:%M:%SZ"), **facts)
        done.append(str(facts.get("stage") or facts.get("rung") or taken.kind))
    return done


def test_each_step_of_verification_comes_on_its_day_and_once(story: Story, china: WorkCalendar):
    """Accepted on 2 March 2026, due on 1 April, a Wednesday."""
    story.accepted()
    told = {}
    day = datetime(2026, 3, 2, tzinfo=UTC)
    while day < datetime(2026, 5, 10, tzinfo=UTC):
        now = day + MIDNIGHT
        if done := climb(story, china, now):
            told[f"{day:%m-%d}"] = done
        assert climb(story, china, now) == []
        day += timedelta(days=1)
    assert told == {
        "03-17": ["50%"],
        "03-25": ["T-7"],
        "03-26": ["80%"],
        "03-29": ["T-3"],
        "03-31": ["T-1"],
        "04-01": ["100%"],
        "04-02": ["clock.overdue", "head", "supervisor"],
        "04-09": ["listing"],  # Qingming, 4 to 6 April, left out
        "04-16": ["committee"],
        "04-30": ["assessment"],
    }


def test_after_a_week_of_standstill_every_rung_is_climbed_and_the_latest_reminder_given(
    story: Story, china: WorkCalendar
):
    story.accepted()
    assert climb(story, china, night("2026-03-30")) == ["T-3"]
    assert climb(story, china, night("2026-04-10")) == [
        "clock.overdue", "head", "supervisor", "listing",
    ]  # fmt: skip


def test_who_is_told_which_rung(story: Story, china: WorkCalendar):
    story.accepted()
    climb(story, china, night("2026-05-10"))
    rungs = {
        act.facts["rung"]: act.facts["to"] for act in story.acts if act.kind == "case.escalated"
    }
    assert rungs == {
        "head": YJJ, "supervisor": AWB, "listing": AWB, "committee": CITY, "assessment": CITY,
    }  # fmt: skip


def test_met_in_time_it_climbs_nothing(story: Story, china: WorkCalendar):
    story.concluded()
    assert step(story, china, night("2026-12-01")) is None


def test_a_right_is_never_overdue(story: Story, china: WorkCalendar):
    story.concluded().tell("message.sent", OFFICER, **{"from": "office", "about": "result"})
    assert step(story, china, night("2026-12-01"), "object") is None


def test_not_accepted_in_time_counts_as_accepted(story: Story, china: WorkCalendar):
    assert step(story, china, night("2026-03-16"), "accept") is None
    late = night("2026-03-17")
    overdue = step(story, china, late, "accept")
    assert overdue is not None
    story.tell(overdue.kind, JOBS, **overdue.facts)
    assert step(story, china, late, "accept") == Step("report.deemed_accepted", {})
    story.tell("report.deemed_accepted", JOBS, at="2026-03-16T16:00:00Z")
    assert step(story, china, late, "accept") is None


def test_what_is_on_the_list_is_not_listed_for_its_listing(story: Story, china: WorkCalendar):
    story.tell("order.issued", SUPERVISOR, order="o1", number="1", kind="listing")
    names = climb(story, china, night("2026-12-01"), "listing")
    assert names == ["clock.overdue", "head", "supervisor", "committee", "assessment"]


def test_hours_are_reminded_and_run_out_by_the_minute(story: Story, china: WorkCalendar):
    story.tell("milestone.recorded", OFFICER, milestone="accident_known")  # 22 March, 08:00 UTC

    def at(day: int, hour: int, minute: int = 0, second: int = 0) -> list[str]:
        now = datetime(2026, 3, day, hour, minute, second, tzinfo=UTC)
        return climb(story, china, now, "accident_entry")

    assert at(22, 19, 59) == []
    assert at(22, 20) == ["50%"]
    assert at(23, 3, 11) == []
    assert at(23, 3, 12) == ["80%"]
    assert at(23, 8) == []
    assert at(23, 8, 0, 1) == ["clock.overdue"]


def test_a_pause_that_nobody_ends_is_ended(story: Story, china: WorkCalendar):
    story.accepted().tell("pause.requested", OFFICER).tell("pause.granted", SUPERVISOR)
    assert climb(story, china, night("2026-05-20")) == []
    assert climb(story, china, night("2026-05-21"))[0] == "pause.ended"
    assert story.case.standstills[0].last == "2026-05-20"


def test_a_finding_during_a_pause_ends_the_pause(story: Story, china: WorkCalendar):
    story.accepted().tell("pause.requested", OFFICER).tell("pause.granted", SUPERVISOR)
    story.tell("finding.recorded", OFFICER, at="2026-03-24T08:00:00Z")
    taken = step(story, china, night("2026-03-25"))
    assert taken is not None
    assert taken.kind == "pause.ended"


def test_what_is_over_is_never_looked_at_again(story: Story, china: WorkCalendar):
    story.accepted()
    now = night("2026-12-01")
    climb(story, china, now)
    found = clocks_of(story.case, POLICY, calendar=china, now=now)
    [clock] = [one for one in found if one.key == "verify"]
    assert next_at(story.case, clock, ladder=POLICY.ladder, calendar=china, now=now) == NEVER


@pytest.mark.parametrize("hours", [0, 24])
def test_a_rung_may_come_hours_after_the_end(story: Story, china: WorkCalendar, hours: int):
    policy = clock_policy(**{'after = 1\nunit = "day"': f'after = {hours}\nunit = "hour"'})
    alone = replace(policy, own_ladder=policy.own_ladder[:1])
    story.tell("milestone.recorded", OFFICER, milestone="accident_known")
    end = datetime(2026, 3, 23, 8, 0, 1, tzinfo=UTC)
    story.tell(
        "clock.overdue", JOBS, clock="accident_entry", since=2, due_on="2026-03-23",
        on="2026-03-23", at="2026-03-23T08:00:01Z",
    )  # fmt: skip
    before = end + timedelta(hours=hours) - timedelta(seconds=1)
    if hours:
        assert step(story, china, before, "accident_entry", alone) is None
    taken = step(story, china, end + timedelta(hours=hours), "accident_entry", alone)
    assert taken is not None
    assert taken.facts["rung"] == "head"


def test_each_rung_is_acknowledged_by_its_addressee_once(story: Story, china: WorkCalendar):
    story.accepted()
    climb(story, china, night("2026-04-02"))
    verify = {"clock": "verify", "since": 2}
    with pytest.raises(NotPermittedError):
        story.tell("step.acknowledged", SUPERVISOR, rung="head", **verify)
    with pytest.raises(NotPermittedError):
        story.tell("step.acknowledged", LEADER, rung="supervisor", **verify)
    story.tell("step.acknowledged", LEADER, rung="head", **verify)
    story.tell("step.acknowledged", SUPERVISOR, rung="supervisor", **verify)
    assert story.case.acknowledged == ("verify.2/head", "verify.2/supervisor")
    with pytest.raises(AlreadyDoneError):
        story.tell("step.acknowledged", LEADER, rung="head", **verify)
    with pytest.raises(WrongStateError):
        story.tell("step.acknowledged", SUPERVISOR, rung="listing", **verify)


def test_the_head_of_a_review_is_that_of_the_office_above(story: Story, china: WorkCalendar):
    story.concluded().tell("message.sent", OFFICER, **{"from": "office", "about": "result"})
    story.tell(
        "milestone.recorded", SUPERVISOR, milestone="objection_received", document="异〔2026〕1号"
    )
    climb(story, china, night("2026-04-22"), "review")
    review = {"clock": "review", "since": 5, "rung": "head"}
    with pytest.raises(NotPermittedError):
        story.tell("step.acknowledged", LEADER, **review)
    assert story.tell("step.acknowledged", SUPERVISOR, **review).case.acknowledged


def test_an_office_without_a_leader_acknowledges_by_its_supervisor(
    story: Story, china: WorkCalendar
):
    story.tell("report.transferred", SUPERVISOR, lead=AWB, supervisor=AWB)
    other = person("s2", AWB, "supervisor")
    story.tell("report.accepted", other)
    climb(story, china, night("2026-04-02"))
    story.tell("step.acknowledged", other, clock="verify", since=3, rung="head")
