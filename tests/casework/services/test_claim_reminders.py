"""Who is reminded that the time to claim an award runs out: an office, where it wrote a letter."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casework.domain import award_approval
from casework.services import clocks, outbox, rewards
from instance import Filed, World, make_world

HALF, LAST_WEEK = "50%", "T-7"


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = make_world(tmp_path, database_url)
    made.appropriate()
    yield made
    made.store.close()


def told_by(world: World, monkeypatch: pytest.MonkeyPatch, how: str) -> Filed:
    """An award of somebody who reads no mailbox, told on Monday 2 March."""
    monkeypatch.setattr(award_approval, "WITHOUT_A_WAY_BACK", frozenset({"web"}))
    filed = world.approved()
    award = world.case(filed.report).award
    assert award is not None
    facts = {"award": award.id, "how": how, "document": "伊应急奖通〔2026〕样1号"}
    act = world.sign("yjj-officer", "reward.notified", filed.report, facts)
    rewards.note_notice(world.store, act=act, trust=world.trust, now=world.now)
    return filed


def reminded(world: World, filed: Filed) -> list[str]:
    """The reminders of the claim that were given."""
    given = [one.partition("/") for one in world.case(filed.report).reminded]
    return [stage for clock, _, stage in given if clock.startswith("claim.")]


def letters(world: World) -> list[tuple[str, str]]:
    """The notices that ask an office to write once more: to whom, and until when."""
    jobs = outbox.claim(world.store, limit=1000, now=world.now)
    told = [dict(job.payload) for job in jobs if job.payload["notice"] == clocks.CLAIM_ENDS]
    return [(one["office"], one["on"]) for one in told]


def sweep_on(world: World, *days: str) -> None:
    for day in days:
        world.now = datetime.fromisoformat(f"{day}T04:00:00").replace(tzinfo=UTC)
        swept = clocks.sweep(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
        assert swept.failed == ()


def test_who_was_told_by_letter_is_written_to_at_half_time_and_in_the_last_week(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    filed = told_by(world, monkeypatch, "letter")
    sweep_on(world, "2026-04-03")
    assert (reminded(world, filed), letters(world)) == ([], [])
    sweep_on(world, "2026-04-04", "2026-04-28", "2026-04-29")
    assert reminded(world, filed) == [HALF, LAST_WEEK]
    assert letters(world) == [("410329-yjj", "2026-05-06")] * 2


@pytest.mark.parametrize("how", ["announced", "mailbox"])
def test_who_reads_the_notice_or_the_mailbox_is_reminded_without_the_office(
    world: World, monkeypatch: pytest.MonkeyPatch, how: str
):
    filed = world.approved() if how == "mailbox" else told_by(world, monkeypatch, how)
    sweep_on(world, "2026-04-04", "2026-04-29")
    assert reminded(world, filed) == [HALF, LAST_WEEK]
    assert letters(world) == []


def test_what_was_claimed_in_time_is_not_reminded_of(world: World, monkeypatch: pytest.MonkeyPatch):
    filed = world.approved()
    world.claim(filed)
    sweep_on(world, "2026-04-04", "2026-04-29")
    assert (reminded(world, filed), letters(world)) == ([], [])
