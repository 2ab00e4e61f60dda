"""Words in sealed text: in one's own cases alone, some at a time, every opening recorded."""

import re

import pytest

from casework.queries.cases import timeline
from casework.services.audit_log import Keeping, take_in
from casework.services.searching import follow

TEXT = "三号储罐区动火作业未办理审批"


def indexed(world):
    """What the jobs process does."""
    keeping = Keeping(world.trust, world.log_key, world.now, batch_days=7)
    while take_in(world.store, keeping=keeping):
        pass
    follow(world.store)


@pytest.fixture
def cases(world):
    """Two that the officer accepted, the older with the words, and one that nobody accepted."""
    found = []
    for text in (TEXT, "仓库消防通道被占用"):
        filed = world.file_report(narrative=text)
        world.accept(filed.report)
        found.append(filed)
        world.move(days=1)
    found.append(world.file_report(narrative=TEXT))
    indexed(world)
    return found


def numbers(text):
    """The case numbers on a page."""
    return re.findall(r'class="mono"[^>]*>([0-9]{6}-[^<]+)<', text)


def readings(world, filed):
    """How often it was opened."""
    return [one.kind for one in timeline(world.store, report=filed.report)].count("report.read")


def test_words_are_found_in_what_was_reported_and_every_opening_is_recorded(world, sign_in, cases):
    desk = sign_in("yjj-officer")
    assert "您经手的举报共 2 件" in desk.get("/search/own").text
    assert [readings(world, one) for one in cases] == [0, 0, 0]
    text = desk.post("/search/own", text="动火作业 储罐").text
    assert numbers(text) == [cases[0].case_number]
    assert "已查 2 / 2 件，找到 1 件。" in text
    assert "举报内容" in text
    assert TEXT not in text
    assert [readings(world, one) for one in cases] == [1, 1, 0]


def test_every_word_must_be_there(world, sign_in, cases):
    desk = sign_in("yjj-officer")
    text = desk.post("/search/own", text="动火作业 消防通道").text
    assert numbers(text) == []
    assert "您经手的举报里没有这些字。" in text


@pytest.mark.parametrize("login", ["yjj-leader", "awb-supervisor", "zjj-officer"])
def test_others_have_no_cases_of_their_own_here(world, sign_in, cases, login):
    text = sign_in(login).post("/search/own", text="动火作业").text
    assert "已查 0 / 0 件" in text
    assert [readings(world, one) for one in cases] == [0, 0, 0]


def test_whoever_may_not_open_reports_may_not_search_them(world, sign_in, cases):
    for login in ("cashier", "auditor", "operator"):
        assert sign_in(login).get("/search/own").status_code == 403


def test_step_by_step_what_was_found_is_kept_and_nothing_stands_in_an_address(
    world, sign_in, cases, monkeypatch
):
    monkeypatch.setattr("admin.searching.AT_ONCE", 1)
    desk = sign_in("yjj-officer")
    first = desk.post("/search/own", text="消防通道").text
    assert "已查 1 / 2 件，找到 1 件。" in first
    assert [readings(world, one) for one in cases] == [0, 1, 0]
    sent = dict(re.findall(r'name="(text|found|before)" value="([^"]*)"', first))
    assert sent["text"] == "消防通道"
    assert not re.search(r'(href|action)="[^"]*(消防|%E6%B6%88)', first)
    second = desk.post("/search/own", **sent).text
    assert "已查 2 / 2 件，找到 1 件。" in second
    assert numbers(second) == [cases[1].case_number]
    assert 'name="before"' not in second
    assert [readings(world, one) for one in cases] == [1, 1, 0]


def test_what_one_claims_to_have_found_is_looked_at_again(world, sign_in, cases):
    desk = sign_in("yjj-officer")
    text = desk.post(
        "/search/own", text="没有这个词", found=f"{cases[2].report}~narrative x~y {'2' * 26}"
    ).text
    assert numbers(text) == []


def test_who_is_recused_opens_nothing_though_the_index_has_it(world, sign_in, cases):
    account = world.people["yjj-officer"].account
    sign_in("yjj-leader").post(f"/cases/{cases[0].report}/recusal", account=account)
    text = sign_in("yjj-officer").post("/search/own", text="动火作业").text
    assert numbers(text) == []
    assert readings(world, cases[0]) == 0


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (" ", "请填写要查找的字。"),
        ("动火 火", "每个词至少要有两个字、字母或者数字。"),
        ("火" * 65, "要查找的字不能超过 64 个。"),
    ],
)
def test_what_cannot_be_looked_for_opens_nothing(world, sign_in, cases, asked, told):
    answer = sign_in("yjj-officer").post("/search/own", text=asked)
    assert (answer.status_code, told in answer.text) == (422, True)
    assert readings(world, cases[0]) == 0
