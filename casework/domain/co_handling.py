"""Offices that help the one in charge: who they are, and that they may read and advise alone.

Clocks bind the lead office alone. A co-handler reads and gives an opinion; it never accepts,
refuses, hands over, concludes or closes.

Source: 003 clause 6 (several regions or departments); POLICIES.md (a3); SCENARIOS.md S19.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from casework.domain.act_facts import texts_of
from casework.domain.case import Act, Case
from casework.domain.errors import AccusedOfficeError, AlreadyDoneError, BadActError


def offices_of(
    lead: str, supervisor: str, co: Iterable[str] = (), *, discipline: str = ""
) -> tuple[str, ...]:
    """Return who may open the case, each once: lead, supervisor, discipline body, co-handlers."""
    return tuple(dict.fromkeys(one for one in (lead, supervisor, discipline, *co) if one))


def named_in(act: Act) -> tuple[str, ...]:
    """Return the co-handlers that an act names; none where the fact is missing."""
    return texts_of(act, "co") if "co" in act.facts else ()


def check(co: tuple[str, ...], *, lead: str, kept_out: Collection[str]) -> None:
    """Check who is to help an office.

    Raises:
        BadActError: the lead office itself.
        AccusedOfficeError: one of them must learn nothing of it.
    """
    if lead in co:
        raise BadActError("co", f"other offices than {lead}")
    for office in co:
        if office in kept_out:
            raise AccusedOfficeError(office=office)


def name(case: Case, act: Act) -> Case:
    """Name the co-handlers; who was one and is not named any more has no access from now on.

    Raises:
        BadActError, AccusedOfficeError: as for `check`.
        AlreadyDoneError: they are the co-handlers already.
    """
    co = named_in(act)
    check(co, lead=case.lead, kept_out=case.kept_out)
    if set(co) == set(case.co_handlers):
        raise AlreadyDoneError(step=act.kind)
    return replace(
        case,
        co_handlers=co,
        offices=offices_of(case.lead, case.supervisor, co, discipline=case.discipline),
        supervised_by=case.supervised_by | acted_above(case, act),
    )


def acted_above(case: Case, act: Act) -> frozenset[str]:
    """Return the actor if this was done for the supervising office and not for the lead."""
    above = act.office == case.supervisor and act.office != case.lead
    return frozenset({act.actor}) if above else frozenset()
