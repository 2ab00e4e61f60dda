"""Rules in force and at hand; a policy is put in force by two persons after a dry run."""

import json
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from admin import auth
from admin.errors import explain
from admin.extensions import console
from admin.forms import rule_words
from admin.forms.base import posted
from admin.forms.rules import ConfirmPolicyForm, ProposePolicyForm, WithdrawForm, tomorrow
from admin.permissions import may, requires
from admin.signing import deed
from admin.views.acting import after, carried_out, show
from admin.views.rule_lines import (
    PolicyLine,
    approval_of,
    awards_of,
    claim_of,
    limits_of,
    lines_of,
    region,
    source,
)
from casework.domain.approval import asks_approver
from casework.domain.errors import RuleChangeError
from casework.domain.ids import new_id
from casework.domain.rule_events import (
    POLICY_ACTIVATED,
    POLICY_PROPOSED,
    POLICY_WITHDRAWN,
    check_second,
)
from casework.queries.rules import missing_years
from casework.services import calendar_changes, routing_changes, rule_changes
from casework.services.rule_changes import Proposed
from crypto.canonical import JSON

bp = Blueprint("rules", __name__, url_prefix="/rules")


@bp.context_processor
def _words() -> dict[str, object]:
    return {"rule_words": rule_words, "region": region}


@bp.get("")
@requires("rules.view")
def index() -> ResponseReturnValue:
    """What is in force, what is at hand, what somebody has proposed; and the calendar."""
    here, trust = console(), console().trust()
    return render_template(
        "rules/index.html",
        lines=_lines(),
        proposals=rule_changes.policy_proposals(here.store, trust=trust),
        notices=calendar_changes.calendar_proposals(here.store, trust=trust),
        tables=[
            routing_changes.routing_proposal(here.store, proposal=one.id, trust=trust)
            for one in routing_changes.routing_proposals(here.store)
            if one.state == "proposed"
        ],
        missing=missing_years(here.store, today=here.clock.today()),
    )


@bp.get("/policies/<policy_id>")
@requires("rules.view")
def show_policy(policy_id: str) -> ResponseReturnValue:
    """Every limit and amount of a policy, with its clause and how sure it is."""
    line = _line(policy_id)
    return render_template(
        "rules/policy.html",
        line=line,
        policy=line.policy,
        limits=limits_of(line.policy),
        awards=awards_of(line.policy),
        approval=approval_of(line.policy),
        asks_approver=asks_approver(line.policy),
        claim=claim_of(line.policy.claim),
        source=source,
    )


@bp.route("/policies/<policy_id>/proposal", methods=["GET", "POST"])
@requires("rules.activate")
def propose(policy_id: str) -> ResponseReturnValue:
    """Propose a policy from a day on; nothing counts yet."""
    line, here = _line(policy_id), console()
    form = ProposePolicyForm(
        posted(), sha256=line.policy.pin, active_from=tomorrow(here.clock.today())
    )
    proposal = new_id()

    def act() -> None:
        assert form.active_from.data is not None
        facts: dict[str, JSON] = {
            "proposal": proposal,
            "policy": policy_id,
            "sha256": form.sha256.data or "",
            "active_from": form.active_from.data.isoformat(),
        }
        rule_changes.propose_policy(
            here.store,
            act=deed(form.password.data or "").sign_outside(POLICY_PROPOSED, facts),
            region=here.instance.region,
            trust=here.trust(),
            now=here.clock.now(),
        )

    if carried_out(form, act):
        return after("rule_proposed", "rules.show_proposal", proposal=proposal)
    return show("rules/propose.html", form, line=line, policy=line.policy)


@bp.route("/proposals/<proposal>", methods=["GET", "POST"])
@requires("rules.view")
def show_proposal(proposal: str) -> ResponseReturnValue:
    """What the dry run found; a second person signs here."""
    found, here = _found(proposal), console()
    row, told = found.row, found.change
    form = ConfirmPolicyForm(posted(), sha256=row.sha256, dry_run=told.dry_run)

    def act() -> None:
        # What was on the page is what is signed, and nothing that came since.
        facts = dict(told.proposed.facts)
        facts |= {"sha256": form.sha256.data or "", "dry_run": form.dry_run.data or ""}
        rule_changes.activate_policy(
            here.store,
            act=deed(form.password.data or "").sign_outside(POLICY_ACTIVATED, _json(facts)),
            region=here.instance.region,
            trust=here.trust(),
            now=here.clock.now(),
        )

    if may("rules.activate") and carried_out(form, act):
        return after("rule_in_force", "rules.show_proposal", proposal=proposal)
    return show(
        "rules/proposal.html",
        form,
        proposal=row,
        first=told.proposed,
        dry_run=told.dry_run,
        result=json.loads(row.result) if row.result else None,
        policy=here.policies.by_id.get(row.policy),
        barred=_barred(found),
    )


@bp.route("/proposals/<proposal>/withdrawal", methods=["GET", "POST"])
@requires("rules.activate")
def withdraw(proposal: str) -> ResponseReturnValue:
    """Take a proposal back."""
    _found(proposal)
    here, form = console(), WithdrawForm(posted())

    def act() -> None:
        pen = deed(form.password.data or "")
        rule_changes.withdraw_policy(
            here.store,
            act=pen.sign_outside(POLICY_WITHDRAWN, {"proposal": proposal}),
            trust=here.trust(),
            now=here.clock.now(),
        )

    if carried_out(form, act):
        return after("rule_withdrawn", "rules.index")
    return show("rules/withdraw.html", form, back=("rules.show_proposal", proposal))


def _lines() -> tuple[PolicyLine, ...]:
    here = console()
    return lines_of(here.policies, rule_changes.activations(here.store), here.clock.today())


def _line(policy_id: str) -> PolicyLine:
    for line in _lines():
        if line.policy.id == policy_id:
            return line
    raise NotFound


def _found(proposal: str) -> Proposed:
    found = rule_changes.policy_proposal(
        console().store, proposal=proposal, trust=console().trust(fresh=True)
    )
    if found is None:
        raise NotFound
    return found


def _barred(found: Proposed) -> str:
    """Why the signed-in person cannot confirm, as a sentence; "" where nothing is in the way."""
    if found.row.state != "proposed":
        return explain(RuleChangeError("not_open"))
    me = auth.current()
    try:
        if not may("rules.activate"):
            raise RuleChangeError("role")
        check_second(
            found.change,
            POLICY_ACTIVATED,
            actor=me.account,
            office=me.office,
            roles=frozenset(str(role) for role in me.roles),
        )
        if not found.change.dry_run:
            raise RuleChangeError("not_tried")
    except RuleChangeError as refusal:
        return explain(refusal)
    return ""


def _json(facts: dict[str, Any]) -> dict[str, JSON]:
    return {str(name): value for name, value in facts.items()}
