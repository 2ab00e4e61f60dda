"""A real headless Chromium, Debian's, driven by Playwright.

Playwright's synchronous API keeps an event loop in this thread: a test that
calls asyncio.run() must do so in a thread of its own or in another process.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

EXECUTABLE = Path(os.environ.get("TEST_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HOW_TO_GET_ONE = (
    f"The tests need Chromium at {EXECUTABLE}. Run `make test` as root, or"
    " `apt-get install chromium fonts-noto-cjk`, or set TEST_CHROMIUM to its path."
)


class ChromiumMissingError(RuntimeError):
    """There is no browser to show pages in."""


@contextmanager
def running() -> Iterator[Browser]:
    """Yield a browser without windows, profile or network of its own."""
    if not EXECUTABLE.exists():
        raise ChromiumMissingError(HOW_TO_GET_ONE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()
