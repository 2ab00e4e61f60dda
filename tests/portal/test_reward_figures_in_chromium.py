"""What the public reads of rewards, in a real browser: figures by band, and announced awards."""

import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from werkzeug.serving import make_server

from casework.domain import award_approval
from casework.services import claims, rewards
from log_keeper import pass_days, publish, take

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def told(world, monkeypatch):
    """Figures of the first quarter; in May one award is announced, and five have lapsed."""
    world.appropriate()
    world.file_report()
    take(world)
    pass_days(world, 7)
    for _ in range(5):
        world.approved()
    world.now = world.now.replace(month=5, day=28)
    claims.end_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    monkeypatch.setattr(award_approval, "WITHOUT_A_WAY_BACK", frozenset({"web"}))
    filed = world.approved()
    award = world.case(filed.report).award
    facts = {"award": award.id, "how": "announced", "document": "伊应急奖通〔2026〕样1号"}
    act = world.sign("yjj-officer", "reward.notified", filed.report, facts)
    rewards.note_notice(world.store, act=act, trust=world.trust, now=world.now)
    for _ in range(2):
        publish(world)
        take(world)
    return filed


@pytest.fixture
def base(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1440, "dark")])
@pytest.mark.parametrize(
    ("path", "shown"), [("figures", "批准奖励 5 件"), ("announced", "最迟领取日")]
)
def test_the_page_fits_and_has_no_axe_violation(
    told, open_page, base, tmp_path, width, scheme, path, shown
):
    page = open_page(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=False
    )
    page.goto(f"{base}/register/{path}")
    assert shown in page.locator("main").inner_text()
    page.screenshot(path=tmp_path / f"{path}-{width}.png", full_page=True)
    checked = open_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    checked.goto(f"{base}/register/{path}")
    assert checked.evaluate(WIDE) <= 0
    found = Axe().run(checked, options=RULES).response["violations"]
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []
