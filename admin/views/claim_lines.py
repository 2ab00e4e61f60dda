"""What the pages of an award show: who agreed, what voided it since, and what may be done now."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask import url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from admin.auth import current
from admin.extensions import console
from admin.forms.claim_words import VOIDED
from admin.permissions import open_acts
from admin.views.timeline import sentences, shown_to_me
from casework.domain.award_approval import APPROVED, FUNDED, kind_for
from casework.domain.award_values import (
    AGREED,
    PAID_OUT,
    UNDECIDED,
    Award,
    AwardApproval,
    AwardState,
)
from casework.domain.case import Case
from casework.domain.errors import NoAwardError
from casework.queries.cases import TimelineLine, timeline
from casework.services.claim_view import ClaimView, claim_views

_YES: Final = frozenset({APPROVED, FUNDED})
_MINE: Final[Mapping[str, Callable[[Award], bool]]] = {
    "reward.proposed": lambda one: one.state in UNDECIDED,
    APPROVED: lambda one: _waits_for_me(one, APPROVED),
    FUNDED: lambda one: _waits_for_me(one, FUNDED),
    "reward.sent_back": lambda one: one.next_rung in current().roles,
    "reward.rejected": lambda one: one.state in UNDECIDED | AGREED,
    "reward.notified": lambda one: one.state in AGREED,
    "reward.reopened": lambda one: one.state is AwardState.LAPSED,
    "reward.recalled": lambda one: one.state in PAID_OUT,
    "reward.reviewed": lambda one: bool(one.objected),
}

NOT_PROPOSED: Final = frozenset({AwardState.ELIGIBILITY, AwardState.COMPUTED})
OFFERED: Final = frozenset(
    {"reward.reserved", "reward.proposed", APPROVED, FUNDED, "reward.notified", "reward.reviewed"}
)

# Act, page and words, in the order in which they are offered.
STEPS: Final[tuple[tuple[str, str, LazyString], ...]] = (
    ("reward.proposed", "rewards.propose", _l("拟定奖励")),
    (APPROVED, "rewards.approve", _l("审批奖励")),
    (FUNDED, "rewards.approve", _l("确认资金")),
    ("reward.notified", "claims.notify", _l("登记领奖通知")),
    ("reward.reviewed", "claims.review", _l("复核奖励异议")),
    ("reward.reopened", "claims.reopen", _l("恢复领取")),
    ("reward.recalled", "claims.recall", _l("决定追回")),
    ("reward.rejected", "claims.refuse", _l("不予奖励")),
)


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder; *given* with its instant, where somebody agreed."""

    role: str
    given: AwardApproval | None
    at: str
    is_next: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """A yes that counts no more, what ended it, and when."""

    who: str
    at: str
    amount_fen: int
    why: str
    since: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One award as the pages have it."""

    view: ClaimView
    ladder: tuple[Rung, ...]
    ended: tuple[Ended, ...]
    told: tuple[tuple[str, str], ...]
    steps: tuple[tuple[LazyString, str, bool], ...]


def _waits_for_me(award: Award, kind: str) -> bool:
    rung = award.next_rung
    return rung in current().roles and kind_for(rung) == kind


def offers(kind: str, case: Case) -> bool:
    """Whether the page of the case has a button for this: what waits, not what may be redone."""
    if kind == "reward.reserved":
        return case.rewarded and case.live_award is None
    if kind == "reward.proposed":
        return any(one.state in NOT_PROPOSED for one in case.awards)
    return award_for(kind, case) is not None


def award_for(kind: str, case: Case, asked: str = "") -> Award | None:
    """Return the award that the signed-in person would do this with; None where there is none.

    Args:
        kind: of the act.
        case: which.
        asked: id of the award that the page is about; "" for the first that fits.
    """
    fits = _MINE[kind]
    found = [one for one in case.awards if asked in ("", one.id) and fits(one)]
    return found[0] if found else None


def is_mine(kind: str, case: Case, award: Award) -> bool:
    """Whether the signed-in person may do this with this award now."""
    return kind in open_acts(case) and award_for(kind, case, award.id) is not None


def the_award(case: Case, asked: str, *kinds: str) -> Award:
    """Return the award that a page is about: asked for, or that waits for it, or the newest.

    Raises:
        NoAwardError: the case has no award, or none of this id.
    """
    waiting = (award_for(kind, case) for kind in kinds)
    award = case.award_called(asked) if asked else next((one for one in waiting if one), case.award)
    if award is None:
        raise NoAwardError(award=asked)
    return award


def shown_awards(case: Case, acts: frozenset[str]) -> tuple[Shown, ...]:
    """Return all that the page of the awards of a case shows."""
    here = console()
    lines = timeline(here.store, report=case.report_id)
    told = [*zip(lines, sentences(lines), strict=True)]
    return tuple(
        Shown(
            view,
            tuple(_ladder(view, lines)),
            tuple(_ended(view.award, lines)),
            tuple((line.at, said) for line, said in told if _is_of(line, view.award)),
            tuple(_steps(case, view.award, acts)),
        )
        for view in claim_views(here.store, case=case, policies=here.policies)
    )


def prior_of(case: Case) -> list[dict[str, object]]:
    """Return the earlier awards that the reporter declared."""
    return list(json.loads(case.declared.prior)) if case.declared else []


def shown_award(case: Case, award: Award) -> Shown:
    """Return what the pages show of one award, without what may be done."""
    return next(one for one in shown_awards(case, frozenset()) if one.view.award.id == award.id)


def _ladder(view: ClaimView, lines: Sequence[TimelineLine]) -> Iterator[Rung]:
    given = view.award.approvals
    for number, role in enumerate(view.rungs):
        yes = given[number] if number < len(given) else None
        at = lines[yes.ordinal - 1].at if yes else ""
        is_next = yes is None and number == len(given) and bool(view.award.next_rung)
        yield Rung(role, yes, at, is_next)


def _ended(award: Award, lines: Sequence[TimelineLine]) -> Iterator[Ended]:
    """Each yes to this award that a later act did away with."""
    standing = {one.ordinal for one in award.approvals}
    for ordinal, line in enumerate(lines, start=1):
        if line.kind not in _YES or line.facts.get("award") != award.id or ordinal in standing:
            continue
        after = lines[ordinal:]
        by = next((one for one in after if one.kind in VOIDED and _may_be_of(one, award)), None)
        if by is not None:
            amount = int(str(line.facts["amount_fen"]))
            yield Ended(line.actor, line.at, amount, str(VOIDED[by.kind]), by.at)


def _may_be_of(line: TimelineLine, award: Award) -> bool:
    return line.facts.get("award") in (None, award.id)


def _is_of(line: TimelineLine, award: Award) -> bool:
    is_reward = line.kind.startswith("reward.") and _may_be_of(line, award)
    return (is_reward or line.kind == "finding.recorded") and shown_to_me(line)


def _steps(
    case: Case, award: Award, acts: frozenset[str]
) -> Iterator[tuple[LazyString, str, bool]]:
    """What may be done with it: words, page, and whether it waits for just that."""
    for kind, endpoint, label in STEPS:
        if kind in acts and award_for(kind, case, award.id) is not None:
            is_again = kind == "reward.proposed" and award.state is AwardState.PROPOSED
            told = _l("重新拟定") if is_again else label
            url = url_for(endpoint, report_id=case.report_id, award=award.id)
            yield told, url, kind in OFFERED and not is_again
