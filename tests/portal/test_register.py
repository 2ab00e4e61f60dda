"""The public register: raw files as they lie, and pages that say what they are."""

import re

import pytest

from browsing import Visitor
from casework.register import RegisterFolder
from casework.services import claims
from crypto.notes import open_note, parse_checkpoint, parse_verifier_key
from crypto.register import fingerprint, register_origin
from instance import SITE
from log_keeper import pass_days, publish, take

FILES = {
    "checkpoint": ("text/plain; charset=utf-8", "public, max-age=60"),
    "verifier-key": ("text/plain; charset=utf-8", "public, max-age=60"),
    "tile/0/000.p/16": ("application/octet-stream", "public, max-age=31536000, immutable"),
    "tile/entries/000.p/16": ("application/octet-stream", "public, max-age=31536000, immutable"),
}


@pytest.fixture
def published(world, visitor):
    """A register with one batch in it."""
    visitor.code = visitor.file()
    take(world)
    publish(world)
    world.move(days=7)
    take(world)
    publish(world)
    return RegisterFolder(world.settings.home / "register")


def test_before_the_first_batch_the_page_says_so(visitor):
    page = visitor.get("/register")
    assert page.status_code == 200
    assert "还没有第一批记号" in page.text
    assert visitor.get("/register/checkpoint").status_code == 404


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_served_as_it_lies_and_may_be_kept(app, published, name):
    kind, kept = FILES[name]
    answer = Visitor(app).get(f"/register/{name}")
    assert answer.data == published.read(name)
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Cache-Control"] == kept
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "name",
    ["", "witness/x", "../instance.toml", "%2e%2e/instance.toml", "tile/0/000", "tile/64/000",
     "tile/0/000.p/256", "checkpoint/", "opened/2026Q5.json", ".git", "tile/0/x001"],
)  # fmt: skip
def test_nothing_else_below_the_folder_is_served(app, world, published, name):
    (world.settings.home / "register" / "witness").mkdir(exist_ok=True)
    (world.settings.home / "register" / "witness" / "x").write_text("cosigned")
    assert Visitor(app).get(f"/register/{name}").status_code in (404, 308)


def test_the_page_shows_the_fingerprint_that_the_files_give(app, world, published):
    visitor = Visitor(app)
    page = visitor.get("/register").text
    name, public, _ = parse_verifier_key(visitor.get("/register/verifier-key").text.strip())
    assert (name, public) == (register_origin(SITE), world.log_key.public)
    text = open_note(visitor.get("/register/checkpoint").text, name=name, public=public)
    shown = "".join(re.findall(r"<span>([0-9]{4})</span>", page))
    assert shown == fingerprint(text).replace(" ", "")
    assert f"共 {parse_checkpoint(text).size} 个记号" in page
    assert visitor.get("/register/verifier-key").text.strip() in page.replace("&#43;", "+")


def test_a_damaged_checkpoint_breaks_no_page(app, world, published):
    (published.path / "checkpoint").write_bytes(b"\xff\x00 not a note")
    assert "还没有第一批记号" in Visitor(app).get("/register").text


def test_no_cookie_is_set_and_no_code_is_asked_for(app, published):
    visitor = Visitor(app)
    for path in ("/register", "/register/checkpoint"):
        assert "Set-Cookie" not in visitor.get(path).headers


def test_opened_quarters_are_listed_and_served(app, published):
    published.write("opened/2026Q1.json", b"{}")
    visitor = Visitor(app)
    assert "2026 年第 1 季度" in visitor.get("/register").text
    answer = visitor.get("/register/opened/2026Q1.json")
    assert (answer.data, answer.headers["Content-Type"]) == (b"{}", "application/json")


@pytest.fixture
def opened(world):
    """The first quarter opened: six reports at one office, five accepted; five at another."""
    filed = [world.file_report() for _ in range(6)]
    for _ in range(5):
        world.file_report(about="410329-yjj")
    for one in filed[:5]:
        world.accept(one.report)
    take(world)
    pass_days(world, 7)
    world.move(days=53)  # 1 May
    publish(world)


def test_without_an_opened_quarter_there_are_no_figures(visitor):
    page = visitor.get("/register/figures")
    assert page.status_code == 200
    assert "还没有公布过底数" in page.text


def test_figures_are_counted_from_the_public_files_and_few_are_hidden(app, opened):
    page = Visitor(app).get("/register/figures").text
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "2026 年第 1 季度" in words
    assert "伊川县应急管理局 100% 6 5 0 0 0 0 0" in words
    assert re.search(r"不足五件 5 0 0 0 0 0 0", words)
    assert "登记簿有问题" not in words


@pytest.mark.parametrize("damage", ["opened/2026Q1.json", "checkpoint", "tile/entries/000.p/*"])
def test_files_that_do_not_fit_are_said_to_be_wrong(app, world, opened, damage):
    # Of the parts of a tile that lie there, the newest is the widest.
    path = max((world.settings.home / "register").glob(damage), key=lambda one: one.stat().st_size)
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)
    assert "登记簿有问题" in Visitor(app).get("/register/figures").text


def test_figures_follow_the_files(app, world, opened):
    visitor = Visitor(app)
    first = visitor.get("/register/figures").text
    assert visitor.get("/register/figures").text == first
    pass_days(world, 7)
    assert visitor.get("/register/figures").text != first  # another checkpoint, another fingerprint


@pytest.fixture
def rewarded(world):
    """Eleven awards in March, told in May: six small ones have no band of their own."""
    world.appropriate()
    world.file_report()
    take(world)
    pass_days(world, 7)
    for _ in range(6):
        world.approved()
    world.now = world.now.replace(month=5, day=2)
    for _ in range(2):
        publish(world)
        take(world)


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_before_any_is_told_the_figures_say_that_there_are_none_of_rewards(visitor):
    assert "还没有公布过奖励数字" in visitor.get("/register/figures").text


def test_rewards_are_told_by_quarter_and_band(app, rewarded):
    visitor = Visitor(app)
    words = words_of(visitor.get("/register/figures").text)
    assert "批准奖励 6 件" in words
    assert "不分档 6" in words
    assert "已发放 0 件" in words
    assert "30% 以上，不足 40%" in words  # six times 60,000 of a million
    assert "登记簿有问题" not in words
    answer = visitor.get("/register/rewards/2026Q1.json")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")


def test_rewards_that_were_changed_are_not_shown(app, world, rewarded):
    path = RegisterFolder(world.settings.home / "register").path / "rewards" / "2026Q1.json"
    path.write_bytes(path.read_bytes().replace(b'"awards":6', b'"awards":7'))
    words = words_of(Visitor(app).get("/register/figures").text)
    assert "登记簿有问题" in words
    assert "批准奖励" not in words


def test_awards_are_announced_by_case_number_alone(app, world, monkeypatch):
    world.appropriate()
    filed = world.approved(narrative="不该公开的内容")
    visitor = Visitor(app)
    assert "现在没有。" in visitor.get("/register/announced").text
    world.now = world.now.replace(year=2027)
    claims.end_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    page = visitor.get("/register/announced")
    assert filed.case_number in page.text
    assert "不该公开的内容" not in page.text
    assert "60,000" not in page.text
    assert "Set-Cookie" not in page.headers


def test_figures_and_announcements_are_in_the_language_that_was_asked_for(app, published):
    for path in ("/register/figures", "/register/announced"):
        english = Visitor(app).get(f"{path}?lang=en").text
        assert 'lang="en"' in english
        assert 'lang="zh-CN"' in Visitor(app).get(path).text
