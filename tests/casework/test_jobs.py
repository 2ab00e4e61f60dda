"""The jobs process: notices over a real SMTP listener, orphans; killed and started again."""

import email
import email.policy
import importlib
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

import ports
from casework import jobs
from casework.config import SettingError, Settings
from casework.domain.clock_kinds import KINDS
from casework.domain.errors import TamperedError
from casework.domain.policy_rules import RUNGS
from casework.instance import Instance
from casework.mail import notices
from casework.queries.register import register_of_case
from casework.services.blobs import sweep_orphans
from casework.services.clocks import _COUNTED
from casework.services.recomputing import Recomputed
from crypto.notes import verifier_key
from instance import World, make_world
from people import ROOT


class Sink:
    """A mail server that keeps what it takes, or refuses everything."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refuses = False

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        """Take one mail."""
        if self.refuses:
            return "451 later"
        content: bytes = envelope.content  # type: ignore[attr-defined]
        self.mails.append(email.message_from_bytes(content, policy=email.policy.default))
        return "250 kept"


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str) -> Iterator[World]:
    made = make_world(tmp_path, sqlite_url)
    made.now = datetime.now(UTC)
    made.appropriate(year=made.now.year)
    yield made
    made.store.close()


@pytest.fixture
def sink() -> Iterator[tuple[Sink, str]]:
    """A listening mail server and its address."""
    kept, port = Sink(), ports.free_port()
    controller = Controller(kept, hostname="127.0.0.1", port=port, ready_timeout=60)
    controller.start()
    yield kept, f"smtp://127.0.0.1:{port}"
    controller.stop()


def working(world: World, smtp_url: str) -> jobs.Jobs:
    """The process, put together as `python -m casework.jobs` does."""
    environ = {**world.environ, "TONGGUI_SMTP_URL": smtp_url}
    return jobs.build(Settings.from_environment(environ))


def test_the_department_is_told_of_a_report_by_its_number_alone(world, sink):
    kept, url = sink
    filed = world.file_report(narrative="样本叙述：储罐区动火")
    assert working(world, url).send() == 1

    (mail,) = kept.mails
    assert mail["To"] == "410329-yjj@offices.invalid"
    assert mail["Subject"] == notices.SUBJECT
    text = mail.get_content()
    assert filed.case_number in text
    assert "样本" not in text
    assert "危险化学品" not in text
    assert "请勿回复" in text


def test_mails_of_one_kind_differ_in_number_date_and_ids_alone(world, sink):
    kept, url = sink
    one = world.file_report(narrative="短")
    two = world.file_report(narrative="很长的叙述" * 500, sector="hazardous_chemicals")
    working(world, url).send()

    texts = [mail.get_content() for mail in kept.mails]
    for filed in (one, two):
        texts = [text.replace(filed.case_number, "NUMBER") for text in texts]
    assert texts[0] == texts[1]


def test_while_the_mail_server_is_away_nothing_is_lost_and_nothing_is_sent_twice(world, sink):
    kept, url = sink
    world.file_report()
    worker = working(world, url)
    kept.refuses = True
    assert worker.send() == 0
    assert worker.send() == 0  # not due again yet
    kept.refuses = False
    worker.instance = type(worker.instance)(
        site=worker.instance.site, region="410329", demo=True, clock_offset_seconds=3600,
        addresses=worker.instance.addresses,
    )  # fmt: skip
    assert worker.send() == 1
    assert worker.send() == 0
    assert len(kept.mails) == 1


def test_without_a_mail_server_notices_become_files(world):
    world.file_report()
    worker = working(world, "")
    assert worker.send() == 1
    assert len(list((world.settings.home / "mail").glob("*.eml"))) == 1


def test_approvers_wherever_they_sit_are_told_of_a_proposed_award(world, sink):
    kept, url = sink
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report)
    working(world, url).send()
    kept.mails.clear()
    world.reserve(filed.report)
    working(world, url).send()
    assert [mail["To"] for mail in kept.mails] == ["410329-awb@offices.invalid"]


def test_every_notice_that_services_send_has_a_text():
    sent = set(_COUNTED)
    for path in (ROOT / "casework/services").glob("*.py"):
        module = importlib.import_module(f"casework.services.{path.stem}")
        source = path.read_text(encoding="utf-8")
        for text, name in re.findall(
            r'notify(?:_of_keys)?\(\s*uow,\s*(?:"([a-z_.]+)"|([A-Z_]+))', source
        ):
            sent.add(text or getattr(module, name))
    sent.remove("callback.asked")  # asked in the mailbox; no office has anything to do

    assert {
        "reward.claimed",
        "reward.computed",
        "order.issued",
        "clock.overdue",
        "report.deemed_accepted",
    } <= sent
    assert {one for one in sent if not notices.known(one)} == set()


def text_of(kind: str, clock: str, rung: str = "") -> str:
    mail = notices.compose(
        kind, case_number="410329-2026-K7M2Q9XR", on="2026-04-01", to="a@offices.invalid",
        sender="b@offices.invalid", mail_id="1", now=datetime(2026, 4, 2, tzinfo=UTC),
        clock=clock, rung=rung,
    )  # fmt: skip
    return str(mail.get_content())


def test_a_notice_names_every_clock_and_every_rung():
    clocks = [text_of("clock.overdue", key) for key in KINDS]
    rungs = [text_of("case.escalated", "verify", rung) for rung in RUNGS]

    assert len(set(clocks)) == len(clocks)
    assert len(set(rungs)) == len(rungs)
    assert not any("办理期限" in one for one in clocks)
    assert "核查期限 2026-04-01 已过" in text_of("clock.overdue", "verify")
    # One that was queued before notices named the clock.
    assert "办理期限 2026-04-01 已过" in text_of("clock.overdue", "")


def test_files_that_no_report_names_go_after_a_day_and_others_stay(world):
    world.file_report(files=[("a.bin", b"a" * 1000)])
    with world.blobs.writer(world.blobs.new_name()) as writer:
        writer.write(b"left behind")
        writer.flush_durable()
    later = datetime.now(UTC) + timedelta(hours=23)
    assert sweep_orphans(world.store, world.blobs, now=later) == 0
    assert sweep_orphans(world.store, world.blobs, now=later + timedelta(hours=2)) == 1
    assert len(list(world.blobs.names())) == 1


def clocks_of(world, filed) -> set[str]:
    found = world.store.read(lambda uow: uow.clocks.of_report(filed.report))
    return {one.key for one in found}


def test_a_new_reports_clocks_are_worked_out_and_then_swept(world):
    filed = world.file_report()
    worker = working(world, "")
    assert clocks_of(world, filed) == {"new"}
    worker.project_new()
    assert {"accept", "sign_in", "first_contact"} <= clocks_of(world, filed)

    worker.sweep()
    assert world.case(filed.report).accepted_by == ""
    worker.instance = replace(worker.instance, clock_offset_seconds=40 * 86400)
    worker.sweep()
    assert world.case(filed.report).accepted_by == "jobs"


def test_the_process_works_until_it_is_told_to_stop_and_finishes_what_a_killed_one_left(world):
    filed = world.file_report()
    command = [sys.executable, "-m", "casework.jobs"]
    first = subprocess.Popen(command, cwd=ROOT, env=world.environ, stderr=subprocess.DEVNULL)
    first.kill()
    first.wait()
    second = subprocess.Popen(command, cwd=ROOT, env=world.environ, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 90
        mails = world.settings.home / "mail"
        while time.monotonic() < end and not (
            list(mails.glob("*.eml")) and "new" not in clocks_of(world, filed)
        ):
            time.sleep(0.05)
        assert len(list(mails.glob("*.eml"))) == 1
        assert "accept" in clocks_of(world, filed)
    finally:
        second.terminate()
        assert second.wait(60) == 0


def test_the_process_keeps_the_log_beside_the_database_and_makes_the_receipt(world):
    filed = world.file_report()
    worker = working(world, "")
    assert worker.keep_log() > 0
    assert worker.keep_log() == 0
    kept = (world.settings.home / "log" / "audit-checkpoint").read_text()
    assert kept.startswith("410329-demo/audit\n")
    assert register_of_case(world.store, report_id=filed.report).receipt
    # Nothing is public before its day; later the register grows by itself.
    worker.keep_register()
    [entry] = register_of_case(world.store, report_id=filed.report).entries
    assert entry.index is None
    worker.instance = replace(worker.instance, clock_offset_seconds=8 * 86400)
    worker.keep_register()
    [entry] = register_of_case(world.store, report_id=filed.report).entries
    assert entry.index is not None
    assert (world.settings.home / "register" / "checkpoint").exists()


def test_a_job_that_fails_holds_up_no_other(world, caplog):
    """The folder of the register cannot be written; notices go out all the same."""
    world.file_report()
    (world.settings.home / "register").write_text("a file in the folder's place")
    worker, stop = working(world, ""), threading.Event()
    worker.instance = replace(worker.instance, clock_offset_seconds=8 * 86400)
    runner = threading.Thread(target=jobs.run, args=(worker, stop))
    runner.start()
    end = time.monotonic() + 90
    mails = world.settings.home / "mail"
    while time.monotonic() < end and not (
        list(mails.glob("*.eml")) and "a job failed" in caplog.text
    ):
        time.sleep(0.05)
    stop.set()
    runner.join(90)
    assert len(list(mails.glob("*.eml"))) == 1
    assert "a job failed" in caplog.text


def test_a_witness_gets_the_root_by_mail(world, sink):
    kept, url = sink
    worker = working(world, url)
    worker.instance = replace(worker.instance, register_witness_mail=("w@witness.invalid",))
    worker.keep_log()
    world.now += timedelta(days=1)
    worker.instance = replace(worker.instance, clock_offset_seconds=86400)
    world.file_report()
    worker.keep_log()
    while worker.send():
        pass
    (root,) = [mail for mail in kept.mails if mail["To"] == "w@witness.invalid"]
    assert "410329-demo/audit" in root.get_content()
    assert "审计日志" in root["Subject"]


def test_a_missing_secret_is_told_in_one_line_with_status_2(world):
    (world.settings.secrets / "jobs" / "log-key").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "casework.jobs"], cwd=ROOT, env=world.environ,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "log-key" in done.stderr


def test_a_witness_whose_key_is_none_is_told_before_anything_runs(world):
    log_key = verifier_key("410329-demo/register", world.log_key.public)
    for wrong in ("w", log_key):
        told = replace(Instance.read(world.settings.home), register_witnesses=(wrong,))
        told.write(world.settings.home)
        with pytest.raises(SettingError, match="no witness's key"):
            working(world, "")


@pytest.mark.parametrize(
    "line",
    ["register_batch_days = 0", "register_batch_days = 32", "register_batch_days = true",
     'register_witnesses = "w"', "register_witness_mail = [1]", 'register_witness_mail = [""]'],
)  # fmt: skip
def test_settings_of_the_register_that_cannot_be_used_are_refused(world, line):
    path, name = world.settings.home / "instance.toml", line.partition(" ")[0]
    kept = [one for one in path.read_text().splitlines() if not one.startswith(name)]
    path.write_text("\n".join([line, *kept]) + "\n")
    with pytest.raises(SettingError, match=name):
        Instance.read(world.settings.home)


def test_a_dry_run_that_fails_holds_up_no_clock_after_a_new_calendar(
    world: World, sink: tuple[Sink, str], monkeypatch: pytest.MonkeyPatch
):
    done = []

    def fails(*_given: object, **_named: object) -> int:
        raise TamperedError(report="x")

    def noted(*_given: object, **_named: object) -> Recomputed:
        done.append("recomputed")
        return Recomputed()

    monkeypatch.setattr(jobs, "run_dry_runs", fails)
    monkeypatch.setattr(jobs, "recompute", noted)
    with pytest.raises(TamperedError):
        working(world, sink[1]).follow_rules()
    assert done == ["recomputed"]
