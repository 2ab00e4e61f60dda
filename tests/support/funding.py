"""What finance does with the fund in a test instance: grants, adds, proposes; others agree."""

from typing import Any

from casework.domain.ids import new_id
from casework.domain.ledger import Balance
from casework.domain.policy_rules import Budget
from casework.services import fund, fund_moves
from instance import World


def book(world: World, kind: str, amount_fen: int, **facts: Any) -> Balance:
    """Book what finance books alone, this year from the first pot."""
    given = {"year": 2026, "pot": "county", "amount_fen": amount_fen, "document": "样财〔2026〕1号"}
    act = world.sign("finance", kind, "", given | facts)
    return fund.appropriate(world.store, act=act, trust=world.trust, now=world.now)


def budget(world: World) -> Budget | None:
    """What the policy in force says of the fund."""
    today = world.now.date()
    return fund_moves.budget_of(world.policies, "410329", today)


def propose_move(world: World, move: str, amount_fen: int, **facts: Any) -> dict[str, Any]:
    """Propose a move as finance; returns what was signed."""
    rules = facts.pop("budget", budget(world))
    given = {
        "proposal": new_id(), "move": move, "year": 2026, "pot": "county",
        "amount_fen": amount_fen, "document": "样财〔2026〕2号", **facts,
    }  # fmt: skip
    who = given.pop("who", "finance")
    act = world.sign(who, "fund.proposed", "", given)
    fund_moves.propose_move(world.store, act=act, budget=rules, trust=world.trust, now=world.now)
    return given


def agree(
    world: World, facts: dict[str, Any], who: str = "awb-approver", rules: Budget | None = None
) -> Balance:
    """Agree to a move."""
    return fund_moves.agree_to_move(
        world.store,
        act=world.sign(who, "fund.agreed", "", facts),
        budget=rules or budget(world),
        trust=world.trust,
        now=world.now,
    )


def decline(world: World, facts: dict[str, Any], who: str = "awb-approver") -> None:
    """Decline a move, or take it back."""
    act = world.sign(who, "fund.declined", "", {"proposal": facts["proposal"]})
    fund_moves.decline_move(world.store, act=act, trust=world.trust, now=world.now)


def moved(world: World, move: str, amount_fen: int, **facts: Any) -> Balance:
    """Propose a move and agree to it."""
    rules = facts.get("budget", budget(world))
    return agree(world, propose_move(world, move, amount_fen, **facts), rules=rules)
