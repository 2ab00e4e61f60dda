"""Several pots, and moves of money that two persons sign: on both databases."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from casework.domain.errors import (
    BadActError,
    BudgetExceededError,
    CaseworkError,
    FundMoveError,
    NotPermittedError,
)
from casework.domain.ledger import Balance
from casework.domain.money import yuan
from casework.services import claims, fund, fund_moves, rewards
from casework.verify import verify
from casework.verify_rows import Problem
from funding import agree, book, budget, decline, moved, propose_move
from instance import World

CITY = "city"
YJJ = "county:410329-yjj"


def problems(world: World) -> list[Problem]:
    found = verify(world.store, world.blobs, world.trust, None)
    money = ("ledger", "balance", "fund_proposal", "event")
    return [one for one in found if isinstance(one, Problem) and one.kind in money]


def parts(world: World) -> dict[str, Balance]:
    return fund.fund_books(world.store, year=2026).parts


def concluded(world: World) -> str:
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report)
    return filed.report


def paid(world: World) -> str:
    """A case whose award of 60,000 CNY was paid; returns the award."""
    filed = world.approved()
    world.claim(filed)
    release = world.request(filed.report)
    world.agree(filed.report, release, "seat1-holder")
    world.agree(filed.report, release, "seat2-deputy")
    world.open(filed.report, release)
    world.pay(filed.report)
    award = world.case(filed.report).award
    assert award is not None
    return award.id


# Pots ----------------------------------------------------------------------------------------


def test_a_supplement_comes_after_a_grant_and_names_its_paper(world: World):
    book(world, "fund.supplemented", yuan(200_000), pot=CITY)

    assert fund.fund_balance(world.store, year=2026).available_fen == yuan(1_200_000)
    assert {pot: one.available_fen for pot, one in parts(world).items()} == {
        "county": yuan(1_000_000),
        CITY: yuan(200_000),
    }
    with pytest.raises(FundMoveError) as refusal:
        book(world, "fund.supplemented", 1, year=2027)
    assert refusal.value.reason == "nothing_granted"
    with pytest.raises(BadActError):
        book(world, "fund.supplemented", 1, document=" ")
    with pytest.raises(BadActError):
        book(world, "fund.supplemented", 1, pot="moon")
    assert problems(world) == []


def test_only_finance_grants_and_proposes(world: World):
    act = world.sign("cashier", "fund.supplemented", "", {
        "year": 2026, "pot": CITY, "amount_fen": 1, "document": "x",
    })  # fmt: skip
    with pytest.raises(NotPermittedError):
        fund.appropriate(world.store, act=act, trust=world.trust, now=world.now)
    with pytest.raises(FundMoveError):
        propose_move(world, "virement", 1, to_pot=CITY, who="awb-approver")


def test_an_office_with_a_part_of_its_own_draws_on_it_alone(world: World):
    book(world, "fund.supplemented", yuan(70_000), pot=YJJ)
    first, second = concluded(world), concluded(world)

    world.reserve(first)
    award = world.case(first).award

    assert award is not None
    assert award.pot == YJJ
    assert parts(world)[YJJ] == Balance(yuan(70_000), yuan(60_000), 0, yuan(10_000))
    with pytest.raises(BudgetExceededError) as refusal:
        world.reserve(second)
    assert refusal.value.shortfall_fen == yuan(50_000)
    elsewhere = world.proposal(second) | {"pot": "county"}
    with pytest.raises(BadActError):
        rewards.reserve_reward(
            world.store,
            act=world.sign("yjj-officer", "reward.reserved", second, elsewhere),
            trust=world.trust,
            policies=world.policies,
            now=world.now,
        )
    assert problems(world) == []


def test_the_next_source_is_taken_where_the_nearest_has_not_enough(world: World):
    moved(world, "virement", yuan(950_000), to_pot=CITY)
    report = concluded(world)

    world.reserve(report)

    award = world.case(report).award
    assert award is not None
    assert award.pot == CITY
    assert parts(world)["county"].available_fen == yuan(50_000)


def test_what_is_released_and_paid_goes_through_the_pot_it_came_from(world: World):
    book(world, "fund.supplemented", yuan(500_000), pot=YJJ)
    paid(world)

    assert parts(world)[YJJ] == Balance(yuan(500_000), 0, yuan(60_000), yuan(440_000))
    assert parts(world)["county"].used_fen == 0
    assert problems(world) == []


# Two persons ---------------------------------------------------------------------------------


def test_nothing_moves_before_another_person_agrees(world: World):
    facts = propose_move(world, "virement", yuan(300_000), to_pot=CITY)
    assert parts(world).keys() == {"county"}

    with pytest.raises(FundMoveError) as refusal:
        agree(world, facts, "finance")
    assert refusal.value.reason == "same_person"
    for who in ("yjj-officer", "cashier", "auditor"):
        with pytest.raises(CaseworkError):
            agree(world, facts, who)
    with pytest.raises(FundMoveError):
        agree(world, {**facts, "amount_fen": yuan(400_000)})

    assert agree(world, facts) == Balance(yuan(1_000_000), 0, 0, yuan(1_000_000))
    assert parts(world)[CITY] == Balance(yuan(300_000), 0, 0, yuan(300_000))
    with pytest.raises(FundMoveError) as again:
        agree(world, facts)
    assert again.value.reason == "not_open"
    assert problems(world) == []


def test_a_move_is_declined_by_another_or_taken_back(world: World):
    one = propose_move(world, "virement", 1, to_pot=CITY)
    other = propose_move(world, "virement", 2, to_pot=CITY)
    decline(world, one)
    decline(world, other, "finance")

    for facts in (one, other):
        with pytest.raises(FundMoveError):
            agree(world, facts)
    assert fund_moves.open_moves(world.store, trust=world.trust) == ()
    assert parts(world).keys() == {"county"}
    assert problems(world) == []


def test_money_that_went_since_is_not_moved(world: World):
    facts = propose_move(world, "virement", yuan(1_000_000), to_pot=CITY)
    world.reserve(concluded(world))

    with pytest.raises(BudgetExceededError) as refusal:
        agree(world, facts)
    assert refusal.value.shortfall_fen == yuan(60_000)
    assert parts(world).keys() == {"county"}


def test_an_overdraft_needs_a_policy_that_allows_it_and_somebody_above(world: World):
    with pytest.raises(FundMoveError) as refusal:
        propose_move(world, "overdraft", yuan(10_000))
    assert refusal.value.reason == "no_overdraft"

    rules = budget(world)
    assert rules is not None
    lenient = replace(rules, on_exhausted="overdraw")
    facts = propose_move(world, "overdraft", yuan(10_000), budget=lenient)
    standing = agree(world, facts, "awb-supervisor", rules=lenient)

    assert standing == Balance(yuan(1_000_000), 0, 0, yuan(1_010_000), yuan(10_000))
    assert standing.as_json(2026)["available_fen"] == yuan(1_000_000)
    with pytest.raises(FundMoveError) as too_much:
        book(world, "fund.covered", yuan(10_001))
    assert too_much.value.reason == "not_overdrawn"
    assert book(world, "fund.covered", yuan(10_000)).overdrawn_fen == 0
    assert problems(world) == []


def test_what_is_clawed_back_leaves_the_payment_as_it_was(world: World):
    award = paid(world)

    moved(world, "clawback", yuan(20_000), award=award, turn=1)
    with pytest.raises(FundMoveError) as refusal:
        moved(world, "clawback", yuan(40_001), award=award, turn=2)
    assert refusal.value.reason == "more_than_paid"
    standing = moved(world, "clawback", yuan(40_000), award=award, turn=2)

    assert standing == Balance(yuan(1_000_000), 0, 0, yuan(1_000_000))
    kinds = [str(line.kind) for line in fund.fund_lines(world.store, year=2026)]
    assert kinds[-3:] == ["DISBURSEMENT", "CLAWBACK", "CLAWBACK"]
    with pytest.raises(FundMoveError) as none:
        propose_move(world, "clawback", 1, award="another", turn=1)
    assert none.value.reason == "not_this_award"
    assert problems(world) == []


def test_what_was_reopened_in_another_year_is_clawed_back_from_that_one(world: World):
    filed = world.approved()
    world.move(days=310)  # 6 January 2027
    ended = claims.end_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    assert ended.lapsed == 1
    book(world, "fund.appropriated", yuan(100_000), year=2027)
    award = world.case(filed.report).award
    assert award is not None
    facts = {"award": award.id, "reason_code": "illness", "year": 2027, "pot": "county"}
    rewards.reopen_reward(
        world.store,
        act=world.sign(
            "awb-approver", "reward.reopened", filed.report, {**facts, "more_fen": yuan(60_000)}
        ),
        trust=world.trust,
        policies=world.policies,
        now=world.now,
    )
    world.claim(filed, how="counter")
    world.pay(filed.report, means="cash", claim_hash="ab" * 32)
    with pytest.raises(FundMoveError) as refusal:
        moved(world, "clawback", yuan(60_000), award=award.id, turn=1)
    assert refusal.value.reason == "not_this_award"
    standing = moved(world, "clawback", yuan(60_000), award=award.id, turn=1, year=2027)
    assert standing == Balance(yuan(100_000), 0, 0, yuan(100_000))


# The end of a year ---------------------------------------------------------------------------


def test_a_year_ends_by_the_policys_rule_once_it_is_over(world: World):
    rules = budget(world)
    assert rules is not None
    assert rules.year_end == "lapse"
    with pytest.raises(FundMoveError) as early:
        propose_move(world, "lapse", yuan(1_000_000))
    assert early.value.reason == "year_open"

    world.reserve(concluded(world))
    world.now = datetime(2027, 1, 4, 2, 0, tzinfo=UTC)
    for move, amount, reason in (
        ("carry", yuan(940_000), "other_year_end"),
        ("lapse", yuan(939_999), "not_the_rest"),
    ):
        with pytest.raises(FundMoveError) as refusal:
            propose_move(world, move, amount)
        assert refusal.value.reason == reason

    # What is set aside for an award stays in its year until it is paid or released.
    assert moved(world, "lapse", yuan(940_000)) == Balance(yuan(60_000), yuan(60_000), 0, 0)
    assert problems(world) == []


def test_what_is_carried_on_stands_in_the_next_year(world: World):
    rules = budget(world)
    assert rules is not None
    world.now = datetime(2027, 1, 4, 2, 0, tzinfo=UTC)

    moved(world, "carry", yuan(1_000_000), budget=replace(rules, year_end="carry"))

    assert fund.fund_balance(world.store, year=2026) == Balance()
    assert fund.fund_balance(world.store, year=2027).available_fen == yuan(1_000_000)
    assert problems(world) == []


# Verification --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE fund_part SET available_fen = available_fen - 1, paid_fen = paid_fen + 1"
         " WHERE pot = 'county'", "balance"),
        ("UPDATE fund_part SET lines = lines + 1", "balance"),
        ("UPDATE fund_part SET year = 2031 WHERE pot = 'city'", "balance"),
        ("INSERT INTO fund_part SELECT site, 2031, pot, 0, 0, 0, 0, 0, 0 FROM fund_part"
         " WHERE pot = 'city'", "balance"),
        ("DELETE FROM fund_part WHERE pot = 'city'", "balance"),
        ("UPDATE ledger_entry SET pot = 'province' WHERE pot = 'city'", "ledger"),
        ("UPDATE ledger_entry SET turn = 2 WHERE kind = 'RESERVATION'", "ledger"),
        ("UPDATE fund_proposal SET state = 'proposed'", "fund_proposal"),
        ("UPDATE fund_proposal SET decided = event", "fund_proposal"),
        ("DELETE FROM fund_proposal", "fund_proposal"),
    ],
)  # fmt: skip
def test_whoever_changes_a_row_is_found_out(world: World, statement: str, named: str):
    moved(world, "virement", yuan(300_000), to_pot=CITY)
    world.reserve(concluded(world))
    assert problems(world) == []

    world.store.write(lambda uow: uow.connection.exec_driver_sql(statement))

    assert named in {one.kind for one in problems(world)}
