"""The one road through a case: `advance`, along the table of transitions.py.

A case is the sum of its events. `replay` builds it from them, so the stored row
can always be proved against the signed events (`tonggui register verify`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from casework.domain.act_facts import check_facts, number_of, text_of, texts_of
from casework.domain.case import (
    REWARDED_FINDINGS,
    Act,
    Approval,
    Award,
    AwardState,
    Case,
    Finding,
    Matter,
    Release,
    ReleaseState,
    State,
)
from casework.domain.co_handling import check as check_co
from casework.domain.co_handling import named_in, offices_of
from casework.domain.copies import discipline_in, is_copied, is_discipline
from casework.domain.errors import (
    AccusedOfficeError,
    BadActError,
    DestroyedError,
    NotPermittedError,
    SeparationError,
    StaleActError,
    UnknownActError,
    WrongStateError,
)
from casework.domain.fact_forms import is_day, is_instant
from casework.domain.interference import is_reader
from casework.domain.marks import opening_marks, with_marks
from casework.domain.transition import Place, Transition, Who
from casework.domain.transitions import PARTIES, TRANSITIONS
from casework.domain.urgency import urgent_marks

# The values stand in case.py, below the steps; callers take them from here with the rules.
__all__ = [
    "RECEIVED_KIND",
    "REWARDED_FINDINGS",
    "TRANSITIONS",
    "Act",
    "Approval",
    "Award",
    "AwardState",
    "Case",
    "Finding",
    "Matter",
    "Release",
    "ReleaseState",
    "State",
    "advance",
    "allowed_kinds",
    "open_case",
    "replay",
]

RECEIVED_KIND = "report.received"
# A case without contents is not acted on any more, but that they are forgotten is still told.
AFTER_DESTRUCTION = frozenset({"identity.forgotten"})


def open_case(facts: Mapping[str, object], *, report_id: str) -> Case:
    """Return the case that the facts of report.received make.

    Args:
        facts: as listed in act_facts.FORMS["report.received"].
        report_id: id of the report, which the event carries beside its facts.

    Raises:
        BadActError: a fact is missing or wrong, the offices are not lead, supervisor and, where
            one is given, discipline body, or the hour of an urgent report is none of its day.
        AccusedOfficeError: the report is about an office that would receive it, or bars it.
    """
    check_facts(RECEIVED_KIND, facts)
    act = Act(RECEIVED_KIND, 1, str(facts["received_on"]), "nobody", "", frozenset(), facts)
    lead, supervisor = text_of(act, "lead"), text_of(act, "supervisor")
    offices, about = texts_of(act, "offices"), text_of(act, "about") or None
    discipline = discipline_in(act, about)
    if offices != offices_of(lead, supervisor, discipline=discipline):
        raise BadActError("offices", f"{lead}, its supervisor {supervisor}, then {discipline}")
    barred = texts_of(act, "barred") if "barred" in facts else ()
    kept_out = frozenset((*barred, *((about,) if about else ())))
    for office in kept_out.intersection(offices):
        raise AccusedOfficeError(office=office)
    check_co(named_in(act), lead=lead, kept_out=kept_out)
    return Case(
        report_id=report_id,
        case_number=text_of(act, "case_number"),
        region=text_of(act, "region"),
        sector=text_of(act, "sector"),
        matter=text_of(act, "matter"),
        about=about,
        channel=text_of(act, "channel"),
        lead=lead,
        supervisor=supervisor,
        offices=offices,
        rule=text_of(act, "rule"),
        received_on=date.fromisoformat(text_of(act, "received_on")),
        state=State.RECEIVED,
        events=1,
        manifest=text_of(act, "manifest"),
        reporter_box=text_of(act, "reporter_box"),
        reporter_sign=text_of(act, "reporter_sign"),
        routed_co=named_in(act),
        barred=barred,
        discipline=discipline,
        marks=opening_marks(
            text_of(act, "matter"), text_of(act, "received_on"), text_of(act, "rule")
        )
        + urgent_marks(act),
        urgent=bool(number_of(act, "urgent")),
        scope=text_of(act, "scope"),
    )


def advance(case: Case, act: Act) -> Case:
    """Return what *act* makes of *case*: the only road from one state to the next.

    Checked in this order: the kind exists, nobody acted first, the state
    allows it, the actor may, the actor did nothing that excludes it, the facts
    are complete and well formed, and what the subject itself demands.

    Raises:
        UnknownActError: no such kind, or report.received on a case that exists.
        StaleActError: the ordinal is not the case's number of events plus one.
        WrongStateError: not in this state.
        NotPermittedError: not with these roles from this office.
        AccusedOfficeError: the report is about the actor's office.
        SeparationError: recused, or excluded by something the actor did in this case.
        BadActError: a fact or the time of the act is wrong; it is named.
        CaseworkError: further refusals, named at each step's function.
    """
    row = TRANSITIONS.get(act.kind)
    if row is None:
        raise UnknownActError(kind=act.kind)
    if act.ordinal != case.events + 1:
        raise StaleActError(case.events + 1, act.ordinal)
    if case.destroyed and act.kind not in AFTER_DESTRUCTION:
        raise DestroyedError(report=case.report_id)
    if case.state not in row.states:
        raise WrongStateError(kind=act.kind, state=case.state)
    _check_actor(row, case, act)
    if not is_instant(act.at):
        raise BadActError("at", "a UTC instant, YYYY-MM-DDTHH:MM:SSZ")
    check_facts(act.kind, act.facts)
    return replace(with_marks(case, row.step(case, act), act), events=act.ordinal)


def replay(report_id: str, acts: Iterable[Act]) -> Case:
    """Return the case that all its acts make, the first being report.received.

    Raises:
        UnknownActError: there is no act, or the first is another kind.
        CaseworkError: an act is refused, as by `open_case` and `advance`.
    """
    case: Case | None = None
    for act in acts:
        case = _first(report_id, act) if case is None else advance(case, act)
    if case is None:
        raise UnknownActError(kind="", report=report_id)
    return case


def _first(report_id: str, act: Act) -> Case:
    if act.kind != RECEIVED_KIND:
        raise UnknownActError(kind=act.kind, report=report_id)
    if act.ordinal != 1:
        raise StaleActError(1, act.ordinal)
    if not is_day(act.at):
        raise BadActError("at", "a day, YYYY-MM-DD")
    return open_case(act.facts, report_id=report_id)


def allowed_kinds(case: Case, *, actor: str, office: str, roles: frozenset[str]) -> frozenset[str]:
    """Return the kinds of act that this person may try now, for showing the right buttons.

    Whether one succeeds also depends on its facts, which `advance` checks.
    """
    found = set()
    for kind, row in TRANSITIONS.items():
        act = Act(kind, case.events + 1, "", actor, office, roles, {})
        try:
            _check_actor(row, case, act)
        except (NotPermittedError, AccusedOfficeError, SeparationError):
            continue
        if case.state in row.states and row.ready(case):
            found.add(kind)
    return frozenset(found)


def _check_actor(row: Transition, case: Case, act: Act) -> None:
    if act.office in case.kept_out and not row.seals_anew:
        raise AccusedOfficeError(office=act.office, kind=act.kind)
    if act.actor in case.recused and not row.seals_anew:
        raise SeparationError("recused", actor=act.actor, kind=act.kind)
    if not any(_is_one(who, case, act) for who in row.who):
        raise NotPermittedError(kind=act.kind, office=act.office, roles=tuple(sorted(act.roles)))
    for bar in row.bars:
        if bar.hit(case, act):
            raise SeparationError(bar.rule, actor=act.actor, kind=act.kind)


def _is_one(who: Who, case: Case, act: Act) -> bool:
    if act.actor in PARTIES:
        return who.role == act.actor
    if who.role not in act.roles or not act.office:
        return False
    return _STANDS[who.place](case, act.office)


_STANDS: Mapping[Place, Callable[[Case, str], bool]] = {
    Place.LEAD: lambda case, office: office == case.lead,
    Place.SUPERVISOR: lambda case, office: office == case.supervisor,
    Place.IN_CHARGE: lambda case, office: office in (case.lead, case.supervisor),
    Place.HELPS: lambda case, office: office in case.co_handlers,
    Place.DISCIPLINE: is_discipline,
    Place.COPIED: lambda case, office: is_discipline(case, office) or is_copied(case, office),
    Place.NOTED: is_reader,
    Place.OFFICES: lambda case, office: office in case.offices,
    Place.KEYS: lambda case, office: office in case.offices or is_reader(case, office),
    Place.ABOVE: lambda case, office: office == (case.supervisor or case.lead),
    Place.ANY: lambda _case, _office: True,
}
