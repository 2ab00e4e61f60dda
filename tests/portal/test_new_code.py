"""Changing the code: both codes on paper until one of them counts, then only the new one."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import text

from browsing import Visitor, code_of
from casework.domain.errors import StorageUnavailableError
from casework.verify import Problem, verify
from log_keeper import take
from portal import mailbox, new_code

COPIED = "/follow-up/code/new"


@pytest.fixture
def reporter(visitor):
    visitor.code = visitor.file(anonymous="", name="样本甲", phone="13800138000", consent="y")
    assert visitor.enter(visitor.code).status_code == 303
    return visitor


def shown(reporter):
    """Draw a code and return it with the form of the page that shows it."""
    answer = reporter.post("/follow-up/code", reporter.form("/follow-up/code"))
    assert answer.headers["Location"] == COPIED
    page = reporter.get(COPIED)
    return code_of(page), reporter.tokens(page)


def confirmed(reporter):
    code, form = shown(reporter)
    answer = reporter.post(COPIED, form | {"ending": code[-4:]})
    assert answer.headers["Location"] == "/follow-up/case?done=code"
    return code


def opens(app, code):
    somebody = Visitor(app)
    return somebody.enter(code).status_code == 303 and (
        somebody.get("/follow-up/case").status_code == 200
    )


def test_while_the_new_code_is_only_shown_the_old_one_counts(app, reporter):
    code, _ = shown(reporter)
    assert len(code) == 24
    assert code != reporter.code
    assert code_of(reporter.get(COPIED)) == code  # shown again until it counts
    assert not opens(app, code)
    assert opens(app, reporter.code)


def test_once_copied_the_new_code_counts_and_the_old_one_leads_nowhere(app, reporter):
    code = confirmed(reporter)
    assert opens(app, code)
    assert not opens(app, reporter.code)
    page = reporter.get("/follow-up/case?done=code")
    assert "新查询码已经启用" in page.text
    assert "您更换了查询码" in page.text
    assert reporter.get(COPIED).headers["Location"] == "/follow-up/code"


def test_old_messages_are_read_and_new_ones_written_with_the_new_code(app, reporter):
    form = reporter.form("/follow-up/case")
    reporter.post("/follow-up/case", form | {"text": "第一句"})
    code = confirmed(reporter)
    later = Visitor(app)
    later.enter(code)
    later.post("/follow-up/case", later.form("/follow-up/case") | {"text": "第二句"})
    page = later.get("/follow-up/case").text
    assert page.index("第一句") < page.index("第二句")


def test_every_other_session_ends_with_the_old_code(app, reporter):
    thief, stolen = Visitor(app), Visitor(app)
    thief.enter(reporter.code)
    stolen.cookie = reporter.cookie
    assert thief.get("/follow-up/case").status_code == 200
    confirmed(reporter)
    for other in (thief, stolen):
        assert other.get("/follow-up/case").headers["Location"] == "/follow-up?note=ended"
    assert reporter.get("/follow-up/case").status_code == 200


@pytest.mark.parametrize("ending", ["", "0", "wrong", "00000"])
def test_who_cannot_say_how_it_ends_has_not_copied_it(app, reporter, ending):
    code, form = shown(reporter)
    answer = reporter.post(COPIED, form | {"ending": ending})
    assert answer.status_code == 422
    assert code_of(answer) == code
    assert not opens(app, code)
    assert opens(app, reporter.code)


def test_the_end_may_be_typed_wide_or_with_all_the_rest(app, reporter):
    code, form = shown(reporter)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    groups = " ".join(re.findall("....", wide))
    assert reporter.post(COPIED, form | {"ending": groups}).status_code == 303
    assert opens(app, code)


def test_keeping_the_old_code_drops_the_new_one(app, reporter):
    code, form = shown(reporter)
    reporter.post("/follow-up/code/keep-old", {"csrf_token": form["csrf_token"]})
    answer = reporter.post(COPIED, form | {"ending": code[-4:]})
    assert answer.status_code == 422
    assert "旧查询码仍然有效" in answer.text
    assert opens(app, reporter.code)
    assert shown(reporter)[0] != code


def test_a_lost_answer_locks_nobody_out(app, reporter):
    code, form = shown(reporter)
    before = Visitor(app)
    before.cookie = reporter.cookie
    reporter.post(COPIED, form | {"ending": code[-4:]})
    # The answer never came: the browser still has the old cookie and sends again.
    answer = before.post(COPIED, form | {"ending": code[-4:]})
    assert answer.status_code == 403
    assert "请先用新的进入；进不去，再用旧的" in answer.text
    assert opens(app, code)


def test_without_its_database_nothing_changes_and_the_page_says_what_to_try(
    app, reporter, monkeypatch
):
    code, form = shown(reporter)

    def away(*_args, **_kwargs):
        raise StorageUnavailableError

    monkeypatch.setattr(new_code, "change_code", away)
    answer = reporter.post(COPIED, form | {"ending": code[-4:]})
    assert answer.status_code == 503
    assert "请先用新的进入；进不去，再用旧的" in answer.text
    assert opens(app, reporter.code)
    assert not opens(app, code)


def test_a_change_while_the_office_acts_is_signed_anew(world, app, reporter, site, monkeypatch):
    report = world.store.read(lambda uow: uow.reports.ids())[0]
    code, form = shown(reporter)
    session = mailbox.load(site, reporter.cookie.partition("=")[2])
    assert session is not None
    stale = [mailbox.view_of(site, session)]
    real = mailbox.view_of
    world.accept(report)
    monkeypatch.setattr(mailbox, "view_of", lambda *a: stale.pop() if stale else real(*a))
    assert reporter.post(COPIED, form | {"ending": code[-4:]}).status_code == 303
    assert world.case(report).events == 3
    assert opens(app, code)


def test_nothing_of_the_old_code_stays_and_the_register_agrees(world, reporter):
    def kept():
        with world.store.engines()[0].connect() as connection:
            boxes = connection.execute(text("SELECT locator, reporter_key FROM mailbox")).all()
            wraps = connection.execute(
                text("SELECT id, recipient_key, body FROM key_wrap WHERE recipient = 'reporter'")
            ).all()
        return boxes[0], wraps

    (locator, key), wraps = kept()
    confirmed(reporter)
    confirmed(reporter)
    take(world)  # the public site can delete nothing: the jobs process does
    (new_locator, new_key), new_wraps = kept()
    assert locator != new_locator
    assert key != new_key
    assert len(new_wraps) == len(wraps) == 1
    assert not {column for row in wraps for column in row} & {
        column for row in new_wraps for column in row
    }
    told = verify(world.store, world.blobs, trust=world.trust)
    assert [one for one in told if isinstance(one, Problem)] == []


def test_a_code_that_another_report_has_is_never_put_in_force(app, world, site, reporter):
    other = Visitor(app)
    taken = other.file()
    session = mailbox.load(site, reporter.cookie.partition("=")[2])
    assert session is not None
    new_code.drop(site, session)
    mailbox.keep(site, replace(session, next_code=taken))
    form = reporter.form(COPIED)
    answer = reporter.post(COPIED, form | {"ending": taken[-4:]})
    assert answer.status_code == 422
    assert "请不要用它" in answer.text
    assert opens(app, reporter.code)
    assert opens(app, taken)
