"""The release of one identity item: asked for, agreed by k custodians, opened once, or not.

These are the rules; the cryptography that keeps them is in crypto/ (SEALING.md 5).
"""

from dataclasses import dataclass, replace

from casework.domain.act_facts import number_of, text_of
from casework.domain.case import Act, Approval, AwardState, Case, Release, ReleaseState
from casework.domain.errors import (
    AlreadyDoneError,
    BadActError,
    NotPermittedError,
    ReleaseExpiredError,
    ReleaseRunningError,
    ReleaseUnderWayError,
    SeparationError,
    UnknownReleaseError,
    WrongStateError,
)
from casework.domain.roles import Role

THRESHOLD_DEFAULT = 2  # seats that must agree, when the request does not say


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why an identity item may be released: from a fixed list, each with its legal basis.

    Attributes:
        basis: document and clause; "[M]" where the text was not at hand.
        roles: who may ask. A place in a custodian's seat never does.
    """

    code: str
    zh: str
    en: str
    basis: str
    roles: frozenset[Role]


PURPOSES: tuple[Purpose, ...] = (
    Purpose(
        "pay_award",
        "发放奖金",
        "Pay the award",
        "伊安委〔2022〕6号 第43条（奖励资金及时足额发放到手）",
        frozenset({Role.CASHIER}),
    ),
    Purpose(
        "compare_claimant",
        "核对凭身份证领奖的人",
        "Compare who claims by identity card",
        "安监总财〔2018〕19号 第十二条 [M]",
        frozenset({Role.CASHIER}),
    ),
    Purpose(
        "contact_reporter",
        "必须以电话或者信函联系举报人",
        "Reach the reporter by telephone or letter",
        "关于保护生产安全事故和事故隐患举报人的意见（2013-06-08）",
        # Never the handling department: it is not to learn who reported.
        frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    ),
)
_PURPOSE = {purpose.code: purpose for purpose in PURPOSES}


def request(case: Case, act: Act) -> Case:
    """Ask for one version of one item, for a listed purpose, until a moment.

    Raises:
        NotPermittedError: the purpose is not one for the asker's roles or office.
        BadActError: it expires before it begins, or the item is not the payee item.
        AlreadyDoneError: the release id was used.
        ReleaseUnderWayError: another release of the item runs.
        WrongStateError: the award is not claimed to an account.
    """
    purpose = _PURPOSE[text_of(act, "purpose")]
    if not purpose.roles & act.roles:
        raise NotPermittedError(kind=act.kind, purpose=purpose.code)
    if purpose.code == "contact_reporter" and act.office == case.lead:
        raise NotPermittedError(kind=act.kind, purpose=purpose.code, office=act.office)
    item, version = text_of(act, "item"), number_of(act, "version")
    if purpose.code == "pay_award":
        _check_payee(case, act, item, version)
    if text_of(act, "expires_at") <= act.at:
        raise BadActError("expires_at", f"later than {act.at}")
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
        purpose=purpose.code,
        requester=act.actor,
        office=act.office,
        threshold=number_of(act, "threshold", THRESHOLD_DEFAULT),
        requested_at=act.at,
        expires_at=text_of(act, "expires_at"),
    )
    return _with(case, release)


def _check_payee(case: Case, act: Act, item: str, version: int) -> None:
    award = case.award
    if award is None or award.state is not AwardState.CLAIMED or award.how != "account":
        raise WrongStateError(kind=act.kind, state=award.state if award else "no award")
    if item != award.item:
        raise BadActError("item", award.item)
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
    if act.actor == release.requester:
        raise SeparationError("requester_approves_release", actor=act.actor, kind=act.kind)
    for given in release.approvals:
        if act.actor == given.account:
            raise SeparationError("one_person_twice", actor=act.actor, kind=act.kind)
        if seat == given.seat:
            raise SeparationError("one_seat_twice", actor=act.actor, kind=act.kind)
        if act.office == given.office:
            raise SeparationError("one_office_twice", actor=act.actor, kind=act.kind)
    approvals = (*release.approvals, Approval(seat, act.actor, act.office))
    enough = len(approvals) >= release.threshold
    state = ReleaseState.APPROVED if enough else ReleaseState.REQUESTED
    return _with(case, replace(release, approvals=approvals, state=state))


def refuse(case: Case, act: Act) -> Case:
    """End a release that was asked for. One refusal is enough; it may be asked for anew.

    Raises:
        UnknownReleaseError, WrongStateError: nothing to refuse.
        SeparationError: the requester cannot refuse it as a custodian.
    """
    release = _release_in(case, act, ReleaseState.REQUESTED, ReleaseState.APPROVED)
    if act.actor == release.requester:
        raise SeparationError("requester_refuses_release", actor=act.actor, kind=act.kind)
    return _with(case, replace(release, state=ReleaseState.REFUSED, refused_by=act.actor))


def open_once(case: Case, act: Act) -> Case:
    """Note that the requester opened the item: once, in time, nobody else.

    Raises:
        UnknownReleaseError, WrongStateError, ReleaseExpiredError: nothing to open.
        SeparationError: somebody else asked for it.
    """
    release = _release_in(case, act, ReleaseState.APPROVED)
    if act.actor != release.requester:
        raise SeparationError("another_opens_release", actor=act.actor, kind=act.kind)
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


def _release_in(case: Case, act: Act, *states: ReleaseState) -> Release:
    release = case.releases.get(text_of(act, "release"))
    if release is None:
        raise UnknownReleaseError(release=text_of(act, "release"))
    if release.state not in states:
        raise WrongStateError(kind=act.kind, release=release.id, state=release.state)
    return release


def _check_time(release: Release, act: Act) -> None:
    # Instants of one fixed form compare as text.
    if act.at >= release.expires_at:
        raise ReleaseExpiredError(release=release.id, expires_at=release.expires_at)


def _with(case: Case, release: Release) -> Case:
    return replace(case, releases={**case.releases, release.id: release})
