"""Where the demo plays: the console's own functions, under a clock of the play's own.

Officers' sides are acted by the very code that their pages call (signing,
desk, reading, custody), in an application context without a request.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from flask import Flask, g

from admin import auth, signing
from admin.app import create_app
from admin.demo.accounts import DemoFile
from admin.extensions import Console, console
from casework.clock import fixed_clock
from casework.config import Settings
from casework.services import staff
from casework.storage.accounts import Account


class RealInstanceError(Exception):
    """This is no demo; the demo touches nothing here."""


class Stage:
    """One demo instance, opened for playing."""

    def __init__(self, settings: Settings, file: DemoFile) -> None:
        """Open the instance of *settings*.

        Raises:
            RealInstanceError: the instance is no demo.
        """
        self.settings = settings
        self.file = file
        self.app: Flask = create_app(settings)
        with self.app.app_context():
            self.here: Console = console()
        if not self.here.instance.demo:
            raise RealInstanceError
        self._clock = self.here.clock
        self._sessions: dict[str, auth.Session] = {}

    def close(self) -> None:
        """Let go of the database."""
        self.here.store.close()

    @contextmanager
    def at(self, when: datetime) -> Iterator[Console]:
        """Make it *when* for everything inside."""
        self.here.clock = fixed_clock(when)
        with self.app.app_context():
            yield self.here

    @contextmanager
    def officer(self, login: str, when: datetime) -> Iterator[Console]:
        """Make it *when*, with somebody signed in."""
        session = self._sessions.get(login) or self._sign_in(login)
        with self.at(when) as here:
            g.session = session
            yield here

    def deed(self, login: str) -> signing.Deed:
        """Open the deed key of whom officer() signed in."""
        return signing.deed(self.file.accounts[login].password)

    def now(self) -> datetime:
        """The instance's own time, which no play changes; a UTC instant."""
        return self._clock.now()

    def account(self, login: str) -> Account | None:
        """Return what the database has of a login."""
        return staff.account_by_login(self.here.store, login=login)

    def _sign_in(self, login: str) -> auth.Session:
        """Sign in as a person would, one step after the last code that was used.

        Not with the present code: the person who tries the demo will want to use that.
        """
        found, kept = self.account(login), self.file.accounts[login]
        assert found is not None, login
        step = found.totp_last + 1
        with self.at(datetime.fromtimestamp(step * auth.TOTP_SECONDS, UTC)):
            code = auth.totp_at(auth.from_base32(kept.totp), step)
            session = auth.sign_in(login, kept.password, code)
            auth.sign_out()
        self._sessions[login] = session
        return session
