"""S07: with the code, from another device, a reporter adds an older video to an open case."""

import shutil
from pathlib import Path

import pytest

from actors import Reporter
from faults import files_of
from moving import Moving
from samples import recording
from visitor import Visitor

YJJ = "410329-yjj"
NAME = "去年的录像.mp4"

pytestmark = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")


@pytest.fixture
def elsewhere(season: Moving) -> Reporter:
    """A case accepted on 2 March 2026, and its reporter at another device on 20 March."""
    first = season.reports()
    season.officer().accepts(first.case_number)
    season.until("2026-03-20", "09:05")
    season.working.send_all()
    return Reporter(Visitor(season.portal), code=first.code, case_number=first.case_number)


def test_an_older_video_is_cleaned_told_to_the_handler_and_kept_with_its_time(
    season: Moving, elsewhere: Reporter, tmp_path: Path
):
    number, film = elsewhere.case_number, recording("mp4", tmp_path)
    before = season.mails()
    assert b"Planted" in film

    # When the reporter adds it with the code
    elsewhere.looks_in()
    added = elsewhere.adds("去年九月拍的，同一个储罐。", files=[(NAME, film)])
    assert added.status == 200
    assert "您补充了材料" in elsewhere.looks_in().text

    # Then it went through the same cleaning as the first sending
    [(name, clean)] = files_of(season.world, season.report_of(number))
    assert name == NAME
    assert b"Planted" not in clean
    assert len(clean) > 1000, "the film itself is there"

    # The handler is told, in words that say nothing of the matter
    season.jobs()
    new = [one for one in season.mails() if one not in before]
    assert new == [(YJJ, f"举报编号 {number} 有新的消息，请登录工作台查看。")]

    # And when it came stands on the page and in the audit, to the second, for the ranking
    page = season.officer().reads(number)
    assert "举报人：补充材料" in page.text
    assert "2026-03-20 09:05" in page.text
    assert "去年九月拍的，同一个储罐。" in page.text
    assert NAME in page.text
    assert "补充材料" in season.audit(number).text
    report = season.report_of(number)
    events = season.world.store.read(lambda uow: uow.events.of_report(report))
    [event] = [one for one in events if one.event.kind == "evidence.added"]
    assert event.event.at.startswith("2026-03-20T01:05:")
    assert season.problems() == []


def test_to_a_case_that_is_closed_nothing_is_added(season: Moving, elsewhere: Reporter):
    """A form that was open before is answered in words, and keeps what was typed."""
    report = season.report_of(elsewhere.case_number)
    elsewhere.looks_in()
    form = elsewhere.visitor.get("/follow-up/evidence").form("/follow-up/evidence", field="text")
    season.world.conclude(report)
    season.world.close(report)

    answer = elsewhere.visitor.send(form, {"text": "补充一张照片。"})
    assert answer.status != 200
    assert "补充一张照片。" in answer.body.decode(), "what was typed is not lost"
    assert "不再收补充材料" in answer.text
    assert "补充材料" not in [text for text, _ in elsewhere.visitor.get("/follow-up/case").links]
    assert "不再收补充材料" in elsewhere.visitor.get("/follow-up/evidence").text
