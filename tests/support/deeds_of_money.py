"""Deeds about rewards, identity items, and what keeps them."""

from typing import Any

from casework.domain.award import binding
from casework.domain.case import HoldState
from casework.domain.phoning import PHONED
from casework.domain.satisfaction import question
from casework.services import (
    disclosure,
    holds,
    rewards,
)
from casework.services.erasing import withdraw_identity
from casework.services.objections import note_call
from deed import (
    Deed,
    NothingToTryError,
)

# Rewards --------------------------------------------------------------------------------------
from rich_instance import ask_with_reason, change_code, items
from rich_seats import agree


def award_of(deed: Deed) -> Any:
    """The award of the case."""
    return deed.one_of([deed.case.award] if deed.case.award else [])


def approve(deed: Deed) -> None:
    """Approve the award."""
    award = award_of(deed)
    facts = {
        "award": award.id,
        "amount_fen": award.amount_fen,
        "binding": binding(deed.case, award),
    }
    deed.do(rewards.approve_reward, "reward.approved", facts)


def claim(deed: Deed) -> None:
    """Claim it to an account."""
    award_of(deed)
    deed.world.claim(deed.filed)


def pay(deed: Deed) -> None:
    """Book the payment."""
    award_of(deed)
    deed.world.pay(deed.report)


# Identity and releases ------------------------------------------------------------------------


def ask_release(deed: Deed) -> None:
    """The payee item for the cashier, the contact item for whoever calls."""
    award = deed.case.award
    if award is not None and award.item and deed.pick((True, False)):
        deed.world.request(deed.report)
        return
    if "contact" not in items(deed.rich, "it"):
        raise NothingToTryError
    ask_with_reason(deed.rich, "it", "contact")


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
