"""Cases as a living county has them, told through the rules: what benchmarks.seed copies.

Most are closed; of the open ones some are new, most are being verified, some wait to be
closed, a few are late. The jobs process has taken every step of theirs that was due, but for
those of a few that it will find, and for a block of cases that run out tomorrow: these
benchmarks.sweep measures.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Final

from casework.domain.calendar import WorkCalendar
from casework.domain.case import Act, Case
from casework.domain.ids import new_case_number, new_id
from casework.domain.ladder import NEVER, next_at, next_step
from casework.domain.legal_clock import clock_due
from casework.domain.policy import Policies
from casework.domain.policy_rules import Policy
from casework.domain.refusal_templates import OUT_OF_SCOPE, template_of
from casework.domain.report import advance, open_case
from casework.domain.routing import Routing
from casework.domain.running import clocks_of, day_of_moment, end_of, midnight
from casework.domain.satisfaction import due_callback, next_callback
from crypto.events import Event, SignedEvent

NOW: Final = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # Monday, 10:00 in Shanghai
TODAY: Final = date(2026, 3, 2)
MIDNIGHT: Final = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)  # when the next day begins
OFFICES: Final = 12
LARGE: Final = "410329-yjj"  # leads more than half of what is open
SIGNATURE: Final = bytes(64)  # nobody verifies a seed
ACCEPTED_AFTER: Final = (0, 0, 0, 0, 1, 1, 1, 3)
CONCLUDED_AFTER: Final = (2, 4, 6, 7, 8, 9, 10, 11, 12, 13, 16, 20, 26, 33)
FOUND: Final = ("substantiated", "partly", "unsubstantiated")


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of one case.

    Attributes:
        received: day on which it came in.
        accepted, concluded, closed: day of each; None where it has not come so far.
        refused: it is refused on the day *accepted*.
        found: what verification finds.
        swept: up to when the jobs process has looked at it.
    """

    lead: str
    received: date
    accepted: date | None = None
    concluded: date | None = None
    closed: date | None = None
    refused: bool = False
    found: str = "unsubstantiated"
    swept: datetime = NOW


@dataclass(slots=True)
class Told:
    """A case and its events.

    Attributes:
        opened: the case as it came in.
    """

    opened: Case
    case: Case
    events: list[SignedEvent] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells plans; *first* is a real report's first event, for the rows that it names."""

    site: str
    policies: Policies
    calendar: WorkCalendar
    routing: Routing
    first: Event

    def offices(self) -> tuple[str, ...]:
        """Return the departments that lead cases here, the large one first."""
        able = {rule.lead for rule in self.routing.rules.values()}
        above = {one.code for one in self.routing.departments.values() if one.kind == "supervisor"}
        others = sorted(able - above - {LARGE})
        return (LARGE, *others[: OFFICES - 1])

    def policy_of(self, case: Case, on: date) -> Policy:
        """Return the rules of a case."""
        if case.policy_id:
            return self.policies.get(case.policy_id)
        return self.policies.in_force(case.region, case.sector, on)

    def tell(self, plan: Plan) -> Told:
        """Tell one case from its receipt to where it stands."""
        story = _Story(self, plan)
        if plan.accepted:
            story.accept_or_refuse(plan.accepted)
        else:
            story.sign_in(plan.received)
        if plan.concluded:
            story.conclude(plan.concluded)
        if plan.closed:
            story.close(plan.closed)
        story.sweep(plan.swept)
        return story.told

    def next_look(self, case: Case) -> datetime:
        """Return when the sweep looks at a case again; at a right, when it ends."""
        policy = self.policy_of(case, case.received_on)
        looks = [NEVER]
        for clock in clocks_of(case, policy, calendar=self.calendar, now=NOW):
            when = partial(next_at, case, clock, ladder=policy.ladder, calendar=self.calendar)
            look = when(now=NOW)
            looks.append(end_of(clock.due) if look == NEVER and clock.running else look)
        return min(*looks, _called_back_at(case))


class _Story:
    def __init__(self, teller: Teller, plan: Plan) -> None:
        self._teller, self._plan = teller, plan
        rule = next(one for one in teller.routing.rules.values() if one.lead == plan.lead)
        supervisor = teller.routing.department(plan.lead).supervisor
        facts: dict[str, object] = {
            **teller.first.facts,
            "sector": rule.sector if rule.sector != "*" else "hazardous_chemicals",
            "lead": plan.lead,
            "supervisor": supervisor,
            "offices": [plan.lead, supervisor],
            "rule": rule.id,
            "received_on": plan.received.isoformat(),
            "case_number": new_case_number("410329", plan.received.year),
        }
        report = new_id()
        first = replace(
            teller.first, report=report, at=plan.received.isoformat(), facts=facts,  # type: ignore[arg-type]
        )  # fmt: skip
        case = open_case(facts, report_id=report)
        self.told = Told(case, case, [SignedEvent(first, b"")])
        self._swept = midnight(plan.received)

    def sign_in(self, on: date) -> None:
        """Take the report and ask its reporter something; it is not accepted yet."""
        self._officer("milestone.recorded", on, {"milestone": "signed_in", "document": ""})
        self._officer("message.sent", on, {"from": "office"})

    def accept_or_refuse(self, on: date) -> None:
        """Read it, then decide."""
        self._officer("report.read", on, {"sending": self._teller.first.facts["sending"]})
        if self._plan.refused:
            template = template_of(OUT_OF_SCOPE)
            assert template is not None
            facts: dict[str, object] = {"reason_code": OUT_OF_SCOPE, "basis": template.cite}
            self._officer("refusal.proposed", on, facts)
            asked = self.told.case.events
            told = {"reason_code": OUT_OF_SCOPE, "refused_on": on.isoformat(), "asked": asked}
            self._act("report.refused", on, told, "leader", hour=2)
            return
        case = self.told.case
        policy = self._teller.policies.in_force(case.region, case.sector, on)
        due = clock_due(policy, "verify", on, calendar=self._teller.calendar)
        self._officer(
            "report.accepted",
            on,
            {
                "policy": policy.id,
                "policy_sha256": policy.pin,
                "accepted_on": on.isoformat(),
                "verify_due_on": due.due_on.isoformat(),
            },
        )

    def conclude(self, on: date) -> None:
        """Record a finding and tell the reporter."""
        facts = {
            "finding": self._plan.found,
            "penalty_no": "",
            "fines_fen": [],
            "facts": {},
            "concluded_on": on.isoformat(),
            "basis": "documents",
        }
        self._officer("finding.recorded", on, facts)
        self._officer("message.sent", on, {"from": "office", "about": "result"})
        if self._plan.found != "unsubstantiated":
            given = {"milestone": "reward_declined", "document": "样〔2026〕1号"}
            self._officer("milestone.recorded", on, given)

    def close(self, on: date) -> None:
        """Propose it, then agree to it as the head."""
        self._officer("closing.proposed", on, {})
        facts = {"closed_on": on.isoformat(), "asked": self.told.case.closings[-1].ordinal}
        self._act("case.closed", on, facts, "leader", hour=8)

    def sweep(self, until: datetime) -> None:
        """Let the jobs process take every step that is due up to a moment, each in its time."""
        while (at := self._due_at(until)) is not None:
            self._swept = max(at, self._swept)
            self._take_steps(self._swept)

    def _due_at(self, until: datetime) -> datetime | None:
        case, now = self.told.case, self._swept
        policy = self._teller.policy_of(case, case.received_on)
        clocks = clocks_of(case, policy, calendar=self._teller.calendar, now=now)
        moments = [
            next_at(case, one, ladder=policy.ladder, calendar=self._teller.calendar, now=now)
            for one in clocks
        ]
        soonest = min([*moments, _called_back_at(case)])
        return soonest if soonest <= until else None

    def _take_steps(self, now: datetime) -> None:
        calendar = self._teller.calendar
        policy = self._teller.policy_of(self.told.case, self.told.case.received_on)
        for clock in clocks_of(self.told.case, policy, calendar=calendar, now=now):
            while step := next_step(
                self.told.case, clock, ladder=policy.ladder, calendar=calendar, now=now
            ):
                self._tell(step.kind, now, "jobs", "", frozenset(), dict(step.facts))
                if step.kind == "case.escalated" and self._plan.closed:
                    self._acknowledge(now, step.facts)

        month = due_callback(self.told.case, day_of_moment(now))
        if month is not None:
            facts = {"month": month, "on": day_of_moment(now).isoformat()}
            self._tell("callback.asked", now, "jobs", "", frozenset(), facts)

    def _acknowledge(self, now: datetime, brought: Mapping[str, str | int]) -> None:
        case, facts = self.told.case, {name: brought[name] for name in ("clock", "since", "rung")}
        role, office = ("supervisor", case.supervisor)
        if facts["rung"] == "head":
            role, office = ("leader", case.lead)
        self._tell(
            "step.acknowledged", now, f"{role}-of-{office}", office, frozenset({role}), facts
        )

    def _officer(self, kind: str, on: date, facts: Mapping[str, object]) -> None:
        self._act(kind, on, facts, "officer", hour=1)

    def _act(self, kind: str, on: date, facts: Mapping[str, object], role: str, hour: int) -> None:
        lead = self.told.case.lead
        at = datetime(on.year, on.month, on.day, hour, tzinfo=UTC)
        self.sweep(at)
        self._swept = at
        self._tell(kind, at, f"{role}-of-{lead}", lead, frozenset({role}), facts)

    def _tell(
        self,
        kind: str,
        at: datetime,
        actor: str,
        office: str,
        roles: frozenset[str],
        facts: Mapping[str, object],
    ) -> None:
        case, stamp = self.told.case, f"{at:%Y-%m-%dT%H:%M:%SZ}"
        act = Act(kind, case.events + 1, stamp, actor, office, roles, facts)
        self.told.case = advance(case, act)
        event = Event(
            site=self._teller.site,
            report=case.report_id,
            kind=kind,
            ordinal=act.ordinal,
            at=stamp,
            actor=actor if actor == "jobs" else f"officer:{actor}",
            signer="ab" * 32,
            facts=dict(facts),  # type: ignore[arg-type]
        )
        self.told.events.append(SignedEvent(event, SIGNATURE))


def _called_back_at(case: Case) -> datetime:
    """Return when its reporter is asked next whether it was solved."""
    coming = next_callback(case)
    return midnight(coming[1]) if coming else NEVER


# Who is there ---------------------------------------------------------------


def closed(teller: Teller, count: int, draw: random.Random) -> Iterator[Told]:
    """Tell cases that ended in the last four years, with nothing due now and at midnight."""
    offices = teller.offices()
    for number in range(count):
        lead = offices[number % len(offices)]
        while teller.next_look((told := _closed(teller, lead, draw)).case) <= MIDNIGHT:
            pass
        yield told


def _closed(teller: Teller, lead: str, draw: random.Random) -> Told:
    received = TODAY - timedelta(days=draw.randint(60, 1400))
    accepted = received + timedelta(days=draw.choice(ACCEPTED_AFTER))
    if draw.random() < 0.12:
        return teller.tell(Plan(lead, received, accepted, refused=True))
    concluded = accepted + timedelta(days=draw.choice(CONCLUDED_AFTER))
    ended = concluded + timedelta(days=draw.randint(0, 4))
    return teller.tell(Plan(lead, received, accepted, concluded, ended, found=draw.choice(FOUND)))


def opened(teller: Teller, lead: str, count: int, draw: random.Random) -> Iterator[Told]:
    """Tell cases of one office that are open, with nothing due now and at midnight."""
    found = 0
    while found < count:
        told = teller.tell(_open_plan(lead, draw))
        if teller.next_look(told.case) > MIDNIGHT:
            found += 1
            yield told


def _open_plan(lead: str, draw: random.Random) -> Plan:
    def before(first: int, last: int) -> date:
        return TODAY - timedelta(days=draw.randint(first, last))

    yesterday = TODAY - timedelta(days=1)
    what = draw.random()
    if what < 0.15:
        return Plan(lead, before(1, 6))
    if what < 0.72:
        received = before(1, 28)
    elif what < 0.8:
        received = before(36, 90)  # late
    else:
        received = before(8, 36)
    accepted = min(received + timedelta(days=draw.randint(0, 2)), yesterday)
    if what < 0.8:
        return Plan(lead, received, accepted)
    concluded = min(accepted + timedelta(days=draw.randint(2, 25)), yesterday)
    return Plan(lead, received, accepted, concluded)


def running_out(teller: Teller, on: date, *, swept: datetime) -> Iterator[Told]:
    """Tell, for every office, a case being verified whose last day is *on*."""
    for lead in teller.offices():
        accepted = next(
            day
            for day in (on - timedelta(days=number) for number in range(5, 90))
            if _last_day(teller, lead, day) == on
        )
        yield teller.tell(Plan(lead, accepted, accepted, swept=swept))


def _last_day(teller: Teller, lead: str, accepted: date) -> date:
    policy = teller.policies.in_force("410329", "hazardous_chemicals", accepted)
    return clock_due(policy, "verify", accepted, calendar=teller.calendar).due_on
