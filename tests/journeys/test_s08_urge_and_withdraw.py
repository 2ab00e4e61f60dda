"""S08: on day 20 of 30 a reporter urges, twice, and then takes the contact item back."""

import json
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from sqlalchemy import text

from actors import Reporter, Stage
from casework import jobs
from casework.clock import SHANGHAI
from casework.config import Settings
from casework.verify import Problem, verify

CONTACT = "13800000000 样本联系"


@pytest.fixture
def working(stage: Stage) -> Iterator[jobs.Jobs]:
    """The jobs process, worked by hand, under its own role."""
    made = jobs.build(Settings.from_environment(stage.world.environ))
    yield made
    made.store.close()


@pytest.fixture
def reporter(stage: Stage) -> Reporter:
    """Somebody who gave a name and a way to be reached, twenty days ago; accepted since."""
    world, today = stage.world, stage.world.now
    world.now = today - timedelta(days=20)
    filed = world.file_report(
        identity={"who": json.dumps({"name": "样本甲"}), "contact": json.dumps({"phone": CONTACT})}
    )
    world.accept(filed.report)
    world.now = today
    waiting = stage.reporter()
    waiting.code, waiting.case_number = filed.code, filed.case_number
    return waiting


def rows(stage: Stage, table: str) -> int:
    with stage.world.store.engines()[0].connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def body_of(mail: Message) -> str:
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode()


def urged_by_mail(stage: Stage) -> set[str]:
    mails = [message_from_bytes(one.read_bytes()) for one in mails_of(stage)]
    return {mail["To"] for mail in mails if "举报人催办" in body_of(mail)}


def mails_of(stage: Stage) -> list[Path]:
    return [one for one in stage.world.settings.mail_folder.rglob("*") if one.is_file()]


def test_urged_once_a_week_and_the_contact_item_erased_while_the_case_goes_on(
    stage, working, reporter
):
    # Given day 20 of 30 with no reply
    page = reporter.looks_in()
    assert "还有 10 日" in page.text
    assert "还没有留言" in page.text

    # When the reporter presses urge, then the leader sees it and is told by mail
    urged = reporter.visitor.send(page.form("/urge", button="催办"))
    assert "催办已经送到" in urged.text
    while working.send():
        pass
    assert {"410329-yjj@offices.invalid", "410329-awb@offices.invalid"} == urged_by_mail(stage)
    leader = stage.leader()
    assert "举报人：催办" in leader.opens_case(reporter.case_number).text

    # And the second in the week is refused politely, with the day when it is possible again
    again = reporter.visitor.send(page.form("/urge", button="催办"))
    assert again.status == 422
    on = (stage.world.now.astimezone(SHANGHAI).date() + timedelta(days=7)).isoformat()
    assert f"{on}起可以再催" in again.text
    assert leader.opens_case(reporter.case_number).text.count("举报人：催办") == 1

    # When they take the contact item back
    items, pieces = rows(stage, "identity_item"), rows(stage, "identity_piece")
    reporter.visitor.get("/follow-up/case")
    page = reporter.visitor.follow("撤回身份信息")
    form = page.form("/follow-up/identity", button="撤回并删除")
    waiting = reporter.visitor.send(form, {"kinds": "contact", "understood": "y"})
    assert "还没有，一般几分钟之内" in waiting.text
    assert rows(stage, "identity_item") == items

    # Then the jobs process erases it, and the certificate is shown with honest days
    working.erase()
    assert rows(stage, "identity_item") == items - 1
    assert rows(stage, "identity_piece") == pieces - 3
    reporter.visitor.get("/follow-up/identity")
    certificate = reporter.visitor.follow("查看删除证明")
    today = stage.world.now.astimezone(SHANGHAI).date()
    assert certificate.text.count(today.isoformat()) >= 3  # asked, erased, forgotten
    assert (today + timedelta(days=35)).isoformat() in certificate.text
    assert "联系方式" in certificate.text

    # And the case goes on, with the rest of the identity where it was
    assert "姓名和身份证号" in reporter.visitor.get("/follow-up/identity").text
    officer = stage.officer()
    officer.reads(reporter.case_number)
    officer.replies(reporter.case_number, "正在核查，请再等几天。")
    assert "正在核查，请再等几天。" in reporter.looks_in().text
    officer.concludes(reporter.case_number)
    assert "查证属实" in reporter.looks_in().text
    world = stage.world
    found = verify(world.store, world.blobs, world.trust)
    assert not [one for one in found if isinstance(one, Problem)]
