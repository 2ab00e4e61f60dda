"""Reviews and what is held for malicious, at the console, by the people who may (S09, S29)."""

import re

import pytest

from asking import to_day
from casework.domain.case import State
from instance import PASSWORD
from objecting import closed, decides_malice, objects, proposes_malice, reviews

BASIS = "《治安管理处罚法》第二十九条"


@pytest.fixture
def filed(world):
    """Told and closed as unsubstantiated on Monday 2 March 2026."""
    return closed(world)


@pytest.fixture
def page(filed):
    return f"/cases/{filed.report}"


def hidden(name, text):
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', text)
    assert found is not None, text
    return found[1]


def decide(desk, page, **values):
    shown = desk.get(f"{page}/review").text
    given = {
        "asked": hidden("asked", shown),
        "due_on": hidden("due_on", shown),
        "note": "现场照片对不上。",
        "password": PASSWORD,
    }
    return desk.post(f"{page}/review", **given | values)


def test_the_page_says_what_a_redo_means_and_asks_for_a_reason(world, sign_in, filed, page):
    to_day(world, "2026-03-12")
    objects(world, filed)
    desk = sign_in("awb-supervisor")
    assert "复核异议" in desk.get(page).text
    shown = desk.get(f"{page}/review").text
    for words in ("查无实据", "2026年4月11日", "维持：原来的结论不变", "返工：重新核查"):
        assert words in shown
    for missing in ({"note": " "}, {"outcome": ""}, {"password": "wrong"}):
        answer = decide(desk, page, **{"outcome": "redo"} | missing)
        assert answer.status_code == 422, missing
    assert world.case(filed.report).state is State.CLOSED
    answer = decide(desk, page, outcome="redo")
    assert answer.headers["Location"].endswith("?done=redone")
    shown = desk.get(answer.headers["Location"]).text
    assert "已返工，重新核查的期限开始计算" in shown
    assert "返工，核查期限 2026-04-11" in shown


def test_kept_is_said_to_be_kept(world, sign_in, filed, page):
    objects(world, filed)
    desk = sign_in("awb-supervisor")
    answer = decide(desk, page, outcome="kept")
    assert "已维持原来的结论" in desk.get(answer.headers["Location"]).text


@pytest.mark.parametrize("login", ["yjj-officer", "yjj-leader", "zjj-leader", "cashier"])
def test_nobody_below_or_beside_decides(world, sign_in, filed, page, login):
    objects(world, filed)
    desk = sign_in(login)
    answer = desk.get(f"{page}/review")
    assert answer.status_code in (200, 403, 404)
    assert "签署决定" not in answer.text


def test_two_clicks_decide_once(world, sign_in, filed, page):
    objects(world, filed)
    desk = sign_in("awb-supervisor")
    decide_form = desk.get(f"{page}/review").text
    given = {
        "asked": hidden("asked", decide_form),
        "due_on": hidden("due_on", decide_form),
        "outcome": "kept",
        "note": "维持。",
        "password": PASSWORD,
    }
    assert desk.post(f"{page}/review", **given).status_code == 302
    again = desk.post(f"{page}/review", **given)
    assert again.status_code == 422
    assert "以现在的办理状态，不能进行这项操作。" in again.text
    assert len(world.case(filed.report).reviews) == 1


def test_nothing_to_review_is_no_page(sign_in, page):
    assert sign_in("awb-supervisor").get(f"{page}/review").status_code == 409


def test_an_award_that_blocks_a_redo_is_named(world, sign_in):
    world.appropriate()
    filed = closed(world, "substantiated")
    world.reserve(filed.report)
    objects(world, filed)
    page, desk = f"/cases/{filed.report}", sign_in("awb-supervisor")
    # Until the reporter has been told of it, it is worked out anew.
    assert "已有奖励以原来的结论为依据" not in desk.get(f"{page}/review").text
    world.approve(filed.report)
    assert "已有奖励以原来的结论为依据，不能返工。" in desk.get(f"{page}/review").text
    answer = decide(desk, page, outcome="redo")
    assert (answer.status_code, "已有奖励以原来的结论为依据" in answer.text) == (422, True)


def test_after_a_redo_the_old_finding_stands_in_the_history_alone(world, sign_in, filed, page):
    objects(world, filed)
    reviews(world, filed.report, "redo")
    shown = sign_in("yjj-officer").get(page).text
    assert "登记核查结论" in shown  # may be recorded anew
    assert "查无实据" in shown
    assert f'href="{page}/finding"' in shown
    assert f'href="{page}/closing"' not in shown


def test_the_board_counts_what_is_redone_this_year_alone(world, sign_in, filed):
    assert "返工（今年）" not in sign_in("awb-supervisor").get("/board").text
    objects(world, filed)
    reviews(world, filed.report, "redo")
    for login in ("awb-supervisor", "yjj-leader"):
        shown = sign_in(login).get("/board").text
        assert re.search(r"伊川县应急管理局</dt><dd>1 次", shown), shown
    assert "返工（今年）" not in sign_in("zjj-leader").get("/board").text
    to_day(world, "2027-01-04")
    assert "返工（今年）" not in sign_in("awb-supervisor").get("/board").text


def test_malice_is_proposed_by_the_head_and_decided_above(world, sign_in, filed, page):
    head = sign_in("yjj-leader")
    answer = head.post(f"{page}/malice", basis=BASIS)
    assert answer.headers["Location"].endswith("?done=malice_proposed")
    assert "提出恶意举报认定" in head.get(page).text
    assert head.get(f"{page}/malice/decide").status_code == 403
    above = sign_in("awb-supervisor")
    assert "恶意举报认定" in above.get("/").text
    assert BASIS in above.get(f"{page}/malice/decide").text
    answer = above.post(f"{page}/malice/decide", decision="decline", password=PASSWORD)
    assert "未确认，不按恶意举报处理。" in above.get(answer.headers["Location"]).text


def test_what_is_decided_shows_no_form(world, sign_in, filed, page):
    asked = proposes_malice(world, filed.report)
    decides_malice(world, filed.report, asked)
    shown = sign_in("awb-supervisor").get(f"{page}/malice/decide").text
    assert "已确认" in shown
    assert "签署决定" not in shown


def test_nothing_proposed_is_no_page(sign_in, page):
    assert sign_in("awb-supervisor").get(f"{page}/malice/decide").status_code == 409
