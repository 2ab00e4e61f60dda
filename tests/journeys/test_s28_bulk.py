"""S28: fifty cases at a time: what is not ready is refused row by row, the rest passes."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from actors import Clerk
from console_words import linked, plain
from instance import World, make_world
from moving import Moving, moving
from people import STAFF
from visitor import Form, Page

BOTH = "yjj-both"  # an officer who also heads the department
READY, UNTOLD, UNPROPOSED, UNMENDED, ORDERED, OWN = 38, 3, 3, 2, 1, 3
INVESTIGATED = "您参与了这件举报的核查，不能再办结或审批、发放它。"
REASONS = {
    "untold": "还没有把核查结果告知举报人，不能办结。请先答复并勾选“核查结果答复”。",
    "unproposed": "还没有人提议办结，不能直接办结。",
    "unmended": "查实了重大事故隐患，还没有责令整改，不能办结。",
    "ordered": "有督办单还没有答复，不能办结。",
    "own": INVESTIGATED,
}


@pytest.fixture
def season(tmp_path: Path, database_url: str) -> Iterator[Moving]:
    """The stage of the journeys, with somebody who is officer and head at once."""
    staff = {**STAFF, BOTH: ("410329-yjj", ("leader", "officer"))}
    world = make_world(tmp_path, database_url, staff=staff)
    with moving(world) as stage:
        yield stage
    world.store.close()


def concluded(world: World, who: str = "yjj-officer", matter: str = "violation") -> str:
    """A case with a finding."""
    report = world.file_report(matter=matter, identity={}).report
    world.accept(report)
    world.conclude(report, who)
    return report


def fifty(world: World) -> dict[str, list[str]]:
    """Fifty cases on their way to be closed, by how far they are; their numbers."""
    found: dict[str, list[str]] = {name: [] for name in ("ready", *REASONS)}
    for name, count in (
        ("ready", READY),
        ("untold", UNTOLD),
        ("unproposed", UNPROPOSED),
        ("unmended", UNMENDED),
        ("ordered", ORDERED),
        ("own", OWN),
    ):
        for _ in range(count):
            report = concluded(
                world,
                who=BOTH if name == "own" else "yjj-officer",
                matter="major_hazard" if name == "unmended" else "violation",
            )
            if name != "untold":
                world.tell_result(report)
            if name in ("ready", "ordered", "own"):
                world.propose_closing(report)
            if name == "ordered":
                order(world, report)
            found[name].append(world.case(report).case_number)
    return found


def order(world: World, report: str) -> None:
    """A supervision order that nobody has answered."""
    from asking import issue

    issue(world, report)


def outcomes(page: Page) -> dict[str, tuple[str, str]]:
    """What the result page says of each case: what was done, and why not."""
    rows = re.findall(r"<tr>(.*?)</tr>", page.body.decode(), re.S)[1:]
    cells = [[plain(one) for one in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)] for row in rows]
    return {number: (done, why) for number, done, why in cells}


def selects_all(clerk: Clerk, key: str) -> Page:
    """Open a list for many, and tick all of it without any script."""
    page = clerk.visitor.get("/")
    clerk.visitor.get(linked(page, f"/worklist/{key}/bulk"))
    return clerk.follows("选中本页全部")


def test_fifty_at_a_time_and_each_by_its_own_rules(season: Moving):
    world = season.world
    cases = fifty(world)
    everyone = {number for numbers in cases.values() for number in numbers}
    clerk = season.clerk(BOTH)

    # Given 50 cases selected, without a script
    page = selects_all(clerk, "to-close")
    form = page.form(button="同意办结选中的")
    assert len(form.fields["case"]) == 50

    # When bulk close is run
    result = clerk.sends("同意办结选中的")

    # Then rows that lack what they must have are refused one by one with reasons
    assert "共 50 件：已办结 38 件，没有办理 12 件。" in result.text
    told = outcomes(result)
    assert set(told) == everyone
    for name, why in REASONS.items():
        assert {told[number] for number in cases[name]} == {("没有办理", why)}, name

    # And the rest passes, each by an act of its own
    assert {told[number] for number in cases["ready"]} == {("已办结", "–")}
    for name, numbers in cases.items():
        for number in numbers:
            case = world.case(season.report_of(number))
            assert (case.state == "closed") == (name == "ready"), (name, number)
            assert not case.closed_by or case.closed_by == world.people[BOTH].account

    # And no one closes a case they investigated: somebody else does
    leader = season.leader()
    selects_all(leader, "to-close")
    result = leader.sends("同意办结选中的")
    told = outcomes(result)
    assert {told[number] for number in cases["own"]} == {("已办结", "–")}
    assert len(told) == 12
    assert "已办结 3 件，没有办理 9 件。" in result.text

    # And what was sent twice is done once
    again = leader.visitor.send(page_of(leader, cases["ready"][:2], season), press="同意办结选中的")
    assert "已办结 0 件，没有办理 2 件。" in again.text
    assert "以现在的办理状态，不能进行这项操作。" in again.text
    assert season.problems() == []


def page_of(clerk: Clerk, numbers: list[str], season: Moving) -> Form:
    """The form of the list, as a browser that was left open would send it again."""
    page = selects_all(clerk, "to-close")
    form = page.form(button="同意办结选中的")
    form.fields["case"] = [f"{season.report_of(number)}.1" for number in numbers]
    return form


def test_signing_for_many_and_proposing_many(season: Moving):
    world = season.world
    reports = [world.file_report(identity={}) for _ in range(6)]
    world.accept(reports[5].report)
    officer = season.officer()
    selects_all(officer, "inbox")
    result = officer.sends("签收选中的")
    assert "共 6 件：已签收 5 件，没有办理 1 件。" in result.text or "已签收 6 件" in result.text
    for one in reports[:5]:
        names = [mark.name for mark in world.case(one.report).marks]
        assert names.count("signed_in") == 1
    selects_all(officer, "inbox")
    again = officer.sends("签收选中的")
    assert "已签收 0 件，没有办理 6 件。" in again.text

    # Proposing, from the same list
    ready = concluded(world)
    world.tell_result(ready)
    selects_all(officer, "inbox")
    proposed = officer.sends("提议办结选中的")
    assert "已提议办结 1 件，没有办理 6 件。" in proposed.text
    assert "还没有核查结论，不能办结。" in proposed.text
    assert [one.proposer for one in world.case(ready).closings] == [
        world.people["yjj-officer"].account
    ]
    assert season.problems() == []


def test_nothing_ticked_or_somebody_elses_case(season: Moving):
    world = season.world
    mine = concluded(world)
    other = world.file_report(sector="construction", identity={})
    assert world.case(other.report).lead != "410329-yjj"
    leader = season.leader()
    page = leader.visitor.get("/")
    page = leader.visitor.get(linked(page, "/worklist/to-close/bulk"))
    none = leader.visitor.send(page.form(button="同意办结选中的"), press="同意办结选中的")
    assert (none.status, "请至少选择一件。" in none.text) == (422, True)
    form = none.form(button="同意办结选中的")
    form.fields["case"] = [f"{other.report}.1", "nothing.1", f"{mine}.x"]
    result = leader.visitor.send(form, press="同意办结选中的")
    assert result.text.count("没有这件举报，或者不归您办理。") == 2
    assert other.case_number not in result.text
    many = leader.visitor.get("/worklist/to-close/bulk").form(button="同意办结选中的")
    many.fields["case"] = [f"{mine}{number}.1" for number in range(51)]
    refused = leader.visitor.send(many, press="同意办结选中的")
    assert (refused.status, "一次最多 50 件，没有办理。" in refused.text) == (422, True)
    assert world.case(mine).state == "concluded"


@pytest.mark.parametrize(
    ("login", "key", "act", "status"),
    [
        ("yjj-officer", "to-close", "close", 404),
        ("yjj-officer", "inbox", "close", 403),
        ("yjj-leader", "to-close", "sign_in", 403),
        ("cashier", "inbox", "sign_in", 404),
        ("yjj-leader", "releases", "close", 404),
    ],
)
def test_who_may_not_do_one_may_not_do_many(season: Moving, login, key, act, status):
    report = concluded(season.world)
    season.world.tell_result(report)
    season.world.propose_closing(report)
    before = season.world.case(report)
    clerk = season.clerk(login)
    page = clerk.visitor.get("/")
    token = page.forms[0].fields["csrf_token"]
    page.forms[0].action = page.url.rstrip("/") + f"/worklist/{key}/bulk"
    page.forms[0].fields.clear()
    page.forms[0].fields |= {"csrf_token": token, "case": [f"{report}.6"], "act": [act]}
    assert clerk.visitor.send(page.forms[0]).status == status
    assert season.world.case(report) == before
