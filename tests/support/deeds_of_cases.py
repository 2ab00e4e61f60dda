"""Deeds from the first reading of a case to its end: who has it, what is found, its time."""

from typing import Any

import asking
import objecting
import turning
from casework.clock import SHANGHAI
from casework.domain import cover, drawing
from casework.domain.act_facts import RECUSAL_GROUNDS, SCOPE_CODES
from casework.domain.case import Finding
from casework.domain.ids import new_order_number
from casework.domain.milestone import MILESTONES, may_record
from casework.domain.objection import pending
from casework.domain.visit import verified
from casework.services import (
    closing,
    extensions,
    merging,
    milestones,
    objections,
    reading,
    recusal,
    rulebook,
    standstills,
    verification,
)
from casework.services import cover as covers
from casework.services import drawing as draws
from casework.storage.sealed_vault import SealedVault
from deed import (
    JW,
    LEADS,
    PAPER,
    REPORTER,
    YJJ,
    ZJJ,
    Deed,
    NothingToTryError,
)

# Reading, accepting, refusing -----------------------------------------------------------------


def read(deed: Deed) -> None:
    """Open the report."""
    deed.world.read(deed.report, "")


def read_file(deed: Deed) -> None:
    """Open its first file."""
    files = deed.world.store.read(lambda uow: SealedVault(uow).files(deed.report))
    deed.do(reading.open_file, "file.read", {"file": deed.one_of(files).id})


def propose_refusal(deed: Deed) -> None:
    """Propose not to accept it, as out of scope where it was sorted so."""
    scope = deed.case.scope
    codes = (
        ("no_clear_facts", f"elsewhere_{scope}") if scope in SCOPE_CODES else ("no_clear_facts",)
    )
    deed.world.propose_refusal(deed.report, "", deed.pick(codes))


def refuse(deed: Deed) -> None:
    """Confirm the refusal that was proposed last."""
    deed.one_of(deed.case.refusals)
    deed.world.confirm_refusal(deed.report)


# Who has the case -----------------------------------------------------------------------------


def transfer(deed: Deed) -> None:
    """Give it to another office; the return that was asked for goes with it."""
    case, (lead, above) = deed.case, deed.pick(LEADS)
    asked = [one for one in case.returns if not one.outcome]
    more: dict[str, Any] = {"returned": asked[-1].ordinal} if asked else {}
    gaining = [one for one in (lead, above) if one not in case.offices]
    turning.transfer(deed.world, deed.report, lead, *gaining, supervisor=above, **more)


def draw(deed: Deed) -> None:
    """Draw an officer, again where one was drawn."""
    case = deed.case
    candidates = draws.candidates_of(case, deed.world.trust)
    seed = drawing.seed_of(case)
    facts = {
        "seed": seed,
        "candidates": list(deed.one_of([candidates]) if candidates else deed.one_of(())),
        "officer": drawing.draw(seed, candidates),
    }
    again = {"reason_code": "on_leave"} if drawing.drawn(case) else {}
    deed.do(draws.draw_officer, "assignment.drawn", {**facts, **again})


def hand_over(deed: Deed) -> None:
    """Hand it to who covers, with a leave noted for it; back, where it was handed over."""
    case, trust = deed.case, deed.world.trust
    giver, today = cover.assigned(case), deed.world.now.astimezone(SHANGHAI).date()
    officers = [one.account for one in covers.officers_of(case.lead, trust)]
    first = drawing.drawn(case)
    if not giver or first is None:
        raise NothingToTryError
    if giver != first.officer:
        facts = {"from": giver, "to": first.officer, "reason_code": cover.BACK}
        deed.do(covers.hand_over, cover.HANDED, facts)
        return
    deputy = deed.one_of([one for one in officers if one != giver])
    away = cover.Cover(case.lead, giver, deputy, today, today)
    known = covers.covers(deed.world.store, office=case.lead, today=today)
    if away not in known:
        covers.note_cover(deed.world.store, new=away, by=giver, trust=trust, today=today)
    facts = {"from": giver, "to": deputy, "reason_code": cover.ON_LEAVE}
    deed.do(covers.hand_over, cover.HANDED, facts)


def name_helpers(deed: Deed) -> None:
    """Name one that has no keys yet."""
    case = deed.case
    free = [one for one in (JW, ZJJ, YJJ) if one not in case.offices]
    turning.name_helpers(deed.world, deed.report, deed.one_of(free))


def recuse(deed: Deed) -> None:
    """Take out oneself, or somebody of its offices."""
    people = [one.account for one in deed.world.people.values() if one.office in deed.case.offices]
    own = [deed.world.people[deed.who].account] if deed.who != REPORTER else []
    account = deed.one_of([*own, *people])
    facts = {"account": account, "why": "own" if account in own else deed.pick(RECUSAL_GROUNDS)}
    deed.do(recusal.note_recusal, "recusal.noted", facts)


def merge(deed: Deed) -> None:
    """Join it to another."""
    into = deed.one_of(deed.others).report
    said = merging.joining_of(deed.world.store, report=deed.report, into=into)
    same = {"rank": said.rank, "kind": deed.pick(("same", "supplementary"))}
    joined = {"report": deed.report, "place": said.place, **same}
    merging.merge_cases(
        deed.world.store,
        merged=deed.world.sign("", "case.merged", deed.report, {"into": into, **same}),
        joined=deed.world.sign("", "merge.joined", into, joined),
        trust=deed.world.trust,
        now=deed.world.now,
    )


def undo_merge(deed: Deed) -> None:
    """Part it from the one that it joined, or never did."""
    merged = deed.case.merged
    into = merged.into if merged else deed.one_of(deed.others).report
    why = {"from": into, "reason_code": "another_matter"}
    merging.undo_merge(
        deed.world.store,
        undone=deed.world.sign("", "merge.undone", deed.report, why),
        left=deed.world.sign("", "merge.left", into, {"report": deed.report}),
        trust=deed.world.trust,
        now=deed.world.now,
    )


# What is found, told and closed ---------------------------------------------------------------


def find(deed: Deed) -> None:
    """Record a finding."""
    finding = deed.pick((Finding.SUBSTANTIATED, Finding.UNSUBSTANTIATED, Finding.PARTLY))
    fines = () if finding == Finding.UNSUBSTANTIATED else (40_000_000,)
    rests_on = "visit" if verified(deed.case) else "documents"
    deed.world.conclude(deed.report, "", str(finding), fines, basis=rests_on)


def say(deed: Deed) -> None:
    """An answer about the result where there is one, or a question; the reporter's own words."""
    case = deed.case
    if deed.who == REPORTER:
        deed.world.say(deed.filed)
        return
    facts: dict[str, Any] = {"from": "office"}
    if case.merged is not None:
        facts |= {"about": "result", "found": deed.world.case(case.merged.into).found_at or 1}
    elif case.finding is not None:
        facts |= {"about": "result"}
    deed.do(verification.send_message, "message.sent", facts, message="message")


def close(deed: Deed) -> None:
    """Agree to the newest proposal."""
    facts = {"closed_on": deed.day, "asked": deed.asked(deed.case.closings)}
    deed.do(closing.close_case, "case.closed", facts)


def milestone(deed: Deed) -> None:
    """One that could be recorded here, or any."""
    case = deed.case
    ready = [one.name for office in case.offices for one in may_record(case, office)]
    name = deed.pick((*ready, *sorted(MILESTONES)))
    more = {"outcome": deed.pick(("fixed", "not_fixed"))} if name == "rechecked" else {}
    facts = {"milestone": name, "document": PAPER, **more}
    deed.do(milestones.record_milestone, "milestone.recorded", facts)


# Clocks and orders ----------------------------------------------------------------------------


def _clock(deed: Deed, wanted: str) -> Any:
    book = rulebook.rulebook(deed.world.store)
    clocks = [one for one in book.clocks(deed.case, deed.world.now) if one.running]
    return deed.one_of([one for one in clocks if getattr(one.rule, wanted) is not None])


def ask_more(deed: Deed) -> None:
    """Ask for as much time as there is."""
    clock = _clock(deed, "extend")
    room = extensions.room_of(deed.case, clock, deed.world.now.astimezone(SHANGHAI).date())
    facts = {
        "clock": clock.key,
        "since": clock.since,
        "value": room.most,
        "unit": str(room.rule.unit),
        "reason_code": room.reasons[0],
        "approver_role": room.rule.role_for(room.most, room.times),
        "was": clock.due.due_on.isoformat(),
    }
    deed.do(extensions.request_extension, "extension.requested", facts)


def grant_more(deed: Deed) -> None:
    """Grant the newest request."""
    asked = deed.asked(deed.case.extensions)
    found = extensions.extension_proposal(
        deed.world.store, report=deed.report, ordinal=asked, now=deed.world.now
    )
    asking.grant_more(deed.world, deed.report, asked, found.new.due_on.isoformat())


def ask_pause(deed: Deed) -> None:
    """Ask for some days from today."""
    clock = _clock(deed, "pause")
    room = standstills.room_of(clock)
    facts = {
        "clock": clock.key,
        "since": clock.since,
        "reason_code": room.rule.reasons[0],
        "document": PAPER,
        "approver_role": room.rule.approver_role,
        "first": deed.day,
        "until": deed.in_days(min(room.left, deed.pick((3, 9))) - 1),
    }
    deed.do(standstills.request_pause, "pause.requested", facts)


def end_pause(deed: Deed) -> None:
    """End the newest today."""
    asked = deed.asked(deed.case.standstills)
    found = standstills.pause_proposal(
        deed.world.store, report=deed.report, ordinal=asked, now=deed.world.now
    )
    due = found.due_if_ended.isoformat()
    asking.end_pause(deed.world, deed.report, asked, deed.day, due)


def acknowledge(deed: Deed) -> None:
    """See a step that nobody has seen."""
    case = deed.case
    step = deed.one_of([one for one in case.escalated if one not in case.acknowledged])
    instance, _, rung = step.rpartition("/")
    key, _, since = instance.rpartition(".")
    asking.see(deed.world, deed.report, "", rung, key, int(since))


def order(deed: Deed) -> None:
    """Issue an order."""
    kind = deed.pick(("order", "urge", "listing"))
    case, year = deed.case, deed.day[:4]
    number = new_order_number("伊", int(year))
    asking.issue(deed.world, deed.report, order=f"o{case.events}", number=number, kind=kind)


def answer_order(deed: Deed) -> None:
    """Answer the first."""
    asking.answer(deed.world, deed.report, order=deed.one_of(deed.case.orders).id)


def object_to(deed: Deed) -> None:
    """Object to the result, where the policy gives the right."""
    book = rulebook.rulebook(deed.world.store)
    if objections.right_of(book, deed.case, deed.world.now) is None:
        raise NothingToTryError
    objecting.objects(deed.world, deed.filed)


def review(deed: Deed) -> None:
    """Decide the review that waits; of a joined case, with the act in the one that it joined."""
    case, outcome = deed.case, deed.pick(("kept", "redo"))
    facts: dict[str, Any] = {"asked": pending(case) or 1, "outcome": outcome}
    lead, redone = case, None
    if case.merged is not None:
        lead = deed.world.case(case.merged.into)
    due = objections.redo_until(deed.world.store, report=lead.report_id, now=deed.world.now)
    again = {"verify_due_on": due.due_on.isoformat()}
    if case.merged is None:
        facts |= again if outcome == "redo" else {}
    elif objections.needs_redoing(lead, facts):
        facts |= {"into": lead.report_id}
        also = {"report": case.report_id, "asked": facts["asked"], **again}
        redone = deed.world.sign("", "case.redone", lead.report_id, also)
    reason = deed.world.sealed_object("reason", deed.report)
    objections.decide_review(
        deed.world.store,
        act=deed.world.sign("", "review.decided", deed.report, facts, [reason]),
        reason=reason,
        trust=deed.world.trust,
        now=deed.world.now,
        redone=redone,
    )
