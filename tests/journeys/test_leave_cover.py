"""An officer is away: a colleague sees the cases and gets the reminders, the head hands them over.

Through the pages, on both databases.
"""

import pytest

from actors import Clerk
from moving import Moving
from visitor import Page

LOGINS = ("yjj-officer", "yjj-officer-2")


def draws(stage: Moving, number: str) -> tuple[str, str]:
    """The head has an officer drawn: the login of that one, and of the other."""
    leader = stage.leader()
    leader.opens_case(number)
    leader.follows("随机抽取承办人员")
    leader.sends("抽取")
    case = stage.world.case(stage.report_of(number))
    names = {stage.world.people[one].account: one for one in LOGINS}
    first = names.pop(case.draws[-1].officer)
    return first, next(iter(names.values()))


def leaves(stage: Moving, who: Clerk, absent: str, deputy: str, first: str, last: str) -> Page:
    people = stage.world.people
    who.visitor.get("/")
    who.follows("请假代办")
    return who.sends(
        "登记请假",
        account=people[absent].account,
        deputy=people[deputy].account,
        first=first,
        last=last,
    )


def shown_to(stage: Moving, login: str) -> str:
    return stage.clerk(login).visitor.get("/").text


def test_who_covers_sees_the_cases_and_the_head_hands_them_over_and_back(season: Moving):
    reporter = season.reports()
    number = reporter.case_number
    assert number is not None
    first, other = draws(season, number)
    assert "由我承办" in shown_to(season, first)
    assert "由我承办" not in shown_to(season, other)

    # Given that the officer notes a leave from the next day on
    noted = leaves(season, season.clerk(first), first, other, "2026-03-03", "2026-03-31")
    assert "已登记请假和代办人。" in noted.text
    assert "我代办的" not in shown_to(season, other), "it has not begun"

    # When it has begun, who covers sees what is assigned, and reminders are for who covers
    season.until("2026-03-10")
    page = shown_to(season, other)
    assert "我代办的（承办人请假）" in page
    assert f"样本·{first}请假，" in page
    reminders = [text for _office, text in season.mails() if "请按期办理" in text]
    assert reminders
    assert any("承办人员正在请假，请代办人员办理。" in text for text in reminders)
    assert not any(first in text or other in text for text in reminders)

    # And the head hands it over, which is signed
    leader = season.leader()
    leader.visitor.get("/")
    leader.follows("请假代办")
    result = leader.sends("逐件移交代办人")
    assert "已移交 1 件，没有移交 0 件" in result.text
    assert "由我承办" in shown_to(season, other)
    assert "由我承办" not in shown_to(season, first)
    timeline = season.officer(other).opens_case(number).text
    assert f"由样本·{first}移交样本·{other}，请假期间代办" in timeline
    assert "更换了承办人员" in reporter.looks_in().text

    # When the leave is over, the head gives it back to whom the draw chose
    leader = season.leader()
    leader.opens_case(number)
    assert "没有请假，不能指定他人接手" in leader.follows("移交承办人员").text
    leader.visitor.get("/cover")
    assert "请假已结束。" in leader.sends("结束请假").text
    leader.opens_case(number)
    leader.follows("移交承办人员")
    assert "已移交，承办人员已更换。" in leader.sends("移交").text
    assert "由我承办" in shown_to(season, first)
    assert season.problems() == []


def test_covering_lifts_no_bar(season: Moving):
    """Who covers and is recused takes nothing over and sees nothing of it."""
    number = season.reports().case_number
    assert number is not None
    first, other = draws(season, number)
    leader = season.leader()
    leaves(season, leader, first, other, "2026-03-02", "2026-03-31")
    assert number in shown_to(season, other)
    leader.opens_case(number)
    leader.follows("回避")
    leader.sends("登记回避", account=season.world.people[other].account)
    assert number not in shown_to(season, other)
    leader.visitor.get("/cover")
    result = leader.sends("逐件移交代办人")
    assert "已移交 0 件，没有移交 1 件" in result.text
    assert "不能接手。请重新抽取承办人员。" in result.text
    assert season.world.case(season.report_of(number)).handed == ()


@pytest.mark.parametrize("login", ["yjj-officer", "zjj-leader", "operator"])
def test_nobody_notes_the_leave_of_somebody_else_but_the_head(season: Moving, login: str):
    clerk = season.clerk(login)
    page = clerk.visitor.get("/cover")
    if login == "operator":
        assert page.status == 403
        return
    people = season.world.people
    sent = clerk.visitor.send(
        page.form(button="登记请假"),
        {
            "account": people["yjj-officer-2"].account,
            "deputy": people["yjj-officer"].account,
            "first": "2026-03-03",
            "last": "2026-03-05",
        },
        press="登记请假",
    )
    assert sent.status == 422
