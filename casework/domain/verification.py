"""From acceptance to the finding and the close: what each act makes of the case.

The functions here trust that `report.advance` has checked state, roles and the
form of the facts; they check what only this subject knows.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from casework.domain.act_facts import civil_day, day_of, numbers_of, text_of, texts_of
from casework.domain.award import award_to_redo
from casework.domain.award_values import AwardState
from casework.domain.case import REWARDED_FINDINGS, Act, Case, Finding, Mark, State
from casework.domain.closing import overtaken
from casework.domain.errors import AwardExistsError, BadActError, FactsError
from casework.domain.reward_facts import parse_facts
from casework.domain.visit import check_basis

_BEING_PAID = frozenset({AwardState.CLAIMED, AwardState.ORDERED})
DEEMED_BY = "jobs"  # who accepts what nobody decided on in time


@dataclass(frozen=True, slots=True)
class RefusalReason:
    """A coded reason not to accept a report, with the words the reporter is told."""

    code: str
    zh: str
    en: str


REFUSAL_REASONS: tuple[RefusalReason, ...] = (
    RefusalReason("already_accepted", "该事项已经受理", "The matter has been accepted already"),
    RefusalReason(
        "no_clear_facts",
        "没有明确的举报对象、事项或者事实",
        "No clear target, matter or facts",
    ),
    RefusalReason(
        "advice_or_inquiry",
        "属于意见建议、咨询或者信息公开申请",
        "Advice, a question, or a request for information",
    ),
    RefusalReason(
        "other_legal_route",
        "应当或者已经通过行政复议、诉讼、仲裁解决",
        "To be or being settled by reconsideration, a court or arbitration",
    ),
    RefusalReason(
        "procedure_running", "法定处理程序已经在进行", "A statutory procedure is already running"
    ),
    RefusalReason("accident_closed", "事故已经调查处理结案", "The accident case is closed already"),
    RefusalReason("not_work_safety", "不属于安全生产事项", "Not a matter of work safety"),
    RefusalReason("not_this_department", "不属于本部门职责", "Not within this department's duties"),
    RefusalReason(
        "repeated",
        "同一举报人在处理期间重复举报",
        "Repeated by the same reporter while under way",
    ),
)
REFUSAL_CODES = frozenset(reason.code for reason in REFUSAL_REASONS)

# What the investigator may say for the reward; the rest (fines, days, reporter) has other sources.
FINDING_FACTS = frozenset(
    {"matter", "situation", "accident", "clue_grade", "metrics", "already_known", "flags"}
)


def accept(case: Case, act: Act) -> Case:
    """Pin the policy and start the verification clock.

    Raises:
        BadActError: accepted before it was received, or due before it was accepted.
    """
    accepted_on, due_on = day_of(act, "accepted_on"), day_of(act, "verify_due_on")
    if accepted_on < case.received_on:
        raise BadActError("accepted_on", f"not before {case.received_on}")
    if due_on < accepted_on:
        raise BadActError("verify_due_on", f"not before {accepted_on}")
    return replace(
        case,
        state=State.ACCEPTED,
        policy_id=text_of(act, "policy"),
        policy_sha256=text_of(act, "policy_sha256"),
        accepted_on=accepted_on,
        accepted_by=act.actor,
        accepted_in=act.office,
        verify_due_on=due_on,
    )


def is_deemed(case: Case) -> bool:
    """Whether the report counts as accepted because nobody decided in time."""
    return case.accepted_by == DEEMED_BY


def record_finding(case: Case, act: Act) -> Case:
    """Record what verification found, the fines, and the facts a reward depends on.

    A finding may be corrected, for instance when the fine becomes final later,
    unless an award that rests on it is being paid; the day of the first one stays, because
    that one stopped the clock. Who agreed to an award agreed to something else: it is worked
    out anew. A proposal to close that waited is overtaken by it. With the day
    of the penalty decision the clock runs by which that must be published.

    Raises:
        AwardExistsError: an award that rests on the present finding is being paid.
        VisitRefusedError: it does not rest on the visit that was made (visit.check_basis).
        BadActError: fines without a true finding or a decision number, concluded before
            accepted, a decision of a day to come, findings on the
            allegations that do not come to this one, or facts that the investigator does not give.
    """
    if case.award is not None and case.award.state in _BEING_PAID:
        raise AwardExistsError(award=case.award.id)
    check_basis(case, act)
    finding = Finding(text_of(act, "finding"))
    fines, penalty_no = numbers_of(act, "fines_fen"), text_of(act, "penalty_no")
    concluded_on = day_of(act, "concluded_on")
    if (fines or penalty_no) and finding not in REWARDED_FINDINGS:
        raise BadActError("fines_fen", f"none with a finding of {finding}")
    if fines and not penalty_no:
        raise BadActError("penalty_no", "the number of the penalty decision")
    if case.accepted_on is None or concluded_on < case.accepted_on:
        raise BadActError("concluded_on", f"not before {case.accepted_on}")
    is_new = case.state is not State.CONCLUDED or finding is not case.finding
    is_true = finding in REWARDED_FINDINGS
    is_fined = bool(penalty_no) and penalty_no != case.penalty_no
    return replace(
        award_to_redo(_with_penalty(case, act)),
        state=State.CONCLUDED,
        found_at=act.ordinal if is_new else case.found_at,
        closings=overtaken(case),
        finding=finding,
        finding_facts=_finding_facts(act.facts["facts"]),
        found_in=(case.found_in or act.office) if is_true else "",
        penalty_no=penalty_no,
        fined_in=act.office if is_fined else case.fined_in if penalty_no else "",
        fines_fen=fines,
        allegations=_allegations(act, finding),
        concluded_on=case.concluded_on or concluded_on,
        basis=text_of(act, "basis"),
        investigators=case.investigators | {act.actor},
    )


def makes_up(finding: str, allegations: Sequence[str]) -> bool:
    """Whether findings on several allegations come to this one in all.

    True in part is what is neither true throughout nor nowhere; where nothing is true, the
    finding is one of those on the parts.
    """
    if set(allegations) == {Finding.SUBSTANTIATED}:
        return finding == Finding.SUBSTANTIATED
    if REWARDED_FINDINGS & set(allegations):
        return finding == Finding.PARTLY
    return finding in allegations


def _allegations(act: Act, finding: Finding) -> tuple[str, ...]:
    if "allegations" not in act.facts:
        return ()
    found = texts_of(act, "allegations")
    if not makes_up(finding, found):
        raise BadActError("allegations", f"findings that come to {finding} in all")
    return found


def _with_penalty(case: Case, act: Act) -> Case:
    """Return the case with who decided on the penalty and when, if the act tells."""
    penalty_no, on = text_of(act, "penalty_no"), text_of(act, "penalty_on")
    by = text_of(act, "penalty_by").strip()
    if (on or by) and not penalty_no:
        raise BadActError("penalty_no", "the number of the penalty decision")
    if on > civil_day(act.at).isoformat():
        raise BadActError("penalty_on", "a day that is not to come")
    told = replace(case, penalty_on=on, penalty_by=by)
    decided = Mark("penalty_decided", act.ordinal, on, document=penalty_no)
    known = any((one.name, one.document) == (decided.name, penalty_no) for one in case.marks)
    return told if not on or known else replace(told, marks=(*case.marks, decided))


def _finding_facts(facts: object) -> str:
    """Return the checked facts as canonical JSON, so that the case stays a plain value."""
    assert isinstance(facts, Mapping)
    for key in facts:
        if key not in FINDING_FACTS:
            raise BadActError(f"facts.{key}", f"one of {', '.join(sorted(FINDING_FACTS))}")
    try:
        parse_facts({"matter": "violation", **facts})
    except FactsError as problem:
        raise BadActError(f"facts.{problem.key}", problem.expected) from problem
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
