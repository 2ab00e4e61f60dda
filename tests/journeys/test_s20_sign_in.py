"""S20: an office that does not sign for a dispatched case is reminded, then its head told."""

from console_words import ended_clocks, linked, running_clocks
from moving import Moving

YJJ = "410329-yjj"
SIGN_IN = "签收期限"


def test_not_signed_in_within_a_working_day_goes_to_the_head_and_signing_stops_that_clock_only(
    season: Moving,
):
    # Given a report that was dispatched on Monday 2 March 2026
    reporter = season.reports()
    number = reporter.case_number
    shown = season.officer().opens_case(number)
    assert running_clocks(shown)[SIGN_IN].startswith("2026-03-03 ")
    assert "签收" in [text for text, _address in shown.links]

    # When nobody has signed for it on the next working day, then the office is reminded
    season.until("2026-03-03")
    told = [text for office, text in season.mails() if office == YJJ and SIGN_IN in text]
    assert told[-1] == f"举报编号 {number} 的签收期限到 2026-03-03 为止，请按期办理。"
    assert "已过" not in "".join(told)
    assert "等待办理" not in season.leader().opens_case(number).text

    # And on the day after, the head of the department has it before them
    season.until("2026-03-04")
    late = f"举报编号 {number} 的签收期限 2026-03-03 已过"
    assert (YJJ, f"{late}，请立即办理。") in season.mails()
    assert (YJJ, f"{late}，现报本单位负责人，请登录查看并确认。") in season.mails()
    leader = season.leader()
    step = f"{SIGN_IN}超期：本单位负责人"
    assert step in leader.visitor.get("/").text
    page = leader.opens_case(number)
    assert "已超期 1 天" in running_clocks(page)[SIGN_IN]
    leader.visitor.get(linked(page, "/steps/sign_in/1/head/"))
    seen = leader.sends("登记阅知")
    assert "阅知超期上报（签收期限，本单位负责人）" in seen.text
    assert SIGN_IN in running_clocks(seen), "to have seen it stops nothing"
    assert step not in leader.visitor.get("/").text

    # When the office signs for it, then that clock stops, and no other
    officer = season.officer()
    before = running_clocks(officer.opens_case(number))
    officer.follows("签收")
    signed = officer.sends("签收")
    after = running_clocks(signed)
    assert before.keys() - after.keys() == {SIGN_IN}
    assert after.keys() == {"受理期限", "首次联系举报人", "退回期限"}
    assert ended_clocks(signed)[SIGN_IN] == "2026-03-03 超期完成"
    assert "签收" not in [text for text, _address in signed.links]

    # And nothing more comes of it, while the others climb on
    season.until("2026-03-11")
    climbed = [text for _office, text in season.mails() if number in text and "督办" in text]
    assert not [text for text in climbed if SIGN_IN in text and "挂牌" in text]
    assert [text for text in climbed if "首次联系" in text and "挂牌" in text]

    # And every step stands in the audit, in words and in order
    audit = season.audit(number).text
    for step_told in ("期限已超（签收期限）", "阅知超期上报（签收期限，本单位负责人）", "签收"):
        assert step_told in audit
    assert season.problems() == []


def test_an_office_that_signs_on_the_last_day_is_told_nothing_more(season: Moving):
    reporter = season.reports()
    season.until("2026-03-03", "23:59")
    officer = season.officer()
    officer.opens_case(reporter.case_number)
    officer.follows("签收")
    signed = officer.sends("签收")
    assert ended_clocks(signed)[SIGN_IN] == "2026-03-03 按期完成"
    season.until("2026-03-04")
    assert not [text for _office, text in season.mails() if SIGN_IN in text and "已过" in text]
