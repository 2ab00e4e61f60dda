"""Two persons replace the routing table while both sites run; nothing under way moves."""

import sqlalchemy as sa

from actors import Clerk
from console_words import linked
from moving import Moving
from routing_changing import given_to
from visitor import Page

ZJJ = "410329-zjj"
NEW = given_to(ZJJ, "hazardous_chemicals")


def filed(stage: Moving) -> str:
    """The number of a report about hazardous chemicals."""
    reporter = stage.reporter()
    reporter.opens_the_form(sector="危险化学品")
    reporter.reports(narrative="储罐区动火作业未办理审批。", anonymous="y")
    assert reporter.case_number
    stage.jobs()
    return reporter.case_number


def lead(stage: Moving, number: str) -> str:
    return stage.world.case(stage.report_of(number)).lead


def proposes(clerk: Clerk, body: bytes, day: str) -> Page:
    """Paste a table, look at what it changes, sign."""
    clerk.visitor.get("/rules/routing/new")
    clerk.sends("检查", text=body.decode(), active_from=day)
    return clerk.sends("签署并提议")


def confirms(clerk: Clerk) -> Page:
    page = clerk.visitor.get("/rules/routing")
    clerk.visitor.get(linked(page, "/rules/routing/proposals/"))
    return clerk.sends("签署并启用")


def test_a_new_table_counts_from_its_day_on_and_running_cases_stay(season: Moving):
    before = filed(season)
    assert lead(season, before) == "410329-yjj"
    done = proposes(season.clerk("awb-supervisor"), NEW, "2026-03-03")
    assert "规则：新增 1" in done.text
    assert "待确认" in done.text
    leader = season.clerk("yjj-leader")
    assert "已生效" in confirms(leader).text
    season.jobs()
    assert any("分派表已确认启用" in text for _office, text in season.mails())

    # Its day has not come.
    same_day = filed(season)
    assert lead(season, same_day) == "410329-yjj"
    season.until("2026-03-03")
    after = filed(season)
    assert lead(season, after) == ZJJ
    assert {lead(season, one) for one in (before, same_day)} == {"410329-yjj"}

    # Who is to read it reads it, and the other does not; the old ones open as before.
    officer = season.officer("zjj-officer")
    assert "动火作业" in officer.reads(after).text
    assert "动火作业" in season.officer().reads(before).text
    assert after not in season.officer().visitor.get("/").text
    tried = season.clerk("auditor").visitor.get(
        "/rules/duties?sector=hazardous_chemicals&matter=violation"
    )
    assert "r-new-hazardous_chemicals" in tried.text
    assert season.problems() == []


def test_a_bad_table_is_refused_whole_and_the_old_one_stays(season: Moving):
    clerk = season.clerk("awb-supervisor")
    clerk.visitor.get("/rules/routing/new")
    bad = NEW.replace(b'lead = "410329-zjj"\nco', b'lead = "410329-zzz"\nco')
    page = clerk.sends("检查", text=bad.decode(), active_from="2026-03-02")
    assert page.status == 422
    assert "什么都没有保存" in page.text
    assert "410329-zzz" in page.text
    assert lead(season, filed(season)) == "410329-yjj"


def test_a_bad_row_beside_running_sites_takes_no_table_away(season: Moving):
    proposes(season.clerk("awb-supervisor"), NEW, "2026-03-02")
    confirms(season.clerk("yjj-leader"))
    season.until("2026-03-02", "13:00")
    assert lead(season, filed(season)) == ZJJ
    harm = sa.text("UPDATE routing_table SET body = :bad, sha256 = :other")
    season.world.store.write(
        lambda uow: uow.connection.execute(harm, {"bad": b"rule = 1", "other": "ab" * 32})
    )
    season.until("2026-03-02", "14:00")
    assert lead(season, filed(season)) == ZJJ
    assert "routing" in {one.kind for one in season.problems()}
