"""Until its custody went through a trial, the public site takes no report and says who does."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import cast

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from browsing import Visitor
from casework.clock import Clock
from crypto.events import SignedEvent, signing_bytes
from instance import make_world, opening_event
from portal.app import create_app
from portal.extensions import KEY
from portal.mailgate import LATER, STORED, MailGate
from portal.opening import LOOK_SECONDS


@pytest.fixture
def world(tmp_path, database_url):
    made = make_world(tmp_path / "home", database_url, opened=False)
    yield made
    made.store.close()


def look_again(site):
    """As if the last look were long ago."""
    site.opening._looked_at -= LOOK_SECONDS


def append(world, signed):
    world.store.write(lambda uow: uow.events.append(signed))


def letter(site):
    envelope = Envelope()
    envelope.content = b"From: a@example.org\r\nSubject: x\r\n\r\nsome words\r\n"
    answer = MailGate(site).handle_DATA(cast(SMTP, None), cast(Session, None), envelope)
    # In a thread of its own, as the mail gate runs: a browser's tests leave a loop in this one.
    with ThreadPoolExecutor(max_workers=1) as threads:
        return threads.submit(asyncio.run, answer).result()


@pytest.mark.parametrize("path", ["/report", "/follow-up"])
def test_nothing_can_be_reported_before_the_opening(world, visitor, site, path):
    answer = visitor.client.get(path)
    assert answer.status_code == 503
    assert "尚未开放" in answer.text
    assert "12350" in answer.text
    assert visitor.client.post(path, data={}).status_code == 503
    assert letter(site) == LATER


def test_the_explanations_are_there_before_the_opening(visitor):
    assert visitor.client.get("/").status_code == 200


def test_a_running_site_opens_by_itself(world, visitor, site):
    assert visitor.client.get("/report").status_code == 503
    append(world, opening_event(world.people))
    assert visitor.client.get("/report").status_code == 503, "looks every few seconds alone"
    look_again(site)
    assert visitor.client.get("/report").status_code != 503
    assert letter(site) == STORED


def test_an_event_that_no_custodian_signed_opens_nothing(world, visitor, site):
    real = opening_event(world.people).event
    other = world.people["yjj-officer"]
    event = replace(
        real, actor=f"officer:{other.account}", signer=other.deed.public.sign.hex(), salt="ab" * 16
    )
    append(world, SignedEvent(event, other.deed.sign(signing_bytes(event))))
    append(world, SignedEvent(replace(real, salt="cd" * 16), bytes(64)))
    look_again(site)
    assert visitor.client.get("/report").status_code == 503


def test_a_site_that_is_open_asks_no_more(world):
    append(world, opening_event(world.people))
    app = create_app(world.settings, clock=Clock(source=lambda: world.now), pool_size=0)
    site = app.extensions[KEY]
    site.store.close()
    look_again(site)
    assert site.opening.is_open(site.trusted.believed)
    assert Visitor(app).client.get("/").status_code == 200
    site.cleaner.close()
