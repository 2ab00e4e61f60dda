"""Opening the site after a trial, yearly drills, and the use of the recovery key.

What these leave are events outside reports. The public site stays closed until the
one that opens it is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from casework.domain.errors import BadActError, CaseworkError, NotPermittedError
from casework.domain.trial import ANNOUNCED, DRILL, OPENED, USED, check_outside, is_trial
from casework.services.acts import act_of, check_act
from casework.services.notices import notify_of_keys
from casework.services.trust import Trust
from casework.storage.key_wraps import RECOVERY, MemberWrap
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.errors import EventError
from crypto.events import RECOVERY as BY_RECOVERY
from crypto.events import Event, SignedEvent, check_signature

AUDITORS: Final = "role:auditor"
DRILL_EVERY: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Trials:
    """When the site was opened, and when the custody was tried last; "" for never."""

    opened_at: str
    tried_at: str


@use_case
def note_trial(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> None:
    """Record that a trial went through to its end: the first opens the site.

    Raises:
        NotPermittedError: not signed by a custodian, or another event.
        BadActError: the report is no trial, or not erased yet.
        CaseworkError: as for every act, see `acts.check_act`.
    """
    event = act.event
    check_act(act, site=uow.site, now=now)
    check_outside(event.kind, event.facts)
    signed = act_of(event, None, trust)
    in_seat = trust.keyset.seat_of(signed.actor) is not None
    if event.kind not in (OPENED, DRILL) or event.report or not in_seat:
        raise NotPermittedError(kind=event.kind)
    case = uow.reports.get(str(event.facts["report"]))
    if not is_trial(case) or not case.destroyed or case.case_number != event.facts["case_number"]:
        raise BadActError("report", "a trial report that was tried to its end and erased")
    uow.events.append(act)


@query
def unfinished_trials(uow: UnitOfWork) -> tuple[str, ...]:
    """Return trial reports of which something is left, because a trial was cut off."""
    # The lists know a trial report under no office.
    found = (uow.reports.get(one.id) for one in uow.reports.all_of_lead(""))
    return tuple(case.report_id for case in found if is_trial(case) and not case.destroyed)


@query
def is_open(uow: UnitOfWork, *, trust: Trust) -> bool:
    """Whether the site was ever opened."""
    return any(_is_sound(one, trust) for one in uow.events.outside_of_kind(OPENED))


@query
def trials(uow: UnitOfWork, *, trust: Trust) -> Trials:
    """Return when the site was opened and when the last trial was held."""
    opened = [one.event.at for one in uow.events.outside_of_kind(OPENED) if _is_sound(one, trust)]
    drills = [one.event.at for one in uow.events.outside_of_kind(DRILL) if _is_sound(one, trust)]
    return Trials(min(opened, default=""), max([*opened, *drills], default=""))


@use_case
def announce_recovery(uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime) -> None:
    """Record that the recovery key is about to be used, before anything is opened with it.

    The office of every seat and the auditors are told.

    Raises:
        NotPermittedError: not signed by the recovery key, or another event.
        BadActError: an office is none of the key set.
        CaseworkError: as for every act, see `acts.check_act`.
    """
    _check_recovery(uow, act, ANNOUNCED, trust, now)
    uow.events.append(act)
    _tell(uow, ANNOUNCED, trust, now)


@use_case
def use_recovery(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    wraps: Sequence[MemberWrap],
    trust: Trust,
    now: datetime,
) -> None:
    """Store office keys that the recovery key has given back to the offices' members.

    Raises:
        NotPermittedError: not signed by the recovery key, or another event.
        BadActError: it was not announced so, a wrap is for somebody else, or the event does
            not name exactly the wraps.
        CaseworkError: as for every act, see `acts.check_act`.
    """
    _check_recovery(uow, act, USED, trust, now, wraps)
    facts = act.event.facts
    announced = uow.events.get(str(facts["announced"]))
    if announced is None or not _announces(announced.event, act.event):
        raise BadActError("announced", "the announcement of this use")
    offices = facts["offices"]
    assert isinstance(offices, list | tuple)
    for wrap in wraps:
        member = trust.members.get(wrap.account)
        owned = member is not None and member.office == wrap.owner
        if wrap.owner_kind != "office" or wrap.owner not in offices or not owned:
            raise BadActError("wraps", "office keys for the offices' members alone")
    uow.key_wraps.insert(wraps)
    uow.events.append(act)
    _tell(uow, USED, trust, now)


@query
def recovery_wraps(uow: UnitOfWork, *, office: str) -> tuple[MemberWrap, ...]:
    """Return an office's keys, present and replaced, as they are wrapped to the recovery key."""
    return uow.key_wraps.get("office", office, RECOVERY)


@query
def holders_of(uow: UnitOfWork, *, office: str) -> frozenset[tuple[str, str]]:
    """Return who holds which key of an office, as pairs of key id and account."""
    found = uow.key_wraps.of_owner("office", office)
    return frozenset((one.key_id, one.account) for one in found)


def _check_recovery(
    uow: UnitOfWork,
    act: SignedEvent,
    kind: str,
    trust: Trust,
    now: datetime,
    wraps: Sequence[MemberWrap] = (),
) -> None:
    event = act.event
    check_act(act, site=uow.site, now=now, records=wraps)
    check_outside(event.kind, event.facts)
    act_of(event, None, trust)
    if event.kind != kind or event.report or event.actor != BY_RECOVERY:
        raise NotPermittedError(kind=event.kind)
    offices = event.facts["offices"]
    assert isinstance(offices, list | tuple)
    if not all(trust.keyset.has_office(str(one)) for one in offices):
        raise BadActError("offices", "offices of the key set")


def _announces(announced: Event, used: Event) -> bool:
    same = ("offices", "reason_code")
    return announced.kind == ANNOUNCED and all(announced.facts[n] == used.facts[n] for n in same)


def _tell(uow: UnitOfWork, kind: str, trust: Trust, now: datetime) -> None:
    for office in sorted({one.office for one in trust.keyset.seats}):
        notify_of_keys(uow, kind, office=office, now=now)
    notify_of_keys(uow, kind, office=AUDITORS, now=now)


def _is_sound(signed: SignedEvent, trust: Trust) -> bool:
    """Whether a custodian of the chain signed it; a row alone opens nothing."""
    try:
        check_signature(signed)
        check_outside(signed.event.kind, signed.event.facts)
        actor = act_of(signed.event, None, trust, past=True).actor
    except (EventError, CaseworkError):
        return False
    return any(link.keyset.seat_of(actor) is not None for link in trust.chain)
