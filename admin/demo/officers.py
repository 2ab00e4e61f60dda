"""The officers' side of a demo case: the same calls that their pages make."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from admin import custody, desk, reading
from admin.demo import deadlines, turns
from admin.demo.people import closer_of, handler_of
from admin.demo.scene import Scene
from admin.demo.script import DemoCase
from admin.signing import attempt, sign_act
from casework.domain.award import MEANS_OF, binding
from casework.domain.award_approval import beyond_fen, kind_for
from casework.domain.case import Award, Case, Finding, Matter
from casework.domain.ids import new_id
from casework.domain.refusal_templates import template_of
from casework.services import (
    closing,
    payments,
    rectification,
    refusals,
    rewards,
    verification,
)
from crypto.canonical import JSON

RELEASE_HOURS = 72
RELEASE_REASON = "转账需要收款账号。（演示申请）"
REFUSED_FOR = "procedure_running"
REFUSAL = (
    "（演示）所反映的情况涉嫌犯罪，已移送公安机关，法定程序正在进行，本单位不再另行受理。"
    "您可以向公安机关了解进展。"
)
MEND = "立即停用有关设备，消除所列隐患，整改完成后书面报告，由本单位复查。（演示整改要求）"
ACCEPTED = "您的举报已受理，我们会在核查期限内办结并在这里告知结果。（演示回复）"


def actor_of(step: str, case: Case) -> str:
    """Return who does a step."""
    if step in _BY_POST:
        return _BY_POST[step]
    if step in _BY_SUPERVISOR:
        return handler_of(case.supervisor)
    if step in _BY_HELPER:
        return handler_of(case.co_handlers[0])
    return closer_of(case.lead) if step in _BY_HEAD else handler_of(case.lead)


def read(scene: Scene) -> None:
    """Open the report."""
    reading.open_report(scene.case.report_id)


def accept(scene: Scene) -> None:
    """Accept it; the clock of the policy in force starts."""
    here = scene.here
    offered = verification.acceptance(here.store, case=scene.case, now=here.clock.now())
    verification.accept_report(
        here.store,
        act=sign_act(scene.case, "report.accepted", dict(offered.facts)),
        trust=here.trust(),
        now=here.clock.now(),
    )


def propose_refusal(scene: Scene) -> None:
    """Propose not to accept it."""
    here = scene.here
    text = desk.seal_refusal(reading.keys_of(scene.case), REFUSAL)
    template = template_of(REFUSED_FOR)
    assert template is not None
    facts: dict[str, JSON] = {"reason_code": REFUSED_FOR, "basis": template.cite}
    refusals.propose_refusal(
        here.store,
        act=sign_act(scene.case, "refusal.proposed", facts, added=[text]),
        words=text,
        trust=here.trust(),
        now=here.clock.now(),
    )


def refuse(scene: Scene) -> None:
    """Confirm it as the office above, for a reason that the reporter reads."""
    here = scene.here
    reason = desk.seal_reason(reading.keys_of(scene.case), REFUSAL)
    facts: dict[str, JSON] = {
        "reason_code": REFUSED_FOR,
        "refused_on": here.clock.today().isoformat(),
        "asked": scene.case.refusals[-1].ordinal,
    }
    refusals.refuse_report(
        here.store,
        act=sign_act(scene.case, "report.refused", facts, added=[reason]),
        reason=reason,
        trust=here.trust(),
        now=here.clock.now(),
    )


def reply(scene: Scene) -> None:
    """Tell the reporter that the report was accepted."""
    _message(scene, ACCEPTED)


def find(scene: Scene) -> None:
    """Record what verification found."""
    here, told = scene.here, scene.told
    account = desk.seal_account(
        reading.keys_of(scene.case), f"（演示）据公开案例：{told.title}。来源：{told.source}。"
    )
    facts: dict[str, JSON] = {
        "finding": told.finding,
        "penalty_no": told.penalty_no,
        "fines_fen": [told.fine_fen] if told.fine_fen else [],
        "facts": _finding_facts(told),
        "concluded_on": here.clock.today().isoformat(),
        "basis": "documents",
    }
    verification.record_finding(
        here.store,
        act=sign_act(scene.case, "finding.recorded", facts, added=[account]),
        account_object=account,
        trust=here.trust(),
        now=here.clock.now(),
    )


def tell(scene: Scene) -> None:
    """Tell the reporter what was found."""
    is_true = scene.told.finding == Finding.SUBSTANTIATED
    words = "查证属实" if is_true else "已有结论"
    text = f"您的举报经核查{words}，处理情况见本页的办理过程。（演示回复）"
    _message(scene, text, about="result")


def reserve(scene: Scene) -> None:
    """Propose the award that the rules give."""
    here, case = scene.here, scene.case
    found = rewards.proposal(
        here.store, report=case.report_id, policies=here.policies, now=here.clock.now()
    )
    facts = found.facts(found.quote.amount_fen or 0, here.policies.get(case.policy_id))
    propose = rewards.propose_reward if found.award else rewards.reserve_reward
    kind = "reward.proposed" if found.award else "reward.reserved"
    propose(
        here.store,
        act=scene.stage.deed(scene.login).sign(case, kind, facts),
        trust=here.trust(),
        policies=here.policies,
        now=here.clock.now(),
    )


def approve(scene: Scene) -> None:
    """Agree to exactly what was proposed, as the next on the ladder."""
    award = _award(scene.case)
    facts: dict[str, JSON] = {
        "award": award.id,
        "amount_fen": award.amount_fen,
        "binding": binding(scene.case, award),
    }
    if beyond := beyond_fen(scene.case, award):
        facts["less_fen"] = beyond
    kind = kind_for(award.next_rung)
    rewards.approve_reward(
        scene.here.store,
        act=scene.stage.deed(scene.login).sign(scene.case, kind, facts),
        trust=scene.here.trust(),
        now=scene.here.clock.now(),
    )


def request(scene: Scene) -> None:
    """Ask the custodians for the payee item."""
    until = scene.here.clock.now() + timedelta(hours=RELEASE_HOURS)
    award = _award(scene.case)
    wish = custody.Wish(
        item=award.item,
        version=award.version,
        purpose="pay_award",
        reason=RELEASE_REASON,
        expires_at=until.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    custody.request(scene.case.report_id, new_id(), wish, scene.stage.deed(scene.login))


def agree(scene: Scene) -> None:
    """Agree to the release, in one's seat."""
    custody.approve(
        scene.case.report_id, _running_release(scene.case), scene.stage.deed(scene.login)
    )


def open_item(scene: Scene) -> None:
    """Open the payee item; what it says is seen by nobody here."""
    custody.open_once(
        scene.case.report_id, _running_release(scene.case), scene.stage.deed(scene.login)
    )


def witness(scene: Scene) -> None:
    """Confirm at the counter, as the second officer, who came."""
    here, award = scene.here, _award(scene.case)
    facts: dict[str, JSON] = {
        "award": award.id,
        "claim_hash": award.claim_hash,
        "confirm_hash": award.confirm_hash,
    }
    payments.witness_claim(
        here.store,
        act=scene.stage.deed(scene.login).sign(scene.case, "reward.witnessed", facts),
        trust=here.trust(),
        now=here.clock.now(),
    )


def pay(scene: Scene) -> None:
    """Book the payment."""
    here, award = scene.here, _award(scene.case)
    facts: dict[str, JSON] = {
        "award": award.id,
        "amount_fen": award.amount_fen,
        "year": award.year,
        "means": MEANS_OF[award.how],
    }
    if award.claim_hash:
        facts["claim_hash"] = award.claim_hash
    pen = scene.stage.deed(scene.login)
    attempt(
        scene.case.report_id,
        lambda case: payments.pay_reward(
            here.store,
            act=pen.sign(case, "reward.paid", facts),
            trust=here.trust(),
            now=here.clock.now(),
        ),
    )


def mend(scene: Scene) -> None:
    """Order the reported entity to put right what was found."""
    here = scene.here
    text = desk.seal_rectification(reading.keys_of(scene.case), MEND)
    facts: dict[str, JSON] = {"document": "演示责改〔样本〕1号"}
    rectification.order_rectification(
        here.store,
        act=sign_act(scene.case, "rectification.ordered", facts, added=[text]),
        text=text,
        trust=here.trust(),
        now=here.clock.now(),
    )


def propose_closing(scene: Scene) -> None:
    """Propose that the case be closed."""
    here = scene.here
    closing.propose_closing(
        here.store,
        act=sign_act(scene.case, "closing.proposed", {}),
        trust=here.trust(),
        now=here.clock.now(),
    )


def close(scene: Scene) -> None:
    """Agree to the close, as somebody else."""
    here = scene.here
    facts: dict[str, JSON] = {
        "closed_on": here.clock.today().isoformat(),
        "asked": scene.case.closings[-1].ordinal,
    }
    closing.close_case(
        here.store,
        act=sign_act(scene.case, "case.closed", facts),
        trust=here.trust(),
        now=here.clock.now(),
    )


ACTS: Mapping[str, Callable[[Scene], None]] = {
    "read": read,
    "accept": accept,
    "propose_refusal": propose_refusal,
    "refuse": refuse,
    "reply": reply,
    "find": find,
    "tell": tell,
    "reserve": reserve,
    "approve": approve,
    "confirm": approve,
    "request": request,
    "agree1": agree,
    "agree2": agree,
    "open": open_item,
    "witness": witness,
    "pay": pay,
    "mend": mend,
    "propose_close": propose_closing,
    "close": close,
    "sign_in": deadlines.sign_in,
    "ask_more": deadlines.ask_more,
    "grant_more": deadlines.grant_more,
    "ask_pause": deadlines.ask_pause,
    "grant_pause": deadlines.grant_pause,
    "acknowledge": deadlines.acknowledge,
    "order": deadlines.issue_order,
    "ask_return": turns.ask_return,
    "name_co": turns.name_co_handlers,
    "advise": turns.advise,
    "plan_visit": turns.plan_visit,
    "record_visit": turns.record_visit,
    "join": turns.join,
}
_BY_HEAD = frozenset({"close", "acknowledge", "name_co"})
_BY_HELPER = frozenset({"advise", "record_visit"})
_BY_SUPERVISOR = frozenset({"grant_more", "grant_pause", "order", "refuse"})
_BY_POST: Mapping[str, str] = {
    "approve": "approver",
    "confirm": "finance",
    "request": "cashier",
    "open": "cashier",
    "witness": "finance2",
    "pay": "cashier",
    "agree1": "seat1-holder",
    "agree2": "seat2-deputy",
}


def _message(scene: Scene, text: str, **about: JSON) -> None:
    facts: dict[str, JSON] = {"from": "office", **about}
    message = desk.seal_message(reading.keys_of(scene.case), text)
    verification.send_message(
        scene.here.store,
        act=sign_act(scene.case, "message.sent", facts, added=[message]),
        message=message,
        trust=scene.here.trust(),
        now=scene.here.clock.now(),
    )


def _finding_facts(told: DemoCase) -> dict[str, JSON]:
    facts: dict[str, JSON] = {"already_known": "no"}
    if told.matter == Matter.CONCEALED_ACCIDENT:
        facts["accident"] = {
            "deaths": told.deaths,
            "serious_injuries": 0,
            "direct_loss_fen": 0,
            "concealed_deaths": told.concealed_deaths,
        }
    return facts


def _award(case: Case) -> Award:
    assert case.award is not None, "a demo award was not proposed"
    return case.award


def _running_release(case: Case) -> str:
    return next(one.id for one in case.releases.values() if one.running)
