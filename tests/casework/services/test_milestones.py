"""Milestones start and end their own clocks, on both databases (S20)."""

import pytest

from asking import accepted, clock, record, to_day
from casework.domain.errors import (
    AccusedOfficeError,
    BadActError,
    NotPermittedError,
    WrongStateError,
)
from casework.services import clocks


def test_signing_in_stops_that_clock_only(world):
    filed = world.file_report()
    record(world, filed.report, "signed_in")
    states = {
        key: clock(world, filed.report, key, 1).state
        for key in ("sign_in", "hand_over", "first_contact", "accept")
    }
    assert states == {
        "sign_in": "met",
        "hand_over": "met",
        "first_contact": "running",
        "accept": "running",
    }
    with pytest.raises(WrongStateError):
        record(world, filed.report, "signed_in")


def test_a_case_that_nobody_signs_for_is_reminded_of_and_brought_before_the_head(world):
    filed = world.file_report()
    to_day(world, "2026-03-04")
    clocks.sweep(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    assert "sign_in.1" in world.case(filed.report).overdue
    assert "sign_in.1/head" in world.case(filed.report).escalated
    assert clock(world, filed.report, "sign_in", 1).state == "overdue"
    record(world, filed.report, "signed_in")
    assert clock(world, filed.report, "sign_in", 1).state == "late"


def test_what_starts_a_clock_may_be_told_later_than_it_was(world):
    report = accepted(world)
    to_day(world, "2026-03-05")
    earlier = "2026-03-04T03:00:00Z"
    record(world, report, "accident_known", document="样快报1号", at=earlier)
    since = world.case(report).events
    entry = clock(world, report, "accident_entry", since)
    assert entry.due.due_at is not None
    assert (entry.due.due_at.isoformat(), entry.state) == ("2026-03-05T11:00:00+08:00", "overdue")
    record(world, report, "accident_entered", document="样录1号")
    assert clock(world, report, "accident_entry", since).state == "late"


@pytest.mark.parametrize(
    ("milestone", "more", "fact"),
    [
        ("ordered", {"document": " "}, "document"),
        ("accident_known", {"document": "1", "at": "2026-03-02T02:00:01Z"}, "at"),
        ("accident_known", {"document": "1", "at": "2026-03-01T15:59:59Z"}, "at"),
        ("contacted", {"at": "2026-03-02T01:00:00Z"}, "at"),
        ("promised", {}, "milestone"),
    ],
)
def test_what_may_not_be_recorded(world, milestone, more, fact):
    filed = world.file_report()
    with pytest.raises(BadActError, match=fact):
        record(world, filed.report, milestone, **more)


def test_the_day_of_receipt_itself_is_early_enough(world):
    filed = world.file_report()
    record(world, filed.report, "accident_known", document="1", at="2026-03-01T16:00:00Z")


def test_each_office_records_its_own(world):
    filed = world.file_report()
    for who in ("awb-supervisor", "zjj-officer", "auditor"):
        with pytest.raises(NotPermittedError):
            record(world, filed.report, "signed_in", who)


def test_the_accused_office_records_nothing(world):
    filed = world.file_report(matter="staff_misconduct", about="410329-zjj")
    with pytest.raises(AccusedOfficeError):
        record(world, filed.report, "signed_in", "zjj-officer")
