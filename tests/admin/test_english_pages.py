"""Every page of the console in English: nothing of it is left in Chinese but names and what
people typed.
"""

import re
from html import unescape

import pytest
from werkzeug.exceptions import HTTPException

from english import Known
from instance import PASSWORD
from rich_instance import rich_instance

ORIGIN = "https://console.test"
LINK = re.compile(r'href="(/[^"#]*)"')
TRY_ALL = {
    "yjj-officer",
    "yjj-leader",
    "awb-supervisor",
    "awb-approver",
    "cashier",
    "administrator",
}
EACH_MOST = 3  # pages of one kind, for one person
# What the tests' people type.
TYPED = (
    "样本",
    "样本文字",
    "样本化工有限公司",
    "样本：改由该单位承办",
    "样本纪念日",
    "伊应急奖〔2026〕样1号",
    "国务院办公厅关于2027年部分节假日安排的通知（国办发明电〔2026〕7号）",
)


class Reader:
    """Somebody who reads the console in English, page by page, as links and addresses lead."""

    def __init__(self, desk, known):
        self.desk, self.known = desk, known
        self.found: dict[str, str] = {}
        self.seen: dict[str, set[str]] = {}

    def read(self, path, method="GET", **sent):
        """Look at one page; where it leads."""
        answer = self.desk.client.open(path, method=method, base_url=ORIGIN, data=sent or None)
        if answer.mimetype != "text/html" or answer.status_code in (301, 302, 303):
            return []
        assert '<html lang="en">' in answer.text, path
        for piece in self.known.else_in(answer.text):
            self.found.setdefault(piece, path)
        return [unescape(one) for one in LINK.findall(answer.text)]

    def follow_all(self):
        """Read what can be reached from the start page."""
        waiting, before = ["/"], set()
        while waiting:
            path = waiting.pop(0)
            kind = self._kind(path)
            if path in before or kind is None or len(self.seen.setdefault(kind, set())) > EACH_MOST:
                continue
            before.add(path)
            self.seen[kind].add(path)
            waiting += self.read(path)

    def _kind(self, path):
        adapter = self.desk.client.application.url_map.bind("console.test")
        try:
            kind = adapter.match(path.partition("?")[0], method="GET")[0]
        except HTTPException:
            return None
        return None if kind.endswith("static") else kind


@pytest.fixture
def rich(tmp_path, sqlite_url):
    made = rich_instance(tmp_path / "home", sqlite_url)
    yield made
    made.world.store.close()


@pytest.fixture
def world(rich):
    return rich.world


@pytest.fixture
def readers(world, visit):
    """Everybody of the instance, signed in, with the console in English."""
    known = Known(*TYPED)

    def come_in(login):
        desk = visit()
        code = world.people[login].code(world.now)
        answer = desk.post("/sign-in", login=login, password=PASSWORD, code=code)
        world.move(seconds=30)
        if answer.status_code != 302:
            return None  # has left
        desk.client.post("/language", data={"language": "en"}, base_url=ORIGIN)
        desk.login = login
        return Reader(desk, known)

    return [reader for login in world.people if (reader := come_in(login)) is not None]


def addresses(app, reports, left_out):
    """Each page of the console that is not *left_out*; those about a report for each of them."""
    given = {"key": "verify", "since": "2", "rung": "head", "ordinal": "2", "office": "410329-zjj"}
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in left_out:
            continue
        for report in reports if "report_id" in rule.arguments else reports[:1]:
            path = rule.rule
            for name in rule.arguments:
                path = re.sub(rf"<(int:)?{name}>", given.get(name, report), path)
            yield path


def test_no_page_of_the_console_is_left_in_chinese(rich, readers):
    reports = [one.report for one in rich.filed.values()]
    assert len(readers) > 10
    for reader in readers:
        reader.follow_all()
        for report in reports:
            reader.read(f"/cases/{report}/open", "POST", csrf_token=reader.desk.token("/"))
    linked = {kind for reader in readers for kind in reader.seen}
    assert len(linked) > 40
    # What no link leads to in this instance: the page, or a refusal in words.
    for reader in readers:
        if reader.desk.login in TRY_ALL:
            app = reader.desk.client.application
            for path in addresses(app, reports, linked | {"static", "bootstrap.static"}):
                reader.read(path)
    found = {piece: path for reader in readers for piece, path in reader.found.items()}
    assert found == {}


@pytest.mark.parametrize("path", ["/sign-in", "/enrol", "/nowhere", "/sign-in?next=/board"])
def test_what_is_shown_before_signing_in_is_english_too(visit, path):
    desk = visit()
    desk.client.post("/language", data={"language": "en"}, base_url=ORIGIN)
    reader = Reader(desk, Known())
    reader.read(path)
    if path != "/nowhere":
        reader.read(path, "POST", csrf_token=desk.token(path), login="x")
        reader.read(path, "POST")
    assert reader.found == {}
