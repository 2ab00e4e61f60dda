"""Supervision orders at the console: issued, read, printed, answered (S31)."""

import re

import pytest

from asking import issue, to_day
from casework.domain.ids import is_order_number


@pytest.fixture
def filed(world):
    """A report that was accepted on 2 March 2026 and is five working days late now."""
    filed = world.file_report()
    world.accept(filed.report)
    to_day(world, "2026-04-10")
    return filed


def order_fields(**changed):
    return {
        "kind": "order",
        "clock": "verify.2",
        "text": "请说明逾期原因。\n一周内办结 <核查>。",
    } | changed


def issued(world, sign_in, filed, **changed):
    """The path of an order that the supervising office issued."""
    desk = sign_in("awb-supervisor")
    answer = desk.deed(f"/cases/{filed.report}/orders/new", **order_fields(**changed))
    assert answer.status_code == 302, answer.text
    return f"/cases/{filed.report}/orders/{world.case(filed.report).orders[-1].id}"


def test_an_order_is_issued_read_printed_and_answered(world, sign_in, filed):
    case = f"/cases/{filed.report}"
    supervisor = sign_in("awb-supervisor")
    assert "下达督办单" in supervisor.get(case).text
    page = supervisor.get(f"{case}/orders/new").text
    assert "2026年4月17日" in page  # five working days to answer
    assert "核查期限，最后一日 2026-04-01" in page
    path = issued(world, sign_in, filed)
    number = world.case(filed.report).orders[0].number
    assert is_order_number(number)
    assert number.startswith("伊督〔2026〕")

    leader = sign_in("yjj-leader")
    assert f"督办单 {number}" in leader.get(case).text
    page = leader.get(path).text
    for told in (
        number,
        "请说明逾期原因。\n一周内办结 &lt;核查&gt;。",
        "下达时已超期 9 天",
        "还没有答复",
    ):
        assert told in page
    answer = leader.deed(f"{path}/answer", text="企业停产，鉴定延误。\r\n4 月 15 日前办结。")
    assert answer.status_code == 302, answer.text
    page = sign_in("awb-supervisor").get(path).text
    assert "企业停产，鉴定延误。\n4 月 15 日前办结。" in page
    assert world.case(filed.report).orders[0].answered_on == "2026-04-10"
    again = leader.deed(f"{path}/answer", text="再答")
    assert again.status_code == 422
    assert "以现在的办理状态" in again.text


def test_the_paper_has_number_offices_day_demand_and_room_for_the_seal(world, sign_in, filed):
    path = issued(world, sign_in, filed)
    order = world.case(filed.report).orders[0]
    page = sign_in("awb-supervisor").get(f"{path}/paper").text
    for told in (
        order.number,
        "伊川县安全生产委员会办公室",
        "伊川县应急管理局",
        filed.case_number,
        "核查期限的最后一日为2026年4月1日，截至本单下达之日已超期9天",
        "请说明逾期原因。",
        "请你单位负责人于2026年4月17日前",
        "2026年4月10日",
        "（印章）",
        "签发人",
        "签收人",
    ):
        assert told in page, told


def test_the_paper_does_not_change_with_the_case(world, sign_in, filed):
    path = issued(world, sign_in, filed)
    before = sign_in("awb-supervisor").get(f"{path}/paper").text
    world.conclude(filed.report)
    world.move(days=20)
    after = sign_in("awb-supervisor").get(f"{path}/paper").text
    article = re.compile(r"<article.*</article>", re.DOTALL)
    assert article.findall(before) == article.findall(after) != []


def test_neither_the_report_nor_the_database_shows_the_demand(world, sign_in, filed):
    issued(world, sign_in, filed)
    desk = sign_in("yjj-officer")
    case = f"/cases/{filed.report}"
    assert "请说明逾期原因" not in desk.get(case).text
    opened = desk.post(f"{case}/open", page=case)
    assert opened.status_code == 200
    assert "请说明逾期原因" not in opened.text


def test_the_orders_demand_is_read_without_recording_a_reading_of_the_report(world, sign_in, filed):
    path = issued(world, sign_in, filed)
    before = world.case(filed.report).events
    assert "请说明逾期原因" in sign_in("yjj-officer").get(path).text
    assert world.case(filed.report).events == before


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"kind": ""}, "请选择种类。"),
        ({"kind": "beheading"}, "种类"),
        ({"clock": "verify.9"}, "针对哪个期限"),
        ({"text": "  "}, "请写明督办要求。"),
        ({"text": "长" * 20_001}, "督办要求"),
        ({"password": "wrong"}, "密码不正确"),
    ],
)
def test_an_order_that_does_not_fit_comes_back(world, sign_in, filed, typed, told):
    from instance import PASSWORD

    desk = sign_in("awb-supervisor")
    fields = order_fields(password=PASSWORD) | typed
    answer = desk.post(f"/cases/{filed.report}/orders/new", **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert world.case(filed.report).orders == ()


def test_an_order_about_no_clock(world, sign_in, filed):
    path = issued(world, sign_in, filed, clock="", kind="listing")
    page = sign_in("awb-supervisor").get(f"{path}/paper").text
    assert "挂牌督办" in page
    assert "最后一日为" not in page


@pytest.mark.parametrize("login", ["yjj-leader", "yjj-officer"])
def test_the_department_orders_nothing(world, sign_in, filed, login):
    desk = sign_in(login)
    path = f"/cases/{filed.report}"
    assert "下达督办单" not in desk.get(path).text
    assert desk.get(f"{path}/orders/new").status_code == 403


@pytest.mark.parametrize("login", ["yjj-officer", "awb-supervisor"])
def test_only_the_head_answers(world, sign_in, filed, login):
    path = issued(world, sign_in, filed)
    desk = sign_in(login)
    assert "/answer" not in desk.get(path).text
    answer = desk.deed(f"{path}/answer", text="答", csrf_token=desk.token("/"))
    assert answer.status_code == 403


def test_the_order_of_another_case_is_not_found_here(world, sign_in, filed):
    other = world.file_report()
    issue(world, other.report)
    desk = sign_in("yjj-leader")
    for page in ("", "/paper", "/answer"):
        answer = desk.get(f"/cases/{filed.report}/orders/o1{page}")
        assert answer.status_code == 409
        assert "这件举报没有这份申请或督办单。" in answer.text


def test_an_answer_needs_words_and_the_password(world, sign_in, filed):
    path = issued(world, sign_in, filed)
    desk = sign_in("yjj-leader")
    assert desk.deed(f"{path}/answer", text=" ").status_code == 422
    answer = desk.post(f"{path}/answer", text="已办", password="wrong")
    assert answer.status_code == 422
    assert "密码不正确" in answer.text
    assert "已办" in answer.text
    assert world.case(filed.report).orders[0].answered_by == ""
