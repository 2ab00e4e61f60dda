"""The keys' part of `tonggui register verify`: chain, certificates, wraps and accounts.

No public key is believed because it stands in the database; this names the rows that
nobody should believe.
"""

from collections.abc import Iterator, Mapping

from casework.domain.errors import CaseworkError
from casework.domain.key_events import KEY_SET_CHANGED, MEMBER_CERTIFIED, check_key_facts
from casework.services.acts import act_of
from casework.services.trust import Link, Trust
from casework.storage.accounts import Account
from casework.storage.events import StoredEvent
from casework.storage.key_wraps import RECOVERY, MemberWrap
from casework.storage.keysets import StoredCertificate
from casework.storage.unit_of_work import Store, UnitOfWork, query
from casework.verify_rows import Problem
from crypto.certificate import parse_certificate
from crypto.errors import CryptoError, EventError, KeySetError
from crypto.events import Event, SignedEvent, check_signature, parse_event
from crypto.keyset import Member

PAGE = 500
# Whose roles read cases, so that the office key must be wrapped to them.
READERS = frozenset({"operator", "officer", "leader", "supervisor", "approver"})


def check_keys(store: Store, trust: Trust) -> Iterator[Problem]:
    """Yield each problem found with key sets, certificates, wraps and accounts.

    Args:
        store: the database.
        trust: the chain, which `load_trust` believed just now.
    """
    events = list(_key_events(store, trust))
    yield from _check_chain(store, trust, events)
    yield from _check_certificates(store, trust, events)
    yield from _check_wraps(store, trust)
    yield from _check_accounts(store, trust)


def _key_events(store: Store, trust: Trust) -> Iterator[Event]:
    """Yield the events about keys that hold; verification of events names the others."""
    after = ("", "")
    while page := _outside(store, after):
        for stored in page:
            event = _valid(stored, trust)
            if event is not None:
                yield event
        after = (page[-1].at, page[-1].id)


@query
def _outside(uow: UnitOfWork, after: tuple[str, str]) -> tuple[StoredEvent, ...]:
    return uow.events.outside(after=after, limit=PAGE)


def _valid(stored: StoredEvent, trust: Trust) -> Event | None:
    if stored.kind not in (KEY_SET_CHANGED, MEMBER_CERTIFIED):
        return None
    try:
        event = parse_event(stored.body)
        check_signature(SignedEvent(event, stored.signature))
        act_of(event, None, trust, past=True)
        check_key_facts(event.kind, event.facts)
    except (EventError, CaseworkError):
        return None
    return event


@query
def _check_chain(uow: UnitOfWork, trust: Trust, events: list[Event]) -> list[Problem]:
    stored = {one.number: one.body for one in uow.keysets.all()}
    told = {
        event.facts["number"]: event.facts["digest"]
        for event in events
        if event.kind == KEY_SET_CHANGED
    }
    problems = []
    for link in trust.chain:
        number = link.keyset.number
        if stored.pop(number, b"") != link.keyset.encode():
            problems.append(Problem("key set", str(number), "changed"))
        if number > 1 and told.get(number) != link.keyset.digest().hex():
            problems.append(Problem("key set", str(number), "not named by an event"))
    problems += [Problem("key set", str(one), "outside the chain") for one in sorted(stored)]
    missing = {str(one) for one in told} - {str(link.keyset.number) for link in trust.chain}
    return problems + [Problem("key set", one, "missing") for one in sorted(missing)]


@query
def _check_certificates(uow: UnitOfWork, trust: Trust, events: list[Event]) -> list[Problem]:
    named = {e.facts["certificate"] for e in events if e.kind == MEMBER_CERTIFIED}
    links = {link.keyset.number: link for link in trust.chain}
    problems = []
    found = set()
    for stored in uow.keysets.certificates():
        found.add(stored.id)
        problem = _certificate_problem(stored, links)
        if not problem and stored.id not in named:
            problem = "not named by an event"
        if problem:
            problems.append(Problem("certificate", stored.id, problem))
    missing = sorted(str(one) for one in named - found)
    return problems + [Problem("certificate", one, "missing") for one in missing]


def _certificate_problem(stored: StoredCertificate, links: Mapping[int, Link]) -> str:
    try:
        read = parse_certificate(stored.body)
    except KeySetError:
        return "cannot be read"
    if (read.digest().hex(), read.account) != (stored.id, stored.account):
        return "changed"
    link = links.get(read.keyset)
    if link is None or link.members.get(read.account) != read.member:
        return "not believed"
    return ""


@query
def _check_wraps(uow: UnitOfWork, trust: Trust) -> list[Problem]:
    """Compare the wraps of office and seat keys with who must, and who may, have one."""
    wraps = uow.key_wraps.all()
    problems = [
        Problem("member wrap", _name(wrap), problem)
        for wrap in wraps
        for problem in [_wrap_problem(wrap, trust)]
        if problem
    ]
    held = {(wrap.owner_kind, wrap.owner, wrap.account) for wrap in wraps}
    problems += [
        Problem("member wrap", "/".join(one), "missing") for one in sorted(set(_due(trust)) - held)
    ]
    return problems + _differing_names(wraps)


def _wrap_problem(wrap: MemberWrap, trust: Trust) -> str:
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


def _due(trust: Trust) -> Iterator[tuple[str, str, str]]:
    """Yield what must be there: owner's kind, owner, recipient."""
    for office in trust.keyset.offices:
        yield "office", office.code, RECOVERY
    for member in trust.members.values():
        if not READERS.isdisjoint(member.roles):
            yield "office", member.office, member.account
    for seat in trust.keyset.seats:
        for person in (seat.holder, seat.deputy):
            yield "seat", str(seat.number), person


def _differing_names(wraps: tuple[MemberWrap, ...]) -> list[Problem]:
    """Name wraps of a key that was not wrapped for the recovery key too: nobody made it here."""
    made = {(one.owner, one.key_id) for one in wraps if one.account == RECOVERY}
    return [
        Problem("member wrap", _name(one), "of a key that the recovery key does not have")
        for one in wraps
        if one.owner_kind == "office" and (one.owner, one.key_id) not in made
    ]


def _name(wrap: MemberWrap) -> str:
    return f"{wrap.owner_kind}/{wrap.owner}/{wrap.account}"


def _check_accounts(store: Store, trust: Trust) -> Iterator[Problem]:
    """Yield accounts whose row tells something else than key set and certificates."""
    after, seen = "", set[str]()
    while page := _accounts(store, after):
        for one in page:
            seen.add(one.id)
            problem = _account_problem(one, trust)
            if problem:
                yield Problem("account", one.id, problem)
        after = page[-1].login
    for account in sorted(trust.members.keys() - seen):
        yield Problem("account", account, "missing")


@query
def _accounts(uow: UnitOfWork, after: str) -> tuple[Account, ...]:
    return uow.accounts.all(after=after)


def _account_problem(one: Account, trust: Trust) -> str:
    member = trust.members.get(one.id)
    if member is None:
        was_member = any(one.id in link.members for link in trust.chain)
        return (
            "still open, though the key set dropped it"
            if was_member and one.state != "left"
            else ""
        )
    if one.state != "active":
        return "closed, though the key set has it"
    try:
        told = (
            one.office,
            tuple(sorted(one.roles)),
            bytes.fromhex(one.day_key),
            bytes.fromhex(one.deed_key),
        )
    except (ValueError, CryptoError):
        return "a public key cannot be read"
    due = (member.office, member.roles, member.day.encode(), member.deed.encode())
    return "" if told == due else "office, roles or keys are not those of the key set"
