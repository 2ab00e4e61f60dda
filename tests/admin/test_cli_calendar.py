"""`tonggui calendar` and the days of `tonggui deadline explain`: shapes, words, wrong input."""

import pytest

import notices
from casework.services.calendar import work_calendar
from command_line import tonggui
from instance import make_world

NOTICE_2027 = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（农历除夕、周五）至12日（周五）放假调休，共8天。2月14日（周日）、2月20日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天，不调休。
六、中秋节：9月15日（周三）放假1天，不调休。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
"""  # A guess: nobody has published it.


# show -----------------------------------------------------------------------------------------


def test_show_lists_the_years_that_are_known():
    told = tonggui("calendar", "show", "--json").json
    assert list(told) == ["digest", "years"]
    assert len(told["digest"]) == 64
    years = {one["year"]: one for one in told["years"]}
    assert list(years) == list(range(2004, 2027))
    assert years[2026] == {
        "year": 2026, "known": True, "working_days": 248, "days_off": 33, "made_up": 6,
    }  # fmt: skip
    lines = tonggui("calendar", "show").out.splitlines()
    assert len(lines) == 25
    assert told["digest"] in lines[-1]


def test_show_lists_the_days_of_a_year():
    told = tonggui("calendar", "show", "2026", "--json").json
    assert list(told) == ["year", "known", "working_days", "days_off", "made_up", "days"]
    assert {"on": "2026-10-10", "kind": "workday", "name": "国庆节", "provisional": False} in told[
        "days"
    ]
    assert "2026-10-10\t六\t上班 worked\t国庆节" in tonggui("calendar", "show", "2026").out


def test_show_says_that_a_year_is_not_published():
    told = tonggui("calendar", "show", "2027", "--json").json
    assert (told["known"], told["days"]) == (False, [])
    assert "尚未公布" in tonggui("calendar", "show", "2027").out


@pytest.mark.parametrize("year", [2023, 2026])
def test_a_year_that_is_shown_as_csv_can_be_checked(year):
    shown = tonggui("calendar", "show", str(year), "--csv").out
    told = tonggui("calendar", "check", "-", "--json", stdin=shown).json
    assert (told["year"], told["changes"], told["doubts"]) == (year, [], [])


@pytest.mark.parametrize("typed", ["0", "next", "99999"])
def test_show_refuses_what_is_no_year(typed):
    assert tonggui("calendar", "show", typed, "--json").refusal["key"] == "year"


def test_show_as_csv_needs_a_year():
    assert tonggui("calendar", "show", "--csv", "--json").refusal["key"] == "year"


# check ----------------------------------------------------------------------------------------


def test_check_tells_what_a_notice_would_change(tmp_path):
    file = tmp_path / "notice-2027.txt"
    file.write_text(NOTICE_2027)
    told = tonggui("calendar", "check", str(file), "--json").json
    assert list(told) == ["ok", "year", "working_days", "days", "changes", "doubts", "digest"]
    assert (told["ok"], told["year"], told["working_days"]) == (True, 2027, 248)
    assert told["doubts"] == []
    assert {"on": "2027-02-14", "from": "weekend", "to": "workday"} in told["changes"]
    assert {"on": "2027-01-01", "from": "workday", "to": "holiday"} in told["changes"]
    words = tonggui("calendar", "check", str(file)).out
    assert "2027-02-20\t六\t上班 worked\t春节" in words
    assert "2027 年尚无日历" in words


def test_check_of_what_is_in_force_changes_nothing():
    told = tonggui("calendar", "check", "-", "--json", stdin=notices.NOTICE_2026)
    assert told.json["changes"] == []
    assert told.json["working_days"] == 248
    words = tonggui("calendar", "check", "-", stdin=notices.NOTICE_2026).out
    assert "与现有日历一致" in words


def test_check_names_the_days_that_change_and_what_is_doubtful():
    changed = notices.NOTICE_2026.replace("9月20日（周日）、", "")
    words = tonggui("calendar", "check", "-", stdin=changed).out
    assert "2026-09-20 周日：上班 worked → 周末 weekend" in words
    assert "请核对" in words
    assert "法定节假日应为 13 天" in words


def test_check_compares_with_the_calendar_of_the_instance(sqlite_url, tmp_path):
    world = make_world(tmp_path, sqlite_url)
    before = work_calendar(world.store).digest()
    home = {"home": tmp_path, "database_url": sqlite_url}
    told = tonggui("calendar", "check", "-", "--json", stdin=NOTICE_2027, **home).json
    assert told["year"] == 2027
    assert work_calendar(world.store).digest() == before


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        (NOTICE_2027.replace("共8天", "共7天"), "count", 3),
        (NOTICE_2027.replace("5月8日（周六）", "5月8日（周日）"), "weekday", 5),
        (NOTICE_2027.replace("六、中秋节", "六、七夕节"), "section", 7),
        (NOTICE_2027.replace("国务院办公厅关于2027年", ""), "year", None),
        ("day,kind,name\n2027-01-01,party,元旦\n", "kind", 2),
        ("", "year", None),
    ],
)
def test_check_refuses_a_notice_whole_with_line_and_key(text, key, line):
    told = tonggui("calendar", "check", "-", "--json", stdin=text).refusal
    assert (told["file"], told["key"], told["line"]) == ("-", key, line)
    assert told["expected"]
    sentence = tonggui("calendar", "check", "-", stdin=text).sentence
    where = f"- 第 {line} 行" if line else "-"
    assert sentence.startswith(f"错误：{where}，{key} 不对")


def test_check_refuses_another_year_than_it_must_be():
    typed = ("calendar", "check", "-", "--year", "2028", "--json")
    assert tonggui(*typed, stdin=NOTICE_2027).refusal["key"] == "year"


def test_check_refuses_what_cannot_be_read(tmp_path):
    told = tonggui("calendar", "check", str(tmp_path / "nowhere.txt"), "--json").refusal
    assert told["key"] == "file"
    assert tonggui("calendar", "check", str(tmp_path), "--json").refusal["key"] == "file"
    file = tmp_path / "gbk.txt"
    file.write_bytes(NOTICE_2027.encode("gbk"))
    assert tonggui("calendar", "check", str(file), "--json").refusal["expected"] == "UTF-8 text"
    file.write_bytes(b"1" * 200_001)
    assert tonggui("calendar", "check", str(file), "--json").refusal["key"] == "file"


# deadline explain: days, hours, clocks ---------------------------------------------------------


def test_deadline_explain_lists_every_day_beside_the_fixed_answer():
    typed = ("--value", "30", "--unit", "working_day", "--start", "2026-09-20")
    plain = tonggui("deadline", "explain", *typed, "--json").json
    told = tonggui("deadline", "explain", *typed, "--days", "--json").json
    assert list(plain) == [
        "due_on", "due_at", "provisional", "policy", "clause", "skipped", "limited_by",
    ]  # fmt: skip
    assert {key: told[key] for key in plain} == plain
    assert list(told) == [*plain, "days"]
    assert len(told["days"]) == 47
    assert told["days"][-1] == {
        "on": "2026-11-06", "counted": True, "number": 30, "why": None, "name": None,
    }  # fmt: skip
    words = tonggui("deadline", "explain", *typed, "--days").out
    assert "2026-10-10\t六\t10\t补班 made up 国庆节" in words
    assert "2026-10-01\t四\t—\t节假日 holiday 国庆节" in words


def test_deadline_explain_counts_in_several_windows_a_day():
    typed = (
        "--value", "4", "--unit", "hour", "--start", "2026-11-06T17:30",
        "--window", "08:30-12:00", "--window", "14:30-18:00",
    )  # fmt: skip
    told = tonggui("deadline", "explain", *typed, "--days", "--json").json
    assert told["due_at"] == "2026-11-09T12:00:00+08:00"
    assert [one["why"] for one in told["skipped"]] == ["weekend", "weekend"]
    assert [one["minutes"] for one in told["days"]] == [30, 0, 0, 210]
    assert "210 分钟" in tonggui("deadline", "explain", *typed, "--days").out


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("--value 3 --unit hour --window 8-12", "window"),
        ("--value 3 --unit hour --window 12:00-08:30", "window"),
        ("--value 3 --unit hour --window 08:30-12:00 --window 11:00-13:00", "window"),
        ("--value 3 --unit day --window 08:30-12:00", "window"),
        ("--policy yichuan-2022 --clock verify --window 08:30-12:00", "window"),
        ("--value 3 --unit hour --start 9999-12-31T22:00-05:00", "start"),
        ("--value 3 --unit day --start 9999-12-30", "value"),
        ("--policy yichuan-2022 --clock verify --pause 2026-11-03..2027-11-03", "pause"),
    ],
)
def test_deadline_explain_refuses_in_one_sentence(typed, key):
    command = ["deadline", "explain", "--start", "2026-11-02", *typed.split()]
    assert tonggui(*command, "--json").refusal["key"] == key
    assert tonggui(*command).sentence.startswith("错误：")


def test_deadline_explain_of_an_unknown_clock_says_which_the_policy_has():
    command = ("deadline", "explain", "--policy", "eu-2019", "--clock", "nap")
    told = tonggui(*command, "--start", "2026-11-02", "--json").refusal
    assert (told["error"], told["key"], told["clock"]) == ("UnknownClock", "clock", "nap")
    shown = tonggui("policy", "show", "eu-2019", "--json").json
    assert told["expected"].split(", ") == [one["key"] for one in shown["clocks"]]
