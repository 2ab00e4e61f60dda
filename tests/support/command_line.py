"""The command `tonggui`, run inside the test process."""

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from admin.cli import run


@dataclass(frozen=True)
class Answer:
    """What a command line left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        assert self.status == 0, self.err
        return json.loads(self.out)

    @property
    def refusal(self) -> Any:
        """The one JSON object on stderr, after status 2."""
        assert self.status == 2, (self.status, self.err)
        assert self.out == ""
        return json.loads(self.err)

    @property
    def sentence(self) -> str:
        """The one line on stderr, after status 2."""
        assert self.status == 2, (self.status, self.err)
        assert len(self.err.strip().splitlines()) == 1, self.err
        assert "Traceback" not in self.err
        return self.err.strip()


def tonggui(*arguments: str, stdin: str = "", home: Path | None = None, **settings: str) -> Answer:
    """Run `tonggui ARGUMENTS`; *settings* are TONGGUI_ variables in lower case."""
    environ = {f"TONGGUI_{name.upper()}": value for name, value in settings.items()}
    if home is not None:
        environ["TONGGUI_HOME"] = str(home)
    out, err = io.StringIO(), io.StringIO()
    typed = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TONGGUI_")}
    with (
        patch.dict(os.environ, kept | environ, clear=True),
        patch.object(sys, "stdin", typed),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        status = run(arguments)
    return Answer(status, out.getvalue(), err.getvalue())
