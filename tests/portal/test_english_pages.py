"""The public site in English: nothing of it is left in Chinese but names and what people typed."""

import re
from html import unescape

from browsing import FORM, Visitor
from english import Known

LINK = re.compile(r'href="(/[^"#]*)"')
# What somebody typed and reads again in the mailbox.
TYPED = ("样本化工有限公司", "城关街道东环路 8 号", "储罐区动火作业未办理审批。")
STARTS = (
    "/",
    "/report",
    FORM,
    "/report?kind=urgent",
    "/report?kind=labour",
    "/follow-up",
    "/follow-up?note=left",
    "/follow-up?note=ended",
    "/duties?sector=x",
    "/reward",
    "/no-such-page",
)


def english(path):
    return f"{path}{'&' if '?' in path else '?'}lang=en"


class Reader:
    """Somebody who reads the site in English."""

    def __init__(self, visitor):
        self.visitor, self.known = visitor, Known(*TYPED)
        self.found: dict[str, str] = {}
        self.seen: dict[str, set[str]] = {}

    def judge(self, answer, path):
        """Keep what is left in Chinese; where the page leads."""
        if answer.mimetype != "text/html" or answer.status_code in (302, 303):
            return []
        assert '<html lang="en">' in answer.text, path
        for piece in self.known.else_in(answer.text):
            self.found.setdefault(piece, path)
        return [unescape(one) for one in LINK.findall(answer.text) if "lang=en" in one]

    def follow_all(self, *starts):
        """Read what links lead to."""
        waiting = list(starts)
        while waiting:
            path = waiting.pop(0)
            seen = self.seen.setdefault(path.partition("?")[0], set())
            if path in seen or len(seen) > 12:
                continue
            seen.add(path)
            waiting += self.judge(self.visitor.get(path), path)


def test_no_page_of_the_public_site_is_left_in_chinese(app):
    visitor = Visitor(app)
    reader = Reader(visitor)
    code = visitor.file()
    typed = visitor.form(english("/follow-up")) | {"code": code}
    entered = visitor.post(english("/follow-up"), typed)
    reader.follow_all(*map(english, STARTS), entered.location)
    assert len(reader.seen) > 12
    for rule in app.url_map.iter_rules():
        is_page = not rule.arguments and rule.endpoint not in {"mailbox.leave", "uploads.begin"}
        if "POST" in (rule.methods or ()) and is_page:
            reader.judge(visitor.post(english(rule.rule), {}), rule.rule)
        if "GET" in (rule.methods or ()) and is_page:
            reader.judge(visitor.get(english(rule.rule)), rule.rule)
    reader.judge(visitor.post(english("/report"), visitor.report()), "the receipt")
    assert reader.found == {}
