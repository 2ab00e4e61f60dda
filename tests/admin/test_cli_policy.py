"""The policy commands: shapes that programs rely on, words for people, every wrong input."""

import re
import tomllib
from pathlib import Path

import pytest

from admin.commands.policy_words import lines
from casework.domain.clock_reasons import EXTENSION_CODES, PAUSE_CODES
from casework.domain.deadline import CLOCK_KEYS
from casework.domain.policy_file import parse_policies
from casework.services.rules import POLICY_FOLDER
from command_line import tonggui
from policy_text import clock, policy_file

SUMMARY_KEYS = [
    "id", "title", "doc_no", "region", "sectors", "effective_from", "effective_to", "inherits",
    "sha256", "read", "comparator", "pin",
]  # fmt: skip
YICHUAN = POLICY_FOLDER / "yichuan-2022.toml"
CN_2018 = POLICY_FOLDER / "cn-2018.toml"


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Write policy files and return the folder."""
    folder.mkdir(exist_ok=True)
    for name, body in files.items():
        (folder / name).write_bytes(body)
    return folder


# list -----------------------------------------------------------------------------------------


def test_policy_list_names_every_file():
    listed = tonggui("policy", "list", "--json").json
    assert {one["id"] for one in listed} == {path.stem for path in POLICY_FOLDER.glob("*.toml")}
    assert all(list(one) == [*SUMMARY_KEYS, "status", "active_from"] for one in listed)
    assert len(tonggui("policy", "list").out.splitlines()) == len(listed) + 1


def test_policy_list_tells_what_is_in_force_what_ended_and_what_is_to_compare_with():
    told = {one["id"]: one["status"] for one in tonggui("policy", "list", "--json").json}
    assert told["cn-2012"] == "ended"
    assert told["eu-2019"] == told["cn-12345"] == told["cn-2020"] == "comparator"
    assert told["yichuan-2022"] == told["cn-2018"] == "in_force"
    lines = tonggui("policy", "list").out.splitlines()
    yichuan = next(line for line in lines if line.startswith("yichuan-2022"))
    assert "执行 in force" in yichuan
    assert "cn-2018" in yichuan  # what it inherits


# show -----------------------------------------------------------------------------------------


def test_policy_show_tells_limits_amounts_and_doubts():
    told = tonggui("policy", "show", "yichuan-2022", "--json").json
    verify = next(one for one in told["clocks"] if one["key"] == "verify")
    assert (verify["value"], verify["unit"], verify["policy"]) == (30, "day", "yichuan-2022")
    assert told["fund_yearly_fen"] == 100_000_000
    assert told["open_points"]
    assert "verify: 30 日" in tonggui("policy", "show", "yichuan-2022").out
    assert tonggui("policy", "show", "nowhere-1", "--json").refusal["key"] == "policy"


def test_policy_show_tells_every_clock_with_the_file_that_it_stands_in():
    told = tonggui("policy", "show", "yichuan-2022", "--json").json
    by_key = {one["key"]: one for one in told["clocks"]}
    assert set(by_key) == set(CLOCK_KEYS)
    assert by_key["accept"]["policy"] == "cn-2018"
    assert (by_key["accept"]["hard"], by_key["accept"]["on_breach"]) == (True, "deem_accepted")
    assert by_key["tell_result"]["mark"] == "D"
    assert by_key["verify"]["extend"]["max_value"] == 30
    assert by_key["verify"]["extend"]["approver_role"] == "supervisor"
    assert by_key["verify"]["pause"]["reasons"] == ["expert_test", "waiting_for_reporter"]
    assert [rung["name"] for rung in told["ladder"]] == [
        "head", "supervisor", "listing", "committee", "assessment",
    ]  # fmt: skip
    assert told["chain"] == ["yichuan-2022", "cn-2018"]
    assert told["gaps"] == []


def test_policy_show_says_in_words_who_lengthens_pauses_and_hears_of_it():
    out = tonggui("policy", "show", "yichuan-2022").out
    for words in (
        "延期 extend: 1 次，每次不超过 30 日，安委办批准，告知举报人理由",
        "暂停 pause: 鉴定、检验、检测期间；等待举报人补充材料，合计不超过 60 日，安委办批准",
        "listing: 期满后 5 个工作日，挂牌督办",
        "逾期视为受理 deemed accepted",
        "（cn-2018）",
        "（推定）",
        "（条文待核）",
    ):
        assert words in out
    assert "只供对照" in tonggui("policy", "show", "eu-2019").out


# check ----------------------------------------------------------------------------------------


def test_policy_check_accepts_a_shipped_file_and_a_new_one(tmp_path):
    told = tonggui("policy", "check", str(YICHUAN), "--json").json
    assert (told["ok"], told["warnings"]) == (True, [])
    assert list(told) == ["ok", *SUMMARY_KEYS, "warnings"]
    new = tmp_path / "yichuan-2027.toml"
    new.write_text(YICHUAN.read_text().replace('id = "yichuan-2022"', 'id = "yichuan-2027"'))
    told = tonggui("policy", "check", str(new), "--json").json
    assert (told["id"], told["inherits"]) == ("yichuan-2027", "cn-2018")


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("value = 30", "value = -30", "value"),
        ('unit = "day"', 'unit = "moon"', "unit"),
        ('inherits = "cn-2018"', 'inherits = "nowhere-1"', "inherits"),
        ('id = "yichuan-2022"', 'id = "other-1"', "id"),
        ("value = 30", "value = 61", "value"),  # the nation's hard limit is 60
        ("max_value = 30", "max_value = 61", "extend.max_value"),
    ],
)
def test_policy_check_names_file_line_key_and_what_was_expected(
    tmp_path: Path, old: str, new: str, key: str
):
    file = tmp_path / "yichuan-2022.toml"
    file.write_text(YICHUAN.read_text().replace(old, new, 1))
    told = tonggui("policy", "check", str(file), "--json").refusal
    assert told["file"] == file.name
    assert told["key"].endswith(key)
    assert told["expected"]
    assert new in file.read_text().splitlines()[told["line"] - 1]
    sentence = tonggui("policy", "check", str(file)).sentence
    assert f"第 {told['line']} 行" in sentence
    assert f"line {told['line']}" in sentence
    assert told["key"] in sentence


@pytest.mark.parametrize(("days", "status"), [(60, 0), (61, 2)])
def test_policy_check_holds_a_county_to_the_nations_limit(tmp_path, days, status):
    file = tmp_path / "yichuan-2022.toml"
    file.write_text(YICHUAN.read_text().replace("value = 30\n", f"value = {days}\n", 1))
    assert tonggui("policy", "check", str(file)).status == status


def test_policy_check_names_the_line_of_what_is_no_toml(tmp_path):
    file = tmp_path / "yichuan-2022.toml"
    file.write_text("[policy]\nid = \n")
    assert tonggui("policy", "check", str(file), "--json").refusal["line"] == 2


def test_policy_check_takes_several_files_that_inherit_each_other(tmp_path):
    write(tmp_path, policy_file("town-1", more='inherits = "city-1"', rest=clock(20)))
    write(tmp_path, policy_file("city-1", more='inherits = "cn-2018"', rest=clock(30)))
    both = [str(tmp_path / name) for name in ("town-1.toml", "city-1.toml")]
    told = tonggui("policy", "check", *both, "--json").json
    assert [(one["ok"], one["id"]) for one in told] == [(True, "town-1"), (True, "city-1")]
    assert tonggui("policy", "check", both[0], "--json").refusal["key"] == "policy.inherits"


def test_policy_check_takes_a_folder_and_refuses_it_whole(tmp_path):
    write(tmp_path, policy_file("a-1", more='inherits = "cn-2018"'))
    assert [one["id"] for one in tonggui("policy", "check", str(tmp_path), "--json").json] == [
        "a-1"
    ]
    write(tmp_path, policy_file("b-1", rest=clock(-1)))
    told = tonggui("policy", "check", str(tmp_path), "--json").refusal
    assert (told["file"], told["key"]) == ("b-1.toml", "deadline[1].value")
    assert tonggui("policy", "check", str(POLICY_FOLDER)).out.count("可用") == len(
        list(POLICY_FOLDER.glob("*.toml"))
    )


def test_policy_check_refuses_an_empty_folder_and_two_files_of_one_name(tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert tonggui("policy", "check", str(empty), "--json").refusal["key"] == "file"
    one = write(tmp_path / "one", policy_file()) / "test-1.toml"
    two = write(tmp_path / "two", policy_file()) / "test-1.toml"
    told = tonggui("policy", "check", str(one), str(two), "--json").refusal
    assert told["expected"]
    assert tonggui("policy", "check", str(one), str(one)).status == 0
    assert tonggui("policy", "check", str(tmp_path / "nowhere.toml")).sentence
    assert tonggui("policy", "check").sentence


def test_policy_check_warns_of_an_edited_release_and_of_what_a_case_would_lack(tmp_path):
    file = tmp_path / "yichuan-2022.toml"
    file.write_text(YICHUAN.read_text() + "\n")
    told = tonggui("policy", "check", str(file), "--json").json
    assert "yichuan-2022" in told["warnings"][0]
    assert "另取编号" in tonggui("policy", "check", str(file)).out
    write(tmp_path, policy_file("bare-1"))
    told = tonggui("policy", "check", str(tmp_path / "bare-1.toml"), "--json").json
    assert "deadline accept" in told["warnings"][0]
    # A rule to compare with needs no clocks of its own.
    write(tmp_path, policy_file("other-1", more="comparator = true"))
    told = tonggui("policy", "check", str(tmp_path / "other-1.toml"), "--json").json
    assert told["warnings"] == []


def test_policy_check_accepts_what_the_guide_tells_to_write(tmp_path: Path):
    guide = (POLICY_FOLDER.parents[1] / "docs" / "policies.md").read_text(encoding="utf-8")
    head, limit, _hours, extension, pause, _rung, tiers, claim, fund = re.findall(
        r"```toml\n(.*?)```", guide, re.DOTALL
    )
    file = tmp_path / "yichuan-2027.toml"
    file.write_text(
        f"{head}\n{limit}\n{extension}\n{pause}\n{tiers}\n{claim}\n{fund}", encoding="utf-8"
    )
    assert tonggui("policy", "check", str(file), "--json").json["warnings"] == []
    assert all(f"`{key}`" in guide for key in CLOCK_KEYS)
    assert all(f"`{reason}`" in guide for reason in (*EXTENSION_CODES, *PAUSE_CODES))


# diff -----------------------------------------------------------------------------------------


def changed(before: str, after: str) -> dict[tuple[str, str], dict]:
    """Return the changes between two rule sets by part and name."""
    told = tonggui("policy", "diff", before, after, "--json").json
    assert list(told) == ["from", "to", "changes"]
    return {(one["part"], one["name"]): one for one in told["changes"]}


def test_policy_diff_tells_what_changes_clock_by_clock():
    found = changed("henan-2022", "henan-2025")
    verify = found["clock", "verify"]
    assert verify["change"] == "changed"
    assert verify["fields"]["value"] == {"before": 30, "after": 60}
    assert verify["before"]["value"] == 30
    assert ("clock", "accept") not in found  # both have the nation's
    out = tonggui("policy", "diff", "henan-2022", "henan-2025").out
    assert "时限 clock verify 核查: 30 日 → 60 日（延长 longer）" in out
    assert "（缩短 shorter）" in tonggui("policy", "diff", "henan-2025", "henan-2022").out


def test_policy_diff_tells_what_changes_amount_by_amount():
    found = changed("henan-2022", "henan-2025")
    assert found["uplift", "staff"]["fields"]["rate"] == {"before": "0.1", "after": "0.15"}
    assert found["item", "listed-situation"]["change"] == "added"
    out = tonggui("policy", "diff", "henan-2022", "henan-2025").out
    assert "上浮 uplift staff: 比例 rate 10 % → 15 %" in out
    assert "0 元 → 1,000 元" in out
    back = tonggui("policy", "diff", "henan-2025", "henan-2022").out
    assert "奖励 award listed-situation: 取消 removed" in back
    out = tonggui("policy", "diff", "cn-2012", "cn-2018").out
    assert "每件最高 total_cap_fen 30,000 元 → 300,000 元" in out
    assert "1,000 至 10,000 元，由办理人提出 → 罚款的 15 %，最低 3,000 元，最高 300,000 元" in out
    assert "首次联系: 新增 added，1 个工作日" in out


def test_policy_diff_tells_of_funds_units_and_ladders(tmp_path):
    found = changed("cn-2018", "yichuan-2022")
    assert found["fund", "county"]["change"] == "added"
    assert found["clock", "verify"]["fields"]["end"] == {"before": "roll", "after": "keep"}
    assert found["clock", "accident_entry"]["change"] == "added"
    assert found["clock", "verify"]["fields"]["pause"]["before"] is None
    out = tonggui("policy", "diff", "cn-2018", "eu-2019").out
    assert "60 日 → 3 个月\n" in out  # which is longer depends on the months
    assert "阶梯 rung head 部门负责人: 取消 removed，1 日" in out


def test_policy_show_tells_who_agrees_and_how_an_award_is_claimed():
    out = tonggui("policy", "show", "yichuan-2022").out
    assert "超过 10,000 元的，财政同意 [本系统 审批层级（推定）；" in out
    assert "查实后开始 on the finding；转账 account、窗口 counter、凭证 voucher、代领 agent" in out
    assert "免税 exempt [财税字〔1994〕20号 第二条第（四）项（条文待核）；" in out
    told = tonggui("policy", "show", "yichuan-2022", "--json").json
    assert told["claim"]["ways"] == ["account", "counter", "voucher", "agent"]
    assert (told["claim"]["cut_rate"], told["claim"]["tax_rate"]) == ("0", "0")
    assert told["approval"][0]["instead"] is False


def test_policy_show_tells_what_is_withheld_and_which_ladder_begins_anew(tmp_path):
    text = CN_2018.read_text().replace(
        'opens_on = "finding"', 'opens_on = "penalty"\nname_check = true\ncut_rate = 0.05', 1
    )
    text = text.replace("[[approval]]", "[[approval]]\ninstead = true", 1)
    text = text.replace("announce = true\n", "tax_rate = 0.2\nannounce = false\n", 1)
    draft = tmp_path / "cn-2018.toml"
    draft.write_text(text)
    out = "\n".join(lines(parse_policies({draft.name: draft.read_bytes()})["cn-2018"]))
    for words in (
        "处罚决定后开始 on the penalty",
        "只汇入举报人本人名下的账户 name_check",
        "先扣除 cut 5 %",
        "代扣税 tax 20 % [财税字〔1994〕20号",
        "财政同意，前面各级不再适用 instead",
    ):
        assert words in out
    assert "无法通知的，按举报编号公告" not in out
    fields = changed("cn-2018", str(draft))["claim", "*"]["fields"]
    assert fields["cut_rate"] == {"before": "0", "after": "0.05"}
    out = tonggui("policy", "diff", "cn-2018", str(draft)).out
    assert "领奖 claim *: 扣除 cut_rate 0 % → 5 %" in out
    assert "领奖 claim *: 开始 opens_on finding → penalty" in out


def test_policy_diff_of_the_same_says_that_nothing_differs():
    assert changed("cn-2018", "cn-2020") == {}  # inherited whole
    assert "没有不同" in tonggui("policy", "diff", "cn-2018", "cn-2018").out


def test_policy_diff_takes_a_draft_of_the_same_id(tmp_path):
    draft = tmp_path / "yichuan-2022.toml"
    draft.write_text(YICHUAN.read_text().replace("value = 30\n", "value = 20\n", 1))
    found = changed("yichuan-2022", str(draft))
    assert list(found) == [("clock", "verify")]
    assert list(found["clock", "verify"]["fields"]) == ["value"]
    out = tonggui("policy", "diff", "yichuan-2022", str(draft)).out
    assert "30 日 → 20 日（缩短 shorter）" in out
    assert tomllib.loads(draft.read_text())["deadline"][0]["value"] == 20


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        (["cn-2018", "nowhere-1"], "policy"),
        (["nowhere.toml", "cn-2018"], "policy"),
    ],
)
def test_policy_diff_names_what_it_does_not_know(typed, key):
    told = tonggui("policy", "diff", *typed, "--json").refusal
    assert told["key"] == key
    assert told["expected"]
    assert tonggui("policy", "diff", *typed).sentence
    assert tonggui("policy", "diff", "cn-2018").sentence


def test_policy_diff_names_line_and_key_of_a_bad_file(tmp_path):
    write(tmp_path, policy_file("bad-1", rest=clock(-1)))
    told = tonggui("policy", "diff", "cn-2018", str(tmp_path / "bad-1.toml"), "--json").refusal
    assert (told["file"], told["key"]) == ("bad-1.toml", "deadline[1].value")
    assert told["line"]
