"""Errors are raised in every running process with words that must not be in any log."""

import contextlib
import http.client
import signal
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest

import ports
from actors import Stage
from people import PASSWORD, ROOT

WORDS = {
    "narrative": "样本叙述甲乙丙",
    "name": "样本证人丁",
    "phone": "13912345678",
    "file": "样本照片.bin",
    "agent": "SpyBrowser-7Q2X",
    "query": "planted-query-4K8M",
    "referer": "planted-referer-9W3N",
    "login": "planted-login-5T6Y",
    "password": "planted-password-2R7U",
    "subject": "样本主题戊",
    "sender": "planted-sender@example.org",
    "payload": "planted-payload-8J1P",
}


@contextmanager
def started(
    module: str, environ: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python -m MODULE` until the block ends."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", module], cwd=ROOT, env=dict(environ), stdout=out, stderr=out
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def wait_for(text: str, log: Path, seconds: float = 90) -> None:
    """Wait until a log has a line."""
    end = time.monotonic() + seconds
    while text not in log.read_text():
        assert time.monotonic() < end, log.read_text()[-2000:]
        time.sleep(0.1)


def ask(base: str, method: str, path: str, form: Mapping[str, str] | None = None) -> int:
    """Send a request with words in every place that a log might copy; return its status."""
    parts = urlsplit(base)
    assert parts.hostname is not None
    line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=90)
    headers = {
        "User-Agent": WORDS["agent"],
        "Referer": f"{base}{WORDS['referer']}",
        "Cookie": f"x={WORDS['query']}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    body = urlencode(form).encode() if form else None
    line.request(method, f"{path}?q={WORDS['query']}", body=body, headers=headers)
    status = line.getresponse().status
    line.close()
    return status


def break_table(stage: Stage, table: str) -> None:
    """Have PostgreSQL refuse every row of a table; its own words then quote the row."""
    with psycopg.connect(stage.world.settings.database_url, autocommit=True) as owner:
        owner.execute(f"ALTER TABLE {table} ADD CHECK (site = '') NOT VALID".encode())


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """PostgreSQL alone: its errors quote rows, SQLite's do not."""
    return postgres_url


def test_no_process_logs_a_word_of_what_it_failed_on(stage, tmp_path):
    sites, gate, jobs = tmp_path / "sites.log", tmp_path / "gate.log", tmp_path / "jobs.log"
    for table in ("sealed_object", "session"):
        break_table(stage, table)

    # The public site: a report that cannot be stored, and requests with words around them.
    reporter = stage.reporter()
    reporter.opens_the_form()
    refused = reporter.reports(
        narrative=WORDS["narrative"], name=WORDS["name"], phone=WORDS["phone"], consent="y",
        files=[(WORDS["file"], b"\0" * 100)],
    )  # fmt: skip
    assert refused.status == 500
    assert WORDS["narrative"] in refused.text  # given back to the person, at least
    assert ask(stage.portal, "GET", f"/{WORDS['query']}") == 404
    assert ask(stage.portal, "POST", "/follow-up", {"code": WORDS["password"]}) >= 400

    # The console: a sign-in whose session cannot be stored, and one that is nobody's.
    yjj = stage.world.people["yjj-officer"]
    with contextlib.suppress(AssertionError):
        stage.officer()
    assert ask(
        stage.console, "POST", "/sign-in",
        {"login": WORDS["login"], "password": WORDS["password"], "code": yjj.code(stage.world.now)},
    ) >= 400  # fmt: skip

    # The mail gateway: a mail whose report cannot be stored.
    port = ports.free_port()
    environ = {**stage.world.environ, "TONGGUI_MAIL_BIND": f"127.0.0.1:{port}"}
    with started("portal.mailgate", environ, gate):
        send_mail(port)
    # The jobs: work that cannot be read.
    with psycopg.connect(stage.world.settings.database_url, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO outbox VALUES ('x', '410329-demo', 'mail', %s, now(), 0)",
            (f'{{"notice": "{WORDS["payload"]}", "{WORDS["payload"]}": {{}}}}',),
        )
    with started("casework.jobs", stage.world.environ, jobs) as process:
        wait_for("could not be sent", jobs)
        assert process.poll() is None  # and it goes on

    logs = {path.name: path.read_text() for path in (sites, gate, jobs)}
    assert "at " in logs["sites.log"]
    assert "IntegrityError" in logs["sites.log"] or "CheckViolation" in logs["sites.log"]
    assert "IntegrityError" in logs["gate.log"]
    for name, text in logs.items():
        found = [
            word for word, planted in WORDS.items() if planted in text or quoted(planted) in text
        ]
        assert (name, found) == (name, [])
        assert PASSWORD not in text
        assert "Traceback" not in text
        assert "INSERT INTO" not in text


def quoted(text: str) -> str:
    """Return a word as an address carries it."""
    return urlencode({"": text})[1:]


def send_mail(port: int) -> None:
    """Send a mail; the gateway has to say that it did not take it."""
    mail = EmailMessage()
    mail["From"] = WORDS["sender"]
    mail["Subject"] = WORDS["subject"]
    mail.set_content(WORDS["narrative"])
    end = time.monotonic() + 90
    while True:
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=90) as line:
                with pytest.raises(smtplib.SMTPException):
                    line.send_message(mail, to_addrs=["report@127.0.0.1"])
                return
        except OSError as problem:
            if isinstance(problem, smtplib.SMTPException) or time.monotonic() > end:
                raise
            time.sleep(0.1)
