"""Offices that the routing wants to help get the keys by one button of the lead's head."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from actors import Clerk
from console_words import running_clocks
from instance import make_world
from moving import Moving, moving
from people import STAFF
from visitor import Page

GAJ = "410329-gaj"
NARRATIVE = "作坊夜间生产烟花。"


@pytest.fixture
def season(tmp_path: Path, database_url: str) -> Iterator[Moving]:
    """Monday 2 March 2026, 10:00; the police have people at the console too."""
    police = {"gaj-officer": (GAJ, ("officer",)), "gaj-leader": (GAJ, ("leader",))}
    world = make_world(tmp_path, database_url, staff={**STAFF, **police})
    with moving(world) as stage:
        yield stage
    world.store.close()


def filed(stage: Moving) -> str:
    """The number of a report about fireworks, which the police help with."""
    reporter = stage.reporter()
    reporter.opens_the_form(sector="烟花爆竹")
    reporter.reports(narrative=NARRATIVE, anonymous="y")
    assert reporter.case_number
    stage.jobs()
    return reporter.case_number


def names(leader: Clerk, *co: str) -> Page:
    """Tick these offices and no others."""
    page = leader.visitor.page
    assert page is not None
    form = page.form(button="指定协办单位")
    return leader.visitor.send(form, {"co": [*co]}, press="指定协办单位")


def test_the_routings_helpers_are_ticked_and_can_read_once_they_are_named(season: Moving):
    number = filed(season)
    helper = season.officer("gaj-officer")
    assert number not in helper.visitor.get("/").text
    leader = season.leader()
    assert "尚未指定" in leader.opens_case(number).text
    leader.follows("指定协办单位")
    done = leader.sends("指定协办单位")
    assert "案件密钥已交给它们" in done.text
    assert NARRATIVE in helper.reads(number).text

    # The clock binds the lead alone, and what a transfer leaves is said
    season.officer().accepts(number)
    page = helper.opens_case(number)
    assert "核查期限" in running_clocks(page)
    assert "核查期限" in helper.visitor.get("/").text
    board = season.clerk("gaj-leader").visitor.get("/board").text
    assert number not in board
    season.jobs()
    assert [office for office, text in season.mails() if number in text and "协办" in text] == [GAJ]
    assert season.problems() == []


def test_who_is_not_named_any_more_reads_nothing_more(season: Moving):
    number = filed(season)
    leader = season.leader()
    leader.opens_case(number)
    leader.follows("指定协办单位")
    leader.sends("指定协办单位")
    helper = season.officer("gaj-officer")
    page = helper.opens_case(number)
    leader.opens_case(number)
    leader.follows("指定协办单位")
    none = names(leader)
    assert (none.status, "请至少选择一个单位。" in none.text) == (422, True)
    names(leader, "410329-zjj")
    assert number not in helper.visitor.get("/").text
    assert helper.visitor.get(page.url).status == 404
    # What reporters add now is sealed to those who are named now.
    case = season.world.case(season.report_of(number))
    assert case.offices == ("410329-yjj", "410329-awb", "410329-zjj")
    season.jobs()
    assert season.problems() == []
