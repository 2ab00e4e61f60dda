"""The same form twice, eight times at once, after a lost answer: one report, one code."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from actors import now
from casework.services.clocks import forget_expired
from crypto.form_token import issue_form_token
from faults import (
    Answer,
    Prepared,
    address,
    files_of,
    filled,
    look_in,
    portal_of,
    prepare,
    random_bytes,
    until,
    world_on,
)
from instance import World
from servers import Server

AT_ONCE = 8
LATE = timedelta(hours=24, seconds=2)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """An instance on each of the two databases."""
    with world_on(request, tmp_path_factory.mktemp("repeats")) as made:
        yield made


@pytest.fixture(scope="module")
def site(world: World) -> Iterator[Server]:
    """Its public site."""
    with portal_of(world) as made:
        yield made


@pytest.fixture
def new_reports(world: World) -> Callable[[], list[str]]:
    """The reports that came in since the test began."""
    before = set(world.store.read(lambda uow: uow.reports.ids()))
    return lambda: [o for o in world.store.read(lambda uow: uow.reports.ids()) if o not in before]


def shown_again(answer: Answer, form: Prepared, **changed: str) -> Prepared:
    """The form of a refusal: all that was typed, fresh tokens, no code."""
    assert answer.status == 422
    assert not answer.code
    values = answer.values("/report")
    assert values["form_token"] != form.values["form_token"]
    typed = {**form.values, **changed}
    for name in ("region", "sector", "matter", "enterprise", "place", "narrative", "anonymous"):
        assert values[name] == typed[name]
    return filled("/report", values)


def test_a_form_sent_again_is_the_same_report_with_the_same_answer(world, site, new_reports):
    body = random_bytes(100_000)
    form = prepare(site.base, files=[("现场.bin", body)])

    # Eight at once, then again, as a reload of the receipt page does
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: form.send(site.base), range(AT_ONCE)))
    answers.append(form.send(site.base))

    assert {answer.status for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    [report] = new_reports()
    assert files_of(world, report) == [("现场.bin", body)]
    assert len(list(world.blobs.names())) == 1  # what seven others had uploaded is gone
    assert look_in(site.base, answers[0].code).status == 303


def test_a_lost_answer_is_given_again(site, new_reports):
    form = prepare(site.base, files=[("a.bin", random_bytes(60_000))])
    with socket.create_connection(address(site)) as line:
        line.sendall(form.raw())
    until(lambda: len(new_reports()) == 1)

    answer = form.send(site.base)

    assert answer.status == 200
    assert len(new_reports()) == 1
    assert look_in(site.base, answer.code).status == 303


def test_a_used_form_opens_nothing_to_another_text(site, new_reports):
    form = prepare(site.base, narrative="第一件事")
    first = form.send(site.base)

    other = form.with_values(narrative="另一件事")
    refused = other.send(site.base)
    assert first.code not in refused.text.replace(" ", "")
    assert "这张表已经提交过一次" in refused.text
    assert len(new_reports()) == 1

    second = shown_again(refused, form, narrative="另一件事").send(site.base)
    assert second.status == 200
    assert second.code != first.code
    assert len(new_reports()) == 2
    # A file more, a file less, a file changed: all are another text
    more = filled("/report", form.values, [("a.bin", b"x")])
    assert more.send(site.base).status == 422
    assert form.send(site.base).code == first.code


def test_after_the_first_look_up_the_form_shows_no_code_and_files_nothing(site, new_reports):
    form = prepare(site.base)
    code = form.send(site.base).code
    assert look_in(site.base, code).status == 303

    refused = form.send(site.base)

    assert code not in refused.text.replace(" ", "")
    assert len(new_reports()) == 1
    assert shown_again(refused, form).send(site.base).status == 200
    assert len(new_reports()) == 2


def test_a_form_sent_again_after_its_hour_files_nothing(world, site, new_reports):
    form = prepare(site.base)
    form.send(site.base)
    forget_expired(world.store, now=now() + timedelta(minutes=61))  # as the jobs process does

    form.send(site.base)

    assert len(new_reports()) == 1


def test_an_expired_form_loses_nothing(world, site, new_reports):
    key = (world.settings.secrets / "portal" / "form-key").read_bytes()
    opened = prepare(site.base)
    expired = opened.with_values(form_token=issue_form_token(key, now() - LATE))

    refused = expired.send(site.base)

    assert not new_reports()
    assert shown_again(refused, expired).send(site.base).status == 200
    # A token of no key of ours, and none at all
    foreign = issue_form_token(bytes(32), now())
    for token in (foreign, "", opened.values["csrf_token"]):
        shown_again(opened.with_values(form_token=token).send(site.base), opened)
    assert len(new_reports()) == 1
