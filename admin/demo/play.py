"""Loads the demo cases, through the same services that a reporter and officers use.

Each step makes one event, so a load that was interrupted goes on where the
events of a case end.
"""

from datetime import UTC, date, datetime, timedelta

from admin.demo.accounts import DemoReport
from admin.demo.officers import ACTS, Scene, actor_of
from admin.demo.reporter import DemoReporter
from admin.demo.script import DemoCase
from admin.demo.stage import Stage
from casework.config import Secrets
from casework.domain.case import Case
from casework.domain.errors import UnknownReportError
from casework.domain.ids import new_id
from casework.queries.cases import case as find_case
from casework.services.clocks import sweep
from crypto.claim_number import draw_claim_number
from crypto.notes import LogKey
from crypto.receipt import draw_code

SWEPT_DAYS = 45  # longer than the verification clock of any demo case runs


def play(stage: Stage, told: DemoCase, today: date) -> None:
    """Load one case, or what of it is missing."""
    kept = _kept(stage, told)
    reporter = DemoReporter.holding(stage.here, kept.code, kept.report_id)
    done = _steps_done(stage, kept.report_id)
    for step in told.steps[done:]:
        when = told.when(step, today).astimezone(UTC)
        if step in ACTS:
            case = find_case(stage.here.store, report=kept.report_id)
            login = actor_of(step, case)
            with stage.officer(login, when) as here:
                ACTS[step](Scene(stage, here, login, told, case))
        else:
            with stage.at(when):
                _by_reporter(stage, reporter, step, told, kept)


def sweep_past(stage: Stage, today: date) -> None:
    """Do on each past day what the jobs process would have done: remind, mark, escalate."""
    log_key = LogKey(Secrets(stage.settings.secrets / "jobs").read("log-key"))
    for ago in range(SWEPT_DAYS, 0, -1):
        morning = datetime.combine(today - timedelta(days=ago), datetime.min.time(), UTC)
        with stage.at(morning + timedelta(hours=1)) as here:  # 09:00 in Shanghai
            sweep(
                here.store,
                trust=here.trust(),
                log_key=log_key,
                now=here.clock.now(),
            )


def _kept(stage: Stage, told: DemoCase) -> DemoReport:
    """Return the report's code, drawn and written down before anything is filed under it."""
    kept = stage.file.reports.get(told.id)
    if kept is None:
        number = draw_claim_number() if "claim" in told.steps and told.at_counter else ""
        kept = DemoReport(told.id, new_id(), draw_code(), told.title, told.state, number)
        stage.file.reports[told.id] = kept
        stage.file.save()
    return kept


def _steps_done(stage: Stage, report_id: str) -> int:
    try:
        case: Case = find_case(stage.here.store, report=report_id)
    except UnknownReportError:
        return 0
    # The jobs process may have been at work meanwhile; its events are no steps.
    return case.events - len(case.reminded) - len(case.overdue) - len(case.escalated)


def _by_reporter(
    stage: Stage, reporter: DemoReporter, step: str, told: DemoCase, kept: DemoReport
) -> None:
    if step == "submit":
        reporter.submit(stage.here, told)
    elif step == "ask_back":
        reporter.ask(stage.here)
    elif kept.claim_number:
        reporter.claim_at_counter(stage.here, kept.claim_number)
    else:
        reporter.claim_to_account(stage.here)
