"""How further offices and reports come into some demo cases: returned, helped, visited, joined."""

from admin import desk, reading
from admin.demo.people import handler_of
from admin.demo.scene import Scene
from admin.signing import sign_act
from admin.views.handing import wraps_to
from casework.domain.checklists import checklist_of
from casework.domain.visit import COMPLETE, VERIFY, standing
from casework.queries.cases import case as find_case
from casework.services import co_handling, merging, returning, visits
from crypto.canonical import JSON

WHOSE_DUTY = "伊安委〔2022〕6号第二十四条（演示）"
WHOSE = "410329-zjj"
ADVICE = "现场有烟火药，建议同去核查，先控制人员和火源。（演示意见）"
SEEN = {
    "time": "14:10 至 15:40",
    "place": "演示地点：果园里的废弃牛棚",
    "present": "演示在场人员",
    "account": "棚内有成品、半成品和原材料，没有经营许可，已当场扣押。（演示记录）",
    "result": COMPLETE,
    "left": "",
}
MISSING = frozenset({"licences", "trained"})  # questions of the checklist that the site fails
TOLD = "棚内正在生产烟花爆竹，与举报相符。（演示）"


def ask_return(scene: Scene) -> None:
    """Ask to return the case as another office's duty."""
    here = scene.here
    facts: dict[str, JSON] = {
        "citation": WHOSE_DUTY,
        "reason_code": "not_competent",
        "to": WHOSE,
    }
    returning.request_return(
        here.store,
        act=sign_act(scene.case, "return.requested", facts),
        trust=here.trust(),
        now=here.clock.now(),
    )


def name_co_handlers(scene: Scene) -> None:
    """Name those who help, as the routing proposes."""
    here, co = scene.here, scene.case.routed_co
    wraps = wraps_to(scene.case, co)
    co_handling.name_co_handlers(
        here.store,
        act=sign_act(scene.case, "cohandlers.named", {"co": [*co]}, added=wraps),
        wraps=wraps,
        trust=here.trust(),
        now=here.clock.now(),
    )


def advise(scene: Scene) -> None:
    """Tell the lead office what one thinks."""
    here = scene.here
    opinion = desk.seal_opinion(reading.keys_of(scene.case), ADVICE)
    co_handling.give_opinion(
        here.store,
        act=sign_act(scene.case, "opinion.given", {}, added=[opinion]),
        opinion=opinion,
        trust=here.trust(),
        now=here.clock.now(),
    )


def plan_visit(scene: Scene) -> None:
    """Open a visit for an officer of the lead office and one of those who help."""
    here, case = scene.here, scene.case
    two = [scene.stage.account(handler_of(one)) for one in (case.lead, *case.co_handlers)]
    officers: list[JSON] = [one.id for one in two if one is not None]
    facts: dict[str, JSON] = {"purpose": VERIFY, "officers": officers, "unannounced": 1}
    visits.plan_visit(
        here.store,
        act=sign_act(case, "visit.planned", facts),
        trust=here.trust(),
        now=here.clock.now(),
    )


def record_visit(scene: Scene) -> None:
    """Record what was found; the other officer has not signed it yet."""
    here, case = scene.here, scene.case
    visit, listed, today = standing(case), checklist_of(case.matter), here.clock.today()
    assert visit is not None, "no demo visit was planned"
    answers: list[JSON] = [
        {
            "id": one.id,
            "text": one.text,
            "cite": one.cite,
            "mark": one.mark,
            "answer": "no" if one.id in MISSING else "yes",
            "note": "",
        }
        for one in listed.questions
    ]
    told: dict[str, JSON] = {
        **SEEN,
        "visited_on": today.isoformat(),
        "checklist": answers,
        "allegations": [{"finding": scene.told.finding, "told": TOLD}],
        "photos": [],
    }
    text = desk.seal_visit_record(reading.keys_of(case), told)
    facts: dict[str, JSON] = {
        "visit": visit.ordinal,
        "visited_on": today.isoformat(),
        "result": COMPLETE,
        "checklist": listed.id,
        "checklist_sha256": listed.sha256,
    }
    visits.record_visit(
        here.store,
        act=scene.stage.deed(scene.login).sign(case, "visit.recorded", facts, added=[text]),
        text=text,
        blobs=here.blobs,
        trust=here.trust(),
        now=here.clock.now(),
    )


def join(scene: Scene) -> None:
    """Let the second report of the same matter join the case."""
    here, lead = scene.here, scene.case
    second = scene.stage.file.reports[scene.told.joined_by].report_id
    found = merging.joining_of(here.store, report=second, into=lead.report_id)
    same: dict[str, JSON] = {"rank": found.rank, "kind": "same"}
    joining = find_case(here.store, report=second)
    merging.merge_cases(
        here.store,
        merged=sign_act(joining, "case.merged", {"into": lead.report_id, **same}),
        joined=sign_act(lead, "merge.joined", {"report": second, "place": found.place, **same}),
        trust=here.trust(),
        now=here.clock.now(),
    )
