"""A report by e-mail, through a real SMTP conversation."""

import smtplib
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from browsing import photograph
from casework.clock import Clock
from portal.app import open_site
from portal.mailgate import controller, read_letter
from ports import free_port

TO = "report@localhost"


@pytest.fixture
def here(world):
    opened = open_site(
        world.settings, process="mailgate", clock=Clock(source=lambda: world.now), pool_size=0
    )
    yield opened
    opened.cleaner.close()
    opened.store.close()


@pytest.fixture
def gate(here, monkeypatch):
    """A running mail gateway; its address."""
    monkeypatch.setenv("AIOSMTPD_CONTROLLER_TIMEOUT", "60")  # seconds until it has to be up
    server = controller(here, host="127.0.0.1", port=free_port())
    server.start()
    yield server.hostname, server.port
    server.stop()


def letter(body="planted-body：储罐区动火。", **headers):
    message = EmailMessage()
    message["From"] = headers.get("sender", "样本甲 <planted-sender@example.invalid>")
    message["To"] = TO
    message["Subject"] = headers.get("subject", "planted-subject 举报")
    message["X-Originating-IP"] = "planted-address"
    message.set_content(body)
    return message


def send(gate, message, to=TO):
    with smtplib.SMTP(*gate) as smtp:
        return smtp.send_message(message, from_addr="a@example.invalid", to_addrs=[to])


def reports(world):
    return world.store.read(lambda uow: uow.reports.ids())


def test_a_letter_becomes_a_sealed_report_that_nobody_has_sorted_yet(world, gate):
    send(gate, letter())
    [report] = reports(world)
    case = world.case(report)
    assert (case.channel, case.lead, case.rule) == ("mail", "410329-awb", "")
    kinds = {one.kind for one in world.read(report, who="awb-supervisor").objects}
    assert "narrative" in kinds


def test_nothing_of_a_letter_is_stored_in_the_clear(world, gate):
    message = letter()
    message.add_attachment(
        b"planted-attachment" * 100, "application", "pdf", filename="planted-name.pdf"
    )
    send(gate, message)
    world.store.close()
    stored = b"".join(p.read_bytes() for p in world.settings.home.rglob("*") if p.is_file())
    assert b"planted" not in stored
    assert len(list(world.blobs.names())) == 1


def test_the_sender_is_an_identity_item_and_other_headers_are_dropped(world, gate):
    send(gate, letter())
    kinds = world.store.read(
        lambda uow: uow.connection.exec_driver_sql("SELECT kind FROM identity_item").fetchall()
    )
    assert [tuple(row) for row in kinds] == [("contact",)]


def test_the_same_letter_again_is_acknowledged_and_stored_once(world, gate):
    message = letter()
    message.add_attachment(b"x" * 5000, "application", "pdf", filename="a.pdf")
    raw = message.as_bytes(policy=SMTP)  # as the server before ours holds it
    for _ in range(2):
        with smtplib.SMTP(*gate) as smtp:
            smtp.sendmail("a@example.invalid", [TO], raw)
    assert len(reports(world)) == 1
    assert len(list(world.blobs.names())) == 1
    message.replace_header("Subject", "another")
    send(gate, message)
    assert len(reports(world)) == 2


@pytest.mark.parametrize(
    "to", ["someone@localhost", "report@elsewhere.example", "postmaster@localhost"]
)
def test_mail_to_anybody_else_is_refused_at_the_recipient(world, gate, to):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(gate, letter(), to=to)
    assert refused.value.recipients[to][0] == 550
    assert reports(world) == ()


def test_a_letter_that_is_too_long_is_refused(world, gate):
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        send(gate, letter("a" * 26 * 1024 * 1024))
    assert refused.value.smtp_code == 552
    assert reports(world) == ()


def test_when_the_store_is_away_the_sender_is_asked_to_try_again(world, here, gate):
    world.store.close()
    here.store.close()
    database = world.settings.home.parent / "tonggui.sqlite"
    moved = database.rename(database.with_name("away"))
    database.mkdir()  # nothing can be opened here
    try:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            send(gate, letter())
        assert refused.value.smtp_code == 451
    finally:
        database.rmdir()
        moved.rename(database)
    send(gate, letter())
    assert len(reports(world)) == 1


def test_a_long_text_is_kept_whole_as_a_file(world, gate):
    send(gate, letter("字" * 40_000))
    [report] = reports(world)
    assert len(world.read(report, who="awb-supervisor").files) == 1


def test_chinese_in_any_common_encoding_is_read():
    raw = (
        b"From: =?gb18030?B?0fmxvg==?= <a@example.invalid>\r\nSubject: =?utf-8?B?5Yqo54Gr?=\r\n"
        b"Content-Type: text/plain; charset=gb18030\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    ) + "储罐区动火".encode("gb18030")
    read = read_letter(raw)
    assert (read.subject, read.text) == ("动火", "储罐区动火")
    assert read.sender == "样本 <a@example.invalid>"


def test_an_html_body_is_read_without_its_code():
    message = EmailMessage()
    message["From"] = "a@example.invalid"
    message.set_content("<style>planted</style><p>第一段</p><script>planted</script>第二段", "html")
    text = read_letter(message.as_bytes()).text
    assert "planted" not in text
    assert text.split() == ["第一段", "第二段"]


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe\x00", b"Content-Type: text/plain; charset=nonsense\n\nx"]
)
def test_what_cannot_be_read_is_not_lost(raw):
    read = read_letter(raw)
    assert read.text or read.files


def test_a_photograph_in_a_letter_is_cleaned(world, gate):
    message = letter()
    message.add_attachment(photograph(), "image", "jpeg", filename="p.jpg")
    send(gate, message)
    assert len(list(world.blobs.names())) == 1
