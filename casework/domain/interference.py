"""Interference: that somebody leant on those who work on a case, noted for who stands above them.

The note goes sealed to the supervising office and the discipline body, never to the office in which
the pressure came, nor to the one of whom it is about. In a case's own timeline nobody else finds
that there is one; the auditor sees the fact and no text.

Source: FEATURES.md 43; 002 clause 3(8): interference by leaders is recorded and reported.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from casework.domain.act_facts import civil_day, number_of, texts_of
from casework.domain.case import Act, Case
from casework.domain.case_turns import InterferenceNote
from casework.domain.errors import (
    AccusedOfficeError,
    BadActError,
    NotPermittedError,
    UnknownAskError,
)

NOTED, READ = "interference.noted", "interference.read"
QUIET_KINDS: Final = frozenset({NOTED, READ})


def note(case: Case, act: Act) -> Case:
    """Note that somebody interfered; who and how is sealed for the readers.

    Raises:
        AccusedOfficeError: a reader must learn nothing of the case.
        BadActError: a reader is the lead office, or one that helps it.
    """
    readers = texts_of(act, "readers")
    for office in readers:
        if office in case.kept_out:
            raise AccusedOfficeError(office=office)
        if office == case.lead or office in case.co_handlers:
            raise BadActError("readers", "offices above, not those that work on the case")
    new = InterferenceNote(act.ordinal, act.actor, readers, civil_day(act.at).isoformat())
    return replace(case, interference=(*case.interference, new))


def read(case: Case, act: Act) -> Case:
    """Record that a reader opens a note; the case stays as it is.

    Raises:
        UnknownAskError: there is no such note.
        NotPermittedError: it was not sealed to the actor's office.
    """
    asked = of_ordinal(case, number_of(act, "asked"))
    if asked is None:
        raise UnknownAskError(report=case.report_id, ordinal=number_of(act, "asked"))
    if act.office not in asked.readers:
        raise NotPermittedError(kind=act.kind, office=act.office, roles=tuple(sorted(act.roles)))
    return case


def of_ordinal(case: Case, ordinal: int) -> InterferenceNote | None:
    """Return a note by the ordinal of its act; None when there is none."""
    return next((one for one in case.interference if one.ordinal == ordinal), None)


def is_reader(case: Case, office: str) -> bool:
    """Whether a note of the case was sealed to an office."""
    return any(office in one.readers for one in case.interference)


def is_noted(case: Case) -> bool:
    """Whether there is any note."""
    return bool(case.interference)


def is_hidden(
    kind: str, facts: Mapping[str, object], actor: str, *, account: str, office: str
) -> bool:
    """Whether an event of a case is not for a person's eyes: a note for others, or its reading.

    Args:
        kind: of the event.
        facts: of the event.
        actor: account that made it.
        account: of whoever looks at the case.
        office: of whoever looks at the case.
    """
    if kind == READ:
        return True
    readers = facts.get("readers")
    is_for = isinstance(readers, list | tuple) and office in readers
    return kind == NOTED and actor != account and not is_for
