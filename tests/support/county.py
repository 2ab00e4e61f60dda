"""A county's people at their browsers and their phones, from the first sign-in on.

Everything goes through pages and the terminal, as docs/operations.md tells people to.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Page

from admin import auth
from pages import follow
from typing_hand import TypingHand

STEP = auth.TOTP_SECONDS
SENDING_SECONDS = 15


@dataclass
class Official:
    """One person: what they chose, noted down and have on their phone."""

    login: str
    name: str
    password: str
    secret: bytes = field(default=b"", repr=False)
    used: int = 0  # the last time step whose code was typed
    fingerprint: str = ""

    def code(self) -> str:
        """A one-time code that was not typed yet; waits for the next one if it has to."""
        while self.used > time.time() // STEP:
            time.sleep(0.2)
        # One step early or late is allowed, so that three can be typed in a row; a code
        # that would be too old by the time it is sent is passed over.
        self.used = max(self.used + 1, int(time.time() + SENDING_SECONDS) // STEP - 1)
        return auth.totp_at(self.secret, self.used)


def enrol(page: Page, console: str, one: Official, start_code: str) -> None:
    """The first sign-in: the person notes the digits down."""
    page.goto(f"{console}enrol")
    page.fill("[name=login]", one.login)
    page.fill("[name=start_code]", start_code)
    page.fill("[name=password]", one.password)
    page.fill("[name=repeated]", one.password)
    one.secret = auth.from_base32(page.input_value("[name=totp_secret]"))
    page.fill("[name=code]", one.code())
    follow(page.get_by_role("button", name="启用账户"))
    one.fingerprint = page.locator(".fingerprint").inner_text().strip()


def sign_in(page: Page, console: str, one: Official) -> None:
    """Take a seat at the console."""
    page.goto(f"{console}sign-in")
    page.fill("[name=login]", one.login)
    page.fill("[name=password]", one.password)
    page.fill("[name=code]", one.code())
    follow(page.get_by_role("button", name="登录"))
    assert one.name in page.inner_text("header"), page.inner_text("main")


def go(page: Page, *links: str) -> None:
    """Follow the menu, then links of the page, by their words."""
    for words in links:
        follow(page.get_by_role("link", name=re.compile(words)).first)


def press(page: Page, button: str, one: Official | None = None) -> str:
    """Press a button, with the password where *one* signs; returns what the page then says."""
    if one is not None:
        page.fill("main [name=password]", one.password)
    follow(page.get_by_role("button", name=re.compile(button)).first)
    return page.inner_text("main")


def hold_ceremony(
    hand: TypingHand,
    people: Mapping[str, Official],
    signers: tuple[str, ...],
    cast: tuple[str, ...],
) -> tuple[str, ...]:
    """Read out, copy, sign and hold the trial; returns the paper parts.

    Args:
        hand: at `tonggui keys ceremony`.
        people: everybody by login name.
        signers: who signs the key set, a seat each.
        cast: who takes part in the trial, in the order of its questions.
    """
    for _ in people:
        login = hand.waits_for(r"\[\d+/\d+\] \S+（([a-z-]+)，\S+的指纹 fingerprint: ")[1]
        hand.types(people[login].fingerprint)
    papers = []
    for number in (1, 2, 3):
        papers.append(hand.waits_for(rf"part {number}:\n\n(.+?)\n\n")[1])
        hand.waits_for("on paper: ")
        hand.types("")
        hand.waits_for("back from the paper:\n")
        for line in papers[-1].splitlines():
            hand.types(line)
        hand.waits_for(rf"into envelope {number}\n")
    for login in signers:
        hand.waits_for(r"who signs for it [^:]+: ")
        hand.types(login)
        hand.waits_for(f"{login} 的密码 password: ")
        hand.types(people[login].password)
    for login in cast:
        hand.waits_for(r"\([a-z, -]+\) \[[a-z-]+\]: ")
        hand.types(login)
    for _ in cast:
        login = hand.waits_for(r"([a-z-]+) 的密码 password: ")[1]
        hand.types(people[login].password)
        hand.waits_for("one-time code: ")
        hand.types(people[login].code())
    assert hand.ends() == 0, hand.seen
    return tuple(papers)


def recover(hand: TypingHand, papers: tuple[str, ...]) -> None:
    """Type the paper parts of opened envelopes, and agree."""
    for paper in papers:
        hand.waits_for("空行结束")
        for line in (*paper.splitlines(), ""):
            hand.types(line)
    hand.waits_for("announce and use it now")
    hand.types("y")
    assert hand.ends() == 0, hand.seen
