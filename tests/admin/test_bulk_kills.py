"""SIGKILL between any two steps of a close of several cases (S28), on both databases."""

import re

import pytest

from admin.extensions import console
from casework.services.clock_rows import agree
from casework.verify import Problem, verify
from instance import make_world
from killing import killed_everywhere

PATH = "/worklist/to-close/bulk"


@pytest.fixture
def world(tmp_path, database_url):
    made = make_world(tmp_path / "home", database_url)
    yield made
    made.store.close()


def ready(world):
    """A case that waits to be closed."""
    report = world.file_report(identity={}).report
    world.accept(report)
    world.conclude(report, finding="unsubstantiated", fines_fen=())
    world.tell_result(report)
    world.propose_closing(report)
    return report


def rows_agree(uow, report):
    """Whether every row of a case is the one that its events give."""
    case = uow.reports.get(report)
    return uow.reports.agrees(case) and uow.waiting.agrees(case) and agree(uow, case)


def test_a_close_of_several_that_is_killed_leaves_whole_rows_and_goes_on(world, sign_in):
    reports = [ready(world) for _ in range(3)]
    desk = sign_in("yjj-leader")
    ticked = re.findall(r'name="case"[^>]*value="([^"]+)"', desk.get(PATH).text)
    assert len(ticked) == 3
    token = desk.token(PATH)
    with desk.client.application.app_context():
        store = console().store
    seen = set()

    def work():
        answer = desk.client.post(
            PATH,
            data={"csrf_token": token, "case": ticked, "act": "close"},
            base_url="https://console.test",
        )
        assert answer.status_code == 200

    def look():
        seen.add(sum(world.case(one).state == "closed" for one in reports))
        assert all(world.store.read(lambda uow, one=one: rows_agree(uow, one)) for one in reports)
        assert [one for one in verify(world.store, world.blobs, world.trust)
                if isinstance(one, Problem)] == []  # fmt: skip

    assert killed_everywhere([store, world.store], work, look) > 10
    assert seen == {0, 1, 2, 3}
    for one in reports:
        events = world.store.read(lambda uow, one=one: uow.events.of_report(one))
        assert [signed.event.kind for signed in events].count("case.closed") == 1
