"""Members' wraps of office and seat keys, against the signed events that must have made them.

Each wrap is named by the event that added it, and gone when one removed it; so whoever
forges, changes, drops or puts back a row is found out. What is inside a wrap only its member
can tell, who does at the next sign-in.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from casework.domain.key_events import KEY_SET_CHANGED, KEYS_DESTROYED, MEMBER_CERTIFIED
from casework.domain.trial import USED
from casework.services.member_wraps import (
    READERS,
    box_keys,
    keys_of,
    old_keys,
    standing,
    wraps_due,
)
from casework.services.trust import Trust
from casework.storage.key_use import KeyUse
from casework.storage.key_wraps import RECOVERY, MemberWrap
from casework.storage.unit_of_work import UnitOfWork, query
from casework.verify_rows import Problem
from crypto.events import Event, Named, SignedEvent, wrapped_by
from crypto.keyset import Member

KIND = "member wrap"


@query
def check_wraps(uow: UnitOfWork, trust: Trust, signed: Sequence[SignedEvent]) -> list[Problem]:
    """Compare the wraps with what events name, and with who must, and who may, have one.

    Args:
        uow: the transaction.
        trust: the chain.
        signed: the events about keys, signatures and facts checked.
    """
    events = [one.event for one in signed]
    wraps = uow.key_wraps.all()
    boxes = box_keys([link.keyset for link in trust.chain], signed)
    problems = [problem for event in events for problem in _event_problems(event, trust, boxes)]
    problems += _row_problems(wraps, events)
    problems += [
        Problem(KIND, wrap.id, problem)
        for wrap in wraps
        for problem in [_holder_problem(wrap, trust)]
        if problem
    ]
    due = standing(events).keys() | set(_due(trust, boxes))
    missing = due - {wrap.id for wrap in wraps}
    problems += [Problem(KIND, one, "missing") for one in sorted(missing)]
    return problems + _destroyed_too_early(uow, events)


# ---- what events may name -------------------------------------------------------------------


def _event_problems(
    event: Event, trust: Trust, boxes: dict[tuple[str, str, str], str]
) -> Iterator[Problem]:
    """Yield what an event names and has no business with, as a genuine signer might try."""
    may_add = Counter(_may_add(event, trust))
    for name in event.added:
        parts = wrapped_by(name)
        if parts is None or not may_add[parts[0], parts[1], parts[3]]:
            yield Problem("event", event.digest().hex(), f"may not add {name.id}")
            continue
        known = boxes.get(parts[:3])
        if known is None:
            yield Problem(KIND, name.id, "of a key that no key set made")
    removes = event.kind in (KEY_SET_CHANGED, KEYS_DESTROYED)
    for name in event.removed:
        if not removes or not _is_of_key(event, name, boxes):
            yield Problem("event", event.digest().hex(), f"may not remove {name.id}")
    if event.kind == KEYS_DESTROYED and not _is_old(event, trust):
        yield Problem("event", event.digest().hex(), "destroys a key that is no replaced one")


def _may_add(event: Event, trust: Trust) -> Iterator[tuple[str, str, str]]:
    """Yield owner's kind, owner and account of the wraps that an event may bring."""
    facts = event.facts
    if event.kind == KEY_SET_CHANGED:
        for before, after in zip((None, *trust.chain), trust.chain, strict=False):
            if after.keyset.number == facts["number"]:
                yield from wraps_due(before.keyset if before else None, after.keyset)
    elif event.kind == MEMBER_CERTIFIED:
        yield "office", str(facts["office"]), str(facts["account"])
    elif event.kind == USED:
        offices = facts["offices"]
        assert isinstance(offices, list | tuple)
        people = {
            (one.office, one.account)
            for link in trust.chain
            for one in link.members.values()
            if one.office in offices
        }
        yield from (("office", office, account) for office, account in people)


def _is_of_key(event: Event, name: Named, boxes: dict[tuple[str, str, str], str]) -> bool:
    parts = wrapped_by(name)
    if parts is None:
        return False
    if event.kind == KEY_SET_CHANGED:
        return True  # who leaves gives back whatever stood for them
    facts = event.facts
    owner = parts[:2] == (facts["owner_kind"], facts["owner"])
    # A key that no key set made may be removed: it opens nothing.
    return owner and boxes.get(parts[:3], facts["key"]) == facts["key"]


def _is_old(event: Event, trust: Trust) -> bool:
    owner = (str(event.facts["owner_kind"]), str(event.facts["owner"]))
    return any((one.owner, one.box) == (owner, event.facts["key"]) for one in old_keys(trust))


def _destroyed_too_early(uow: UnitOfWork, events: Iterable[Event]) -> list[Problem]:
    """Name keys that were destroyed while rows are sealed to them."""
    use = KeyUse(uow)
    found = []
    for event in events:
        if event.kind == KEYS_DESTROYED:
            kind, owner, box = (str(event.facts[one]) for one in ("owner_kind", "owner", "key"))
            if use.rows(kind, owner, box):
                found.append(Problem("key", f"{kind}/{owner}", "destroyed, yet rows need it"))
    return found


# ---- rows ------------------------------------------------------------------------------------


def _row_problems(wraps: Iterable[MemberWrap], events: Sequence[Event]) -> Iterator[Problem]:
    stand = standing(events)
    gone = {(one.id, one.digest) for event in events for one in event.removed}
    for wrap in wraps:
        named = wrap.named
        if stand.get(named.id) == named.digest:
            continue
        if (named.id, named.digest) in gone:
            yield Problem(KIND, wrap.id, "put back")
        elif named.id in stand:
            yield Problem(KIND, wrap.id, "changed")
        else:
            yield Problem(KIND, wrap.id, "not named by an event")


def _holder_problem(wrap: MemberWrap, trust: Trust) -> str:
    offices = {one.code for link in trust.chain for one in link.keyset.offices}
    seats = {str(one.number) for link in trust.chain for one in link.keyset.seats}
    if wrap.owner not in (offices if wrap.owner_kind == "office" else seats):
        return "of an unknown office or seat"
    if wrap.account == RECOVERY:
        return "" if wrap.owner_kind == "office" else "a seat's key for the recovery key"
    member = trust.members.get(wrap.account)
    if member is None:
        return "for somebody who is no member"
    return "" if _may_hold(wrap, member, trust) else "for somebody of another office or seat"


def _may_hold(wrap: MemberWrap, member: Member, trust: Trust) -> bool:
    if wrap.owner_kind == "office":
        return member.office == wrap.owner
    seats = (link.keyset.seat_of(wrap.account) for link in trust.chain)
    return any(seat is not None and str(seat.number) == wrap.owner for seat in seats)


def _due(trust: Trust, boxes: dict[tuple[str, str, str], str]) -> Iterator[str]:
    """Yield the ids of the wraps of present keys that must be there."""
    present = keys_of(trust.keyset)
    key_ids = {parts[:2]: parts[2] for parts, box in boxes.items() if present.get(parts[:2]) == box}
    for kind, owner, account in _holders(trust):
        if (kind, owner) in key_ids:  # its key set's event is missing, which is named
            yield f"{kind}/{owner}/{key_ids[kind, owner]}/{account}"


def _holders(trust: Trust) -> Iterator[tuple[str, str, str]]:
    for office in trust.keyset.offices:
        yield "office", office.code, RECOVERY
    for member in trust.members.values():
        if not READERS.isdisjoint(member.roles):
            yield "office", member.office, member.account
    for seat in trust.keyset.seats:
        for person in (seat.holder, seat.deputy):
            yield "seat", str(seat.number), person
