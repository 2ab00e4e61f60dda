"""People who have no part in a case any more: for an interest, or because one was found.

Whoever is recused does nothing more in the case and sees nothing of it. An office that a report
accuses is kept out by routing already (`Case.kept_out`).

Source: SCENARIOS.md S11; Administrative Penalty Law art. 43, Civil Servant Law art. 76 (M).
"""

from dataclasses import dataclass, replace

from casework.domain.act_facts import RECUSAL_GROUNDS, text_of
from casework.domain.case import Act, Case
from casework.domain.errors import AlreadyDoneError, BadActError, NotPermittedError
from casework.domain.roles import Role

NOTED = "recusal.noted"


@dataclass(frozen=True, slots=True)
class Ground:
    """How it came out that somebody must have no part in a case."""

    code: str
    zh: str
    en: str


GROUNDS: tuple[Ground, ...] = (
    Ground("declared", "与申报的利害关系相符", "Meets a declared interest"),
    Ground("found", "办理中发现应当回避", "Found while working on the case"),
    Ground("own", "本人申请回避", "Asked for by the person"),
)
assert tuple(one.code for one in GROUNDS) == RECUSAL_GROUNDS


def note(case: Case, act: Act) -> Case:
    """Note that somebody has no part in the case any more.

    The jobs process notes what meets a declared interest, anybody of the offices what concerns
    themselves, heads and supervisors what they find about others.

    Raises:
        AlreadyDoneError: that was noted before.
        BadActError: another ground than the actor's.
        NotPermittedError: somebody else's recusal by who is neither head nor supervisor.
    """
    account = text_of(act, "account")
    if account in case.recused:
        raise AlreadyDoneError(report=case.report_id)
    ground = _ground(act, account)
    if ground == "found" and act.roles.isdisjoint({Role.LEADER, Role.SUPERVISOR}):
        raise NotPermittedError(kind=act.kind, office=act.office, roles=tuple(sorted(act.roles)))
    if text_of(act, "why") != ground:
        raise BadActError("why", ground)
    return replace(case, recused=case.recused | {account})


def _ground(act: Act, account: str) -> str:
    if not act.office:
        return "declared"
    return "own" if act.actor == account else "found"
