"""The release of one identity item: asked for, agreed by k custodians, opened once, or not.

These are the rules; the cryptography that keeps them is in crypto/ (SEALING.md 5).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from casework.domain.act_facts import RELEASE_REFUSALS, REQUEST_PURPOSES, number_of, text_of
from casework.domain.case import Act, Approval, AwardState, Case, Release, ReleaseState
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    ItemWithdrawnError,
    NotPermittedError,
    ReleaseExpiredError,
    ReleaseRunningError,
    ReleaseUnderWayError,
    ReleaseVoidError,
    SeparationError,
    UnknownReleaseError,
    WrongStateError,
)
from casework.domain.roles import Role

THRESHOLD_DEFAULT = 2  # seats that must agree, when the request does not say
HOURS_MIN: Final = 1
HOURS_MAX: Final = 72
FILE: Final = "file"  # kind of an item: a file that shows the reporter, or an original
COMPARE_PAYEE: Final = "compare_payee"
EXAMINE: Final = "examine_evidence"
TRIAL: Final = "trial"  # channel of a trial report, and the purpose that it alone knows
NEW_VERSION: Final = "new_version"  # why a release became void


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why an identity item may be released: from a fixed list, each with its legal basis.

    Attributes:
        basis: document and clause; （条文待核） where the text was not at hand.
        roles: who may ask. A place in a custodian's seat never does.
        items: kinds of item that it may be asked for; any where empty.
    """

    code: str
    zh: str
    en: str
    basis: str
    roles: frozenset[Role]
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusalReason:
    """Why a custodian refuses: from a fixed list, shown to the requester and the reporter."""

    code: str
    zh: str
    en: str


REFUSALS: tuple[RefusalReason, ...] = (
    RefusalReason("not_necessary", "不查看也能办成这件事", "It can be done without the identity"),
    RefusalReason("wrong_item", "申请的内容与用途不符", "The item does not fit the purpose"),
    RefusalReason("basis_missing", "法定依据不成立", "The legal basis does not apply"),
    RefusalReason("not_verified", "无法核实申请是否属实", "The request could not be verified"),
)
assert tuple(reason.code for reason in REFUSALS) == RELEASE_REFUSALS

PURPOSES: tuple[Purpose, ...] = (
    Purpose(
        "pay_award",
        "发放奖金",
        "Pay the award",
        "伊安委〔2022〕6号 第43条（奖励资金及时足额发放到手）",
        frozenset({Role.CASHIER}),
        ("payee", "mandate"),
    ),
    Purpose(
        COMPARE_PAYEE,
        "核对收款户名与举报人是否一致",
        "Compare the name of the account with the reporter's",
        "食品药品违法行为举报奖励办法（2017）第十七条（汇入本人实名账户；条文待核）",
        frozenset({Role.CASHIER}),
        ("who",),
    ),
    Purpose(
        "compare_claimant",
        "核对凭身份证领奖的人",
        "Compare who claims by identity card",
        "安监总财〔2018〕19号 第十二条（条文待核）",
        frozenset({Role.CASHIER}),
        ("who",),
    ),
    Purpose(
        "contact_reporter",
        "必须以电话或者信函联系举报人",
        "Reach the reporter by telephone or letter",
        "关于保护生产安全事故和事故隐患举报人的意见（2013-06-08）",
        # Never the handling department: it is not to learn who reported.
        frozenset({Role.OPERATOR, Role.SUPERVISOR}),
        ("contact",),
    ),
    Purpose(
        EXAMINE,
        "查验能看出举报人的材料",
        "Examine evidence that shows the reporter",
        "行政处罚法 第四十六条（证据须经查证属实；条文待核）",
        frozenset({Role.OFFICER, Role.LEADER, Role.SUPERVISOR}),
        (FILE,),
    ),
    Purpose(
        TRIAL,
        "系统启用或者年度演练",
        "Trial before opening, or yearly drill",
        "密钥操作规程：启用与演练（试报，不含真实身份）",
        frozenset({Role.CASHIER, Role.OPERATOR, Role.SUPERVISOR}),
    ),
)
assert tuple(purpose.code for purpose in PURPOSES) == REQUEST_PURPOSES
_PURPOSE = {purpose.code: purpose for purpose in PURPOSES}


def purpose(code: str) -> Purpose:
    """Return the purpose of this code, which `check_facts` knows to be one."""
    return _PURPOSE[code]


def purposes_for(roles: Iterable[str], *, channel: str, kinds: Iterable[str]) -> list[Purpose]:
    """Return the purposes that a person of these roles may name in a case.

    Args:
        roles: the person's roles.
        channel: of the case; a trial report knows the purpose "trial" alone.
        kinds: of the identity items that the case has.
    """
    held, there = frozenset(roles), frozenset(kinds)
    return [
        one
        for one in PURPOSES
        if one.roles & held
        and (one.code == TRIAL) == (channel == TRIAL)
        and (not one.items or there.intersection(one.items))
    ]


def request(case: Case, act: Act) -> Case:
    """Ask for one version of one item, for a listed purpose, until a moment.

    Raises:
        NotPermittedError: the purpose is not one for the asker's roles or office, or not one
            for this case.
        BadActError: it expires too early or too late, or the item is not the payee item.
        ItemWithdrawnError: the reporter has taken the item back.
        AlreadyDoneError: the release id was used.
        ReleaseUnderWayError: another release of the item runs.
        WrongStateError: the award is not claimed to an account, or nothing is to be claimed.
    """
    named = purpose(text_of(act, "purpose"))
    _check_asker(case, act, named)
    item, version = text_of(act, "item"), number_of(act, "version")
    if item in (*case.withdrawn, *case.erased):
        raise ItemWithdrawnError(item=item)
    if named.code == "pay_award":
        _check_payee(case, act, item, version)
    if named.code == COMPARE_PAYEE:
        _check_transfer(case, act)
    if named.code == "compare_claimant" and not has_claimable_award(case):
        raise WrongStateError(kind=act.kind, state=case.award.state if case.award else "no award")
    _check_window(act)
    release_id = text_of(act, "release")
    if release_id in case.releases:
        raise AlreadyDoneError(release=release_id)
    if any(r.running and r.item == item for r in case.releases.values()):
        raise ReleaseUnderWayError(item=item)
    release = Release(
        id=release_id,
        state=ReleaseState.REQUESTED,
        item=item,
        version=version,
        purpose=named.code,
        requester=act.actor,
        office=act.office,
        threshold=number_of(act, "threshold", THRESHOLD_DEFAULT),
        requested_at=act.at,
        expires_at=text_of(act, "expires_at"),
    )
    return _with(case, release)


def has_claimable_award(case: Case) -> bool:
    """Tell whether somebody may still come with an identity card for an award of *case*."""
    return any(one.state in (AwardState.NOTIFIED, AwardState.CLAIMED) for one in case.awards)


def _check_asker(case: Case, act: Act, named: Purpose) -> None:
    """Refuse whom the purpose does not name; asked again at the opening, for people move."""
    if not named.roles & act.roles or (named.code == TRIAL) != (case.channel == TRIAL):
        raise NotPermittedError(kind=act.kind, purpose=named.code)
    if named.code == "contact_reporter" and act.office == case.lead:
        raise NotPermittedError(kind=act.kind, purpose=named.code, office=act.office)
    if named.code == EXAMINE and act.office not in (case.lead, case.supervisor):
        raise NotPermittedError(kind=act.kind, purpose=named.code, office=act.office)


def _check_window(act: Act) -> None:
    asked = datetime.fromisoformat(text_of(act, "expires_at")) - datetime.fromisoformat(act.at)
    if not timedelta(hours=HOURS_MIN) <= asked <= timedelta(hours=HOURS_MAX):
        raise BadActError("expires_at", f"{HOURS_MIN} to {HOURS_MAX} hours after {act.at}")


def _check_transfer(case: Case, act: Act) -> None:
    """Refuse where no award waits to be transferred to an account."""
    if not any(one.state is AwardState.CLAIMED and one.how == "account" for one in case.awards):
        raise WrongStateError(kind=act.kind, state=case.award.state if case.award else "no award")


def _check_payee(case: Case, act: Act, item: str, version: int) -> None:
    claimed = {one.item: one for one in case.awards if one.state is AwardState.CLAIMED and one.item}
    if not claimed:
        raise WrongStateError(kind=act.kind, state=case.award.state if case.award else "no award")
    award = claimed.get(item)
    if award is None:
        raise BadActError("item", ", ".join(claimed))
    if version != award.version:
        raise BadActError("version", str(award.version))


def approve(case: Case, act: Act) -> Case:
    """Add one custodian's agreement; with the threshold's number of them it may be opened.

    Raises:
        UnknownReleaseError, WrongStateError, ReleaseExpiredError: nothing to approve.
        SeparationError: the requester, or the same person, seat or office a second time.
    """
    release = _release_in(case, act, ReleaseState.REQUESTED)
    _check_time(release, act)
    seat = number_of(act, "seat")
    check_new_approval(act, seat, release.requester, release.approvals)
    approvals = (*release.approvals, Approval(seat, act.actor, act.office))
    enough = len(approvals) >= release.threshold
    state = ReleaseState.APPROVED if enough else ReleaseState.REQUESTED
    return _with(case, replace(release, approvals=approvals, state=state))


def check_new_approval(act: Act, seat: int, requester: str, given: Iterable[Approval]) -> None:
    """Check that an agreement comes from a person, seat and office that has not agreed yet.

    Args:
        act: the custodian's.
        seat: number of the custodian's seat.
        requester: account of who asked.
        given: the agreements so far.

    Raises:
        SeparationError: the requester, or the same person, seat or office a second time.
    """
    if act.actor == requester:
        raise SeparationError("requester_approves_release", actor=act.actor, kind=act.kind)
    for one in given:
        if act.actor == one.account:
            raise SeparationError("one_person_twice", actor=act.actor, kind=act.kind)
        if seat == one.seat:
            raise SeparationError("one_seat_twice", actor=act.actor, kind=act.kind)
        if act.office == one.office:
            raise SeparationError("one_office_twice", actor=act.actor, kind=act.kind)


def refuse(case: Case, act: Act) -> Case:
    """End a release that was asked for. One refusal is enough; it may be asked for anew.

    Raises:
        UnknownReleaseError, WrongStateError: nothing to refuse.
        SeparationError: the requester cannot refuse it as a custodian.
    """
    release = _release_in(case, act, ReleaseState.REQUESTED, ReleaseState.APPROVED)
    if act.actor == release.requester:
        raise SeparationError("requester_refuses_release", actor=act.actor, kind=act.kind)
    refused = replace(
        release,
        state=ReleaseState.REFUSED,
        refused_by=act.actor,
        reason_code=text_of(act, "reason_code"),
    )
    return _with(case, refused)


def open_once(case: Case, act: Act) -> Case:
    """Note that the requester opened the item: once, in time, nobody else.

    Raises:
        UnknownReleaseError, WrongStateError, ReleaseExpiredError: nothing to open.
        SeparationError: somebody else asked for it.
        NotPermittedError: the requester has lost the role, or handles the case by now.
    """
    release = _release_in(case, act, ReleaseState.APPROVED)
    if act.actor != release.requester:
        raise SeparationError("another_opens_release", actor=act.actor, kind=act.kind)
    _check_asker(case, act, purpose(release.purpose))
    _check_time(release, act)
    return _with(case, replace(release, state=ReleaseState.OPENED, opened_at=act.at))


def expire(case: Case, act: Act) -> Case:
    """End a release whose time is over.

    Raises:
        UnknownReleaseError, WrongStateError: nothing that could expire.
        ReleaseRunningError: its time is not over.
    """
    release = _release_in(case, act, ReleaseState.REQUESTED, ReleaseState.APPROVED)
    if act.at < release.expires_at:
        raise ReleaseRunningError(release=release.id, expires_at=release.expires_at)
    return _with(case, replace(release, state=ReleaseState.EXPIRED))


def void(case: Case, act: Act) -> Case:
    """End a release in which somebody's key or place has changed.

    Raises:
        UnknownReleaseError, WrongStateError: nothing that could become void.
    """
    release = _release_in(case, act, ReleaseState.REQUESTED, ReleaseState.APPROVED)
    return _with(case, _voided(release, text_of(act, "why")))


def void_of_items(case: Case, items: Iterable[str], why: str) -> Case:
    """Return *case* with every running release of these items void.

    Args:
        case: the case.
        items: ids of identity items.
        why: code of what they died of.
    """
    gone = frozenset(items)
    ended = {
        one.id: _voided(one, why)
        for one in case.releases.values()
        if one.running and one.item in gone
    }
    return replace(case, releases={**case.releases, **ended}) if ended else case


def note_attempt(case: Case, act: Act) -> Case:
    """Note a refused try; nothing changes.

    Raises:
        UnknownReleaseError: no such release was ever asked for.
    """
    if text_of(act, "release") not in case.releases:
        raise UnknownReleaseError(release=text_of(act, "release"))
    return case


def _voided(release: Release, why: str) -> Release:
    return replace(release, state=ReleaseState.VOIDED, reason_code=why)


def _release_in(case: Case, act: Act, *states: ReleaseState) -> Release:
    release = case.releases.get(text_of(act, "release"))
    if release is None:
        raise UnknownReleaseError(release=text_of(act, "release"))
    if release.state is ReleaseState.VOIDED:
        raise ReleaseVoidError(release.reason_code)
    if release.state not in states:
        raise WrongStateError(kind=act.kind, release=release.id, state=release.state)
    return release


def _check_time(release: Release, act: Act) -> None:
    # Instants of one fixed form compare as text.
    if act.at >= release.expires_at:
        raise ReleaseExpiredError(release=release.id, expires_at=release.expires_at)


def _with(case: Case, release: Release) -> Case:
    return replace(case, releases={**case.releases, release.id: release})
