"""The console's page of the routing table: what no rule is for, who handles what, a try."""

import re

import pytest

from casework.domain.routing import load_routing
from casework.domain.routing_table import Rule
from casework.domain.routing_text import with_rules
from casework.services.rules import ROUTING_FOLDER

PATH = "/rules/duties"
TRY = f"{PATH}?sector=coal_mines&matter=violation&region=410329"


def answer_of(page: str) -> str:
    found = re.search(r'id="tried">(.*?)</dl>', page, re.DOTALL)
    assert found is not None
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", found[1]))


@pytest.mark.parametrize("login", ["yjj-leader", "awb-supervisor", "administrator", "auditor"])
def test_whoever_reads_rules_reads_who_handles_what(sign_in, login):
    desk = sign_in(login)
    assert f'href="{PATH}"' in desk.get("/rules").text
    page = desk.get(PATH).text
    for words in ("伊安委〔2022〕6号", "非煤矿山", "r-coal-mines", "伊川县自然资源局", "31 条"):
        assert words in page
    assert re.search(r'<a[^>]*href="/rules"[^>]*aria-current', page)


@pytest.mark.parametrize("login", ["yjj-officer", "finance", "seat1-holder"])
def test_others_do_not(sign_in, login):
    assert sign_in(login).get(PATH).status_code == 403


def test_what_no_rule_is_for_is_listed_once_a_sector(sign_in):
    page = sign_in("awb-supervisor").get(PATH).text
    gaps = page[page.index('id="gaps"') : page.index('id="try"')]
    assert gaps.count("<tr>") == 3  # the head, new trades, and the rest
    assert "新业态" in gaps
    assert "事故隐患、安全生产违法行为" in gaps


def test_one_report_is_tried(sign_in):
    desk = sign_in("awb-supervisor")
    plain = answer_of(desk.get(TRY).text)
    assert "伊川县应急管理局" in plain
    assert "r-coal-mines" in plain
    assert "另送纪检监察" not in plain
    about = answer_of(desk.get(f"{TRY}&about=410329-yjj").text)
    assert "伊川县安全生产委员会办公室" in about
    assert "另送纪检监察 伊川县纪律检查委员会监察委员会" in about
    new = answer_of(desk.get(f"{PATH}?sector=new_business_forms&matter=violation").text)
    assert "待定归属" in new
    assert "谁靠近谁牵头" in new


@pytest.mark.parametrize(
    "query",
    [
        "sector=ships&matter=violation",
        "sector=schools",
        "sector=schools&matter=noise",
        "sector=schools&matter=violation&region=410328",
        "sector=schools&matter=violation&about=nobody",
        "sector=schools&matter=violation&tier=galactic",
        "sector=schools&matter=violation&on=yesterday",
        "sector=schools&matter=violation&on=1985-12-31",
    ],
)
def test_a_try_that_cannot_be_is_told_in_a_sentence(sign_in, query):
    answer = sign_in("awb-supervisor").get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'id="tried"' not in answer.text


@pytest.fixture
def richer(monkeypatch):
    """The console has a table with a rule of a township and one for a tier, with a copy."""
    body = (ROUTING_FOLDER / "410329.toml").read_bytes()
    rules = [
        *load_routing(body).rules.values(),
        Rule("r-town", "410329106000", "other", "violation", "410329-zjj", (), "镇", ""),
        Rule("r-central", "410329", "coal_mines", "*", "410329-fgw", (), "央企", "",
             tier="central", copy=("410329-gaj",)),
    ]  # fmt: skip
    changed = load_routing(with_rules(body, rules, file="x"))
    monkeypatch.setattr("admin.app.first_routing", lambda _home, _region: changed)


def test_a_township_of_its_own_a_tier_and_a_copy_are_told(richer, sign_in):
    desk = sign_in("awb-supervisor")
    page = desk.get(PATH).text
    gaps = page[page.index('id="gaps"') : page.index('id="try"')]
    assert "高山镇" in gaps
    assert "只限中央企业" in page
    assert "另有规则的地方：高山镇" in page
    told = answer_of(desk.get(f"{TRY}&tier=central").text)
    assert "抄送（不含身份） 伊川县公安局" in told
    assert "r-central" in told
