"""Files in parts in a real browser: a cut connection, a pause, a page loaded again."""

import os
import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from werkzeug.serving import make_server

from browsing import FORM
from faults import files_of
from pages import follow

MEGABYTE = 1024 * 1024
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


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


@pytest.fixture
def video(tmp_path):
    """A file of several parts."""
    path = tmp_path / "录像.bin"
    path.write_bytes(os.urandom(3 * MEGABYTE))
    return path


def fill_in(page):
    page.fill("#enterprise", "样本化工有限公司")
    page.fill("#place", "城关街道东环路 8 号")
    page.fill("#narrative", "储罐区动火作业未办理审批。")
    page.check("#anonymous")


def send(page):
    follow(page.locator("main button[type=submit]"))
    assert page.is_visible(".code")


def state(page):
    return page.inner_text(".uploads [role=status]")


def whole(page, count=1):
    page.wait_for_function(
        f"() => document.querySelectorAll('[name=upload]:not([disabled])').length === {count}"
    )


def only_report(world):
    [report] = world.store.read(lambda uow: uow.reports.ids())
    return report


def test_a_cut_connection_costs_no_file(page, base, world, video):
    cut: list[str] = []

    def sometimes(route):
        if len(cut) < 3 and route.request.headers["upload-offset"] != "0":
            cut.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/uploads/part", sometimes)
    violations = []
    page.on("console", lambda said: violations.append(said.text) if "Policy" in said.text else None)
    page.goto(base + FORM)
    fill_in(page)
    page.set_input_files("#files", video)
    page.wait_for_function(
        "() => document.querySelector('.uploads [role=status]').textContent.includes('网络断了')"
    )
    whole(page)
    send(page)
    assert len(cut) == 3
    assert files_of(world, only_report(world)) == [("录像.bin", video.read_bytes())]
    assert violations == []


def test_a_lost_answer_is_asked_for_again(page, base, world, video):
    lost: list[int] = []

    def lose_one(route):
        answer = route.fetch()  # it arrives, and the browser never hears of it
        if not lost:
            lost.append(answer.status)
            route.abort("connectionreset")
        else:
            route.fulfill(response=answer)

    page.route("**/uploads/part", lose_one)
    page.goto(base + FORM)
    fill_in(page)
    page.set_input_files("#files", video)
    whole(page)
    send(page)
    assert lost == [200]
    assert files_of(world, only_report(world)) == [("录像.bin", video.read_bytes())]


def test_a_pause_stops_and_the_keyboard_goes_on(page, base, world, video):
    on_their_way = []
    page.route("**/uploads/part", lambda route: on_their_way.append(route))
    page.goto(base + FORM)
    fill_in(page)
    with page.expect_request("**/uploads/part"):
        page.set_input_files("#files", video)
    page.press(".uploads button >> nth=0", "Enter")
    assert state(page) == "已暂停"
    on_their_way.pop().continue_()  # what was sent before the pause still arrives
    page.wait_for_function("() => document.querySelector('.uploads progress').value > 0")
    before = page.inner_text(".uploads")
    page.wait_for_timeout(1000)
    assert page.inner_text(".uploads") == before
    assert on_their_way == []
    page.unroute("**/uploads/part")
    page.click("main button[type=submit]")  # not whole yet: the form stays, the reason is told
    assert "还没有传完" in state(page)
    assert page.evaluate("() => document.activeElement.textContent") == "继续"
    page.keyboard.press("Enter")
    whole(page)
    send(page)
    assert files_of(world, only_report(world)) == [("录像.bin", video.read_bytes())]


def test_a_page_loaded_again_keeps_what_came(page, base, world, video, tmp_path):
    page.goto(base + FORM)
    (tmp_path / "whole.txt").write_text("whole")
    page.set_input_files("#files", tmp_path / "whole.txt")
    whole(page)
    page.route("**/uploads/part", lambda route: route.abort("connectionreset"))
    page.set_input_files("#files", video)
    page.wait_for_function(
        "() => document.querySelector('.uploads').textContent.includes('网络断了')"
    )
    page.reload()
    page.unroute("**/uploads/part")
    whole(page)
    page.wait_for_function(
        "() => document.querySelector('.uploads').textContent.includes('请重新选择这个文件')"
    )
    page.set_input_files("#files", video)
    whole(page, 2)
    fill_in(page)
    send(page)
    found = files_of(world, only_report(world))
    assert found == sorted([("whole.txt", b"whole"), ("录像.bin", video.read_bytes())])
    page.goto(base + FORM)  # another report: what was filed is not listed again
    page.wait_for_load_state("networkidle")
    assert page.locator(".uploads li").count() == 0


def test_a_file_taken_off_the_list_is_not_filed_and_not_kept(page, base, world, video):
    page.goto(base + FORM)
    fill_in(page)
    page.set_input_files("#files", video)
    whole(page)
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.click("text=去掉")
    send(page)
    assert files_of(world, only_report(world)) == []
    assert not list(world.blobs.names())


def test_the_list_has_no_axe_violation_and_fits_a_small_screen(open_page, base, video):
    page = open_page(viewport={"width": 360, "height": 740})
    page.goto(base + FORM)
    page.set_input_files("#files", video)
    whole(page)
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0


def test_without_scripts_the_form_carries_its_files_itself(
    page_without_scripts, base, world, video
):
    page = page_without_scripts
    page.goto(base + FORM)
    assert page.locator(".uploads").is_hidden()
    fill_in(page)
    page.set_input_files("#files", video)
    send(page)
    assert files_of(world, only_report(world)) == [("录像.bin", video.read_bytes())]
