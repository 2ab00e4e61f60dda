"""The reporter's own side: what a receipt code leads to, and what its holder may do."""

import hmac
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.domain.case import Case, ReleaseState
from casework.domain.errors import (
    BadActError,
    ClaimWayError,
    NotPermittedError,
    TamperedError,
    UnknownReportError,
)
from casework.domain.merging import rank_of
from casework.services.acts import act_of, record
from casework.services.erasing import (
    FILE_ITEM,
    WITHDRAWN,
    ErasureCertificate,
    certificates_of,
    items_of,
)
from casework.services.merging import leading
from casework.services.notices import notify
from casework.services.rulebook import rulebook_of
from casework.services.trust import Trust
from casework.storage.mailboxes import LocatorTakenError as LocatorTakenError
from casework.storage.mailboxes import Mailbox
from casework.storage.messages import Messages
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.errors import EventError
from crypto.events import (
    REPORTER,
    IdentityItem,
    IdentityPiece,
    KeyWrap,
    Record,
    SealedFile,
    SealedObject,
    SignedEvent,
    check_named,
    names_in,
)


@dataclass(frozen=True, slots=True)
class OpenedMailbox:
    """What the code's holder needs to open the thread key.

    Attributes:
        report_id: the report.
        reporter_key: public keys kept beside the locator, 64 bytes.
        wraps: thread keys wrapped to the reporter.
        manifests: what those wraps are bound to.
    """

    report_id: str
    reporter_key: bytes
    wraps: tuple[KeyWrap, ...]
    manifests: tuple[SealedObject, ...]


@dataclass(frozen=True, slots=True)
class MailboxEntry:
    """One line of what happened, as the reporter may know it: no names of persons."""

    kind: str
    at: str
    actor: str
    office: str
    facts: dict[str, object]
    objects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MailboxView:
    """The case as its reporter sees it.

    Attributes:
        case: where the case stands.
        entries: what happened, oldest first.
        objects: messages and reasons, sealed under the thread key, by id.
        lead: the case in which it is worked on since it was merged; None where it was not.
        rank: among the reports of that matter, by what came in first; 0 where there is none.
    """

    case: Case
    entries: tuple[MailboxEntry, ...]
    objects: dict[str, SealedObject]
    lead: Case | None = None
    rank: int = 0


@use_case
def open_mailbox(uow: UnitOfWork, *, locator: bytes) -> OpenedMailbox | None:
    """Return what a receipt code leads to, or None; a first look-up ends the retry box.

    Raises:
        TamperedError: a wrap is not the one that an event names.
    """
    found = uow.mailboxes.find(locator)
    if found is None:
        return None
    opened = _opened(uow, found)
    uow.retries.forget_code(found.report_id)
    return opened


def _opened(uow: UnitOfWork, found: Mailbox) -> OpenedMailbox:
    wraps = _wraps(uow, found.report_id)
    objects = Messages(uow).objects(found.report_id)
    manifests = tuple(one for one in objects if one.kind == "manifest")
    _check(uow, found.report_id, [*wraps, *manifests])
    return OpenedMailbox(found.report_id, found.reporter_key, wraps, manifests)


def _wraps(uow: UnitOfWork, report_id: str) -> tuple[KeyWrap, ...]:
    """Return the reporter's wraps; those that an older code opened belong to no event any more.

    The jobs process deletes them: the public site can delete no sealed row.
    """
    standing = names_in(one.event for one in uow.events.of_report(report_id))
    return tuple(one for one in Messages(uow).wraps(report_id) if ("wrap", one.id) in standing)


@query
def mailbox_view(uow: UnitOfWork, *, report_id: str, trust: Trust) -> MailboxView:
    """Return the case, its history in plain facts and the sealed messages.

    Raises:
        TamperedError: a message is not the one that an event names.
    """
    case = uow.reports.get(report_id)
    signed = uow.events.of_report(report_id)
    objects = Messages(uow).objects(report_id)
    _check(uow, report_id, objects)
    entries = []
    for one in signed:
        act = act_of(one.event, case, trust, past=True)
        entries.append(
            MailboxEntry(
                kind=act.kind,
                at=act.at,
                actor=act.actor if act.actor in (REPORTER, "jobs", "nobody") else "office",
                office=act.office,
                facts=dict(act.facts),
                objects=tuple(named.id for named in one.event.added if named.kind == "object"),
            )
        )
    lead = leading(uow, case)
    return MailboxView(
        case,
        tuple(entries),
        {one.id: one for one in objects},
        lead,
        rank_of(lead, report_id) if lead else 0,
    )


@use_case
def post_message(
    uow: UnitOfWork, *, act: SignedEvent, message: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Store a reporter's message, sealed under the thread key."""
    case = record_by_reporter(uow, act, "message.sent", trust, now, [message])
    uow.sealed.add_objects(case.report_id, [message])
    notify(uow, "message.sent", case=case, office=case.lead, now=now)
    return case


@use_case
def add_evidence(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    objects: Sequence[SealedObject],
    wraps: Sequence[KeyWrap],
    files: Sequence[SealedFile],
    trust: Trust,
    now: datetime,
    items: Sequence[IdentityItem] = (),
    pieces: Sequence[IdentityPiece] = (),
) -> Case:
    """Store a later sending of the reporter's: text and files under a content key of its own.

    Raises:
        BadActError: an identity item is no file of the sending.
    """
    sealed = {one.id for one in files}
    if any(one.kind != FILE_ITEM or one.id not in sealed for one in items):
        raise BadActError("items", "files of this sending")
    records: list[Record] = [*objects, *wraps, *files, *items, *pieces]
    case = record_by_reporter(uow, act, "evidence.added", trust, now, records)
    uow.sealed.add_objects(case.report_id, objects)
    uow.sealed.add_wraps(case.report_id, wraps)
    uow.sealed.add_files(case.report_id, files)
    uow.sealed.add_items(case.report_id, items)
    uow.sealed.add_pieces(case.report_id, pieces)
    notify(uow, "message.sent", case=case, office=case.lead, now=now)
    return case


@use_case
def claim_reward(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    item: IdentityItem | None,
    pieces: Sequence[IdentityPiece],
    trust: Trust,
    now: datetime,
    file: SealedFile | None = None,
) -> Case:
    """Ask for the money: to an account or through an agent, sealed like identity, or in person.

    Args:
        uow: the transaction.
        act: "reward.claimed", signed by the reporter.
        item: the payee item, or the mandate; None in person.
        pieces: of the item's key.
        trust: whose signatures count.
        now: UTC instant.
        file: the mandate itself, sealed under the item's key.

    Raises:
        ClaimWayError: the policy of the case does not pay in this way.
        BadActError: not the item, or not the file, that belongs to this way.
        CaseworkError: as for every act, see `acts.record`.
    """
    how = str(act.event.facts.get("how", ""))
    before = uow.reports.lock(act.event.report)
    if before.policy_id and how not in rulebook_of(uow).policy_of(before).claim.ways:
        raise ClaimWayError(how=how)
    sealed: list[Record] = [] if item is None else [item, *pieces]
    records = sealed if file is None else [*sealed, file]
    case = record_by_reporter(uow, act, "reward.claimed", trust, now, records)
    if item is not None:
        award = case.award_called(act.event.facts.get("award"))
        kind = "mandate" if how == "agent" else "payee"
        if award is None or (item.kind, item.id) != (kind, award.item):
            raise BadActError("item", f"the {kind} item that came with the claim")
        uow.sealed.add_items(case.report_id, [item])
        uow.sealed.add_pieces(case.report_id, pieces)
    if file is not None:
        if item is None or (item.kind, item.id) != ("mandate", file.id):
            raise BadActError("added", "a file that is the mandate")
        uow.sealed.add_files(case.report_id, [file])
    notify(uow, "reward.claimed", case=case, office=PAYING_OFFICE, now=now)
    return case


@use_case
def declare_for_award(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Note what the reporter declares for the award; its lead is told that facts have changed."""
    case = record_by_reporter(uow, act, "reward.declared", trust, now, [])
    notify(uow, "reward.declared", case=case, office=case.lead, now=now)
    return case


@use_case
def urge_report(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> Case:
    """Ask the office to hurry; lead and supervising office are told.

    Raises:
        UrgedLatelyError: urged less than a week ago.
    """
    case = record_by_reporter(uow, act, "report.urged", trust, now, [])
    for office in dict.fromkeys((case.lead, case.supervisor)):
        if office:
            notify(uow, "report.urged", case=case, office=office, now=now)
    return case


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One withdrawal: which kinds of items, and what became of them."""

    kinds: tuple[str, ...]
    certificate: ErasureCertificate


@dataclass(frozen=True, slots=True)
class KeptIdentity:
    """What is kept of the reporter's identity, and what the reporter took back.

    Attributes:
        case: where the case stands.
        items: id to kind of the items that nobody withdrew.
        withdrawals: oldest first.
    """

    case: Case
    items: dict[str, str]
    withdrawals: tuple[Withdrawal, ...]


@query
def kept_identity(uow: UnitOfWork, *, report_id: str) -> KeptIdentity:
    """Return which identity items a report has; what is in them, only custodians can open."""
    case = uow.reports.get(report_id)
    signed = uow.events.of_report(report_id)
    kinds = Messages(uow).item_kinds(report_id)
    standing = items_of(signed) - {*case.withdrawn, *case.erased}
    told = {
        one.event.digest().hex(): _texts(one.event.facts.get("kinds"))
        for one in signed
        if one.event.kind == WITHDRAWN
    }
    return KeptIdentity(
        case,
        {item: kind for item, kind in kinds.items() if item in standing},
        tuple(
            Withdrawal(told[asked], certificate)
            for asked, certificate in certificates_of(signed).items()
        ),
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else ()


@dataclass(frozen=True, slots=True)
class NewCode:
    """Where a new receipt code leads, and the session that goes on with it.

    Attributes:
        locator: 32 bytes, by which the mailbox is found from now on.
        reporter_key: the new public keys, 64 bytes.
        wraps: every thread key of the reporter's, wrapped to the new key.
        ended_session: id of the session that asked; it ends.
        session: id of the session that goes on.
        box: what that session holds, sealed.
        sweep_after: when its row may go.
    """

    locator: bytes
    reporter_key: bytes
    wraps: tuple[KeyWrap, ...]
    ended_session: bytes
    session: bytes
    box: bytes
    sweep_after: datetime


@query
def reporter_wraps(uow: UnitOfWork, *, report_id: str) -> OpenedMailbox:
    """Return the thread keys wrapped to the reporter, and what they are bound to.

    Raises:
        TamperedError: a wrap is not the one that an event names.
        UnknownReportError: the report has no mailbox.
    """
    found = uow.mailboxes.of_report(report_id)
    if found is None:
        raise UnknownReportError(report=report_id)
    return _opened(uow, found)


@query
def is_current_key(uow: UnitOfWork, *, report_id: str, reporter_key: bytes) -> bool:
    """Tell whether a session's key is still the mailbox's: a change of code ends the others."""
    found = uow.mailboxes.of_report(report_id)
    return found is not None and hmac.compare_digest(found.reporter_key, reporter_key)


@use_case
def change_code(
    uow: UnitOfWork, *, act: SignedEvent, new: NewCode, trust: Trust, now: datetime
) -> Case:
    """Let the new code lead to the mailbox, and the old one nowhere: all of it or nothing.

    Raises:
        LocatorTakenError: another report has this code; draw another one.
        BadActError: the act does not name the keys and rows that change.
    """
    report_id = act.event.report
    old = _wraps(uow, report_id)
    if Counter(act.event.removed) != Counter(one.named for one in old):
        raise BadActError("removed", "the reporter's thread keys as they stand")
    if not _same_keys(old, new.wraps):
        raise BadActError("added", "the same thread keys, wrapped to the new key")
    found = uow.mailboxes.of_report(report_id)
    if found is None:
        raise UnknownReportError(report=report_id)
    case = record_by_reporter(uow, act, "code.changed", trust, now, new.wraps)
    if new.reporter_key != bytes.fromhex(case.reporter_box + case.reporter_sign):
        raise BadActError("reporter_box", "the keys that the mailbox gets")
    uow.sealed.add_wraps(report_id, new.wraps)
    uow.mailboxes.move(found, locator=new.locator, reporter_key=new.reporter_key)
    uow.retries.forget_code(report_id)
    uow.sessions.delete(new.ended_session, kind="mailbox")
    uow.sessions.insert(new.session, kind="mailbox", box=new.box, sweep_after=new.sweep_after)
    return case


def _same_keys(old: Sequence[KeyWrap], new: Sequence[KeyWrap]) -> bool:
    def of(wraps: Sequence[KeyWrap]) -> Counter[tuple[str, str, str, bytes]]:
        return Counter((one.sending, one.key_kind, one.recipient, one.key_id) for one in wraps)

    return of(old) == of(new)


# Who pays is told by role, not by office: the jobs process resolves this name.
PAYING_OFFICE = "role:cashier"


def openings(case: Case) -> tuple[tuple[str, str, str], ...]:
    """Return when, by which office and why each identity item was opened."""
    return tuple(
        (release.opened_at, release.office, release.purpose)
        for release in case.releases.values()
        if release.state is ReleaseState.OPENED
    )


def record_by_reporter(
    uow: UnitOfWork,
    act: SignedEvent,
    kind: str,
    trust: Trust,
    now: datetime,
    records: Sequence[Record],
) -> Case:
    """Check and store an act of the reporter's own, of this *kind*.

    Raises:
        NotPermittedError: of another kind, or signed by somebody else.
        CaseworkError: as for every act, see `acts.record`.
    """
    if act.event.kind != kind or act.event.actor != REPORTER:
        raise NotPermittedError(kind=act.event.kind)
    return record(uow, act=act, trust=trust, now=now, records=records)


def _check(uow: UnitOfWork, report_id: str, records: Sequence[Record]) -> None:
    standing = names_in(one.event for one in uow.events.of_report(report_id))
    try:
        check_named(records, standing)
    except EventError as problem:
        raise TamperedError(report=report_id) from problem
