"""What happens beside the common life of a case in benchmarks.year: urgent, returned, joined, hurt.

A step here is done by a life as those of year_people are.
"""

from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from benchmarks.year_desk import Desk, login_of
from casework.domain.act_facts import PROTECTION_MEASURES
from casework.domain.case import Case, State
from casework.domain.errors import MergeRefusedError
from casework.domain.merging import in_the_way, standing
from casework.domain.returning import is_asked
from casework.services import merging, protection, returning, verification

if TYPE_CHECKING:
    from benchmarks.year_people import Life

RETALIATION: Final = "410329-rsj"  # to whom it goes, whatever the sector
URGENT_PART: Final = 0.04
RETALIATION_PART: Final = 0.04
RETURNED_PART: Final = 0.04
NOT_LOGGED: Final = "not_logged"
PAIRED: Final = 15  # every so many-th report is of the matter of the one before it
SUPERVISOR: Final = "awb-supervisor"


def hour_of(desk: Desk) -> str:
    """Return the hour that an urgent report comes in with."""
    return desk.world.now.astimezone(UTC).strftime("%Y-%m-%dT%H:00:00Z")


def attend(life: "Life", desk: Desk, case: Case) -> None:
    """Be there, where lives are at stake."""
    if case.state in (State.RECEIVED, State.ACCEPTED):
        life.milestone(desk, case, "attended")


# Returned --------------------------------------------------------------------------------------


def ask_back(life: "Life", desk: Desk, case: Case) -> None:
    """Ask to return what is somebody else's, within the days that there are for it."""
    now, store = desk.world.now, desk.world.store
    open_still = case.state is State.RECEIVED and not is_asked(case)
    if not open_still or returning.return_clock(store, report=case.report_id, now=now) is None:
        life.go_on(desk, 0.1)
        return
    to = life.draw.choice([one for one in desk.offices if one != case.lead])
    facts = {"citation": "伊安委〔2022〕6号第十八条", "reason_code": "not_competent", "to": to}
    signed = desk.sign(case, login_of(case.lead, "officer"), "return.requested", facts)
    returning.request_return(store, **signed)
    life.later(desk, life.draw.choice((0.3, 1, 2)), decide_on_return)


def decide_on_return(life: "Life", desk: Desk, case: Case) -> None:
    """Pass it on as was asked, or leave it where it is."""
    asked = next((one for one in case.returns if not one.outcome), None)
    if asked is None:
        life.go_on(desk, 0.3)
        return
    if life.chance(0.3):
        ruling = desk.world.sealed_object("ruling", case.report_id)
        signed = desk.sign(case, SUPERVISOR, "return.overruled", {"asked": asked.ordinal}, [ruling])
        returning.overrule_return(desk.world.store, ruling=ruling, **signed)
        life.go_on(desk, 0.5)
        return
    lead = life.draw.choice([one for one in desk.offices if one != case.lead])
    wraps = [desk.world.wrap_to(lead, case.report_id, kind) for kind in ("content", "thread")]
    facts: dict[str, Any] = {"lead": lead, "supervisor": case.supervisor}
    facts |= {"reason_code": "not_competent", "returned": asked.ordinal}
    signed = desk.sign(case, SUPERVISOR, "report.transferred", facts, wraps)
    verification.transfer_report(desk.world.store, wraps=wraps, **signed)
    life.take_over(desk)


# Joined ----------------------------------------------------------------------------------------


def join(life: "Life", desk: Desk, case: Case) -> None:
    """Join the case of the report before it, if that is worked on here; else go one's own way."""
    assert life.first is not None
    first, store = desk.world.case(life.first.report), desk.world.store
    together = first.state is State.ACCEPTED and first.lead == case.lead
    if case.state is not State.RECEIVED or not together or in_the_way(case):
        life.go_on(desk, 0.2)
        return
    try:
        said = merging.joining_of(store, report=case.report_id, into=first.report_id)
    except MergeRefusedError as refusal:
        if refusal.details["reason"] != NOT_LOGGED:
            raise
        life.go_on(desk, 0.2)  # the jobs process stands still: nobody can say which came first
        return
    same = {"rank": said.rank, "kind": life.draw.choice(("same", "supplementary"))}
    who = login_of(case.lead, "officer")
    of_this = {"into": first.report_id, **same}
    of_that = {"report": case.report_id, "place": said.place, **same}
    merged = desk.sign(case, who, "case.merged", of_this)
    joined = desk.sign(first, who, "merge.joined", of_that)
    merging.merge_cases(store, merged=merged.pop("act"), joined=joined["act"], **merged)


def tell_joined(desk: Desk, first: Case) -> None:
    """Tell the reporters of the cases that joined what was found."""
    for one in standing(first):
        case, text = desk.world.case(one.report), desk.world.sealed_object("message", one.report)
        facts = {"from": "office", "about": "result", "found": first.found_at}
        signed = desk.sign(case, login_of(case.lead, "officer"), "message.sent", facts, [text])
        verification.send_message(desk.world.store, message=text, **signed)


# Punished for a report ---------------------------------------------------------------------------


def plan_protection(life: "Life", desk: Desk) -> None:
    """Decide when the office answers, and when it decides on a measure."""
    late = life.late
    life.later(desk, life.draw.randint(4, 9) if late else life.draw.randint(0, 2), answer)
    life.later(desk, life.draw.randint(8, 20) if late else life.draw.randint(1, 4), protect)


def answer(life: "Life", desk: Desk, case: Case) -> None:
    """Answer for the first time."""
    life.milestone(desk, case, "retaliation_answered", "样护1号")


def protect(life: "Life", desk: Desk, case: Case) -> None:
    """Order a measure, or decide that none is needed."""
    if case.state is State.REFUSED:
        return
    store = desk.world.store
    if life.chance(0.6):
        facts = {"measure": life.draw.choice(PROTECTION_MEASURES), "document": "样护2号"}
        signed = desk.sign(case, login_of(case.lead, "officer"), "protection.ordered", facts)
        protection.order_protection(store, **signed)
        return
    reason = desk.world.sealed_object("reason", case.report_id)
    signed = desk.sign(case, login_of(case.lead, "leader"), "protection.declined", {}, [reason])
    protection.decline_protection(store, reason=reason, **signed)
