"""The pages in a real browser without scripts: narrow, reachable by keyboard, no violation."""

import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from werkzeug.serving import make_server

from browsing import FORM
from log_keeper import pass_days, take
from pages import follow

PAGES = [
    "/", "/report", "/report?region=410329&sector=other", FORM, "/duties",
    "/report?kind=urgent", "/report?kind=labour", f"{FORM}&kind=urgent&go=on",
    "/duties?sector=special_equipment&region=410329106000", "/duties?sector=ships", "/protection",
    "/reward",
]  # fmt: skip
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SMALL = """() => [...document.querySelectorAll('main a, main button, main input, nav a')]
  .filter(e => e.getClientRects().length && getComputedStyle(e).display !== 'inline')
  .map(e => (e.labels && e.labels.length && /radio|checkbox/.test(e.type) ? e.parentNode : e))
  .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
  .filter(([_, box]) => box.height < 43.5)
  .map(([html, box]) => html + ' ' + box.height)"""
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def base(app):
    """Where the site is served."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def violations(page):
    found = Axe().run(page, options=RULES).response["violations"]
    return [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_axe_violation(open_page, base, scheme):
    page = open_page(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    for path in [*PAGES, "/report?asked=region", "/follow-up", "/nope"]:
        page.goto(base + path)
        assert violations(page) == [], path
    page.goto(base + FORM)
    follow(page.locator("main button[type=submit]"))
    assert violations(page) == []


def test_english_pages_fit_320_pixels_and_have_no_axe_violation(open_page, base):
    page = open_page(viewport={"width": 320, "height": 700})
    for path in [*PAGES, "/follow-up", "/register", "/nope"]:
        page.goto(f"{base}{path}{'&' if '?' in path else '?'}lang=en")
        assert page.evaluate("document.documentElement.lang") == "en"
        assert page.evaluate(WIDE) <= 0, path
        assert violations(page) == [], path


def test_pages_fit_320_pixels_and_targets_a_thumb(open_page, base):
    page = open_page(viewport={"width": 320, "height": 700}, java_script_enabled=True)
    for path in [*PAGES, "/follow-up"]:
        page.goto(base + path)
        assert page.evaluate(WIDE) <= 0, path
        assert page.evaluate(SMALL) == [], path


def test_a_reward_is_worked_out_on_a_narrow_phone(open_page, base, tmp_path):
    page = open_page(viewport={"width": 360, "height": 780}, java_script_enabled=True)
    for language, told in (("", "10,000 × 15 %"), ("?lang=en", "at least 3,000")):
        page.goto(f"{base}/reward{language}")
        page.check("[name=matter][value=violation]")
        page.fill("[name=fine]", "10000")
        follow(page.locator("main form button[type=submit]"))
        assert told in page.inner_text("main")
        page.screenshot(path=tmp_path / f"worked-out{language[-2:]}.png", full_page=True)
        assert page.evaluate(WIDE) <= 0
        assert violations(page) == []
        page.fill("[name=fine]", "many")
        follow(page.locator("main form button[type=submit]"))
        assert page.input_value("[name=fine]") == "many"
        assert violations(page) == []


@pytest.fixture
def reporter(visitor, world):
    """Somebody with a report, a name and an open mailbox; the register has a batch."""
    visitor.code = visitor.file(anonymous="", name="样本甲", phone="13800138000", consent="y")
    take(world)
    pass_days(world, 7)
    visitor.enter(visitor.code)
    form = visitor.form("/follow-up/identity") | {"kinds": ["contact"], "understood": "y"}
    assert visitor.post("/follow-up/identity", form).status_code == 303
    return visitor


OWN = [
    "/register", "/register/figures", "/follow-up/case", "/follow-up/identity",
    "/follow-up/identity/certificate/1", "/follow-up/register", "/follow-up/code",
    "/follow-up/code/new",
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_reporter_s_pages_and_the_register_fit_and_have_no_violation(
    open_page, base, reporter, scheme
):
    page = open_page(
        color_scheme=scheme, viewport={"width": 360, "height": 740}, java_script_enabled=True
    )
    page.goto(base + "/follow-up")
    page.fill("#code", reporter.code)
    follow(page.locator("main button[type=submit]"))
    page.goto(base + "/follow-up/code")
    follow(page.locator("main button[type=submit]").first)
    for path in OWN:
        page.goto(base + path)
        assert page.url == base + path
        assert violations(page) == [], path
        assert page.evaluate(WIDE) <= 0, path
        assert page.evaluate(SMALL) == [], path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_notice_of_an_award_fits_prints_alone_and_has_no_violation(
    open_page, base, visitor, world, scheme
):
    code = visitor.file(anonymous="", name="样本甲", phone="13800138000", consent="y")
    [report] = world.store.read(lambda uow: uow.reports.ids())
    world.appropriate()
    world.accept(report)
    world.conclude(report)
    world.reserve(report)
    world.approve(report)
    page = open_page(color_scheme=scheme, viewport={"width": 360, "height": 740})
    page.goto(base + "/follow-up")
    page.fill("#code", code)
    follow(page.locator("main button[type=submit]"))
    page.goto(base + "/follow-up/reward")
    follow(page.get_by_role("link", name="领奖通知书"))
    assert violations(page) == []
    assert page.evaluate(WIDE) <= 0
    assert page.evaluate(SMALL) == []
    with page.expect_download() as taken:
        page.get_by_role("button", name="下载 PDF").click()
    assert taken.value.suggested_filename == "notice.pdf"
    page.emulate_media(media="print")
    assert page.locator("article").is_visible()
    for hidden in (".masthead", ".colophon", "main form", ".no-print"):
        assert not any(one.is_visible() for one in page.locator(hidden).all()), hidden


def test_the_error_summary_has_the_focus_and_its_links_lead_to_the_fields(open_page, base):
    page = open_page(java_script_enabled=True)
    page.goto(base + FORM)
    follow(page.locator("main button[type=submit]"))
    page.wait_for_function("() => document.activeElement.classList.contains('summary')")
    for link in page.query_selector_all(".summary li a"):
        target = link.get_attribute("href")[1:]
        assert page.query_selector(f"#{target}"), target
    page.click(".summary li a >> nth=0")
    page.wait_for_url(lambda url: url.endswith("#enterprise"))


def test_a_report_is_filed_and_followed_up_without_scripts(page_without_scripts, base):
    page = page_without_scripts
    messages = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(base)
    follow(page.locator("a.door.first"))
    for choice in ("work_safety", "410329001000", "hazardous_chemicals", "major_hazard"):
        page.check(f"input[value='{choice}']")
        follow(page.locator("main button"))
    page.fill("#enterprise", "样本化工有限公司")
    page.fill("#place", "东环路")
    page.fill("#narrative", "储罐区动火作业未办理审批。")
    page.check("#anonymous")
    page.set_input_files(
        "#files", [{"name": "a.txt", "mimeType": "text/plain", "buffer": b"x" * 3000}]
    )
    follow(page.locator("main button[type=submit]"))
    code = "".join(page.locator("#code span").all_inner_texts())
    assert len(code) == 24
    follow(page.locator("text=抄好了，试着查询一次"))
    page.fill("#code", code)
    follow(page.locator("main button"))
    assert page.url == f"{base}/follow-up/case"
    page.fill("#text", "补充一句。")
    follow(page.locator("text=送出留言"))
    assert "补充一句。" in page.inner_text(".messages")
    follow(page.locator("text=离开信箱"))
    page.goto(f"{base}/follow-up/case")
    assert "半小时" in page.inner_text("main")
    assert not messages
