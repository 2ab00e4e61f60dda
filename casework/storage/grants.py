"""Who may do what in the database: one PostgreSQL role a process, one line a table.

SQLite knows no roles. On PostgreSQL these walls stand outside Python: whatever
becomes of the public site's process, its role reads no narrative, no identity and
no officer, and removes nothing that is sealed. Only the jobs process erases; nobody
changes an event or a line of the ledger. A table that stands in no line here may be
used by its owner alone, and a test fails.

The rights are brought up to date at the end of every migration (see migrate), by the
owner of the tables. The roles carry the name of the database: tonggui_portal in the
database tonggui. They are made without a password.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

PORTAL: Final = "portal"  # public site and mail gateway
CONSOLE: Final = "console"
JOBS: Final = "jobs"
PROCESSES: Final = (PORTAL, CONSOLE, JOBS)
MAINTAIN: Final = "MAINTAIN"
NAME_LENGTH_MAX: Final = 63  # what PostgreSQL keeps of a name


@dataclass(frozen=True, slots=True)
class Right:
    """One verb on one table.

    Attributes:
        verb: SELECT, INSERT, UPDATE or DELETE; MAINTAIN is the right to VACUUM, which
            PostgreSQL can grant since version 17.
        columns: the only columns that it reaches; none means all.
        rows: an SQL condition on the rows that it reaches; "" means all.
    """

    verb: str
    columns: tuple[str, ...] = ()
    rows: str = ""


def _may(text: str, **rows: str) -> tuple[Right, ...]:
    """Read "select insert update(logged)"; *rows* gives a verb its condition."""
    rights = []
    for verb, columns in re.findall(r"([a-z]+)(?:\(([a-z0-9_, ]+)\))?", text):
        named = tuple(one.strip() for one in columns.split(",")) if columns else ()
        rights.append(Right(verb.upper(), named, rows.get(verb, "")))
    return tuple(rights)


_NOTHING: Final[tuple[Right, ...]] = ()
_READ = _may("select")
_ADD = _may("insert")
_READ_ADD = _may("select insert")
_KEEP = _may("select insert update")
_ALL = _may("select insert update delete")
_READ_ADD_ERASE = _may("select insert delete")
# The jobs process makes the database forget what it deleted: see storage.forgetting.
_ERASE = _may("select insert delete maintain")

# What the reporter's key alone opens, and what names the sealed rows of a sending.
_THREAD = "kind IN ('message', 'reason', 'manifest')"
_OF_REPORTER = "recipient = 'reporter'"

Rights = Mapping[str, tuple[Right, ...]]


def _row(portal: tuple[Right, ...], console: tuple[Right, ...], jobs: tuple[Right, ...]) -> Rights:
    return {PORTAL: portal, CONSOLE: console, JOBS: jobs}


# Table: what the portal, the console and the jobs process may do with it.
GRANTS: Final[Mapping[str, Rights]] = {
    "alembic_version": _row(_READ, _READ, _READ),
    # Reports. An event is appended; that the log has it is the jobs' mark, and all
    # that anybody ever changes in one.
    "report": _row(_KEEP, _KEEP, _KEEP),
    "event": _row(_READ_ADD, _READ_ADD, _may("select insert update(logged)")),
    # A change of code moves the mailbox; the wraps that it replaces go when the log has it.
    "mailbox": _row(
        _may("select insert update(locator, reporter_key)"), _READ_ADD, _may("select delete")
    ),
    "retry_box": _row(_ALL, _ALL, _may("select insert update delete maintain")),
    # Sealed rows.
    "sealed_object": _row(
        _may("select insert", select=_THREAD), _READ_ADD, _ERASE
    ),
    "key_wrap": _row(
        _may("select insert", select=_OF_REPORTER), _READ_ADD_ERASE, _ERASE
    ),
    # The reporter may know which items there are, to take them back; not what is in them.
    "identity_item": _row(
        _may("select(site, report_id, id, kind, version) insert"), _READ_ADD, _ERASE
    ),
    "identity_piece": _row(_ADD, _READ_ADD_ERASE, _ERASE),
    "sealed_file": _row(_ADD, _READ_ADD, _ERASE),
    # People and keys. The public site needs to know whom to believe, not who can sign in.
    "account": _row(_NOTHING, _KEEP, _READ),
    "session": _row(
        _may(
            "select insert update delete",
            select="kind = 'mailbox'", insert="kind = 'mailbox'",
            update="kind = 'mailbox'", delete="kind = 'mailbox'",
        ),
        _may(
            "select insert update delete",
            select="kind = 'console'", insert="kind = 'console'",
            update="kind = 'console'", delete="kind = 'console'",
        ),
        _may("select delete"),
    ),
    "key_change": _row(_NOTHING, _KEEP, _READ),
    "key_set": _row(_READ, _READ_ADD, _READ),
    "certificate": _row(_READ, _READ_ADD, _READ),
    # What wraps an old key to its members goes when nothing is sealed to it any more.
    "member_wrap": _row(_NOTHING, _READ_ADD_ERASE, _may("select delete maintain")),
    # Releases. A withdrawal ends them; the boxes go with the jobs' sweep.
    # Uploads under way; what is swept is swept by the jobs process.
    "upload": _row(_ALL, _NOTHING, _may("select delete")),
    "upload_part": _row(_may("select insert delete"), _NOTHING, _may("select delete")),
    "release": _row(_KEEP, _KEEP, _KEEP),
    "seat_contribution": _row(_NOTHING, _READ_ADD_ERASE, _ERASE),
    "release_reason": _row(_NOTHING, _READ_ADD_ERASE, _ERASE),
    "release_approval": _row(_NOTHING, _READ_ADD_ERASE, _ERASE),
    # The log and the register are written by the jobs process alone; the public site
    # shows a reporter the entries and their proofs.
    "log_leaf": _row(_NOTHING, _READ, _READ_ADD),
    "log_tile": _row(_READ, _READ, _KEEP),
    "log_checkpoint": _row(_READ, _READ, _KEEP),
    "register_entry": _row(_READ, _READ, _KEEP),
    # Money. A claim is the reporter's; lines are booked in the console, and by the jobs process
    # as claims open and lapse. It grants nothing: a year's row is there before.
    "award": _row(_KEEP, _KEEP, _KEEP),
    "fund_balance": _row(_NOTHING, _KEEP, _may("select update")),
    "ledger_entry": _row(_NOTHING, _READ_ADD, _READ_ADD),
    "fund_part": _row(_NOTHING, _KEEP, _may("select update")),
    "fund_proposal": _row(_NOTHING, _may("select insert update(state, decided)"), _READ),
    # Work, and the rules it goes by.
    "erased_blob": _row(_NOTHING, _NOTHING, _may("select insert delete")),
    "keeping": _row(_KEEP, _KEEP, _KEEP),
    # Made anew with every act, the reporter's too; it decides nothing.
    "clock": _row(_ALL, _ALL, _ALL),
    # An urgent report waits from the moment it comes in.
    "waiting": _row(_ADD, _ALL, _ALL),
    # Which enterprise a report names: written by who accepts, deleted with the case.
    "enterprise_mark": _row(_NOTHING, _READ_ADD_ERASE, _may("select delete")),
    # In which enterprises staff have an interest: theirs to declare and to withdraw.
    "declared_interest": _row(_NOTHING, _READ_ADD_ERASE, _READ),
    # What may be searched: made by the jobs, read by the console; the public site has no part.
    "search_entry": _row(_NOTHING, _READ, _ALL),
    "search_place": _row(_NOTHING, _READ, _ALL),
    "search_progress": _row(_NOTHING, _READ, _KEEP),
    # Leaves: theirs and the head's to note; a reminder says that somebody covers.
    "cover": _row(_NOTHING, _ALL, _READ),
    "outbox": _row(_ADD, _READ_ADD, _ALL),
    "policy_activation": _row(_READ, _READ_ADD, _READ),
    "rule_version": _row(_READ, _KEEP, _READ),
    "policy_proposal": _row(
        _NOTHING, _KEEP, _may("select update(after, progress, result, tried)")
    ),
    # The public site shows how long clocks run, and needs the calendars of before for that.
    "calendar_proposal": _row(
        _may("select(id, site, number, changed_at, removed, added)"),
        _KEEP,
        _may("select update(after, recomputed)"),
    ),
    # Both sites route by the table in force, and look at who signed it.
    "routing_table": _row(
        _may("select(id, site, number, sha256, active_from, event, activated, body)"),
        _may("select insert update(state, number, activated)"),
        _READ,
    ),
    "calendar_day": _row(_READ, _READ_ADD_ERASE, _READ),
}  # fmt: skip


def role_name(database: str, process: str) -> str:
    """Return the role of a *process* in a *database*."""
    return f"{database}_{process}"


def has_room(database: str) -> bool:
    """Say whether PostgreSQL would keep the names of this database's roles whole."""
    return all(len(role_name(database, one).encode()) <= NAME_LENGTH_MAX for one in PROCESSES)


def limited_by_row(table: str) -> bool:
    """Say whether some role reaches only some rows of *table*."""
    return any(right.rows for rights in GRANTS[table].values() for right in rights)


@dataclass(frozen=True, slots=True, order=True)
class Held:
    """A right as the catalogue tells it; *column* is "" for the whole table."""

    table: str
    process: str
    verb: str
    column: str = ""

    def __str__(self) -> str:
        """Return it as the administrator reads it."""
        column = f"({self.column})" if self.column else ""
        return f"{self.process}: {self.verb}{column} {self.table}"


@dataclass(frozen=True, slots=True, order=True)
class Policy:
    """One rule on rows; its name ends in a digest of the condition, so a change is seen."""

    table: str
    process: str
    verb: str
    rows: str

    @property
    def name(self) -> str:
        """Name of the policy in the database."""
        digest = hashlib.blake2b(self.rows.encode(), digest_size=4).hexdigest()
        return f"{self.process}_{self.verb.lower()}_{digest}"

    @property
    def clause(self) -> str:
        """What stands behind the role in CREATE POLICY."""
        using, checked = f"USING ({self.rows})", f"WITH CHECK ({self.rows})"
        return {"INSERT": checked, "UPDATE": f"{using} {checked}"}.get(self.verb, using)


def wanted_rights(tables: Iterable[str], *, maintain: bool) -> frozenset[Held]:
    """Return every right to be held on *tables*; *maintain*: the server can grant MAINTAIN."""
    return frozenset(
        Held(table, process, right.verb, column)
        for table in tables
        for process, rights in GRANTS.get(table, {}).items()
        for right in rights
        if maintain or right.verb != MAINTAIN
        for column in right.columns or ("",)
    )


def wanted_policies(tables: Iterable[str]) -> frozenset[Policy]:
    """Return every rule on rows that should stand; a table with one has one for each right."""
    return frozenset(
        Policy(table, process, right.verb, right.rows or "true")
        for table in tables
        if table in GRANTS and limited_by_row(table)
        for process, rights in GRANTS[table].items()
        for right in rights
        if right.verb != MAINTAIN
    )
