"""S09: a closed case, a call-back in the mailbox, "not solved"; a supervisor must decide."""

from actors import Reporter
from console_words import ended_clocks, running_clocks
from moving import Moving
from visitor import Page

VERIFY, REVIEW = "核查期限", "复核期限"
WORDS = "储罐还在冒烟，没有人来过。"


def closed(stage: Moving) -> Reporter:
    """Received, accepted, found untrue, told and closed on Monday 2 March 2026."""
    reporter = stage.reports()
    number = reporter.case_number
    officer = stage.officer()
    officer.accepts(number)
    officer.concludes(number, finding="unsubstantiated", penalty_no="", fines="")
    officer.tells(number, "到现场看过，没有发现冒烟。")
    officer.proposes_closing(number)
    stage.leader().closes(number)
    return reporter


def answers(reporter: Reporter, **values: str) -> Page:
    """Answer the question that the mailbox shows."""
    page = reporter.looks_in()
    form = reporter.visitor.follow("回答")
    assert "问题解决了吗" in form.text
    assert page is not form
    return reporter.visitor.send(form.form("/follow-up/satisfaction"), values)


def decides(stage: Moving, number: str, **values: str) -> Page:
    """The supervising office decides the review, from its list on."""
    supervisor = stage.clerk("awb-supervisor")
    assert number in supervisor.visitor.get("/").text
    page = supervisor.opens_case(number)
    assert [at for _text, at in page.links if at.endswith("/review")]
    supervisor.follows("复核异议")
    return supervisor.sends("签署决定", **values)


def test_not_solved_after_a_month_has_it_reviewed_redone_and_counted(season: Moving):
    # Given a closed case, when the call-back goes through the code inbox a month later
    reporter = closed(season)
    number = reporter.case_number
    assert "这件举报已经办结，问题解决了吗？" in reporter.looks_in().text
    season.until("2026-04-01")
    assert "办结已经满" not in reporter.looks_in().text
    season.until("2026-04-02")
    assert "办结已经满 1 个月，问题解决了吗？" in reporter.looks_in().text

    # And the reporter marks "not solved": not without a reason
    missing = answers(reporter, answer="not_solved", retaliation="no")
    assert (missing.status, "请写明哪里没有解决。" in missing.text) == (422, True)
    sent = answers(reporter, answer="not_solved", text=WORDS, retaliation="no")
    assert "您的回答已经送到。" in sent.text
    assert "您回答：没有解决" in sent.text
    assert WORDS in sent.text
    assert "回答" not in [text for text, _address in sent.links]
    season.jobs()
    offices = {office for office, text in season.mails() if number in text and "异议" in text}
    assert offices == {"410329-awb", "410329-yjj"}

    # Then those who handled it cannot decide, and a supervisor must, with a reason
    leader = season.leader()
    page = leader.opens_case(number)
    assert not [at for _text, at in page.links if at.endswith("/review")]
    opened = season.clerk("awb-supervisor")
    opened.opens_case(number)
    assert WORDS in opened.sends("打开举报").text
    silent = decides(season, number, outcome="redo", note="")
    assert (silent.status, "请写明理由" in silent.text) == (422, True)
    undecided = decides(season, number, note="现场照片对不上。")
    assert (undecided.status, "请选择维持还是返工。" in undecided.text) == (422, True)
    redone = decides(season, number, outcome="redo", note="现场照片对不上，重新核查。")
    assert "已返工，重新核查的期限开始计算" in redone.text

    # Re-do starts a new clock and counts in statistics
    clocks = running_clocks(redone)
    assert clocks[VERIFY].startswith("2026-05-02 ")
    assert REVIEW not in clocks
    assert "期满未行使" in ended_clocks(redone)["举报人提出异议的期限"]
    board = season.clerk("awb-supervisor").visitor.get("/board")
    assert "返工（今年）" in board.text
    assert "伊川县应急管理局 1 次" in board.text

    # And the reporter reads the reason and the new day
    mailbox = reporter.looks_in()
    assert "复核：重新核查，期限到 2026-05-02" in mailbox.text
    assert "现场照片对不上，重新核查。" in mailbox.text
    assert "已受理，正在核查" in mailbox.text

    # A new finding is needed, and another one who verifies; then it is closed as any other
    other = season.officer("yjj-officer-2")
    assert "提议办结" not in [text for text, _address in other.opens_case(number).links]
    other.concludes(number, finding="cannot_be_verified", penalty_no="", fines="")
    other.tells(number, "又去了两次，仍然没有发现。")
    other.proposes_closing(number)
    assert "已办结" in season.leader().closes(number).text
    assert "这件举报已经办结，问题解决了吗？" in reporter.looks_in().text
    assert season.problems() == []


def test_kept_with_a_reason_it_stays_closed_and_is_asked_again_later(season: Moving):
    reporter = closed(season)
    number = reporter.case_number
    answers(reporter, answer="not_solved", text=WORDS)
    kept = decides(season, number, outcome="kept", note="三次到场均未发现，监测数据正常。")
    assert "已维持原来的结论" in kept.text
    mailbox = reporter.looks_in()
    assert "复核：维持原来的结论" in mailbox.text
    assert "三次到场均未发现，监测数据正常。" in mailbox.text
    assert "已办结" in mailbox.text
    # Months 1 and 3 are one question after a standstill; month 6 comes on its day.
    season.until("2026-06-02")
    assert "办结已经满 3 个月" in reporter.looks_in().text
    season.until("2026-09-02")
    assert "办结已经满 6 个月" in reporter.looks_in().text
    assert season.problems() == []


def test_retaliation_told_in_a_call_back_leads_to_a_form_of_its_own_and_tells_no_office(
    season: Moving,
):
    reporter = closed(season)
    number = reporter.case_number
    season.jobs()
    told = season.mails()
    page = answers(reporter, answer="partly", retaliation="yes")
    assert "您的回答已经送到。" in page.text
    assert "反映打击报复" in page.text
    assert page.form("/follow-up/retaliation", button="送出")
    # Whoever handled the report may be where its reporter was betrayed.
    season.jobs()
    assert season.mails() == told
    case = season.world.case(season.report_of(number))
    assert "retaliation_reported" not in {mark.name for mark in case.marks}
    assert case.callbacks[-1].answer == "partly"


def test_solved_is_asked_once(season: Moving):
    reporter = closed(season)
    page = answers(reporter, answer="solved")
    assert "您的回答已经送到。" in page.text
    again = reporter.visitor.get("/follow-up/satisfaction")
    assert "现在没有需要回答的问题。" in again.text


def test_an_objection_on_the_tenth_day_and_on_the_eleventh(season: Moving):
    # The tenth day after Monday 2 March is Thursday 12 March.
    reporter = closed(season)
    number = reporter.case_number
    season.until("2026-03-12")
    page = reporter.looks_in()
    assert "系统提醒：您可以提出异议，期限快到了" in page.text
    assert "2026-03-12以前（含当日）可以提出" in page.text
    form = reporter.visitor.follow("提出异议")
    empty = reporter.visitor.send(form.form("/follow-up/objection"), {"text": ""})
    assert (empty.status, "请写明不同意的理由。" in empty.text) == (422, True)
    sent = reporter.visitor.send(empty.form("/follow-up/objection"), {"text": WORDS})
    assert "异议已经送到。" in sent.text
    assert "正在复核" in sent.text
    assert "提出异议" not in [text for text, _address in sent.links]
    again = reporter.visitor.get("/follow-up/objection")
    assert "您的异议已经收到" in again.text
    assert REVIEW in running_clocks(season.leader().opens_case(number))
    assert season.problems() == []


def test_after_the_right_has_lapsed_it_is_refused_with_the_day_on_which_it_ended(season: Moving):
    reporter = closed(season)
    season.until("2026-03-12", "23:50")
    reporter.looks_in()
    form = reporter.visitor.follow("提出异议").form("/follow-up/objection")
    season.until("2026-03-13", "00:05")
    late = reporter.visitor.send(form, {"text": WORDS})
    assert late.status == 422
    assert "提出异议的期限到 2026-03-12 为止，已经过了。" in late.text
    assert WORDS in late.body.decode()
    assert "提出异议的期限到 2026-03-12 为止。" in reporter.looks_in().text
