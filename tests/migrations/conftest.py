"""A database that goes up and down, and one row or more for every table."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from casework.storage import migrate
from casework.storage.engine import database_url as with_driver

SITE = "410329"
DAY = date(2026, 3, 1)
INSTANT = datetime(2026, 3, 1, 12, tzinfo=UTC)
BYTES = b"\0\xff"
HEX = "ab" * 32

REPORT = {
    "id": "r1", "site": SITE, "case_number": "410329-2026-K7M2Q9XR", "region": SITE,
    "sector": "coal_mine", "matter": "major_hazard", "lead": "410329-yjj",
    "supervisor": "410329-awb", "undetermined": False, "state": "received",
    "received_on": DAY, "inbox_on": DAY, "accepted_on": None, "verify_due_on": None,
    "finding": None, "award_state": None, "closed_on": None, "events": 1, "case_json": "{}",
}  # fmt: skip
OWNED = {"site": SITE, "report_id": "r1"}

# Revision: its tables in the order in which rows can be put in. A new revision
# that makes a table puts a row here, or the tests fail.
ROWS: dict[str, dict[str, dict[str, Any]]] = {
    "0001_report": {
        "report": REPORT,
        "mailbox": {**OWNED, "locator": BYTES, "reporter_key": BYTES},
        "retry_box": {**OWNED, "id": BYTES, "box": BYTES, "expires_at": INSTANT},
        "event": {
            **OWNED, "id": HEX, "ordinal": 1, "kind": "report.received", "actor": "nobody",
            "at": "2026-03-01", "body": b"{}", "signature": b"", "logged": False,
        },
    },
    "0002_sealed": {
        "sealed_object": {
            **OWNED, "id": "o1", "sending": "s1", "kind": "narrative", "version": 1, "body": BYTES,
        },
        "key_wrap": {
            **OWNED, "id": "w1", "sending": "s1", "key_kind": "content", "recipient": "reporter",
            "key_id": BYTES, "recipient_key": HEX, "body": BYTES,
        },
        "identity_item": {**OWNED, "id": "i1", "kind": "who", "version": 1, "body": BYTES},
        "identity_piece": {
            **OWNED, "id": "p1", "item": "i1", "seat": 1, "seat_key": HEX, "body": BYTES,
        },
        "sealed_file": {
            **OWNED, "id": "f1", "sending": "s1", "blob_name": "aa/bb/cc",
            "stored_size": 5_000_000_000, "digest": BYTES,
        },
    },
    "0003_staff": {
        "account": {
            "id": "a1", "site": SITE, "login": "li.na", "display_name": "李娜", "office": "o",
            "roles": '["officer"]', "state": "invited", "salt": BYTES, "day_box": b"",
            "deed_box": b"", "totp_box": b"", "day_key": "", "deed_key": "", "totp_last": 0,
            "failures": 0, "locked_until": None, "start_code_hash": BYTES,
            "start_code_expires_at": INSTANT,
        },
        "session": {
            "id": BYTES, "site": SITE, "kind": "console", "box": BYTES, "sweep_after": INSTANT,
        },
        "key_set": {"site": SITE, "number": 1, "body": b"{}", "signatures": "{}"},
        "certificate": {
            "id": HEX, "site": SITE, "account": "a1", "body": b"{}", "signature": BYTES,
        },
        "member_wrap": {
            "site": SITE, "owner_kind": "seat", "owner": "1", "key_id": HEX, "account": "a1",
            "body": BYTES,
        },
    },
    "0004_custody": {
        "release": {
            **OWNED, "id": "x1", "item": "i1", "version": 1, "requester": "a1", "office": "o",
            "purpose": "payment", "state": "requested", "requested_at": INSTANT,
            "expires_at": INSTANT, "closed": False,
        },
        "release_approval": {
            "release": "x1", "seat": 1, "site": SITE, "account": "a2", "body": BYTES, "event": HEX,
        },
    },
    "0005_money": {
        "fund_balance": {
            "site": SITE, "year": 2026, "appropriated_fen": 100_000_000, "reserved_fen": 3,
            "paid_fen": 7, "available_fen": 99_999_990, "lines": 1,
        },
        "ledger_entry": {
            "id": "l1", "site": SITE, "kind": "APPROPRIATION", "account_from": "budget",
            "account_to": "available", "amount_fen": 100_000_000, "year": 2026, "ordinal": 1,
            "award": "", "event": HEX,
        },
        "award": {
            **OWNED, "id": "w1", "lead": "o", "state": "reserved", "amount_fen": 3, "year": 2026,
            "proposer": "a1", "settled": False,
        },
    },
    "0006_work": {
        "clock": {
            **OWNED, "key": "verify", "started_on": DAY, "due_on": DAY, "next_on": DAY,
            "state": "running", "stages": "[]", "stopped": False,
        },
        "outbox": {
            "id": "j1", "site": SITE, "kind": "mail", "payload": "{}", "due_at": INSTANT,
            "attempts": 0,
        },
    },
    "0007_rules": {
        "policy_activation": {
            "id": "y1", "site": SITE, "policy": "yichuan-2022", "sha256": HEX, "active_from": DAY,
            "event": HEX,
        },
        "calendar_day": {
            "site": SITE, "day": DAY, "kind": "holiday", "name": "元旦", "source": "notice",
            "provisional": False,
        },
    },
    "0008_key_changes": {
        "key_change": {
            "id": "c1", "site": SITE, "number": 2, "body": b"{}", "wraps": "[]",
            "signatures": "{}", "state": "proposed", "proposer": "a1", "created_at": INSTANT,
            "expires_at": INSTANT,
        },
    },
    "0009_seats": {
        "seat_contribution": {
            **OWNED, "item": "i1", "version": 1, "seat": 1, "giver": 2, "seat_key": HEX,
            "body": BYTES,
        },
    },
    "0010_erasing": {
        "release_reason": {"release": "x1", "seat": 1, "site": SITE, "body": BYTES},
        "keeping": {**OWNED, "look_on": DAY, "destroy_on": DAY, "stopped": False},
    },
    "0011_log": {
        "log_leaf": {"site": SITE, "position": 5_000_000_000, "event": HEX},
        "log_tile": {"site": SITE, "tree": "audit", "level": 0, "position": 0, "body": BYTES},
        "log_checkpoint": {
            "site": SITE, "tree": "register", "size": 16, "day": DAY, "note": "x\n",
        },
        "register_entry": {
            "entry": BYTES, "site": SITE, "event": HEX, "report_id": "r1", "owner": "case:r1",
            "tag": HEX, "record": b"{}", "salt": BYTES, "office": "410329-yjj",
            "office_salt": BYTES, "receipt": "", "due_on": DAY, "position": None,
        },
    },
    "0012_uploads": {
        "upload": {
            "id": BYTES, "site": SITE, "box": BYTES, "parts": 1, "stored_size": 5_000_000_000,
            "expires_at": INSTANT,
        },
        "upload_part": {"upload": BYTES, "number": 1, "site": SITE, "blob_name": "aa/bb/cc"},
    },
    "0013_holds": {},
    "0014_pending": {},  # an index alone
    "0015_erased_blobs": {"erased_blob": {**OWNED, "blob_name": "aa/bb"}},
    "0016_clocks": {
        "clock": {
            **OWNED, "key": "verify", "since": 2, "office": "410329-yjj", "lead": "410329-yjj",
            "supervisor": "410329-awb", "started_on": DAY, "due_on": DAY, "due_at": INSTANT,
            "next_at": INSTANT, "state": "running", "provisional": False, "stages": "[]",
            "stopped": False, "as_of": INSTANT,
        },
        "rule_version": {"site": SITE, "policies": 1, "calendar": 2},
    },
    "0017_rule_changes": {
        "policy_proposal": {
            "id": "z1", "site": SITE, "policy": "yichuan-2022", "sha256": HEX, "active_from": DAY,
            "event": HEX, "state": "proposed", "created_at": INSTANT, "after": "",
            "progress": "", "result": "", "tried": "",
        },
        "calendar_proposal": {
            "id": "z2", "site": SITE, "year": 2027, "days": "[]", "before": HEX, "digest": HEX,
            "source": "notice", "event": HEX, "state": "in_force", "created_at": INSTANT,
            "number": 1, "changed_at": INSTANT, "removed": "[]", "added": "[]", "after": "",
            "recomputed": False,
        },
    },
    "0018_waiting": {
        "waiting": {
            **OWNED, "kind": "confirm", "key": "verify", "since": 2, "of": "head",
            "office": "410329-yjj", "role": "leader", "sort_key": "5",
        },
    },
    "0019_enterprise_marks": {
        "enterprise_mark": {**OWNED, "mark": HEX[:32], "noted_on": DAY},
    },
    "0020_declared_interest": {
        "declared_interest": {
            "site": SITE, "account": "a1", "mark": HEX[:32], "declared_on": DAY
        },
    },
    "0021_ended": {},  # indexes alone
    "0022_routing_table": {
        "routing_table": {
            "id": "t1", "site": SITE, "body": BYTES, "sha256": HEX, "before": HEX,
            "active_from": DAY, "event": HEX, "state": "in_force", "created_at": INSTANT,
            "number": 1, "activated": HEX,
        },
    },
    "0023_searching": {
        "search_entry": {"number": 1 << 60, "site": SITE, "report_id": "r1", "words": "'x':1"},
        "search_place": {**OWNED, "office": "410329-yjj", "number": 1 << 60},
        "search_progress": {"site": SITE, "form": 1, "position": 5_000_000_000},
    },
    "0024_cover": {
        "cover": {
            "site": SITE, "account": "a1", "first": DAY, "last": DAY, "office": "410329-yjj",
            "deputy": "a2", "noted_by": "a1", "noted_on": DAY,
        },
    },
    "0025_fund_parts": {
        "fund_part": {
            "site": SITE, "year": 2027, "pot": "city:410329-yjj", "appropriated_fen": 90,
            "reserved_fen": 30, "paid_fen": 20, "available_fen": 50, "overdrawn_fen": 10,
            "lines": 4,
        },
        "fund_proposal": {
            "id": "g1", "site": SITE, "year": 2026, "event": HEX, "state": "proposed",
            "decided": "",
        },
    },
    "0026_award_opened": {},
}  # fmt: skip


# Revision: tables that it makes anew under the same name. Only projections may be among them,
# which are made again from the cases, or new ones that are filled from what was there.
REMADE: dict[str, set[str]] = {"0016_clocks": {"clock"}, "0025_fund_parts": {"fund_part"}}


class Database:
    """A database at some revision, looked at without any of the product's tables."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.at = "base"
        # Autocommit: a test must never leave a lock in a migration's way.
        self.engine = sa.create_engine(
            with_driver(url), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )

    def go(self, revision: str) -> None:
        migrate.move(self.url, revision)
        self.at = revision

    def tables(self) -> set[str]:
        with self.engine.connect() as connection:
            found = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
            # SQLite's full-text index is tables of its own, which hold nothing of their own.
            return {one for one in found if not one.startswith("search_text")}

    def insert(self, table: str, row: dict[str, Any]) -> None:
        with self.engine.connect() as connection:
            if self.engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            connection.execute(sa.insert(self._reflected(connection, table)), row)

    def fill(self, revision: str) -> None:
        """Put the rows of a revision in, as the tables look by now."""
        every = migrate.revisions()
        last = every[-1] if self.at == "head" else self.at
        later = every[every.index(revision) + 1 : every.index(last) + 1]
        remade = {table for one in later for table in REMADE.get(one, ())}
        for table, row in ROWS[revision].items():
            if table not in remade:
                self.insert(table, row)

    def rows(self, table: str) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            found = connection.execute(sa.select(self._reflected(connection, table)))
            return [dict(row) for row in found.mappings()]

    def _reflected(self, connection: sa.Connection, table: str) -> sa.Table:
        return sa.Table(table, sa.MetaData(), autoload_with=connection, resolve_fks=False)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Each of the two databases, empty."""
    made = Database(database_url)
    yield made
    made.engine.dispose()


@pytest.fixture
def remade() -> dict[str, set[str]]:
    """The tables that revisions make anew."""
    return REMADE


@pytest.fixture
def rows() -> dict[str, dict[str, dict[str, Any]]]:
    """One row or more of every table, by revision."""
    return ROWS
