"""The keys' part of `tonggui register verify`: chain, certificates, wraps and accounts.

No public key is believed because it stands in the database; this names the rows that
nobody should believe.
"""

from collections.abc import Iterator, Mapping

from casework.domain.errors import CaseworkError
from casework.domain.key_events import (
    FORMS,
    KEY_SET_CHANGED,
    KEYS_DESTROYED,
    MEMBER_CERTIFIED,
    check_key_facts,
)
from casework.domain.trial import USED, check_outside
from casework.services.acts import act_of
from casework.services.trust import Link, Trust, number_changed_to
from casework.storage.accounts import Account
from casework.storage.events import StoredEvent
from casework.storage.keysets import StoredCertificate
from casework.storage.unit_of_work import Store, UnitOfWork, query
from casework.verify_rows import Problem
from casework.verify_wraps import check_wraps
from crypto.certificate import parse_certificate
from crypto.errors import CryptoError, EventError, KeySetError
from crypto.events import JOBS, RECOVERY, Event, SignedEvent, check_signature, parse_event

PAGE = 500


def check_keys(store: Store, trust: Trust) -> Iterator[Problem]:
    """Yield each problem found with key sets, certificates, wraps and accounts.

    Args:
        store: the database.
        trust: the chain, which `load_trust` believed just now.
    """
    signed = list(key_events(store, trust))
    events = [one.event for one in signed]
    yield from _check_chain(store, trust, events)
    yield from _check_certificates(store, trust, events)
    yield from check_wraps(store, trust, signed)
    yield from _check_accounts(store, trust)


def key_events(store: Store, trust: Trust) -> Iterator[SignedEvent]:
    """Yield the events about keys that hold; verification of events names the others."""
    after = ("", "")
    while page := _outside(store, after):
        for stored in page:
            signed = _valid(stored, trust)
            if signed is not None:
                yield signed
        after = (page[-1].at, page[-1].id)


@query
def _outside(uow: UnitOfWork, after: tuple[str, str]) -> tuple[StoredEvent, ...]:
    return uow.events.outside(after=after, limit=PAGE)


def _valid(stored: StoredEvent, trust: Trust) -> SignedEvent | None:
    if stored.kind not in FORMS and stored.kind != USED:
        return None
    try:
        event = parse_event(stored.body)
        signed = SignedEvent(event, stored.signature)
        check_signature(signed)
        actor = act_of(event, None, trust, past=True).actor
        (check_outside if event.kind == USED else check_key_facts)(event.kind, event.facts)
    except (EventError, CaseworkError):
        return None
    # Whoever may sign some act is not therefore who may sign this one.
    if event.kind == KEYS_DESTROYED and actor != JOBS:
        return None
    if event.kind == USED and actor != RECOVERY:
        return None
    is_signed_for = event.kind != KEY_SET_CHANGED or _by_custodian(signed, trust)
    return signed if is_signed_for else None


def _by_custodian(signed: SignedEvent, trust: Trust) -> bool:
    """Whether it put its key set into force, or would have if that were still there."""
    chain = [link.keyset for link in trust.chain]
    number = signed.event.facts["number"]
    known = isinstance(number, int) and number <= len(chain)
    return not known or number_changed_to(signed, chain) == number


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
        if told.get(number) != link.keyset.digest().hex():
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
