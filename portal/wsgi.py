"""`python -m portal.wsgi`: the public site under gunicorn, one process with threads.

Nothing about a visitor is logged: no request line, address, agent or
referrer, and of an error its kind and place alone.
"""

import ctypes
import gc
import os
import socket
import struct
import sys
import time
from typing import Any, Final

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]
from gunicorn.http.unreader import SocketUnreader  # type: ignore[import-untyped]

from casework.config import SettingError, Settings
from casework.domain.errors import CaseworkError, NoKeySetError, StorageUnavailableError
from casework.private_process import keep_memory_private, log_without_words, place_of
from crypto.stream import CHUNK_SIZE

THREADS: Final = 8
RETRY_SECONDS: Final = 1.0
PAUSE_SECONDS_MAX: Final = 15
M_MMAP_THRESHOLD: Final = -3
LARGE_BYTES: Final = 256 * 1024


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


class PortalServer(BaseApplication):  # type: ignore[misc]
    """gunicorn without its own command line and configuration file."""

    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        """Serve the site of *settings* with *options*."""
        self._settings = settings
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        """Hand over the options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application, in the worker: the master needs none of it."""
        from portal.app import create_app

        while True:
            try:
                app = create_app(self._settings)
            except StorageUnavailableError:
                # A process that follows a dead one while the database is away waits for it;
                # leaving would have the master give up.
                time.sleep(RETRY_SECONDS)
            else:
                # What is there now stays: no collection needs to walk through it again.
                gc.collect()
                gc.freeze()
                return app


def limit_waiting(server: Any) -> None:
    """Have a sender who pauses lose the connection, not the site its threads.

    Set on the listening sockets, which hand it down to every connection.
    """
    limit = struct.pack("ll", PAUSE_SECONDS_MAX, 0)
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)


def give_memory_back() -> None:
    """Keep large blocks, such as photographs, out of the heap, which would never shrink again."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # glibc has it, musl has not
    if mallopt is not None:
        mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)


def read_in_small_steps() -> None:
    """Receive as much of a body at once as its reader asks for, no more.

    What is received beyond that is copied again for every step of the reader, into
    memory that the kernel has to hand out anew: it doubled the cost of a large file.
    """
    SocketUnreader.max_body_chunk = CHUNK_SIZE


def refusal(problem: BaseException) -> str:
    """Say in one line why a process of the public site cannot start."""
    if isinstance(problem, NoKeySetError):
        return (
            "TONGGUI_SECRETS: there is no key set to seal to that first-key-set names;"
            " hold the ceremony first: tonggui keys ceremony"
        )
    return (
        str(problem)
        if isinstance(problem, (SettingError, CaseworkError))
        else f"the site cannot start: {place_of(problem)}"
    )


def can_start(settings: Settings) -> bool:
    """Put the site together once, in a child that then ends; say on stderr what is wrong."""
    child = os.fork()
    if child == 0:
        os._exit(_tried(settings))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _tried(settings: Settings) -> int:
    from portal.app import create_app

    try:
        create_app(settings)
    except (SettingError, CaseworkError) as problem:
        print(refusal(problem), file=sys.stderr, flush=True)  # noqa: T201
        return 2
    except BaseException as problem:
        print(refusal(problem), file=sys.stderr, flush=True)  # noqa: T201
        return 3
    return 0


def main() -> int:
    """Serve until stopped; 2 when a setting cannot be used or there is nothing to seal to."""
    log_without_words()
    try:
        settings = Settings.from_environment()
    except SettingError as problem:
        print(problem, file=sys.stderr)  # noqa: T201
        return 2
    if not can_start(settings):
        return 2
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
        "when_ready": limit_waiting,
        "post_fork": lambda _server, _worker: keep_memory_private(),
    }
    keep_memory_private()
    give_memory_back()
    read_in_small_steps()
    PortalServer(settings, options).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
