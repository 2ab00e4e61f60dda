"""Cases: what is saved comes back, one of several wins, and lists page without gaps."""

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from casework.domain.case import (
    Approval,
    Award,
    AwardState,
    Finding,
    Release,
    ReleaseState,
    State,
)
from casework.domain.errors import StaleActError, UnknownReportError
from casework.domain.waiting import DECIDE
from casework.storage.ahead import Span
from casework.storage.board import Level

LEAD, SUPERVISOR = "410329-yjj", "410329-awb"
DUE = date(2026, 3, 31)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_case_comes_back_with_everything_in_it(store, make_case):
    case = make_case(
        state=State.CONCLUDED,
        events=9,
        accepted_on=date(2026, 3, 1),
        verify_due_on=DUE,
        finding=Finding.PARTLY,
        fines_fen=(1, 2_000_000),
        investigators=frozenset({"a", "b"}),
        award=Award("w", AwardState.CLAIMED, 5_000_00, 2026, "p", "s", "t", "a"),
        releases={
            "r": Release(
                "r", ReleaseState.REQUESTED, "i", 1, "payment", "c", LEAD, 2,
                "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z", (Approval(1, "x", "y"),),
            )
        },
    )  # fmt: skip
    store.write(lambda uow: uow.reports.insert(case))

    assert store.read(lambda uow: uow.reports.get(case.report_id)) == case
    assert store.read(lambda uow: uow.reports.by_number(case.case_number)) == case
    assert store.write(lambda uow: uow.reports.lock(case.report_id)) == case


@pytest.mark.parametrize("method", ["get", "lock", "by_number"])
def test_an_unknown_report_is_refused(store, method):
    with pytest.raises(UnknownReportError):
        store.write(lambda uow: getattr(uow.reports, method)("nothing"))


def test_a_case_number_is_given_once(store, stored_case):
    case = stored_case(store)

    with pytest.raises(sa.exc.IntegrityError):
        stored_case(store, case_number=case.case_number)


def test_saving_needs_the_number_of_events_that_was_read(store, stored_case):
    case = stored_case(store)
    accepted = replace(case, state=State.ACCEPTED, events=2, verify_due_on=DUE)

    store.write(lambda uow: uow.reports.save(accepted, expected_events=1))

    with pytest.raises(StaleActError) as stale:
        store.write(lambda uow: uow.reports.save(accepted, expected_events=1))
    assert (stale.value.expected, stale.value.given) == (3, 2)
    assert store.read(lambda uow: uow.reports.get(case.report_id)) == accepted


def test_saving_an_unknown_case_is_refused(store, make_case):
    with pytest.raises(UnknownReportError):
        store.write(lambda uow: uow.reports.save(make_case(), expected_events=1))


@pytest.mark.parametrize("locking", [True, False])
def test_of_many_who_act_at_once_exactly_one_wins(store, stored_case, locking):
    case = stored_case(store)
    start = threading.Barrier(16)
    won, lost = [], []

    def act(number: int) -> None:
        def run(uow):
            read = (uow.reports.lock if locking else uow.reports.get)(case.report_id)
            if locking and read.events != 1:
                raise StaleActError(read.events + 1, 2)
            changed = replace(case, events=2, accepted_by=str(number))
            uow.reports.save(changed, expected_events=1)

        start.wait()
        try:
            store.write(run)
        except StaleActError:
            lost.append(number)
        else:
            won.append(number)

    threads = [threading.Thread(target=act, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(won), len(lost)) == (1, 15)
    assert store.read(lambda uow: uow.reports.get(case.report_id)).accepted_by == str(won[0])


def test_the_inbox_shows_open_cases_the_most_urgent_first(store, stored_case):
    late = stored_case(store, state=State.ACCEPTED, verify_due_on=DUE, accepted_on=DUE)
    new = stored_case(store, received_on=date(2026, 3, 5))
    stored_case(store, state=State.CLOSED, closed_on=DUE)
    stored_case(store, state=State.REFUSED, refused_on=DUE)
    other = stored_case(store, lead="410329-zjj", supervisor="other")

    lines = store.read(lambda uow: uow.reports.open_of_lead(LEAD))
    supervised = store.read(lambda uow: uow.reports.open_of_supervisor(SUPERVISOR))

    assert [line.id for line in lines] == [new.report_id, late.report_id]
    assert [line.inbox_on for line in lines] == [date(2026, 3, 5), DUE]
    assert lines == supervised
    assert other.report_id not in {line.id for line in lines}


def test_pages_neither_repeat_nor_leave_out_cases_of_one_day(store, stored_case):
    every = {stored_case(store).report_id for _ in range(7)}
    seen, after = [], (date(1, 1, 1), "")
    while page := store.read(lambda uow, a=after: uow.reports.open_of_lead(LEAD, after=a, limit=3)):
        seen += [line.id for line in page]
        after = page[-1].inbox_key

    assert sorted(seen) == sorted(every)
    assert len(seen) == len(every)


def test_all_cases_of_a_department_come_newest_first_closed_ones_too(store, stored_case):
    days = [date(2026, 3, 1) + timedelta(n) for n in range(3)]
    cases = [stored_case(store, received_on=day) for day in days]
    closed = stored_case(store, received_on=date(2026, 2, 1), closed_on=DUE, state=State.CLOSED)

    first = store.read(lambda uow: uow.reports.all_of_lead(LEAD, limit=2))
    rest = store.read(lambda uow: uow.reports.all_of_lead(LEAD, after=first[-1].received_key))

    assert [line.id for line in (*first, *rest)] == [
        *(case.report_id for case in reversed(cases)),
        closed.report_id,
    ]


def test_overdue_means_accepted_without_finding_and_past_the_due_day(store, stored_case):
    def accepted(**given):
        values = {"state": State.ACCEPTED, "accepted_on": date(2026, 3, 1), "verify_due_on": DUE}
        return stored_case(store, **(values | given))

    late = accepted()
    accepted(finding=Finding.SUBSTANTIATED, state=State.CONCLUDED)
    stored_case(store)

    assert store.read(lambda uow: uow.reports.overdue(DUE)) == ()
    lines = store.read(lambda uow: uow.reports.overdue(DUE + timedelta(1)))
    assert [line.id for line in lines] == [late.report_id]
    after = lines[-1].due_key
    assert store.read(lambda uow: uow.reports.overdue(date(2027, 1, 1), after=after)) == ()


def test_the_pool_holds_open_cases_that_no_rule_matched(store, stored_case):
    stored_case(store)
    lost = stored_case(store, rule="")
    stored_case(store, rule="", closed_on=DUE)
    stored_case(store, rule="", state=State.ACCEPTED)

    lines = store.read(lambda uow: uow.reports.undetermined())

    assert [line.id for line in lines] == [lost.report_id]


def test_a_row_agrees_with_its_case_until_a_column_is_changed(store, stored_case):
    case = stored_case(store)
    assert store.read(lambda uow: uow.reports.agrees(case))
    columns = store.read(lambda uow: sa.inspect(uow.connection).get_columns("report"))
    types = {column["name"]: column["type"] for column in columns}
    changed = {
        "id": None, "site": None, "received_on": "2026-03-02", "inbox_on": "2026-03-02",
        "accepted_on": "2026-03-02", "verify_due_on": "2026-03-02", "closed_on": "2026-03-02",
        "events": 2, "undetermined": True,
    }  # fmt: skip
    for name, kind in types.items():
        value = changed.get(name, "other")
        if value is None:
            continue

        def tamper(uow, name=name, value=value, kind=kind):
            statement = sa.text(f"UPDATE report SET {name} = :v")
            if isinstance(kind, sa.Date):
                value = date.fromisoformat(value)
            bound = statement.bindparams(sa.bindparam("v", type_=kind))
            uow.connection.execute(bound, {"v": value})
            raise UndoError(uow.reports.agrees(case))

        with pytest.raises(UndoError) as undone:
            store.write(tamper)
        assert undone.value.args == (False,), name


class UndoError(Exception):
    """Rolls a change back."""


@pytest.mark.parametrize(
    ("index", "query"),
    [
        ("report_open_by_lead", lambda uow: uow.reports.open_of_lead(LEAD)),
        ("report_open_by_supervisor", lambda uow: uow.reports.open_of_supervisor(LEAD)),
        ("report_undetermined", lambda uow: uow.reports.undetermined()),
        ("report_unverified", lambda uow: uow.reports.overdue(DUE)),
        ("report_by_lead", lambda uow: uow.reports.all_of_lead(LEAD)),
        ("clock_due", lambda uow: uow.clocks.due(NOW)),
        ("clock_due", lambda uow: uow.clocks.new()),
        ("clock_of_lead", lambda uow: uow.board.pressed_of_lead(LEAD, limit=0)),
        ("clock_of_supervisor", lambda uow: uow.board.pressed_of_supervisor(LEAD, limit=0)),
        ("report_open_by_lead", lambda uow: uow.board.pressed_of_lead(LEAD)),
        (
            "clock_of_lead",
            lambda uow: uow.board.at_level(LEAD, Level.NEAR, office=LEAD, now=NOW, today=DUE),
        ),
        (
            "clock_of_lead",
            lambda uow: uow.board.at_level(LEAD, None, office=LEAD, now=NOW, today=DUE),
        ),
        ("sqlite_autoindex_waiting_1", lambda uow: uow.board.pressed_of_lead(LEAD, limit=0)),
        ("waiting_for", lambda uow: uow.waiting.waits_for(DECIDE, office=LEAD, role="leader")),
        ("event_of_report", lambda uow: uow.events.of_report("x")),
        ("event_outside", lambda uow: uow.events.outside()),
        ("event_pending", lambda uow: uow.events.pending()),
        ("award_open", lambda uow: uow.awards.open(AwardState.PROPOSED)),
        ("ledger_entry_ordinal_key", lambda uow: uow.ledger.page(2026)),
        ("session_by_sweep", lambda uow: uow.sessions.sweep(NOW)),
    ],
)
def test_lists_are_read_from_their_index_without_sorting(sqlite_store, index, query):
    sent = []
    for engine in sqlite_store.engines():
        sa.event.listen(
            engine, "before_cursor_execute", lambda *given: sent.append((given[2], given[3]))
        )
    sqlite_store.write(query)
    statement, values = sent[-1]

    plan = sqlite_store.read(
        lambda uow: uow.connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}", values
        ).fetchall()
    )

    told = "; ".join(row[3] for row in plan)
    auto = "sqlite_autoindex_ledger_entry" if index.startswith("ledger") else index
    assert index in told or auto in told, told
    assert "TEMP B-TREE" not in told, told


def test_what_waits_in_some_cases_is_found_by_their_ids(sqlite_store, stored_case):
    """Not by the index of the lists, which holds what waits in every case of the site."""
    case, sent = stored_case(sqlite_store), []
    for engine in sqlite_store.engines():
        sa.event.listen(
            engine, "before_cursor_execute", lambda *given: sent.append((given[2], given[3]))
        )
    brought = replace(case, escalated=("verify.2/head",))
    # What waited goes with a statement of its own, and only where something did.
    sqlite_store.write(lambda uow: uow.waiting.project(case, brought))
    sqlite_store.write(lambda uow: uow.waiting.project(brought, case))

    def span(uow):
        uow.reports.read_ahead(Span("a", "z"))
        uow.waiting.agrees(case)

    sqlite_store.read(span)
    asked = [one for one in sent if one[0].startswith(("DELETE FROM waiting", "SELECT waiting"))]
    assert len(asked) == 2
    for statement, values in asked:
        told = sqlite_store.read(
            lambda uow, statement=statement, values=values: uow.connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {statement}", values
            ).fetchall()
        )
        assert "site=? AND report_id" in "; ".join(row[3] for row in told)
