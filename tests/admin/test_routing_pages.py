"""The pages on which a routing table is checked, compared, proposed and confirmed."""

import io
import re
from datetime import date

import openpyxl
import pytest

from admin.forms import routing_words
from admin.routing_drafts import drafted, normal
from casework.domain.routing import load_routing
from casework.domain.routing_parts import COLUMNS
from instance import PASSWORD
from routing_changing import FIRST, SHIPPED, changed, given_to, keeper, lead, put_in_force

ORIGIN = "https://console.test"
HIDDEN = r'name="{}"[^>]*value="([^"]*)"'
NEW = given_to("410329-zjj", "hazardous_chemicals")
ON = date(2026, 3, 3)


def hidden(page, name):
    found = re.search(HIDDEN.format(name), page)
    assert found is not None, name
    return found[1]


def check(desk, given, name="t.toml", **more):
    """Send a file, or a text where there is no name."""
    token = desk.token("/rules/routing/new")
    data = {"csrf_token": token, "active_from": "2026-03-03", **more}
    if name:
        data["file"] = (io.BytesIO(given), name)
    else:
        data["text"] = given.decode()
    return desk.client.post("/rules/routing/new", data=data, base_url=ORIGIN)


def propose(desk, page, body, **more):
    """Sign what the preview shows; a browser sends the text with other ends of lines."""
    fields = {name: hidden(page, name) for name in ("sha256", "before")}
    fields |= {"text": body.decode().replace("\n", "\r\n"), "active_from": "2026-03-03"}
    return desk.post(
        "/rules/routing/proposal", page="/rules/routing/new", password=PASSWORD,
        **(fields | more),
    )  # fmt: skip


def proposed(desk, body=NEW):
    answer = propose(desk, check(desk, body).text, body)
    assert answer.status_code == 302, answer.text
    return answer.location.partition("?")[0]


def confirm(desk, path, **more):
    page = desk.get(path).text
    return desk.deed(path, **({name: hidden(page, name) for name in ("sha256", "before")} | more))


def workbook(desk, number=0):
    answer = desk.get(f"/rules/routing/tables/{number}.xlsx")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def saved(book):
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def test_two_persons_put_a_table_in_force(world, sign_in):
    supervisor, leader = sign_in("awb-supervisor"), sign_in("yjj-leader")
    page = check(supervisor, NEW).text
    assert "规则：新增 1" in page
    assert "r-new-hazardous_chemicals" in page
    assert "伊川县，危险化学品" in page
    path = proposed(supervisor)
    assert "提议人不能确认自己的提议" in supervisor.get(path).text
    assert f'href="{path}"' in leader.get("/rules").text
    assert "规则：新增 1" in leader.get(path).text
    answer = confirm(leader, path)
    assert answer.status_code == 302, answer.text
    assert "已生效" in leader.get(answer.location).text
    found = keeper(world).on(ON)
    assert lead(found, "hazardous_chemicals", ON) == "410329-zjj"
    index = leader.get("/rules/routing").text  # at once, in the process that did it
    assert "第 2 版" in index
    assert "将启用" in index
    assert leader.get("/rules/routing/tables/1.toml").data == NEW
    assert leader.get(f"{path}.toml").data == NEW
    world.move(days=1)
    duties = (
        sign_in("yjj-leader").get("/rules/duties?sector=hazardous_chemicals&matter=violation").text
    )
    assert "r-new-hazardous_chemicals" in duties
    outside = sign_in("auditor").get("/audit?which=outside").text
    assert "启用分派表（自 2026-03-03）" in outside


def test_the_table_as_a_workbook_comes_back_with_its_changes(world, sign_in):
    desk = sign_in("awb-supervisor")
    book = workbook(desk)
    assert book.sheetnames == ["规则 rule", "区域 region", "行业 sector", "单位 department",
                               "表头 head"]  # fmt: skip
    book["行业 sector"].append(["ships", "船舶", "Ships"])
    book["单位 department"].append(
        ["410329-jtj2", "样本海事处", "海事处", "department", "410329-awb", "船舶", "3", "", ""]
    )
    book["规则 rule"].append(
        ["r-ships", "410329", "ships", "*", "*", "*", "", "", "410329-jtj2", "", "", "样本", ""]
    )
    answer = check(desk, saved(book), "新表.xlsx")
    assert answer.status_code == 200, answer.text
    assert "伊川县，船舶，各类事项：由样本海事处承办" in answer.text
    assert "还没有密钥" in answer.text
    text = re.search(r"<textarea[^>]*name=\"text\"[^>]*>\s*(.*?)</textarea>", answer.text, re.S)
    assert text is not None
    assert "410329-jtj2" in text[1]


def test_every_bad_cell_of_a_workbook_is_told_and_nothing_is_stored(world, sign_in):
    desk = sign_in("awb-supervisor")
    book = workbook(desk)
    book["行业 sector"].append(["Ships", "船舶", "Ships"])
    book["规则 rule"].cell(3, 9).value = "410329-nobody"
    answer = check(desk, saved(book), "新表.xlsx")
    assert answer.status_code == 422
    words = re.sub(r"<[^>]+>|\s+", " ", answer.text)
    words = re.sub(r" +", " ", words)
    assert "有 2 处不对" in words
    assert f"新表.xlsx 行业 第 {len(FIRST.sectors) + 2} 行 代码" in words
    assert "小写字母、数字和下划线，不能重复，不是 &#39;Ships&#39;" in words
    assert "规则 第 3 行 承办单位" in words
    assert "能办理举报的单位，不是 &#39;410329-nobody&#39;" in words
    assert "签署并提议" not in answer.text
    assert len(keeper(world).versions()) == 1


@pytest.mark.parametrize(
    ("given", "name", "sentence"),
    [
        (b"", "", "请选择文件，或者粘贴分派表"),
        (SHIPPED, "t.toml", "与现行分派表完全相同"),
        (b'site = "410329"\nx', "t.toml", "第 2 行"),
        (b"\xff\xfe", "t.toml", "UTF-8 文字"),
        (b"PK\x03\x04", "t.xlsx", "XLSX 工作簿"),
        (b"a,b\n1,2\n", "", "有“规则编号 id”这一列"),
        (
            changed(('lead = "410329-jw"', 'lead = "410329-wj"')),
            "t.toml",
            "承办单位（rule[1].lead）",
        ),
    ],
)
def test_what_cannot_be_used_is_told_in_words(world, sign_in, given, name, sentence):
    answer = check(sign_in("awb-supervisor"), given, name)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_cells_that_are_pasted_from_a_sheet_take_the_place_of_their_part(world, sign_in):
    desk = sign_in("awb-supervisor")
    rows = [list(COLUMNS["sector"])]
    rows += [[one.code, one.name, one.name_en] for one in FIRST.sectors.values()]
    rows[1][1] = "危险化学品和烟花"
    text = "\n".join("\t".join(row) for row in rows)
    answer = check(desk, text.encode(), "")
    assert answer.status_code == 200, answer.text
    assert "行业：修改 1" in answer.text
    assert "危险化学品 → 危险化学品和烟花" in answer.text


def test_a_text_that_was_changed_after_the_preview_is_not_signed(world, sign_in):
    desk = sign_in("awb-supervisor")
    page = check(desk, NEW).text
    answer = propose(desk, page, NEW + b"\n# more\n")
    assert answer.status_code == 422
    assert "预览之后内容变了" in answer.text
    for wrong in ({"before": "ab" * 32}, {"active_from": "2026-03-01"}, {"active_from": ""}):
        assert propose(desk, page, NEW, **wrong).status_code == 422
    assert "目前没有" in desk.get("/rules/routing").text


def test_what_no_rule_is_for_any_more_is_told(world, sign_in):
    text = SHIPPED.decode()
    rules = [one for one in text.split("\n\n") if one.startswith("[[rule]]")]
    rule = next(one for one in rules if 'sector = "coal_mines"' in one and 'matter = "*"' in one)
    page = check(sign_in("awb-supervisor"), text.replace(rule, "").encode()).text
    assert "换表以后，下列举报没有规则" in page
    assert "伊川县，煤矿" in page


def test_who_may_read_and_who_may_propose(world, sign_in):
    path = proposed(sign_in("awb-supervisor"))
    for login in ("auditor", "administrator"):
        desk = sign_in(login)
        assert "签署并启用" not in desk.get(path).text
        assert "您的角色不能提议或确认" in desk.get(path).text
        assert desk.get("/rules/routing").status_code == 200
        assert desk.get("/rules/routing/new").status_code == 403
        assert desk.get(f"{path}/withdrawal").status_code == 403
    assert sign_in("yjj-officer").get("/rules/routing").status_code == 403


def test_a_proposal_is_taken_back_once(world, sign_in):
    desk = sign_in("awb-supervisor")
    path = proposed(desk)
    assert desk.deed(f"{path}/withdrawal").status_code == 302
    assert desk.deed(f"{path}/withdrawal").status_code == 422
    assert "已撤回" in desk.get("/rules/routing").text


def test_an_overtaken_proposal_says_so(world, sign_in):
    path = proposed(sign_in("awb-supervisor"))
    put_in_force(world, given_to("410329-zjj", "coal_mines"))
    page = sign_in("yjj-leader").get(path).text
    assert "另有分派表启用" in page
    assert "签署并启用" not in page


def test_what_is_not_there_is_not_found(sign_in):
    desk = sign_in("awb-supervisor")
    for path in ("tables/9.toml", "tables/0.exe", "proposals/nobody", "proposals/nobody.toml"):
        assert desk.get(f"/rules/routing/{path}").status_code == 404, path


def test_a_large_table_can_be_sent_and_one_too_large_is_refused(world, sign_in):
    desk = sign_in("awb-supervisor")
    large = NEW + b"\n# " + b"x" * 1_500_000 + b"\n"
    assert propose(desk, check(desk, large).text, large).status_code == 302
    too_large = NEW + b"\n# " + b"x" * 2_000_000 + b"\n"
    answer = check(desk, too_large)
    assert answer.status_code == 422
    assert "不能超过 2 MB" in answer.text


# The words -----------------------------------------------------------------------------------


BAD = [
    changed(('code = "410329001000"', 'code = "41"')),
    changed(('code = "410329001000"\n', 'code = "410329001000"\nvalid_to = 1999-01-01\n')),
    changed(('code = "410329001000"\n', 'code = "410329001000"\nsuccessor = "410329002000"\n')),
    changed(('kind = "township"', 'kind = "village"')),
    changed(('kind = "township"', 'verified = "x"\nkind = "township"')),
    changed(("valid_from = 1986-01-01", 'valid_from = "x"')),
    changed(('parent = "410300"\n', "")),
    changed(('supervisor = "410329-awb"', 'supervisor = "410329-czj"')),
    changed(('supervisor = "410329-awb"', 'supervisor = ""')),
    changed(("clauses = [", "clauses = [0, ")),
    changed(('discipline = "410329-jw"', 'discipline = "410329-yjj"')),
    changed(('discipline = "410329-jw"', 'discipline = "410329-jw"\nfoo = 1')),
    changed(('id = "r-retaliation"', 'id = "r-staff-misconduct"')),
    changed(('co = ["', 'co = ["410329-czj", "')),
    changed(("co = []", "co = 1")),
    changed(('sector = "coal_mines"', 'sector = "ships"')),
    changed(('region = "410329"', 'region = "410328"')),
    changed(('matter = "retaliation"', 'matter = "staff_misconduct"')),
    SHIPPED + b"\n[x]\n",
    b"rule = 1\nsite = 'x'",
    b"site = [[[[",
    b"",
    b"code,name,name_en\nA,,\n",
    b"code,name,name_en,x\na,b,c,d\n",
    b"code,name,name_en\na,b,c,d\n",
    b"code,name,name_en\n",
    b"site,source,discipline\n",
    b'code,name,name_en\n"open',
]


@pytest.mark.parametrize("given", BAD)
def test_every_expectation_has_a_sentence(given):
    found = drafted("x", given, FIRST, SHIPPED)
    assert found.wrong
    for one in found.wrong:
        sentence = routing_words.expected(one.expected)
        assert sentence != one.expected, one
        assert "%(" not in sentence


def test_each_key_of_every_part_has_a_word():
    keys = {key for columns in COLUMNS.values() for key in columns}
    assert keys <= routing_words.KEYS.keys()


def test_a_text_is_signed_as_every_browser_sends_it():
    assert normal("\ufeff\r\na\r\nb\rc\n") == b"a\nb\nc\n"
    assert load_routing(normal(NEW.decode().replace("\n", "\r\n"))).sha256 == (
        load_routing(NEW).sha256
    )
