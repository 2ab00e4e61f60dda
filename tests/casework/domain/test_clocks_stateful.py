"""Whatever is done in whatever order, on whatever days: no open case is without a running
clock, and no department stops a clock that binds it.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import chinese_calendar
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.strategies import integers, sampled_from

from case_story import AWB, JOBS, REPORTER, YJJ, Person, begin, person
from casework.domain.calendar import CalendarRow, DayKind, WorkCalendar
from casework.domain.case import AskState, Case, Extension, Standstill, State
from casework.domain.clock_kinds import KINDS
from casework.domain.closing import missing
from casework.domain.errors import CaseworkError
from casework.domain.ladder import next_step, rungs_of
from casework.domain.milestone import MILESTONES
from casework.domain.objection import handlers, pending
from casework.domain.report import replay
from casework.domain.running import ClockState, Running, clock_of, clocks_of
from casework.domain.satisfaction import ANSWERS, due_callback, question
from clock_policy import clock_policy

POLICY = clock_policy()
CALENDAR = WorkCalendar(
    CalendarRow(day, kind)
    for days, kind in (
        (chinese_calendar.constants.holidays, DayKind.HOLIDAY),
        (chinese_calendar.constants.workdays, DayKind.WORKDAY),
    )
    for day in days
    if day.year in (2025, 2026)
)
ZJJ = "410329-zjj"
PEOPLE = tuple(
    person(f"{office}-{number}", office, "officer", "leader", "supervisor")
    for office in (YJJ, ZJJ, AWB)
    for number in (1, 2)
)
OPEN = (State.RECEIVED, State.ACCEPTED, State.CONCLUDED)
FOR_OTHERS = {"delisted"}  # never said by who is bound
PASSED_ON = {"sign_in"}  # begins anew for whoever takes the case over
APPROVER = sampled_from(("leader", "supervisor"))
FIRST = sampled_from(range(len(PEOPLE)))
LEADS = ((YJJ, AWB), (ZJJ, AWB), (AWB, AWB))


class AnyDays(RuleBasedStateMachine):
    """Acts by anybody on any day; the jobs process comes by every midnight, or days later."""

    def __init__(self) -> None:
        super().__init__()
        self.story = begin()
        self.now = datetime(2026, 3, 1, 1, tzinfo=UTC)
        self.orders = 0

    @property
    def case(self) -> Case:
        return self.story.case

    def clocks(self) -> tuple[Running, ...]:
        return clocks_of(self.case, POLICY, calendar=CALENDAR, now=self.now)

    def civil(self) -> str:
        return (self.now + timedelta(hours=8)).date().isoformat()

    def attempt(self, kind: str, who: Person, /, **facts: object) -> bool:
        """Try an act; hold it against the promise that nobody stops a clock that binds them."""
        before, running = self.case, [one for one in self.clocks() if one.running]
        try:
            self.story.tell(kind, who, at=self.now.strftime("%Y-%m-%dT%H:%M:%SZ"), **facts)
        except CaseworkError:
            assert self.case is before
            return False
        if who.office == before.lead:
            for one in running:
                if one.office == before.lead:
                    self.not_stopped(one, kind)
        return True

    def anybody(self, kind: str, first: int, /, **facts: object) -> bool:
        """Let everybody try, from *first* on, until somebody may."""
        people = (*PEOPLE[first:], *PEOPLE[:first])
        return any(self.attempt(kind, who, **facts) for who in people)

    def not_stopped(self, one: Running, kind: str) -> None:
        after = clock_of(self.clocks(), one.key, one.since)
        assert after is not None, (kind, one)
        if after.ended is not None:
            kinds = KINDS[one.key]
            fulfilled = after.ended.name in kinds.stops
            # Somebody who had no hand in it may have it redone, where nobody is above them.
            # Merged, the clocks of the case that it joins count, which end no later.
            passed_on = kind == "report.transferred" and one.key in PASSED_ON
            to_above = kind == "report.transferred" and self.case.lead == self.case.supervisor
            ended = passed_on or to_above or kind in ("review.decided", "case.merged")
            assert fulfilled or ended, (kind, one.key)
            assert after.ended.name not in FOR_OTHERS
            return
        assert after.due.due_on <= one.due.due_on, (kind, one.key)
        assert after.state is not ClockState.PAUSED or one.state is ClockState.PAUSED, kind

    def sweep(self) -> None:
        for key, since in [(one.key, one.since) for one in self.clocks()]:
            for _ in range(40):
                clock = clock_of(self.clocks(), key, since)
                assert clock is not None
                step = next_step(
                    self.case, clock, ladder=POLICY.ladder, calendar=CALENDAR, now=self.now
                )
                if step is None:
                    break
                assert self.attempt(step.kind, JOBS, **self.completed(step.kind, step.facts)), step
            else:
                raise AssertionError("the ladder has no end")

    def completed(self, kind: str, facts: Mapping[str, object]) -> dict[str, object]:
        """What the service adds: the days that policy and calendar give."""
        today = date.fromisoformat(self.civil())
        if kind == "report.deemed_accepted":
            due = (today + timedelta(days=30)).isoformat()
            return {"accepted_on": today.isoformat(), "verify_due_on": due}
        if kind == "pause.ended":
            return {**facts, "due_on": self.verify_end()}
        return dict(facts)

    def verify_end(self) -> str:
        found = [one for one in self.clocks() if one.key == "verify"]
        return found[-1].due.due_on.isoformat() if found else self.civil()

    @initialize(lead=sampled_from(LEADS), how_far=integers(0, 3))
    def begin_somewhere(self, lead: tuple[str, str], how_far: int) -> None:
        """Not every run has to find its own way to the later turns."""
        if lead[0] != self.case.lead:
            self.transfer(0, lead)
        if how_far > 0:
            self.accept(0)
        if how_far > 1:
            self.find(0)
        if how_far > 2:
            self.answer_the_reporter(0)
            self.close(0)

    # ---- what people do

    @rule(days=integers(1, 6))
    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.sweep()

    @rule(first=FIRST)
    def accept(self, first: int) -> None:
        due = (date.fromisoformat(self.civil()) + timedelta(days=30)).isoformat()
        self.anybody("report.accepted", first, accepted_on=self.civil(), verify_due_on=due)

    @rule(first=FIRST, to=sampled_from(LEADS))
    def transfer(self, first: int, to: tuple[str, str]) -> None:
        self.anybody("report.transferred", first, lead=to[0], supervisor=to[1])

    @rule(first=FIRST)
    def find(self, first: int) -> None:
        self.anybody("finding.recorded", first, concluded_on=self.civil())

    @rule(first=FIRST)
    def answer_the_reporter(self, first: int) -> None:
        about = {"about": "result"} if self.case.finding else {}
        self.anybody("message.sent", first, **{"from": "office"} | about)

    @rule(first=FIRST, name=sampled_from(sorted(MILESTONES)))
    def milestone(self, first: int, name: str) -> None:
        self.anybody("milestone.recorded", first, milestone=name, document="文〔2026〕1号")

    @rule(first=FIRST, pick=integers(0, 20), value=integers(1, 30))
    def ask_for_time(self, first: int, pick: int, value: int) -> None:
        clock = self.some_clock(pick)
        if clock and clock.extended + value <= 60:  # the service goes by the policy
            self.anybody(
                "extension.requested",
                first,
                clock=clock.key,
                since=clock.since,
                value=value,
                was=clock.due.due_on.isoformat(),
            )

    @rule(first=FIRST, grant=sampled_from(("granted", "refused")))
    def decide_time(self, first: int, grant: str) -> None:
        waiting = [one for one in self.case.extensions if one.state is AskState.REQUESTED]
        if waiting:
            one = waiting[0]
            due = date.fromisoformat(one.was) + timedelta(days=one.value)
            more = {"due_on": due.isoformat()} if grant == "granted" else {"due_on": None}
            self.anybody(f"extension.{grant}", first, asked=one.ordinal, **more)

    @rule(
        first=FIRST,
        pick=integers(0, 20),
        wait=integers(0, 5),
        role=APPROVER,
    )
    def ask_for_pause(self, first: int, pick: int, wait: int, role: str) -> None:
        if clock := self.some_clock(pick):
            used = clock.paused_days
            begins = date.fromisoformat(self.civil()) + timedelta(days=wait)
            last = begins + timedelta(days=min(20, 59 - used))
            self.anybody(
                "pause.requested",
                first,
                clock=clock.key,
                since=clock.since,
                first=begins.isoformat(),
                until=last.isoformat(),
                approver_role=role,
            )

    @rule(first=FIRST, deed=sampled_from(("granted", "refused", "ended")))
    def decide_pause(self, first: int, deed: str) -> None:
        for one in self.case.standstills:
            ended = {"on": self.civil(), "due_on": self.verify_end()}
            more = ended if deed == "ended" else {"on": None, "due_on": None}
            if self.anybody(f"pause.{deed}", first, asked=one.ordinal, **more):
                return

    @rule(first=FIRST, kind=sampled_from(("urge", "order", "listing")))
    def order(self, first: int, kind: str) -> None:
        self.orders += 1
        number = f"伊督〔2026〕{self.orders}号"
        given = {"order": f"o{self.orders}", "number": number, "kind": kind}
        self.anybody("order.issued", first, **given)

    @rule(first=FIRST, then=FIRST, lead=sampled_from(LEADS))
    def list_and_pass_on(self, first: int, then: int, lead: tuple[str, str]) -> None:
        self.order(first, "listing")
        self.transfer(then, lead)

    @rule(first=FIRST)
    def answer_order(self, first: int) -> None:
        for one in self.case.orders:
            self.anybody("order.answered", first, order=one.id)

    @rule(first=FIRST)
    def acknowledge(self, first: int) -> None:
        for step in set(self.case.escalated) - set(self.case.acknowledged):
            instance, rung = step.split("/")
            key, since = instance.split(".")
            self.anybody("step.acknowledged", first, clock=key, since=int(since), rung=rung)

    @rule(first=FIRST)
    def close(self, first: int) -> None:
        self.anybody("closing.proposed", first)
        self.anybody("case.closed", first, closed_on=self.civil())

    @rule(first=FIRST, outcome=sampled_from(("fixed", "not_fixed")))
    def rectify(self, first: int, outcome: str) -> None:
        """Order, put right and look again: whatever of it comes next."""
        document = {"document": "文〔2026〕1号"}
        self.anybody("rectification.ordered", first, **document)
        for name, more in (("rectified", {}), ("rechecked", {"outcome": outcome})):
            self.anybody("milestone.recorded", first, milestone=name, **document, **more)

    @rule(first=FIRST, outcome=sampled_from(("kept", "redo")))
    def object_and_review(self, first: int, outcome: str) -> None:
        """The reporter objects while the right runs; somebody with no hand in it decides."""
        for one in self.clocks():
            if one.key == "object" and one.running:
                until = one.due.due_on.isoformat()
                self.attempt("objection.filed", REPORTER, since=one.since, until=until)
        self.review(first, outcome)

    @rule(first=FIRST, answer=sampled_from(ANSWERS), outcome=sampled_from(("kept", "redo")))
    def ask_and_review(self, first: int, answer: str, outcome: str) -> None:
        """The reporter answers what was asked last, be it months after closing."""
        today = date.fromisoformat(self.civil())
        if (month := due_callback(self.case, today)) is not None:
            assert self.attempt("callback.asked", JOBS, month=month, on=self.civil())
        if (asked := question(self.case)) is not None:
            self.attempt("satisfaction.given", REPORTER, month=asked, answer=answer)
        self.review(first, outcome)

    def review(self, first: int, outcome: str) -> None:
        if (asked := pending(self.case)) is None:
            return
        due = (date.fromisoformat(self.civil()) + timedelta(days=30)).isoformat()
        new = {"verify_due_on": due if outcome == "redo" else None}
        if self.anybody("review.decided", first, asked=asked, outcome=outcome, **new):
            decider = self.case.reviews[-1].decider
            assert decider not in handlers(self.case)
            if outcome == "redo":
                assert (self.case.state, self.case.finding) == (State.ACCEPTED, None)
                [anew] = [one for one in self.clocks() if one.key == "verify" and one.running]
                assert (anew.since, anew.office) == (self.case.events, self.case.lead)

    @rule(first=FIRST, days=integers(0, 30), back=sampled_from((True, False)))
    def merge_and_undo(self, first: int, days: int, back: bool) -> None:
        """Joined to another case no clock runs; undone each runs from its own first day."""
        before = {one.instance: (one.started, one.office) for one in self.clocks()}
        if not self.anybody("case.merged", first):
            return
        assert [one.key for one in self.clocks() if one.running] == []
        if back:
            self.now += timedelta(days=days)
            self.sweep()
            assert [one.key for one in self.clocks() if one.running] == []
            assert self.anybody("merge.undone", first)
            assert {one.instance: (one.started, one.office) for one in self.clocks()} == before
            self.sweep()

    @rule(first=FIRST)
    def undo_a_merge(self, first: int) -> None:
        if self.anybody("merge.undone", first):
            self.sweep()

    @rule(first=FIRST)
    def be_joined(self, first: int) -> None:
        if self.anybody("merge.joined", first):
            assert self.case.state in (State.ACCEPTED, State.CONCLUDED)

    @rule(first=FIRST)
    def be_left(self, first: int) -> None:
        self.anybody("merge.left", first)

    @rule()
    def urge(self) -> None:
        self.attempt("report.urged", REPORTER, urged_on=self.civil())

    # Pairs that seldom meet by chance.

    @rule(first=FIRST, then=FIRST)
    def ask_for_time_and_grant_it(self, first: int, then: int) -> None:
        self.ask_for_time(first, 0, 20)
        self.decide_time(then, "granted")

    @rule(first=FIRST, then=FIRST)
    def list_and_delist(self, first: int, then: int) -> None:
        self.order(first, "listing")
        self.milestone(then, "delisted")

    def some_clock(self, pick: int) -> Running | None:
        """A running clock that the policy lets be lengthened and paused: only such are offered."""
        found = [one for one in self.clocks() if one.running and one.rule.pause is not None]
        return found[pick % len(found)] if found else None

    # ---- what must hold

    @invariant()
    def an_open_case_has_a_running_clock_that_binds_its_department(self) -> None:
        if self.case.state in OPEN:
            bound = [one for one in self.clocks() if one.running and one.office == self.case.lead]
            assert bound, self.case.state

    @invariant()
    def nothing_is_closed_that_is_not_done_or_by_who_proposed_it(self) -> None:
        if self.case.state is State.CLOSED and self.story.acts[-1].kind == "case.closed":
            assert not missing(self.case)
            assert self.case.closed_by not in {one.proposer for one in self.case.closings[-1:]}
            assert self.case.closed_by not in self.case.investigators

    @invariant()
    def a_case_has_an_owner(self) -> None:
        assert self.case.lead in {who.office for who in PEOPLE}

    @invariant()
    def no_step_is_taken_twice(self) -> None:
        case = self.case
        for steps in (case.reminded, case.overdue, case.escalated, case.acknowledged):
            assert len(steps) == len(set(steps))

    @invariant()
    def a_pause_of_the_department_was_granted_by_another(self) -> None:
        office = {who.account: who.office for who in PEOPLE}
        asked: tuple[Standstill | Extension, ...] = (*self.case.standstills, *self.case.extensions)
        granted = [one for one in asked if one.state in (AskState.GRANTED, AskState.ENDED)]
        for one in granted:
            assert one.decider != one.requester
            assert office[one.decider] == AWB

    def teardown(self) -> None:
        """A year later every clock that is still not met has climbed the whole ladder."""
        self.now += timedelta(days=300)
        self.sweep()
        for clock in self.clocks():
            if clock.state is ClockState.OVERDUE:
                assert rungs_of(self.case, clock, POLICY.ladder, CALENDAR) == ()
        assert replay("report1", self.story.acts) == self.case


TestAnyDays = AnyDays.TestCase
TestAnyDays.settings = settings(
    max_examples=80,
    stateful_step_count=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
