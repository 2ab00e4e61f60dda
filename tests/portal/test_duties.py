"""Who handles what: anybody may look, by sector and place, without scripts."""

import html
import re

import pytest

from browsing import Visitor


def words_of(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page)))


def rows_of(page: str) -> list[str]:
    return [words_of(row) for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)]


@pytest.fixture
def whole(visitor):
    """The page as it opens."""
    return visitor.get("/duties").text


def test_every_sector_is_listed_with_who_leads_helps_and_supervises(site, whole):
    rows = rows_of(whole)
    for sector in site.routing.sectors.values():
        assert [row for row in rows if sector.name in row], sector.name
    (mines,) = [row for row in rows if "非煤矿山" in row]
    assert "伊川县应急管理局" in mines
    assert "县自然资源局" in mines
    assert "县安委办" in mines
    assert "事故隐患、安全生产违法行为" in mines
    assert "第24条" in mines


def test_what_is_for_every_sector_stands_in_a_table_of_its_own(whole):
    special = whole[whole.index("特殊的事情</h2>") :]
    assert "监管执法人员失职或违纪" in special
    assert "伊川县纪律检查委员会监察委员会" in special


def test_what_nobody_is_named_for_is_told_as_such(whole):
    (row,) = [row for row in rows_of(whole) if "新业态" in row]
    assert "没有写明，由伊川县安全生产委员会办公室指定" in row
    assert "谁靠近谁牵头" in row


def test_every_department_has_its_duties_and_clauses(site, whole):
    words = words_of(whole)
    for one in site.routing.departments.values():
        duties = one.duties.replace("003 ", "本县实施办法")
        assert (duties in words) == one.handles
    assert "第19条、第21条、第36条、第41条" in words  # of the fire brigade
    assert "003" not in words  # a key of the file, which nobody knows outside
    for link in re.findall(r'href="#([0-9][^"]*)"', whole):
        assert f'id="{link}"' in whole


def test_somebody_looks_for_a_sector_and_a_place(visitor):
    page = visitor.get("/duties?sector=special_equipment&region=410329106000").text
    rows = rows_of(page)
    assert any("瞒报" in row and "伊川县市场监督管理局" in row for row in rows)
    assert not [row for row in rows if "煤矿" in row]
    assert "高山镇：特种设备" in page
    assert '<option value="special_equipment" selected>' in page
    assert "看全部" in page
    departments = page[page.index("各部门的职责") :]
    assert "伊川县市场监督管理局" in departments
    assert "伊川县水利局" not in departments


def test_an_empty_form_is_the_whole_list(visitor, whole):
    assert visitor.get("/duties?sector=&region=").text == whole


@pytest.mark.parametrize(
    "query", ["sector=ships", "region=410328", "sector=%3Cb%3E", "region=410329&sector=x"]
)
def test_a_code_that_nobody_knows_is_told_and_the_list_stays(visitor, query):
    answer = visitor.get(f"/duties?{query}")
    assert answer.status_code == 404
    assert "没有这个行业或者这个地方" in answer.text
    assert "<b>" not in answer.text
    assert "非煤矿山" in answer.text


def test_the_page_is_found_from_the_first_one_and_sets_no_cookie(app):
    visitor = Visitor(app)
    assert 'href="/duties"' in visitor.get("/").text
    assert "Set-Cookie" not in visitor.get("/duties?sector=schools").headers
