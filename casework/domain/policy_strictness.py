"""A local limit may be stricter than a hard one above it, never looser.

Refused is what is looser on every day. What only some days make longer (30
working days over a long holiday, a month of 31 days, a last day that rolls)
is cut at the hard limit when the date is computed (`legal_clock`).

Source: POLICIES.md (b), "a local limit may be stricter than, never looser than, an ancestor".
"""

import math

from casework.domain.clock_kinds import MANDATORY
from casework.domain.deadline import Unit
from casework.domain.policy_rules import ClockRule, Policy
from casework.domain.rule_table import RuleTable

# Days that a unit lasts at least and at most; a working week may be broken by a long holiday.
_DAYS_LEAST = {Unit.DAY: 1.0, Unit.WORKING_DAY: 1.0, Unit.MONTH: 28.0, Unit.YEAR: 365.0}
_DAYS_MOST = {Unit.DAY: 1.0, Unit.WORKING_DAY: 12.0, Unit.MONTH: 31.0, Unit.YEAR: 366.0}
_HOURS = {Unit.MINUTE: 1 / 1440, Unit.HOUR: 1 / 24}


# Where the clocks that every case needs begin, so that one runs from its first minute to its last.
_BEGINS = {"accept": "submitted", "verify": "accepted", "close": "concluded"}


def gaps(policy: Policy) -> tuple[str, ...]:
    """Return what a policy lacks before a case may be accepted under it, in words of its file.

    Without these an open case could stand with no clock running, or with one that nobody
    above hears of. A rule to compare with may lack them.
    """
    clocks = policy.clocks
    missing = [f"deadline {key}" for key in MANDATORY if key not in clocks]
    other = [
        f'deadline {key} with from_event = "{event}"'
        for key, event in _BEGINS.items()
        if key in clocks and clocks[key].from_event != event
    ]
    return (*missing, *other, *(() if policy.ladder else ("rung",)))


def check_hard(table: RuleTable, policy: Policy) -> None:
    """Refuse a limit of *policy*, read from *table*, that is looser than a hard one above it.

    Raises:
        PolicyFileError: the limit itself, or with all its extensions, is surely longer; or it
            starts at another event, or is followed by something else.
    """
    for number, clock in enumerate(policy.own_clocks.values(), 1):
        for above in policy.hard_limits(clock.key):
            wrong = _looser(clock, above)
            if wrong:
                key, expected = wrong
                raise table.refuse(
                    f"deadline[{number}].{key}",
                    f"{expected}, the hard limit of {above.policy_id}",
                    told=f"deadline {clock.key}.{key}",
                )


def _looser(clock: ClockRule, above: ClockRule) -> tuple[str, str] | None:
    """Return the key in which *clock* is looser, and what was expected."""
    if clock.from_event != above.from_event:
        return "from_event", f"{above.from_event}, as in {above.key}"
    if clock.on_breach != above.on_breach:
        return "on_breach", f"{above.on_breach}, as in {above.key}"
    if _longer(clock, above, clock.value, above.value):
        return "value", f"at most {above.value} {above.unit}"
    return _looser_extension(clock, above)


def _longer(clock: ClockRule, above: ClockRule, value: int, most: int) -> bool:
    if above.windows and above.windows != clock.windows:
        return False  # hours of work against hours of all days: some days decide
    if clock.unit is above.unit:
        return value > most
    return value * _least(clock.unit) > most * _most(above.unit)


def _looser_extension(clock: ClockRule, above: ClockRule) -> tuple[str, str] | None:
    if clock.extend is None:
        return None
    allowed = above.extend
    most = above.value * _most(above.unit)
    least = clock.value * _least(clock.unit) + clock.extend.total * _least(clock.extend.unit)
    words = f"with the limit at most {above.value} {above.unit}"
    if allowed:
        most += allowed.total * _most(allowed.unit)
        words += f" and {allowed.total} {allowed.unit}"
    if above.windows and above.windows != clock.windows:
        most = math.inf
    units = {clock.unit, clock.extend.unit, above.unit, allowed.unit if allowed else above.unit}
    if len(units) == 1:
        longer = clock.value + clock.extend.total > above.value + (allowed.total if allowed else 0)
        longer = longer and most < math.inf
    else:
        longer = least > most
    return ("extend.max_value", words) if longer else None


def _least(unit: Unit) -> float:
    return {**_DAYS_LEAST, **_HOURS}[unit]


def _most(unit: Unit) -> float:
    return {**_DAYS_MOST, **_HOURS}[unit]
