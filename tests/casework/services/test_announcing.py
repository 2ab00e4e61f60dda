"""Which awards are put up by case number: who could not be told otherwise, and what lapsed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from casework.domain import award_approval
from casework.services import claims, rewards
from casework.services.announcing import PutUp, put_up
from casework.services.claim_time import claim_until
from casework.services.rulebook import rulebook
from instance import Filed, World, make_world


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = make_world(tmp_path, database_url)
    made.appropriate()
    yield made
    made.store.close()


def without_mailbox(world: World, monkeypatch: pytest.MonkeyPatch, how: str) -> Filed:
    """A report that came in where nobody could be told anything back, told by a paper."""
    monkeypatch.setattr(award_approval, "WITHOUT_A_WAY_BACK", frozenset({"web"}))
    filed = world.approved()
    award = world.case(filed.report).award
    assert award is not None
    facts = {"award": award.id, "how": how, "document": "伊应急奖通〔2026〕样1号"}
    act = world.sign("yjj-officer", "reward.notified", filed.report, facts)
    rewards.note_notice(world.store, act=act, trust=world.trust, now=world.now)
    return filed


def lapse(world: World) -> None:
    done = claims.end_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    assert done.failed == ()


def last_day(world: World, filed: Filed) -> date:
    case = world.case(filed.report)
    until = claim_until(rulebook(world.store), case, world.now)
    assert until is not None
    return until


def test_an_award_told_in_the_mailbox_or_by_letter_is_not_put_up(world, monkeypatch):
    world.approved()
    without_mailbox(world, monkeypatch, "letter")
    assert put_up(world.store, now=world.now) == ()


def test_what_was_announced_stands_there_with_its_last_day(world, monkeypatch):
    filed = without_mailbox(world, monkeypatch, "announced")
    until = last_day(world, filed)
    assert put_up(world.store, now=world.now) == (PutUp(filed.case_number, until, lapsed=False),)


def test_a_lapsed_one_stands_there_for_half_a_year(world):
    filed = world.approved()
    until = last_day(world, filed)
    world.now = datetime(until.year, until.month, until.day, 15, tzinfo=UTC)  # 23:00 in China
    lapse(world)
    assert put_up(world.store, now=world.now) == ()
    world.now += timedelta(hours=1)
    lapse(world)
    shown = (PutUp(filed.case_number, None, lapsed=True),)
    assert put_up(world.store, now=world.now) == shown
    world.now += timedelta(days=180)
    assert put_up(world.store, now=world.now) == shown
    world.now += timedelta(seconds=1)
    assert put_up(world.store, now=world.now) == ()


def test_a_claimed_one_stands_there_no_more(world, monkeypatch):
    filed = without_mailbox(world, monkeypatch, "announced")
    world.claim(filed)
    assert put_up(world.store, now=world.now) == ()
