"""SIGKILL between any two statements of a claim's life at the counter, on both databases.

From the finding to the money: the claim opens, is proposed, agreed to, claimed, confirmed by a
second officer and paid. After every kill the books say what the case says.
"""

import pytest

from casework.services import claims
from casework.services.fund import fund_lines
from casework.verify import Problem, verify
from instance import World, make_world
from killing import killed_everywhere

HASH = "cd" * 32
SUM = 6_000_000
# What is set aside and paid at each state, in shares of the sum.
HELD = {"computed": 1, "reserved": 1, "notified": 1, "claimed": 1, "paid": 0}


@pytest.fixture
def world(tmp_path, database_url):
    made = make_world(tmp_path / "home", database_url)
    made.appropriate()
    yield made
    made.store.close()


def state_of(world: World, report: str) -> str:
    award = world.case(report).award
    return str(award.state) if award else ""


def test_a_claim_goes_on_from_where_it_was_killed_and_is_paid_once(world: World):
    filed = world.file_report()
    report = filed.report
    world.accept(report)
    world.conclude(report)

    def work():
        if not state_of(world, report):
            claims.open_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
        if state_of(world, report) == "computed":
            world.propose_reward(report)
        while state_of(world, report) == "reserved":
            award = world.case(report).award
            who = "finance" if award and award.next_rung == "finance" else "awb-approver"
            world.say_yes(report, who)
        if state_of(world, report) == "notified":
            world.claim(filed, how="counter", claim_hash=HASH)
        if state_of(world, report) == "claimed":
            world.pay(report, means="cash", claim_hash=HASH)

    def look():
        state = state_of(world, report)
        balance = world.store.read(lambda uow: uow.ledger.balance(2026))
        assert balance.reserved_fen == SUM * HELD.get(state, 0)
        assert balance.paid_fen == SUM * (state == "paid")

    assert killed_everywhere([world.store], work, look) > 20
    assert state_of(world, report) == "paid"
    kinds = [str(one.kind) for one in fund_lines(world.store, year=2026)]
    assert kinds == ["APPROPRIATION", "RESERVATION", "DISBURSEMENT"]
    found = verify(world.store, world.blobs, world.trust)
    assert not [one for one in found if isinstance(one, Problem) and one.kind != "log"]
