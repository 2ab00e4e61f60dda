"""A migrated store on each of the two databases, and plain rows to put into it."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest

from casework.domain.case import Case, State
from casework.domain.ids import new_case_number, new_id
from casework.storage.migrate import upgrade
from casework.storage.unit_of_work import Store
from crypto.events import Event, SignedEvent

SITE = "410329"
NOW = datetime(2026, 3, 2, 4, 5, 6, tzinfo=UTC)
MakeCase = Callable[..., Case]


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """Each of the two databases, at the newest revision."""
    yield from _opened(database_url)


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """SQLite alone, for what only it does."""
    yield from _opened(sqlite_url)


@pytest.fixture
def postgres_store(postgres_url: str) -> Iterator[Store]:
    """PostgreSQL alone, for what only it does."""
    yield from _opened(postgres_url)


def _opened(url: str) -> Iterator[Store]:
    upgrade(url)
    store = Store.open(url, site=SITE)
    yield store
    store.close()


@pytest.fixture
def make_case() -> MakeCase:
    """Make a case that was just received; any field can be given."""

    def make(**given: object) -> Case:
        values = {
            "report_id": new_id(),
            "case_number": new_case_number(SITE, 2026),
            "region": "410329",
            "sector": "coal_mine",
            "matter": "major_hazard",
            "about": None,
            "channel": "web",
            "lead": "410329-yjj",
            "supervisor": "410329-awb",
            "offices": ("410329-yjj", "410329-awb"),
            "rule": "r1",
            "received_on": date(2026, 3, 1),
            "state": State.RECEIVED,
            "events": 1,
            "manifest": "00" * 32,
            "reporter_box": "11" * 32,
            "reporter_sign": "22" * 32,
        }
        return Case(**(values | given))  # type: ignore[arg-type]

    return make


@pytest.fixture
def stored_case(make_case: MakeCase) -> Callable[..., Case]:
    """Make a case and put it into a store."""

    def put(store: Store, **given: object) -> Case:
        case = make_case(**given)
        store.write(lambda uow: uow.reports.insert(case))
        return case

    return put


def event(report_id: str, ordinal: int = 1, kind: str = "report.read") -> SignedEvent:
    """Return an event that is well formed and signed by nobody in particular."""
    first = ordinal == 1
    return SignedEvent(
        Event(
            site=SITE,
            report=report_id,
            kind="report.received" if first and report_id else kind,
            ordinal=ordinal if report_id else 0,
            at="2026-03-01" if first and report_id else "2026-03-02T04:05:06Z",
            actor="nobody" if first and report_id else "jobs",
            signer="" if first and report_id else "ab" * 32,
            facts={},
        ),
        b"" if first and report_id else b"s" * 64,
    )


@pytest.fixture
def make_event() -> Callable[..., SignedEvent]:
    """Make an event; see event()."""
    return event
