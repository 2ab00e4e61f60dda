"""Pasted notices: their true words give the seed; what is wrong is refused with its line."""

from datetime import date
from time import perf_counter

import pytest

import notices
from casework.domain.calendar import CalendarRow, DayKind, WorkCalendar, notice_span
from casework.domain.calendar_notice import (
    NamedDay,
    NoticeYear,
    parse_csv,
    parse_notice,
    parse_year,
)
from casework.domain.errors import CalendarFileError
from casework.domain.pasted_text import TEXT_MAX
from casework.storage.calendar_seed import seed_days

TRUE = {
    2014: notices.NOTICE_2014,
    2017: notices.NOTICE_2017,
    2019: notices.NOTICE_2019,
    2023: notices.NOTICE_2023,
    2024: notices.NOTICE_2024,
    2025: notices.NOTICE_2025,
    2026: notices.NOTICE_2026,
}
SEED = tuple(one.as_row() for one in seed_days())
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
HALF_WIDTH = str.maketrans("：（），；", ":(),;")

CSV_2027 = """day,kind,name
2026-12-31,holiday,元旦
2027-01-01,holiday,元旦
2027-01-03,workday,元旦
2027-05-01,holiday,劳动节
2027-10-01,holiday,国庆节
"""


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_true_words_give_exactly_the_rows_of_the_seed(year: int):
    told = parse_notice(TRUE[year])
    assert told.year == year
    assert [(row.on, row.kind) for row in told.rows] == [
        (row.on, row.kind) for row in SEED if row.on.year == year
    ]


@pytest.mark.parametrize("year", [2014, 2017, 2023, 2024, 2025, 2026])
def test_the_true_words_of_other_years_give_the_same_working_days(year: int):
    told = parse_notice(TRUE[year])
    seeded = WorkCalendar(SEED)
    other = seeded.with_notice(year, told.calendar_rows())
    first, last = notice_span(year)
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    assert [on for on in days if seeded.is_workday(on) is not other.is_workday(on)] == []


def test_a_new_year_may_begin_in_the_december_before():
    told = parse_notice(TRUE[2019])
    assert [(f"{row.on}", row.kind) for row in told.rows[:4]] == [
        ("2018-12-29", DayKind.WORKDAY),
        ("2018-12-30", DayKind.HOLIDAY),
        ("2018-12-31", DayKind.HOLIDAY),
        ("2019-01-01", DayKind.HOLIDAY),
    ]


def test_every_day_has_the_name_of_its_holiday():
    names = {row.on: row.name for row in parse_notice(TRUE[2025]).rows}
    assert names[date(2025, 1, 1)] == "元旦"
    assert names[date(2025, 2, 8)] == "春节"
    assert names[date(2025, 10, 6)] == "国庆节、中秋节"


@pytest.mark.parametrize(
    "changed",
    [
        TRUE[2026].translate(FULL_WIDTH),
        TRUE[2026].translate(HALF_WIDTH),
        TRUE[2026].replace("\n", "\r\n"),
        TRUE[2026].replace("。", "。\n").replace("至", " 至\u3000"),
        TRUE[2026].replace("（", "\n（").replace("月", " 月 "),
        TRUE[2026].replace("至", "—").replace("周", "星期"),
        TRUE[2026].replace("至", "－－").replace("周日", "星期天"),
        TRUE[2026].replace("、元旦：", "、元旦:\u200b").replace("、", "､"),
        TRUE[2026].partition("节假日期间")[0],
        TRUE[2026].replace("节假日期间", "\n节假日期间") + "\n相关阅读：\n2026年春节：怎么过？",
        "中国政府网 首页\n" + TRUE[2026],
    ],
)
def test_signs_blanks_and_line_breaks_do_not_matter(changed: str):
    assert parse_notice(changed) == parse_notice(TRUE[2026])


def test_a_list_without_numbers_or_heading_is_read_for_the_year_that_is_given():
    body = TRUE[2026].partition("通知如下。")[2].partition("鼓励")[0]
    plain = body
    for number in "一二三四五六七":
        plain = plain.replace(f"\n{number}、", "\n")
    assert plain != body
    assert parse_notice(plain, year=2026) == parse_notice(TRUE[2026])
    signed = body + "国务院办公厅\n2025年11月4日\n"
    assert parse_notice(signed, year=2026) == parse_notice(TRUE[2026])
    with pytest.raises(CalendarFileError) as refusal:
        parse_notice(plain)
    assert refusal.value.key == "year"


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ("1月1日（周四）", "1月1日（周五）", "weekday", "周四，而不是「1月1日（周五）」"),
        ("23日（农历正月初七、周一）", "23日（农历正月初七、周二）", "weekday", "周一"),
        ("1月4日（周日）上班", "1月4日（周8）上班", "weekday", "周日"),
        ("放假调休，共9天", "放假调休，共8天", "count", "共9天，而不是「共8天」"),
        ("放假，共3天。\n\n六", "放假。\n\n六", "count", "共3天"),
        ("至5日（周二）放假调休", "至4日（周一）放假调休", "count", "共4天，而不是「共5天」"),
        ("2月28日（周六）上班", "2月21日（周六）上班", "twice", "每日一次，02月21日已列入"),
        ("2月28日（周六）上班", "2月14日（周六）上班", "twice", "每日一次，02月14日已列入"),
        ("9月20日（周日）、", "9月21日（周一）、", "make_up", "周六或周日上班"),
        ("五、端午节", "五、春节", "twice", "春节只列一次"),
        ("六、中秋节", "六、教师节", "section", "元旦、春节"),
        ("六、中秋节", "教师节", "sentence", "放假调休，共…天"),
        ("5月1日（周五）至", "5月1日（周五）到", "sentence", "上班"),
        ("放假调休，共5天", "放假调休，约5天", "sentence", "共…天、与周末连休"),
        ("6月19日（周五）至21日（周日）", "6月21日（周日）至19日（周五）", "date", "06月21日以后"),
        ("4月4日（周六）", "4月31日", "date", "2025-12-25 至 2026-12-24 的日期"),
        ("4月4日（周六）", "2025年4月4日（周五）", "date", "2025-12-25 至 2026-12-24 的日期"),
        ("4月4日（周六）至6日（周一）放假，共3天", "4月放假", "sentence", "放假调休"),
        ("鼓励单位", "另外鼓励单位", "sentence", "放假调休"),
        ("推动错峰出行", "5月6日放假", "sentence", "放假调休"),
        ("9月20日（周日）、", "8月30日（周日）、", "make_up", "国庆节前后14日以内"),
        (
            "6月19日（周五）至21日（周日）",
            "7月3日（周五）至5日（周日）",
            "season",
            "端午节在 05-25",
        ),
        ("至6日（周一）放假，共3天", "至6日（周一）放假，4月13日补休", "date", "04月06日之后"),
        ("经国务院批准，现将2026年", "经国务院批准，现将2025年", "year", "一个年份"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line_and_words(
    old: str, new: str, key: str, expected: str
):
    assert old in TRUE[2026]
    text = TRUE[2026].replace(old, new, 1)
    with pytest.raises(CalendarFileError) as refusal:
        parse_notice(text, file="paste")
    assert refusal.value.key == key
    assert expected in refusal.value.expected
    assert refusal.value.file == "paste"
    if key != "year":
        place = text.index(new)
        lines = range(text.count("\n", 0, place) + 1, text.count("\n", 0, place + len(new)) + 2)
        assert refusal.value.line in lines


def test_a_refusal_reads_as_one_line():
    text = TRUE[2026].replace("共9天", "共8天")
    with pytest.raises(CalendarFileError) as refusal:
        parse_notice(text, file="notice.txt")
    assert str(refusal.value) == "notice.txt: line 11: count: expected 共9天，而不是「共8天」"


@pytest.mark.parametrize(
    ("old", "key", "expected"),
    [
        ("五、端午节：6月19日（周五）至21日（周日）放假，共3天。", "missing", "端午节的安排"),
        ("10月1日（周四）至7日（周三）放假调休，共7天。", "section", "国庆节放假的日期"),
    ],
)
def test_a_holiday_that_is_missing_is_named(old: str, key: str, expected: str):
    with pytest.raises(CalendarFileError) as refusal:
        parse_notice(TRUE[2026].replace(old, ""))
    assert (refusal.value.key, refusal.value.expected.partition("，")[0]) == (key, expected)


def test_days_that_everybody_has_off_must_be_among_them():
    moved = TRUE[2026].replace(
        "10月1日（周四）至7日（周三）放假调休，共7天", "10月2日（周五）放假1天"
    )
    with pytest.raises(CalendarFileError) as refusal:
        parse_notice(moved)
    assert (refusal.value.key, refusal.value.expected) == ("missing", "国庆节10月1日放假")


def test_a_day_between_weekdays_does_not_join_a_weekend():
    text = TRUE[2025].replace("1月1日（周三）放假1天，不调休", "1月1日（周三）放假，与周末连休")
    with pytest.raises(CalendarFileError) as refusal:
        parse_notice(text)
    assert refusal.value.key == "weekday"


@pytest.mark.parametrize("text", ["", "\n", "元旦", "国务院办公厅关于2026年部分节假日安排的通知"])
def test_nothing_is_no_notice(text: str):
    with pytest.raises(CalendarFileError):
        parse_notice(text, year=2026)


@pytest.mark.parametrize("year", [2025, 2027, 0, 10_000])
def test_another_year_than_the_headings_is_refused(year: int):
    with pytest.raises(CalendarFileError) as refusal:
        parse_notice(TRUE[2026], year=year)
    assert refusal.value.key == "year"


def test_a_text_that_is_far_too_long_is_refused_and_a_long_one_is_read_quickly():
    with pytest.raises(CalendarFileError) as refusal:
        parse_notice("一" * (TEXT_MAX + 1), year=2026)
    assert refusal.value.key == "text"
    begun = perf_counter()
    fillers = ("一、", "一", "1月1日（", "。", "元旦：1月1日", "元旦：1日（一", ",1", "9", "（")
    for filler in fillers:
        long = f"元旦：1月1日放假{filler * (18_000 // len(filler))}"
        with pytest.raises(CalendarFileError):
            parse_notice(long, year=2026)
        with pytest.raises(CalendarFileError):
            parse_notice(long.replace("放假", "放假，共"), year=2026)
    assert perf_counter() - begun < 20


@pytest.mark.parametrize("year", sorted(TRUE))
def test_true_notices_leave_no_doubt(year: int):
    assert parse_notice(TRUE[year]).doubts == ()


def test_a_sentence_that_was_left_out_leaves_a_doubt():
    told = parse_notice(TRUE[2025].replace("1月26日（周日）、2月8日（周六）上班。", ""))
    assert tuple(map(str, told.doubts)) == (
        "法定节假日应为 13 天：放假的周一至周五 18 天，减去上班的周末 3 天，得 15 天",
    )


# ---- CSV ------------------------------------------------------------------------------------


def test_a_csv_file_has_a_row_a_day():
    told = parse_csv(CSV_2027)
    assert tuple(map(str, told.doubts)) == (
        "法定节假日应为 13 天：放假的周一至周五 3 天，减去上班的周末 1 天，得 2 天",
    )
    assert told == NoticeYear(
        2027,
        (
            NamedDay(date(2026, 12, 31), DayKind.HOLIDAY, "元旦"),
            NamedDay(date(2027, 1, 1), DayKind.HOLIDAY, "元旦"),
            NamedDay(date(2027, 1, 3), DayKind.WORKDAY, "元旦"),
            NamedDay(date(2027, 5, 1), DayKind.HOLIDAY, "劳动节"),
            NamedDay(date(2027, 10, 1), DayKind.HOLIDAY, "国庆节"),
        ),
        told.doubts,
    )
    spaced = "\ufeff" + CSV_2027.replace(",", " , ").replace("\n", "\r\n\r\n")
    assert parse_csv(spaced) == parse_csv(CSV_2027, year=2027)


def test_a_year_of_the_seed_written_as_csv_is_read_back():
    rows = [row for row in SEED if row.on.year == 2026]
    text = "day,kind,name\n" + "".join(f"{row.on},{row.kind},{row.name}\n" for row in rows)
    told = parse_csv(text)
    assert told.calendar_rows() == tuple(
        CalendarRow(row.on, row.kind, name=row.name) for row in rows
    )


@pytest.mark.parametrize(
    ("old", "new", "key", "line"),
    [
        ("day,kind,name", "date,kind,name", "header", 1),
        ("day,kind,name\n", "", "header", 1),
        ("2027-01-01,holiday", "2027-02-30,holiday", "day", 3),
        ("2027-01-01,holiday", "20270101,holiday", "day", 3),
        ("2027-01-03,workday", "2027-01-03,weekend", "kind", 4),
        ("2027-01-03,workday", "2027-01-04,workday", "make_up", 4),
        ("2027-01-03,workday", "2027-01-01,workday", "day", 4),
        ("workday,元旦", "workday", "row", 4),
        ("workday,元旦", "workday,元旦,1", "row", 4),
        ("workday,元旦", "workday,", "name", 4),
        ("workday,元旦", f"workday,{'元' * 65}", "name", 4),
        ("workday,元旦", "workday,元\x00旦", "name", 4),
        ("workday,元旦", "workday,\u202e元旦", "name", 4),
        ("workday,元旦", 'workday,"元旦', "row", None),
        ("2026-12-31", "2026-12-24", "day", None),
        ("2026-12-31", "2028-01-01", "year", None),
        ("2027-05-01", "2027-05-02", "missing", None),
        ("2027-10-01,holiday,国庆节\n", "", "missing", None),
    ],
)
def test_a_csv_file_that_is_wrong_is_refused_with_its_line(
    old: str, new: str, key: str, line: int | None
):
    assert old in CSV_2027
    with pytest.raises(CalendarFileError) as refusal:
        parse_csv(CSV_2027.replace(old, new, 1))
    assert refusal.value.key == key
    if line is not None:
        assert refusal.value.line == line


def test_a_csv_file_of_another_year_than_asked_is_refused():
    with pytest.raises(CalendarFileError) as refusal:
        parse_csv(CSV_2027, year=2028)
    assert refusal.value.key == "day"


def test_either_form_is_recognised_by_its_beginning():
    assert parse_year(TRUE[2026]).year == 2026
    assert parse_year("\ufeff\n " + CSV_2027.replace("day,", "day ,")).year == 2027
    assert parse_year(CSV_2027, year=2027).year == 2027
