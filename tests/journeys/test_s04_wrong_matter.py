"""S04: a wage dispute hears where to go; who stays is not accepted, by two people and in words."""

import re

from console_words import linked, running_clocks
from moving import Moving

WAGES = "拖欠工资、社会保险、劳动争议"


def stored(stage: Moving) -> int:
    """How many reports the site holds."""
    return stage.world.store.read(lambda uow: uow.reports.count())


def test_a_wage_dispute_is_shown_the_way_and_refused_with_reason_clause_and_channel(
    season: Moving,
):
    # Given a wage dispute, when the triage question is answered
    reporter = season.reporter()
    page = reporter.sorts(WAGES)

    # Then the page names the proper channel
    assert "人力资源和社会保障部门" in page.text
    assert {"tel:12333", "tel:12345"} <= {address for _text, address in page.links}

    # And nothing is stored unless they continue
    assert "没有保存任何内容" in page.text
    assert reporter.visitor.cookies == {}
    assert stored(season) == 0

    # When they do all the same
    reporter.goes_on("仍要在这里提交")
    form = reporter.opens_the_form(is_sorted=True)
    assert "主管部门：人力资源和社会保障部门" in form.text
    reporter.reports(narrative="工地拖欠三个月工资。", anonymous="y")
    number = reporter.case_number
    season.jobs()
    assert stored(season) == 1

    # Then the office sees what was chosen, and finds reason and template ready
    officer = season.officer()
    shown = officer.opens_case(number)
    assert f"举报人所选类别 {WAGES}" in shown.text
    offered = officer.follows("不予受理")
    assert "不属于安全生产事项" in offered.text
    assert "《劳动保障监察条例》第九条" in offered.text
    words = offered.form(button="提交确认").fields["note"][0]
    assert "12333" in words
    assert "【" not in words
    proposed = officer.sends("提交确认")
    assert "待另一人确认" in proposed.text

    # And the reporter reads nothing of it while it is only proposed; its clock runs on
    assert "受理期限" in running_clocks(proposed)
    mailbox = reporter.looks_in()
    assert "已收到，等待受理" in mailbox.text
    assert "12333" not in mailbox.text
    assert "不予受理：" not in mailbox.text

    # When another person has read and confirmed it
    leader = season.leader()
    assert "拟不予受理" in leader.visitor.get("/").text
    page = leader.opens_case(number)
    decision = leader.visitor.get(linked(page, "/refusals/"))
    assert (
        "请向人力资源和社会保障部门（劳动保障监察、劳动争议仲裁）（电话 12333）反映"
        in decision.text
    )
    done = leader.sends("确认或退回", decision="confirm")
    assert "已确认不予受理，举报人可以看到理由。" in done.text
    assert "受理期限" not in running_clocks(done)

    # Then the reporter reads the coded reason, the clause and the channel
    mailbox = reporter.looks_in()
    assert "不予受理：不属于安全生产事项" in mailbox.text
    assert "《劳动保障监察条例》第九条" in mailbox.text
    assert "（电话 12333）反映" in mailbox.text
    audit = season.audit(number)
    assert re.search(r"拟不予受理.*不予受理（不属于安全生产事项）", audit.text)
    assert season.problems() == []


def test_who_is_no_second_person_confirms_nothing_and_the_office_above_may_send_it_back(
    season: Moving,
):
    reporter = season.reports()
    number = reporter.case_number
    leader = season.leader()
    leader.opens_case(number)
    leader.follows("不予受理")
    leader.sends("取用模板", reason="no_clear_facts")
    half = leader.sends("提交确认")
    assert half.status == 422
    assert "还没有填写：【举报对象、具体地点、事实中的哪一项】" in half.text
    leader.sends("提交确认", note="没有写明地点，请补充后再次举报。依据：平台受理范围说明。")
    page = leader.opens_case(number)
    assert not [at for _text, at in page.links if "/refusals/" in at], "not their own"

    supervisor = season.clerk("awb-supervisor")
    page = supervisor.opens_case(number)
    supervisor.visitor.get(linked(page, "/refusals/"))
    back = supervisor.sends("确认或退回", decision="decline", reason_code="to_be_accepted")
    assert "已退回" in back.text
    assert "已收到，等待受理" in reporter.looks_in().text
    assert "没有写明地点" not in reporter.looks_in().text
    accepted = season.officer().accepts(number)
    assert "核查期限" in running_clocks(accepted)
