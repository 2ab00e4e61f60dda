"""A disk that fills and a database that goes away: said in words, the text kept, all recovers.

Nothing is acknowledged that is not stored, and nothing that is stored is lost.
"""

import os
import time
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from http.client import HTTPException
from pathlib import Path

import pytest

from actors import Officer, now
from casework.instance import Instance
from casework.verify import Problem, verify
from faults import (
    Answer,
    PostgresProxy,
    Prepared,
    SmallDisk,
    ask,
    children,
    files_of,
    jobs_running,
    kill_worker,
    look_in,
    mailbox,
    portal_of,
    prepare,
    random_bytes,
    until,
)
from instance import World, make_world
from postgres_server import PostgresServer
from servers import Server, running
from visitor import Page, Visitor

MEGABYTE = 1024 * 1024
TEXT = "这段话写了很久，不能丢。"


def reports(world: World) -> set[str]:
    """The case numbers of all reports."""
    ids = world.store.read(lambda uow: uow.reports.ids())
    return {world.case(one).case_number for one in ids}


def check_kept(answer: Answer, form: Prepared, told: str = "系统暂时存不了数据") -> None:
    """A refusal for want of storage: in words, with everything typed, without a code."""
    assert answer.status == 503
    assert told in answer.text
    assert not answer.code
    values = answer.values("/report")
    for name, typed in form.values.items():
        if name != "csrf_token":
            assert values[name] == typed, name


def check_agrees(
    world: World, answers: dict[Prepared, Answer], others: Collection[str] = ()
) -> None:
    """What was acknowledged is there whole; nothing else is, but for what others sent."""
    ids = world.store.read(lambda uow: uow.reports.ids())
    found = {world.case(one).case_number: one for one in ids}
    assert sorted(set(found) - set(others)) == sorted(
        answer.case_number for answer in answers.values()
    )
    for form, answer in answers.items():
        assert files_of(world, found[answer.case_number]) == sorted(form.files)
    assert not [p for p in verify(world.store, world.blobs, world.trust) if isinstance(p, Problem)]


# ---- a full disk ----------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A small disk for an instance's home."""
    with SmallDisk(tmp_path / "small", megabytes=24) as made:
        yield made


@pytest.fixture
def world(disk: SmallDisk, request: pytest.FixtureRequest) -> Iterator[World]:
    """An instance on the small disk; with SQLite its database too."""
    url = f"sqlite:///{disk.folder / 'tonggui.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    made = make_world(disk.folder, url)
    yield made
    made.store.close()


both = pytest.mark.parametrize("world", ["sqlite", "postgresql"], indirect=True)


@both
def test_files_fill_the_disk_and_nothing_is_acknowledged_that_is_not_stored(world, disk):
    answers: dict[Prepared, Answer] = {}
    with portal_of(world) as site:
        worker = children(site.process.pid)
        for number in range(20):
            files = [("大.bin", random_bytes(2 * MEGABYTE)), ("小.bin", b"x" * (1 + number))]
            form = prepare(site.base, narrative=TEXT, name="样本甲", phone="13800000000",
                           consent="y", files=files)  # fmt: skip
            if number == 5 and not disk.is_real:
                disk.fill(*worker)
            answer = form.send(site.base)
            if answer.status != 200:
                break
            answers[form] = answer
        assert len(answers) >= 3
        check_kept(answer, form)
        assert "请重新选择" in answer.text
        check_agrees(world, answers)

        disk.free(*worker)
        if disk.is_real:
            disk.grow(64)
        answers[form] = form.send(site.base)
        check_agrees(world, answers)


def write_message(visitor: Visitor, text: str = TEXT) -> Page:
    """Send a message from the page that the visitor sees."""
    assert visitor.page is not None
    return visitor.send(visitor.page.form("/follow-up/case", field="text"), {"text": text})


def typed_text(page: Page, action: str) -> str:
    """What the text area of a page's form holds."""
    return page.form(action, field="text").fields["text"][0].strip()


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
def test_without_a_free_byte_no_word_is_lost_and_what_is_there_can_be_read(world, disk):
    with portal_of(world) as site:
        worker = children(site.process.pid)
        first, second = prepare(site.base), prepare(site.base, narrative=TEXT)
        answers = {first: first.send(site.base)}
        inside = mailbox(site.base, answers[first].code)

        disk.fill(*worker)
        assert ask(site.base, "GET", "/").status == 200
        check_kept(second.send(site.base), second)
        refused = look_in(site.base, answers[first].code)
        assert refused.status == 503
        assert "请过几分钟再试" in refused.text
        kept = write_message(inside)
        assert kept.status == 503
        assert "请过几分钟再试" in kept.text
        assert typed_text(kept, "/follow-up/case") == TEXT
        assert inside.get("/follow-up/case").status == 200
        check_agrees(world, answers)

        disk.free(*worker)
        answers[second] = second.send(site.base)
        check_agrees(world, answers)
        assert write_message(inside).text.count(TEXT) == 1


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)
def test_with_its_database_elsewhere_a_full_disk_stops_files_alone(world, disk):
    """Nor does it stop the count of senders, which lies on that disk too."""
    with portal_of(world) as site:
        worker = children(site.process.pid)
        with_file = prepare(site.base, narrative=TEXT, files=[("a.bin", b"x")])
        without = prepare(site.base)
        disk.fill(*worker)
        check_kept(with_file.send(site.base), with_file)
        answers = {without: without.send(site.base)}
        check_agrees(world, answers)
        disk.free(*worker)
        answers[with_file] = with_file.send(site.base)
        check_agrees(world, answers)


@pytest.mark.parametrize("world", ["sqlite"], indirect=True)
def test_at_the_console_a_full_disk_keeps_the_reply_and_signs_nothing(world, disk, tmp_path):
    world.now = now()
    filed = world.file_report()
    world.accept(filed.report)
    log = tmp_path / "console.log"
    with running("admin.wsgi", world.environ, "TONGGUI_CONSOLE_BIND", log) as site:
        officer = Officer(Visitor(site.base), world.people["yjj-officer"])
        officer.signs_in()
        worker = children(site.process.pid)
        late = Officer(Visitor(site.base), world.people["yjj-officer-2"])
        officer.visitor.get(f"/cases/{filed.report}/reply")
        before = world.case(filed.report).events

        disk.fill(*worker)
        kept = officer.sends("发送", text=TEXT)
        assert "数据库暂时不可用或磁盘已满" in kept.text
        assert typed_text(kept, "/reply") == TEXT
        assert "数据库暂时不可用或磁盘已满" in late.signs_in().text
        assert world.case(filed.report).events == before

        disk.free(*worker)
        assert officer.sends("发送", text=TEXT).status == 200
        assert world.case(filed.report).events == before + 1
        site.kill()


def put_off(world: World) -> datetime:
    """When the next mail will be tried."""
    due = world.store.read(lambda uow: uow.outbox.oldest_due())
    assert due is not None
    return due


@pytest.mark.parametrize("world", ["postgresql"], indirect=True)
def test_the_jobs_process_outlives_a_full_disk_and_sends_its_mails_later(world, disk, tmp_path):
    world.now = now()
    filed = world.file_report()
    log, asked_at = tmp_path / "jobs.log", now()
    disk.fill(os.getpid())  # where no disk can be filled, the process inherits what we may write
    with jobs_running(world.environ, log) as process:
        disk.free(os.getpid())
        disk.fill()
        until(lambda: put_off(world) > asked_at + timedelta(seconds=20))
        time.sleep(1)
        assert process.poll() is None
        disk.free(process.pid)
    later = replace(Instance.read(world.settings.home), clock_offset_seconds=120)
    later.write(world.settings.home)
    with jobs_running(world.environ, log):
        until(lambda: any(filed.case_number in mail for mail in mails(world)))
    assert all(mails(world))


def test_the_jobs_process_outlives_a_mail_folder_that_cannot_be_made(sqlite_url, tmp_path):
    made = make_world(tmp_path / "home", sqlite_url)
    made.now = now()
    made.file_report()
    made.store.close()
    made.settings.mail_folder.write_text("in the way")
    log = tmp_path / "jobs.log"
    with jobs_running(made.environ, log) as process:
        until(lambda: process.poll() is not None or "tried again" in log.read_text())
        assert process.poll() is None


def mails(world: World) -> list[str]:
    """All mails that lie in the folder, as text."""
    found = world.settings.mail_folder.glob("*.eml")
    return [
        message_from_bytes(mail.read_bytes(), policy=policy.default).get_content() for mail in found
    ]


# ---- a database that goes away -----------------------------------------------------------------


@pytest.fixture(scope="module")
def far_url(postgres: PostgresServer) -> Iterator[str]:
    """A database for the tests below."""
    url = postgres.create_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture(scope="module")
def broken_line(far_url: str) -> Iterator[PostgresProxy]:
    """A line to PostgreSQL that can fail."""
    with PostgresProxy(far_url) as made:
        yield made


@pytest.fixture
def line(broken_line: PostgresProxy) -> Iterator[PostgresProxy]:
    """The line, whole at first and at the end."""
    yield broken_line
    broken_line.serve()


@pytest.fixture(scope="module")
def far(far_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An instance on PostgreSQL, seen past the line."""
    made = make_world(tmp_path_factory.mktemp("far"), far_url)
    made.now = now()
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def site(far: World, broken_line: PostgresProxy) -> Iterator[Server]:
    """Its public site, at the other end of the line."""
    with portal_of(far, **broken_line.environ) as made:
        yield made


@pytest.fixture
def others(far: World) -> set[str]:
    """The reports of the tests before."""
    return reports(far)


def test_with_the_database_away_forms_come_back_and_are_filed_when_it_is_there(
    far, line, site, others
):
    first = prepare(site.base)
    second = prepare(site.base, narrative=TEXT, files=[("a.bin", random_bytes(70_000))])
    answers = {first: first.send(site.base)}
    line.refuse()
    assert prepare(site.base).values  # the form needs no database
    check_kept(second.send(site.base), second)
    refused = look_in(site.base, answers[first].code)
    assert refused.status == 503
    assert "请过几分钟再试" in refused.text

    line.serve()
    answers[second] = second.send(site.base)
    check_agrees(far, answers, others)
    assert look_in(site.base, answers[first].code).status == 303


def test_a_message_typed_while_the_database_is_away_is_shown_again(line, site):
    inside = mailbox(site.base, prepare(site.base).send(site.base).code)
    line.refuse()
    kept = write_message(inside)
    assert kept.status == 503
    assert TEXT in kept.body.decode()


def test_a_commit_whose_answer_is_lost_is_one_report_with_its_files(far, line, site, others):
    """Stored or not, the site cannot know, and says so: the form sent again finds out."""
    blobs = len(list(far.blobs.names()))
    form = prepare(site.base, narrative=TEXT, files=[("a.bin", random_bytes(70_000))])
    line.cut_at_commit()
    unknown = form.send(site.base)
    check_kept(unknown, form, told="还不知道有没有存上")
    assert "没有登记" not in unknown.text
    assert len(reports(far)) == len(others) + 1  # it was stored after all

    line.serve()
    check_agrees(far, {form: form.send(site.base)}, others)
    assert len(list(far.blobs.names())) == blobs + 1


def test_a_process_that_dies_while_the_database_is_away_is_followed_by_another(
    far, line, site, others
):
    line.refuse()
    kill_worker(site)
    time.sleep(2)
    line.serve()
    until(lambda: answers_again(site) or site.process.poll() is not None)
    assert site.process.poll() is None
    form = prepare(site.base)
    check_agrees(far, {form: form.send(site.base)}, others)


def test_lines_that_break_all_the_time_lose_nothing(far, line, site, others):
    answers = {}
    for number in range(8):
        form = prepare(site.base, files=[("a.bin", bytes([number]) * 3000)])
        line.refuse()
        line.serve()
        answers[form] = form.send(site.base)
    assert {answer.status for answer in answers.values()} == {200}
    check_agrees(far, answers, others)


def answers_again(site: Server) -> bool:
    """Whether the start page can be had."""
    try:
        return ask(site.base, "GET", "/").status == 200
    except (OSError, HTTPException):
        return False


def test_at_the_console_a_database_that_is_away_keeps_the_reply(far, line, tmp_path):
    filed = far.file_report()
    far.accept(filed.report)
    environ = {**far.environ, **line.environ}
    log = tmp_path / "console.log"
    with running("admin.wsgi", environ, "TONGGUI_CONSOLE_BIND", log) as site:
        officer = Officer(Visitor(site.base), far.people["yjj-officer"])
        officer.signs_in()
        officer.visitor.get(f"/cases/{filed.report}/reply")
        before = far.case(filed.report).events
        line.refuse()
        kept = officer.sends("发送", text=TEXT)
        assert kept.status == 503
        assert kept.form(button="再试一次").fields["text"] == [TEXT]
        line.serve()
        sent = officer.sends("再试一次")
        assert TEXT in sent.text or far.case(filed.report).events == before + 1
        site.kill()
