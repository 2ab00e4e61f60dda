"""From acceptance to the close: what officers, leaders and supervisors decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from casework.clock import SHANGHAI
from casework.domain.case import Case
from casework.domain.deadline import DueDate
from casework.domain.errors import BadActError, VisitRefusedError
from casework.domain.fact_forms import is_day
from casework.domain.legal_clock import clock_due
from casework.domain.policy import Policy
from casework.domain.reply_templates import reply_of
from casework.services.acts import by_officer, record
from casework.services.clock_asks import must_be
from casework.services.co_handling import take_keys, tell_helpers
from casework.services.merging import check_found
from casework.services.notices import notify
from casework.services.rulebook import rulebook_of
from casework.services.trust import Trust
from casework.storage.unit_of_work import UnitOfWork, query, use_case
from crypto.events import KeyWrap, SealedObject, SignedEvent

VERIFY: Final = "verify"


@use_case
def accept_report(
    uow: UnitOfWork, *, act: SignedEvent, trust: Trust, now: datetime, enterprise: str = ""
) -> Case:
    """Accept a report: the policy in force is pinned and the verification clock runs.

    Args:
        uow: the transaction.
        act: the signed event.
        trust: the chain of key sets.
        now: UTC instant.
        enterprise: mark of the enterprise that it names, hexadecimal; "" if it names none. By
            it staff get hints at reports about the same matter (SEALING.md 3).

    Raises:
        BadActError: the policy or the due date signed is not the one the rules give today.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "report.accepted")
    case = record(uow, act=act, trust=trust, now=now)
    _must_be_today(case.accepted_on, now, "accepted_on")
    expected = acceptance(uow, case=case, now=now)
    if (case.policy_id, case.policy_sha256) != (expected.policy.id, expected.policy.pin):
        raise BadActError("policy", expected.policy.id)
    if case.verify_due_on != expected.due.due_on:
        raise BadActError("verify_due_on", expected.due.due_on.isoformat())
    if enterprise:
        uow.duplicates.note(case.report_id, enterprise, now.astimezone(SHANGHAI).date())
    return case


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What acceptance on a day means: the policy that is pinned, and the promised day."""

    policy: Policy
    accepted_on: date
    due: DueDate

    @property
    def facts(self) -> dict[str, str]:
        """The facts of the act."""
        return {
            "policy": self.policy.id,
            "policy_sha256": self.policy.pin,
            "accepted_on": self.accepted_on.isoformat(),
            "verify_due_on": self.due.due_on.isoformat(),
        }


@query
def acceptance(uow: UnitOfWork, *, case: Case, now: datetime) -> Acceptance:
    """Return what accepting *case* today means.

    Raises:
        UnknownPolicyError: no policy is in force there.
    """
    rules, today = rulebook_of(uow), now.astimezone(SHANGHAI).date()
    policy = rules.in_force(case, today)
    return Acceptance(policy, today, clock_due(policy, VERIFY, today, calendar=rules.calendar))


@use_case
def transfer_report(
    uow: UnitOfWork, *, act: SignedEvent, wraps: Sequence[KeyWrap], trust: Trust, now: datetime
) -> Case:
    """Give a case to another office, with its keys wrapped to whom it lacks them.

    Who was named to help is told too.

    Raises:
        UnknownDepartmentError: an office that the key set does not have.
        BadActError: a key of the case is not wrapped to each new office.
    """
    by_officer(act, trust, "report.transferred")
    before = uow.reports.lock(act.event.report)
    case = record(uow, act=act, trust=trust, now=now, records=wraps)
    take_keys(uow, before, case, wraps, trust)
    notify(uow, "case.transferred", case=case, office=case.lead, now=now)
    tell_helpers(uow, before, case, now)
    return case


@use_case
def record_finding(
    uow: UnitOfWork,
    *,
    act: SignedEvent,
    account_object: SealedObject,
    trust: Trust,
    now: datetime,
) -> Case:
    """Record what verification found, with the investigator's account sealed to the offices.

    Raises:
        VisitRefusedError: it does not say on what it rests, or rests on no visit that was made.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "finding.recorded")
    if not act.event.facts.get("basis"):
        raise VisitRefusedError("basis")
    case = record(uow, act=act, trust=trust, now=now, records=[account_object])
    uow.sealed.add_objects(case.report_id, [account_object])
    return case


@use_case
def send_message(
    uow: UnitOfWork, *, act: SignedEvent, message: SealedObject, trust: Trust, now: datetime
) -> Case:
    """Store a message to the reporter, sealed under the thread key.

    Raises:
        BadActError: it tells whose case joined another of a finding that does not stand there, or
            names a template that does not fit the case, in this version and for what it tells.
        CaseworkError: as for every act, see `acts.record`.
    """
    by_officer(act, trust, "message.sent")
    case = record(uow, act=act, trust=trust, now=now, records=[message])
    check_found(uow, case, act)
    _check_template(case, act)
    uow.sealed.add_objects(case.report_id, [message])
    return case


def _check_template(case: Case, act: SignedEvent) -> None:
    facts = act.event.facts
    if "template" not in facts:
        return
    template = reply_of(str(facts["template"]), case)
    if template is None:
        raise BadActError("template", "one that fits the case as it stands")
    must_be(facts, "template_sha256", template.sha256)
    if template.is_result != (facts.get("about") == "result"):
        raise BadActError("about", "result, with the template of a result alone")


def _must_be_today(given: date | None, now: datetime, fact: str) -> None:
    """Refuse a day that is not today's: a clock is not started yesterday or tomorrow."""
    today = now.astimezone(SHANGHAI).date()
    if given is None or not is_day(given.isoformat()) or given != today:
        raise BadActError(fact, today.isoformat())
