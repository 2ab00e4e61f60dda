"""Handing mails to the operator's mail server, or to a folder while none is set."""

import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20


class MailUnavailableError(Exception):
    """The mail server did not take the mail; it stays in the outbox."""


class Sender(Protocol):
    """Whatever takes a mail for good."""

    def send(self, message: EmailMessage) -> None:
        """Hand *message* over, or raise MailUnavailableError."""


class FolderSender:
    """Writes each mail as a file, for an instance without a mail server."""

    def __init__(self, folder: Path) -> None:
        """Use *folder*, made when first needed."""
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write *message* under its message id, so that a repeat overwrites itself."""
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self._folder / f"{name}.eml").write_bytes(message.as_bytes())
        except OSError as problem:
            raise MailUnavailableError("the mail folder cannot be written") from problem


class SmtpSender:
    """Speaks SMTP to one server: smtp:// with STARTTLS where offered, or smtps://."""

    def __init__(self, url: str, *, password: str = "") -> None:
        """Read the server's address from *url*; the password is a secret file, never in it."""
        parts = urlsplit(url)
        self._secure = parts.scheme == "smtps"
        self._host = parts.hostname or ""
        self._port = parts.port or (465 if self._secure else 25)
        self._user = unquote(parts.username or "")
        self._password = password

    def send(self, message: EmailMessage) -> None:
        """Deliver *message* to the server."""
        try:
            with self._connection() as server:
                server.send_message(message)
        except (OSError, smtplib.SMTPException) as problem:
            raise MailUnavailableError("the mail server did not take the mail") from problem

    def _connection(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._secure:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
        if self._user:
            server.login(self._user, self._password)
        return server


def sender_for(url: str, folder: Path, *, password: str = "") -> Sender:
    """Return what mails go through: the server at *url*, or *folder* when it is empty."""
    return SmtpSender(url, password=password) if url else FolderSender(folder)
