"""A client that costs little: it shares two cores with the server that it measures."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

READ_BYTES = 64 * 1024
SECONDS_MAX = 60.0  # what takes longer has failed


class NoAnswerError(Exception):
    """The server closed the connection before it had answered."""


@dataclass(frozen=True, slots=True)
class Head:
    """The first part of an answer.

    Attributes:
        status: HTTP status.
        length: bytes of the body; None if the head does not say.
        chunked: whether the body comes in chunks.
        closes: whether the server closes the connection after it.
    """

    status: int
    length: int | None
    chunked: bool
    closes: bool


def parse_head(head: bytes) -> Head:
    """Read status line and headers, without the empty line.

    Raises:
        ValueError: this is no HTTP answer.
    """
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    if not version.startswith("HTTP/") or not rest[:3].isdigit():
        raise ValueError(f"no HTTP answer: {first[:60]!r}")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip().lower() for name, _, value in pairs}
    length = headers.get("content-length")
    return Head(
        status=int(rest[:3]),
        length=int(length) if length is not None else None,
        chunked="chunked" in headers.get("transfer-encoding", ""),
        closes=headers.get("connection") == "close" or version == "HTTP/1.0",
    )


def split_chunks(body: bytes) -> tuple[bytes, bool]:
    """Return the content of a chunked body as far as it is there, and whether it is whole."""
    content: list[bytes] = []
    at = 0
    while (end := body.find(b"\r\n", at)) >= 0:
        size = int(body[at:end].partition(b";")[0], 16)
        if size == 0:
            return b"".join(content), body.find(b"\r\n", end + 2) >= 0
        if len(body) < end + 2 + size + 2:
            break
        content.append(body[end + 2 : end + 2 + size])
        at = end + 2 + size + 2
    return b"".join(content), False


class Connection:
    """One connection to a server, opened by the first request."""

    def __init__(self, host: str, port: int) -> None:
        """Remember where to."""
        self._address = (host, port)
        self._host = f"{host}:{port}"
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        """Leave opening to the first request."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def open(self) -> socket.socket:
        """Connect, if that has not been done."""
        if self._socket is None:
            self._socket = socket.create_connection(self._address, SECONDS_MAX)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def get(self, path: str, headers: Mapping[str, str]) -> tuple[int, str]:
        """Return status and body of a page."""
        return self._ask(self._head("GET", path, headers))

    def post(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
        """Send a form; return status and body of the answer."""
        length = {"Content-Length": str(len(body))}
        return self._ask(self._head("POST", path, {**headers, **length}) + body)

    def _head(self, method: str, path: str, headers: Mapping[str, str]) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._host}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _ask(self, message: bytes) -> tuple[int, str]:
        used = self.open()
        broken: OSError | None = None
        try:
            used.sendall(message)
        except OSError as error:  # a refusal may come before the last byte is sent
            broken = error
        try:
            head, body = _receive(used)
        except (OSError, NoAnswerError) as error:
            raise broken or error from None
        if head.closes:
            self.close()
        return head.status, body.decode(errors="replace")


def _receive(source: socket.socket) -> tuple[Head, bytes]:
    received = b""
    while (end := received.find(b"\r\n\r\n")) < 0:
        received += _more(source)
    head, body = parse_head(received[:end]), received[end + 4 :]
    if head.chunked:
        content, whole = split_chunks(body)
        while not whole:
            body += _more(source)
            content, whole = split_chunks(body)
        return head, content
    if head.length is None:
        while data := source.recv(READ_BYTES):
            body += data
        return head, body
    while len(body) < head.length:
        body += _more(source)
    return head, body


def _more(source: socket.socket) -> bytes:
    data = source.recv(READ_BYTES)
    if not data:
        raise NoAnswerError
    return data
