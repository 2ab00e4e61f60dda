"""Loads the demo cases, through the same services that a reporter and officers use.

Each step makes one event, so a load that was interrupted goes on where the
events of a case end.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from admin.demo.accounts import DemoReport
from admin.demo.officers import ACTS, actor_of
from admin.demo.reporter import DemoReporter
from admin.demo.scene import Scene
from admin.demo.script import DemoCase
from admin.demo.stage import Stage
from casework.clock import SHANGHAI
from casework.config import Secrets
from casework.domain.errors import UnknownReportError
from casework.domain.ids import new_id
from casework.queries.cases import case as find_case
from casework.queries.cases import timeline
from casework.services.audit_log import AuditFolder, Keeping, newest_audit, take_in
from casework.services.claims import end_claims, open_claims
from casework.services.clocks import project_new, sweep
from crypto.claim_number import draw_claim_number, draw_confirmation
from crypto.events import JOBS
from crypto.notes import LogKey
from crypto.receipt import draw_code


def days_of(cases: Iterable[DemoCase], today: date) -> tuple[date, ...]:
    """Return the days of the play, from the first report on, up to today."""
    first = today - timedelta(days=max(one.age for one in cases))
    return tuple(first + timedelta(days=n) for n in range((today - first).days + 1))


def play(stage: Stage, cases: Iterable[DemoCase], day: date, today: date) -> None:
    """Let a day pass: first the jobs process does its work, then people theirs, by the clock.

    Args:
        stage: the demo's instance.
        cases: all demo cases.
        day: which to play; what is there of it already stays.
        today: the day on which the demo was begun, from which the others count.
    """
    with stage.at(datetime.combine(day, time(0, 5), SHANGHAI).astimezone(UTC)):
        _sweep(stage)
    steps = [
        (told.when(step, today), told, number, step)
        for told in cases
        for number, step in enumerate(told.steps)
    ]
    for when, told, number, step in sorted(steps, key=lambda one: (one[0], one[1].id)):
        if when.date() == day:
            # Four hours begin with an urgent report: it comes in now.
            at = stage.now() if told.urgent else when.astimezone(UTC)
            _play(stage, told, number, step, at)


def _play(stage: Stage, told: DemoCase, number: int, step: str, when: datetime) -> None:
    kept = _kept(stage, told)
    if number < _steps_done(stage, kept.report_id):
        return
    if step in ACTS:
        case = find_case(stage.here.store, report=kept.report_id)
        login = actor_of(step, case)
        if step == "join":
            _take_in(stage, when)
        with stage.officer(login, when) as here:
            ACTS[step](Scene(stage, here, login, told, case))
    else:
        with stage.at(when):
            reporter = DemoReporter.holding(stage.here, kept.code, kept.report_id)
            _by_reporter(stage, reporter, step, told, kept)


def _sweep(stage: Stage) -> None:
    """Do what the jobs process would have done by now: open claims, remind, mark, escalate."""
    here = stage.here
    now, trust, log_key = here.clock.now(), here.trust(), _log_key(stage)
    project_new(here.store, now=now)
    open_claims(here.store, trust=trust, log_key=log_key, now=now)
    sweep(here.store, trust=trust, log_key=log_key, now=now)
    end_claims(here.store, trust=trust, log_key=log_key, now=now)


def _take_in(stage: Stage, when: datetime) -> None:
    """Give the events their places in the log, which say which report came in first."""
    with stage.at(when) as here:
        keeping = Keeping(here.trust(), _log_key(stage), when, here.instance.register_batch_days)
        while take_in(here.store, keeping=keeping):
            pass
        head = newest_audit(here.store)
        assert head is not None, "nothing was taken in"
        AuditFolder(stage.settings.home / "log").keep(head)


def _log_key(stage: Stage) -> LogKey:
    return LogKey(Secrets(stage.settings.secrets / "jobs").read("log-key"))


def _kept(stage: Stage, told: DemoCase) -> DemoReport:
    """Return the report's code, drawn and written down before anything is filed under it."""
    kept = stage.file.reports.get(told.id)
    if kept is None:
        kept = DemoReport(told.id, new_id(), draw_code(), told.title, told.state)
        if "claim" in told.steps and told.at_counter:
            numbers = {"claim_number": draw_claim_number(), "confirmation": draw_confirmation()}
            kept = replace(kept, **numbers)
        stage.file.reports[told.id] = kept
        stage.file.save()
    return kept


def _steps_done(stage: Stage, report_id: str) -> int:
    try:
        lines = timeline(stage.here.store, report=report_id)
    except UnknownReportError:
        return 0
    # The jobs process may have been at work meanwhile; its events are no steps.
    return sum(line.actor != JOBS for line in lines)


def _by_reporter(
    stage: Stage, reporter: DemoReporter, step: str, told: DemoCase, kept: DemoReport
) -> None:
    if step == "submit":
        reporter.submit(stage.here, told)
    elif step == "ask_back":
        reporter.ask(stage.here)
    elif kept.claim_number:
        reporter.claim_at_counter(stage.here, kept.claim_number, kept.confirmation)
    else:
        reporter.claim_to_account(stage.here)
