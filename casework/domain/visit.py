"""On-site verification: two officers look, one records, the other signs the same record.

A visit is opened with its two officers named. They add photos, one of them records what was
found, and the other signs that very record or sends it back with words; only what both have
signed counts. A visit has one of three purposes: to verify the report, to look again at what
was put right, or to follow up a case on the supervision list. The enterprise is told of none
by the system; *unannounced* says that nobody else tells it either (四不两直).

Source: SCENARIOS.md S26; FEATURES.md 19 (000 (10)), 30 (001 (9), 004 3 (3)), 41, 49; 行政处罚法
第四十二条 (two officers). Why two here and on paper by a named basis: docs/adr/0015.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from casework.domain.act_facts import (
    VISIT_DROPS,
    VISIT_PURPOSES,
    civil_day,
    number_of,
    text_of,
    texts_of,
)
from casework.domain.case import Act, Case, Finding, State
from casework.domain.case_turns import Visit
from casework.domain.errors import BadActError, VisitRefusedError
from casework.domain.marks import last_mark, unanswered

VERIFY, RECHECK, FOLLOW_UP = VISIT_PURPOSES
COMPLETE, PARTIAL = "complete", "partial"
ON_SITE, OTHER_BASES = "visit", ("documents", "phone", "other_body")
BASES: Final = (ON_SITE, *OTHER_BASES)
TRANSFERRED: Final = VISIT_DROPS[-1]  # not for people: a transfer ends what the old office began
PHOTOS_MAX: Final = 60  # of one visit


def plan(case: Case, act: Act) -> Case:
    """Open a visit with its two officers.

    Raises:
        VisitRefusedError: another one is open, or there is nothing to look at for this purpose.
        BadActError: not two officers, or one of them has no part in the case any more.
    """
    purpose = text_of(act, "purpose")
    if standing(case) is not None:
        raise VisitRefusedError("open")
    check_purpose(case, purpose, act.office)
    officers = texts_of(act, "officers")
    if len(officers) != 2 or case.recused.intersection(officers):
        raise BadActError("officers", "two who are not recused")
    new = Visit(
        ordinal=act.ordinal,
        purpose=purpose,
        officers=(officers[0], officers[1]),
        planned_on=civil_day(act.at).isoformat(),
        unannounced="unannounced" in act.facts,
    )
    return replace(case, visits=(*case.visits, new))


def check_purpose(case: Case, purpose: str, office: str) -> None:
    """Refuse a purpose that the case gives no occasion for, or that is for the other office.

    Raises:
        VisitRefusedError: so it is; the reason is its code.
    """
    above = office == case.supervisor != case.lead
    if above != (purpose == FOLLOW_UP):
        raise VisitRefusedError("other_office")
    if not _OCCASIONS[purpose](case):
        raise VisitRefusedError(f"no_{purpose}")


def purposes(case: Case, office: str) -> tuple[str, ...]:
    """Return for what somebody of *office* could open a visit now."""
    if standing(case) is not None:
        return ()
    above = office == case.supervisor != case.lead
    return tuple(
        one for one in VISIT_PURPOSES if above == (one == FOLLOW_UP) and _OCCASIONS[one](case)
    )


def may_plan(case: Case) -> bool:
    """Whether anybody could open a visit now."""
    return standing(case) is None and any(there_is(case) for there_is in _OCCASIONS.values())


def photograph(case: Case, act: Act) -> Case:
    """Add photos to the visit that is open.

    Raises:
        VisitRefusedError: its record waits for the second officer, or there are too many.
    """
    visit = _named(case, act)
    if visit.recorded:
        raise VisitRefusedError("waits")
    photos = (*visit.photos, *texts_of(act, "photos"))
    if len(photos) > PHOTOS_MAX or len(set(photos)) < len(photos):
        raise VisitRefusedError("photos")
    return _with(case, replace(visit, photos=photos))


def record(case: Case, act: Act) -> Case:
    """Record what was found; it counts once the other officer has signed it too.

    Raises:
        VisitRefusedError: a record waits already, or it names photos that the visit has not.
        BadActError: on a day to come, or before the visit was opened.
    """
    visit = _named(case, act)
    if visit.recorded:
        raise VisitRefusedError("waits")
    on = text_of(act, "visited_on")
    if on > civil_day(act.at).isoformat():
        raise BadActError("visited_on", "a day that is not to come")
    if on < visit.planned_on:
        raise BadActError("visited_on", f"not before {visit.planned_on}")
    photos = texts_of(act, "photos") if "photos" in act.facts else ()
    if not set(photos) <= set(visit.photos):
        raise VisitRefusedError("photos")
    done = replace(
        visit,
        recorded=act.ordinal,
        recorder=act.actor,
        visited_on=on,
        result=text_of(act, "result"),
        shown=photos,
        at_first=bool(number_of(act, "at_first")),
        tries=visit.tries + 1,
    )
    return _looked(_with(case, done), act, visit)


def send_back(case: Case, act: Act) -> Case:
    """Send the record back to who made it: it is recorded anew.

    Raises:
        VisitRefusedError: none waits, or another one than the act names.
    """
    visit = _waiting(case, act)
    return _with(case, replace(visit, recorded=0, recorder="", result="", shown=(), at_first=False))


def sign(case: Case, act: Act) -> Case:
    """Sign the record as the second officer: from now on it counts.

    Raises:
        VisitRefusedError: none waits, or another one than the act names; or who recorded it has
            no part in the case any more.
    """
    visit = _waiting(case, act)
    if visit.recorder in case.recused:
        raise VisitRefusedError("recused")
    on = civil_day(act.at).isoformat()
    return _looked(_with(case, replace(visit, signed=act.ordinal, signed_on=on)), act, visit)


def drop(case: Case, act: Act) -> Case:
    """Give up the visit that is open, for a reason; what was added to it stays in the log.

    Raises:
        VisitRefusedError: none is open, or another one.
        BadActError: for a reason that only a transfer has.
    """
    visit, reason = _named(case, act), text_of(act, "reason_code")
    if reason == TRANSFERRED:
        raise BadActError("reason_code", "a reason of people")
    return _with(case, replace(visit, dropped=reason))


def handed_on(case: Case) -> Case:
    """Return the case without an open visit of the office that it leaves."""
    visit = standing(case)
    return case if visit is None else _with(case, replace(visit, dropped=TRANSFERRED))


def standing(case: Case) -> Visit | None:
    """Return the visit that is open: neither signed by both nor given up."""
    last = case.visits[-1] if case.visits else None
    return last if last is not None and not last.signed and not last.dropped else None


def is_open(case: Case) -> bool:
    """Whether a visit is open."""
    return standing(case) is not None


def may_record(case: Case) -> bool:
    """Whether a visit waits to be recorded."""
    visit = standing(case)
    return visit is not None and not visit.recorded


def waits(case: Case) -> bool:
    """Whether a record waits for the second officer."""
    visit = standing(case)
    return visit is not None and bool(visit.recorded)


def is_no_officer_of(case: Case, act: Act) -> bool:
    """Whether the actor is neither of the two who were named, in a visit of their own side."""
    visit = standing(case)
    if visit is None:
        return False
    own = {case.lead, *case.co_handlers} | (
        {case.supervisor} if visit.purpose == FOLLOW_UP else set()
    )
    return act.actor not in visit.officers or act.office not in own


def recorded_by(case: Case, act: Act) -> bool:
    """Whether the actor made the record that waits: nobody signs their own a second time."""
    visit = standing(case)
    return visit is not None and bool(visit.recorded) and act.actor == visit.recorder


def is_follow_up(case: Case) -> bool:
    """Whether the open visit is one of the office above."""
    visit = standing(case)
    return visit is not None and visit.purpose == FOLLOW_UP


def check_basis(case: Case, act: Act) -> None:
    """Refuse a finding that does not rest on the visit that was made, or on one that was not.

    Where no visit was made since the case was accepted, a finding may rest on papers or a
    telephone call; the act names on what. Where one was, the finding rests on it.

    Raises:
        VisitRefusedError: a visit to verify is open; none was signed by both; the finding
            names another basis; or something was left unseen and the finding is certain.
    """
    open_one, basis = standing(case), text_of(act, "basis")
    if open_one is not None and open_one.purpose == VERIFY:
        raise VisitRefusedError("unsigned")
    made = verified(case)
    if made is None:
        if basis == ON_SITE:
            raise VisitRefusedError("no_visit")
        return
    if basis and basis != ON_SITE:
        raise VisitRefusedError("other_basis")
    if made.result == PARTIAL and text_of(act, "finding") != Finding.CANNOT_BE_VERIFIED:
        raise VisitRefusedError("partial")


def found_true(case: Case) -> bool:
    """Whether a visit that both officers signed said that the report looks true at first sight.

    What was found in the end goes before it.
    """
    made = verified(case)
    return case.finding is None and made is not None and made.at_first


def verified(case: Case) -> Visit | None:
    """Return the newest signed visit that verified the report since it was accepted, or None."""
    begun = last_mark(case, "accepted")
    since = begun.ordinal if begun else 0
    return _newest(case, VERIFY, since)


def check_rechecked(case: Case) -> None:
    """Refuse to note a re-check while a visit made for it is not signed by both.

    Raises:
        VisitRefusedError: so it is.
    """
    visit = standing(case)
    if visit is not None and visit.purpose == RECHECK:
        raise VisitRefusedError("unsigned")


def check_followed_up(case: Case) -> None:
    """Refuse to take a case off the list before the office above has seen it once more.

    The visit is made while the case is listed and after the last re-check (000 (10)); where
    nothing was ordered, after it was listed.

    Raises:
        VisitRefusedError: one is open, or none was signed since.
    """
    visit = standing(case)
    if visit is not None and visit.purpose == FOLLOW_UP:
        raise VisitRefusedError("unsigned")
    marks = (last_mark(case, "listed"), last_mark(case, "rechecked"))
    since = max((one.ordinal for one in marks if one is not None), default=0)
    seen = _newest(case, FOLLOW_UP, since)
    if seen is None or seen.result == PARTIAL:
        raise VisitRefusedError("not_followed_up")


def _newest(case: Case, purpose: str, since: int) -> Visit | None:
    """The newest visit of a purpose opened after an act and signed by both."""
    return next(
        (
            one
            for one in reversed(case.visits)
            if one.signed and one.purpose == purpose and one.ordinal > since
        ),
        None,
    )


def _named(case: Case, act: Act) -> Visit:
    visit = standing(case)
    if visit is None or visit.ordinal != number_of(act, "visit"):
        raise VisitRefusedError("not_open")
    return visit


def _waiting(case: Case, act: Act) -> Visit:
    visit = _named(case, act)
    if not visit.recorded or visit.recorded != number_of(act, "recorded"):
        raise VisitRefusedError("another_record")
    return visit


def _with(case: Case, visit: Visit) -> Case:
    return replace(case, visits=(*case.visits[:-1], visit))


def _looked(case: Case, act: Act, visit: Visit) -> Case:
    """Whoever puts their name to what was found has investigated it."""
    if visit.purpose != VERIFY:
        return case
    return replace(case, investigators=case.investigators | {act.actor})


def _has_been_mended(case: Case) -> bool:
    return unanswered(case, "rectified", "rechecked") is not None


def _is_listed(case: Case) -> bool:
    return unanswered(case, "listed", "delisted") is not None


_OCCASIONS: Mapping[str, Callable[[Case], bool]] = {
    VERIFY: lambda case: case.state is State.ACCEPTED,
    RECHECK: lambda case: case.state is State.CONCLUDED and _has_been_mended(case),
    FOLLOW_UP: _is_listed,
}
