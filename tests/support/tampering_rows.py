"""Every table, row by row: forged copies, changed columns, swapped bodies, old rows, lost rows."""

from collections.abc import Iterator
from typing import Any

from rich_instance import Rich, Row, Rows
from tampering import TABLES, Owner, Tampering, flipped, names_of, other_value

# What verification does not tell and no reader refuses, and why that is so.
UNTOLD = {
    "enterprise_mark": "hints for staff at reports of one enterprise; they decide nothing",
    "declared_interest": "whom the jobs take out of a case next; that they did is signed there",
    "search_entry": "where cases are found again; what is found is read from the case itself",
    "search_place": "the same: who may see a case found, the case itself decides",
    "search_progress": "how far the index is; put back, it is made anew from the same cases",
    "cover": "who is away and who covers: shown to the office; what changes hands is signed",
    "outbox": "notices that are yet to be mailed; they hold a case number and open nothing",
    "erased_blob": "files that are yet to go; one that a report names never goes for it",
    "policy_proposal.after": "how far a dry run is; with its result signed it counts no more",
    "policy_proposal.progress": "what a dry run has found so far, the same",
    "calendar_proposal.after": "how far clocks are worked out anew; what is done is done once",
    "calendar_proposal.recomputed": "has them worked out anew; if they are not, clocks are named",
    "key_change": "a proposal counts for nothing until k custodians sign what they read",
    "policy_activation.id": "a name of the row; which policy counts from when, its event tells",
    "clock.as_of": "when a row was worked out; what it says is compared as of then",
    "ledger_entry.turn": "none, the first time: another row would be one of another turn",
    "rule_version": "tells a process to read the rules anew, and no rule",
    "keeping.look_on": "when the sweep looks again; an item that waits stands as withdrawn",
    "keeping.destroy_on": "what the console's list of coming ends shows",
    "account.display_name": "a name to be shown; the key set knows accounts by their keys",
    "account.totp_last": "a limit of the sign-in, which opens nothing without the password",
    "account.failures": "a limit of the sign-in, which opens nothing without the password",
    "account.locked_until": "a limit of the sign-in, which opens nothing without the password",
    "account.start_code_hash": "of somebody invited, whom nobody believes until certified",
    "account.start_code_expires_at": "of somebody invited",
    "session.sweep_after": "when the row may go; the expiry that counts is sealed inside",
    "session, a copy": "sealed to its own id, so a copy under another id opens for nobody",
    "retry_box.report_id": "which report's look-up ends the box; it opens with S and text alone",
    "retry_box, a copy": "sealed to its own id, so a copy under another id opens for nobody",
    "upload, a copy": "sealed to its own id, so a copy under another id opens for nobody",
    "upload.parts": "a count for the limits; what counts is sealed in the box",
    "upload.stored_size": "a count for the limits; what counts is sealed in the box",
    "upload.expires_at": "when the row may go",
    "upload_part": "where parts lie that are sealed to upload and number; a lost one is sent again",
}
KINDS_MAX = 3

# What makes rows of a table differ in kind: one of each is tampered with.
VARIANTS = {
    "policy_proposal": ("state",),
    "calendar_proposal": ("state",),
    "routing_table": ("state",),
    "policy_activation": ("event",),
    "calendar_day": ("source",),
    "sealed_object": ("kind",),
    "key_wrap": ("key_kind", "recipient"),
    "identity_item": ("kind",),
    "identity_piece": ("seat",),
    "event": ("kind",),
    "ledger_entry": ("kind",),
    "fund_proposal": ("state",),
    "log_tile": ("tree",),
    "log_checkpoint": ("tree",),
    "member_wrap": ("owner_kind",),
    "release": ("state",),
    "clock": ("state",),
    "award": ("state",),
}  # fmt: skip
# What is worth most to whoever can write.
BODIES = {
    "sealed_object": "body", "key_wrap": "body", "identity_item": "body",
    "identity_piece": "body", "release_approval": "body", "release_reason": "body",
    "seat_contribution": "body", "member_wrap": "body", "event": "body", "key_set": "body",
    "certificate": "body", "log_tile": "body", "log_checkpoint": "note", "mailbox": "reporter_key",
    "register_entry": "record", "report": "case_json", "account": "deed_key",
    "upload": "box", "session": "box", "retry_box": "box", "sealed_file": "blob_name",
    "log_leaf": "event", "policy_proposal": "result", "calendar_proposal": "days",
    "routing_table": "body",
}  # fmt: skip
EXTRA = {
    "event": ("signature",),
    "certificate": ("signature",),
    "key_set": ("signatures",),
    "account": ("day_key", "day_box", "deed_box", "totp_box", "salt", "roles", "office", "state"),
    "key_wrap": ("recipient_key", "recipient", "sending"),
    "sealed_file": ("digest",),
    "register_entry": ("salt", "receipt", "entry"),
    "identity_piece": ("seat_key",),
    "mailbox": ("locator",),
    "calendar_proposal": ("removed", "added"),
}


def variants(table: str, rows: list[Row]) -> list[Row]:
    """One row of each kind, of some kinds."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        if table == "register_entry":
            place: tuple[Any, ...] = (row["position"] is None, row["event"] is None)
        else:
            place = tuple(row[one] for one in VARIANTS.get(table, ()))
        found.setdefault(place, row)
    return list(found.values())[:KINDS_MAX]


def of_tables(rows: Rows) -> Iterator[Tampering]:
    """Yield what can be done to the rows as they stand."""
    for table in sorted(TABLES):
        # A case that nothing waits for has a row that nobody looks at.
        found = [one for one in rows[table] if table != "keeping" or not one["stopped"]]
        if not found or table in UNTOLD:
            continue
        kinds = variants(table, found)
        yield from _changed_columns(table, kinds[0], rows)
        yield from _bodies(table, kinds[0], ("truncate", "extend"))
        yield from _copies(table, kinds[0])
        for row in kinds:
            yield deleted(table, row)
            yield from _bodies(table, row, ("flip",))
            yield from _swaps(table, row, found)


def _changed_columns(table: str, row: Row, rows: Rows) -> Iterator[Tampering]:
    owners = {one["id"]: one["report_id"] for one in rows["release"]}
    for column in TABLES[table].columns:
        value = row[column.name]
        if value is None or column.name == "site" or f"{table}.{column.name}" in UNTOLD:
            continue
        changed = {column.name: other_value(value)}
        names = names_of(table, row, row | changed)
        if "release" in row:
            names |= {owners[row["release"]]}
        yield Tampering(
            "change",
            f"{table}.{column.name}",
            (table,),
            lambda owner, row=row, changed=changed: owner.change(table, row, **changed),  # type: ignore[misc]
            names,
        )


def deleted(table: str, row: Row) -> Tampering:
    """A row that is gone."""
    return Tampering(
        "delete", table, (table,), lambda owner: owner.drop(table, row), names_of(table, row)
    )


def _bodies(table: str, row: Row, attacks: tuple[str, ...]) -> Iterator[Tampering]:
    for column in (BODIES.get(table), *EXTRA.get(table, ())):
        value = row[column] if column else None
        if not value:
            continue
        cut = value[: len(value) // 2]
        done = {"truncate": cut, "extend": value + value[-1:]}
        if isinstance(value, bytes):
            done["flip"] = flipped(value, len(value) // 2)
        else:
            at = len(value) // 2
            done["flip"] = value[:at] + ("b" if value[at] == "a" else "a") + value[at + 1 :]
        for attack in attacks:
            changed = done[attack]
            yield Tampering(
                attack,
                f"{table}.{column}",
                (table,),
                lambda owner, put={column: changed}: owner.change(table, row, **put),  # type: ignore[misc]
                names_of(table, row),
            )


def _copies(table: str, row: Row) -> Iterator[Tampering]:
    """The same row a second time, under another key."""
    if f"{table}, a copy" in UNTOLD:
        return
    keys = [one.name for one in TABLES[table].primary_key]
    for key in keys:
        if key in ("site", "tree"):
            continue  # nobody reads those of another
        changed = {key: other_value(row[key])}
        yield Tampering(
            "forge",
            f"{table} with another {key}",
            (table,),
            lambda owner, changed=changed: owner.put(table, row, **changed),  # type: ignore[misc]
            names_of(table, row, row | changed),
        )


def _swaps(table: str, row: Row, rows: list[Row]) -> Iterator[Tampering]:
    """Bodies of two rows that changed places: of the same kind where there are two."""
    column = BODIES.get(table)
    if column is None:
        return
    alike = VARIANTS.get(table, ())
    others = [one for one in rows if one is not row and one[column] != row[column]]
    like = [one for one in others if all(one[name] == row[name] for name in alike)]
    for other in (like or others)[:1]:

        def do(owner: Owner, other: Row = other) -> None:
            aside = {column: other_value(row[column])}
            owner.change(table, row, **aside)
            owner.change(table, other, **{column: row[column]})
            owner.change(table, row, **{column: other[column]})

        yield Tampering("swap", f"{table}.{column}", (table,), do, names_of(table, row, other))


def of_old_rows(rich: Rich, rows: Rows, old: Rows, per_table: int = 3) -> Iterator[Tampering]:
    """Old rows put back whole, those of tables that were changed since."""
    for table in sorted(TABLES.keys() - UNTOLD.keys()):
        now = [tuple(one.values()) for one in rows[table]]
        gone = [one for one in old[table] if tuple(one.values()) not in now]
        if table == "clock":
            # What time alone has changed is as good as a sweep that is late: the next one looks
            # at it at once. A row that would rest on is another matter.
            gone = [one for one in gone if one["next_at"] > rich.world.now]
        for row in gone[:per_table]:
            keys = [one.name for one in TABLES[table].primary_key]
            there = [one for one in rows[table] if all(one[key] == row[key] for key in keys)]
            yield Tampering(
                "replay",
                f"{table} (an old row)",
                (table,),
                lambda owner, table=table, row=row: owner.put(table, row),  # type: ignore[misc]
                names_of(table, row, *there),
            )
