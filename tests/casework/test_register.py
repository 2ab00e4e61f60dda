"""What the register says of an event, and on which day."""

from datetime import date
from pathlib import Path

import pytest

from casework.register import (
    RegisterFolder,
    append_line,
    batch_day,
    batch_size,
    day_of,
    opens_on,
    public_fact,
    quarter_of,
    write_whole,
)
from crypto.events import Event

RECEIVED = {"channel": "web", "received_on": "2026-03-02", "lead": "410329-yjj"}


def event(kind: str, at: str = "2026-03-02T02:00:00Z", **facts: object) -> Event:
    return Event("410329", "r1", kind, 2, at, "jobs", "ab" * 32, facts)  # type: ignore[arg-type]


def fact(kind: str, *earlier: Event, at: str = "2026-03-02T02:00:00Z", **facts: object):
    first = event("report.received", "2026-03-02", **RECEIVED)
    return public_fact(event(kind, at, **facts), [first, *earlier], office="410329-awb")


ACCEPTED = event(
    "report.accepted", "2026-03-04T02:00:00Z", accepted_on="2026-03-04", verify_due_on="2026-05-03"
)


def test_days_used_count_from_receipt_in_shanghai():
    told = fact("report.accepted", at="2026-03-04T15:59:59Z")
    assert (told.days_allowed, told.days_used) == (None, 2)
    # A second later it is the next day in Shanghai.
    told = fact("report.refused", at="2026-03-04T16:00:00Z")
    assert (told.days_allowed, told.days_used) == (None, 3)


def test_an_overdue_clock_tells_what_was_allowed_and_what_was_used():
    told = fact("clock.overdue", ACCEPTED, clock="verify", due_on="2026-05-03", on="2026-05-04")
    assert (told.days_allowed, told.days_used) == (60, 61)
    assert told.office == "410329-yjj"


def test_overdue_goes_by_the_last_day_as_it_was_lengthened_and_paused():
    """Accepted on 4 March until 3 May, and lengthened by 30 days since."""
    told = fact("clock.overdue", ACCEPTED, clock="verify", due_on="2026-06-02", on="2026-06-03")
    assert (told.days_allowed, told.days_used) == (90, 91)


REDONE = {"verify_due_on": "2026-06-02"}


@pytest.mark.parametrize(
    ("kind", "facts", "days"),
    [
        ("review.decided", {"outcome": "redo", **REDONE}, (30, 31)),
        ("review.decided", {"outcome": "kept"}, (90, 91)),
        ("case.redone", {"report": "joined", **REDONE}, (30, 31)),
        ("review.decided", {"outcome": "redo", "into": "lead"}, (90, 91)),
    ],
    ids=["redone", "kept", "redone for one who joined", "redone where it joined"],
)
def test_overdue_after_a_redo_counts_from_the_redo(kind, facts, days):
    """Accepted on 4 March; decided on 3 May in China, and redone until 2 June."""
    decided = event(kind, "2026-05-02T16:00:00Z", **facts)
    late = {"clock": "verify", "due_on": "2026-06-02", "on": "2026-06-03"}
    told = fact("clock.overdue", ACCEPTED, decided, **late)
    assert (told.days_allowed, told.days_used) == days


def test_another_clock_that_ran_out_does_not_make_the_case_late():
    assert fact("clock.overdue", ACCEPTED, clock="sign_in", on="2026-03-06") is None
    assert fact("clock.overdue", ACCEPTED, clock="order_reply", on="2026-03-06") is None


def test_a_report_that_counts_as_accepted_is_told_and_its_clock_is_the_same():
    facts = {"accepted_on": "2026-03-12", "verify_due_on": "2026-04-11"}
    deemed = event("report.deemed_accepted", "2026-03-11T16:00:01Z", **facts)
    told = fact("report.deemed_accepted", at="2026-03-11T16:00:01Z", **facts)
    assert (told.kind, told.days_used) == ("report.deemed_accepted", 10)
    late = fact("clock.overdue", deemed, clock="verify", due_on="2026-04-11", on="2026-04-12")
    assert (late.days_allowed, late.days_used) == (30, 31)


def test_a_transfer_moves_the_records_that_follow_to_the_new_office():
    moved = event("report.transferred", lead="410329-zjj")
    assert fact("report.refused").office == "410329-yjj"
    assert fact("report.transferred", lead="410329-zjj").office == "410329-zjj"
    assert fact("report.refused", moved).office == "410329-zjj"


def test_awards_and_releases_have_tags_of_their_own():
    assert fact("report.accepted").owner == "case:r1"
    assert fact("reward.paid", award="a1").owner == "award:a1"
    told = fact("release.opened", release="x1")
    assert (told.owner, told.office, told.days_used) == ("release:x1", "410329-awb", None)


LADDER = ["approver", "leader", "finance"]


def yes(kind: str = "reward.approved", at: str = "2026-03-20T02:00:00Z", award: str = "a1"):
    return event(kind, at, award=award, amount_fen=1, binding="ab" * 32)


def test_of_a_ladder_the_last_yes_is_told_and_no_other():
    found = event("finding.recorded", concluded_on="2026-03-10")
    before = [found, event("reward.proposed", award="a1", rungs=LADDER)]
    told = {"award": "a1", "at": "2026-03-20T02:00:00Z"}
    assert fact("reward.approved", *before, **told) is None
    assert fact("reward.approved", *before, yes(), **told) is None
    last = fact("reward.funded", *before, yes(), yes(), **told)
    assert last is not None
    # who agreed, finance or another, is nobody's business
    assert (last.kind, last.owner, last.days_used) == ("reward.approved", "award:a1", 10)


def test_a_yes_to_what_was_proposed_before_does_not_count_nor_one_to_another_award():
    before = [
        event("reward.proposed", award="a1", rungs=LADDER), yes(), yes(),
        event("reward.sent_back", award="a1"),
        event("reward.proposed", award="a1", rungs=["approver", "leader"]),
        yes(award="a2"),
    ]  # fmt: skip
    assert fact("reward.approved", *before, award="a1") is None
    assert fact("reward.approved", *before, yes(), award="a1") is not None


def test_an_award_of_before_there_were_ladders_is_agreed_to_by_one():
    assert fact("reward.approved", event("reward.reserved", award="a1"), award="a1") is not None


def test_a_part_of_an_award_is_one_of_its_own():
    told = fact("reward.shared", award="a2", of="a1", report="r0", at="2026-03-20T02:00:00Z")
    assert told is not None
    # which award it is a part of, and of whose matter, would tell who belongs together
    assert (told.kind, told.owner, told.tag) == ("reward.approved", "award:a2", "")


def test_that_an_award_lapsed_is_told():
    found = event("finding.recorded", concluded_on="2026-03-10")
    told = fact("reward.lapsed", found, award="a1", at="2026-06-01T02:00:00Z")
    assert told is not None
    assert (told.kind, told.owner, told.days_used) == ("reward.lapsed", "award:a1", 83)


@pytest.mark.parametrize("kind", ["report.read", "message.sent", "clock.reminded", "case.closed",
                                  "release.requested", "reward.reserved"])  # fmt: skip
def test_other_events_make_no_entry(kind):
    assert fact(kind) is None


def test_a_trial_makes_no_entry():
    trial = event("report.received", "2026-03-02", **{**RECEIVED, "channel": "trial"})
    assert public_fact(trial, [], office="") is None
    assert public_fact(ACCEPTED, [trial], office="") is None


def test_a_key_set_is_named_by_its_digest_and_no_office():
    told = public_fact(event("keyset.changed", digest="cd" * 32), [], office="410329-awb")
    assert told is not None
    assert (told.office, told.owner, told.tag) == ("", "", "cd" * 32)


@pytest.mark.parametrize(
    ("taken", "every", "day"),
    [("2026-03-01", 7, "2026-03-02"), ("2026-03-02", 7, "2026-03-09"),
     ("2026-03-08", 7, "2026-03-09"), ("2026-03-02", 1, "2026-03-03")],
)  # fmt: skip
def test_a_batch_holds_whole_days_before_its_own(taken, every, day):
    assert batch_day(date.fromisoformat(taken), every=every) == date.fromisoformat(day)


@pytest.mark.parametrize(("day", "quarter", "opens"), [
    ("2026-01-01", "2026Q1", "2026-05-01"), ("2026-03-31", "2026Q1", "2026-05-01"),
    ("2026-04-01", "2026Q2", "2026-08-01"), ("2026-12-31", "2026Q4", "2027-02-01"),
    ("2026-09-30", "2026Q3", "2026-11-01"),
])  # fmt: skip
def test_a_quarter_opens_a_month_after_its_end(day, quarter, opens):
    assert quarter_of(date.fromisoformat(day)) == quarter
    assert opens_on(quarter) == date.fromisoformat(opens)


@pytest.mark.parametrize(("entries", "size"), [(0, 16), (1, 16), (16, 16), (17, 32), (33, 64)])
def test_a_batch_is_filled_to_a_power_of_two_of_at_least_16(entries, size):
    assert batch_size(entries) == size


def test_the_day_of_an_event_is_that_of_shanghai():
    assert day_of(event("x.y", "2026-03-31T15:59:59Z")) == date(2026, 3, 31)
    assert day_of(event("x.y", "2026-03-31T16:00:00Z")) == date(2026, 4, 1)
    assert day_of(event("x.y", "2026-03-31")) == date(2026, 3, 31)


@pytest.mark.parametrize(
    "path",
    ["../log/audit-checkpoint", "witness/w", "tile/0/../../x", "/etc/passwd", "", ".", "opened",
     "tile/64/000", "tile/0/00", "tile/0/000.p/256", "tile/0/000.p/0", "opened/2026Q5.json",
     "checkpoint\n", "tile/0/x1/000"],
)  # fmt: skip
def test_only_public_files_are_read_or_written(tmp_path: Path, path):
    folder = RegisterFolder(tmp_path / "register")
    write_whole(tmp_path / "register" / "witness" / "w", b"x")
    assert folder.read(path) is None
    with pytest.raises(ValueError):
        folder.write(path, b"x")


@pytest.mark.parametrize(
    "path",
    ["checkpoint", "verifier-key", "tile/0/000", "tile/63/x001/x234/067.p/255",
     "tile/entries/000.p/1", "opened/2026Q1.json", "opened/at-once.json", "opened/quarters"],
)  # fmt: skip
def test_public_files_are_written_whole_and_read_back(tmp_path: Path, path):
    folder = RegisterFolder(tmp_path)
    assert folder.read(path) is None
    folder.write(path, b"one")
    folder.write(path, b"two")
    assert folder.read(path) == b"two"
    assert not [one for one in tmp_path.rglob("*") if one.name.startswith(".")]


def test_lines_are_only_added(tmp_path: Path):
    append_line(tmp_path / "log" / "history", "one")
    append_line(tmp_path / "log" / "history", "two")
    assert (tmp_path / "log" / "history").read_text() == "one\ntwo\n"
    assert (tmp_path / "log" / "history").stat().st_mode & 0o777 == 0o600
