"""S26: two officers verify on site; photos are cleaned, both sign a record that stays as it is."""

import io
import json

import pytest
from PIL import Image

from actors import Officer, Reporter
from browsing import photograph
from casework.storage.sealed_vault import SealedVault
from moving import Moving
from visitor import Page

SEEN = {
    "time": "14:10 至 15:40",
    "place": "样本化工有限公司储罐区",
    "present": "安全员王某",
    "account": "储罐区安全阀停用，现场拆除违规电线。",
    "result": "complete",
}
LIST = "待我签署的核查记录"
NARRATIVE = "储罐区安全阀停用，电线裸露。"


@pytest.fixture
def reporter(season: Moving) -> Reporter:
    """Somebody who reported a violation on Monday 2 March 2026; it is accepted."""
    reporter = season.reporter()
    reporter.opens_the_form()
    reporter.reports(narrative=NARRATIVE, anonymous="y")
    season.jobs()
    season.officer().accepts(reporter.case_number)
    return reporter


def pair(season: Moving) -> list[str]:
    """The accounts of the two officers."""
    return [season.world.people[one].account for one in ("yjj-officer", "yjj-officer-2")]


def answers(page: Page, **changed: str) -> dict[str, str]:
    """Yes to every question of the form."""
    form = page.form(button="签字并提交")
    asked = {name: "yes" for name in form.names if name.startswith("answer_")}
    return {**asked, **SEEN, **changed}


def opened(season: Moving, number: str, **values: str) -> Officer:
    """The first officer, who has opened a visit for two."""
    first = season.officer()
    first.opens_case(number)
    first.follows("安排现场核查")
    page = first.sends("安排现场核查", purpose="verify", officers=pair(season), **values)
    assert "已安排。系统不通知被举报单位" in page.text
    return first


def photographed(first: Officer, number: str) -> Page:
    """The form of the record, with two photos of the site."""
    first.opens_case(number)
    first.follows("登记现场核查")
    first.follows("上传现场照片")
    page = first.uploads("上传", [("valve.jpg", photograph()), ("wire.jpg", photograph())])
    assert "照片已清理、加密保存。" in page.text
    return page


def test_a_visit_is_opened_with_two_and_told_to_nobody_else(season: Moving, reporter: Reporter):
    number, first = reporter.case_number, season.officer()
    first.opens_case(number)
    page = first.follows("安排现场核查")
    assert "不打招呼（四不两直）" in page.text
    refused = first.sends("安排现场核查", officers=pair(season)[:1])
    assert (refused.status, "请选择两名执法人员。" in refused.text) == (422, True)
    first.sends("安排现场核查", purpose="verify", officers=pair(season), unannounced="y")
    season.jobs()
    told = f"举报编号 {number} 安排了现场核查，请登录工作台查看。"
    assert [who for who, words in season.mails() if words == told] == ["410329-yjj"]
    assert "现场核查" not in reporter.looks_in().text
    page = first.concludes(number, basis="visit")
    assert "现场核查记录还没有两人签字，不能继续" in page.text


def test_two_officers_record_and_sign_what_they_saw(season: Moving, reporter: Reporter):
    number = reporter.case_number
    season.until("2026-03-04")
    report, second = season.report_of(number), season.clerk("yjj-officer-2")

    # Given a visit of two; what is no photo is not kept
    first = opened(season, number)
    first.visitor.get(f"/cases/{report}/visits/photos")
    refused = first.uploads("上传", [("notes.txt", b"no picture at all")])
    assert (refused.status, "不是照片，没有保存" in refused.text) == (422, True)

    # When the first records what they found
    page = photographed(first, number)
    page = first.sends("签字并提交", **answers(page, account=""))
    assert "请写明现场情况" in page.text
    photos = season.world.case(report).visits[-1].photos
    captions = {f"caption_{photos[0]}": "停用的安全阀"}
    page = first.sends("签字并提交", **answers(page, **captions))
    assert "第二名执法人员签字后生效" in page.text

    # Then the first does not sign it a second time, the other one sends it back with words
    assert "核对并签字" not in first.opens_case(number).text
    assert LIST not in first.visitor.get("/").text
    assert LIST in second.visitor.get("/").text
    second.opens_case(number)
    assert SEEN["place"] in second.follows("核对并签字").text
    second.follows("退回")
    second.sends("退回", note="在场人员写全。")
    first.opens_case(number)
    page = first.follows("登记现场核查")
    assert "在场人员写全。" in page.text
    assert SEEN["account"] in page.text  # typed once is enough
    assert LIST not in second.visitor.get("/").text
    first.sends("签字并提交", present="安全员王某、车间主任李某")

    # And after the second signature it counts
    second.opens_case(number)
    assert "车间主任李某" in second.follows("核对并签字").text
    page = second.sends("签字")
    assert "两人已签字，核查记录生效。" in page.text
    cleaned = second.sends("下载（将留痕）：停用的安全阀")
    assert not Image.open(io.BytesIO(cleaned.body)).getexif()
    assert LIST not in second.visitor.get("/").text
    assert "两名执法人员已到现场核查并签字" in reporter.looks_in().text
    assert_the_finding_rests_on_it(season, first, report, number)


def assert_the_finding_rests_on_it(
    season: Moving, first: Officer, report: str, number: str
) -> None:
    """The finding names the visit, both have investigated, and the paper prints it."""
    page = first.concludes(number, basis="phone")
    assert "核查结论应当以它为依据" in page.text
    page = first.concludes(number, basis="visit")
    assert "核查结论已登记。" in page.text
    assert season.world.case(report).investigators == set(pair(season))
    page = first.visitor.get(f"/cases/{report}/papers/report")
    assert "两人已签字" in page.text
    assert SEEN["place"] not in page.text
    page = first.sends("打开举报并印入核查情况（将留痕）")
    assert SEEN["place"] in page.text
    assert season.problems() == []
    signed = season.world.store.read(lambda uow: uow.events.of_report(report))
    told = json.dumps([dict(one.event.facts) for one in signed], ensure_ascii=False)
    assert SEEN["place"] not in told


def test_a_photo_that_was_changed_is_not_signed(season: Moving, reporter: Reporter):
    number, world = reporter.case_number, season.world
    report, second = season.report_of(number), season.clerk("yjj-officer-2")
    first = opened(season, number)
    first.sends("签字并提交", **answers(photographed(first, number)))
    [file, _other] = world.store.read(lambda uow: SealedVault(uow).files(report))
    content = b"".join(world.blobs.read(file.blob_name))
    world.blobs.delete(file.blob_name)
    with world.blobs.writer(file.blob_name) as writer:
        writer.write(content[:-1] + bytes([content[-1] ^ 1]))
        writer.flush_durable()
    second.opens_case(number)
    page = second.follows("核对并签字")
    assert "这张照片与上传时不一致或者丢失。" in page.text
    refused = second.sends("签字")
    assert (refused.status, "有照片与上传时不一致或者丢失" in refused.text) == (422, True)
    assert [(one.kind, one.problem) for one in season.problems()] == [("file", "changed")]


def test_the_head_gives_up_a_visit_and_another_basis_is_named(season: Moving, reporter: Reporter):
    number = reporter.case_number
    officer, leader = opened(season, number), season.leader()
    assert "取消现场核查" not in officer.opens_case(number).text
    leader.opens_case(number)
    leader.follows("取消现场核查")
    page = leader.sends("取消现场核查", reason_code="officer_away")
    assert "已取消这次现场核查。" in page.text
    page = officer.concludes(number, basis="visit")
    assert "没有两人签字的现场核查记录" in page.text
    page = officer.concludes(number, basis="documents")
    assert "核查结论已登记。" in page.text


def test_a_listed_case_leaves_the_list_after_a_visit_of_the_office_above(
    season: Moving, reporter: Reporter
):
    number = reporter.case_number
    report, officer = season.report_of(number), season.officer()
    above = season.clerk("awb-supervisor")
    above.opens_case(number)
    above.follows("下达督办单")
    above.sends("签署并下达", kind="listing", text="挂牌督办：储罐区重大隐患。")

    # Given a listed case, it is not taken off without having been seen
    milestone = {"milestone": "delisted", "document": "（伊）督摘〔2026〕样1号"}
    above.opens_case(number)
    above.follows("登记办理节点")
    refused = above.sends("登记", **milestone)
    assert "督办单位须在挂牌和复查之后到现场核查一次" in refused.text

    # When somebody of the office above goes with an officer, and both sign
    above.opens_case(number)
    page = above.follows("安排现场核查")
    assert "挂牌跟踪督办" in page.text
    people = season.world.people
    two = [people[one].account for one in ("awb-supervisor", "yjj-officer")]
    above.sends("安排现场核查", purpose="follow_up", officers=two)
    above.opens_case(number)
    page = above.follows("登记现场核查")
    above.sends("签字并提交", **answers(page))
    officer.opens_case(number)
    officer.follows("核对并签字")
    assert "两人已签字，核查记录生效。" in officer.sends("签字").text

    # Then it is, and nobody has investigated by that
    above.opens_case(number)
    above.follows("登记办理节点")
    assert "办理节点已登记。" in above.sends("登记", **milestone).text
    assert not season.world.case(report).investigators
    assert season.problems() == []
