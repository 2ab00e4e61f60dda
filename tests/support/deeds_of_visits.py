"""Deeds of an on-site verification: opened for two, photographed, recorded, signed, dropped."""

from collections.abc import Callable, Mapping

import visiting
from casework.domain import visit as rules
from casework.domain.act_facts import VISIT_DROPS, VISIT_PURPOSES
from casework.services import visits
from deed import REPORTER, Deed


def plan(deed: Deed) -> None:
    """Open one, for a purpose that there is an occasion for, for the first two who may go."""
    case = deed.case
    office = case.lead if deed.who == REPORTER else deed.world.people[deed.who].office
    purpose = deed.one_of(rules.purposes(case, office) or VISIT_PURPOSES)
    may_go = visits.officers_for(case, purpose, deed.world.trust)
    people = [one for one in deed.world.people.values() if one.account in may_go]
    if purpose == rules.FOLLOW_UP:  # one of the office above, and one who knows the place
        people.sort(key=lambda one: one.office != case.supervisor)
        people = [*people[:1], *(one for one in people if one.office == case.lead)]
    facts = {"purpose": purpose, "officers": [one.account for one in people[:2]]}
    deed.do(visits.plan_visit, "visit.planned", facts)


def photograph(deed: Deed) -> None:
    """Add a photo."""
    deed.one_of(deed.case.visits)
    photo = visiting.sealed_photo(deed.world, deed.report)
    visiting.add_photos(deed.world, deed.report, [photo])


def record(deed: Deed) -> None:
    """Record what was found."""
    deed.one_of(deed.case.visits)
    visiting.record_visit(deed.world, deed.report)


def send_back(deed: Deed) -> None:
    """Send the record back."""
    _recorded(deed)
    visiting.return_visit(deed.world, deed.report)


def sign(deed: Deed) -> None:
    """Sign the record."""
    _recorded(deed)
    visiting.sign_visit(deed.world, deed.report)


def drop(deed: Deed) -> None:
    """Drop it."""
    facts = {"visit": deed.one_of(deed.case.visits).ordinal, "reason_code": VISIT_DROPS[0]}
    deed.do(visits.drop_visit, "visit.dropped", facts)


def _recorded(deed: Deed) -> None:
    deed.one_of([one for one in deed.case.visits[-1:] if one.recorded])


VISITS: Mapping[str, Callable[[Deed], None]] = {
    "visit.planned": plan,
    "visit.photographed": photograph,
    "visit.recorded": record,
    "visit.returned": send_back,
    "visit.signed": sign,
    "visit.dropped": drop,
}
