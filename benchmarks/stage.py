"""Everything that a run needs around it: a folder, databases, instances, servers."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from benchmarks import rounds
from benchmarks.attachments import forms
from benchmarks.bare.app import ADDRESS
from benchmarks.databases import Databases, databases
from benchmarks.instance import REAL, make_instance
from benchmarks.pages import FORM_PATH
from benchmarks.rounds import Variant
from benchmarks.servers import Server, free_port, running
from crypto.cli import Costs


@dataclass(frozen=True, slots=True)
class Stage:
    """What is there until the run ends, and what can be put on it."""

    folder: Path
    databases: Databases
    attachment: str
    _stack: ExitStack

    @classmethod
    @contextmanager
    def open(cls, backend: str, attachment: str) -> Iterator[Self]:
        """Make folder and databases; whatever runs there is stopped at the end."""
        with ExitStack() as stack:
            temporary = tempfile.TemporaryDirectory(prefix="tonggui-bench-")
            folder = Path(stack.enter_context(temporary))
            yield cls(folder, stack.enter_context(databases(folder, backend)), attachment, stack)

    def make_instance(self, name: str, *, costs: Costs = REAL) -> Mapping[str, str]:
        """Make the instance for the database *name*; return its environment."""
        home = self.folder / name
        return make_instance(home, getattr(self.databases, name), costs=costs)

    def site(self, environ: Mapping[str, str], *, has_codes: bool) -> Variant:
        """Start the public site as in production, behind one trusted proxy."""
        port = free_port()
        own = {"TONGGUI_PORTAL_BIND": f"127.0.0.1:{port}", "TONGGUI_TRUSTED_PROXIES": "1"}
        server = self._start(["portal.wsgi"], {**environ, **own}, port, FORM_PATH)
        return rounds.site(
            server, forms(self.attachment), self.databases.server, has_codes=has_codes
        )

    def bare(self) -> Variant:
        """Start the denominator."""
        port = free_port()
        environ = {ADDRESS: self.databases.bare}
        server = self._start(["benchmarks.bare.serve", str(port)], environ, port, "/")
        return rounds.bare(server, forms(self.attachment), self.databases.server)

    def _start(self, module: list[str], environ: Mapping[str, str], port: int, path: str) -> Server:
        log = self.folder / f"{port}.log"
        return self._stack.enter_context(running(module, environ, port=port, path=path, log=log))
