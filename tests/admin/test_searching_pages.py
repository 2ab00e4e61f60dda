"""Finding a case again: who is shown what, and what a wrong day is answered with."""

import re

import pytest

from casework.services.audit_log import Keeping, take_in
from casework.services.searching import follow


@pytest.fixture
def closed(world):
    """A case closed on 2 March 2026."""
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report)
    world.tell_result(filed.report)
    world.close(filed.report)
    return filed


def test_a_closed_case_is_found_by_its_office_and_the_one_above_alone(world, sign_in, closed):
    for login, query, there in (
        ("yjj-officer", "", True),
        ("yjj-leader", "?state=closed&since=2026-03-02&until=2026-03-02", True),
        ("yjj-leader", "?state=refused", False),
        ("yjj-leader", "?until=2026-03-01", False),
        ("yjj-leader", "?of=above", True),  # of no use to who supervises nothing
        ("awb-supervisor", "?of=above", True),
        ("awb-supervisor", "", False),
        ("zjj-officer", "", False),
    ):
        text = sign_in(login).get(f"/search/ended{query}").text
        assert (closed.case_number in text) is there, (login, query)
        assert ("没有符合条件的举报。" in text) is not there, (login, query)


def test_the_menu_leads_there_and_the_case_from_there(world, sign_in, closed):
    desk = sign_in("yjj-leader")
    assert 'href="/search"' in desk.get("/").text
    assert 'href="/search/ended"' in desk.get("/search").text
    assert f'href="/cases/{closed.report}"' in desk.get("/search/ended").text
    assert desk.get(f"/cases/{closed.report}").status_code == 200


@pytest.mark.parametrize("login", ["cashier", "auditor", "administrator", "operator"])
def test_whoever_handles_no_cases_does_not_search(world, sign_in, closed, login):
    desk = sign_in(login)
    assert desk.get("/search/ended").status_code == 403
    assert 'href="/search' not in desk.get("/").text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=gestern", "请填写日期，例如 2026-03-31。"),
        ("until=2026-02-30", "请填写日期，例如 2026-03-31。"),
        ("since=2026-03-02&until=2026-03-01", "开始的日子不能晚于结束的日子。"),
    ],
)
def test_a_day_that_is_none_is_told(world, sign_in, closed, query, words):
    answer = sign_in("yjj-leader").get(f"/search/ended?{query}")
    assert (answer.status_code, words in answer.text) == (422, True)
    assert closed.case_number not in answer.text


def test_who_is_recused_or_has_an_interest_does_not_find_it(world, sign_in, closed):
    leader, officer = sign_in("yjj-leader"), sign_in("yjj-officer")
    account = world.people["yjj-officer"].account
    answer = leader.post(f"/cases/{closed.report}/recusal", account=account)
    assert answer.status_code == 302, answer.text
    assert closed.case_number not in officer.get("/search/ended").text
    assert closed.case_number in leader.get("/search/ended").text


def test_the_next_page_keeps_what_was_asked(world, sign_in, closed, monkeypatch):
    monkeypatch.setattr("admin.views.searching.PAGE_LINES", 1)
    other = world.file_report()
    world.refuse(other.report)
    desk = sign_in("yjj-leader")
    first = desk.get("/search/ended?since=2026-03-02").text
    at = first.index('rel="next"')
    way = first[first.rindex('href="', 0, at) + 6 : first.rindex('"', 0, at)].replace("&amp;", "&")
    assert "since=2026-03-02" in way
    second = desk.get(way).text
    numbers = {one for one in (closed.case_number, other.case_number) if one in first}
    assert len(numbers) == 1
    assert ({closed.case_number, other.case_number} - numbers).pop() in second
    assert 'rel="next"' not in second


@pytest.fixture
def indexed(world, closed):
    """What the jobs process does with it."""
    keeping = Keeping(world.trust, world.log_key, world.now, batch_days=7)
    while take_in(world.store, keeping=keeping):
        pass
    follow(world.store)
    return closed


def numbers(text):
    """The case numbers on a page."""
    return re.findall(r'class="mono"[^>]*>([0-9]{6}-[^<]+)<', text)


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ({"text": "样罚"}, True),
        ({"text": "样罚〔2026〕1号"}, True),
        ({"text": "应急管理局"}, True),  # its department
        ({"text": "伊川"}, True),  # its county
        ({"text": "已办结"}, True),
        ({"text": "查证属实 样罚"}, True),
        ({"text": "样罚", "state": "closed"}, True),
        ({"text": "样罚", "since": "2026-03-02", "until": "2026-03-02"}, True),
        ({"text": "查无实据"}, False),
        ({"text": "样罚", "state": "accepted"}, False),
        ({"text": "样罚", "since": "2026-03-03"}, False),
        ({"text": "样罚", "until": "2026-03-01"}, False),
        ({"text": "动火作业"}, False),  # stands in the report, which is sealed
    ],
)
def test_words_find_a_case_by_its_facts_and_never_by_its_text(
    world, sign_in, indexed, asked, there
):
    text = sign_in("yjj-officer").post("/search", **asked).text
    assert numbers(text) == ([indexed.case_number] if there else [])
    assert ("没有符合条件的举报。" in text) is not there


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"text": " "}, "请填写要查找的字。"),
        ({"text": "〔〕"}, "每个词至少要有两个字、字母或者数字。"),
        ({"text": "样罚 号"}, "每个词至少要有两个字、字母或者数字。"),
        ({"text": "罚" * 65}, "要查找的字不能超过 64 个。"),
        ({"text": "样罚", "since": "x"}, "Not a valid date"),
        ({"text": "样罚", "since": "2026-03-02", "until": "2026-03-01"}, "不能晚于"),
    ],
)
def test_what_cannot_be_looked_for_is_told(world, sign_in, indexed, asked, words):
    answer = sign_in("yjj-officer").post("/search", **asked)
    assert answer.status_code == 422
    assert numbers(answer.text) == []
    if words != "Not a valid date":
        assert words in answer.text


def test_no_other_office_and_nobody_recused_finds_it(world, sign_in, indexed):
    for asked in ("样罚", indexed.case_number):
        for login, there in (("awb-supervisor", True), ("zjj-officer", False)):
            assert bool(numbers(sign_in(login).post("/search", text=asked).text)) is there
    account = world.people["yjj-officer"].account
    sign_in("yjj-leader").post(f"/cases/{indexed.report}/recusal", account=account)
    for asked in ("样罚", indexed.case_number):  # at once: the index has not heard of it
        text = sign_in("yjj-officer").post("/search", text=asked).text
        assert indexed.report not in text


def test_a_whole_case_number_is_found_before_the_index_has_it(world, sign_in, closed):
    desk = sign_in("yjj-officer")
    assert numbers(desk.post("/search", text="样罚").text) == []
    assert numbers(desk.post("/search", text=closed.case_number.lower()).text) == [
        closed.case_number
    ]


def test_what_was_typed_stands_in_no_address(world, sign_in, indexed, monkeypatch):
    monkeypatch.setattr("admin.views.searching.PAGE_LINES", 1)
    world.accept(world.file_report().report)
    keeping = Keeping(world.trust, world.log_key, world.now, batch_days=7)
    take_in(world.store, keeping=keeping)
    follow(world.store)
    desk = sign_in("yjj-officer")
    first = desk.post("/search", text="应急管理局")
    assert "应急管理局" not in str(first.request.url)
    assert not re.search(r'(href|action)="[^"]*(应急|%E5%BA%94)', first.text)
    place = re.search(r'name="before" value="([0-9]+)"', first.text)
    assert place is not None
    second = desk.post("/search", text="应急管理局", before=place[1])
    assert len(numbers(first.text)) == len(numbers(second.text)) == 1
    assert numbers(first.text) != numbers(second.text)
    assert 'name="before"' not in second.text
