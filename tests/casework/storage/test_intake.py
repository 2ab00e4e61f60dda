"""What a report's arrival costs, and what happens when the same form or code comes twice."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from casework.storage.mailboxes import LocatorTakenError, Mailbox
from casework.storage.retries import FormTakenError
from casework.storage.statements import count_statements
from crypto.events import IdentityItem, IdentityPiece, KeyWrap, SealedFile, SealedObject

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
STATEMENTS_MAX = 12


def test_a_whole_report_takes_at_most_twelve_statements(store, make_case, make_event):
    case = make_case()
    count = count_statements(store)
    form = b"f" * 32

    def submit(uow):
        number, report = iter(range(100)), case.report_id

        def new() -> str:
            return f"{next(number):026}"

        assert uow.retries.get(form, now=NOW) is None
        uow.reports.insert(case)
        uow.mailboxes.insert(b"l" * 32, report, b"k" * 64)
        uow.sealed.add_objects(
            report, [SealedObject(new(), "s", "narrative", 1, b"x" * 2000) for _ in range(6)]
        )
        uow.sealed.add_wraps(
            report,
            [
                KeyWrap(new(), "s", "content", "office:a", b"k" * 32, "ab" * 32, b"")
                for _ in "abcde"
            ],
        )
        uow.sealed.add_items(report, [IdentityItem(new(), "who", 1, b"x") for _ in range(2)])
        uow.sealed.add_pieces(
            report, [IdentityPiece(new(), "i", n, "ab" * 32, b"x") for n in (1, 2, 3) * 2]
        )
        uow.sealed.add_files(report, [SealedFile(new(), "s", new(), 9, b"d" * 32) for _ in "ab"])
        uow.events.append(make_event(report))
        uow.outbox.add_all([("notice", {}), ("notice", {})], due_at=NOW)
        uow.retries.insert(form, report_id=report, box=b"box", expires_at=NOW + HOUR)

    store.write(submit)

    assert count.total <= STATEMENTS_MAX, count.texts()
    assert all("sealed" not in text or "VALUES" in text for text in count.texts())
    count.reset()
    assert count.total == 0


def test_many_rows_are_one_statement_on_the_wire(postgres_store, stored_case):
    """Counted by the server, which SQLAlchemy's own counting cannot deceive."""
    report = stored_case(postgres_store).report_id
    objects = [SealedObject(f"{n:026}", "s", "narrative", 1, b"x") for n in range(500)]

    def run(uow):
        uow.connection.exec_driver_sql("SET LOCAL log_statement_stats = off")
        uow.sealed.add_objects(report, objects)
        return uow.connection.exec_driver_sql(
            "SELECT count(*), count(DISTINCT cmin::text) FROM sealed_object"
        ).one()

    rows, commands = postgres_store.write(run)

    assert (rows, commands) == (500, 1)


def test_a_code_leads_to_its_mailbox_and_no_other(store, stored_case):
    report = stored_case(store).report_id
    store.write(lambda uow: uow.mailboxes.insert(b"l" * 32, report, b"k" * 64))

    found = store.read(lambda uow: uow.mailboxes.find(b"l" * 32))

    assert found == Mailbox(report, b"k" * 64)
    assert store.read(lambda uow: uow.mailboxes.of_report(report)) == found
    assert store.read(lambda uow: uow.mailboxes.find(b"m" * 32)) is None


def test_a_locator_that_is_taken_asks_for_another_code_and_stores_nothing(
    store, stored_case, make_case
):
    taken = stored_case(store).report_id
    store.write(lambda uow: uow.mailboxes.insert(b"l" * 32, taken, b"k" * 64))
    case = make_case()

    def submit(uow):
        uow.reports.insert(case)
        uow.mailboxes.insert(b"l" * 32, case.report_id, b"j" * 64)

    with pytest.raises(LocatorTakenError):
        store.write(submit)

    assert store.read(lambda uow: uow.reports.ids()) == (taken,)


def test_a_box_is_there_for_its_hour_and_its_form_counts_as_used_for_a_day(store, stored_case):
    report = stored_case(store).report_id
    store.write(
        lambda uow: uow.retries.insert(
            b"f" * 32, report_id=report, box=b"box", expires_at=NOW + HOUR
        )
    )

    def box(now):
        return store.read(lambda uow: uow.retries.get(b"f" * 32, now=now))

    assert box(NOW + HOUR - SECOND) == b"box"
    assert box(NOW + HOUR) == b""
    assert store.write(lambda uow: uow.retries.sweep(NOW)) == 0
    assert store.write(lambda uow: uow.retries.sweep(NOW + HOUR)) == 1
    assert store.write(lambda uow: uow.retries.sweep(NOW + HOUR)) == 0
    assert box(NOW) == b""
    day = timedelta(days=1)
    assert store.write(lambda uow: uow.retries.sweep(NOW + HOUR + day - SECOND)) == 0
    assert store.write(lambda uow: uow.retries.sweep(NOW + HOUR + day)) == 1
    assert box(NOW) is None


def test_the_first_use_of_the_code_ends_the_box(store, stored_case):
    report = stored_case(store).report_id
    store.write(
        lambda uow: uow.retries.insert(
            b"f" * 32, report_id=report, box=b"box", expires_at=NOW + HOUR
        )
    )

    store.write(lambda uow: uow.retries.forget_code(report))

    assert store.read(lambda uow: uow.retries.get(b"f" * 32, now=NOW)) == b""


def test_of_a_form_sent_several_times_at_once_one_is_stored(store, make_case):
    start = threading.Barrier(8)
    stored, told = [], []

    def send() -> None:
        case = make_case()

        def submit(uow):
            uow.reports.insert(case)
            uow.retries.insert(
                b"f" * 32, report_id=case.report_id, box=case.report_id.encode(),
                expires_at=NOW + HOUR,
            )  # fmt: skip

        start.wait()
        try:
            store.write(submit)
            stored.append(case.report_id)
        except FormTakenError:
            told.append(store.read(lambda uow: uow.retries.get(b"f" * 32, now=NOW)))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert store.read(lambda uow: uow.reports.ids()) == tuple(stored)
    assert told == [stored[0].encode()] * 7
