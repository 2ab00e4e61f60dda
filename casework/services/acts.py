"""The one road on which a case changes: a signed event, checked, applied, stored."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from casework.domain.case import Act, Case
from casework.domain.errors import (
    BadActError,
    NotPermittedError,
    SignatureRefusedError,
    UnknownSignerError,
)
from casework.domain.ledger_lines import lines_of
from casework.domain.report import advance
from casework.services import clock_rows
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork
from crypto.errors import EventError
from crypto.events import (
    JOBS,
    OFFICER,
    RECOVERY,
    REPORTER,
    Event,
    Record,
    SignedEvent,
    check_signature,
)

# What is signed with the key that only the password opens, typed for this one act.
DEED_KINDS: Final = frozenset(
    {
        "reward.reserved",
        "reward.proposed",
        "reward.approved",
        "reward.funded",
        "reward.sent_back",
        "reward.rejected",
        "reward.shared",
        "reward.identified",
        "reward.witnessed",
        "reward.ordered",
        "reward.stopped",
        "reward.undone",
        "reward.paid",
        "reward.returned",
        "reward.reconciled",
        "reward.reopened",
        "reward.reviewed",
        "reward.recalled",
        "release.requested",
        "release.approved",
        "release.refused",
        "release.opened",
        "fund.appropriated",
        "fund.supplemented",
        "fund.covered",
        "fund.proposed",
        "fund.agreed",
        "fund.declined",
        "fund.queued",
        "bank.sent",
        "hold.requested",
        "hold.approved",
        "hold.lifted",
        "destruction.requested",
        "destruction.confirmed",
        "extension.granted",
        "extension.refused",
        "pause.granted",
        "pause.refused",
        "visit.recorded",
        "visit.signed",
        "review.decided",
        "case.redone",
        "malice.confirmed",
        "malice.declined",
        "order.issued",
        "order.answered",
        "keyset.changed",
        "policy.proposed",
        "policy.activated",
        "policy.withdrawn",
        "calendar.proposed",
        "calendar.changed",
        "calendar.withdrawn",
        "routing.proposed",
        "routing.activated",
        "routing.withdrawn",
        "member.certified",
        "keys.resealed",
        "keys.contributed",
        "keys.rebuilt",
        "instance.opened",
        "drill.held",
    }
)
# How far an event's own time may lie from ours: SEALING.md 8.
SKEW: Final = timedelta(minutes=15)


def record(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    trust: Trust,
    now: datetime,
    records: Iterable[Record] = (),
) -> Case:
    """Check *act*, let the rules apply it to its case, and store both.

    Args:
        uow: the transaction.
        act: what somebody signed.
        trust: whose signatures count.
        now: UTC instant.
        records: the sealed rows that came with it; the event must name exactly these.

    Raises:
        SignatureRefusedError: the signature does not hold, or the wrong kind of key made it.
        UnknownSignerError: the key is outside the chain of the key set.
        StaleActError: somebody acted on the case first.
        CaseworkError: whatever else the rules refuse.
    """
    check_act(act, site=uow.site, now=now, records=records)
    case = uow.reports.lock(act.event.report)
    changed = advance(case, act_of(act.event, case, trust))
    store(uow, case, changed, act, now)
    return changed


def store(uow: UnitOfWork, before: Case, after: Case, act: SignedEvent, now: datetime) -> None:
    """Store the new state, the event, the money it moves, and the lists made from them."""
    event = act.event
    uow.reports.save(after, expected_events=before.events)
    uow.events.append(act)
    award = before.award_called(event.facts.get("award"))
    lines = lines_of(event.kind, event.facts, event.digest().hex(), award=award)
    if lines:
        uow.ledger.append(lines)
    if clock_rows.is_touched(before, after):
        clock_rows.project(uow, after, now)
    uow.waiting.project(before, after)
    if after.awards != before.awards:
        uow.awards.project(after)
    if after.releases != before.releases:
        uow.releases.project(after)
    uow.keeping.project(before, after)


def check_act(
    act: SignedEvent, *, site: str, now: datetime, records: Iterable[Record] = ()
) -> None:
    """Check what can be checked without the case: signature, site, time, and what came along.

    Raises:
        SignatureRefusedError: the signature does not hold, or is for another site.
        BadActError: its time is too far from ours, or the rows are not those it names.
    """
    event = act.event
    try:
        check_signature(act)
    except EventError as problem:
        raise SignatureRefusedError(kind=event.kind) from problem
    if event.site != site:
        raise SignatureRefusedError(kind=event.kind, site=event.site)
    if abs(instant(event.at) - now) > SKEW:
        raise BadActError("at", "a time within 15 minutes of now")
    if Counter(record.named for record in records) != Counter(event.added):
        raise BadActError("added", "exactly the rows that came with the act")


def act_of(event: Event, case: Case | None, trust: Trust, *, past: bool = False) -> Act:
    """Return *event* as the rules see it, with who signed it looked up.

    Args:
        event: what was signed; the signature itself is checked elsewhere.
        case: the case before it; None outside a report.
        trust: whose signatures count.
        past: the event is stored already: the key set of its own time decides who signed.

    Raises:
        UnknownSignerError: the key belongs to nobody whom the key set vouches for.
        SignatureRefusedError: the key is not the actor's, or not the kind this act needs.
    """
    actor, office, roles = event.actor, "", frozenset[str]()
    at = event.at if past else ""
    if actor.startswith(OFFICER):
        signer = trust.signer_at(event.signer, at) if past else trust.signer(event.signer)
        needed = "deed" if event.kind in DEED_KINDS else "day"
        if actor != f"{OFFICER}{signer.account}" or signer.which != needed:
            raise SignatureRefusedError(kind=event.kind)
        actor, office, roles = signer.account, signer.office, signer.roles
    elif actor == REPORTER:
        if case is None or event.signer != case.reporter_sign_at(event.ordinal):
            raise UnknownSignerError(REPORTER)
    elif actor == JOBS and not trust.is_log_key(event.signer, at):
        raise UnknownSignerError(JOBS)
    elif actor == RECOVERY and not trust.is_recovery_key(event.signer, at):
        raise UnknownSignerError(RECOVERY)
    return Act(
        kind=event.kind,
        ordinal=event.ordinal,
        at=event.at,
        actor=actor,
        office=office,
        roles=roles,
        facts=event.facts,
    )


def by_officer(act: SignedEvent, trust: Trust, *kinds: str) -> None:
    """Refuse an act that is not one of *kinds*, before anything is looked up for it.

    Raises:
        NotPermittedError: this use case is for other acts.
    """
    if act.event.kind not in kinds:
        raise NotPermittedError(kind=act.event.kind)


def instant(at: str) -> datetime:
    """Return the UTC instant of an event's time; a day counts from its first minute."""
    return datetime.fromisoformat(at.replace("Z", "+00:00")).replace(tzinfo=UTC)
