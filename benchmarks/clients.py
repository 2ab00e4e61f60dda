"""Many citizens at once: each gets the form, sends it and reads the receipt."""

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.figures import Sample, Slice
from benchmarks.pages import FORM_PATH, POST_PATH, Form, form_tokens, receipt_code, title
from benchmarks.wire import Connection, NoAnswerError

_networks = itertools.count(1)


def next_network() -> str:
    """Return an address in a network that nobody has used, as strangers' are."""
    number = next(_networks)
    first, second, third = 11 + (number >> 16) % 90, (number >> 8) & 255, number & 255
    return f"{first}.{second}.{third}.7"


class RefusedError(Exception):
    """An answer that is none, in one line."""


@dataclass(frozen=True, slots=True)
class Target:
    """A server, and what one client does there, once."""

    host: str
    port: int
    forms: Sequence[Form]
    visit: Callable[["Target", Connection, Sample, int], None]


def report(target: Target, connection: Connection, sample: Sample, number: int) -> None:
    """Get the form, send it, and find the code on the receipt page."""
    headers = {"X-Forwarded-For": next_network()}
    started = time.perf_counter()
    status, page = connection.get(FORM_PATH, headers)
    sample.get_ms = _since(started)
    tokens = _tokens(status, page)
    form = target.forms[number % len(target.forms)]
    headers |= {"Content-Type": form.content_type, "Sec-Fetch-Site": "same-origin"}
    body = form.body(tokens)
    started = time.perf_counter()
    status, page = connection.post(POST_PATH, headers, body)
    sample.post_ms = _since(started)
    code = receipt_code(page)
    if status != 200 or code is None:
        raise RefusedError(f"POST {status} {title(page)}".strip())
    sample.code = code


def look(_target: Target, connection: Connection, sample: Sample, _number: int) -> None:
    """Get the form and leave."""
    started = time.perf_counter()
    status, page = connection.get(FORM_PATH, {"X-Forwarded-For": next_network()})
    sample.get_ms = _since(started)
    _tokens(status, page)


def insert(target: Target, connection: Connection, sample: Sample, number: int) -> None:
    """Send the same form to the bare server."""
    form = target.forms[number % len(target.forms)]
    body = form.body({"form_token": "x" * 96, "csrf_token": "x" * 96})
    headers = {"X-Forwarded-For": next_network(), "Content-Type": form.content_type}
    connection.open()
    started = time.perf_counter()
    status, page = connection.post(POST_PATH, headers, body)
    sample.post_ms = _since(started)
    if status != 200 or "stored" not in page:
        raise RefusedError(f"POST {status}")


@dataclass(slots=True)
class _Turns:
    """Hands out turns until the time is up or all are taken."""

    until: float
    submissions: int | None
    taken: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> int | None:
        """Return the number of one more turn, or None."""
        with self.lock:
            spent = self.submissions is not None and self.taken >= self.submissions
            if spent or time.monotonic() >= self.until:
                return None
            self.taken += 1
            return self.taken


def run(target: Target, clients: int, *, seconds: float, submissions: int | None = None) -> Slice:
    """Let *clients* visit again and again; what has begun is ended and counted."""
    turns = _Turns(time.monotonic() + seconds, submissions)
    result = Slice()

    def work() -> None:
        while (number := turns.next()) is not None:
            result.samples.append(_visit(target, number))

    threads = [threading.Thread(target=work, daemon=True) for _ in range(clients)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.seconds = time.monotonic() - started
    return result


def _visit(target: Target, number: int) -> Sample:
    sample = Sample()
    try:
        with Connection(target.host, target.port) as connection:
            target.visit(target, connection, sample, number)
    except TimeoutError:
        sample.failure = "no answer in time"
    except NoAnswerError:
        sample.failure = "connection closed without an answer"
    except (OSError, ValueError, RefusedError) as error:
        sample.failure = str(error) or type(error).__name__
    return sample


def _tokens(status: int, page: str) -> dict[str, str]:
    if status != 200:
        raise RefusedError(f"GET {status} {title(page)}".strip())
    return form_tokens(page)


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000
