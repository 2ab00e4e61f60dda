"""Clocks as rows: found from their instant on, the new ones first, until they stop."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from casework.storage.clocks import FIRST, NEW_AT, ClockRow, new_row
from casework.storage.rule_version import CALENDAR, POLICIES, UNKNOWN

NEXT = datetime(2026, 3, 16, 16, tzinfo=UTC)  # midnight of 17 March in Shanghai
SECOND = timedelta(seconds=1)


def row(report_id: str, **given: object) -> ClockRow:
    values = {
        "report_id": report_id, "key": "verify", "since": 2, "office": "410329-yjj",
        "lead": "410329-yjj", "supervisor": "410329-awb", "started_on": date(2026, 3, 2),
        "due_on": date(2026, 4, 1), "due_at": None, "next_at": NEXT, "state": "running",
        "provisional": False, "stages": ("50%",), "stopped": False,
        "as_of": datetime(2026, 3, 2, 2, tzinfo=UTC),
    }  # fmt: skip
    return ClockRow(**(values | given))  # type: ignore[arg-type]


@pytest.fixture
def put(store, stored_case):
    """Store a case and one clock of it."""

    def do(**given: object) -> ClockRow:
        made = row(stored_case(store).report_id, **given)
        store.write(lambda uow: uow.clocks.put([made]))
        return made

    return do


def reports_due(store, now: datetime) -> list[str]:
    return [one.report_id for one in store.read(lambda uow: uow.clocks.due(now))]


def test_a_clock_is_due_from_its_instant_on_until_it_stops(store, put):
    one = put()
    put(stopped=True, state="ended")

    assert reports_due(store, NEXT - SECOND) == []
    assert reports_due(store, NEXT) == [one.report_id]
    assert store.read(lambda uow: uow.clocks.of_report(one.report_id)) == (one,)


@pytest.mark.parametrize("due_at", [None, datetime(2026, 3, 3, 14, 30, tzinfo=UTC)])
def test_what_is_written_is_read_again(store, put, due_at):
    one = put(due_at=due_at, provisional=True, stages=("50%", "overdue", "head"), state="overdue")

    assert store.read(lambda uow: uow.clocks.of_report(one.report_id)) == (one,)


def test_the_same_clock_may_run_for_several_acts_at_a_time(store, stored_case):
    report = stored_case(store).report_id
    rows = [row(report, key="order_reply", since=n) for n in (4, 6)]
    rows.append(row(report, key="verify", since=2))
    store.write(lambda uow: uow.clocks.put(rows))

    assert store.read(lambda uow: uow.clocks.of_report(report)) == tuple(rows)
    store.write(lambda uow: uow.clocks.drop(report, [("order_reply", 4)]))
    assert store.read(lambda uow: uow.clocks.of_report(report)) == tuple(rows[1:])


def test_dropping_nothing_drops_nothing(store, put):
    one = put()

    store.write(lambda uow: uow.clocks.drop(one.report_id, []))
    store.write(lambda uow: uow.clocks.drop(one.report_id, [("verify", 3), ("close", 2)]))

    assert store.read(lambda uow: uow.clocks.of_report(one.report_id)) == (one,)


def test_a_sweep_meets_every_due_clock_once_however_many_share_an_instant(store, put):
    every = {put(next_at=NEXT + n % 2 * SECOND).report_id for n in range(7)}
    seen, after = [], FIRST
    while page := store.read(lambda uow, a=after: uow.clocks.due(NEXT + SECOND, after=a, limit=3)):
        seen += [one.report_id for one in page]
        after = page[-1].keyset

    assert sorted(seen) == sorted(every)


def test_new_reports_are_found_before_all_that_is_due(store, put, stored_case):
    old = put(next_at=datetime(2026, 1, 1, tzinfo=UTC))
    case = stored_case(store, received_on=date(2026, 3, 1))
    store.write(lambda uow: uow.clocks.insert_new(case))

    assert [one.report_id for one in store.read(lambda uow: uow.clocks.new())] == [case.report_id]
    assert reports_due(store, NEXT) == [case.report_id, old.report_id]
    [stored] = store.read(lambda uow: uow.clocks.of_report(case.report_id))
    assert stored == new_row(case)
    assert (stored.state, stored.lead, stored.started_on) == ("new", "", date(2026, 3, 1))
    assert (stored.next_at, stored.as_of) == (NEW_AT, NEW_AT)


@pytest.mark.parametrize("stages", ["", "{", "{}", '"50%"', "7"])
def test_a_row_that_cannot_be_read_is_said(store, put, stages):
    one = put()
    broken = sa.text("UPDATE clock SET stages = :stages")
    store.write(lambda uow: uow.connection.execute(broken, {"stages": stages}))

    with pytest.raises(ValueError, match=r"stages|Expecting"):
        store.read(lambda uow: uow.clocks.of_report(one.report_id))


def test_clocks_of_another_site_are_not_seen(store, put):
    one = put()
    other = sa.text("UPDATE clock SET site = 'other'")
    store.write(lambda uow: uow.connection.execute(other))

    assert reports_due(store, NEXT) == []
    store.write(lambda uow: uow.clocks.drop(one.report_id, [one.instance]))
    count = sa.text("SELECT count(*) FROM clock")
    assert store.read(lambda uow: uow.connection.execute(count).scalar()) == 1


def test_a_change_of_the_rules_draws_a_number_that_was_never_there(store):
    assert store.read(lambda uow: uow.rule_version.get()) == UNKNOWN
    seen = [UNKNOWN]
    for what in (CALENDAR, CALENDAR, POLICIES, CALENDAR):
        store.write(lambda uow, w=what: uow.rule_version.changed(w))
        now = store.read(lambda uow: uow.rule_version.get())
        kept = 0 if what == CALENDAR else 1
        assert now[kept] == seen[-1][kept] or seen[-1] == UNKNOWN
        assert now not in seen
        seen.append(now)


def test_a_change_that_is_rolled_back_leaves_the_old_number(store):
    store.write(lambda uow: uow.rule_version.changed(POLICIES))
    before = store.read(lambda uow: uow.rule_version.get())

    def fail(uow):
        uow.rule_version.changed(POLICIES)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.write(fail)

    assert store.read(lambda uow: uow.rule_version.get()) == before


def test_rows_are_replaced_one_by_one(store, put):
    one = put()
    moved = replace(one, due_on=date(2026, 4, 9), state="overdue", stages=("50%", "overdue"))

    def run(uow):
        uow.clocks.drop(one.report_id, [one.instance])
        uow.clocks.put([moved])

    store.write(run)

    assert store.read(lambda uow: uow.clocks.of_report(one.report_id)) == (moved,)
