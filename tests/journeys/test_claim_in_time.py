"""The time to claim an award: its reminders, and more of it for a good reason.

A right binds nobody: the reporter is reminded in the mailbox, at half time and in the last
week, and no office is told that anybody is late.
"""

from actors import Clerk, Reporter
from console_words import linked, running_clocks
from moving import Moving
from visitor import Page

CLAIM = "领奖期限"
REMINDED = "系统提醒：您可以领奖，期限快到了"


def asks(stage: Moving, number: str, **typed: str) -> tuple[Clerk, Page]:
    """The officer asks for more time to claim, by the link beside the clock."""
    officer = stage.officer()
    page = officer.visitor.get(f"/cases/{stage.report_of(number)}")  # closed, it is in no list
    at = next(at for _text, at in page.links if "/clocks/claim/" in at and at.endswith("/extend"))
    officer.visitor.get(at)
    return officer, officer.sends("提交申请", **typed)


def closed(stage: Moving, number: str) -> None:
    """The case is done with; its award may be claimed as before."""
    officer = stage.officer()
    officer.tells(number)
    officer.proposes_closing(number)
    assert "已办结" in stage.leader().closes(number).text


def test_the_reporter_is_reminded_at_half_time_and_in_the_last_week_and_nobody_else(
    season: Moving, told: Reporter
):
    # Sixty days end on 1 May, a holiday: Wednesday 6 May is the last day, 4 April half way
    assert "2026-05-06" in told.looks_in().text
    given = []
    for day in ("2026-04-03", "2026-04-04", "2026-04-29", "2026-05-02", "2026-05-03", "2026-05-05"):
        season.until(day)
        given.append(told.looks_in().text.count(REMINDED))
    assert given == [0, 1, 2, 2, 3, 4]
    assert not [text for _office, text in season.mails() if CLAIM in text]
    assert season.problems() == []


def test_for_a_good_reason_the_head_gives_more_time_and_the_reporter_reads_until_when(
    season: Moving, told: Reporter
):
    number = told.case_number
    closed(season, number)
    season.until("2026-05-01")

    # Only for the reasons that the rules know, and within thirty days
    officer, wrong = asks(season, number, value="31", reason_code="cannot_come")
    assert (wrong.status, "请填写 1 到 30 的整数。" in wrong.text) == (422, True)
    assert "情况复杂" not in wrong.text
    asked = officer.sends("提交申请", value="30", reason_code="cannot_come")
    assert running_clocks(asked)[CLAIM].startswith("2026-05-06 ")

    leader = season.leader()
    page = leader.opens_case(number)
    leader.visitor.get(linked(page, "/extensions/"))
    granted = leader.sends("签署决定", decision="grant", note="因病住院，已出具证明。")
    assert running_clocks(granted)[CLAIM].startswith("2026-06-01 ")

    mailbox = told.looks_in()
    assert "2026-06-01" in mailbox.text
    assert "举报人有正当理由，暂时不能领取" in mailbox.text
    assert "因病住院，已出具证明。" in mailbox.text

    # And after the old last day it is still there to be claimed
    season.until("2026-05-07")
    told.looks_in()
    assert told.claims_to_an_account("样本甲", "6222020000000000331").status == 200
    assert season.problems() == []
