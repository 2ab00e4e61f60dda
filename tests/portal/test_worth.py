"""What could a report be worth? Anybody asks, and nothing of it is kept."""

import html
import re

import pytest
import sqlalchemy as sa

ASKED = {
    "sector": "other", "matter": "violation", "fine": "", "deaths": "", "relation": "none",
    "named": "yes",
}  # fmt: skip


def asks(visitor, **typed):
    page = visitor.get("/reward").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    answer = visitor.post("/reward", {**ASKED, **typed, "csrf_token": token[1]})
    return answer.status_code, html.unescape(re.sub(r"\s+", " ", answer.text))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({"fine": "400,000"}, "¥60,000.00"),
        ({"fine": "3000000 元"}, "¥300,000.00"),
        ({"fine": "10000"}, "¥3,000.00"),
        ({}, "¥3,000.00"),
        ({"matter": "concealed_accident", "deaths": "4"}, "¥160,000.00"),
        ({"matter": "general_hazard"}, "这里的办法没有规定奖励这一类事情。"),
        ({"named": "no"}, "这里的办法只奖励留了姓名的举报人。不留姓名一样可以举报。"),
    ],
)
def test_the_answer_is_the_one_of_the_rules_in_force(visitor, typed, expected):
    status, page = asks(visitor, **typed)
    assert (status, f'<p class="amount">{expected}</p>' in page) == (200, True)


def test_the_working_names_its_source(visitor):
    _status, page = asks(visitor, fine="10000")
    assert "10,000 × 15 %" in page
    assert "不低于 3,000" in page
    assert "安监总财〔2018〕19号 第十条" in page
    assert "伊安委〔2022〕6号" in page


def test_in_english_the_same_figures(visitor):
    page = visitor.get("/reward?lang=en").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    typed = {**ASKED, "fine": "10000", "csrf_token": token[1]}
    answer = visitor.post("/reward?lang=en", typed).text
    assert "¥3,000.00" in answer
    assert "at least 3,000" in answer


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"fine": "很多"}, "罚款请填数字，单位是元"),
        ({"fine": "-5"}, "罚款请填数字，单位是元"),
        ({"fine": "9" * 13}, "罚款请填数字，单位是元"),
        ({"deaths": "两个"}, "死亡人数请填整数，例如 2。"),
        ({"deaths": "100001"}, "死亡人数请填整数，例如 2。"),
        ({"deaths": "9" * 5000}, "死亡人数请填整数，例如 2。"),
        ({"fine": "9" * 5000}, "罚款请填数字，单位是元"),
        ({"matter": "staff_misconduct"}, "请选择举报的是哪一类事情。"),
        ({"matter": ""}, "请选择举报的是哪一类事情。"),
        ({"relation": "regulator"}, "请选择您和该单位的关系。"),
        ({"sector": "none-such"}, "没有这个行业，请从列表里选。"),
        ({"named": "maybe"}, "请选择举报时留不留姓名。"),
    ],
)
def test_what_cannot_be_is_told_and_the_rest_stays(visitor, typed, told):
    status, page = asks(visitor, **{"fine": "123456", **typed})
    assert (status, told in page) == (422, True)
    assert 'class="amount"' not in page
    if "fine" not in typed:
        assert 'value="123456"' in page


def rows_of_everything(site):
    def count(uow):
        tables = sa.inspect(uow.connection).get_table_names()
        return {
            one: uow.connection.scalar(sa.select(sa.func.count()).select_from(sa.table(one)))
            for one in tables
        }

    return site.store.read(count)


def test_nothing_is_kept(visitor, site):
    before = rows_of_everything(site)
    answer = visitor.get("/reward")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    asks(visitor, fine="400000")
    assert rows_of_everything(site) == before
