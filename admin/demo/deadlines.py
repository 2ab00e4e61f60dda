"""What happens to the time limits of some demo cases: more time, a pause, an order."""

from datetime import timedelta

from admin import desk, reading
from admin.demo.scene import Scene
from admin.signing import sign_act
from admin.views.order_text import OrderText
from casework.domain.case import Case
from casework.domain.extension import pending
from casework.domain.ids import new_id, new_order_number
from casework.domain.running import Running
from casework.domain.standstill import live
from casework.services import extensions, milestones, orders, standstills
from casework.services.rulebook import rulebook
from crypto.canonical import JSON
from crypto.events import SignedEvent

VERIFY = "verify"
PAUSE_DAYS = 45
DOCUMENT = "演示鉴定委托书（样本）"
WHY_MORE = "现场取样的检测报告要到下月才能出来，需要等待结果。（演示）"
ORDER = "请说明没有按期查结的原因和整改时间，五个工作日内书面答复。（演示督办）"


def sign_in(scene: Scene) -> None:
    """Sign for the case."""
    _record(scene, sign_act(scene.case, "milestone.recorded", {"milestone": "signed_in",
                                                               "document": ""}))  # fmt: skip


def ask_more(scene: Scene) -> None:
    """Ask for thirty more days on the verification."""
    clock = _verification(scene)
    assert clock.rule.extend is not None, "the demo's policy knows no extension"
    facts: dict[str, JSON] = {
        **_named(clock),
        "value": clock.rule.extend.max_value,
        "unit": str(clock.rule.extend.unit),
        "reason_code": "expert_test",
        "approver_role": clock.rule.extend.role_for(clock.rule.extend.max_value, 0),
        "was": clock.due.due_on.isoformat(),
    }
    extensions.request_extension(
        scene.here.store,
        act=sign_act(scene.case, "extension.requested", facts),
        trust=scene.here.trust(),
        now=scene.here.clock.now(),
    )


def grant_more(scene: Scene) -> None:
    """Grant what was asked for, with a reason that the reporter reads."""
    here, clock = scene.here, _verification(scene)
    asked = pending(scene.case, clock.key, clock.since)
    assert asked is not None, "nothing was asked for"
    found = extensions.extension_proposal(
        here.store, report=scene.case.report_id, ordinal=asked.ordinal, now=here.clock.now()
    )
    message = desk.seal_reason(reading.keys_of(scene.case), WHY_MORE)
    facts: dict[str, JSON] = {"asked": asked.ordinal, "due_on": found.new.due_on.isoformat()}
    extensions.decide_extension(
        here.store,
        act=scene.stage.deed(scene.login).sign(
            scene.case, "extension.granted", facts, added=[message]
        ),
        message=message,
        trust=here.trust(),
        now=here.clock.now(),
    )


def ask_pause(scene: Scene) -> None:
    """Ask for a pause from the next day on, while something is examined."""
    clock, first = _verification(scene), scene.here.clock.today() + timedelta(days=1)
    assert clock.rule.pause is not None, "the demo's policy knows no pause"
    facts: dict[str, JSON] = {
        **_named(clock),
        "reason_code": "expert_test",
        "document": DOCUMENT,
        "approver_role": clock.rule.pause.approver_role,
        "first": first.isoformat(),
        "until": (first + timedelta(days=PAUSE_DAYS - 1)).isoformat(),
    }
    standstills.request_pause(
        scene.here.store,
        act=sign_act(scene.case, "pause.requested", facts),
        trust=scene.here.trust(),
        now=scene.here.clock.now(),
    )


def grant_pause(scene: Scene) -> None:
    """Grant the pause."""
    clock = _verification(scene)
    asked = live(scene.case, clock.key, clock.since)
    assert asked is not None, "no pause was asked for"
    standstills.decide_pause(
        scene.here.store,
        act=scene.stage.deed(scene.login).sign(
            scene.case, "pause.granted", {"asked": asked.ordinal}
        ),
        trust=scene.here.trust(),
        now=scene.here.clock.now(),
    )


def acknowledge(scene: Scene) -> None:
    """Note as the head of the office that the case is overdue."""
    clock = _verification(scene)
    facts: dict[str, JSON] = {**_named(clock), "rung": "head"}
    orders.acknowledge_step(
        scene.here.store,
        act=sign_act(scene.case, "step.acknowledged", facts),
        trust=scene.here.trust(),
        now=scene.here.clock.now(),
    )


def issue_order(scene: Scene) -> None:
    """Demand an answer from the lead office."""
    here, case = scene.here, scene.case
    draft = orders.order_draft(here.store, report=case.report_id, now=here.clock.now())
    told = OrderText(
        text=ORDER,
        issuer=case.supervisor,
        to=case.lead,
        reply_by=draft.reply_by.isoformat() if draft.reply_by else "",
    ).about(_verification(scene), here.clock.today())
    text = desk.seal_order(reading.keys_of(case), told.as_json())
    facts: dict[str, JSON] = {
        "order": new_id(),
        "number": new_order_number(_place(scene), here.clock.today().year),
        "kind": "order",
    }
    orders.issue_order(
        here.store,
        act=scene.stage.deed(scene.login).sign(case, "order.issued", facts, added=[text]),
        text=text,
        trust=here.trust(),
        now=here.clock.now(),
    )


def _verification(scene: Scene) -> Running:
    clocks = rulebook(scene.here.store).clocks(scene.case, scene.here.clock.now())
    return next(one for one in clocks if one.key == VERIFY)


def _named(clock: Running) -> dict[str, JSON]:
    return {"clock": clock.key, "since": clock.since}


def _place(scene: Scene) -> str:
    """The first sign of the county's or city's name, as its orders are numbered."""
    region = scene.case.supervisor.partition("-")[0]
    name = scene.here.region_name(region)
    return region if name == region else name[:1]


def _record(scene: Scene, act: SignedEvent) -> Case:
    return milestones.record_milestone(
        scene.here.store, act=act, trust=scene.here.trust(), now=scene.here.clock.now()
    )
