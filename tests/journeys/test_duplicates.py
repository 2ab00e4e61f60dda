"""Two reports of one enterprise meet for the staff who handle them, and nobody reads a name."""

import sqlalchemy as sa

from moving import Moving


def files(season: Moving, enterprise: str) -> str:
    reporter = season.reporter()
    reporter.opens_the_form()
    reporter.reports(narrative="储罐区动火作业未办理审批。", enterprise=enterprise, anonymous="y")
    season.jobs()
    season.officer().accepts(reporter.case_number)
    return reporter.case_number


def test_a_report_of_the_same_enterprise_is_hinted_at_and_its_name_stays_sealed(season: Moving):
    first = files(season, "伊川县明发化工有限公司")
    season.until("2026-03-05")
    second = files(season, "河南省伊川县 明发化工（有限责任公司）")
    third = files(season, "宏远建材厂")

    page = season.officer().opens_case(second)
    assert "可能是同一件事" in page.text
    assert "事项相同，区域相同，行业相同，收到日期相差 3 天" in page.text
    assert first in [text for text, _address in page.links]
    assert third not in page.text
    assert "明发" not in page.text, "the name is not shown until the report is opened"
    assert not season.world.case(season.report_of(third)).read, "nobody has read it (docs/adr/0020)"
    assert second in season.clerk("awb-supervisor").opens_case(first).text
    assert "可能是同一件事" not in season.officer().opens_case(third).text
    assert "可能是同一件事" not in season.audit(first).text

    rows = season.world.store.read(
        lambda uow: uow.connection.execute(sa.text("SELECT * FROM enterprise_mark")).all()
    )
    assert len(rows) == 3
    assert "明发" not in str(rows)
    assert season.problems() == []
