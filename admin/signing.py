"""What a person decides is signed here, with that person's key, and nowhere else."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from admin import auth
from admin.extensions import console
from casework.domain.case import Case
from casework.domain.errors import StaleActError
from casework.queries.cases import case as find_case
from crypto.canonical import JSON
from crypto.events import OFFICER, Event, Record, SignedEvent, signing_bytes
from crypto.keyset import KeySet, keyset_signing_bytes
from crypto.private_key import PrivateKey

R = TypeVar("R")


def attempt(report_id: str, act: Callable[[Case], R]) -> R:
    """Call *act* with the case as it stands, once more if somebody was faster.

    The second time the rules see the case as the other one left it, and refuse
    what makes no sense any more.
    """
    try:
        return act(find_case(console().store, report=report_id))
    except StaleActError:
        return act(find_case(console().store, report=report_id))


def sign_act(
    case: Case,
    kind: str,
    facts: Mapping[str, JSON],
    *,
    added: Iterable[Record] = (),
    removed: Iterable[Record] = (),
) -> SignedEvent:
    """Sign an ordinary act with the day key of the session."""
    place = case.report_id, case.events + 1
    return _sign(auth.current().day, *place, kind, facts, added, removed)


@dataclass(frozen=True, slots=True)
class Deed:
    """The deed key, opened with the password for the length of one request."""

    key: PrivateKey = field(repr=False)

    def sign(
        self,
        case: Case,
        kind: str,
        facts: Mapping[str, JSON],
        *,
        added: Iterable[Record] = (),
        removed: Iterable[Record] = (),
    ) -> SignedEvent:
        """Sign an approval, a release or a movement of money in *case*."""
        return _sign(self.key, case.report_id, case.events + 1, kind, facts, added, removed)

    def sign_at(
        self, report_id: str, ordinal: int, kind: str, facts: Mapping[str, JSON]
    ) -> SignedEvent:
        """Sign one of several acts that go together, each at its place in its case."""
        return _sign(self.key, report_id, ordinal, kind, facts, ())

    def sign_outside(
        self,
        kind: str,
        facts: Mapping[str, JSON],
        *,
        added: Iterable[Record] = (),
        removed: Iterable[Record] = (),
    ) -> SignedEvent:
        """Sign what belongs to no report, such as an appropriation."""
        return _sign(self.key, "", 0, kind, facts, added, removed)


def deed(password: str) -> Deed:
    """Open the deed key with the password typed again.

    Raises:
        PasswordError: this is not the password.
    """
    return Deed(auth.unlock_deed(password))


def sign_first_key_set(
    login: str, password: str, keyset: KeySet, wraps: Iterable[Record]
) -> tuple[str, bytes, SignedEvent]:
    """Sign a key set as a custodian, at the ceremony, where nobody can be signed in yet.

    Args:
        login: of the custodian.
        password: of the custodian.
        keyset: the first key set.
        wraps: the keys it comes with, which the event names.

    Returns:
        The account, its signature of the key set, and the event that puts it into force;
        of several custodians' the last is stored.

    Raises:
        PasswordError: this is not the password.
        KeySetError: no member of the key set.
    """
    key = auth.deed_key(login, password)
    account = next((one.account for one in keyset.members if one.deed == key.public), "")
    facts: dict[str, JSON] = {
        "number": keyset.number,
        "digest": keyset.digest().hex(),
        "previous": keyset.previous,
    }
    signer = keyset.member(account).account
    act = _sign(key, "", 0, "keyset.changed", facts, wraps, actor=signer)
    return account, key.sign(keyset_signing_bytes(keyset.encode())), act


def _sign(
    key: PrivateKey,
    report_id: str,
    ordinal: int,
    kind: str,
    facts: Mapping[str, JSON],
    added: Iterable[Record],
    removed: Iterable[Record] = (),
    *,
    actor: str = "",
) -> SignedEvent:
    event = Event(
        site=console().store.site,
        report=report_id,
        kind=kind,
        ordinal=ordinal,
        at=console().clock.stamp(),
        actor=f"{OFFICER}{actor or auth.current().account}",
        signer=key.public.sign.hex(),
        facts=facts,
        added=tuple(record.named for record in added),
        removed=tuple(record.named for record in removed),
    )
    return SignedEvent(event, key.sign(signing_bytes(event)))
