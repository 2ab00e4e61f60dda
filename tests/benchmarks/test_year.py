"""A short year passes on both databases; and the check of it sees what is missing or wrong."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from benchmarks import year
from benchmarks.year_check import check
from benchmarks.year_days import FIRST
from benchmarks.year_rules import read_rules, start_of
from casework.services import clocks
from casework.services.clocks import Swept

SHORT = ["--cases", "120", "--days", "250"]


@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_every_step_of_a_year_comes_on_its_day_and_once(backend, tmp_path):
    told = tmp_path / "out.json"
    assert year.main([*SHORT, "--backend", backend, "--json", str(told)]) == 0
    (found,) = json.loads(told.read_text())
    assert found["wrong"] == found["failed"] == []
    assert found["refused"] == {}
    assert found["checked"]["cases"] == 120
    # Whatever the check looks at has happened.
    kinds = {"clock.overdue", "clock.reminded", "rung head", "rung supervisor", "ended in time"}
    assert kinds <= found["checked"].keys()
    assert found["checked"]["callback.asked"] > 0
    assert found["checked"]["reward.lapsed"] == found["swept"]["lapsed"] > 0
    assert found["done"]["reward.paid"] > 0
    assert found["checked"]["steps at the first sweep after a standstill"] > 0


def test_a_sweep_that_did_nothing_is_seen(monkeypatch):
    real = clocks.sweep

    def sweep(store, *, trust, log_key, now):
        if now.month == 5:
            return Swept()
        return real(store, trust=trust, log_key=log_key, now=now)

    monkeypatch.setattr(year, "sweep", sweep)
    assert year.main(["--cases", "60", "--days", "100", "--backend", "sqlite"]) == 1


# One case by hand: accepted on Monday 2 March 2026, to be verified within thirty days.

CASE = {
    "report.received": {"lead": "410329-yjj", "supervisor": "410329-awb"},
    "report.accepted": {"policy": "yichuan-2022", "verify_due_on": "2026-04-01"},
}


def event(ordinal, kind, at, actor="officer:x", **facts):
    return {"ordinal": ordinal, "kind": kind, "at": at, "actor": actor, "facts": facts}


def reminded(ordinal, at, clock, since, stage, on):
    facts = {"clock": clock, "since": since, "stage": stage, "on": on}
    return event(ordinal, "clock.reminded", at, "jobs", **facts)


def story():
    return [
        event(1, "report.received", "2026-03-02", "nobody", **CASE["report.received"]),
        event(2, "report.accepted", "2026-03-02T08:00:00Z", **CASE["report.accepted"]),
        reminded(3, "2026-03-16T16:05:00Z", "verify", 2, "50%", "2026-03-17"),
        event(4, "finding.recorded", "2026-03-20T02:00:01Z", finding="unsubstantiated"),
        event(5, "message.sent", "2026-03-20T03:00:01Z", about="result"),
        event(6, "case.closed", "2026-03-20T04:00:01Z"),
        reminded(7, "2026-03-26T16:05:00Z", "object", 5, "T-3", "2026-03-27"),
        reminded(8, "2026-03-28T16:05:00Z", "object", 5, "T-1", "2026-03-29"),
    ]


def late_story():
    """Nobody verifies it: it runs out with the first of April, a Wednesday."""
    steps = [
        ("2026-03-16", "50%", "2026-03-17"),
        ("2026-03-24", "T-7", "2026-03-25"),
        ("2026-03-25", "80%", "2026-03-26"),
        ("2026-03-28", "T-3", "2026-03-29"),
        ("2026-03-30", "T-1", "2026-03-31"),
        ("2026-03-31", "100%", "2026-04-01"),
    ]
    which = {"clock": "verify", "since": 2}
    told = story()[:2]
    told += [
        reminded(3 + n, f"{day}T16:05:00Z", "verify", 2, stage, on)
        for n, (day, stage, on) in enumerate(steps)
    ]
    at, on = "2026-04-01T16:05:00Z", "2026-04-02"
    told.append(event(9, "clock.overdue", at, "jobs", **which, due_on="2026-04-01", on=on))
    which["rung"] = "head"
    told.append(event(10, "case.escalated", at, "jobs", **which, to="410329-yjj", on=on))
    at, on = "2026-04-02T16:05:00Z", "2026-04-03"
    which["rung"] = "supervisor"
    told.append(event(11, "case.escalated", at, "jobs", **which, to="410329-awb", on=on))
    return told


def lapsed_story():
    """An award told of on Friday 20 March, which nobody claims until Tuesday 19 May."""
    first, accepted, reminder, found, message, closed = story()[:6]
    found["facts"] = {"finding": "substantiated"}
    told = [first, accepted, reminder, found, message]
    told += [
        event(6, "reward.computed", "2026-03-20T03:10:00Z", "jobs"),
        event(7, "reward.proposed", "2026-03-20T03:20:00Z"),
        event(8, "reward.approved", "2026-03-20T03:30:00Z"),
        {**closed, "ordinal": 9},
        *({**one, "ordinal": 10 + n} for n, one in enumerate(story()[6:])),
        reminded(12, "2026-04-18T16:05:00Z", "claim", 8, "50%", "2026-04-19"),
        event(13, "callback.asked", "2026-04-19T16:05:00Z", "jobs", month=1, on="2026-04-20"),
    ]
    for ordinal, (stage, day, on) in enumerate(
        [("T-7", 11, 12), ("T-3", 15, 16), ("T-1", 17, 18)], 14
    ):
        told.append(
            reminded(ordinal, f"2026-05-{day}T16:05:00Z", "claim", 8, stage, f"2026-05-{on}")
        )
    told.append(event(17, "reward.lapsed", "2026-05-19T16:05:00Z", "jobs", award="a1"))
    told.append(
        event(18, "callback.asked", "2026-06-19T16:05:00Z", "jobs", month=3, on="2026-06-20")
    )
    return told


def sweeps(days=34):
    """Five past midnight of every day from 2 March on."""
    first = start_of(FIRST)
    return [first + n * timedelta(days=1) + year.SWEEPS[0] for n in range(days)]


def wrong(events, rules=None, until=34):
    bodies = [json.dumps(one).encode() for one in events]
    return check(rules or read_rules(), sweeps(until), {"r": bodies}).wrong


CHANGES = ["left out", "twice", "a day late", "a day early", "another day"]


@pytest.mark.parametrize("told", [story, late_story])
def test_a_case_in_which_everything_came_on_its_day_is_right(told):
    assert wrong(told()) == []


@pytest.mark.parametrize("told", [story, late_story])
@pytest.mark.parametrize(
    "change", ["left out", "twice", "a day late", "a day early", "another day"]
)
def test_a_step_that_is_not_as_the_rules_want_it_is_named(told, change):
    steps = [at for at, one in enumerate(told()) if one["actor"] == "jobs"]
    for at in steps:
        events = told()
        if change == "left out":
            del events[at]
        elif change == "twice":
            events.insert(at, dict(events[at]))
        elif change == "another day":
            events[at]["facts"]["on"] = "2026-03-02"
        else:
            events[at]["at"] = moved(events[at]["at"], 1 if change == "a day late" else -1)
        assert len(wrong(events)) == 1, (change, at)


@pytest.mark.parametrize("change", ["", "left out", "twice", "a day late", "a day early"])
def test_an_award_lapses_with_the_first_day_that_is_too_late(change):
    """Without the clock of the right to object, which is counted in working days."""
    rules = read_rules()
    limits = {key: one for key, one in rules.limits.items() if key != "reward_object"}
    events = lapsed_story()
    at = next(n for n, one in enumerate(events) if one["kind"] == "reward.lapsed")
    if change == "left out":
        del events[at]
    elif change == "twice":
        events.insert(at, dict(events[at]))
    elif change:
        events[at]["at"] = moved(events[at]["at"], 1 if change == "a day late" else -1)
    found = wrong(events, replace(rules, limits=limits), until=111)
    assert [("reward.lapsed" in one) for one in found] == ([True] if change else []), found


def moved(at, days):
    day = datetime.fromisoformat(at.replace("Z", "+00:00")) + timedelta(days=days)
    return f"{day:%Y-%m-%dT%H:%M:%SZ}"


def test_the_next_rung_comes_with_its_day():
    assert wrong(late_story(), until=37) == []
    # Five working days on, over the holiday of 4 to 6 April and the weekend in it.
    assert "listing" in wrong(late_story(), until=45)[0]


def test_an_open_case_without_a_running_clock_is_named():
    rules = read_rules()
    limits = {key: one for key, one in rules.limits.items() if key not in ("close", "tell_result")}
    assert (
        "without a running clock after finding" in wrong(story(), replace(rules, limits=limits))[0]
    )


def test_a_last_day_that_an_act_tells_wrongly_is_named():
    events = story()
    events[1]["facts"] = {**events[1]["facts"], "verify_due_on": "2026-04-02"}
    assert "2026-04-02" in wrong(events)[0]
