"""Who may do what on the console. GLOSSARY.md's table of roles is the law; a test holds this to it.

What one person may not do twice in one case is not decided here but in
casework.domain, where it cannot be walked around.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, Protocol, TypeVar, cast

from werkzeug.exceptions import Forbidden, NotFound

from admin import auth
from admin.extensions import console
from casework.domain.assignment import in_pool
from casework.domain.case import Case
from casework.domain.report import allowed_kinds
from casework.domain.roles import Role
from casework.services.interests import met_by

_OFFICE: Final = frozenset({Role.OFFICER, Role.LEADER, Role.SUPERVISOR})
_MONEY: Final = frozenset({Role.APPROVER, Role.FINANCE, Role.CASHIER})
_REQUESTERS: Final = _OFFICE | {Role.CASHIER, Role.OPERATOR}

PERMISSIONS: Final[dict[str, frozenset[Role]]] = {
    "worklist.view": frozenset(Role),
    "board.view": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "search.use": _OFFICE,
    "case.view": _OFFICE | _MONEY | {Role.OPERATOR},
    "case.open": _OFFICE,
    # A leader stands in for the officers; a supervising office handles what is undetermined.
    "case.accept": _OFFICE,
    "refusal.propose": _OFFICE,
    "refusal.decide": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "case.transfer": _OFFICE,
    "case.propose_lead": frozenset({Role.OPERATOR, Role.OFFICER}),
    "officer.draw": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "assignment.hand": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "cover.view": _OFFICE,
    "return.request": frozenset({Role.OFFICER, Role.LEADER}),
    "return.decide": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "cohandlers.name": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "opinion.give": _OFFICE,
    "copy.send": _OFFICE,
    "copy.sign": _OFFICE,
    "observation.give": _OFFICE,
    "discipline.answer": _OFFICE,
    "interference.note": _OFFICE,
    "interference.read": _OFFICE,
    "interest.declare": frozenset(Role),
    "recusal.note": _OFFICE,
    "case.reply": _OFFICE,
    "case.close": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "case.merge": _OFFICE,
    "merge.undo": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "closing.propose": _OFFICE,
    "visit.plan": _OFFICE,
    "visit.record": frozenset({Role.OFFICER, Role.SUPERVISOR}),
    "visit.drop": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "rectification.order": _OFFICE,
    "referral.make": _OFFICE,
    "finding.record": frozenset({Role.OFFICER}),
    "milestone.record": _OFFICE,
    "extension.request": _OFFICE,
    "extension.decide": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "pause.request": _OFFICE,
    "pause.decide": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "pause.end": _OFFICE,
    "step.acknowledge": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "order.view": _OFFICE,
    "order.issue": frozenset({Role.SUPERVISOR}),
    "order.answer": frozenset({Role.LEADER}),
    "callback.note": frozenset({Role.OPERATOR, Role.SUPERVISOR}),
    "review.decide": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "protection.order": _OFFICE,
    "protection.decline": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "protection.end": _OFFICE,
    "malice.propose": frozenset({Role.LEADER}),
    "malice.decide": frozenset({Role.SUPERVISOR}),
    "reward.propose": frozenset({Role.OFFICER}),
    "reward.approve": frozenset({Role.APPROVER, Role.FINANCE, Role.LEADER, Role.SUPERVISOR}),
    "reward.fund": frozenset({Role.FINANCE}),
    "reward.decide": frozenset({Role.APPROVER, Role.LEADER, Role.SUPERVISOR}),
    "reward.notify": frozenset({Role.OFFICER, Role.OPERATOR}),
    "reward.review": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "reward.pay": frozenset({Role.CASHIER}),
    "reward.witness": frozenset({Role.CASHIER, Role.OPERATOR, Role.FINANCE}),
    "reward.reconcile": frozenset({Role.FINANCE}),
    "bank.view": frozenset({Role.CASHIER, Role.FINANCE}),
    "release.request": _REQUESTERS,
    "release.open": _REQUESTERS,
    "release.list": _REQUESTERS | {Role.CUSTODIAN},
    "release.decide": frozenset({Role.CUSTODIAN}),
    "hold.list": frozenset({Role.LEADER, Role.SUPERVISOR, Role.CUSTODIAN}),
    "hold.request": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "hold.decide": frozenset({Role.CUSTODIAN}),
    "hold.lift": frozenset({Role.LEADER, Role.SUPERVISOR, Role.CUSTODIAN}),
    "keeping.view": frozenset({Role.LEADER, Role.SUPERVISOR, Role.AUDITOR}),
    "destruction.request": frozenset({Role.LEADER}),
    "destruction.confirm": frozenset({Role.SUPERVISOR}),
    "seat.keep": frozenset({Role.CUSTODIAN}),
    "fund.view": frozenset({Role.FINANCE, Role.AUDITOR}),
    "fund.appropriate": frozenset({Role.FINANCE}),
    "fund.decide": frozenset({Role.FINANCE, Role.APPROVER, Role.SUPERVISOR}),
    "audit.view": frozenset({Role.AUDITOR}),
    "keys.view": frozenset(Role),
    "keys.certify": frozenset(Role),
    "keys.rewrap": _OFFICE | {Role.OPERATOR, Role.APPROVER},
    "rules.view": frozenset(
        {Role.LEADER, Role.SUPERVISOR, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR}
    ),
    "rules.activate": frozenset({Role.LEADER, Role.SUPERVISOR}),
    "rules.calendar": frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "rules.confirm_calendar": frozenset({Role.LEADER, Role.SUPERVISOR, Role.ADMINISTRATOR}),
    "keys.propose": frozenset({Role.LEADER, Role.SUPERVISOR, Role.CUSTODIAN, Role.ADMINISTRATOR}),
    "keys.sign": frozenset({Role.CUSTODIAN}),
}

# Which act of the domain's table each permission leads to.
ACTS: Final[dict[str, str]] = {
    "report.read": "case.open",
    "file.read": "case.open",
    "report.accepted": "case.accept",
    "refusal.proposed": "refusal.propose",
    "refusal.declined": "refusal.decide",
    "report.refused": "refusal.decide",
    "report.transferred": "case.transfer",
    "assignment.proposed": "case.propose_lead",
    "assignment.drawn": "officer.draw",
    "assignment.handed": "assignment.hand",
    "return.requested": "return.request",
    "return.overruled": "return.decide",
    "cohandlers.named": "cohandlers.name",
    "opinion.given": "opinion.give",
    "copy.sent": "copy.send",
    "copy.acknowledged": "copy.sign",
    "observation.given": "observation.give",
    "discipline.answered": "discipline.answer",
    "interference.noted": "interference.note",
    "interference.read": "interference.read",
    "recusal.noted": "recusal.note",
    "message.sent": "case.reply",
    "finding.recorded": "finding.record",
    "case.closed": "case.close",
    "case.merged": "case.merge",
    "merge.joined": "case.merge",
    "merge.undone": "merge.undo",
    "merge.left": "merge.undo",
    "closing.declined": "case.close",
    "closing.proposed": "closing.propose",
    "visit.planned": "visit.plan",
    "visit.photographed": "visit.record",
    "visit.recorded": "visit.record",
    "visit.returned": "visit.record",
    "visit.signed": "visit.record",
    "visit.dropped": "visit.drop",
    "rectification.ordered": "rectification.order",
    "referral.made": "referral.make",
    "referral.acknowledged": "referral.make",
    "milestone.recorded": "milestone.record",
    "extension.requested": "extension.request",
    "extension.granted": "extension.decide",
    "extension.refused": "extension.decide",
    "pause.requested": "pause.request",
    "pause.granted": "pause.decide",
    "pause.refused": "pause.decide",
    "pause.ended": "pause.end",
    "step.acknowledged": "step.acknowledge",
    "order.issued": "order.issue",
    "order.answered": "order.answer",
    "callback.phoned": "callback.note",
    "review.decided": "review.decide",
    "case.redone": "review.decide",
    "protection.ordered": "protection.order",
    "protection.declined": "protection.decline",
    "protection.ended": "protection.end",
    "malice.proposed": "malice.propose",
    "malice.confirmed": "malice.decide",
    "malice.declined": "malice.decide",
    "reward.reserved": "reward.propose",
    "reward.approved": "reward.decide",
    "reward.shared": "reward.approve",
    "reward.rejected": "reward.approve",
    "reward.paid": "reward.pay",
    "reward.proposed": "reward.propose",
    "reward.funded": "reward.fund",
    "reward.sent_back": "reward.approve",
    "reward.notified": "reward.notify",
    "reward.identified": "reward.pay",
    "reward.witnessed": "reward.witness",
    "reward.ordered": "reward.pay",
    "reward.stopped": "reward.pay",
    "reward.undone": "reward.pay",
    "reward.returned": "reward.pay",
    "reward.reconciled": "reward.reconcile",
    "reward.reopened": "reward.decide",
    "reward.recalled": "reward.decide",
    "reward.reviewed": "reward.review",
    "release.requested": "release.request",
    "release.opened": "release.open",
    "release.approved": "release.decide",
    "release.refused": "release.decide",
    "hold.requested": "hold.request",
    "hold.approved": "hold.decide",
    "hold.lifted": "hold.lift",
    "destruction.requested": "destruction.request",
    "destruction.confirmed": "destruction.confirm",
}

# Pages one can see without having signed in; everything else declares a permission.
PUBLIC_ENDPOINTS: Final[frozenset[str]] = frozenset(
    {"sessions.sign_in", "sessions.sign_out", "sessions.enrol", "languages.choose", "static"}
)

AnyView = TypeVar("AnyView", bound=Callable[..., Any])


class _Guarded(Protocol):
    permission: str


def requires(permission: str) -> Callable[[AnyView], AnyView]:
    """Let only those in whose roles hold *permission*."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)

    def guard(view: AnyView) -> AnyView:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not may(permission):
                raise Forbidden
            return view(*args, **kwargs)

        cast("_Guarded", guarded).permission = permission
        return cast("AnyView", guarded)

    return guard


def may(permission: str) -> bool:
    """Whether the signed-in person's roles hold *permission*."""
    return not PERMISSIONS[permission].isdisjoint(auth.current().roles)


def open_acts(case: Case) -> frozenset[str]:
    """The kinds of act that the signed-in person may try in *case* now."""
    session = auth.current()
    kinds = allowed_kinds(
        case,
        actor=session.account,
        office=session.office,
        roles=frozenset(str(role) for role in session.roles),
    )
    return frozenset(kind for kind in kinds if kind in ACTS and may(ACTS[kind]))


def visible(case: Case) -> Case:
    """Return *case*, or answer as if it did not exist to whom it does not concern.

    An office sees what was routed to it, what it supervises and what it helps with. Who approves
    and who pays see the cases that have an award; operators what waits in their office's pool.
    Whoever is kept from it sees nothing of it.
    """
    if is_kept_from(case) or not _concerns(case):
        raise NotFound
    return case


def sees() -> Callable[[Case], bool]:
    """Return who tells of many cases whether they are `visible`, with one look-up for all."""
    met = met_by(console().store, account=auth.current().account)
    return lambda case: not is_kept_from(case, met) and _concerns(case)


def is_kept_from(case: Case, met: frozenset[str] | None = None) -> bool:
    """Whether the signed-in person, or the office, is to learn nothing of a case.

    It accuses the office or bars it, the person is recused, or has declared an interest in the
    enterprise: the jobs note that a minute later, and of who reads no case never.

    Args:
        case: which.
        met: reports that meet an interest of the person, where they are at hand.
    """
    session = auth.current()
    if session.office in case.kept_out or session.account in case.recused:
        return True
    if met is None:
        met = met_by(console().store, account=session.account)
    return case.report_id in met


def _concerns(case: Case) -> bool:
    session = auth.current()
    handles = session.office in {case.lead, case.supervisor, *case.offices}
    if handles and not session.roles.isdisjoint(_OFFICE):
        return True
    if case.award is not None and not session.roles.isdisjoint(_MONEY):
        return True
    sorts = Role.OPERATOR in session.roles and session.office == case.lead
    return sorts and in_pool(case)
