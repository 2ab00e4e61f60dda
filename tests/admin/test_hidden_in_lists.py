"""No list is shorter, and none goes on, because of a report that is kept from who reads it.

Who may set the place in an address by hand would find such a report by where pages get short.
"""

import re

import pytest

NUMBER = re.compile(r'href="/cases/([a-z2-7]{26})"|name="case" value="([a-z2-7]{26})\.')


def page(desk, path):
    """The reports on a page, each once, and the address of the next page, "" for none."""
    text = desk.get(path).text
    found = list(dict.fromkeys(one or other for one, other in NUMBER.findall(text)))
    following = re.search(r'href="([^"]*after=[^"]*)"[^>]*>下一页', text)
    return found, following[1].replace("&amp;", "&") if following else ""


@pytest.fixture
def reports(world):
    """Five reports of one office, in the order in which they came in."""
    filed = []
    for _ in range(5):
        filed.append(world.file_report().report)
        world.move(days=1)
    return filed


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize(
    "way", ["/worklist/inbox", "/worklist/inbox/bulk", "/board/410329-yjj/normal"]
)
def test_pages_are_full_to_the_last_that_has_anything(
    world, sign_in, reports, monkeypatch: pytest.MonkeyPatch, way, size
):
    for where in ("admin.views.bulk.ROWS_MAX", "admin.views.interests.PAGE_LINES"):
        monkeypatch.setattr(where, size)
    desk, hidden = sign_in("yjj-leader"), set[str]()
    monkeypatch.setattr("admin.views.interests.met", lambda: frozenset(hidden))
    path, everything = way, list[str]()
    while path:
        found, path = page(desk, path)
        everything += found
    assert sorted(everything) == sorted(reports)
    for one in everything:
        hidden.clear()
        hidden.add(one)
        path, seen = way, list[str]()
        while path:
            found, path = page(desk, path)
            assert len(found) == size or not path
            assert found
            assert one not in path
            seen += found
        assert seen == [other for other in everything if other != one]
