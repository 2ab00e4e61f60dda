"""What comes of a report that earned an award in benchmarks.year: agreed to, paid, or lapsed.

A step here is done by a life as those of year_people are.
"""

from typing import TYPE_CHECKING, Any, Final

from benchmarks.year_desk import Desk, login_of
from casework.domain.award_values import UNDECIDED, AwardState
from casework.domain.case import Case, State
from casework.services import payments

if TYPE_CHECKING:
    from benchmarks.year_people import Life

NAMED_PART: Final = 0.4  # of the reporters give a name, without which nobody earns anything
CLAIMED_PART: Final = 0.6
FINE_FEN: Final = 2_000_000  # 15 % of it are 3,000 CNY, to which one person agrees
GRANTED_FEN: Final = 10_000_000_000
YEARS: Final = (2026, 2027)
APPROVER: Final = "awb-approver"
CLAIM_HASH: Final = "ab" * 32


def penalty_of(life: "Life") -> dict[str, Any]:
    """Return what a finding says of the fine: there is one where a name was given."""
    return {"penalty_no": "样罚1号", "fines_fen": [FINE_FEN]} if life.filed_by_name else {}


def plan(life: "Life", desk: Desk, *, slow: bool) -> None:
    """Decide when the award is proposed."""
    life.later(desk, life.draw.randint(15, 40) if slow else life.draw.randint(0, 9), propose)


def propose(life: "Life", desk: Desk, case: Case) -> None:
    """Propose what the rules give, of the claim that the jobs process opened or by hand."""
    award = case.live_award
    if case.state not in (State.CONCLUDED, State.CLOSED):
        return
    if award is not None and award.state not in UNDECIDED - {AwardState.PROPOSED}:
        return
    desk.world.reserve(case.report_id, login_of(case.lead, "officer"))
    desk.done["reward.proposed" if award else "reward.reserved"] += 1
    late = life.late and life.chance(0.3)
    life.later(desk, life.draw.randint(20, 40) if late else life.draw.randint(0, 12), approve)


def approve(life: "Life", desk: Desk, case: Case) -> None:
    """Agree to it, or refuse it now and then."""
    award = case.live_award
    if award is None or award.state is not AwardState.PROPOSED:
        return
    desk.world.say_yes(case.report_id, APPROVER)
    desk.done["reward.approved"] += 1
    if life.chance(CLAIMED_PART):
        life.later(desk, life.draw.randint(0, 58), claim)


def claim(life: "Life", desk: Desk, case: Case) -> None:
    """Ask for it at the counter."""
    award = case.live_award
    if award is None or award.state is not AwardState.NOTIFIED or life.filed is None:
        return
    desk.world.claim(life.filed, how="counter", claim_hash=CLAIM_HASH)
    desk.done["reward.claimed"] += 1
    life.later(desk, life.draw.randint(10, 25) if life.late else life.draw.randint(0, 6), pay)


def pay(life: "Life", desk: Desk, case: Case) -> None:
    """Hand it over with a second officer, and find it in the cash book."""
    del life
    desk.world.pay(case.report_id, means="cash", claim_hash=CLAIM_HASH)
    desk.done.update({"reward.witnessed": 1, "reward.paid": 1})
    case = desk.world.case(case.report_id)
    facts = {"award": case.award.id if case.award else "", "statement": "s1"}
    signed = desk.sign(case, "finance", "reward.reconciled", facts)
    payments.reconcile_payment(desk.world.store, **signed)
