"""FEATURES 43: a head asks an officer to drop a case; who stands above reads of it, nobody else."""

import re

import sqlalchemy as sa

from key_changing import put_in_force, rewrap
from moving import Moving
from visitor import Page

YJJ, AWB, JW = "410329-yjj", "410329-awb", "410329-jw"
WORDS = "在走廊里说：这家企业是县里的重点，先放一放。"


def notes(stage: Moving, number: str, about: str, login: str = "yjj-officer") -> Page:
    """Note that somebody leant on the officer; *about* is a login, "" for somebody outside."""
    officer = stage.officer(login)
    officer.opens_case(number)
    officer.follows("记录干预")
    who = stage.world.people[about].account if about else "outside"
    return officer.sends("加密提交", about=who, whom="样本领导，局长", text=WORDS)


def test_who_stands_above_reads_it_and_the_head_whom_it_is_about_finds_nothing(season: Moving):
    number = season.reports().case_number
    officer = season.officer()
    officer.opens_case(number)
    form = officer.follows("记录干预")
    told = form.body.decode().partition("可以送到")[2].partition("</p>")[0]
    assert "伊川县纪律检查委员会监察委员会" in told
    empty = officer.sends("加密提交", about="", whom="", text="")
    assert empty.status == 422
    for words in ("请选择涉及谁。", "请写明是谁。", "请写经过。"):
        assert words in empty.text
    done = notes(season, number, "yjj-leader")
    assert "本单位其他人看不到有这份记录" in done.text
    assert "记录干预，内容加密" in done.text.partition("办理经过")[2]
    report = season.report_of(number)
    assert season.world.case(report).interference[0].readers == (AWB, JW)

    # The head whom it is about, and a colleague, find no trace, whatever they open or print.
    for login in ("yjj-leader", "yjj-officer-2"):
        clerk = season.officer(login)
        shown = clerk.reads(number).text + clerk.visitor.get(f"/cases/{report}/papers/dossier").text
        assert "记录干预，内容加密" not in shown
        assert "干预记录" not in shown
        assert "打不开" not in shown
        ordinal = season.world.case(report).interference[0].ordinal
        assert clerk.visitor.get(f"/cases/{report}/interference/{ordinal}").status == 404
    season.jobs()
    mailed = [one for one, text in season.mails() if number in text and "加密记录" in text]
    assert mailed == [AWB, JW]

    # Both readers open it, which is recorded, and the discipline body opens nothing else.
    for login in ("awb-supervisor", "jw-leader"):
        reader = season.clerk(login)
        assert "干预记录" in reader.visitor.get("/").text
        assert number in reader.visitor.get("/").text
        ordinal = season.world.case(report).interference[0].ordinal
        note = reader.visitor.get(f"/cases/{report}/interference/{ordinal}")
        assert WORDS not in note.text
        opened = reader.sends("打开干预记录（将留痕）")
        assert WORDS in opened.text
        assert "样本·yjj-leader" in opened.text
    assert season.clerk("jw-leader").visitor.get(f"/cases/{report}").status == 404

    # The auditor sees that there is one and who read it, and no word of it.
    audit = season.audit(number).text
    assert "记录干预，内容加密" in audit
    assert audit.count("查阅干预记录") == 2
    assert WORDS not in audit
    assert season.problems() == []


def test_no_number_is_missing_in_the_dossier_that_the_head_prints(season: Moving):
    number = season.reports().case_number
    report = season.report_of(number)
    path = f"/cases/{report}/papers/dossier"

    def printed(login: str) -> tuple[list[int], str]:
        page = season.clerk(login).visitor.get(path).body.decode()
        [paper] = set(re.findall(rf"{number}-([0-9A-F]{{8}})", page))
        lines, sealed = page.split("加密存放的内容")
        places = [int(one) for one in re.findall(r"<tr>\s*<td>(\d+)</td>", lines)]
        assert {int(one) for one in re.findall(r"<tr><td>(\d+)</td>", sealed)} <= set(places)
        return places, paper

    before = printed("yjj-leader")
    notes(season, number, "yjj-leader")
    assert printed("yjj-leader") == before, "as if nothing had been noted"
    season.officer().reads(number)
    places, _paper = printed("yjj-leader")
    assert places == list(range(1, len(places) + 1))
    assert len(printed("yjj-officer")[0]) == len(places) + 1, "who noted it sees their own"


def test_a_note_about_the_office_above_goes_past_it(season: Moving):
    number = season.reports().case_number
    notes(season, number, "awb-supervisor")
    case = season.world.case(season.report_of(number))
    assert case.interference[0].readers == ("410300-awb", JW)
    supervisor = season.clerk("awb-supervisor")
    assert "记录干预，内容加密" not in supervisor.opens_case(number).text


def test_its_key_goes_on_to_nobody_and_is_wrapped_anew_with_the_readers_key(season: Moving):
    number = season.reports().case_number
    notes(season, number, "")
    report = season.report_of(number)
    supervisor = season.clerk("awb-supervisor")
    supervisor.opens_case(number)
    supervisor.follows("转办")
    supervisor.sends("转办", lead="410329-zjj", reason_code="lead_by_duty")
    held = sa.text("SELECT recipient FROM key_wrap WHERE report_id = :id AND key_kind = 'note'")
    wraps = season.world.store.read(
        lambda uow: uow.connection.execute(held, {"id": report}).scalars().all()
    )
    assert sorted(wraps) == [f"office:{AWB}", f"office:{JW}"]
    put_in_force(season.world, rotated=[JW])
    rewrap(season.world, report, "jw-officer")
    season.jobs()
    assert season.problems() == []
