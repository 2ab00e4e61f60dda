"""What happens at the same moment: exactly one wins, the others are told."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from casework.domain.errors import (
    AlreadyDoneError,
    BudgetExceededError,
    CaseworkError,
    NotPermittedError,
    SeparationError,
    StaleActError,
    WrongStateError,
)
from casework.domain.money import yuan
from casework.services import claims, fund, rewards
from casework.verify import Problem, verify
from instance import World, make_world


def outcomes(run: Callable[[int], object], times: int) -> list[object]:
    """Run at once, and return what each came to: "won" or the class that refused it."""

    def one(number: int) -> object:
        try:
            run(number)
        except CaseworkError as refusal:
            return type(refusal)
        return "won"

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_of_eight_officers_who_accept_one_report_one_wins(world):
    filed = world.file_report()
    who = ["yjj-officer", "yjj-officer-2"]
    found = outcomes(lambda n: world.accept(filed.report, who[n % 2]), 8)

    assert found.count("won") == 1
    assert set(found) <= {"won", StaleActError, WrongStateError}
    assert world.case(filed.report).events == 2


def test_of_eight_approvals_of_one_award_one_wins(world):
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report)
    world.reserve(filed.report)
    found = outcomes(lambda _n: world.say_yes(filed.report), 8)

    assert found.count("won") == 1
    assert set(found) <= {"won", StaleActError, SeparationError, NotPermittedError}


def test_of_eight_payments_of_one_award_one_is_booked(world):
    filed = world.approved()
    world.claim(filed, how="counter", claim_hash="cd" * 32)
    world.see(filed.report)
    who = ["cashier", "cashier-2"]
    found = outcomes(
        lambda n: world.pay(filed.report, who[n % 2], means="cash", claim_hash="cd" * 32), 8
    )

    assert found.count("won") == 1
    assert set(found) <= {"won", StaleActError, WrongStateError, AlreadyDoneError}
    assert fund.fund_balance(world.store, year=2026).paid_fen == 6_000_000


def test_awards_that_race_for_the_last_money_never_overspend_the_fund(world: World):
    filed = []
    for _ in range(5):
        one = world.file_report()
        world.accept(one.report)
        world.conclude(one.report, fines_fen=[200_000_000])  # 15 % = 300,000 CNY each
        filed.append(one)
    acts = [
        world.sign("yjj-officer", "reward.reserved", one.report, world.proposal(one.report))
        for one in filed
    ]
    found = outcomes(
        lambda n: rewards.reserve_reward(
            world.store, act=acts[n], trust=world.trust, policies=world.policies, now=world.now
        ),
        5,
    )

    assert found.count("won") == 3
    assert found.count(BudgetExceededError) == 2
    balance = fund.fund_balance(world.store, year=2026)
    assert (balance.reserved_fen, balance.available_fen) == (90_000_000, 10_000_000)


def test_of_64_awards_the_last_hundred_thousand_is_reserved_once_each_until_gone(
    tmp_path: Path, database_url: str
):
    world = make_world(tmp_path / "last", database_url)
    world.appropriate(yuan(100_000))
    reports = []
    for _ in range(64):
        filed = world.file_report(identity={"who": "{}"})
        world.accept(filed.report)
        world.conclude(filed.report, fines_fen=[yuan(20_000)])  # 15 % = 3,000 CNY each
        reports.append(filed.report)
    acts = [
        world.sign("yjj-officer", "reward.reserved", one, world.proposal(one)) for one in reports
    ]
    found = outcomes(
        lambda n: rewards.reserve_reward(
            world.store, act=acts[n], trust=world.trust, policies=world.policies, now=world.now
        ),
        64,
    )

    assert (found.count("won"), found.count(BudgetExceededError)) == (33, 31)
    lines = fund.fund_lines(world.store, year=2026)[1:]
    assert len({line.award for line in lines}) == len(lines) == 33
    held = {one for one in reports if world.case(one).award is not None}
    assert held == {reports[n] for n, one in enumerate(found) if one == "won"}
    standing = fund.fund_balance(world.store, year=2026)
    assert (standing.reserved_fen, standing.available_fen) == (yuan(99_000), yuan(1_000))
    world.store.close()


def test_of_64_claims_that_open_at_once_each_sets_its_money_aside_once_until_it_is_gone(
    tmp_path: Path, database_url: str
):
    """Sixteen jobs processes at a time, as if somebody had started them all."""
    world = make_world(tmp_path / "claims", database_url)
    world.appropriate(yuan(100_000))
    reports = []
    for _ in range(64):
        filed = world.file_report(identity={"who": "{}"})
        world.accept(filed.report)
        world.conclude(filed.report, fines_fen=[yuan(20_000)])  # 15 % = 3,000 CNY each
        reports.append(filed.report)

    def work(_n: int) -> None:
        claims.open_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)

    def standing() -> Counter[tuple[str, str, int]]:
        found = [world.case(one).award for one in reports]
        return Counter((str(one.state), one.reason, one.reserved_fen) for one in found if one)

    assert outcomes(work, 16) == ["won"] * 16
    assert standing() == {("computed", "", yuan(3_000)): 33, ("eligibility", "short", 0): 31}
    lines = fund.fund_lines(world.store, year=2026)[1:]
    assert len({line.award for line in lines}) == len(lines) == 33
    assert balance_of(world) == (yuan(99_000), yuan(1_000))

    # The fines become final, a little higher: each wants 600 CNY more, and one of them gets it.
    for one in reports:
        world.conclude(one, fines_fen=[yuan(24_000)])
    assert outcomes(work, 16) == ["won"] * 16
    assert standing() == {
        ("computed", "", yuan(3_600)): 1,
        ("eligibility", "short", yuan(3_000)): 32,
        ("eligibility", "short", 0): 31,
    }
    assert balance_of(world) == (yuan(99_600), yuan(400))

    # One is refused while all look for money again: what is free is taken up, once.
    found = [(one, world.case(one).award) for one in reports]
    report, award = next((r, a) for r, a in found if a and a.reserved_fen == yuan(3_000))
    facts = {"award": award.id, "reason_code": "relation"}
    act = world.sign("awb-approver", "reward.rejected", report, facts)
    rewards.reject_reward(world.store, act=act, trust=world.trust, now=world.now)
    assert outcomes(work, 16) == ["won"] * 16
    reserved, left = balance_of(world)
    assert reserved + left == yuan(100_000)
    assert left < yuan(600)
    told = verify(world.store, world.blobs, world.trust)
    assert [one for one in told if isinstance(one, Problem)] == []
    world.store.close()


def balance_of(world: World) -> tuple[int, int]:
    """What is set aside this year, and what is left."""
    found = fund.fund_balance(world.store, year=2026)
    return found.reserved_fen, found.available_fen
