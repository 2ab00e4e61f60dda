"""What each of the offices finds of a case, from the day it comes in until it is closed.

On PostgreSQL every process has its own role: the public site takes the report in and has no
right to the index, the jobs process makes it, the console reads it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from actors import Clerk
from instance import make_world
from moving import Moving, moving
from separated import role_urls


@pytest.fixture
def county(tmp_path: Path, database_url: str) -> Iterator[Moving]:
    """Both sites and the jobs process, each with its own database role."""
    world = make_world(tmp_path / "home", database_url, environ=role_urls(database_url))
    with moving(world) as stage:
        yield stage
    world.store.close()


def finds(clerk: Clerk, number: str, text: str, **narrowed: str) -> bool:
    """Whether somebody finds the case by words."""
    clerk.visitor.get("/search")
    return number in clerk.sends("查找", text=text, **narrowed).text


def test_a_case_is_found_by_its_facts_by_who_handles_it_and_in_its_text_by_its_officer(county):
    reporter = county.reports()
    number = reporter.case_number
    officer, leader = county.officer(), county.leader()
    above, stranger = county.clerk("awb-supervisor"), county.clerk("zjj-officer")
    assert finds(officer, number, "待受理")
    assert not finds(officer, number, "核查中")
    # Nobody has it in hand yet.
    officer.visitor.get("/search/own")
    assert number not in officer.sends("打开并查找（留痕）", text="动火作业").text
    officer.accepts(number)
    county.jobs()
    assert finds(officer, number, "核查中 危险化学品")
    assert not finds(officer, number, "待受理")
    officer.visitor.get("/search/own")
    page = officer.sends("打开并查找（留痕）", text="动火作业")
    assert "已查 1 / 1 件，找到 1 件。" in page.text
    assert number in page.text
    officer.concludes(number)
    officer.tells(number)
    officer.proposes_closing(number)
    leader.closes(number)
    county.jobs()
    for clerk, there in ((officer, True), (leader, True), (above, True), (stranger, False)):
        assert finds(clerk, number, "应急罚", state="closed") is there
        assert finds(clerk, number, number) is there
        # What was reported is in no index.
        assert not finds(clerk, number, "动火作业")
        assert (number in clerk.visitor.get("/search/ended").text) is (there and clerk != above)
    assert number in above.visitor.get("/search/ended?of=above").text
    assert county.problems() == []
