"""`python -m benchmarks.bare.serve PORT`: the denominator under the site's gunicorn settings."""

import sys
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from benchmarks.bare.app import from_environment

# As portal/wsgi.py has them: a test holds the two together.
WORKERS = 1
THREADS = 8


class BareServer(BaseApplication):  # type: ignore[misc]
    """gunicorn without its own command line."""

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


def main() -> None:
    """Serve until stopped."""
    options = {
        "bind": f"127.0.0.1:{int(sys.argv[1])}",
        "worker_class": "gthread",
        "workers": WORKERS,
        "threads": THREADS,
        "accesslog": None,
        "control_socket_disable": True,
        "timeout": 60,
        "graceful_timeout": 5,
    }
    BareServer(from_environment(), options).run()


if __name__ == "__main__":
    main()
