"""`python -m admin.wsgi`: the console under gunicorn, one process with threads."""

import logging
import sys
from typing import Any
from urllib.parse import quote

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from admin.app import create_app
from casework.config import SettingError, Settings
from casework.domain.errors import CaseworkError
from casework.private_process import keep_memory_private, log_without_words, place_of

THREADS = 8


class LineLogger(Logger):  # type: ignore[misc]
    """gunicorn's log, one line a request whatever its address holds."""

    def exception(self, *_args: object, **_kwargs: object) -> None:
        """Errors name request lines, and quote what was sent: say which kind it was, no more."""
        self.error_log.error("request failed: %s", place_of(sys.exc_info()[1] or Exception()))

    def warning(self, *_args: object, **_kwargs: object) -> None:
        """Warnings quote requests that could not be read."""

    def atoms(self, *given: Any) -> dict[str, Any]:
        """Write the address as it came, so that nobody adds lines of their own."""
        found: dict[str, Any] = super().atoms(*given)
        return {**found, "U": quote(str(found.get("U", "")))}


class ConsoleServer(BaseApplication):  # type: ignore[misc]
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


def main() -> int:
    """Serve until stopped; 2 when a setting cannot be used."""
    log_without_words(logging.WARNING)
    try:
        settings = Settings.from_environment()
        app = create_app(settings)
    except (SettingError, CaseworkError) as wrong:
        print(wrong, file=sys.stderr)  # noqa: T201
        return 2
    options = {
        "bind": str(settings.console_bind),
        "worker_class": "gthread",
        # SQLite has one writer, and what is kept in memory is counted once.
        "workers": 1,
        "threads": THREADS,
        "proc_name": "tonggui-console",
        # Without the query string; what a form carries is never in a line of the log.
        "accesslog": "-",
        "logger_class": LineLogger,
        "access_log_format": "%(t)s %(m)s %(U)s %(s)s %(B)s %(M)sms",
        "limit_request_line": 2048,
        "control_socket_disable": True,
        "post_fork": lambda _server, _worker: keep_memory_private(),
        "timeout": 60,
        "graceful_timeout": 20,
    }
    keep_memory_private()
    ConsoleServer(app, options).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
