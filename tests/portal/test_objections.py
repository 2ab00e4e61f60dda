"""Once the result is told: the objection and the questions after closing, in the mailbox."""

import pytest

from casework.domain.objection import pending

REASON = "储罐还在冒烟，没有人来过。"


@pytest.fixture
def told(world, visitor):
    """A reporter whose report was found untrue, told and closed on Monday 2 March 2026."""
    visitor.code = visitor.file()
    report = world.store.read(lambda uow: uow.reports.ids())[0]
    world.accept(report)
    world.conclude(report, finding="unsubstantiated", fines_fen=())
    world.close(report)
    visitor.report = report
    visitor.enter(visitor.code)
    return visitor


def sent(reporter, path, **values):
    return reporter.post(path, {**reporter.form(path), **values})


def test_an_objection_is_told_and_starts_the_review(world, told):
    page = told.get("/follow-up/case").text
    assert "2026-03-12以前（含当日）可以提出" in page
    answer = sent(told, "/follow-up/objection", text=REASON)
    assert answer.headers["Location"] == "/follow-up/case?done=objection"
    page = told.get(answer.headers["Location"]).text
    for words in ("异议已经送到", "您提出了异议", REASON, "正在复核"):
        assert words in page
    assert pending(world.case(told.report)) is not None


def test_the_page_says_until_when_and_who_reviews(told):
    page = told.get("/follow-up/objection").text
    assert "2026-03-12以前（含当日）可以提出。由伊川县安全生产委员会办公室没有办过" in page
    assert "收到异议以后 30 日内复核。" in page
    assert "依据：应急〔2023〕106号" in page


def test_an_empty_one_is_refused(world, told):
    answer = sent(told, "/follow-up/objection", text="  ")
    assert answer.status_code == 422
    assert "请写明不同意的理由。" in answer.text
    assert pending(world.case(told.report)) is None


def test_a_second_one_is_refused_and_its_text_kept(told):
    form = told.form("/follow-up/objection")
    told.post("/follow-up/objection", {**form, "text": REASON})
    again = told.post("/follow-up/objection", {**form, "text": "再说一次。"})
    assert again.status_code == 422
    assert "您的异议正在复核，复核结束之前不用再提。" in again.text
    assert "再说一次。" in again.text


def test_without_the_reporters_token_nothing_is_filed(world, told):
    answer = told.post("/follow-up/objection", {"text": REASON})
    assert answer.status_code in (403, 422)
    assert pending(world.case(told.report)) is None


def test_before_the_result_is_told_there_is_nothing_to_object_to(world, visitor):
    visitor.enter(visitor.file())
    assert "还没有告知核查结果" in visitor.get("/follow-up/objection").text
    assert "提出异议" not in visitor.get("/follow-up/case").text
    assert "现在没有需要回答的问题。" in visitor.get("/follow-up/satisfaction").text


def test_the_question_right_after_closing_is_answered_once(world, told):
    assert "这件举报已经办结，问题解决了吗？" in told.get("/follow-up/case").text
    form = told.form("/follow-up/satisfaction")
    answer = told.post("/follow-up/satisfaction", {**form, "month": "0", "answer": "solved"})
    assert answer.headers["Location"] == "/follow-up/case?done=satisfaction"
    assert "您回答：已解决" in told.get("/follow-up/case").text
    again = told.post("/follow-up/satisfaction", {**form, "month": "0", "answer": "partly"})
    assert again.status_code == 422
    assert "现在没有需要回答" in again.text
    assert [one.answer for one in world.case(told.report).callbacks] == ["solved"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "请选择问题有没有解决。"),
        ({"answer": "perhaps"}, "请选择问题有没有解决。"),
        ({"answer": "not_solved", "text": " "}, "请写明哪里没有解决。"),
        ({"answer": "solved", "retaliation": "maybe"}, "请选择有没有受到打击报复。"),
    ],
)
def test_an_answer_that_is_none_is_refused(world, told, values, words):
    answer = sent(told, "/follow-up/satisfaction", **values)
    assert answer.status_code == 422
    assert words in answer.text
    assert world.case(told.report).callbacks == ()


def test_not_solved_says_why_and_opens_the_review(world, told):
    sent(told, "/follow-up/satisfaction", month="0", answer="not_solved", text=REASON)
    page = told.get("/follow-up/case").text
    assert "您回答：没有解决" in page
    assert REASON in page
    assert pending(world.case(told.report)) is not None


def test_who_was_not_confirmed_reads_where_to_turn(told):
    page = told.get("/follow-up/case").text
    assert "没有查实，您可以这样做" in page
    assert "《行政复议法》" in page
    assert "没有查实的举报没有奖励" in page
