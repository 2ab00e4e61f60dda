"""Runs revisions on the connection that casework.storage.migrate hands over.

All missing revisions are one transaction. On PostgreSQL only one process
migrates at a time, and a table that stays in use is given up on after a second,
so that live transactions do not queue up behind us.
"""

from alembic import context
from alembic.runtime.migration import MigrationInfo
from sqlalchemy import Connection, text

ONE_AT_A_TIME = 7_382_915_604_410_329  # any number, the same in every version


def prepare(connection: Connection) -> None:
    """Take the lock, then wait for no other."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
        connection.execute(text("SET LOCAL lock_timeout = '1s'"))
        connection.execute(text("SET LOCAL statement_timeout = 0"))


def tell(ctx: object, step: MigrationInfo, heads: object, run_args: object) -> None:
    """Report a revision that was applied."""
    progress = context.config.attributes.get("progress")
    if progress is not None:
        progress(f"{'up to' if step.is_upgrade else 'down from'} {step.up_revision_id}")


def run() -> None:
    """Run what is asked for."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        raise SystemExit("migrations are run by `tonggui init`, which hands over a connection")
    context.configure(
        connection=connection, target_metadata=None, render_as_batch=True, on_version_apply=tell
    )
    with context.begin_transaction():
        prepare(connection)
        context.run_migrations()


run()
