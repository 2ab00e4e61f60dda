"""The whole life of cases in a rich instance: every turn that one can take, once, by deeds.

    take_turns(rich)         what happens at once
    take_late_turns(rich)    what a reporter is called about, weeks after the closing

Each report is named after what happens to it.
"""

from collections.abc import Sequence
from typing import Any

from casework.services import claims
from casework.services.acts import record
from casework.services.jobs_acts import jobs_act
from deed import JW, REPORTER, YJJ, ZJJ, Deed
from deeds import DEEDS
from log_keeper import take
from rich_instance import Rich, ask_with_reason, file
from rich_seats import agree
from sharing import sharing

# An act, who does it, which of its choices.
Step = tuple[str, str] | tuple[str, str, str]
OFFICER, SECOND, HEAD, ABOVE = "yjj-officer", "yjj-officer-2", "yjj-leader", "awb-supervisor"
HELPER, OPERATOR = "jw-officer", "operator"
APPROVER, FINANCE, CASHIER, WITNESS = "awb-approver", "finance", "cashier", "cashier-2"
JOBS = "jobs"
ACCEPTED: Step = ("report.accepted", OFFICER)
UNTRUE: tuple[Step, ...] = (
    ("finding.recorded", OFFICER, "unsubstantiated"),
    ("message.sent", OFFICER),
)
CLOSED: tuple[Step, ...] = (("closing.proposed", OFFICER), ("case.closed", HEAD))
TRUE: tuple[Step, ...] = (ACCEPTED, ("finding.recorded", OFFICER), ("reward.computed", JOBS))
AGREED: tuple[Step, ...] = (
    ("reward.proposed", OFFICER),
    ("reward.approved", APPROVER),
    ("reward.funded", FINANCE),
)
OPENED: tuple[Step, ...] = (
    ("release.requested", CASHIER),
    ("release.approved", "seat1-holder"),
    ("release.approved", "seat2-holder"),
    ("release.opened", CASHIER),
)
STORIES: dict[str, tuple[Step, ...]] = {
    "refused": (
        ("report.urged", REPORTER),
        ("refusal.proposed", OFFICER),
        ("refusal.declined", HEAD),
        ("refusal.proposed", OFFICER),
        ("report.refused", HEAD),
    ),
    "returned": (("return.requested", OFFICER), ("report.transferred", ABOVE)),
    "kept": (("return.requested", OFFICER), ("return.overruled", ABOVE)),
    "first": (ACCEPTED,),
    "joined": (
        ("case.merged", OFFICER),
        ("finding.recorded", OFFICER, "lead"),
        ("message.sent", OFFICER),
        ("objection.filed", REPORTER),
        ("review.decided", ABOVE, "redo"),
    ),
    "parted": (("case.merged", OFFICER), ("merge.undone", HEAD)),
    "helped": (
        ("cohandlers.named", HEAD),
        ("opinion.given", HELPER),
        ("recusal.noted", HELPER),
    ),
    "visited": (
        ACCEPTED,
        ("visit.planned", OFFICER),
        ("visit.photographed", OFFICER),
        ("visit.recorded", OFFICER),
        ("visit.returned", SECOND),
        ("visit.recorded", OFFICER),
        ("visit.signed", SECOND),
        ("finding.recorded", OFFICER),
        ("rectification.ordered", OFFICER),
        ("milestone.recorded", OFFICER, "rectified"),
        ("milestone.recorded", OFFICER, "rechecked"),
    ),
    "listed": (("order.issued", ABOVE, "listing"), ("order.answered", HEAD)),
    "copied": (
        ("copy.sent", OFFICER, JW),
        ("copy.acknowledged", HELPER),
        ("observation.given", HELPER),
        ("interference.noted", OFFICER),
        ("interference.read", ABOVE),
    ),
    "accusing": (("copy.acknowledged", HELPER), ("discipline.answered", HELPER)),
    "pooled": (
        ("assignment.proposed", OPERATOR),
        ("report.transferred", ABOVE, YJJ),
        ("assignment.drawn", HEAD),
        ("assignment.handed", HEAD),
    ),
    "harmed": (
        ("milestone.recorded", OFFICER, "retaliation_reported"),
        ("protection.ordered", OFFICER),
        ("protection.ended", OFFICER),
        ("milestone.recorded", OFFICER, "retaliation_reported"),
        ("protection.declined", HEAD),
    ),
    "urgent": (("milestone.recorded", OFFICER, "attended"),),
    "referred": (ACCEPTED, ("referral.made", OFFICER), ("referral.acknowledged", HEAD)),
    "reviewed": (ACCEPTED, *UNTRUE, ("objection.filed", REPORTER), ("review.decided", ABOVE)),
    "called": (ACCEPTED, *UNTRUE, *CLOSED, ("satisfaction.given", REPORTER)),
    "paid again": (
        *TRUE,
        *AGREED,
        ("reward.claimed", REPORTER),
        *OPENED,
        ("reward.ordered", CASHIER),
        ("reward.undone", CASHIER),
        ("reward.ordered", CASHIER),
        ("reward.paid", CASHIER),
        ("reward.returned", CASHIER),
        ("reward.claimed", REPORTER, "counter"),
        ("reward.witnessed", WITNESS),
        ("reward.paid", CASHIER),
        ("reward.reconciled", FINANCE),
        ("reward.objected", REPORTER),
        ("reward.reviewed", ABOVE),
    ),
    "recalled": (
        *TRUE,
        *AGREED,
        ("release.requested", CASHIER, "compare"),
        *OPENED[1:],
        ("reward.identified", CASHIER),
        ("reward.witnessed", WITNESS),
        ("reward.paid", CASHIER),
        ("reward.recalled", APPROVER),
    ),
    "no award": (
        *TRUE[:2],
        ("reward.reserved", OFFICER),
        ("reward.sent_back", APPROVER),
        ("reward.proposed", OFFICER),
        ("reward.rejected", APPROVER),
    ),
    "signed by two": (TRUE[0], ("reward.declared", REPORTER, "two"), *TRUE[1:], *AGREED),
    "by letter": (*TRUE, *AGREED, ("reward.notified", OFFICER)),
}
ABOUT: dict[str, dict[str, Any]] = {
    "accusing": {"about": ZJJ},
    "pooled": {"sector": "new_business_forms"},
    "urgent": {"urgent_from": "2026-03-02T02:00:00Z"},
    "by letter": {"channel": "letter"},
}
PAIRS = {"joined": "first", "parted": "first"}  # what is merged, into what


def take_turns(rich: Rich) -> None:
    """Let each of the reports live its life, with a fund for what they earn."""
    rich.world.appropriate()
    rich.world.policies = sharing(rich.world.policies)
    for name in sorted(STORIES, key=lambda name: name in PAIRS):  # what leads came in first
        file(rich, name, **ABOUT.get(name, {}))
        take(rich.world)
    for name, steps in STORIES.items():
        for step in steps:
            _do(rich, name, step)
    take(rich.world)


def take_late_turns(rich: Rich) -> None:
    """Ask who was told, call them, and note what they said; let lapse what nobody claims."""
    world, report = rich.world, rich.report("called")
    _work(rich)
    _do(rich, "by letter", ("reward.reopened", APPROVER))
    today = world.now.date().isoformat()
    facts: dict[str, Any] = {"month": 1, "on": today}
    asked = jobs_act(
        world.store.site, world.case(report), "callback.asked", facts, world.log_key, world.now
    )
    world.store.write(lambda uow: record(uow, act=asked, trust=world.trust, now=world.now))
    release = ask_with_reason(rich, "called", "contact")
    for seat in ("seat1-holder", "seat2-holder"):
        agree(rich, report, release, seat)
    _do(rich, "called", ("release.opened", OPERATOR))
    _do(rich, "called", ("callback.phoned", OPERATOR, "not_reached"))
    _do(rich, "called", ("callback.phoned", OPERATOR, "solved"))


def _do(rich: Rich, name: str, step: Step) -> None:
    kind, who, choice = (*step, "")[:3]
    if who == JOBS:
        _work(rich)
        return
    about = PAIRS[name] if choice == "lead" else name
    others = [rich.filed[PAIRS[name]]] if name in PAIRS else []

    def pick(choices: Sequence[Any]) -> Any:
        return next((one for one in choices if choice in (one, _code(one))), choices[0])

    deed = Deed(rich.world, rich.filed[about], who, pick=pick, others=others)
    DEEDS[kind](deed)


def _work(rich: Rich) -> None:
    """Let the jobs process open claims, and end those that are at their end."""
    world = rich.world
    for round_of in (claims.open_claims, claims.end_claims):
        done = round_of(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
        assert done.failed == ()


def _code(choice: Any) -> Any:
    """What a choice of several values is told apart by: its first."""
    return choice[0] if isinstance(choice, tuple) else choice
