"""What the printed papers of a case are made of: every act, who signed it, what was sealed."""

from dataclasses import dataclass
from typing import Final

from casework.queries.cases import TimelineLine, line_of
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import UnitOfWork, query

OBJECT: Final = "object"
LISTED: Final = frozenset({OBJECT, "file", "item"})  # wraps and pieces are keys, no contents


@dataclass(frozen=True, slots=True)
class SealedLine:
    """Something sealed that came with an act; what it is, and nothing that is in it.

    Attributes:
        record: "object", "file" or "item".
        kind: of a text, "narrative" say; "" for others, and for a text that is gone.
        digest: of the whole row, in hexadecimal, as the act names it.
        ordinal: of the act.
        is_gone: whether a later act removed it.
    """

    record: str
    kind: str
    digest: str
    ordinal: int
    is_gone: bool


@dataclass(frozen=True, slots=True)
class SignedLine:
    """One act of a case.

    Attributes:
        signer: hex of the key that signed it, "" for a report that just came in.
    """

    ordinal: int
    line: TimelineLine
    signer: str


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything that happened in a case, and what was sealed on the way, oldest first."""

    acts: tuple[SignedLine, ...]
    sealed: tuple[SealedLine, ...]


@query
def dossier(uow: UnitOfWork, *, report: str) -> Dossier:
    """Return the acts of a case with what each of them sealed; nothing is opened."""
    signed = uow.events.of_report(report)
    events = [one.event for one in signed]
    kinds = {one.named: one.kind for one in SealedVault(uow).objects(report)}
    gone = {named for one in events for named in one.removed}
    return Dossier(
        acts=tuple(
            SignedLine(place, line_of(one), one.event.signer)
            for place, one in enumerate(signed, start=1)
        ),
        sealed=tuple(
            SealedLine(named.kind, kinds.get(named, ""), named.digest, place, named in gone)
            for place, one in enumerate(events, start=1)
            for named in one.added
            if named.kind in LISTED
        ),
    )
