"""SIGKILL between any two statements of a payment through the bank, on both databases.

After every kill each award is paid once or not at all, its case says which, and the books agree;
what leaves for the bank was signed before.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from banking import acts_of, answer, lines, opened, released, send
from casework.domain.errors import CaseworkError
from casework.domain.ledger import LineKind
from casework.services import bank
from casework.services.fund import fund_lines
from casework.verify import Problem, verify
from instance import make_world
from killing import killed_everywhere

BATCH = "K7M2Q9XR"
SUM = 6_000_000


@pytest.fixture
def world(tmp_path, database_url):
    made = make_world(tmp_path / "home", database_url)
    made.appropriate()
    yield made
    made.store.close()


def states(world, filed):
    return [str(world.case(one.report).award.state) for one in filed]


def booked(world, kind):
    return [one.award for one in fund_lines(world.store, year=2026) if one.kind is kind]


def check_books(world, filed):
    """The books say of each award what its case says; money is nowhere twice."""
    paid, held = booked(world, LineKind.DISBURSEMENT), booked(world, LineKind.RESERVATION)
    returned = booked(world, LineKind.RETURN)
    balance = world.store.read(lambda uow: uow.ledger.balance(2026))
    assert balance.reserved_fen + balance.paid_fen == SUM * len(filed)
    assert balance.paid_fen == SUM * (len(paid) - len(returned))
    assert len(held) == len(set(held)) == len(filed)
    for one in filed:
        award = world.case(one.report).award
        times = paid.count(award.id) - returned.count(award.id)
        assert times == (award.state in ("paid", "reconciled")), award.state


def test_a_batch_leaves_whole_or_not_at_all(world):
    filed = [opened(world) for _ in range(2)]

    def work():
        if states(world, filed) != ["ordered", "ordered"]:
            send(world, BATCH, filed)

    def look():
        sent = [one.name for one in bank.batches(world.store)]
        assert states(world, filed) == ["ordered" if sent else "claimed"] * 2
        check_books(world, filed)

    assert killed_everywhere([world.store], work, look) > 10
    assert [one.name for one in bank.batches(world.store)] == [BATCH]


def test_a_payment_is_made_once_or_not_at_all_and_is_known(world):
    filed = [world.approved()]
    report = filed[0].report
    release = released(world, filed[0])

    def work():
        case = world.case(report)
        if case.releases[release].state == "approved":
            world.open(report, release)
        if case.award.state == "claimed":
            send(world, BATCH, filed)
        if world.case(report).award.state == "ordered":
            answer(world, report, "reward.paid")

    def look():
        check_books(world, filed)
        award = world.case(report).award
        sent = bank.batches(world.store)
        assert bool(sent) == (award.state in ("ordered", "paid"))
        if sent:  # a file that may have left is listed, with what became of it
            (line,) = lines(world, BATCH)
            assert str(line.order.state) == {"ordered": "sent", "paid": "paid"}[award.state]

    assert killed_everywhere([world.store], work, look) > 15
    assert states(world, filed) == ["paid"]
    assert booked(world, LineKind.DISBURSEMENT) == [world.case(report).award.id]
    assert [one for one in verify(world.store, world.blobs, world.trust) if is_problem(one)] == []


def is_problem(found):
    return isinstance(found, Problem) and found.kind != "log"


def test_what_the_bank_sends_back_is_booked_once(world):
    filed = [opened(world)]
    send(world, BATCH, filed)
    answer(world, filed[0].report, "reward.paid")

    def work():
        if states(world, filed) == ["paid"]:
            answer(world, filed[0].report, "reward.returned")

    assert killed_everywhere([world.store], work, lambda: check_books(world, filed)) > 5
    assert states(world, filed) == ["notified"]
    assert len(booked(world, LineKind.RETURN)) == 1


def outcomes(run, times):
    """Run at once, and return what each came to: "won" or the class that refused it."""

    def one(number):
        try:
            run(number)
        except CaseworkError as refusal:
            return type(refusal)
        return "won"

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def test_of_eight_batches_with_the_same_award_one_leaves(world):
    filed = opened(world)
    names = ["K7M2Q9X" + sign for sign in "ABCDEFGH"]
    prepared = [acts_of(world, name, [filed]) for name in names]

    def one(number):
        acts, sent = prepared[number]
        return bank.send_batch(
            world.store,
            acts=acts,
            sent=sent,
            trust=world.trust,
            policies=world.policies,
            now=world.now,
        )

    found = outcomes(one, 8)
    assert found.count("won") == 1, found
    (left,) = bank.batches(world.store)
    assert left.name == names[found.index("won")]
    assert world.case(filed.report).award.batch == left.name


def test_of_eight_imports_of_the_same_answer_one_is_booked(world):
    filed = [opened(world)]
    send(world, BATCH, filed)
    found = outcomes(lambda _n: answer(world, filed[0].report, "reward.paid"), 8)
    assert found.count("won") == 1, found
    check_books(world, filed)
    assert states(world, filed) == ["paid"]
