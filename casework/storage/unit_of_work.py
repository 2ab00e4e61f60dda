"""Transactions: one call of Store.write() or Store.read() is one of them.

The only place that commits. What a use case did is stored when its call
returns, or nothing of it is: on SQLite requests share a commit (see
group_commit), on PostgreSQL each has its own and is tried again when the
database asks for that. A use case may therefore run more than once, and on
another thread: it does nothing that the database cannot take back.
"""

import functools
import os
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from contextvars import ContextVar
from typing import Concatenate, ParamSpec, Self, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import URL, Engine

from casework.domain.errors import OutcomeUnknownError, StorageUnavailableError
from casework.storage import engine as engines
from casework.storage import forgetting
from casework.storage.group_commit import Group, Request, WriterThread
from casework.storage.repositories import UnitOfWork as UnitOfWork
from casework.storage.turns import Turns

P = ParamSpec("P")
R = TypeVar("R")
TRIES = 6
PAUSE_SECONDS = 0.01  # doubled with every try, and drawn at random below that

_inside_transaction = ContextVar("tonggui_inside_transaction", default=False)


class Store:
    """The database of one site, for as many threads as like; connects when first used."""

    def __init__(self, url: URL, *, site: str) -> None:
        """Use Store.open()."""
        self.site = site
        self._url = url
        self._opening = threading.Lock()
        self._pid = 0
        self._database: _Sqlite | _PostgreSQL | None = None
        self._inherited: list[object] = []

    @classmethod
    def open(cls, database_url: str, *, site: str) -> Self:
        """Return the store behind *database_url*; nothing is connected to yet.

        Raises:
            ValueError: the URL is neither sqlite:////full/path nor postgresql://….
        """
        return cls(engines.database_url(database_url), site=site)

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[object, ...]]:
        """Let another process open the same database."""
        return functools.partial(type(self), site=self.site), (self._url,)

    @property
    def dialect(self) -> str:
        """The database's name: sqlite or postgresql."""
        return self._url.get_backend_name()

    def write(self, fn: Callable[[UnitOfWork], R]) -> R:
        """Run *fn* in one transaction; what it did is stored when this returns.

        Raises:
            CaseworkError: *fn* refused; nothing is stored.
            StorageUnavailableError: the database is away, full or stuck; nothing is stored.
            OutcomeUnknownError: the connection broke in the middle of the commit.
        """
        _refuse_nesting()
        return self._running().write(lambda connection: self._inside(connection, fn))

    def read(self, fn: Callable[[UnitOfWork], R]) -> R:
        """Run *fn* on one unchanging view of the database; it cannot write.

        Raises:
            StorageUnavailableError: the database is away.
        """
        _refuse_nesting()
        return self._running().read(lambda connection: self._inside(connection, fn))

    def forget_deleted(self) -> bool:
        """Make the running database forget what was deleted; False where it must be tried again.

        Raises:
            StorageUnavailableError: the database is away.
        """
        _refuse_nesting()
        return self._running().forget()

    def close(self) -> None:
        """Store what is still queued and close the connections; a later call opens them again."""
        with self._opening:
            if self._database is not None and self._pid == os.getpid():
                self._database.close()
            self._database = None

    def engines(self) -> tuple[Engine, ...]:
        """Return the engines in use, for what listens to statements."""
        return self._running().engines

    def _inside(self, connection: sa.Connection, fn: Callable[[UnitOfWork], R]) -> R:
        token = _inside_transaction.set(True)
        try:
            return fn(UnitOfWork(connection, site=self.site))
        finally:
            _inside_transaction.reset(token)

    def _running(self) -> "_Sqlite | _PostgreSQL":
        if self._database is not None and self._pid == os.getpid():
            return self._database
        with self._opening:
            if self._pid != os.getpid() and self._database is not None:
                # A fork shares our parent's connections: neither to be used nor to be closed.
                self._inherited.append(self._database)
                self._database = None
            if self._database is None:
                kind = _Sqlite if self.dialect == "sqlite" else _PostgreSQL
                self._database = kind(self._url)
                self._pid = os.getpid()
            return self._database


def _refuse_nesting() -> None:
    # On SQLite the inner one would wait for the outer one for ever.
    if _inside_transaction.get():
        raise RuntimeError("a transaction must not begin inside another one; pass the unit on")


def use_case(
    fn: Callable[Concatenate[UnitOfWork, P], R],
) -> Callable[Concatenate[Store | UnitOfWork, P], R]:
    """Make *fn* a transaction of its own when called with a store.

    Called with a unit of work, as one use case calls another, it joins that one.
    """

    @functools.wraps(fn)
    def call(store: Store | UnitOfWork, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if isinstance(store, UnitOfWork):
            return fn(store, *args, **kwargs)
        return store.write(lambda uow: fn(uow, *args, **kwargs))

    return call


def query(
    fn: Callable[Concatenate[UnitOfWork, P], R],
) -> Callable[Concatenate[Store | UnitOfWork, P], R]:
    """Make *fn* a read of one view of the database, or part of a running transaction."""

    @functools.wraps(fn)
    def call(store: Store | UnitOfWork, /, *args: P.args, **kwargs: P.kwargs) -> R:
        if isinstance(store, UnitOfWork):
            return fn(store, *args, **kwargs)
        return store.read(lambda uow: fn(uow, *args, **kwargs))

    return call


class _Sqlite:
    """One writing thread, and a pool of connections that only read."""

    def __init__(self, url: URL) -> None:
        self._writing = engines.sqlite_engine(url, writer=True)
        self._reading = engines.sqlite_engine(url, writer=False)
        self.engines = (self._writing, self._reading)
        self._path = path = engines.sqlite_path(url)
        self._thread = WriterThread(
            self._commit_group, path.with_name(f"{path.name}.lock"), self._writing.dispose
        )
        self._connection: sa.Connection | None = None

    def write(self, fn: Callable[[sa.Connection], R]) -> R:
        return self._thread.submit(lambda: fn(self._connected()))

    def read(self, fn: Callable[[sa.Connection], R]) -> R:
        return _read(self._reading, fn)

    def forget(self) -> bool:
        self._reading.dispose()  # an idle reader of our own is none in the way
        try:
            return forgetting.forget_in_sqlite(self._path)
        except sqlite3.Error as error:
            raise _refusal(error) from error

    def close(self) -> None:
        self._thread.stop()
        self._reading.dispose()

    def _connected(self) -> sa.Connection:
        assert self._connection is not None
        return self._connection

    def _commit_group(self, group: Group) -> None:
        begun: list[Request[object]] = []
        try:
            with ExitStack() as stack:
                connection = self._run_group(group, begun, stack)
                if connection is not None:
                    connection.commit()
        except BaseException as error:
            self._writing.dispose()  # whatever state it is in, begin anew
            for request in begun:
                request.fail(_refusal(error))
        # Refusals too wait for the commit: what they rest on may come from another
        # request of the group.
        for request in begun:
            request.answer()

    def _run_group(
        self, group: Group, begun: list[Request[object]], stack: ExitStack
    ) -> sa.Connection | None:
        """Run every request of the group in one transaction."""
        connection = None
        for request in group:
            begun.append(request)
            if connection is None:
                connection = stack.enter_context(self._writing.connect())
                connection.begin()
                self._connection = connection
            _run_in_savepoint(engines.raw_sqlite(connection), request)
        return connection


def _run_in_savepoint(raw: sqlite3.Connection, request: Request[object]) -> None:
    """Run one request of a group; undo what it did if it raises."""
    raw.execute("SAVEPOINT request")
    try:
        request.run()
    except BaseException as error:
        if not raw.in_transaction:  # a full disk, say: SQLite has undone the whole group
            raise
        raw.execute("ROLLBACK TO request")
        request.fail(_refusal(error))
    raw.execute("RELEASE request")


class _PostgreSQL:
    """A pool of connections; a transaction of its own for every request."""

    def __init__(self, url: URL) -> None:
        self._engine = engines.postgresql_engine(url)
        self.engines = (self._engine,)
        self._turns = Turns(engines.POOL_SIZE)
        self._reading = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )

    def write(self, fn: Callable[[sa.Connection], R]) -> R:
        with self._turns.place(engines.POOL_WAIT_SECONDS):
            return _tried_again(lambda: self._write_once(fn))

    def read(self, fn: Callable[[sa.Connection], R]) -> R:
        with self._turns.place(engines.POOL_WAIT_SECONDS):
            return _tried_again(lambda: _read(self._reading, fn))

    def forget(self) -> bool:
        with self._turns.place(engines.POOL_WAIT_SECONDS):
            return _tried_again(lambda: forgetting.forget_in_postgresql(self._engine))

    def close(self) -> None:
        self._engine.dispose()

    def _write_once(self, fn: Callable[[sa.Connection], R]) -> R:
        with self._engine.connect() as connection:
            connection.begin()
            result = fn(connection)
            try:
                connection.commit()
            except exc.DBAPIError as error:
                if engines.is_refused_commit(error):
                    raise
                # Stored or not: nobody knows, so it must not be done a second time.
                if engines.is_away(error):
                    raise OutcomeUnknownError(reason=engines.reason(error)) from error
                raise
            return result


def _tried_again(run: Callable[[], R]) -> R:
    for tried in range(1, TRIES + 1):
        try:
            return run()
        except (exc.DBAPIError, exc.TimeoutError) as error:
            if tried == TRIES or not engines.may_succeed_again(error):
                refusal = _refusal(error)
                if refusal is error:
                    raise
                raise refusal from error
        time.sleep(random.uniform(0, PAUSE_SECONDS * 2**tried))  # noqa: S311
    raise AssertionError("unreachable")


def _read(engine: Engine, fn: Callable[[sa.Connection], R]) -> R:
    try:
        with engine.connect() as connection:
            connection.begin()
            return fn(connection)
    except (exc.DBAPIError, exc.TimeoutError, sqlite3.Error) as error:
        if engines.reason(error) in engines.READ_ONLY:
            raise RuntimeError("a query must not write") from error
        if engine.dialect.name == "sqlite" and engines.is_away(error):
            raise _refusal(error) from error
        raise


def _refusal(error: BaseException) -> BaseException:
    """Return what the caller is told: our own mistakes as they are, the rest as one class."""
    if not engines.is_away(error):
        return error
    refusal = StorageUnavailableError(reason=engines.reason(error))
    refusal.__cause__ = error
    return refusal
