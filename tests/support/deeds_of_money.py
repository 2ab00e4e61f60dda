"""Deeds about identity items, their releases, and what keeps them."""

from datetime import timedelta

from casework.domain.award_claim import COMPARE
from casework.domain.case import HoldState
from casework.domain.ids import new_id
from casework.domain.phoning import PHONED
from casework.domain.satisfaction import question
from casework.services import (
    disclosure,
    holds,
)
from casework.services.erasing import withdraw_identity
from casework.services.objections import note_call
from deed import (
    Deed,
    NothingToTryError,
)
from rich_instance import ask_with_reason, change_code, items
from rich_seats import agree


def ask_release(deed: Deed) -> None:
    """What a claim rests on for the cashier, the contact item for whoever calls."""
    award = deed.case.award
    if deed.pick(("pay", "compare")) == "compare":
        ask_to_compare(deed)
        return
    if award is not None and award.item and deed.pick((True, False)):
        deed.world.request(deed.report)
        return
    if "contact" not in items(deed.rich, "it"):
        raise NothingToTryError
    ask_with_reason(deed.rich, "it", "contact")


def ask_to_compare(deed: Deed) -> None:
    """The name, for whoever came with an identity card."""
    found = items(deed.rich, "it")
    if "who" not in found:
        raise NothingToTryError
    facts = {
        "release": new_id(),
        "item": found["who"],
        "version": 1,
        "purpose": COMPARE,
        "expires_at": (deed.world.now + timedelta(hours=24)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "threshold": 2,
    }
    deed.do(disclosure.request_release, "release.requested", facts)


def release_of(deed: Deed, *, running: bool = True) -> str:
    """The newest release."""
    found = [one.id for one in deed.case.releases.values() if one.running or not running]
    return str(deed.one_of(found[-1:]))


def give_agreement(deed: Deed) -> None:
    """Approve the newest release from a seat."""
    agree(deed.rich, deed.report, release_of(deed), seat_login(deed))


def open_release(deed: Deed) -> None:
    """Open it."""
    deed.do(disclosure.open_release, "release.opened", {"release": release_of(deed)})


def phone(deed: Deed) -> None:
    """Note what the reporter said, by the contact item that was opened last."""
    found = [one.id for one in deed.case.releases.values() if one.opened_at]
    facts = {
        "month": question(deed.case) or 1,
        "release": deed.one_of(found[-1:]),
        "answer": deed.pick(("not_reached", "solved", "not_solved")),
    }
    deed.do(note_call, PHONED, facts)


def seat_login(deed: Deed) -> str:
    """Who opens a seat's boxes: the actor where it sits in one, else the first holder."""
    account = deed.world.people[deed.login("seat1-holder")].account
    return (
        deed.login("seat1-holder") if deed.world.trust.keyset.seat_of(account) else "seat1-holder"
    )


def hold_of(deed: Deed, *states: HoldState) -> str:
    """The newest hold in one of these states."""
    found = [one.id for one in deed.case.holds.values() if one.state in states]
    return str(deed.one_of(found[-1:]))


def approve_hold(deed: Deed) -> None:
    """Agree to it from a seat."""
    person = deed.world.people[deed.login("seat1-holder")]
    seat = deed.world.trust.keyset.seat_of(person.account)
    facts = {"hold": hold_of(deed, HoldState.REQUESTED), "seat": seat.number if seat else 1}
    deed.do(holds.approve_hold, "hold.approved", facts)


def withdraw(deed: Deed) -> None:
    """Take an item back."""
    case = deed.case
    found = items(deed.rich, "it").values()
    left = [one for one in found if one not in (*case.withdrawn, *case.erased)]
    deed.do(withdraw_identity, "identity.withdrawn", {"items": [deed.one_of(left)]})


def new_code(deed: Deed) -> None:
    """Take another receipt code."""
    rich = deed.rich
    change_code(rich, "it")
    deed.filed = rich.filed["it"]
