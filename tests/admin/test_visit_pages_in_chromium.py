"""On-site verification in a real browser: with a thumb, with a keyboard, and on paper."""

from pathlib import Path

import pytest

from at_the_console import broken_rules, come_in, fits
from browsing import photograph
from instance import PASSWORD, World
from pages import enter, follow
from visiting import open_visit


@pytest.fixture
def report(world: World) -> str:
    """An accepted report whose visit is open."""
    filed = world.file_report(matter="major_hazard")
    world.accept(filed.report)
    open_visit(world, filed.report, unannounced=1)
    return filed.report


def photo_in(folder: Path) -> Path:
    path = folder / "valve.jpg"
    path.write_bytes(photograph())
    return path


def fill(page) -> None:
    """Answer every question as the officers saw it."""
    for name in page.locator("input[type=radio][value=yes]").all():
        name.check()
    page.locator("[name=result][value=complete]").check()
    page.fill("#time", "14:10 至 15:40")
    page.fill("#place", "样本化工有限公司储罐区")
    page.fill("#account", "储罐区安全阀停用。")


@pytest.mark.parametrize("width", [360, 1440])
def test_two_officers_walk_it_without_scripts(world, console_url, watched, report, width, tmp_path):
    page, complaints = watched(viewport={"width": width, "height": 900}, java_script_enabled=False)
    come_in(page, console_url, world, "yjj-officer")
    page.goto(f"{console_url}/cases/{report}")
    follow(page.get_by_role("link", name="登记现场核查"))
    follow(page.get_by_role("link", name="上传现场照片"))
    assert fits(page)
    page.set_input_files("#files", photo_in(tmp_path))
    follow(page.get_by_role("button", name="上传"))
    assert "照片已清理、加密保存。" in page.inner_text("main")
    assert fits(page)
    fill(page)
    page.get_by_label("第 1 张说明").fill("停用的安全阀")
    page.fill("#password", PASSWORD)
    follow(page.get_by_role("button", name="签字并提交"))
    assert fits(page)
    second, more = watched(viewport={"width": width, "height": 900}, java_script_enabled=False)
    come_in(second, console_url, world, "yjj-officer-2")
    second.goto(f"{console_url}/cases/{report}")
    enter(second.get_by_role("link", name="核对并签字"))
    assert "停用的安全阀" in second.inner_text("main")
    assert fits(second)
    second.fill("#password", PASSWORD)
    enter(second.get_by_role("button", name="签字", exact=True))
    assert "两人已签字，核查记录生效。" in second.inner_text("main")
    assert fits(second)
    said = [one for one in (*complaints, *more) if "Content Security Policy" in one]
    assert said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(world, console_url, watched, report, scheme):
    page, _complaints = watched(viewport={"width": 360, "height": 900}, color_scheme=scheme)
    come_in(page, console_url, world, "yjj-officer")
    for path in ("", "/visits/photos", "/visits/record", "/visits/3"):
        page.goto(f"{console_url}/cases/{report}{path}")
        assert broken_rules(page) == [], path
    page.goto(f"{console_url}/cases/{report}/visits/record")
    follow(page.get_by_role("button", name="签字并提交"))
    assert page.title().startswith("错误：")
    assert broken_rules(page) == []
    other = world.file_report().report
    world.accept(other)
    page.goto(f"{console_url}/cases/{other}/visits/plan")
    assert broken_rules(page) == []
    leader, _complaints = watched(viewport={"width": 360, "height": 900}, color_scheme=scheme)
    come_in(leader, console_url, world, "yjj-leader")
    leader.goto(f"{console_url}/cases/{report}/visits/drop")
    assert broken_rules(leader) == []
