"""`python -m portal.mailgate`: reports that come by e-mail.

A message is acknowledged (250) when it is sealed and stored, not before. It
came through other servers in the clear; the pages say so. Sender and name go
to the contact item, other headers are dropped. The same message sent again is
found by its hash and stored once.
"""

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import Any, Final
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from casework.config import SettingError, Settings
from casework.domain.case import Matter
from casework.domain.errors import CaseworkError
from casework.domain.ids import new_id
from casework.private_process import keep_memory_private, log_without_words
from crypto.context import named_hash
from crypto.sending import Sending, identity_texts
from portal.app import open_site
from portal.config import MAIL_LOCAL_PART
from portal.errors import log_without_arguments
from portal.extensions import PublicSite
from portal.sealing import Submission, file_submission
from portal.uploads import FILES_MAX, SealedUpload, discarded_if_refused, new_upload
from portal.wsgi import refusal

MESSAGE_BYTES_MAX: Final = 25 * 1024 * 1024
AT_ONCE_MAX: Final = 2  # messages sealed at the same time: each is held in memory
TEXT_BYTES_MAX: Final = 60_000
CONTACT_LENGTH_MAX: Final = 400
# Mail servers try for days to deliver what they hold no answer for.
REPEATS_KNOWN_FOR: Final = timedelta(days=7)
UNSORTED_SECTOR: Final = "other"
UNSORTED_MATTER: Final = Matter.GENERAL_HAZARD.value
BLOCKS: Final = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3"})
STORED: Final = "250 2.6.0 Sealed and stored"
LATER: Final = "451 4.3.0 Not stored, please try again later"
NO_SUCH_BOX: Final = "550 5.1.1 No such mailbox"
EMPTY: Final = "554 5.6.0 The message is empty"


@dataclass(frozen=True, slots=True)
class Letter:
    """What of a message is kept."""

    subject: str = field(repr=False)
    text: str = field(repr=False)
    sender: str = field(repr=False)
    files: tuple[tuple[str, bytes], ...] = field(repr=False)


class _Words(HTMLParser):
    """Collects the text of an HTML body."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")
        if tag in BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("script", "style")
        if tag in BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if self._hidden <= 0:
            self.words.append(data)


def read_letter(raw: bytes) -> Letter:
    """Take a message apart; what cannot be read is kept whole, as a file."""
    try:
        message = message_from_bytes(raw, policy=default)
        assert isinstance(message, EmailMessage)
        return Letter(
            subject=str(message.get("subject", ""))[:1000],
            text=_text(message),
            sender=_sender(message),
            files=tuple(_files(message)),
        )
    except Exception as problem:  # the parser meets whatever strangers write
        log_without_arguments(problem)
        return Letter("", "（邮件无法解析，原文见附件。）", "", (("message.eml", raw),))


def _text(message: EmailMessage) -> str:
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    text = str(body.get_content())
    if body.get_content_type() == "text/html":
        reader = _Words()
        reader.feed(text)
        text = "".join(reader.words)
    return text.replace("\r\n", "\n").strip()


def _sender(message: EmailMessage) -> str:
    name, address = parseaddr(str(message.get("from", "")))
    return f"{name} <{address}>".strip()[:CONTACT_LENGTH_MAX] if address else ""


def _files(message: EmailMessage) -> Iterator[tuple[str, bytes]]:
    for number, part in enumerate(message.iter_attachments(), start=1):
        body = part.get_payload(decode=True)
        if body is None:  # a message within the message
            body = part.as_bytes()
        if isinstance(body, bytes) and body:
            yield part.get_filename() or f"attachment-{number}", body


def seal_letter(here: PublicSite, raw: bytes) -> None:
    """File one message as a report; the same message again changes nothing.

    Raises:
        CaseworkError: it was not stored.
    """
    letter = read_letter(raw)
    sending = Sending.begin(site=here.instance.site, report_id=new_id(), sending_id=new_id())
    narrative = f"{letter.subject}\n\n{letter.text}".strip()
    files = list(letter.files)
    if len(narrative.encode()) > TEXT_BYTES_MAX:
        files.insert(0, ("message.txt", narrative.encode()))
        narrative = narrative.encode()[:TEXT_BYTES_MAX].decode(errors="ignore")
    uploads: list[SealedUpload] = []
    with discarded_if_refused(uploads):
        for name, body in _bundled(files):
            uploads.append(_sealed(here, sending, name, body))
    file_submission(here, _submission(here, sending, narrative, letter, uploads, raw))


def _bundled(files: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Keep to the number of files that a report may have; no attachment is lost."""
    kept, rest = files[: FILES_MAX - 1], files[FILES_MAX - 1 :]
    if len(rest) <= 1:
        return files
    joined = b"".join(b"--- %s\n%s\n" % (name.encode(), body) for name, body in rest)
    return [*kept, ("more-attachments.bin", joined)]


def _sealed(here: PublicSite, sending: Sending, name: str, body: bytes) -> SealedUpload:
    upload = new_upload(here, sending, name)
    upload.write(body)
    upload.seek(0)
    return upload


def _submission(
    here: PublicSite,
    sending: Sending,
    narrative: str,
    letter: Letter,
    uploads: list[SealedUpload],
    raw: bytes,
) -> Submission:
    return Submission(
        region=here.instance.region,
        sector=UNSORTED_SECTOR,
        matter=UNSORTED_MATTER,
        about=None,
        channel="mail",
        parts={"narrative": narrative} if narrative else {},
        identity=identity_texts(contact=letter.sender),
        sending=sending,
        uploads=uploads,
        form_secret=named_hash("tg-mail", raw),
        typed=b"",
        retry_kept=REPEATS_KNOWN_FOR,
    )


class MailGate:
    """Answers an SMTP conversation; the hooks are aiosmtpd's."""

    def __init__(self, here: PublicSite) -> None:
        """Take mail for *here*."""
        self._here = here
        self._addresses = addresses(here.settings)
        self._room = asyncio.Semaphore(AT_ONCE_MAX)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Accept mail to the one address."""
        if address.lower() not in self._addresses:
            return NO_SUCH_BOX
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Seal and store, then acknowledge."""
        raw = envelope.content
        if not isinstance(raw, bytes) or not raw.strip():
            return EMPTY
        async with self._room:
            try:
                if not await asyncio.to_thread(self._is_open):
                    return LATER
                await asyncio.to_thread(seal_letter, self._here, raw)
            except Exception as problem:  # whatever went wrong: nothing is acknowledged
                log_without_arguments(problem)
                return LATER
        return STORED

    def _is_open(self) -> bool:
        return self._here.opening.is_open(self._here.trusted.believed)


def addresses(settings: Settings) -> frozenset[str]:
    """Return the addresses that take reports, in lower case."""
    host = (urlsplit(settings.public_url).hostname or "localhost").lower()
    names = {host, f"[{host}]"}
    if host in ("127.0.0.1", "::1", "localhost"):
        names |= {"localhost", "[127.0.0.1]"}
    return frozenset(f"{MAIL_LOCAL_PART}@{name}" for name in names)


def controller(here: PublicSite, *, host: str, port: int) -> Controller:
    """Return a mail server for *here*, not started yet."""
    return Controller(
        MailGate(here),
        hostname=host,
        port=port,
        data_size_limit=min(MESSAGE_BYTES_MAX, here.settings.upload_bytes_max),
        enable_SMTPUTF8=True,
        server_hostname=urlsplit(here.settings.public_url).hostname or "localhost",
        ident="Tonggui",
    )


def main() -> int:
    """Serve until stopped; 2 when a setting cannot be used or there is nothing to seal to."""
    log_without_words()
    logging.getLogger("mail").setLevel(logging.CRITICAL)  # its lines name senders
    try:
        settings = Settings.from_environment()
        here = open_site(settings, process="mailgate", pool_size=0)
    except (SettingError, CaseworkError) as problem:
        print(refusal(problem), file=sys.stderr)  # noqa: T201
        return 2
    keep_memory_private()
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    gate = controller(here, host=settings.mail_bind.host, port=settings.mail_bind.port)
    gate.start()
    done.wait()
    gate.stop()
    here.cleaner.close()
    here.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
