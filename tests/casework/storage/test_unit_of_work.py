"""One call is one transaction: stored whole before it returns, or not at all."""

import threading
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
import sqlalchemy as sa

from casework.domain.case import Case
from casework.domain.errors import StorageUnavailableError, UnknownReportError, WrongStateError
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case


@use_case
def receive(uow: UnitOfWork, *, case: Case) -> str:
    uow.reports.insert(case)
    return case.case_number


@use_case
def receive_two_and_refuse(uow: UnitOfWork, *, cases: list[Case]) -> None:
    for case in cases:
        receive(uow, case=case)
    raise WrongStateError(state="received")


@query
def case_of(uow: UnitOfWork, report_id: str) -> Case:
    return uow.reports.get(report_id)


def test_what_a_use_case_did_is_stored_when_it_returns(store, make_case):
    case = make_case()

    assert receive(store, case=case) == case.case_number
    assert case_of(store, case.report_id) == case


def test_a_refusal_leaves_nothing_behind(store, make_case):
    cases = [make_case(), make_case()]

    with pytest.raises(WrongStateError):
        receive_two_and_refuse(store, cases=cases)

    for case in cases:
        with pytest.raises(UnknownReportError):
            case_of(store, case.report_id)


def test_a_violated_constraint_leaves_nothing_behind_and_the_store_goes_on(store, make_case):
    case = make_case()
    receive(store, case=case)

    with pytest.raises(sa.exc.IntegrityError) as broken:
        receive(store, case=case)

    assert case.case_number not in str(broken.value)  # parameters stay out of logs
    receive(store, case=make_case())


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO report SELECT * FROM report",
        "UPDATE report SET events = 0",
        "UPDATE report SET lead = NULL",
        "INSERT INTO mailbox VALUES ('PLANTED', 'PLANTED', 'PLANTED-report', 'PLANTED')",
    ],
)
def test_an_error_shows_nothing_of_the_row_it_is_about(store, make_case, statement):
    receive(store, case=make_case(case_number="PLANTED", lead="PLANTED", report_id="PLANTED"))

    with pytest.raises(sa.exc.IntegrityError) as broken:
        store.write(lambda uow: uow.connection.exec_driver_sql(statement))

    told = [str(one) for one in chain_of(broken.value)]
    assert len(told) >= 2
    assert [one for one in told if "PLANTED" in one.replace(statement, "")] == []


def chain_of(error: BaseException | None) -> Iterator[BaseException]:
    """Yield what a traceback prints: the error and what caused it."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def test_a_read_cannot_write(store, make_case):
    with pytest.raises(RuntimeError, match="must not write"):
        store.read(lambda uow: uow.reports.insert(make_case()))

    receive(store, case=make_case())


def test_a_read_sees_one_view_while_others_write(store, make_case):
    seen = threading.Event()
    written = threading.Event()
    before: list[str] = []
    after: list[str] = []

    def look(uow: UnitOfWork) -> None:
        before.extend(uow.reports.ids())
        seen.set()
        assert written.wait(60)
        after.extend(uow.reports.ids())

    reader = threading.Thread(target=lambda: store.read(look))
    reader.start()
    assert seen.wait(60)
    receive(store, case=make_case())
    written.set()
    reader.join()

    assert before == after == []
    assert len(store.read(lambda uow: uow.reports.ids())) == 1


@pytest.mark.parametrize("inner", [Store.write, Store.read])
def test_a_transaction_inside_another_one_is_refused(store, inner):
    with pytest.raises(RuntimeError, match="inside another"):
        store.write(lambda uow: inner(store, lambda uow: None))

    store.read(lambda uow: uow.reports.ids())


def test_another_site_sees_nothing_of_this_one(store, database_url, make_case):
    case = make_case()
    receive(store, case=case)
    other = Store.open(database_url, site="410328")

    with pytest.raises(UnknownReportError):
        case_of(other, case.report_id)
    assert other.read(lambda uow: uow.reports.ids()) == ()
    other.close()


def test_after_close_the_store_opens_again(store, make_case):
    case = make_case()
    receive(store, case=case)

    store.close()

    assert case_of(store, case.report_id) == case
    receive(store, case=make_case())


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_an_url_of_no_use_is_refused_at_once(url):
    with pytest.raises(ValueError):
        Store.open(url, site="410329")


def test_a_database_that_is_away_is_said_in_one_class(tmp_path, make_case):
    (tmp_path / "file").touch()
    for url in (
        f"sqlite:///{tmp_path}/file/tonggui.sqlite",
        f"postgresql://nobody@/none?host={tmp_path}",
    ):
        store = Store.open(url, site="410329")
        with pytest.raises(StorageUnavailableError):
            receive(store, case=make_case())
        with pytest.raises(StorageUnavailableError):
            case_of(store, "x")
        store.close()


def test_a_file_that_is_no_database_is_said_in_the_same_class(tmp_path, make_case):
    (tmp_path / "tonggui.sqlite").write_bytes(b"no database " * 1000)
    store = Store.open(f"sqlite:///{tmp_path}/tonggui.sqlite", site="410329")

    with pytest.raises(StorageUnavailableError):
        receive(store, case=make_case())
    store.close()


def test_dead_connections_are_replaced_without_anybody_noticing(
    postgres_store, postgres_url, make_case
):
    receive(postgres_store, case=make_case())
    with psycopg.connect(postgres_url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    receive(postgres_store, case=make_case())

    assert len(postgres_store.read(lambda uow: uow.reports.ids())) == 2


def test_a_connection_that_dies_within_a_transaction_stores_nothing_twice(
    postgres_store, make_case
):
    case = make_case()
    runs = []

    def cut(uow: UnitOfWork) -> None:
        uow.reports.insert(case)
        runs.append(1)
        if len(runs) == 1:
            # The way the server looks to us when it is stopped.
            uow.connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    postgres_store.write(cut)

    assert len(runs) == 2
    assert case_of(postgres_store, case.report_id) == case


def test_a_deadlock_is_tried_again_until_both_are_through(postgres_store, stored_case):
    one, two = stored_case(postgres_store), stored_case(postgres_store)
    both = threading.Barrier(2)
    runs: list[int] = []

    def lock_both(first: Case, second: Case) -> None:
        tried = []

        def run(uow: UnitOfWork) -> None:
            tried.append(1)
            runs.append(1)
            uow.reports.lock(first.report_id)
            if len(tried) == 1:
                both.wait(60)
            uow.reports.lock(second.report_id)

        postgres_store.write(run)

    threads = [threading.Thread(target=lock_both, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)

    assert not any(thread.is_alive() for thread in threads)
    assert len(runs) >= 3, "a busy server may find both at fault, one after the other"


def test_the_context_of_the_caller_is_there(store):
    name = ContextVar("name", default="")
    name.set("caller")

    assert store.write(lambda uow: name.get()) == "caller"


def test_instants_come_back_in_utc_and_naive_ones_are_refused(store, stored_case):
    case = stored_case(store)
    shanghai = timezone(timedelta(hours=8))
    expires_at = datetime(2026, 3, 1, 12, 0, 0, tzinfo=shanghai)

    with pytest.raises(sa.exc.StatementError):
        store.write(lambda uow: uow.retries.sweep(datetime(2026, 3, 1)))  # noqa: DTZ001
    due = store.write(
        lambda uow: uow.outbox.add("x", {"report": case.report_id}, due_at=expires_at)
    )

    assert due
    oldest = store.read(lambda uow: uow.outbox.oldest_due())
    assert oldest == expires_at
    assert oldest.tzinfo is UTC
