"""What holds a routing table together: codes that exist, days that fit, no loop, no tie."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from graphlib import CycleError, TopologicalSorter

from casework.domain.region import Region
from casework.domain.routing_table import ANY, NEAR, SUPERVISING, Department, Rule, Sector

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the key of the entry, and what was expected there."""

    key: str
    expected: str


@dataclass(frozen=True, slots=True)
class Known:
    """The codes that rules may name."""

    regions: Mapping[str, Region]
    departments: Mapping[str, Department]
    sectors: Mapping[str, Sector]


def region_problems(regions: Mapping[str, Region]) -> Iterator[tuple[str, Problem]]:
    """Yield the code of each region that is wrong, and what is."""
    for code, region in regions.items():
        if (region.valid_from or date.min) > (region.valid_to or date.max):
            yield code, Problem("valid_to", f"a day not before {region.valid_from}")
        if region.successor:
            yield from ((code, one) for one in _successor_problems(region, regions))
    loop = _loop(
        {code: (one.parent, one.successor) for code, one in regions.items()}, among=regions
    )
    if loop:
        yield loop[0], Problem("", f"a tree, but {loop[0]} leads back to {loop[-1]}")


def _successor_problems(region: Region, regions: Mapping[str, Region]) -> Iterator[Problem]:
    after = regions.get(region.successor)
    if after is None:
        yield Problem("successor", "the code of a region of this file")
    elif region.valid_to is None:
        yield Problem("valid_to", "a last day, for a successor is named")
    elif not after.is_valid(region.valid_to + DAY) and not after.successor:
        yield Problem("successor", f"a region in use on {region.valid_to + DAY}")


def department_problems(
    departments: Mapping[str, Department],
) -> Iterator[tuple[str, Problem]]:
    """Yield the code of each department that is wrong, and what is."""
    for code, department in departments.items():
        above = departments.get(department.supervisor)
        if not department.supervisor:
            if department.kind != SUPERVISING:
                yield code, Problem("supervisor", "a supervisor's code")
        elif above is None or above.kind != SUPERVISING:
            yield code, Problem("supervisor", 'a department of kind supervisor, or ""')
        elif not department.days.within(above.days):
            yield code, Problem("supervisor", "a department that is there on all of its days")
    loop = _loop({code: (one.supervisor,) for code, one in departments.items()}, among=departments)
    if loop:
        yield loop[0], Problem("", f"a tree, but {loop[0]} leads back to {loop[-1]}")


def unsupervised_day(site: str, departments: Mapping[str, Department]) -> date | None:
    """Return the first day on which the site has no supervisor, None if it always has one."""
    spans = sorted(
        (one.days.first or date.min, one.days.last or date.max)
        for one in departments.values()
        if one.kind == SUPERVISING and one.region == site
    )
    reached = date.min
    for first, last in spans:
        if first > reached:
            return reached
        if last == date.max:
            return None
        reached = max(reached, last + DAY)
    return reached


def rule_problems(rule: Rule, known: Known) -> Iterator[Problem]:
    """Yield what is wrong with one rule: codes that nobody knows, bodies that cannot."""
    if rule.region not in known.regions:
        yield Problem("region", "the code of a region of this file")
    if rule.sector != ANY and rule.sector not in known.sectors:
        yield Problem("sector", 'the code of a sector of this file, or "*"')
    named = [("lead", rule.lead)] + [("co", code) for code in rule.co]
    named += [("copy", code) for code in rule.copy if code not in NEAR]
    for key, code in named:
        department = known.departments.get(code)
        if department is None or not department.handles:
            yield Problem(key, f"departments that handle reports, not {code!r}")
        elif not rule.days.within(department.days):
            yield Problem(key, f"departments that are there on all days of the rule, not {code!r}")
    if rule.lead in rule.co:
        yield Problem("co", "others than the lead")


def ties(rules: Sequence[Rule]) -> dict[int, int]:
    """Return which rules are a tie with an earlier one: place in the list to place in the list.

    A tie is two rules for the same region, matter, sector, tier and grade that share a day.
    """
    found: dict[int, int] = {}
    together: dict[tuple[str, ...], list[int]] = {}
    for place, rule in enumerate(rules):
        together.setdefault(rule.key, []).append(place)
    for places in together.values():
        places.sort(key=lambda place: rules[place].days.first or date.min)
        longest = places[0]
        for place in places[1:]:
            if rules[longest].days.overlap(rules[place].days):
                found[max(longest, place)] = min(longest, place)
            longest = max(longest, place, key=lambda one: rules[one].days.last or date.max)
    return found


def _loop(edges: Mapping[str, Collection[str]], *, among: Collection[str]) -> list[str]:
    """Return codes each of which leads to the next, and the last to the first; [] if none do."""
    tree = TopologicalSorter({one: {to for to in edges[one] if to in among} for one in edges})
    try:
        tree.prepare()
    except CycleError as problem:
        return list(problem.args[1])[:-1]
    return []
