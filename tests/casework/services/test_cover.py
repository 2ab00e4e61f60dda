"""Leaves in the store, and hand-overs that rest on one."""

from datetime import date, timedelta

import pytest

from asking import notices
from casework.domain.cover import Cover, assigned
from casework.domain.drawing import draw, seed_of
from casework.domain.errors import CoverRefusedError, NotPermittedError
from casework.services import cover, drawing
from casework.verify import Problem, verify

YJJ = "410329-yjj"


def account(world, login):
    return world.people[login].account


def notes(world, who, absent="yjj-officer", deputy="yjj-officer-2", first=0, days=5, office=YJJ):
    today = world.now.date()
    begins = today + timedelta(days=first)
    ends = begins + timedelta(days=days)
    new = Cover(office, account(world, absent), account(world, deputy), begins, ends)
    cover.note_cover(world.store, new=new, by=account(world, who), trust=world.trust, today=today)
    return new


def drawn(world):
    """A report for which one of the two officers was drawn: its id, that one, the other."""
    report = world.file_report().report
    both = sorted(account(world, one) for one in ("yjj-officer", "yjj-officer-2"))
    seed = seed_of(world.case(report))
    facts = {"seed": seed, "candidates": both, "officer": draw(seed, both)}
    act = world.sign("yjj-leader", "assignment.drawn", report, facts)
    drawing.draw_officer(world.store, act=act, trust=world.trust, now=world.now)
    names = {account(world, one): one for one in ("yjj-officer", "yjj-officer-2")}
    first = names.pop(assigned(world.case(report)))
    return report, first, next(iter(names.values()))


def hands(world, report, giver, taker, why="on_leave", who="yjj-leader"):
    facts = {"from": account(world, giver), "to": account(world, taker), "reason_code": why}
    act = world.sign(who, "assignment.handed", report, facts)
    return cover.hand_over(world.store, act=act, trust=world.trust, now=world.now)


def listed(world, *logins):
    accounts = [account(world, one) for one in logins]
    found = cover.assigned_to(world.store, office=YJJ, accounts=accounts)
    return [line.report.id for line in found.lines]


def test_leaves_are_noted_by_who_is_away_or_the_head_and_by_nobody_else(world):
    for who in ("yjj-officer-2", "zjj-leader", "awb-supervisor"):
        with pytest.raises(NotPermittedError):
            notes(world, who)
    for wrong in ("zjj-officer", "yjj-leader"):
        with pytest.raises(CoverRefusedError, match="office"):
            notes(world, "yjj-leader", deputy=wrong)
    mine = notes(world, "yjj-officer")
    theirs = notes(world, "yjj-leader", "yjj-officer-2", "yjj-officer", first=10)
    today = world.now.date()
    assert cover.covers(world.store, office=YJJ, today=today) == (mine, theirs)
    assert cover.covers(world.store, office="410329-zjj", today=today) == ()
    with pytest.raises(CoverRefusedError, match="overlaps"):
        notes(world, "yjj-officer", first=5)


def test_a_leave_ends_early_and_one_to_come_is_gone(world):
    today = world.now.date()
    mine = notes(world, "yjj-officer")

    def ends(one: Cover, who: str, on: date) -> None:
        cover.end_cover(
            world.store, account=one.account, first=one.first, by=account(world, who),
            trust=world.trust, today=on,
        )  # fmt: skip

    with pytest.raises(NotPermittedError):
        ends(mine, "yjj-officer-2", today)
    ends(mine, "yjj-officer", today)
    assert cover.covers(world.store, office=YJJ, today=today) == ()
    again = notes(world, "yjj-leader")
    later = today + timedelta(days=2)
    ends(again, "yjj-leader", later)
    [left] = cover.covers(world.store, office=YJJ, today=today)
    assert left.last == later - timedelta(days=1)
    with pytest.raises(CoverRefusedError, match="gone"):
        ends(again, "yjj-leader", later)


def test_a_case_goes_to_who_covers_and_back_when_the_leave_is_over(world):
    report, first, other = drawn(world)
    assert listed(world, first) == [report]
    with pytest.raises(CoverRefusedError, match="no_leave"):
        hands(world, report, first, other)
    notes(world, "yjj-leader", first, other, first=1)
    with pytest.raises(CoverRefusedError, match="no_leave"):
        hands(world, report, first, other)
    world.move(days=1)
    assert cover.cover_for(world.store, case=world.case(report), today=world.now.date())
    hands(world, report, first, other)
    assert ("assignment.handed", YJJ) in notices(world)
    assert (listed(world, first), listed(world, other)) == ([], [report])
    assert listed(world, first, other) == [report]
    with pytest.raises(CoverRefusedError, match="deputy_away"):
        hands(world, report, other, first, "back")
    world.move(days=6)
    hands(world, report, other, first, "back")
    assert listed(world, first) == [report]
    assert [
        one for one in verify(world.store, world.blobs, world.trust) if isinstance(one, Problem)
    ] == []


def test_a_closed_case_is_in_nobodys_list(world):
    report, first, _other = drawn(world)
    world.accept(report)
    world.conclude(report)
    assert listed(world, first) == [report]
    world.tell_result(report)
    world.close(report)
    assert listed(world, first) == []


def test_a_case_goes_to_no_stranger(world):
    report, first, other = drawn(world)
    notes(world, "yjj-leader", first, other)
    with pytest.raises(CoverRefusedError, match="office"):
        hands(world, report, first, "zjj-officer")
    with pytest.raises(NotPermittedError):
        hands(world, report, first, other, who="zjj-leader")
