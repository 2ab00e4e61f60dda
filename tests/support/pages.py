"""From one page to the next in a browser, and on only once the next is there.

A click is over when the browser was told of it, not when its answer is shown: a test that
reads the page right away reads the one before, or one of which nothing was parsed yet.
Whatever leads to another page goes through here; what does not is clicked as it is.
"""

from playwright.sync_api import Locator


def follow(way: Locator) -> None:
    """Click a link, or the button of a form, and wait until the page it leads to is loaded."""
    with way.page.expect_navigation(wait_until="load"):
        way.click()


def enter(way: Locator) -> None:
    """Press Enter in a field or on a button instead; the same otherwise."""
    with way.page.expect_navigation(wait_until="load"):
        way.press("Enter")
