"""The shares' part of `tonggui register verify`: what one award gives, and what others got of it.

A case is replayed from its own events alone; that a part in one case is what the award in another
gives this signer, and that no part is missing, is looked at here.
"""

from collections.abc import Iterator, Sequence

from casework.domain.award_approval import APPROVED, FUNDED
from casework.domain.award_sharing import SHARED
from casework.domain.errors import BadActError
from casework.domain.split import Share, read_parts, shares
from casework.storage.unit_of_work import UnitOfWork
from casework.verify_rows import Problem
from crypto.errors import EventError
from crypto.events import Event, SignedEvent, parse_event

KIND = "share"
_PROPOSED = ("reward.proposed", "reward.reserved")


def check_shares(
    uow: UnitOfWork, report_id: str, signed: Sequence[SignedEvent]
) -> Iterator[Problem]:
    """Yield what is wrong with the parts of awards that the events of a report tell of."""
    mine = [one.event for one in signed]
    for place, event in enumerate(mine):
        digest = event.digest().hex()
        if event.kind == SHARED:
            lead = str(event.facts.get("report"))
            theirs = mine if lead == report_id else list(_events(uow, lead))
            if not _is_given(event, theirs):
                yield Problem(KIND, digest, "the award gives this signer no such part")
        elif event.kind in (APPROVED, FUNDED):
            for share in _given_by(mine[: place + 1]):
                found = mine if share.report == report_id else list(_events(uow, share.report))
                if not any(_is(one, event, share) for one in found):
                    yield Problem(KIND, digest, f"no part of signer {share.signer} was given out")


def _is_given(event: Event, theirs: Sequence[Event]) -> bool:
    """Tell whether the last yes to the award, by the same person, gives this part."""
    for place, one in enumerate(theirs):
        is_yes = one.kind in (APPROVED, FUNDED) and one.facts.get("award") == event.facts.get("of")
        if is_yes and any(_is(event, one, share) for share in _given_by(theirs[: place + 1])):
            return True
    return False


def _is(event: Event, agreed: Event, share: Share) -> bool:
    wanted = {
        "of": agreed.facts.get("award"),
        "report": agreed.report,
        "signer": share.signer,
        "amount_fen": share.amount_fen,
    }
    return (
        event.kind == SHARED
        and event.report == share.report
        and (event.actor, event.signer) == (agreed.actor, agreed.signer)
        and all(event.facts.get(name) == value for name, value in wanted.items())
    )


def _given_by(events: Sequence[Event]) -> tuple[Share, ...]:
    """Return the parts that others get by the last of these events, if it is the last yes."""
    agreed = events[-1]
    award = agreed.facts.get("award")
    of_it = [one for one in events if one.facts.get("award") == award]
    asked = max((place for place, one in enumerate(of_it) if one.kind in _PROPOSED), default=-1)
    if asked < 0:
        return ()
    proposed, yes = of_it[asked], [one for one in of_it[asked:] if one.kind in (APPROVED, FUNDED)]
    rungs, amount = proposed.facts.get("rungs"), proposed.facts.get("amount_fen")
    many = len(rungs) if isinstance(rungs, list | tuple) else 1
    try:
        parts = read_parts(proposed.facts.get("split"))
    except BadActError:  # its own check names it
        return ()
    if not parts or len(yes) != many or not isinstance(amount, int):
        return ()
    found = shares(amount, parts)
    own = next((one for one in found if one.report == agreed.report), None)
    return tuple(one for one in found if one != own)


def _events(uow: UnitOfWork, report: str) -> Iterator[Event]:
    """Yield the events of another report; what cannot be read, its own check names."""
    for stored in uow.events.stored_of_report(report):
        try:
            yield parse_event(stored.body)
        except EventError:
            continue
