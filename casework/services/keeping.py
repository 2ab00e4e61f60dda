"""The jobs' sweep over what is to be erased: withdrawn items, cases whose time is over.

Idempotent and safe to kill: each case in transactions of its own, every deletion in the
one of the signed event that names it. A file is deleted after its row; one that a kill
leaves behind is an orphan, which another sweep removes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final

from casework.clock import SHANGHAI
from casework.domain.case import Case, HoldState
from casework.domain.errors import (
    CaseworkError,
    StaleActError,
    TamperedError,
    UnknownPolicyError,
)
from casework.domain.hold import standing_on
from casework.domain.policy import Policies
from casework.domain.policy_rules import Retention
from casework.domain.retention import (
    EARLY,
    RETENTION,
    TRIAL,
    class_of,
    destroy_on,
    erase_identity_on,
    why_kept,
)
from casework.services.acts import act_of, record
from casework.services.disclosure import why_void_now
from casework.services.erasing import DESTROYED, ERASED, FORGOTTEN, WITHDRAWN, items_of
from casework.services.jobs_acts import jobs_act
from casework.services.trust import Trust
from casework.storage.blobs import Blobs
from casework.storage.erasing import Erasing
from casework.storage.keeping import FIRST, Ending
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case
from crypto.errors import EventError
from crypto.events import Named, SignedEvent, check_signature, names_in
from crypto.notes import LogKey

BACKUP_DAYS: Final = 35  # how long backups are kept where the settings say nothing else
LOOK_DAYS: Final = 30
PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Erased:
    """What one sweep did.

    Attributes:
        voided: releases that died of a change of keys.
        items: erasures of identity items.
        cases: cases whose contents were destroyed.
        forgotten: erasures that the running database has surely forgotten.
        waiting: erasures that it may still remember; the next sweep tries again.
        failed: ids of reports that could not be moved.
    """

    voided: int = 0
    items: int = 0
    cases: int = 0
    forgotten: int = 0
    waiting: int = 0
    failed: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class _Rules:
    """What every step goes by."""

    policies: Policies
    trust: Trust
    log_key: LogKey
    now: datetime
    backup_days: int

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()

    def retention(self, case: Case) -> Retention | None:
        """Return how long *case* is kept; a refused one by the policy of its day of receipt."""
        try:
            if case.policy_id:
                return self.policies.get(case.policy_id).retention
            found = self.policies.in_force(case.region, case.sector, case.received_on)
        except UnknownPolicyError:
            return None  # nobody knows for how long: it is kept
        return found.retention


@dataclass(frozen=True, slots=True)
class _Step:
    """One erasure that was carried out: its kind, and the files that go after it."""

    kind: str
    files: tuple[str, ...] = ()


def sweep(
    store: Store,
    blobs: Blobs,
    *,
    policies: Policies,
    trust: Trust,
    log_key: LogKey,
    now: datetime,
    backup_days: int = BACKUP_DAYS,
) -> Erased:
    """Erase what is to be erased by *now*, and make the database forget it.

    Args:
        store: the database.
        blobs: the sealed files.
        policies: how long cases are kept.
        trust: whose signatures count.
        log_key: key of the jobs process.
        now: UTC instant.
        backup_days: how long backups of the database are kept.
    """
    rules = _Rules(policies, trust, log_key, now, backup_days)
    total = _void_releases(store, rules)
    after = FIRST
    unforgotten: list[str] = []
    while page := due_cases(store, today=rules.today, after=after):
        for look_on, report_id in page:
            after = (look_on, report_id)
            try:
                total = _erase_due(store, report_id, rules, total)
                _delete_files(store, blobs, report_id)
                if erasures_to_forget(store, report=report_id):
                    unforgotten.append(report_id)
            except CaseworkError:
                total = replace(total, failed=(*total.failed, report_id))
    return _forget(store, unforgotten, rules, total)


@query
def due_cases(
    uow: UnitOfWork, *, today: date, after: tuple[date, str] = FIRST
) -> tuple[tuple[date, str], ...]:
    """Return the cases to look at, with the day each was due."""
    return uow.keeping.due(today, after=after, limit=PAGE)


@query
def ending_soon(
    uow: UnitOfWork,
    *,
    until: date,
    office: str = "",
    after: tuple[date, str] = FIRST,
    limit: int = 50,
) -> tuple[Ending, ...]:
    """Return the cases of an office, "" for all, whose contents are destroyed by a day."""
    return uow.keeping.ending(until, office=office, after=after, limit=limit)


@query
def erasures_to_forget(uow: UnitOfWork, *, report: str) -> tuple[str, ...]:
    """Return the digests of erasures that the database may still remember."""
    if not uow.reports.get(report).unforgotten:
        return ()
    events = [one.event for one in uow.events.of_report(report)]
    done = {str(one.facts["erased"]) for one in events if one.kind == FORGOTTEN}
    made = (one.digest().hex() for one in events if one.kind in (ERASED, DESTROYED))
    return tuple(digest for digest in made if digest not in done)


# ---- releases that have died ------------------------------------------------------------------


def _void_releases(store: Store, rules: _Rules) -> Erased:
    total, after = Erased(), ""
    while page := open_releases(store, after=after):
        for report_id, release in page:
            after = release
            try:
                voided = void_release(store, report=report_id, release=release, rules=rules)
                total = replace(total, voided=total.voided + voided)
            except CaseworkError:
                total = replace(total, failed=(*total.failed, report_id))
    drop_ended_boxes(store)
    return total


@query
def open_releases(uow: UnitOfWork, *, after: str) -> tuple[tuple[str, str], ...]:
    """Return running releases as pairs of report and release, by id."""
    found = uow.releases.open(after=after, limit=PAGE)
    return tuple((one.report_id, one.id) for one in found)


@use_case
def void_release(uow: UnitOfWork, *, report: str, release: str, rules: _Rules) -> bool:
    """End a release in which a key has changed; its boxes go. Say whether one had."""
    case = uow.reports.lock(report)
    if not case.releases[release].running:
        return False
    why = why_void_now(uow, case, release, rules.trust)
    if not why:
        return False
    facts = {"release": release, "why": why}
    act = jobs_act(uow.site, case, "release.voided", facts, rules.log_key, rules.now)
    record(uow, act=act, trust=rules.trust, now=rules.now)
    uow.releases.drop_boxes(release)
    return True


@use_case
def drop_ended_boxes(uow: UnitOfWork) -> int:
    """Delete the boxes of releases that the reporter's own act has ended."""
    return uow.releases.drop_ended()


# ---- items and cases --------------------------------------------------------------------------


def _erase_due(store: Store, report_id: str, rules: _Rules, total: Erased) -> Erased:
    """Take the steps of one case, each in its own transaction, until none is due."""
    while step := _try_step(store, report_id, rules):
        if step.kind == DESTROYED:
            total = replace(total, cases=total.cases + 1)
        else:
            total = replace(total, items=total.items + 1)
    return total


def _delete_files(store: Store, blobs: Blobs, report_id: str) -> None:
    """Delete the files of what was erased, now or before a kill; then nothing names them."""
    names = files_to_delete(store, report=report_id)
    for name in names:
        blobs.delete(name)
    if names:
        note_files_deleted(store, report=report_id, names=names)


@query
def files_to_delete(uow: UnitOfWork, *, report: str) -> tuple[str, ...]:
    """Return the files of a report whose rows were erased and which still lie there.

    Never one that a report names, whatever was written into the list.
    """
    listed = Erasing(uow).blobs(report)
    named = SealedVault(uow).known_blobs(listed)
    return tuple(name for name in listed if name not in named)


@use_case
def note_files_deleted(uow: UnitOfWork, *, report: str, names: Sequence[str]) -> None:
    """Note that files of a report are gone from the blob store."""
    Erasing(uow).drop_blobs(report, names)


def _try_step(store: Store, report_id: str, rules: _Rules) -> _Step | None:
    for attempt in (1, 2, 3):
        try:
            return take_step(store, report=report_id, rules=rules)
        except StaleActError:  # somebody acted at the same moment
            if attempt == 3:
                raise
    return None


@use_case
def take_step(uow: UnitOfWork, *, report: str, rules: _Rules) -> _Step | None:
    """Erase the next thing of a case that is due, or note when to look again."""
    case = uow.reports.lock(report)
    held = standing_on(case, rules.today)
    if held is None:
        if case.withdrawn:
            return _erase_withdrawn(uow, case, rules)
        early = case.destruction is not None and case.destruction.confirmer != ""
        if early and not why_kept(case):
            return destroy(uow, case, EARLY, rules)
        step = _erase_kept(uow, case, rules)
        if step is not None:
            return step
    if not case.unforgotten:
        uow.keeping.look_again(report, *_next_look(case, rules))
    return None


def _erase_kept(uow: UnitOfWork, case: Case, rules: _Rules) -> _Step | None:
    """Erase what nobody may keep any longer: the whole case, or its identity items."""
    rule = rules.retention(case)
    if rule is None or why_kept(case):
        return None
    last, identity = destroy_on(case, rule), erase_identity_on(case, rule)
    if last is not None and last <= rules.today:
        return destroy(uow, case, RETENTION, rules)
    if identity is not None and identity <= rules.today:
        items = sorted(items_of(uow.events.of_report(case.report_id)))
        if items:
            return _erase_items(uow, case, items, "", rules)
    return None


def _erase_withdrawn(uow: UnitOfWork, case: Case, rules: _Rules) -> _Step:
    asked = _withdrawal(uow, case, rules.trust)
    named = asked.event.facts["items"]
    assert isinstance(named, list | tuple)
    items = [str(one) for one in named if one in case.withdrawn]
    return _erase_items(uow, case, items, asked.event.digest().hex(), rules)


def _withdrawal(uow: UnitOfWork, case: Case, trust: Trust) -> SignedEvent:
    """Return the oldest withdrawal that still waits, its signature checked.

    Raises:
        TamperedError: no withdrawal that the reporter signed names what the case says.
    """
    for one in uow.events.of_report(case.report_id):
        event = one.event
        if event.kind != WITHDRAWN:
            continue
        named = event.facts["items"]
        assert isinstance(named, list | tuple)
        if not set(map(str, named)).intersection(case.withdrawn):
            continue
        try:
            check_signature(one)
        except EventError as problem:
            raise TamperedError(report=case.report_id) from problem
        act_of(event, case, trust, past=True)
        if (event.site, event.report) != (uow.site, case.report_id):
            raise TamperedError(report=case.report_id)
        return one
    raise TamperedError(report=case.report_id)


def _erase_items(uow: UnitOfWork, case: Case, items: list[str], asked: str, rules: _Rules) -> _Step:
    backups = (rules.today + timedelta(days=rules.backup_days)).isoformat()
    act = jobs_act(
        uow.site,
        case,
        ERASED,
        {"items": list(items), "asked": asked, "backups_until": backups},
        rules.log_key,
        rules.now,
        removed=_rows_of_items(uow, case.report_id, items),
    )
    record(uow, act=act, trust=rules.trust, now=rules.now)
    files = SealedVault(uow).files(case.report_id)
    names = tuple(one.blob_name for one in files if one.id in items)
    Erasing(uow).note_blobs(case.report_id, names)
    Erasing(uow).items(case.report_id, items)
    return _Step(ERASED, names)


def _rows_of_items(uow: UnitOfWork, report_id: str, items: list[str]) -> list[Named]:
    """Name what goes with the items: rows, pieces, contributions to a lost seat, files."""
    pieces = {one.id for one in SealedVault(uow).pieces(report_id) if one.item in items}
    return [
        Named(kind, row_id, digest)
        for (kind, row_id), digest in _standing(uow, report_id).items()
        if (kind in ("item", "file") and row_id in items)
        or (kind == "piece" and row_id in pieces)
        or (kind == "object" and row_id.partition(".")[0] in items)
    ]


def destroy(uow: UnitOfWork, case: Case, reason: str, rules: _Rules) -> _Step:
    """Delete every sealed row of a case; its facts, events and figures stay."""
    files = tuple(one.blob_name for one in SealedVault(uow).files(case.report_id))
    named = _standing(uow, case.report_id).items()
    act = jobs_act(
        uow.site,
        case,
        DESTROYED,
        {"reason": reason, "class": class_of(case)},
        rules.log_key,
        rules.now,
        removed=[Named(kind, row_id, digest) for (kind, row_id), digest in named],
    )
    record(uow, act=act, trust=rules.trust, now=rules.now)
    Erasing(uow).note_blobs(case.report_id, files)
    Erasing(uow).case(case.report_id)
    return _Step(DESTROYED, files)


@use_case
def destroy_trial(
    uow: UnitOfWork, *, report: str, trust: Trust, log_key: LogKey, now: datetime
) -> tuple[str, ...]:
    """Delete every sealed row of a trial report; return the names of the files to delete.

    Raises:
        RetentionError: the report is no trial.
    """
    rules = _Rules(Policies({}), trust, log_key, now, BACKUP_DAYS)
    return destroy(uow, uow.reports.lock(report), TRIAL, rules).files


def _standing(uow: UnitOfWork, report_id: str) -> dict[tuple[str, str], str]:
    return names_in(one.event for one in uow.events.of_report(report_id))


def _next_look(case: Case, rules: _Rules) -> tuple[date, date | None]:
    """Return when to look again, and the day on which the contents go, if that is known."""
    rule = rules.retention(case)
    last = destroy_on(case, rule) if rule else None
    identity = erase_identity_on(case, rule) if rule else None
    days = [last, identity, rules.today + timedelta(days=LOOK_DAYS)]
    days += [
        date.fromisoformat(one.until) + timedelta(days=1)
        for one in case.holds.values()
        if one.state is HoldState.ACTIVE
    ]
    coming = [day for day in days if day is not None and day > rules.today]
    return min(coming), last


# ---- the running database ---------------------------------------------------------------------


def _forget(store: Store, reports: list[str], rules: _Rules, total: Erased) -> Erased:
    """Make the database forget; what was erased before that is then noted as forgotten."""
    waiting = [(one, digest) for one in reports for digest in erasures_to_forget(store, report=one)]
    if not waiting:
        return total
    if not store.forget_deleted():
        return replace(total, waiting=len(waiting))
    for report_id, digest in waiting:
        try:
            note_forgotten(store, report=report_id, erased=digest, rules=rules)
            total = replace(total, forgotten=total.forgotten + 1)
        except CaseworkError:
            total = replace(total, failed=(*total.failed, report_id))
    return total


@use_case
def note_forgotten(uow: UnitOfWork, *, report: str, erased: str, rules: _Rules) -> None:
    """Record that the running database holds nothing any more of one erasure."""
    case = uow.reports.lock(report)
    facts = {"erased": erased, "forgotten_on": rules.today.isoformat()}
    act = jobs_act(uow.site, case, FORGOTTEN, facts, rules.log_key, rules.now)
    record(uow, act=act, trust=rules.trust, now=rules.now)
    uow.keeping.look_again(report, *_next_look(uow.reports.get(report), rules))
