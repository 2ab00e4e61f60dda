"""The least that taking a sealed upload costs: parse the form, seal the file, write it.

`python -m benchmarks.floor.upload PORT FOLDER [small-steps]`: under gunicorn, with the
framework's parser. No padding, no digest, no cleaning, no rules, no database. With
small-steps the server receives a body as sparingly as the site does.
"""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from gunicorn.http.unreader import SocketUnreader  # type: ignore[import-untyped]
from werkzeug.formparser import FormDataParser

from benchmarks.bare.serve import THREADS, WORKERS, BareServer
from crypto.context import file_context
from crypto.suite import CURRENT

KEY = bytes(range(32))
BOUND = file_context("410329", "r" * 26, "f" * 26).encode(KEY)
FORM_BYTES_MAX = 512 * 1024
READ_BYTES = 64 * 1024  # received at once, as portal/wsgi.py does


class SealedPart:
    """One file part: what comes in goes out sealed."""

    def __init__(self, path: Path) -> None:
        self._writer = CURRENT.stream_writer(KEY, BOUND)
        self._file = path.open("wb", buffering=0)
        self._file.write(self._writer.header)

    def write(self, data: bytes) -> int:
        """Seal and write the next bytes."""
        self._file.write(self._writer.push(data, final=False))
        return len(data)

    def seek(self, _offset: int, _whence: int = 0) -> int:
        """The parser's way to say that the part is complete."""
        self._file.close()
        return 0

    def close(self) -> None:
        """Part of the interface of a file."""


def app_in(folder: Path) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """Return the application; it keeps one file, written anew by every request."""
    parser = FormDataParser(
        stream_factory=lambda *_args, **_kwargs: SealedPart(folder / "sealed"),  # type: ignore[arg-type]
        max_form_memory_size=FORM_BYTES_MAX,
    )

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            parser.parse_from_environ(environ)
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
        return [b"ok"]

    return app


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
    if "small-steps" in sys.argv[3:]:
        SocketUnreader.max_body_chunk = READ_BYTES
    BareServer(app_in(Path(sys.argv[2])), options).run()  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
