"""The rules' part of `tonggui register verify`: policies in force, and the calendar.

Whatever is in force was put there by two persons, whose events are signed; or it stood there
from the beginning, as instance.toml and the program tell. The calendar is made again from its
beginning and every signed change, and compared day by day.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from casework.domain.act_facts import number_of
from casework.domain.calendar import WorkCalendar, notice_span
from casework.domain.case import Act
from casework.domain.errors import CaseworkError, TamperedError
from casework.domain.rule_events import (
    CALENDAR_CHANGED,
    CALENDAR_PROPOSED,
    FORMS,
    POLICY_ACTIVATED,
    POLICY_PROPOSED,
    POLICY_TRIED,
    PROPOSERS,
    ROUTING_PROPOSED,
    advance,
    propose,
)
from casework.services.rulebook import policies_at_hand
from casework.services.trust import Trust
from casework.storage.calendar import CalendarDay
from casework.storage.calendar_seed import seed_days
from casework.storage.policies import PolicyActivation
from casework.storage.rule_changes import CalendarProposal, PolicyProposal
from casework.storage.unit_of_work import Store, UnitOfWork, query
from casework.verify_cases import why
from casework.verify_outside import acts_outside
from casework.verify_routing import check_routing
from casework.verify_rows import Problem
from casework.verify_told import NOBODY, Told
from crypto.errors import EventError

PAGE = 500
# What is proposed comes before what follows from it, whatever two hosts' clocks say.
_RANKS = {POLICY_PROPOSED: 0, CALENDAR_PROPOSED: 0, ROUTING_PROPOSED: 0, POLICY_TRIED: 1}


def check_rules(
    store: Store, trust: Trust, founding: Mapping[str, str] | None = None
) -> Iterator[Problem]:
    """Yield each problem found with proposals, policies in force, calendar and routing.

    Args:
        store: the database.
        trust: the chain of key sets.
        founding: id to pin of what was in force from the beginning, as instance.toml has it;
            None to leave open which policies these were.
    """
    refused: list[Problem] = []
    told = _replayed(store, trust, refused)
    yield from refused
    yield from _check_policies(store, told, founding)
    yield from _check_calendar(store, told)
    yield from check_routing(store, told)


def _replayed(store: Store, trust: Trust, refused: list[Problem]) -> dict[str, Told]:
    """Rebuild every proposal from the events that hold; name those that the rules refuse."""
    found: dict[str, Told] = {}
    for digest, act in _acts(store, trust):
        proposal = str(act.facts.get("proposal"))
        try:
            if act.kind in PROPOSERS:
                if proposal in found:
                    raise EventError("proposed twice")
                found[proposal] = Told(propose(act))
            else:
                if proposal not in found:
                    raise EventError("of a proposal that is not there")
                found[proposal].change = advance(found[proposal].change, act)
        except (EventError, CaseworkError) as problem:
            refused.append(Problem("event", digest, f"refused: {why(problem)}"))
            continue
        found[proposal].events[act.kind] = digest
        found[proposal].acts[act.kind] = act
    return found


def _acts(store: Store, trust: Trust) -> list[tuple[str, Act]]:
    """Return the signed acts about rules, in the order in which they can have happened."""
    found = acts_outside(store, trust, FORMS)
    return sorted(found, key=lambda one: (_RANKS.get(one[1].kind, 2), one[1].at))


# Policies --------------------------------------------------------------------------------------


def _check_policies(
    store: Store, told: Mapping[str, Told], founding: Mapping[str, str] | None
) -> Iterator[Problem]:
    proposed = {name: one for name, one in told.items() if POLICY_PROPOSED in one.events}
    seen = set()
    for row in _policy_rows(store):
        seen.add(row.id)
        problem = _policy_problem(row, proposed.get(row.id))
        if problem:
            yield Problem("policy", row.id, problem)
    yield from (Problem("policy", name, "missing") for name in sorted(proposed.keys() - seen))
    yield from _check_activations(_activations(store), proposed, founding)


def _policy_rows(store: Store) -> Iterator[PolicyProposal]:
    past = ""
    while page := _policy_page(store, past=past):
        yield from page
        past = page[-1].id


@query
def _policy_page(uow: UnitOfWork, *, past: str) -> tuple[PolicyProposal, ...]:
    return uow.rule_changes.all_policies(past=past, limit=PAGE)


@query
def _activations(uow: UnitOfWork) -> tuple[PolicyActivation, ...]:
    return uow.policies.in_force(date.max)


def _policy_problem(row: PolicyProposal, told: Told | None) -> str:
    if told is None:
        return NOBODY
    facts = told.change.proposed.facts
    expected = (
        facts["policy"], facts["sha256"], facts["active_from"], told.events[POLICY_PROPOSED],
        told.change.state, told.events.get(POLICY_TRIED, ""),
    )  # fmt: skip
    found = (
        row.policy, row.sha256, row.active_from.isoformat(), row.event, row.state, row.tried,
    )  # fmt: skip
    if found != expected or row.created_at != told.at(POLICY_PROPOSED):
        return "does not agree with its events"
    digest = hashlib.sha256(row.result.encode()).hexdigest() if row.result else ""
    return "" if digest == told.change.dry_run else "its dry run is not what was signed"


def _check_activations(
    rows: Sequence[PolicyActivation],
    proposed: Mapping[str, Told],
    founding: Mapping[str, str] | None,
) -> Iterator[Problem]:
    by_event = {
        one.events[POLICY_ACTIVATED]: one.change.proposed.facts
        for one in proposed.values()
        if POLICY_ACTIVATED in one.events
    }
    due = dict(founding or {})
    named = set()
    for row in rows:
        name = row.event or row.policy
        if name in named:
            yield Problem("policy", row.id, "stands twice")
            continue
        named.add(name)
        problem = _activation_problem(row, by_event, founding)
        if problem:
            yield Problem("policy", row.id, problem)
        if not row.event:
            due.pop(row.policy, None)
    yield from (Problem("policy", one, "is not in force") for one in by_event.keys() - named)
    yield from (Problem("policy", one, "of the beginning is missing") for one in sorted(due))


def _activation_problem(
    row: PolicyActivation,
    by_event: Mapping[str, Mapping[str, object]],
    founding: Mapping[str, str] | None,
) -> str:
    if not row.event:
        return _founding_problem(row, founding)
    facts = by_event.get(row.event)
    if facts is None:
        return NOBODY
    told = (facts["policy"], facts["sha256"], facts["active_from"])
    if (row.policy, row.sha256, row.active_from.isoformat()) != told:
        return "does not agree with its event"
    return ""


def _founding_problem(row: PolicyActivation, founding: Mapping[str, str] | None) -> str:
    """Say what is wrong with a policy that is said to have been in force from the beginning."""
    if founding is not None and founding.get(row.policy) != row.sha256:
        return "is named by no event and was not in force from the beginning"
    policy = policies_at_hand().by_id.get(row.policy)
    if policy is None or policy.pin != row.sha256:
        return "" if founding is not None else NOBODY
    if row.active_from != policy.effective_from:
        return "is in force from another day"
    return ""


# The calendar ------------------------------------------------------------------------------------


def _check_calendar(store: Store, told: Mapping[str, Told]) -> Iterator[Problem]:
    proposed = {name: one for name, one in told.items() if CALENDAR_PROPOSED in one.events}
    rows: dict[str, CalendarProposal] = {}
    names = _calendar_names(store)
    for name in names:
        row = _calendar_row(store, name=name)
        problem = _calendar_problem(row, proposed.get(name)) if row else "cannot be read"
        if row:
            rows[name] = row
        if problem:
            yield Problem("calendar", name, problem)
    missing = sorted(proposed.keys() - set(names))
    yield from (Problem("calendar", name, "missing") for name in missing)
    changes = sorted(
        (number, name) for name, one in proposed.items() if (number := _number(one)) is not None
    )
    days = {one.day: one for one in seed_days()}
    for expected, (number, name) in enumerate(changes, start=1):
        if name not in rows or number != expected:
            yield Problem("calendar", name, "is not the next change")
            return
        days, problem = _after(days, rows[name])
        if problem:
            yield Problem("calendar", name, problem)
            return
    yield from _check_days(days, _stored_days(store))


@query
def _calendar_names(uow: UnitOfWork) -> tuple[str, ...]:
    return uow.rule_changes.calendar_ids()


@query
def _calendar_row(uow: UnitOfWork, *, name: str) -> CalendarProposal | None:
    try:
        return uow.rule_changes.calendar(name)
    except TamperedError:
        return None


@query
def _stored_days(uow: UnitOfWork) -> dict[date, CalendarDay | None]:
    return uow.calendar.stored()


def _calendar_problem(row: CalendarProposal, told: Told | None) -> str:
    if told is None:
        return NOBODY
    facts = told.change.proposed.facts
    expected = (
        facts["year"], facts["rows"], facts["before"], facts["digest"], facts["source"],
        told.events[CALENDAR_PROPOSED], told.change.state, told.at(CALENDAR_PROPOSED),
        told.at(CALENDAR_CHANGED), _number(told),
    )  # fmt: skip
    found = (
        row.year, len(row.days), row.before, row.digest, row.source, row.event, row.state,
        row.created_at, row.changed_at, row.number,
    )  # fmt: skip
    if found != expected or any(one.source != row.source for one in row.days):
        return "does not agree with its events"
    return ""


def _number(told: Told) -> int | None:
    """Which change of the calendar it was; None where it is none yet."""
    changed = told.acts.get(CALENDAR_CHANGED)
    return None if changed is None else number_of(changed, "number")


def _after(
    days: Mapping[date, CalendarDay], row: CalendarProposal
) -> tuple[dict[date, CalendarDay], str]:
    """Return the calendar after a change, and what is wrong with the change."""
    if _digest(days) != row.before:
        return dict(days), "changes another calendar than there was"
    first, last = notice_span(row.year)
    new = {one.day: one for one in row.days}
    kept = {day: one for day, one in days.items() if not first <= day <= last and day not in new}
    made = kept | new
    if _digest(made) != row.digest:
        return made, "brings other days than were signed"
    removed = {one for day, one in days.items() if made.get(day) != one}
    added = {one for day, one in made.items() if days.get(day) != one}
    if (set(row.removed), set(row.added)) != (removed, added):
        return made, "tells other days of before than there were"
    return made, ""


def _check_days(
    expected: Mapping[date, CalendarDay], found: Mapping[date, CalendarDay | None]
) -> Iterator[Problem]:
    for day in sorted(expected.keys() | found.keys()):
        if day not in found:
            yield Problem("calendar", day.isoformat(), "missing")
        elif day not in expected:
            yield Problem("calendar", day.isoformat(), NOBODY)
        elif expected[day] != found[day]:
            yield Problem("calendar", day.isoformat(), "changed")


def _digest(days: Mapping[date, CalendarDay]) -> str:
    return WorkCalendar(one.as_row() for one in days.values()).digest()
