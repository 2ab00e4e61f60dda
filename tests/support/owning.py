"""The database as whoever owns it sees it: nothing stands in the way of a change."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from instance import World


@contextmanager
def owner(world: World) -> Iterator[sa.Connection]:
    """Do as somebody who owns the database can: take foreign keys and checks away."""
    engine = sa.create_engine(world.store.engines()[0].url)
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SET session_replication_role = replica"))
        else:
            connection.execute(sa.text("PRAGMA foreign_keys = OFF"))
            connection.execute(sa.text("PRAGMA ignore_check_constraints = ON"))
        yield connection
        connection.commit()
    engine.dispose()
