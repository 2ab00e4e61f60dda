"""The denominator: Flask and one SQLAlchemy Core insert of the form's text fields.

Nothing is sealed, checked, routed or rendered, and the attachment is parsed and
dropped, as the framework does it by default.
"""

import os
import sqlite3
from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask, request
from sqlalchemy import event

from benchmarks.pages import FIELDS

ADDRESS = "BARE_DATABASE_URL"
TABLE = sa.Table(
    "bare_report",
    sa.MetaData(),
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("received_at", sa.DateTime, nullable=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in FIELDS),
)


def create_app(database_url: str) -> Flask:
    """Make the application and its table."""
    app = Flask(__name__)
    app.config["MAX_FORM_MEMORY_SIZE"] = 512 * 1024
    engine = _engine(database_url)
    TABLE.metadata.create_all(engine)

    @app.post("/report")
    def submit() -> str:
        row = {name: request.form.get(name, "") for name in FIELDS}
        now = datetime.now(UTC).replace(tzinfo=None)
        with engine.begin() as connection:
            connection.execute(sa.insert(TABLE), {**row, "id": uuid4().hex, "received_at": now})
        return "stored"

    return app


def _engine(database_url: str) -> sa.Engine:
    if not database_url.startswith("sqlite"):
        rest = database_url.partition("://")[2]
        return sa.create_engine(f"postgresql+psycopg://{rest}", pool_size=20)
    engine = sa.create_engine(database_url, connect_args={"timeout": 30}, pool_size=64)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        # As durable as ours, or the comparison would be with a weaker promise.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    return engine


def from_environment() -> Flask:
    """Make the application for the server."""
    return create_app(os.environ[ADDRESS])
