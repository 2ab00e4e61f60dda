"""Taking identity back: item by item, said what stays, and a certificate with honest days."""

import re

import pytest

from browsing import Visitor
from casework.domain.case import AwardState, ReleaseState
from casework.services import holds, keeping

PAGE = "/follow-up/identity"
NAMED = {"anonymous": "", "name": "样本甲", "phone": "13800138000", "consent": "y"}


@pytest.fixture
def reporter(visitor):
    visitor.code = visitor.file(**NAMED)
    visitor.enter(visitor.code)
    return visitor


def report_of(world):
    return world.store.read(lambda uow: uow.reports.ids())[0]


def words_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def kinds_on(answer):
    return re.findall(r'name="kinds"[^>]*value="([a-z]+)"', answer.text)


def take_back(reporter, *kinds, **changed):
    given = {**reporter.form(PAGE), "kinds": list(kinds), "understood": "y", **changed}
    return reporter.post(PAGE, given)


def test_only_what_is_there_is_offered(app, reporter):
    assert kinds_on(reporter.get(PAGE)) == ["who", "contact"]
    nobody = Visitor(app)
    nobody.enter(nobody.file())
    page = nobody.get(PAGE)
    assert kinds_on(page) == []
    assert "没有保存着的身份信息" in page.text


def test_the_page_says_what_goes_what_stays_and_what_it_does_to_the_money(reporter):
    words = words_of(reporter.get(PAGE))
    for said in ("会删除", "会留下", "删不掉的", "举报照常办理", "要重新选择怎样领取"):
        assert said in words


def test_one_item_is_taken_back_and_the_other_stays(world, reporter):
    answer = take_back(reporter, "contact")
    assert answer.headers["Location"] == f"{PAGE}/certificate/1"
    case = world.case(report_of(world))
    assert len(case.withdrawn) == 1
    assert kinds_on(reporter.get(PAGE)) == ["who"]
    certificate = words_of(reporter.get(answer.headers["Location"]))
    assert "撤回的内容 联系方式" in certificate
    assert "申请撤回 2026-03-02 10:00" in certificate
    assert "还没有，一般几分钟之内" in certificate  # nothing is claimed that is not done
    assert "您撤回了身份信息" in reporter.get("/follow-up/case").text


def test_the_rest_is_taken_back_later_with_a_certificate_of_its_own(reporter):
    take_back(reporter, "contact")
    answer = take_back(reporter, "who")
    assert answer.headers["Location"] == f"{PAGE}/certificate/2"
    assert "姓名和身份证号" in words_of(reporter.get(f"{PAGE}/certificate/2"))
    assert "联系方式" in words_of(reporter.get(f"{PAGE}/certificate/1"))
    assert kinds_on(reporter.get(PAGE)) == []


@pytest.mark.parametrize(
    ("kinds", "understood", "told"),
    [
        ([], "y", "请勾选要撤回的内容"),
        (["who"], "", "我明白：删除以后不能恢复"),
        (["payee"], "y", "已经办过了"),
        (["everything"], "y", "已经办过了"),
    ],
)
def test_nothing_goes_without_a_choice_and_a_tick(world, reporter, kinds, understood, told):
    answer = take_back(reporter, *kinds, understood=understood)
    assert answer.status_code == 422
    assert told in answer.text
    assert world.case(report_of(world)).withdrawn == ()


def test_twice_is_once(world, reporter):
    form = reporter.form(PAGE) | {"kinds": ["who"], "understood": "y"}
    assert reporter.post(PAGE, form).status_code == 303
    assert reporter.post(PAGE, form).status_code == 422
    assert len(world.case(report_of(world)).withdrawn) == 1


@pytest.mark.parametrize("number", ["0", "2", "99999999999999999999", "x"])
def test_a_certificate_that_is_not_there_is_not_found(reporter, number):
    take_back(reporter, "who")
    assert reporter.get(f"{PAGE}/certificate/{number}").status_code == 404


def test_nobody_else_sees_or_does_any_of_it(app):
    stranger = Visitor(app)
    for path in (PAGE, f"{PAGE}/certificate/1"):
        assert stranger.get(path).status_code == 303
    assert stranger.post(PAGE, {"kinds": ["who"], "understood": "y"}).status_code == 403


def test_a_claim_to_an_account_goes_back_and_can_be_made_anew(world, site, reporter):
    report = report_of(world)
    world.appropriate()
    world.accept(report)
    world.conclude(report)
    world.reserve(report)
    world.approve(report)
    payee = {
        "how": "account", "payee_name": "样本甲", "bank": "样本银行", "account": "6222020200112233",
    }  # fmt: skip
    claim = reporter.form("/follow-up/reward") | payee | {"account": "12345678"}
    assert reporter.post("/follow-up/reward", claim).status_code == 303
    release = world.request(report)
    assert kinds_on(reporter.get(PAGE)) == ["who", "contact", "payee"]
    assert take_back(reporter, "payee").status_code == 303
    case = world.case(report)
    assert case.award.state is AwardState.NOTIFIED
    assert case.releases[release].state is ReleaseState.VOIDED
    page = words_of(reporter.get("/follow-up/case"))
    assert "领取奖金" in page
    assert "没有人打开过" in page
    assert "因为发放奖金：作废（您撤回了这项信息）" in page
    assert reporter.post("/follow-up/reward", claim).status_code == 303
    assert world.case(report).award.state is AwardState.CLAIMED


def test_a_hold_is_shown_where_it_matters_and_the_withdrawal_still_counts(world, reporter):
    report = report_of(world)
    facts = {"hold": "h1", "reason_code": "criminal_case", "until": "2026-05-01", "threshold": 2}
    supervisor = world.case(report).supervisor
    who = {"410329-awb": "awb-supervisor", "410300-awb": "city-supervisor"}[supervisor]
    holds.request_hold(
        world.store, act=world.sign(who, "hold.requested", report, facts),
        trust=world.trust, now=world.now,
    )  # fmt: skip
    for seat, custodian in ((1, "seat1-holder"), (2, "seat2-holder")):
        act = world.sign(custodian, "hold.approved", report, {"hold": "h1", "seat": seat})
        holds.approve_hold(world.store, act=act, trust=world.trust, now=world.now)
    assert "依法暂缓删除，到 2026-05-01 为止" in reporter.get("/follow-up/case").text
    assert "依法暂缓删除，到 2026-05-01 为止" in reporter.get(PAGE).text
    answer = take_back(reporter, "who")
    swept(world)
    assert len(world.case(report).withdrawn) == 1
    certificate = words_of(reporter.get(answer.headers["Location"]))
    assert "依法暂缓，到 2026-05-01 为止（司法机关已立案" in certificate
    world.move(days=61)  # 2 May
    swept(world)
    reporter.enter(reporter.code)
    assert len(world.case(report).erased) == 1
    certificate = words_of(reporter.get(answer.headers["Location"]))
    assert "从数据库删除 2026-05-02" in certificate
    assert "最后一份备份到期 2026-06-06" in certificate


def swept(world):
    keeping.sweep(
        world.store, world.blobs, policies=world.policies, trust=world.trust,
        log_key=world.log_key, now=world.now,
    )  # fmt: skip


def test_a_destroyed_case_still_tells_its_history_and_takes_no_message(world, reporter):
    report = report_of(world)
    world.read(report)
    world.refuse(report)
    world.move(days=365 * 30)
    swept(world)
    assert world.case(report).destroyed
    assert reporter.enter(reporter.code).status_code == 303
    page = reporter.get("/follow-up/case")
    assert page.status_code == 200
    assert "已经按规定销毁" in page.text
    assert 'name="text"' not in page.text
    form = reporter.form("/follow-up/case")
    answer = reporter.post("/follow-up/case", form | {"text": "还在吗"})
    assert answer.status_code == 422
    assert "不能这样做" in answer.text
