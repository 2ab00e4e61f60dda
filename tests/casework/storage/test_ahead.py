"""Reading ahead: the same rows as one report at a time, by a statement a table and span."""

import pytest
import sqlalchemy as sa

from casework.storage.ahead import Span
from casework.storage.sealed_vault import SealedVault

REPORTS = ("r1", "r2", "r3", "r4")


@pytest.fixture
def filled(store, stored_case, make_event):
    """Four reports with a mailbox and two events each, and an event outside reports."""
    for number, report_id in enumerate(REPORTS):
        stored_case(store, report_id=report_id)
        store.write(
            lambda uow, r=report_id, n=number: (
                uow.mailboxes.insert(bytes([n]) * 32, r, bytes([n]) * 64),
                uow.events.append(make_event(r, 1), make_event(r, 2)),
            )
        )
    store.write(lambda uow: uow.events.append(make_event("")))
    return store


def rows_of(uow, report_id):
    return (uow.events.stored_of_report(report_id), uow.mailboxes.of_report(report_id))


def test_a_span_read_ahead_gives_the_rows_that_one_report_at_a_time_gives(filled):
    expected = {one: filled.read(lambda uow, r=one: rows_of(uow, r)) for one in REPORTS}

    def run(uow):
        assert uow.reports.read_ahead(Span("r2", "r4")) == ("r2", "r3")
        # Those outside the span are read as ever.
        return {one: rows_of(uow, one) for one in REPORTS}

    assert filled.read(run) == expected
    assert all(len(events) == 2 and box for events, box in expected.values())


def test_a_span_costs_a_statement_a_table_however_many_reports_it_has(filled):
    sent = []
    sa.event.listen(filled.engines()[-1], "before_cursor_execute", lambda *given: sent.append(1))

    def run(uow):
        return [rows_of(uow, one) for one in uow.reports.read_ahead(Span())]

    assert len(filled.read(run)) == 4
    assert len(sent) == 3  # reports, events, mailboxes


def test_spans_that_follow_each_other_leave_no_row_out(filled, make_event):
    """Before the first report, between two, and after the last."""
    lost = ["a", "r2x", "z"]
    filled.write(lambda uow: uow.events.append(*(make_event(one) for one in lost)))
    found, reports = [], []
    for span in (Span("", "r2"), Span("r2", "r3"), Span("r3")):

        def run(uow, span=span):
            reports.extend(uow.reports.read_ahead(span))
            found.append([one.report_id for one in uow.events.strangers()])
            assert SealedVault(uow).strangers() == ()

        filled.read(run)

    assert tuple(reports) == REPORTS
    assert found == [["a"], ["r2x"], ["z"]]


def test_the_next_transaction_reads_one_report_again(filled):
    filled.read(lambda uow: uow.reports.read_ahead(Span("r1", "r2")))

    with pytest.raises(ValueError, match="no span"):
        filled.read(lambda uow: uow.events.strangers())
