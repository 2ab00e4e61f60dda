"""People at the console in a real browser, and what is asked of every page they see."""

from collections.abc import Iterable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from instance import PASSWORD, World
from pages import follow


def come_in(page: Page, url: str, world: World, login: str) -> None:
    """Sign in as a person does."""
    page.goto(f"{url}/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.fill("#code", world.people[login].code(world.now))
    follow(page.locator("main button"))
    assert page.url == f"{url}/"
    world.move(seconds=30)


def fits(page: Page) -> bool:
    """Whether nothing sticks out to the right."""
    width = page.viewport_size["width"]  # type: ignore[index]
    return bool(page.evaluate("document.documentElement.scrollWidth") <= width)


def broken_rules(page: Page) -> list[tuple[str, str]]:
    """What axe finds, each with the first place."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["html"]) for one in found]


def all_fit(page: Page, url: str, world: World, login: str, paths: Iterable[str]) -> None:
    """Sign in and look at the start page and *paths*: each fits and has one heading."""
    come_in(page, url, world, login)
    assert fits(page)
    for path in paths:
        page.goto(f"{url}{path}")
        assert page.locator("h1").count() == 1, path
        assert fits(page), path


def none_is_broken(page: Page, url: str, world: World, login: str, paths: Iterable[str]) -> None:
    """Sign in and look at the start page and *paths*: axe finds nothing."""
    come_in(page, url, world, login)
    assert broken_rules(page) == []
    for path in paths:
        page.goto(f"{url}{path}")
        assert broken_rules(page) == [], path
