"""What must hold on either database when several requests meet."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from browsing import Visitor, code_of
from instance import make_world


@pytest.fixture
def world(tmp_path: Path, database_url: str):
    """An instance on each of the two databases."""
    made = make_world(tmp_path / "home", database_url)
    yield made
    made.store.close()


def test_one_form_sent_eight_times_at_once_is_one_report_and_one_code(app, world):
    form = Visitor(app).report()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: Visitor(app).post("/report", dict(form)), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({code_of(answer) for answer in answers}) == 1
    assert len(world.store.read(lambda uow: uow.reports.ids())) == 1


def test_eight_messages_at_once_all_arrive(app, visitor, world):
    visitor.enter(visitor.file())
    form = visitor.form("/follow-up/case")

    def write(number):
        one = Visitor(app)
        one.cookie = visitor.cookie
        return one.post("/follow-up/case", form | {"text": f"第 {number} 句"}).status_code

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(write, range(8)))
    page = visitor.get("/follow-up/case").text
    for number, status in enumerate(statuses):
        assert status == 303, statuses
        assert f"第 {number} 句" in page
