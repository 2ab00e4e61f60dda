"""Codes that lead nowhere: one answer, one price, whatever they are."""

import itertools
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from statistics import median

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from browsing import tokens
from casework.services.trust import Trust
from crypto.argon import CodeParameters
from crypto.receipt_code import RANDOM_DIGITS, check_digit, draw_code
from faults import world_on
from instance import World, make_world
from portal.app import create_app, open_site
from portal.extensions import TrustBox

TRIES = 60
ROUNDS = 4
PRICE_APART_MAX = 0.10
OLDER = CodeParameters(salt=bytes(16), opslimit=1, memlimit=1024 * 1024)  # codes of a set before


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """An instance on each of the two databases."""
    with world_on(request, tmp_path_factory.mktemp("codes")) as made:
        yield made


class Fixed(TrustBox):
    """A key set that is not looked at again."""

    def __init__(self, trust: Trust) -> None:
        self._fixed = trust

    @property
    def current(self) -> Trust:
        return self._fixed

    @property
    def believed(self) -> Trust:
        return self._fixed


@pytest.fixture(scope="module")
def app(world: World) -> Iterator[Flask]:
    """Its public site, with two sets of parameters in use: a look-up must try both."""
    site = open_site(world.settings, pool_size=0)
    both = replace(site.trust, code_parameters=(*site.code_parameters, OLDER))
    site = replace(site, trusted=Fixed(both))
    yield create_app(world.settings, site=site)
    site.cleaner.close()
    site.store.close()


_networks = itertools.count(1)


class Guesser:
    """Types codes, each time from another network, with a token got before."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client(use_cookies=False)
        self.token = tokens(self.client.get("/follow-up").text)["csrf_token"]

    def types(self, code: str) -> TestResponse:
        """Send one code."""
        number = next(_networks)
        return self.client.post(
            "/follow-up",
            data={"csrf_token": self.token, "code": code},
            environ_overrides={"REMOTE_ADDR": f"11.{number >> 8}.{number & 255}.7"},
        )

    def price(self, code: str) -> float:
        """CPU time that one code costs the site, on all threads."""
        before = time.process_time()
        self.types(code)
        return time.process_time() - before


def with_other_digits(code: str) -> str:
    """A code like a real one but for its last digits, with a check digit that fits."""
    tail = f"{(int(code[19:RANDOM_DIGITS]) + 1 + secrets.randbelow(9998)) % 10_000:04}"
    digits = code[:19] + tail
    return digits + check_digit(digits)


@pytest.fixture(scope="module")
def kinds(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Callable[[], str]]]:
    """Codes that lead nowhere, by why."""
    real = world.file_report().code
    home = tmp_path_factory.mktemp("elsewhere")
    other = make_world(home, f"sqlite:///{home / 'tonggui.sqlite'}")
    elsewhere = other.file_report().code
    yield {
        "unknown": draw_code,
        "wrong": lambda: with_other_digits(real),
        "of another site": lambda: elsewhere,
    }
    other.store.close()


def shown(answer: TestResponse, code: str) -> tuple[object, ...]:
    """Everything that an answer tells, but for the token of its form and what was typed."""
    token = tokens(answer.text)["csrf_token"]
    text = answer.text.replace(token, "").replace(code, "")
    return answer.status, sorted(answer.headers.items()), text


def test_codes_that_lead_nowhere_are_answered_alike(world, app, kinds):
    guesser = Guesser(app)
    answers = []
    for _ in range(3):
        for kind, draw in kinds.items():
            code = draw()
            answer = guesser.types(code)
            assert answer.status_code == 422, kind
            assert "Set-Cookie" not in answer.headers
            answers.append(shown(answer, code))
    assert all(answer == answers[0] for answer in answers)
    # A slip of the finger is told as one, whether or not the code it was meant for is there.
    slips = [code[:-1] + str((int(code[-1]) + 1) % 10) for code in (draw_code(), kinds["wrong"]())]
    first, second = (shown(guesser.types(code), code) for code in slips)
    assert first == second
    assert guesser.types(world.file_report().code).status_code == 303


def test_codes_that_lead_nowhere_cost_the_same(app, kinds):
    """The CPU time of each kind, interleaved; noise may spoil a round, a leak spoils all."""
    guesser = Guesser(app)
    for draw in kinds.values():
        guesser.price(draw())  # connections, templates
    apart = 1.0
    for _ in range(ROUNDS):
        prices: dict[str, list[float]] = {kind: [] for kind in kinds}
        for _ in range(TRIES):
            for kind, draw in kinds.items():
                prices[kind].append(guesser.price(draw()))
        middle = {kind: median(each) for kind, each in prices.items()}
        apart = max(middle.values()) / min(middle.values()) - 1
        if apart <= PRICE_APART_MAX:
            return
    pytest.fail(f"{apart:.0%} apart: {middle}")
