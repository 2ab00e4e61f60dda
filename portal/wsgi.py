"""`python -m portal.wsgi`: the public site under gunicorn, one process with threads.

Nothing about a visitor is logged: no request line, address, agent or
referrer, and of an error its kind and place alone.
"""

import ctypes
import logging
import resource
import sys
from typing import Any, Final

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from casework.config import SettingError, Settings
from casework.domain.errors import CaseworkError, NoKeySetError
from portal.app import create_app
from portal.extensions import KEY

THREADS: Final = 8
PR_SET_DUMPABLE: Final = 4
M_MMAP_THRESHOLD: Final = -3
LARGE_BYTES: Final = 256 * 1024
OURS: Final = "tonggui"


class QuietLogger(Logger):  # type: ignore[misc]
    """gunicorn's log without what a request carried."""

    def access(self, *_args: object, **_kwargs: object) -> None:
        """Requests leave no line."""

    def warning(self, *_args: object, **_kwargs: object) -> None:
        """Warnings name addresses."""

    def exception(self, *_args: object, **_kwargs: object) -> None:
        """Errors name addresses and request lines: say which kind it was, no more."""
        kind = sys.exc_info()[0]
        self.error_log.error("request failed: %s", kind.__name__ if kind else "unknown")


class QuietFormatter(logging.Formatter):
    """Writes our own lines as they are; of others' lines the place they come from."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line without arguments that are not ours."""
        if record.name.partition(".")[0] == OURS:
            return f"{record.levelname} {record.name} {record.getMessage()}"
        return f"{record.levelname} {record.name} at {record.filename}:{record.lineno}"


class PortalServer(BaseApplication):  # type: ignore[misc]
    """gunicorn without its own command line and configuration file."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        """Serve *app* with *options*."""
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand over the options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application."""
        return self._app


def log_quietly() -> None:
    """Log errors to stderr, and nothing about requests."""
    handler = logging.StreamHandler()
    handler.setFormatter(QuietFormatter())
    logging.basicConfig(level=logging.ERROR, handlers=[handler], force=True)


def keep_memory_private() -> None:
    """Leave no core dump, and let no other process of this user look inside."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def give_memory_back() -> None:
    """Keep large blocks, such as photographs, out of the heap, which would never shrink again."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # glibc has it, musl has not
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)


def refusal(problem: Exception) -> str:
    """Say in one line why a process of the public site cannot start."""
    if isinstance(problem, NoKeySetError):
        return (
            "TONGGUI_SECRETS: there is no key set to seal to that first-key-set names;"
            " hold the ceremony first: tonggui keys ceremony"
        )
    return (
        str(problem) if isinstance(problem, SettingError) else f"the site cannot start: {problem!r}"
    )


def main() -> int:
    """Serve until stopped; 2 when a setting cannot be used or there is nothing to seal to."""
    log_quietly()
    try:
        settings = Settings.from_environment()
        app = create_app(settings)
    except (SettingError, CaseworkError) as problem:
        print(refusal(problem), file=sys.stderr)  # noqa: T201
        return 2
    app.extensions[KEY].store.close()  # the worker opens it anew
    options = {
        "bind": str(settings.portal_bind),
        "worker_class": "gthread",
        # SQLite has one writer, and what is kept in memory is counted once.
        "workers": 1,
        "threads": THREADS,
        "proc_name": "tonggui-portal",
        "accesslog": None,
        "loglevel": "error",
        "logger_class": QuietLogger,
        "limit_request_line": 2048,
        "forwarder_headers": "",
        "control_socket_disable": True,
        "timeout": 60,
        "graceful_timeout": 20,
        "post_fork": lambda _server, _worker: keep_memory_private(),
    }
    keep_memory_private()
    give_memory_back()
    PortalServer(app, options).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
