"""Somebody signed in at the console: by password and one-time code, with what they may do."""

import http.client
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from benchmarks.pages import input_value
from benchmarks.seed_store import Seed, find_support
from benchmarks.servers import HOST
from benchmarks.wire import Connection
from casework.instance import Instance

NEXT: Final = 'rel="next"'


class SignInFailedError(Exception):
    """The console did not let somebody in."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A session's cookie."""

    cookie: str

    def get(self, connection: Connection, path: str) -> tuple[int, str, float]:
        """Return status, body and milliseconds of a page."""
        connection.open()
        started = time.perf_counter()
        status, text = connection.get(path, self._headers())
        return status, text, (time.perf_counter() - started) * 1000

    def walk(self, port: int, path: str) -> list[str]:
        """Follow the link to the next page to the end; return the paths of all pages."""
        found = []
        while path:
            found.append(path)
            with Connection(HOST, port) as connection:
                _, text, _ = self.get(connection, path)
            path = _next(text)
        return found

    def _headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.1"}


def sign_in(port: int, login: str, one: Seed) -> Visitor:
    """Sign somebody of a seed in.

    Raises:
        SignInFailedError: the console refuses.
    """
    find_support()
    import pyotp

    from people import PASSWORD

    console = http.client.HTTPConnection(HOST, port)
    console.request("GET", "/sign-in")
    token = input_value(console.getresponse().read().decode(), "csrf_token")
    now = Instance.read(one.settings.home).clock.now()
    secret = bytes.fromhex(one.one_time[login])
    form = {
        "csrf_token": token or "",
        "login": login,
        "password": PASSWORD,
        "code": pyotp.TOTP(_base32(secret)).at(now),
    }
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    console.request("POST", "/sign-in", urlencode(form), kind)
    answer = console.getresponse()
    answer.read()
    cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
    if answer.status != 302 or not cookie:
        raise SignInFailedError(f"{login}: {answer.status}")
    return Visitor(cookie)


def _next(page: str) -> str:
    """Return where the link to the next page leads, "" where there is none."""
    at = page.find(NEXT)
    if at < 0:
        return ""
    tag = page[page.rindex("<a", 0, at) : page.index(">", at)]
    return tag.partition('href="')[2].partition('"')[0].replace("&amp;", "&")


def _base32(secret: bytes) -> str:
    from base64 import b32encode

    return b32encode(secret).decode()
