"""What the jobs process should have done in a year, worked out anew from the events alone.

Written from the rules' words, with nothing of the engine: limits and last days are those of
year_rules, and what starts, meets and ends each clock stands here once more. Every case is
gone through sweep by sweep; at each, the steps that are due must be the events that follow,
and no others.
"""

import json
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Any, Final

from benchmarks.year_marks import BIND_ABOVE, ENDS, RIGHTS, ends, marks_of
from benchmarks.year_rules import (
    CHINA,
    DAY,
    HOURLY,
    POLICY,
    SECOND,
    Rule,
    Rules,
    end_of,
    rung_day,
    start_of,
)

CAUGHT_UP: Final = "steps at the first sweep after a standstill"
LAPSED: Final = "reward.lapsed"
# What the jobs process signs by no clock of the case.
BY_NO_CLOCK: Final = frozenset({"reward.computed", "reward.closed"})
ABOVE_ALL: Final = "410300-awb"
JOBS: Final = frozenset(
    {
        "clock.reminded",
        "clock.overdue",
        "case.escalated",
        "report.deemed_accepted",
        "callback.asked",
        LAPSED,
    }
)
CALLED_BACK: Final = (1, 3, 6)  # months after closing
NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
FIRST_OF_ALL: Final = datetime(1, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """One event, read from its bytes."""

    ordinal: int
    kind: str
    at: datetime
    day: date  # in China
    actor: str
    facts: Mapping[str, Any]

    @classmethod
    def of(cls, body: bytes) -> "Told":
        """Read it."""
        given = json.loads(body)
        if "T" in given["at"]:
            at = datetime.fromisoformat(given["at"].replace("Z", "+00:00"))
        else:
            at = start_of(date.fromisoformat(given["at"]))
        day = at.astimezone(CHINA).date()
        return cls(given["ordinal"], given["kind"], at, day, given["actor"], given["facts"])


@dataclass(slots=True)
class Pause:
    """A pause that was granted."""

    asked: int
    first: date
    until: date
    reason: str
    last: date | None = None  # once it is over


@dataclass(slots=True)
class Clock:
    """One clock of a case."""

    rule: Rule
    since: int
    begun: datetime
    begun_on: date
    of: str = ""
    ended: bool = False
    more: int = 0
    pauses: list[Pause] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    overdue: bool = False
    climbed: set[str] = field(default_factory=set)

    @property
    def standing(self) -> Pause | None:
        """The pause that has been granted and not been ended."""
        return next((one for one in self.pauses if one.last is None), None)


class WrongError(Exception):
    """An event is not the one that the rules want, in one line."""


@dataclass
class Checked:
    """What the checks of all cases found."""

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: "Checked") -> None:
        """Take in what another process found."""
        self.counts += other.counts
        self.wrong += other.wrong


class Case:
    """One case, gone through from its first event to the end of the year."""

    def __init__(
        self,
        rules: Rules,
        sweeps: Sequence[datetime],
        events: Sequence[Told],
        asked_from: datetime = FIRST_OF_ALL,
    ) -> None:
        """Begin with its receipt.

        Args:
            rules: of the year.
            sweeps: every instant at which the jobs process swept, in order.
            events: of the case, in order.
            asked_from: when the case that it has joined was closed: nobody is asked before.
        """
        self.asked_from = asked_from
        self.rules, self.sweeps, self.events = rules, sweeps, events
        self.by_sweep: Counter[datetime] = Counter()
        self.counts: Counter[str] = Counter()
        self.clocks: list[Clock] = []
        self.marks: set[str] = set()
        self.asked: dict[int, Mapping[str, Any]] = {}
        first = events[0]
        self.lead, self.supervisor = first.facts["lead"], first.facts["supervisor"]
        self.open, self.at, self.swept = True, 1, first.at
        self.closed_on: date | None = None
        self.called_back = 0  # the month of the last question after closing

    def check(self) -> Counter[str]:
        """Go through it.

        Raises:
            WrongError: an event is missing, or one too many, early, late or about another day.
        """
        self._apply(self.events[0])
        while True:
            event = self.events[self.at] if self.at < len(self.events) else None
            sweep = self._next_sweep()
            if sweep is not None and (event is None or sweep <= event.at):
                self._sweep(sweep)
            elif event is None:
                return self.counts
            else:
                by_clock = event.kind in JOBS or event.actor == "jobs"
                if by_clock and event.kind not in BY_NO_CLOCK:
                    raise WrongError(f"{event.kind} {dict(event.facts)} at {event.at}: not due")
                self._apply(event)
                self.at += 1

    def _next_sweep(self) -> datetime | None:
        """Return the first sweep from now on that finds something to do."""
        moment, now = min(map(self._moment, self.clocks), default=NEVER), self._now()
        asking = [max(start_of(on), self.asked_from) for _, on in self._questions()[:1]]
        moment = min([moment, *asking])
        first = max(bisect_left(self.sweeps, moment), bisect_right(self.sweeps, now))
        return self.sweeps[first] if first < len(self.sweeps) and moment < NEVER else None

    def _sweep(self, now: datetime) -> None:
        """Hold the steps that are due at a sweep against the events of it."""
        while step := next(self._due(now), None):
            kind, facts = step
            event = self._by_clock(now)
            if event is None or event.kind != kind or event.at != now:
                found = f"{event.kind} at {event.at}" if event else "nothing"
                raise WrongError(f"{kind} {facts} is due at {now}, and there is {found}")
            told = {name: event.facts.get(name) for name in facts}
            if told != facts:
                raise WrongError(f"{kind} says {told} and should say {facts}")
            self.counts[kind if kind != "case.escalated" else f"rung {facts['rung']}"] += 1
            self.by_sweep[now] += 1
            self._apply(event)
            self.at += 1
        self.swept = now

    def _by_clock(self, now: datetime) -> Told | None:
        """Return the next event but for those of this sweep that no clock gives rise to."""
        while self.at < len(self.events):
            event = self.events[self.at]
            if event.kind not in BY_NO_CLOCK or event.at != now:
                return event
            self._apply(event)
            self.at += 1
        return None

    # What is due ---------------------------------------------------------------------------

    def _due(self, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the steps that are due, of the clock that started first.

        That nobody decided and the report counts as accepted comes last: it ends other clocks.
        So does that an award lapses: the jobs process looks at it after the clocks.
        """
        last = ("report.deemed_accepted", LAPSED)
        yield from sorted(self._of_clocks(now), key=lambda step: step[0] in last)
        today = now.astimezone(CHINA).date()
        waiting = [month for month, on in self._questions() if on <= today]
        if waiting and self.asked_from <= now:
            yield "callback.asked", {"month": waiting[-1], "on": today.isoformat()}

    def _questions(self) -> list[tuple[int, date]]:
        """Return the months after closing in which the reporter is still to be asked, with days."""
        if self.closed_on is None:
            return []
        left = [month for month in CALLED_BACK if month > self.called_back]
        return [(month, months_after(self.closed_on, month)) for month in left]

    def _of_clocks(self, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
        today = now.astimezone(CHINA).date()
        for clock in sorted(self.clocks, key=lambda one: (one.since, one.rule.key)):
            pause = clock.standing
            if pause and (today > pause.until or clock.ended):
                yield "pause.ended", self._over(clock, pause, today)
            if clock.ended:
                continue
            due_on, end = self._end(clock, today)
            which = {"clock": clock.rule.key, "since": clock.since, "on": today.isoformat()}
            if now >= end:
                yield from self._late(clock, due_on, which, now)
            elif not (pause and pause.first <= today <= pause.until):
                waiting = [s for s, at in self._reminders(clock, due_on, end) if at <= now]
                if waiting:
                    yield "clock.reminded", {**which, "stage": waiting[-1]}

    def _late(
        self, clock: Clock, due_on: date, which: dict[str, Any], now: datetime
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        if clock.rule.on_breach == "forfeit":
            yield LAPSED, {}
        if clock.rule.key in RIGHTS:
            return
        if not clock.overdue:
            yield "clock.overdue", {**which, "due_on": due_on.isoformat()}
        elif clock.rule.on_breach == "deem_accepted":
            yield "report.deemed_accepted", {"accepted_on": which["on"]}
        else:
            for rung, at in self._rungs(clock, due_on):
                if at <= now:
                    yield "case.escalated", {**which, "rung": rung, "to": self._to(clock, rung)}

    def _over(self, clock: Clock, pause: Pause, today: date) -> dict[str, Any]:
        last = min(today - DAY, pause.until)
        over = Pause(pause.asked, pause.first, pause.until, pause.reason, last)
        others = [one for one in clock.pauses if one is not pause]
        due_on = self._end(clock, today, [*others, over])[0]
        days = {"on": today.isoformat(), "due_on": due_on.isoformat()}
        return {"asked": pause.asked, **days}

    def _moment(self, clock: Clock) -> datetime:
        """Return from when on a clock has a step to take; a pause is looked at every day."""
        today = self._now().astimezone(CHINA).date()
        pause = clock.standing
        if pause:
            over = today > pause.until or clock.ended
            return start_of(today if over else today + DAY)
        if clock.ended:
            return NEVER
        due_on, end = self._end(clock, today)
        first = min((at for _, at in self._reminders(clock, due_on, end)), default=NEVER)
        if clock.rule.on_breach == "forfeit":
            return min(first, end)
        if clock.rule.key in RIGHTS:
            return first
        if not clock.overdue or clock.rule.on_breach == "deem_accepted":
            return min(first, end)
        return min((at for _, at in self._rungs(clock, due_on)), default=NEVER)

    def _now(self) -> datetime:
        return max(self.swept, self.events[self.at - 1].at)

    def _end(
        self, clock: Clock, today: date, pauses: Sequence[Pause] | None = None
    ) -> tuple[date, datetime]:
        """Return a clock's last day, and the first instant that is too late, as of a day."""
        stood = []
        for one in clock.pauses if pauses is None else pauses:
            last = one.last if one.last is not None else min(today, one.until)
            if one.first <= last:
                stood.append((one.reason, one.first, last))
        return end_of(self.rules, clock.rule, clock.begun, clock.begun_on, clock.more, tuple(stood))

    def _reminders(self, clock: Clock, due_on: date, end: datetime) -> list[tuple[str, datetime]]:
        """Return the reminders of a clock that are still to be given, in order."""
        if clock.overdue:
            return []
        found = []
        for stage in clock.rule.remind_at:
            if clock.rule.unit in HOURLY:
                seconds = (end - SECOND - clock.begun).total_seconds()
                after = timedelta(seconds=ceil(seconds * int(stage[:-1]) / 100))
                found.append((stage, clock.begun + after))
                continue
            days = (due_on - clock.begun_on).days
            if stage.endswith("%"):
                on = clock.begun_on + ceil(days * int(stage[:-1]) / 100) * DAY
            else:
                on = due_on - int(stage[2:]) * DAY
            if on > clock.begun_on:
                found.append((stage, start_of(on)))
        found.sort(key=lambda one: one[1])
        latest = max((at for stage, at in found if stage in clock.given), default=None)
        return [one for one in found if one[1] < end and (latest is None or one[1] > latest)]

    def _rungs(self, clock: Clock, due_on: date) -> list[tuple[str, datetime]]:
        """Return the rungs that a clock has still to climb."""
        return [
            (rung, start_of(rung_day(self.rules, due_on, after, unit)))
            for rung, after, unit in self.rules.ladder
            if rung not in clock.climbed and not (rung == "listing" == clock.rule.key)
        ]

    def _to(self, clock: Clock, rung: str) -> str:
        bound = self.supervisor if clock.rule.key in BIND_ABOVE else self.lead
        if rung == "head":
            return str(bound)
        is_top = rung in ("committee", "assessment") or bound == self.supervisor
        return ABOVE_ALL if is_top else str(self.supervisor)

    # What an event does ----------------------------------------------------------------------

    def _apply(self, event: Told) -> None:
        facts = event.facts
        if event.kind == "report.transferred":
            self.lead, self.supervisor = facts["lead"], facts["supervisor"]
        if event.kind in ("report.accepted", "report.deemed_accepted"):
            self._accepted(event)
        marks = marks_of(event.kind, facts, self.marks)
        for clock in self.clocks:
            self._stop(clock, event, marks)
        self.marks |= set(marks)
        for at, name in enumerate(marks, start=1):
            for rule in self.rules.limits.values():
                if rule.begins == name and rule.key in ENDS:
                    of = facts.get("order", "") if rule.key == "order_reply" else ""
                    clock = Clock(rule, event.ordinal, begun_at(event, name), event.day, of)
                    self._stop(clock, event, marks[at:])  # dispatched as it came in
                    self.clocks.append(clock)
        if "clock" in facts and event.kind in ("clock.reminded", "clock.overdue", "case.escalated"):
            self._note(event)
        self._ask(event)
        self._end_or_redo(event)
        running = [one for one in self.clocks if not one.ended and one.rule.key not in RIGHTS]
        if self.open and not running:
            raise WrongError(f"open without a running clock after {event.kind} at {event.at}")

    def _end_or_redo(self, event: Told) -> None:
        if event.kind in ("report.refused", "case.closed", "case.merged"):
            self.open = False
        told = "merged" in self.marks and event.facts.get("about") == "result"
        if event.kind == "case.closed" or told:
            self.closed_on, self.called_back = event.day, 0
        elif event.kind == "callback.asked":
            self.called_back = event.facts["month"]
        elif event.facts.get("outcome") == "redo":
            self.open, self.closed_on = True, None

    def _accepted(self, event: Told) -> None:
        if event.facts["policy"] != POLICY:
            raise WrongError(f"accepted under {event.facts['policy']}")
        due = end_of(self.rules, self.rules.limits["verify"], event.at, event.day, 0, ())[0]
        if event.facts["verify_due_on"] != due.isoformat():
            raise WrongError(f"to be verified by {event.facts['verify_due_on']}, not {due}")

    def _stop(self, clock: Clock, event: Told, marks: Sequence[str]) -> None:
        if clock.ended or not ends(clock.rule.key) & {*marks}:
            return
        if clock.rule.key == "order_reply" and clock.of != event.facts["order"]:
            return
        if clock.rule.key not in RIGHTS:
            late = event.at >= self._end(clock, event.day)[1]
            if late and not clock.overdue:
                self.counts["ended late while nobody swept"] += 1
            self.counts["ended late" if late else "ended in time"] += 1
        clock.ended = True

    def _note(self, event: Told) -> None:
        facts = event.facts
        clock = self._clock(facts["clock"], facts["since"])
        if event.kind == "clock.reminded":
            clock.given.add(facts["stage"])
        elif event.kind == "clock.overdue":
            clock.overdue = True
        else:
            clock.climbed.add(facts["rung"])

    def _ask(self, event: Told) -> None:
        """Follow requests for more time and pauses, and hold the days they say against ours."""
        facts = event.facts
        if event.kind in ("extension.requested", "pause.requested"):
            self.asked[event.ordinal] = facts
            return
        if event.kind not in ("extension.granted", "pause.granted", "pause.ended"):
            return
        asked = self.asked[facts["asked"]]
        clock = self._clock(asked["clock"], asked["since"])
        if event.kind == "extension.granted":
            clock.more += asked["value"]
        elif event.kind == "pause.granted":
            first, until = (date.fromisoformat(asked[name]) for name in ("first", "until"))
            clock.pauses.append(Pause(facts["asked"], first, until, asked["reason_code"]))
            return
        else:
            pause = next(one for one in clock.pauses if one.asked == facts["asked"])
            pause.last = min(event.day - DAY, pause.until)
        self.counts["last days told by an act"] += 1
        due_on = self._end(clock, event.day)[0]
        if facts["due_on"] != due_on.isoformat():
            raise WrongError(f"{event.kind} says {facts['due_on']} and should say {due_on}")

    def _clock(self, key: str, since: int) -> Clock:
        found = [one for one in self.clocks if (one.rule.key, one.since) == (key, since)]
        if len(found) != 1:
            raise WrongError(f"{key}.{since}: no such clock")
        return found[0]


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last where it has none such."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = (date(year + month // 11, (month + 1) % 12 + 1, 1) - DAY).day
    return date(year, month + 1, min(day.day, last))


def begun_at(event: Told, mark: str) -> datetime:
    """Return when what an event marks began: an urgent report with the hour in which it came."""
    hour = event.facts.get("urgent_from") if mark == "urgent" else ""
    return datetime.fromisoformat(hour.replace("Z", "+00:00")) if hour else event.at


def _asked_from(cases: Mapping[str, Sequence[Told]], events: Sequence[Told]) -> datetime:
    """Return when the case that one has joined was closed."""
    into = next((one.facts["into"] for one in events if one.kind == "case.merged"), "")
    if not into:
        return FIRST_OF_ALL
    return next((one.at for one in cases[into] if one.kind == "case.closed"), NEVER)


def check(
    rules: Rules, sweeps: Sequence[datetime], cases: Mapping[str, Sequence[bytes]]
) -> Checked:
    """Go through several cases.

    Args:
        rules: of the year.
        sweeps: every instant at which the jobs process swept.
        cases: by id, the bodies of the events in order; with each case the one that it joined.
    """
    found = Checked()
    late = {now for before, now in pairwise(sweeps) if now - before > DAY}
    told = {report_id: [Told.of(body) for body in bodies] for report_id, bodies in cases.items()}
    for report_id, events in told.items():
        case = Case(rules, sweeps, events, _asked_from(told, events))
        try:
            found.counts += case.check()
            found.counts["cases"] += 1
            found.counts[CAUGHT_UP] += sum(case.by_sweep[now] for now in late)
        except WrongError as wrong:
            found.wrong.append(f"{report_id}: {wrong}")
    return found
