"""Reads a year's holidays from the State Council's notice as it is pasted, or from a CSV file.

Strict, because every due date rests on it: what is not understood is refused
with its line, and what the notice says twice (the weekday beside the date, the
number of days beside the range) must agree. Nothing is guessed.

Source: the wording of the yearly notices 国务院办公厅关于部分节假日安排的通知, 2014 to 2026.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from casework.domain.calendar import CalendarRow, DayKind, notice_span
from casework.domain.errors import CalendarFileError
from casework.domain.pasted_text import Pasted

HOLIDAYS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
CSV_HEADER = ("day", "kind", "name")
NAME_MAX = 64
# On these days everybody is free, whatever else a notice says. Source: 全国年节及纪念日放假办法.
FIXED = {"元旦": (1, 1), "劳动节": (5, 1), "国庆节": (10, 1)}
# Between these days of the year the others lie, by moon and sun, for the next hundred years.
SEASONS = {
    "春节": ("01-15", "02-25"),
    "清明节": ("04-02", "04-07"),
    "端午节": ("05-25", "06-28"),
    "中秋节": ("09-05", "10-10"),
}
# How many days the law makes free, from which year: 全国年节及纪念日放假办法 of 1999, 2007, 2024.
FREE_BY_LAW = ((2025, 13), (2008, 11), (2000, 10))
MAKE_UP_MAX = 14  # days between a make-up day and the holiday; 11 are the most so far

_ONE_DAY = timedelta(days=1)
_WEEKDAYS = "一二三四五六日"
_TITLE_YEAR = re.compile(r"(?:关于|将)(\d{4})年(?:部分节假日|元旦)")
_HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|\([一二三四五六七八九十]{1,3}\)|\d{1,2}、)?"
    rf"((?:{'|'.join(HOLIDAYS)})(?:[、和](?:{'|'.join(HOLIDAYS)}))*):"
)
_OTHER_HEADING = re.compile(r"[一二三四五六七八九十]{1,3}、([^:。,()0-9]{1,30}):")
_DAY = r"(?:(?:\d{4}年)?\d{1,2}月)?\d{1,2}日(?:\([^()]*\))?"
_ONE = re.compile(r"(?:(?:(\d{4})年)?(\d{1,2})月)?(\d{1,2})日(?:\(([^()]*)\))?")
_OFF = re.compile(rf"({_DAY})(?:至({_DAY}))?放假(?:调休|公休)?(?:(\d{{1,3}})天)?((?:,[^,]+)*)")
_WORKED = re.compile(rf"({_DAY}(?:[、,]{_DAY})*)上班")
_TOTAL = re.compile(r"共(\d{1,3})天")
_MADE_FREE = re.compile(rf"({_DAY}(?:、{_DAY})*)补休")
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)(.)")
# What ends the list of holidays, and what may stand in it without saying anything of a day.
_CLOSING = "节假日期间"
_SILENT = re.compile(r"鼓励(?!.*(?:放假|上班|补休)).*|国务院办公厅(?:\d{4}年\d{1,2}月\d{1,2}日)?")


@dataclass(frozen=True, slots=True)
class NamedDay:
    """One day that differs from its weekday, and for which holiday."""

    on: date
    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """A year that gives another number of days than the law.

    Attributes:
        wanted: days that the law gives.
        off: days off from Monday to Friday.
        worked: weekend days that are worked.
    """

    wanted: int
    off: int
    worked: int

    def __str__(self) -> str:
        """Say it as the command line does."""
        return (
            f"法定节假日应为 {self.wanted} 天：放假的周一至周五 {self.off} 天，"
            f"减去上班的周末 {self.worked} 天，得 {self.off - self.worked} 天"
        )


@dataclass(frozen=True, slots=True)
class NoticeYear:
    """What the notice of a year says, by day.

    Attributes:
        year: which year it is.
        rows: its days; some may lie at the end of the December before (`notice_span`).
        doubts: what a person should look at before it is put in force.
    """

    year: int
    rows: tuple[NamedDay, ...]
    doubts: tuple[Doubt, ...] = ()

    def calendar_rows(self) -> tuple[CalendarRow, ...]:
        """Return the rows as `WorkCalendar.with_notice` takes them."""
        return tuple(CalendarRow(row.on, row.kind, name=row.name) for row in self.rows)


def parse_year(text: str, *, year: int | None = None, file: str = "notice") -> NoticeYear:
    """Read a notice or a CSV file, whichever *text* is: a CSV file begins with its header.

    Raises:
        CalendarFileError: as `parse_notice` and `parse_csv`.
    """
    first = text.lstrip("\ufeff \t\r\n").partition(",")[0].strip()
    parse = parse_csv if first == CSV_HEADER[0] else parse_notice
    return parse(text, year=year, file=file)


def parse_notice(text: str, *, year: int | None = None, file: str = "notice") -> NoticeYear:
    """Read the text of a notice, pasted with its heading and closing words or without.

    Full and half width characters, blanks and line breaks do not matter.

    Args:
        text: what was pasted.
        year: which year it must be about; None: the one in its heading.
        file: what the refusal calls the text.

    Raises:
        CalendarFileError: a sentence that is not understood, a weekday or a number of days
            that is wrong, a day twice, a make-up day that is no weekend or far away, a holiday
            that is missing or out of its season, or no year; *key* says which of these,
            *line* where.
    """
    pasted = Pasted.of(text, file)
    headings, end = _headings(pasted)
    before = headings[0].start() if headings else end
    draft = _Draft(pasted, _year_of(pasted, before, year))
    _refuse_other_headings(pasted, before, end)
    ends = [*(one.start() for one in headings[1:]), end]
    for heading, section_end in zip(headings, ends, strict=False):
        _section(draft, heading, section_end)
    return draft.done()


def parse_csv(text: str, *, year: int | None = None, file: str = "calendar.csv") -> NoticeYear:
    """Read lines "day,kind,name" under that header; kind is holiday or workday.

    Args:
        text: the file's text.
        year: which year it must be about; None: that of its 1 January.
        file: what the refusal calls it.

    Raises:
        CalendarFileError: a line that is no such row, a day twice or in another year, a
            make-up day that is no weekend, or 1 January, 1 May or 1 October that is not off.
    """
    found: dict[date, NamedDay] = {}
    for line, row in _csv_rows(text, file):
        if row.on in found:
            raise CalendarFileError(file, "day", f"每日一行，{row.on} 已有 / once", line=line)
        if row.kind is DayKind.WORKDAY:
            _check_make_up(row.on, file, line)
        found[row.on] = row
    about = _checked_year(_year_of_january(found, file) if year is None else year, file)
    first, _ = notice_span(about)
    last = date(about, 12, 31)
    for row in found.values():
        if not first <= row.on <= last:
            raise CalendarFileError(file, "day", f"{first} 至 {last}，而不是 {row.on}")
    _check_fixed(about, found, file)
    return _year(about, found)


@dataclass(slots=True)
class _Draft:
    """What was read so far, each day with its place in the text."""

    pasted: Pasted
    year: int
    found: dict[date, NamedDay] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)

    def add(self, row: NamedDay, at: tuple[int, int]) -> None:
        if row.on in self.found:
            raise self.pasted.refuse("twice", f"每日一次，{row.on:%m月%d日}已列入", at)
        self.found[row.on] = row

    def done(self) -> NoticeYear:
        missing = [name for name in HOLIDAYS if name not in self.named]
        if missing:
            raise CalendarFileError(self.pasted.file, "missing", f"{'、'.join(missing)}的安排")
        _check_fixed(self.year, self.found, self.pasted.file)
        return _year(self.year, self.found)


def _headings(pasted: Pasted) -> tuple[list[re.Match[str]], int]:
    """Return the headings of the holidays, and where their list ends."""
    found = [one for one in _HEADING.finditer(pasted.text) if pasted.starts(one.start())]
    closing = pasted.text.find(_CLOSING, found[0].end()) if found else -1
    end = closing if closing >= 0 else len(pasted.text)
    return [one for one in found if one.start() < end], end


def _year_of(pasted: Pasted, before: int, year: int | None) -> int:
    told = {int(found[1]): found.span() for found in _TITLE_YEAR.finditer(pasted.text, 0, before)}
    for other, at in told.items():
        if year is not None and other != year:
            raise pasted.refuse("year", f"{year}年", at)
    if len(told) > 1:
        raise CalendarFileError(pasted.file, "year", f"一个年份，而不是 {sorted(told)}")
    if not told and year is None:
        expected = "标题“关于…年部分节假日安排的通知”，或另给年份"
        raise CalendarFileError(pasted.file, "year", expected)
    return _checked_year(next(iter(told), year or 0), pasted.file)


def _checked_year(year: int, file: str) -> int:
    if not date.min.year < year <= date.max.year:
        raise CalendarFileError(file, "year", "一个四位数的年份")
    return year


def _refuse_other_headings(pasted: Pasted, before: int, end: int) -> None:
    """A numbered holiday that we do not know must not disappear in the section before it."""
    for found in _OTHER_HEADING.finditer(pasted.text, before, end):
        if pasted.starts(found.start()) and not _HEADING.match(pasted.text, found.start()):
            raise pasted.refuse("section", f"{'、'.join(HOLIDAYS)}之一", found.span())


def _section(draft: _Draft, heading: re.Match[str], end: int) -> None:
    names = re.split("[、和]", heading[1])
    for name in names:
        if name in draft.named:
            raise draft.pasted.refuse("twice", f"{name}只列一次", heading.span())
        draft.named.add(name)
    joined, free = "、".join(names), set[date]()
    worked: list[tuple[date, tuple[int, int]]] = []
    for at in draft.pasted.sentences(heading.end(), end):
        if not _SILENT.fullmatch(draft.pasted.text, *at):
            off, made_up = _sentence(draft, at)
            for on in off:
                draft.add(NamedDay(on, DayKind.HOLIDAY, joined), at)
            for on, place in made_up:
                draft.add(NamedDay(on, DayKind.WORKDAY, joined), place)
            free.update(off)
            worked += made_up
    _check_section(draft, heading, names, free)
    for on, place in worked:
        if min(abs(on - day).days for day in free) > MAKE_UP_MAX:
            raise draft.pasted.refuse("make_up", f"{joined}前后{MAKE_UP_MAX}日以内的日期", place)


def _check_section(
    draft: _Draft, heading: re.Match[str], names: list[str], free: set[date]
) -> None:
    """Refuse a holiday without days, or at a time of the year at which it never is."""
    if not free:
        raise draft.pasted.refuse("section", f"{'、'.join(names)}放假的日期", heading.span())
    for name in names:
        first, last = SEASONS.get(name, ("01-01", "12-31"))
        if not any(first <= f"{on:%m-%d}" <= last for on in free):
            raise draft.pasted.refuse("season", f"{name}在 {first} 至 {last} 之间", heading.span())


def _sentence(
    draft: _Draft, at: tuple[int, int]
) -> tuple[list[date], list[tuple[date, tuple[int, int]]]]:
    """Take one sentence; return its days off, and its make-up days each with its place."""
    text = draft.pasted.text
    if off := _OFF.fullmatch(text, *at):
        return _days_off(draft, off), []
    if worked := _WORKED.fullmatch(text, *at):
        made_up = _dates(draft, worked.span(1))
        for on, place in made_up:
            _check_make_up(on, draft.pasted.file, draft.pasted.line(place[0]))
        return [], made_up
    raise draft.pasted.refuse(
        "sentence", "“…月…日（周…）至…日（周…）放假调休，共…天”或“…月…日（周…）上班”", at
    )


def _days_off(draft: _Draft, off: re.Match[str]) -> list[date]:
    (first, _), *more = _dates(draft, (off.start(1), off.end(2) if off[2] else off.end(1)))
    last = more[0][0] if more else first
    if last < first:
        raise draft.pasted.refuse("date", f"{first:%m月%d日}以后的日期", off.span(2))
    days = [first + n * _ONE_DAY for n in range((last - first).days + 1)]
    _check_count(draft, days, off[3], off.span(3))
    extra: list[date] = []
    totals: list[tuple[str, tuple[int, int]]] = []
    for at in draft.pasted.pieces(off.start(4), off.end(4)):
        piece = draft.pasted.text[slice(*at)]
        if total := _TOTAL.fullmatch(piece):
            totals.append((total[1], at))
        elif free := _MADE_FREE.fullmatch(draft.pasted.text, *at):
            extra += [on for on, _ in _dates(draft, free.span(1))]
            _check_near(draft, days, extra, at)
        elif piece == "与周末连休":
            _check_weekend(draft, days, at)
        elif piece != "不调休":
            raise draft.pasted.refuse("sentence", "共…天、与周末连休、不调休或…月…日补休", at)
    days += extra
    if off[2] and not off[3] and not totals:
        raise draft.pasted.refuse("count", f"共{len(days)}天", off.span())
    for number, at in totals:
        _check_count(draft, days, number, at)
    return days


def _check_near(draft: _Draft, days: list[date], extra: list[date], at: tuple[int, int]) -> None:
    """Refuse a day off in lieu that is not one of the next days after a weekend holiday."""
    if any(not 0 < (on - days[-1]).days <= len(days) + 2 for on in extra):
        raise draft.pasted.refuse("date", f"{days[-1]:%m月%d日}之后的工作日", at)


def _check_count(draft: _Draft, days: list[date], told: str | None, at: tuple[int, int]) -> None:
    if told is not None and int(told) != len(days):
        raise draft.pasted.refuse("count", f"共{len(days)}天", at)


def _check_weekend(draft: _Draft, days: list[date], at: tuple[int, int]) -> None:
    around = (days[0] - _ONE_DAY, *days, days[-1] + _ONE_DAY)
    if not any(on.weekday() >= 5 for on in around):
        raise draft.pasted.refuse("weekday", "与周末相连的日期", at)


def _dates(draft: _Draft, at: tuple[int, int]) -> list[tuple[date, tuple[int, int]]]:
    """Return the dates in a piece of the text, each with its place; a month holds on."""
    found = []
    month = 0
    for one in _ONE.finditer(draft.pasted.text, *at):
        month = int(one[2] or month)
        on = _date(draft, one, month)
        _check_weekday(draft, one, on)
        found.append((on, one.span()))
    return found


def _date(draft: _Draft, one: re.Match[str], month: int) -> date:
    first, last = notice_span(draft.year)
    # The notice decides once on every day of the year, so that a date needs no year.
    year = first.year if (month, int(one[3])) >= (first.month, first.day) else last.year
    try:
        on = date(int(one[1] or year), month, int(one[3]))
    except ValueError:
        on = None
    if on is None or not first <= on <= last:
        raise draft.pasted.refuse("date", f"{first} 至 {last} 的日期", one.span())
    return on


def _check_weekday(draft: _Draft, one: re.Match[str], on: date) -> None:
    if one[4] is None:
        return
    for remark in re.split("[、,]", one[4]):
        named = _WEEKDAY.fullmatch(remark.replace("天", "日"))
        plain = re.fullmatch("[\u4e00-\u9fff]+", remark) and not re.search("周|星期|礼拜", remark)
        right = _WEEKDAYS[on.weekday()]
        if (named and named[1] != right) or not (named or plain):
            raise draft.pasted.refuse("weekday", f"周{right}", one.span())


def _check_make_up(on: date, file: str, line: int) -> None:
    if on.weekday() < 5:
        told = f"周六或周日上班，而 {on} 是周{_WEEKDAYS[on.weekday()]}"
        raise CalendarFileError(file, "make_up", told, line=line)


def _year(year: int, found: dict[date, NamedDay]) -> NoticeYear:
    rows = tuple(found[on] for on in sorted(found))
    return NoticeYear(year, rows, doubts_of(year, rows))


def doubts_of(year: int, rows: Sequence[NamedDay | CalendarRow]) -> tuple[Doubt, ...]:
    """Doubt a year that gives more or fewer days than the law: a sentence may be missing.

    Every weekday off that is no day of the law is worked on a weekend, and a day of the law
    that falls on a weekend is free on a weekday. This held for every notice from 2004 to 2026;
    in 2015 and 2020 more days were given by decisions of their own.
    """
    wanted = next((days for since, days in FREE_BY_LAW if year >= since), None)
    off = sum(row.kind is DayKind.HOLIDAY and row.on.weekday() < 5 for row in rows)
    worked = sum(row.kind is DayKind.WORKDAY for row in rows)
    if wanted is None or off - worked == wanted:
        return ()
    return (Doubt(wanted, off, worked),)


def _check_fixed(year: int, found: dict[date, NamedDay], file: str) -> None:
    for name, (month, day) in FIXED.items():
        row = found.get(date(year, month, day))
        if row is None or row.kind is not DayKind.HOLIDAY:
            raise CalendarFileError(file, "missing", f"{name}{month}月{day}日放假")


def _year_of_january(found: dict[date, NamedDay], file: str) -> int:
    years = [on.year for on in found if (on.month, on.day) == (1, 1)]
    if len(years) != 1:
        raise CalendarFileError(file, "year", "一个1月1日，或另给年份 / one 1 January")
    return years[0]


def _csv_rows(text: str, file: str) -> Iterator[tuple[int, NamedDay]]:
    reader = csv.reader(text.removeprefix("\ufeff").splitlines(), strict=True)
    header: tuple[str, ...] | None = None
    try:
        for row in reader:
            cells = tuple(one.strip() for one in row)
            if header is not None and any(cells):
                yield reader.line_num, _csv_row(cells, file, reader.line_num)
            elif any(cells):
                header = cells
                _check_header(header, file, reader.line_num)
    except csv.Error:
        raise CalendarFileError(file, "row", "一行 CSV / a CSV row", line=reader.line_num) from None
    _check_header(header, file, 1)


def _check_header(header: tuple[str, ...] | None, file: str, line: int) -> None:
    if header != CSV_HEADER:
        raise CalendarFileError(file, "header", ",".join(CSV_HEADER), line=line)


def _csv_row(cells: tuple[str, ...], file: str, line: int) -> NamedDay:
    if len(cells) != len(CSV_HEADER):
        raise CalendarFileError(file, "row", ",".join(CSV_HEADER), line=line)
    day, kind, name = cells
    try:
        on = date.fromisoformat(day)
    except ValueError:
        on = None
    if on is None or on.isoformat() != day:
        raise CalendarFileError(file, "day", f"2027-01-01，而不是「{day}」", line=line)
    if kind not in (DayKind.HOLIDAY, DayKind.WORKDAY):
        raise CalendarFileError(file, "kind", f"holiday 或 workday，而不是「{kind}」", line=line)
    # What no line shows, nobody could compare; some of it no database keeps.
    if not 1 <= len(name) <= NAME_MAX or not name.isprintable():
        raise CalendarFileError(file, "name", f"节日名称，最多 {NAME_MAX} 字", line=line)
    return NamedDay(on, DayKind(kind), name)
