"""Kill -9 at any moment of a sending: what was acknowledged is there whole, the rest is not there.

Everybody whose answer was lost sends the form again, as the page asks: then every form is
exactly one report, with the files that came with it.
"""

import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http.client import HTTPException
from pathlib import Path

import pytest

from actors import now
from casework.services.blobs import sweep_orphans
from casework.verify import Problem, verify
from faults import (
    Answer,
    Prepared,
    address,
    behind_proxy,
    files_of,
    kill_worker,
    mailbox,
    narrative_of,
    preloaded,
    prepare,
    random_bytes,
    until,
)
from instance import World, make_world
from servers import Server, running

LOST = (OSError, HTTPException)
KILLS = 8
SENDERS = 4

# At a step's name, the process that runs this dies as by kill -9, once. Loaded by the
# interpreter itself (sitecustomize), so that the server under test is the real one.
DIES_AT_STEPS = """
import os, signal, sys
if "portal.wsgi" in sys.orig_argv:
    from pathlib import Path
    import portal.sealing, portal.uploads, portal.views.report
    from casework.storage.blobs import FileWriter
    from sqlalchemy import Connection

    FOLDER = Path(os.environ["TONGGUI_TEST_STEPS"])

    def step(name):
        try:
            (FOLDER / name).unlink()
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    def around(owner, method, before, after):
        wrapped = getattr(owner, method)
        def call(*args, **kwargs):
            step(before)
            result = wrapped(*args, **kwargs)
            step(after)
            return result
        setattr(owner, method, call)

    around(FileWriter, "write", "before-bytes", "after-bytes")
    around(portal.uploads.SealedUpload, "seek", "before-last-chunk", "after-last-chunk")
    around(os, "link", "before-blob-named", "after-blob-named")
    around(FileWriter, "flush_durable", "before-durable", "after-durable")
    around(portal.sealing, "compose", "before-composed", "after-composed")
    around(portal.sealing, "submit_report", "before-stored", "after-stored")
    around(Connection, "commit", "before-commit", "after-commit")
    around(portal.views.report, "receipt_page", "before-receipt", "after-receipt")
"""
STEPS = [
    "before-bytes", "after-bytes", "after-last-chunk", "before-blob-named", "after-blob-named",
    "after-durable", "after-composed", "before-commit", "after-commit", "after-stored",
    "after-receipt",
]  # fmt: skip


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    """An instance on each of the two databases."""
    made = make_world(tmp_path / "home", database_url)
    yield made
    made.store.close()


def sent(site: Server, form: Prepared) -> Answer:
    """Send a form until it is answered, as somebody does who presses the button again."""
    end = time.monotonic() + 90
    while True:
        try:
            return form.send(site.base)
        except LOST:
            assert time.monotonic() < end, "nobody answers any more"
            time.sleep(0.05)


def reports(world: World) -> dict[str, str]:
    """Case number to report, of every report there is."""
    ids = world.store.read(lambda uow: uow.reports.ids())
    return {world.case(one).case_number: one for one in ids}


def check_one_report_each(world: World, site: Server, answers: dict[Prepared, Answer]) -> None:
    """Every form is one report; codes lead there, text and files open, nothing else is left."""
    assert {answer.status for answer in answers.values()} == {200}
    found = reports(world)
    assert sorted(found) == sorted(answer.case_number for answer in answers.values())
    for form, answer in answers.items():
        report = found[answer.case_number]
        assert narrative_of(world, report) == form.values["narrative"]
        assert files_of(world, report) == sorted(form.files)
    problems = [one for one in verify(world.store, world.blobs, world.trust)
                if isinstance(one, Problem)]  # fmt: skip
    assert problems == []
    for answer in answers.values():
        page = mailbox(site.base, answer.code).page
        assert page is not None
        assert answer.case_number in page.text


def check_swept(world: World) -> None:
    """A day later nothing is on the disk that no report names, and no report has lost a file."""
    sweep_orphans(world.store, world.blobs, now=now() + timedelta(days=2))
    assert len(list(world.blobs.names())) == sum(
        len(files_of(world, report)) for report in reports(world).values()
    )
    assert not list((world.settings.home / "blobs/unfinished").glob("*"))
    assert not [p for p in verify(world.store, world.blobs, world.trust) if isinstance(p, Problem)]


def test_a_kill_between_any_two_steps_loses_no_report_and_invents_none(world, tmp_path):
    steps = tmp_path / "steps"
    steps.mkdir()
    environ = preloaded(behind_proxy(world.environ), tmp_path / "preloaded", DIES_AT_STEPS)
    environ["TONGGUI_TEST_STEPS"] = str(steps)
    answers: dict[Prepared, Answer] = {}
    with running("portal.wsgi", environ, "TONGGUI_PORTAL_BIND", tmp_path / "site.log") as site:
        for step in STEPS:
            form = prepare(
                site.base, narrative=f"断在 {step}", files=[(f"{step}.bin", random_bytes(90_000))]
            )
            (steps / step).touch()
            with pytest.raises(LOST):
                form.send(site.base)
            assert not (steps / step).exists()
            stored = len(reports(world)) - len(answers)
            assert stored == (step in STEPS[STEPS.index("after-commit") :]), step
            answers[form] = sent(site, form)
        check_one_report_each(world, site, answers)
    check_swept(world)


class Sender(threading.Thread):
    """Sends forms one after the other, and again what was not answered."""

    def __init__(self, site: Server, number: int, stop: threading.Event) -> None:
        super().__init__()
        self.site, self.number, self.stop = site, number, stop
        self.answers: dict[Prepared, Answer] = {}
        self.first: set[Prepared] = set()  # answered at the first try

    def run(self) -> None:
        """File until told to stop; never leave a form unanswered."""
        count = 0
        while not self.stop.is_set():
            count += 1
            files = [(f"{self.number}-{count}.bin", random_bytes(30_000 * (1 + count % 8)))]
            form = self._opened(f"第 {self.number} 人第 {count} 件", files)
            try:
                self.answers[form] = form.send(self.site.base)
                self.first.add(form)
            except LOST:
                self.answers[form] = sent(self.site, form)

    def _opened(self, narrative: str, files: list[tuple[str, bytes]]) -> Prepared:
        while True:
            with suppress(*LOST):
                return prepare(self.site.base, narrative=narrative, files=files)
            time.sleep(0.05)


def until_answered(senders: list[Sender]) -> None:
    """Wait until one more form was answered."""
    before = sum(len(one.answers) for one in senders)
    until(lambda: sum(len(one.answers) for one in senders) > before)


def test_kills_at_random_moments_under_load(world, tmp_path):
    moments = random.Random(20_261_120)
    stop = threading.Event()
    environ = behind_proxy(world.environ)
    with running("portal.wsgi", environ, "TONGGUI_PORTAL_BIND", tmp_path / "site.log") as site:
        senders = [Sender(site, number, stop) for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        for _ in range(KILLS):
            # A new process takes a while to answer: a kill before that would hit nobody.
            until_answered(senders)
            time.sleep(moments.uniform(0, 0.1))
            kill_worker(site)
        stop.set()
        for sender in senders:
            sender.join()
        answers = {form: answer for one in senders for form, answer in one.answers.items()}
        assert len(answers) > sum(len(one.first) for one in senders)  # some answer was lost
        check_one_report_each(world, site, answers)
    check_swept(world)


def test_a_site_killed_whole_comes_up_again_with_all_it_acknowledged(world, tmp_path):
    """Server and worker at once, in mid-upload, as when the machine is switched off."""
    environ, log = behind_proxy(world.environ), tmp_path / "site.log"
    with running("portal.wsgi", environ, "TONGGUI_PORTAL_BIND", log) as site:
        forms = [prepare(site.base, files=[("a.bin", random_bytes(5000))]) for _ in "ab"]
        answers = {form: form.send(site.base) for form in forms}
        lost = prepare(site.base, narrative="没有发完", files=[("b.bin", random_bytes(400_000))])
        with socket.create_connection(address(site)) as line:
            line.sendall(lost.raw()[:-1000])
            until(lambda: list((world.settings.home / "blobs/unfinished").iterdir()))
            site.kill()
    assert len(reports(world)) == len(forms)
    with running("portal.wsgi", environ, "TONGGUI_PORTAL_BIND", log) as site:
        answers[lost] = sent(site, lost)
        check_one_report_each(world, site, answers)
    check_swept(world)
