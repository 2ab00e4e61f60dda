"""When something of ours breaks: said in words, the text kept, nothing logged that was typed."""

import logging
from dataclasses import replace

import pytest

from browsing import Visitor
from portal.app import create_app
from portal.errors import PAGES


class Away:
    """Takes the database's file away for the length of a block."""

    def __init__(self, world, site):
        self._stores = (world.store, site.store)
        self._file = world.settings.home.parent / "tonggui.sqlite"

    def __enter__(self):
        for store in self._stores:
            store.close()
        self._kept = self._file.rename(self._file.with_name("kept"))
        self._file.mkdir()

    def __exit__(self, *_):
        for store in self._stores:
            store.close()
        self._file.rmdir()
        self._kept.rename(self._file)


@pytest.fixture
def away(world, site):
    return Away(world, site)


def test_without_its_database_the_site_keeps_the_text_and_files_nothing(world, visitor, away):
    form = visitor.report(narrative="这段话不能丢。")
    with away:
        answer = visitor.post("/report", form)
        assert answer.status_code == 503
        assert "这段话不能丢。" in answer.text
        assert "原样再提交" in answer.text
        assert visitor.tokens(answer)["form_token"] == form["form_token"]
    assert world.store.read(lambda uow: uow.reports.ids()) == ()
    assert visitor.post("/report", form).status_code == 200


def test_without_its_database_the_form_can_still_be_opened(visitor, away):
    with away:
        assert "填写举报" in visitor.get("/report?region=410329&sector=other&matter=violation").text
        assert visitor.get("/").status_code == 200


def test_a_code_typed_while_the_database_is_away_is_answered_in_words(visitor, away):
    code = visitor.file()
    with away:
        answer = visitor.enter(code)
        assert answer.status_code == 503
        assert "请过几分钟再试" in answer.text


def test_a_message_typed_while_the_database_is_away_is_kept(visitor, away):
    visitor.enter(visitor.file())
    form = visitor.form("/follow-up/case")
    with away:
        answer = visitor.post("/follow-up/case", form | {"text": "不能丢"})
    assert answer.status_code == 503
    assert "请过几分钟再试" in answer.text


class Broken:
    """A part of the site that fails with what was typed in its message."""

    def take(self):
        raise RuntimeError("planted-message")


def test_what_nobody_foresaw_keeps_the_text_and_logs_neither_words_nor_visitor(
    world, site, caplog, capsys
):
    app = create_app(world.settings, site=replace(site, pool=Broken()))
    visitor = Visitor(app)
    form = visitor.report(narrative="planted-narrative")
    with caplog.at_level(logging.DEBUG):
        answer = visitor.post("/report", form, headers={"User-Agent": "planted-agent"})
    assert answer.status_code == 500
    assert "planted-narrative" in answer.text
    logged = caplog.text + "".join(capsys.readouterr())
    assert "RuntimeError" in logged
    assert "planted" not in logged
    assert "127.0.0.1" not in logged
    assert "/report" not in logged


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("get", "/nope", 404), ("post", "/", 405), ("delete", "/report", 405)],
)
def test_every_refusal_is_a_page_in_words(app, method, path, status):
    answer = getattr(app.test_client(), method)(path)
    assert answer.status_code == status
    with app.test_request_context():
        assert str(PAGES[status][0]) in answer.text
