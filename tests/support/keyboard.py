"""Somebody at a telephone's screen, without scripts, who has a keyboard and no mouse."""

from pathlib import Path

from playwright.sync_api import Locator, Page

from at_the_console import broken_rules, fits

PHONE, DESK = {"width": 360, "height": 780}, {"width": 1440, "height": 900}
STOPS_MAX = 150  # more stops than any page has

_HAS_FOCUS = "one => one === document.activeElement"
_RING = """() => {
    const one = document.activeElement;
    // The browser itself shows which part of a date is meant.
    if (['date', 'datetime-local'].includes(one.type)) return true;
    const style = getComputedStyle(one);
    return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
}"""


class Keyboard:
    """A tab of a browser that is worked by Tab, Enter, Space and arrows alone.

    Every page that is looked at (`seen`) fits, breaks no rule of axe, and leaves a picture.
    """

    def __init__(self, page: Page, inspector: Page, pictures: Path) -> None:
        """Work *page*.

        Args:
            page: a tab that runs no scripts.
            inspector: a tab that does, as axe needs it; it is shown the same pages.
            pictures: a folder that exists.
        """
        self.page, self.inspector, self.pictures = page, inspector, pictures

    def opens(self, url: str) -> None:
        """Type an address."""
        self.page.goto(url)

    def tabs_to(self, target: Locator) -> None:
        """Press Tab until *target* has the focus, which has to be seen on the way."""
        self.page.keyboard.press("Escape")
        for _ in range(STOPS_MAX):
            if target.evaluate(_HAS_FOCUS):
                return
            self.page.keyboard.press("Tab")
            where = self.page.evaluate("document.activeElement.outerHTML")[:200]
            assert self.page.evaluate(_RING), f"nobody sees the focus on {where}"
        raise AssertionError(f"Tab never comes to {target}")

    def follows(self, words: str) -> None:
        """Enter on a link of these very words, or on the first that holds them."""
        exact = self.page.get_by_role("link", name=words, exact=True)
        link = exact if exact.count() else self.page.get_by_role("link", name=words)
        self._enters(link.first)

    def goes_to(self, part: str) -> None:
        """Enter on the first link of the page whose address holds *part*."""
        self._enters(self.page.locator(f"main a[href*='{part}']").first)

    def presses(self, words: str) -> None:
        """Enter on a button."""
        self._enters(self.page.get_by_role("button", name=words, exact=True).first)

    def types(self, name: str, text: str) -> None:
        """Fill in a field by its name."""
        self.tabs_to(self.page.locator(f"main [name={name}]"))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def chooses(self, name: str, words: str) -> None:
        """Step through a list with the arrow until it shows *words*."""
        field = self.page.locator(f"main select[name={name}]")
        self.tabs_to(field)
        for _ in range(STOPS_MAX):
            if words in field.locator("option:checked").inner_text():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name} has no {words!r}")

    def ticks(self, name: str) -> None:
        """Space on the first of some choices."""
        self.tabs_to(self.page.locator(f"main [name={name}]").first)
        self.page.keyboard.press("Space")

    def picks(self, name: str, value: str) -> None:
        """Space on the first of some choices, then the arrow down to the one of this *value*."""
        self.ticks(name)
        for _ in range(STOPS_MAX):
            if self.page.locator(f"main [name={name}]:checked").get_attribute("value") == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name} has no {value!r}")

    def seen(self, name: str) -> str:
        """Look at the page, on the telephone and on a desk; return its words."""
        for size in (DESK, PHONE):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            assert fits(self.page), f"{name}: {self.page.url} at {size['width']}"
            path = self.pictures / f"{name}-{size['width']}.png"
            self.page.screenshot(path=path, full_page=True)
        assert self._inspected() == [], name
        return self.page.inner_text("main")

    def _inspected(self) -> list[tuple[str, str]]:
        url, html = self.page.url, self.page.content()
        self.inspector.route(
            url, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")
        )
        self.inspector.goto(url)
        found = broken_rules(self.inspector)
        self.inspector.unroute(url)
        return found

    def _enters(self, target: Locator) -> None:
        self.tabs_to(target)
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press("Enter")
