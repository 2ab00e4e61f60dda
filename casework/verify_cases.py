"""The cases' part of `tonggui register verify`: each is replayed and compared with its rows.

Reports are read a span at a time, in as many processes as wanted.
"""

import os
import signal
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context

from casework.domain.case import Case, ReleaseState
from casework.domain.errors import CaseworkError
from casework.domain.ledger import Line
from casework.domain.ledger_lines import lines_of
from casework.domain.report import RECEIVED_KIND, advance, open_case
from casework.private_process import keep_memory_private
from casework.services import clock_rows
from casework.services.acts import act_of
from casework.services.code_changes import CHANGED
from casework.services.disclosure import box_rows
from casework.services.trust import Trust
from casework.storage.ahead import Span
from casework.storage.events import stored_event
from casework.storage.log import HeadRow
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import Store, UnitOfWork, query
from casework.verify_merges import check_merges
from casework.verify_register import check_entries
from casework.verify_rows import Problem
from casework.verify_shares import check_shares
from casework.verify_visits import check_visits
from crypto.errors import EventError
from crypto.events import (
    Named,
    Record,
    SealedFile,
    SignedEvent,
    check_signature,
    names_in,
)

SPAN = 100  # reports
MANY = 5000  # reports; fewer are done before a second process has begun
PROCESSES_MAX = 4


@dataclass(slots=True)
class Checked:
    """What came of a span: its reports, the problems, ledger lines, and the files to look at."""

    reports: tuple[str, ...]
    problems: list[Problem] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    files: list[SealedFile] = field(default_factory=list)


@query
def count_reports(uow: UnitOfWork) -> int:
    """Return how many reports there are to check."""
    return uow.reports.count()


def processes_for(reports: int) -> int:
    """Return how many processes are worth beginning for so many reports."""
    return min(os.cpu_count() or 1, PROCESSES_MAX) if reports >= MANY else 1


def check_cases(
    store: Store, trust: Trust, *, processes: int = 1, now: datetime | None = None
) -> Iterator[Checked]:
    """Yield what came of every report, a span at a time.

    Args:
        store: the database.
        trust: the chain of key sets.
        processes: how many check at the same time; with more than one, each is new.
        now: UTC instant, None where nobody knows: no clock was worked out later.
    """
    if processes == 1:
        for span in _spans(store):
            yield check_span(store, span=span, trust=trust, now=now)
        return
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(store, trust, now)
    ) as pool:
        begun: deque[Future[Checked]] = deque()
        for span in _spans(store):
            begun.append(pool.submit(_check, span))
            if len(begun) > 2 * processes:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()


_given: list[tuple[Store, Trust, datetime | None]] = []  # to this process, if it is one of several


def _begin(store: Store, trust: Trust, now: datetime | None) -> None:
    keep_memory_private()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever began us ends us
    _given.append((store, trust, now))


def _check(span: Span) -> Checked:
    store, trust, now = _given[0]
    return check_span(store, span=span, trust=trust, now=now)


def _spans(store: Store) -> Iterator[Span]:
    first = ""
    while len(ids := _report_ids(store, after=first)) == SPAN:
        yield Span(first, ids[-1])
        first = ids[-1]
    yield Span(first)


@query
def _report_ids(uow: UnitOfWork, *, after: str) -> tuple[str, ...]:
    return uow.reports.ids(after=after, limit=SPAN)


@query
def check_span(
    uow: UnitOfWork, *, span: Span, trust: Trust, now: datetime | None = None
) -> Checked:
    """Check the reports of a span in one view of the database, a statement a table.

    Args:
        uow: the transaction.
        span: which reports.
        trust: the chain of key sets.
        now: UTC instant, None where nobody knows.
    """
    reports = uow.reports.read_ahead(span)
    checked = Checked(reports)
    newest = uow.public_log.newest()
    for report_id in reports:
        _check_report(uow, report_id, trust, newest, now, checked)
    checked.problems += _strangers(uow)
    return checked


def _check_report(
    uow: UnitOfWork,
    report_id: str,
    trust: Trust,
    newest: HeadRow | None,
    now: datetime | None,
    checked: Checked,
) -> None:
    vault, problems = SealedVault(uow), checked.problems
    files = vault.files(report_id)
    checked.files += files
    signed: list[SignedEvent] = []
    for stored in uow.events.stored_of_report(report_id):
        event, problem = stored_event(stored)
        if problem:
            problems.append(Problem("event", stored.id, problem))
        if event is None:
            return
        signed.append(SignedEvent(event, stored.signature))
    case, lines, refused = _replay(signed, report_id, uow.site, trust)
    checked.lines += lines
    if case is None:
        problems += (*refused, Problem("case", report_id, "cannot be replayed"))
        return
    problems += _check_rows(uow, vault, case, signed, files)
    problems += _check_projections(uow, case, now)
    problems += _check_approvals(uow, case, signed)
    problems += check_merges(uow, report_id, signed)
    problems += check_shares(uow, report_id, signed)
    problems += check_visits(signed)
    problems += check_entries(uow, report_id, signed, trust, newest)


def _strangers(uow: UnitOfWork) -> Iterator[Problem]:
    """Yield rows of the span whose report is not there."""
    found = [*SealedVault(uow).strangers()]
    found += [("event", one.id) for one in uow.events.strangers()]
    found += [("register", one.event or one.entry.hex()) for one in uow.public_log.strangers()]
    for kind, row_id in found:
        yield Problem(kind, row_id, "of a report that is not there")


def _replay(
    signed: Sequence[SignedEvent], report_id: str, site: str, trust: Trust
) -> tuple[Case | None, tuple[Line, ...], list[Problem]]:
    case: Case | None = None
    lines: list[Line] = []
    for one in signed:
        event = one.event
        digest = event.digest().hex()
        try:
            check_event(one, report_id, site)
            act = act_of(event, case, trust, past=True)
            before = case.award_called(event.facts.get("award")) if case else None
            if case is None:
                if event.kind != RECEIVED_KIND:
                    raise EventError("the first event is another")
                case = open_case(event.facts, report_id=report_id)
            else:
                case = advance(case, act)
            lines += lines_of(event.kind, event.facts, digest, award=before)
        except (EventError, CaseworkError) as refusal:
            return None, tuple(lines), [Problem("event", digest, f"refused: {why(refusal)}")]
    return case, tuple(lines), []


def check_event(signed: SignedEvent, report_id: str, site: str) -> None:
    """Check who signed an event, and that it is of this site and report.

    Raises:
        EventError: it is not, or the signature does not hold.
    """
    check_signature(signed)
    if (signed.event.site, signed.event.report) != (site, report_id):
        raise EventError("of another site or report")


def _check_rows(
    uow: UnitOfWork,
    vault: SealedVault,
    case: Case,
    signed: Sequence[SignedEvent],
    files: tuple[SealedFile, ...],
) -> list[Problem]:
    """Compare the sealed rows of a case with what its events name."""
    report_id = case.report_id
    rows: list[Record] = [
        *vault.objects(report_id),
        *vault.wraps(report_id),
        *vault.items(report_id),
        *vault.pieces(report_id),
        *files,
    ]
    rows += box_rows(uow, case)
    rows += [one.record for one in uow.seats.contributions(report_id)]
    standing = names_in(one.event for one in signed)
    expected = {name: digest for name, digest in standing.items() if not _is_spent(name, case)}
    going = _going(uow, signed) | _dying(case, standing)
    named = [one for one in (row.named for row in rows) if one not in going]
    found = [(one.kind, one.id, one.digest) for one in named]
    count = Counter((kind, row_id) for kind, row_id, _ in found)
    problems = [
        Problem(kind, row_id, "changed" if (kind, row_id) in expected else "not named by an event")
        for kind, row_id, digest in found
        if expected.get((kind, row_id)) != digest
    ]
    problems += [
        Problem(kind, row_id, "stands twice") for (kind, row_id), n in count.items() if n > 1
    ]
    return problems + [
        Problem(kind, row_id, "missing") for kind, row_id in expected if (kind, row_id) not in count
    ]


def _going(uow: UnitOfWork, signed: Sequence[SignedEvent]) -> frozenset[Named]:
    """Return what a change of code has replaced, until the jobs process takes the change in."""
    changes = {
        one.event.digest().hex(): one.event.removed for one in signed if one.event.kind == CHANGED
    }
    waiting = changes.keys() - uow.audit_log.taken(list(changes))
    return frozenset(name for event_id in waiting for name in changes[event_id])


def _dying(case: Case, standing: Mapping[tuple[str, str], str]) -> frozenset[Named]:
    """Return the boxes of releases that a withdrawal has ended, until its item is erased."""
    ended = {
        one.id
        for one in case.releases.values()
        if one.state is ReleaseState.VOIDED and one.item in case.withdrawn
    }
    return frozenset(
        Named(kind, row_id, digest)
        for (kind, row_id), digest in standing.items()
        if kind == "object" and "." in row_id and row_id.partition(".")[0] in ended
    )


def _is_spent(name: tuple[str, str], case: Case) -> bool:
    """Whether an approval is gone as it should be: its release is opened, refused or expired."""
    kind, row_id = name
    release = case.releases.get(row_id.partition(".")[0])
    return kind == "object" and "." in row_id and release is not None and not release.running


def _check_projections(uow: UnitOfWork, case: Case, now: datetime | None) -> list[Problem]:
    """Compare what lists are made from with the case that the events give."""
    problems = []
    if not uow.reports.agrees(case):
        problems.append(Problem("case", case.report_id, "does not agree with its events"))
    box = uow.mailboxes.of_report(case.report_id)
    keys = bytes.fromhex(case.reporter_box + case.reporter_sign)
    if box is None or box.reporter_key != keys:
        problems.append(Problem("mailbox", case.report_id, "missing" if box is None else "changed"))
    agreeing = {
        "award": uow.awards.agrees(case),
        "release": uow.releases.agrees(case),
        "clock": clock_rows.agree(uow, case, now),
        "waiting": uow.waiting.agrees(case),
        "keeping": uow.keeping.agrees(case),
    }
    problems += [
        Problem(kind, case.report_id, "does not agree with its events")
        for kind, agrees in agreeing.items()
        if not agrees
    ]
    return problems


def _check_approvals(uow: UnitOfWork, case: Case, signed: Sequence[SignedEvent]) -> list[Problem]:
    """Compare which event each seat's box says that it came with."""
    told = {
        (one.event.facts["release"], one.event.facts["seat"]): one.event.digest().hex()
        for one in signed
        if one.event.kind == "release.approved"
    }
    return [
        Problem("approval", f"{given.release}.{given.seat}", "its row tells another event")
        for release in case.releases
        for given in uow.releases.approvals(release)
        if told.get((given.release, given.seat)) != given.event
    ]


def why(refusal: Exception) -> str:
    """Return what was wrong, in a word or two."""
    name = type(refusal).__name__.removesuffix("Error")
    return f"{name} {refusal}".strip()
