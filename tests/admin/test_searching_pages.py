"""Finding a case again: who is shown what, and what a wrong day is answered with."""

import pytest


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
    assert 'href="/search/ended"' in desk.get("/").text
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
