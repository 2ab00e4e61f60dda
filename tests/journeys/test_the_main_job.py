"""The main job over HTTP, page by page, as the people of the county do it."""

from casework.verify import Problem, verify


def test_a_named_report_is_accepted_verified_rewarded_and_paid_to_an_account(stage):
    # Given a citizen who reports a violation, with a name and a photograph
    reporter = stage.reporter()
    reporter.opens_the_form()
    receipt = reporter.reports(
        narrative="储罐区动火作业未办理审批。",
        name="样本甲",
        phone="13800000000",
        consent="y",
        files=[("现场.bin", b"\x00\x01" * 5000)],
    )
    assert receipt.status == 200
    assert "伊川县应急管理局" in receipt.text

    # When the department reads, accepts, asks, verifies and proposes
    officer = stage.officer()
    opened = officer.reads(reporter.case_number)
    assert "储罐区动火作业未办理审批" in opened.text
    assert "样本化工有限公司" in opened.text
    assert "样本甲" not in opened.text
    officer.accepts(reporter.case_number)
    officer.replies(reporter.case_number, "请问是哪一个储罐？")

    # Then the reporter sees the question and the due date, and answers
    mailbox = reporter.looks_in()
    assert "请问是哪一个储罐？" in mailbox.text
    assert "核查期限" in mailbox.text
    reporter.writes("三号储罐。")
    reporter.adds("补充一张照片。", files=[("补充.bin", b"\x02" * 3000)])
    opened = officer.reads(reporter.case_number)
    assert "三号储罐。" in opened.text
    assert "补充一张照片。" in opened.text

    # When the report proves true
    officer.concludes(reporter.case_number)
    proposed = officer.proposes(reporter.case_number)
    assert "60,000.00" in proposed.text
    stage.approver().approves(reporter.case_number)
    stage.approver("finance").confirms_money(reporter.case_number)

    # Then the reporter is told and claims to an account that no officer sees
    assert "60,000.00" in reporter.looks_in().text
    reporter.claims_to_an_account("样本甲", "6222020000000000000")
    cashier = stage.cashier()
    cashier.asks_for_payee(reporter.case_number)
    stage.custodian("seat1-holder").agrees(reporter.case_number)
    stage.custodian("seat2-deputy").agrees(reporter.case_number)
    payee = cashier.sees_payee(reporter.case_number)
    assert "6222020000000000000" in payee.text
    paid = cashier.books(reporter.case_number)
    assert "已发放" in paid.text

    # And sees that the item was opened, by which office and why
    mailbox = reporter.looks_in()
    assert "伊川县财政局" in mailbox.text
    assert "没有人打开过" not in mailbox.text
    officer.tells(reporter.case_number)
    officer.proposes_closing(reporter.case_number)
    closed = stage.leader().closes(reporter.case_number)
    assert "已办结" in closed.text
    world = stage.world
    assert not [
        one for one in verify(world.store, world.blobs, world.trust) if isinstance(one, Problem)
    ]


def test_a_reporter_who_shows_a_claim_number_is_paid_at_the_counter(stage):
    reporter = stage.approved("样本乙")
    number = reporter.claims_at_the_counter()
    stage.second().confirms(reporter.case_number, reporter.confirmation)

    paid = stage.cashier().pays_at_the_counter(number)
    assert "已发放" in paid.text


def test_a_reporter_may_correct_the_account_and_the_last_one_is_paid(stage):
    reporter = stage.approved("样本丙")
    reporter.claims_to_an_account("样本丙", "6222020000000000117")
    reporter.claims_to_an_account("样本丙", "6222020000000000224")

    cashier = stage.cashier()
    cashier.asks_for_payee(reporter.case_number)
    stage.custodian("seat2-holder").agrees(reporter.case_number)
    stage.custodian("seat3-holder").agrees(reporter.case_number)
    payee = cashier.sees_payee(reporter.case_number)
    assert "6222020000000000224" in payee.text
    assert "6222020000000000117" not in payee.text
    assert "已发放" in cashier.books(reporter.case_number).text
    world = stage.world
    found = verify(world.store, world.blobs, world.trust)
    assert not [one for one in found if isinstance(one, Problem)]


def test_an_operator_sees_no_case_and_opens_none(stage):
    reporter = stage.reporter()
    reporter.opens_the_form()
    reporter.reports(narrative="储罐区动火作业未办理审批。", anonymous="y")
    found = stage.officer().opens_case(reporter.case_number).url

    operator = stage.operator()
    assert reporter.case_number not in operator.tries("/").text
    path = found[found.index("/cases/") :]
    for forbidden in (path, f"{path}/accept", f"{path}/reward", "/fund", "/audit"):
        assert operator.tries(forbidden).status in (403, 404)
