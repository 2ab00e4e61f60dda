"""Where seeds lie: one folder, kept from run to run, with one PostgreSQL in it.

A seed is an instance whose database holds so many reports. Its folder is called after what
it was made from; one that was made from anything else is made anew.
"""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from benchmarks.databases import DURABLE, SUPPORT
from casework.config import Settings

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = Path(tempfile.gettempdir()) / f"tonggui-bench-seeds-{os.geteuid()}"
# A crash while a seed is made costs the seed, nothing else.
LOADING: Final = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "8GB",
    "autovacuum": "off",
}
ALWAYS: Final = {"listen_addresses": "", "shared_buffers": "1GB"}
# A seed holds what these make of a case.
_MADE_FROM: Final = (
    "benchmarks/seed*.py",
    "casework/domain/*.py",
    "casework/policies/*.toml",
    "casework/services/clock_rows.py",
    "casework/services/rulebook.py",
    "casework/storage/[a-z]*_tables.py",
    "casework/storage/clocks.py",
    "casework/storage/reports.py",
    "migrations/head.txt",
)


@dataclass(frozen=True, slots=True)
class Seed:
    """A made seed.

    Attributes:
        backend: sqlite or postgresql.
        reports: how many it holds.
        database_url: of the tables' owner.
        seconds: how long it took to make.
        one_time: login name to the secret of the one-time codes, in hex.
    """

    backend: str
    reports: int
    home: str
    database_url: str
    seconds: float
    one_time: Mapping[str, str]

    @property
    def server_pid(self) -> int | None:
        """Process id of the database server that runs for it; None where there is none."""
        is_file = self.backend == "sqlite"
        return None if is_file else _pid(Path(self.home).parents[1])

    @property
    def environ(self) -> dict[str, str]:
        """Settings of its processes, each with its own database role."""
        find_support()
        from separated import role_urls

        own = {"TONGGUI_HOME": self.home, "TONGGUI_DATABASE_URL": self.database_url}
        return own | role_urls(self.database_url)

    @property
    def settings(self) -> Settings:
        """The same, read."""
        return Settings.from_environment(self.environ)


@lru_cache
def made_from() -> str:
    """Return a name for the state of everything that a seed depends on, as this process began."""
    digest = hashlib.sha256()
    for glob in _MADE_FROM:
        for path in sorted(ROOT.glob(glob)):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def folder_of(folder: Path, backend: str, reports: int) -> Path:
    """Return where a seed lies, or will."""
    return folder / f"{backend}-{reports}-{made_from()}"


def find(folder: Path, backend: str, reports: int) -> Seed | None:
    """Return a seed that was made before; None when there is none of this state."""
    file = folder_of(folder, backend, reports) / "seed.json"
    return Seed(**json.loads(file.read_text())) if file.exists() else None


def keep(folder: Path, seed: Seed) -> None:
    """Note that a seed is whole."""
    file = folder_of(folder, seed.backend, seed.reports) / "seed.json"
    file.write_text(json.dumps(asdict(seed)) + "\n")


def own_folder(folder: Path) -> Path:
    """Make the folder; others may pass, for PostgreSQL runs as another user, and write nothing.

    Raises:
        PermissionError: it is somebody else's.
    """
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.geteuid():
        raise PermissionError(f"{folder} is not ours")
    return folder


def remove(folder: Path, backend: str, reports: int) -> None:
    """Remove every seed of that size; PostgreSQL must run for its own."""
    for old in folder.glob(f"{backend}-{reports}-*"):
        file = old / "seed.json"
        if backend == "postgresql" and file.exists():
            server(folder).drop_database(json.loads(file.read_text())["database_url"])
        shutil.rmtree(old)


@contextmanager
def postgresql(folder: Path, *, loading: bool) -> Iterator[int | None]:
    """Run the folder's PostgreSQL; yields its process id.

    Args:
        folder: of the seeds.
        loading: fast and careless, for making them; else as durable as in production.
    """
    settings = ALWAYS | (LOADING if loading else DURABLE)
    with contextlib.ExitStack() as stack:
        if not os.environ.get("TEST_DATABASE_URL"):
            _start(folder, settings)
            stack.callback(_pg_ctl, folder, "-m", "fast", "stop")
        yield _pid(folder)


def server(folder: Path) -> "postgres_server.PostgresServer":  # type: ignore[name-defined]  # noqa: F821
    """Return the running server, to make and drop databases on."""
    find_support()
    import postgres_server

    url = postgres_server.start(folder).url
    # Databases are called after the path: whatever the folder's name, roles have room in it.
    return postgres_server.PostgresServer(url, Path("seeds"))


def _start(folder: Path, settings: Mapping[str, str]) -> None:
    find_support()
    import postgres_server

    if not (folder / "postgres" / "started").exists():
        postgres_server.start(folder)
        _pg_ctl(folder, "-m", "fast", "stop")
    told = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    home = folder / "postgres"
    _pg_ctl(folder, "-w", "-l", home / "log", "-o", f"-k {home} {told}", "start")


def _pg_ctl(folder: Path, *arguments: str | Path) -> None:
    find_support()
    import postgres_server

    home = folder / "postgres"
    user = "nobody" if os.geteuid() == 0 else None
    subprocess.run(
        [home / postgres_server.PROGRAMS / "pg_ctl", "-D", home / "data", *arguments],
        user=user,
        extra_groups=None if user is None else [],
        cwd="/",
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )


def _pid(folder: Path) -> int | None:
    file = folder / "postgres" / "data" / "postmaster.pid"
    return int(file.read_text().partition("\n")[0]) if file.exists() else None


def find_support() -> None:
    """Let the tests' supporting modules be imported."""
    if str(SUPPORT) not in sys.path:
        sys.path.insert(0, str(SUPPORT))
