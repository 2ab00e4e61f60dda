"""Who may book and move the fund's money, and which facts each act carries."""

from typing import Any

import pytest

from casework.domain.case import Act
from casework.domain.errors import BadActError, CaseworkError, FundMoveError, UnknownActError
from casework.domain.fund_moves import (
    AGREED,
    MOVES,
    PROPOSED,
    MoveState,
    check_fund_facts,
    decide,
    propose,
)
from casework.domain.ledger import MOVES as KINDS
from casework.domain.ledger import OUTSIDE, Account, Balance, LineKind, apply, balance
from casework.domain.ledger_lines import LINE_OF, LINES_OF_MOVE, lines_of
from casework.domain.pots import Pot, parse_pot

MORE: dict[str, dict[str, Any]] = {
    "virement": {"to_pot": "city"},
    "clawback": {"award": "a1", "turn": 1},
}


def facts(move: str, /, **changed: Any) -> dict[str, Any]:
    base = {
        "proposal": "p1", "move": move, "year": 2026, "pot": "county", "amount_fen": 100,
        "document": "样财〔2026〕1号", **MORE.get(move, {}),
    }  # fmt: skip
    return {name: value for name, value in (base | changed).items() if value is not None}


def act(kind: str, given: dict[str, Any], actor: str = "f", roles: str = "finance") -> Act:
    return Act(kind, 0, "2027-01-04T02:00:00Z", actor, "o", frozenset(roles.split()), given)


@pytest.mark.parametrize("move", MOVES)
def test_every_move_carries_its_own_facts_and_no_other(move: str):
    check_fund_facts(PROPOSED, facts(move))
    for name in facts(move):
        with pytest.raises(BadActError):
            check_fund_facts(PROPOSED, facts(move, **{name: None}))
    for name, value in {"to_pot": "city", "award": "a1", "turn": 1, "more": 1}.items():
        if name not in facts(move):
            with pytest.raises(BadActError):
                check_fund_facts(PROPOSED, facts(move, **{name: value}))


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize(
    ("actor", "roles", "reason"),
    [("f", "approver", "same_person"), ("g", "officer leader cashier", "role")],
)
def test_the_second_is_another_person_in_a_role_that_may(
    move: str, actor: str, roles: str, reason: str
):
    proposal = propose(act(PROPOSED, facts(move)))
    with pytest.raises(FundMoveError) as refusal:
        decide(proposal, act(AGREED, facts(move), actor, roles))
    assert refusal.value.reason == reason
    done = decide(proposal, act(AGREED, facts(move), "g", "approver"))
    assert done.state is MoveState.AGREED


def test_an_overdraft_is_not_agreed_to_within_finance():
    proposal = propose(act(PROPOSED, facts("overdraft")))
    with pytest.raises(FundMoveError):
        decide(proposal, act(AGREED, facts("overdraft"), "g", "finance"))
    virement = propose(act(PROPOSED, facts("virement")))
    decide(virement, act(AGREED, facts("virement"), "g", "finance"))


def test_a_year_that_runs_has_no_end_yet():
    with pytest.raises(FundMoveError):
        propose(act(PROPOSED, facts("lapse", year=2027)))
    propose(act(PROPOSED, facts("lapse", year=2026)))


@pytest.mark.parametrize("move", MOVES)
def test_every_move_has_its_lines_which_leave_nothing_on_the_way(move: str):
    assert LINES_OF_MOVE.keys() == MOVES.keys()
    lines = lines_of(AGREED, facts(move), "ab" * 32)
    assert [line.kind for line in lines] == list(LINES_OF_MOVE[move])
    assert len({line.id for line in lines}) == len(lines)
    between = {Account.TRANSIT, Account.CARRIED}
    for account in between:
        into = sum(line.amount_fen for line in lines if line.account_to is account)
        out = sum(line.amount_fen for line in lines if line.account_from is account)
        assert into == out


def test_every_kind_of_line_is_made_by_some_event():
    made = {
        LineKind.RELEASE,
        *LINE_OF.values(),
        *(kind for kinds in LINES_OF_MOVE.values() for kind in kinds),
    }
    assert made == set(LineKind) == set(KINDS)
    assert {Account.BUDGET, Account.TRANSIT, Account.CARRIED} == OUTSIDE


def test_a_payment_that_came_back_is_set_aside_again():
    grant, taken, paid = (
        lines_of(kind, {"year": 2026, "amount_fen": 100, "award": "a"}, kind)[0]
        for kind in ("fund.appropriated", "reward.reserved", "reward.paid")
    )
    back = type(paid)("x", LineKind.RETURN, *KINDS[LineKind.RETURN], 100, 2026, "a", "e")
    assert balance([grant, taken, paid, back]) == Balance(100, 100, 0, 0)
    with pytest.raises(CaseworkError):
        apply(balance([grant, taken]), back)


@pytest.mark.parametrize("text", ["", "moon", "county:", ":x", "county:a b", "county:" + "x" * 64])
def test_a_pot_that_cannot_be_is_refused(text: str):
    with pytest.raises(BadActError):
        parse_pot(text)
    assert parse_pot("city:410329-yjj") == Pot("city", "410329-yjj")


def test_an_act_of_another_kind_decides_nothing():
    with pytest.raises(UnknownActError):
        decide(propose(act(PROPOSED, facts("lapse"))), act("fund.appropriated", {}))
