"""S30: the board over 200 open cases, as a leader and a supervisor read it."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from asking import ask_more, ask_pause, clock, decide_pause, grant_more, to_day
from casework.clock import SHANGHAI
from casework.domain.clock_kinds import KINDS
from casework.domain.report import advance, open_case
from casework.domain.running import ClockState, Running
from casework.services.acts import act_of
from casework.services.rulebook import rulebook
from console_words import board_row, plain
from crypto.events import SignedEvent
from instance import World
from moving import Moving
from visitor import Page, Visitor

YJJ, ZJJ = "伊川县应急管理局", "伊川县住房和城乡建设局"
CODES = {"410329-yjj": YJJ, "410329-zjj": ZJJ}
WORST_FIRST = ("超期", "暂停", "临期", "正常")
# Verification ends late, soon, in seven days and in eight, on both sides of what is near, later.
BEGUN = ("2026-03-02", "2026-03-18", "2026-03-28", "2026-03-29", "2026-04-20")
Counts = dict[str, Counter[str]]


def fill(world: World) -> None:
    """200 open cases of two offices, begun on five days: longer, paused, concluded, new."""
    for day in BEGUN:
        to_day(world, day)
        for at in range(40):
            sector, office = (
                ("construction", "zjj") if at % 4 == 3 else ("hazardous_chemicals", "yjj")
            )
            report = world.file_report(sector=sector).report
            if at % 5 != 4:
                officer = f"{office}-officer"
                world.accept(report, officer)
                _go_on(world, report, at % 10, officer, day)


def _go_on(world: World, report: str, at: int, officer: str, day: str) -> None:
    if at in (1, 6):
        decide_pause(world, report, ask_pause(world, report, day, "2026-04-25", officer))
    elif at == 2:
        asked = ask_more(world, report, who=officer)
        longer = clock(world, report).due.due_on + timedelta(days=30)
        grant_more(world, report, asked, longer.isoformat())
    elif at == 5:
        world.conclude(report, officer)


def recounted(world: World) -> tuple[Counts, dict[str, dict[str, str]]]:
    """What the board must say, from the signed events alone.

    Returns:
        Counts of cases by office and level; and of each office its cases, by number, with the
        level that each stands at.
    """
    rules, today = rulebook(world.store), world.now.astimezone(SHANGHAI).date()
    counts: Counts = {name: Counter() for name in CODES.values()}
    cases: dict[str, dict[str, str]] = {name: {} for name in CODES.values()}
    for report in world.store.read(lambda uow: uow.reports.ids()):
        signed = events_of(world, report)
        case = open_case(signed[0].event.facts, report_id=report)
        for one in signed[1:]:
            case = advance(case, act_of(one.event, case, world.trust, past=True))
        clocks = [one for one in rules.clocks(case, world.now) if one.running]
        levels = {level(one, today) for one in clocks if not KINDS[one.key].is_right}
        worst = next(one for one in WORST_FIRST if one in levels)
        counts[CODES[case.lead]][worst] += 1
        cases[CODES[case.lead]][case.case_number] = worst
    return counts, cases


def events_of(world: World, report: str) -> Sequence[SignedEvent]:
    """The signed events of a case, in order."""
    return world.store.read(lambda uow: uow.events.of_report(report))


def level(one: Running, today: date) -> str:
    """How a clock stands, in the words of the requirement."""
    if one.state is ClockState.OVERDUE:
        return "超期"
    if one.state is ClockState.PAUSED:
        return "暂停"
    return "临期" if (one.due.due_on - today).days <= 7 else "正常"


def drilled(visitor: Visitor, board: Page, name: str, word: str) -> list[str]:
    """The case numbers behind a number of the board, through all its pages."""
    row = re.search(rf'<th scope="row">\s*{name}\s*</th>.*?</tr>', board.body.decode(), re.S)
    assert row is not None
    cell = re.search(rf'data-label="{word}">(.*?)</td>', row[0], re.S)
    assert cell is not None
    assert word in plain(cell[1]), "the colour has its word"
    href = re.search(r'href="([^"]+)"', cell[1])
    assert href is not None
    found: list[str] = []
    page = visitor.get(href[1])
    while True:
        assert page.status == 200
        found += re.findall(r">(410329-\d{4}-[2-9A-Z]{8})<", page.body.decode())
        following = [address for text, address in page.links if text == "下一页"]
        if not following:
            return found
        page = visitor.get(following[0])


def test_200_open_cases_count_exactly_drill_down_and_equal_a_recount_of_the_events(
    season: Moving,
):
    # Given 200 open cases
    world = season.world
    fill(world)
    season.until("2026-04-20", "18:00")
    counts, cases = recounted(world)
    assert sum(map(len, cases.values())) == 200
    assert all(counts[YJJ][word] for word in WORST_FIRST), "every level is there"

    # When the leader opens the board, then counts are exact, and equal the recount
    leader = season.leader()
    board = leader.visitor.get("/board")
    shown = board_row(board, YJJ)
    assert {word: shown[word] for word in WORST_FIRST} == {
        word: counts[YJJ][word] for word in WORST_FIRST
    }
    assert shown["合计"] == len(cases[YJJ]) == 150
    assert ZJJ not in board.text

    # And every number opens onto exactly the cases it counts
    for word in WORST_FIRST:
        listed = drilled(leader.visitor, board, YJJ, word)
        expected = sorted(number for number, worst in cases[YJJ].items() if worst == word)
        assert sorted(listed) == expected, word

    # And a case of such a list says by its clock what colour it has
    page = leader.visitor.get("/board/410329-yjj/overdue")
    assert "已超期" in page.text
    assert "暂停计时" in leader.visitor.get("/board/410329-yjj/paused").text
    assert "临近到期 · " in leader.visitor.get("/board/410329-yjj/near").text
    assert "正常 · 还有" in leader.visitor.get("/board/410329-yjj/normal").text

    # And the supervising office sees both departments, and their sum
    supervisor = season.clerk("awb-supervisor")
    board = supervisor.visitor.get("/board")
    for name in CODES.values():
        shown = board_row(board, name)
        assert {word: shown[word] for word in WORST_FIRST} == {
            word: counts[name][word] for word in WORST_FIRST
        }
    figures = {
        word: int(number)
        for word, number in re.findall(r"<dt>(\S+)</dt><dd>(\d+)</dd>", board.body.decode())
    }
    assert figures == {
        **{word: counts[YJJ][word] + counts[ZJJ][word] for word in WORST_FIRST},
        "暂定": 0,
        "合计": 200,
    }
    assert sorted(drilled(supervisor.visitor, board, ZJJ, "正常")) == sorted(
        number for number, worst in cases[ZJJ].items() if worst == "正常"
    )
