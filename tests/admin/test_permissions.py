"""The table of permissions says what GLOSSARY.md's table of roles says."""

import re

import pytest

from admin.permissions import ACTS, PERMISSIONS
from casework.domain.report import TRANSITIONS
from casework.domain.roles import Role
from source import ROOT

ROW = re.compile(r"\| (\w+)(?: \[[^\]]*\])? \| [^|]* \| ([^|]*) \| ([^|]*) \|")

# Words of the column "may" that give a permission. Whoever has them has it, nobody else.
WORDS = {
    # A leader stands in where a second person is needed; a supervisor where no rule matched.
    "case.open": ("verify", "sign findings", "undetermined pool"),
    "case.accept": ("accept", "second person", "undetermined pool"),
    "refusal.propose": ("accept", "second person", "undetermined pool"),
    "refusal.decide": ("second person", "confirm a refusal"),
    "case.transfer": ("accept", "assign", "undetermined pool"),
    "case.propose_lead": ("propose a department",),
    "officer.draw": ("assign", "undetermined pool"),
    "assignment.hand": ("assign", "undetermined pool"),
    "cover.view": ("assign", "verify", "undetermined pool"),
    "return.request": ("ask to return a case",),
    "return.decide": ("decide a third return", "disputes"),
    "cohandlers.name": ("name co-handlers",),
    "opinion.give": ("give an opinion as co-handler",),
    "copy.send": ("send and sign for copies",),
    "observation.give": ("send and sign for copies",),
    "copy.sign": ("send and sign for copies",),
    "interference.note": ("note interference",),
    "interference.read": ("note interference",),
    "discipline.answer": ("answer as discipline body",),
    "recusal.note": ("note a recusal",),
    "case.reply": ("reply", "sign findings", "undetermined pool"),
    "case.close": ("sign findings", "reviews"),
    "case.merge": ("merge reports of one matter",),
    "merge.undo": ("undo a merge",),
    "closing.propose": ("propose a close",),
    "visit.plan": ("open an on-site verification",),
    "visit.record": ("record and sign an on-site verification",),
    "visit.drop": ("give up an on-site verification",),
    "rectification.order": ("order a rectification",),
    "referral.make": ("refer a case",),
    "callback.note": ("receive a contact item", "reviews"),
    "review.decide": ("decide on an objection",),
    "protection.order": ("order protection",),
    "protection.end": ("order protection",),
    "protection.decline": ("decline protection",),
    "malice.propose": ("propose malice",),
    "malice.decide": ("confirm malice",),
    "finding.record": ("record findings",),
    "milestone.record": ("record milestones",),
    "extension.request": ("ask for more time or a pause",),
    "extension.decide": ("extend within the policy", "longer extensions"),
    "pause.request": ("ask for more time or a pause",),
    "pause.decide": ("extend within the policy", "longer extensions"),
    "pause.end": ("end a pause",),
    "step.acknowledge": ("acknowledge a step",),
    "order.issue": ("supervision orders",),
    "order.answer": ("answer an order",),
    "reward.propose": ("verify, record findings, reply, propose",),
    "reward.approve": ("approve awards", "agree to awards", "top tier"),
    "reward.decide": ("approve awards", "agree to awards"),
    "reward.fund": ("top tier",),
    "reward.notify": ("tell of an award",),
    "reward.review": ("review an award",),
    "reward.witness": ("confirm a claim at the counter",),
    "reward.pay": ("pay, book",),
    "reward.reconcile": ("top tier, reconcile",),
    "bank.view": ("pay, book", "top tier, reconcile"),
    "release.request": ("receive a payee item", "receive a contact", "receive a file item"),
    "release.open": ("receive a payee item", "receive a contact", "receive a file item"),
    "hold.request": ("ask for a hold",),
    "hold.decide": ("approve or refuse a release or a hold",),
    "destruction.request": ("ask for a destruction",),
    "destruction.confirm": ("confirm a destruction",),
    "release.decide": ("approve or refuse a release",),
    "seat.keep": ("hand a seat over",),
    "fund.view": ("fund, top tier", "ledger"),
    "fund.appropriate": ("fund, top tier",),
    "fund.decide": ("agree to a move of money",),
    "audit.view": ("read events",),
    "keys.rewrap": ("wrap cases anew",),
    "keys.propose": ("propose a key change",),
    "keys.sign": ("sign a key set",),
    "rules.activate": ("put a policy in force",),
    "rules.calendar": ("bring in a year's notice",),
    "rules.confirm_calendar": ("confirm a year's notice",),
}


def glossary_roles() -> dict[Role, str]:
    """What each role may, by GLOSSARY.md."""
    text = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    table = text[text.index("## Roles") :]
    rows = {name: may for name, may, _never in ROW.findall(table)}
    return {role: rows[str(role)] for role in Role}


@pytest.mark.parametrize("permission", WORDS)
def test_who_has_a_permission_is_who_the_glossary_names(permission):
    named = {
        role
        for role, may in glossary_roles().items()
        if any(re.search(rf"(?<!\w){words}", may) for words in WORDS[permission])
    }
    assert PERMISSIONS[permission] == named


def test_every_permission_is_held_against_the_glossary_or_follows_from_others():
    own_pages = {
        "worklist.view",
        "interest.declare",
        "board.view",
        "case.view",
        "search.use",
        "keys.view",
        "keys.certify",
        "release.list",
        "hold.list",
        "hold.lift",
        "keeping.view",
        "order.view",
        "rules.view",
    }
    assert set(PERMISSIONS) - own_pages == set(WORDS)
    # Whoever may do something in a case may see its facts; an auditor sees events only.
    acting = {
        role
        for name, roles in PERMISSIONS.items()
        if name.startswith(("case.", "finding.", "reward."))
        for role in roles
    }
    assert PERMISSIONS["case.view"] == acting


def test_exclusive_roles_act_in_no_case():
    touching = [name for name in PERMISSIONS if name.startswith(("case.", "reward.", "release."))]
    for name in touching:
        assert not PERMISSIONS[name] & {Role.AUDITOR, Role.ADMINISTRATOR}


def test_nobody_sees_a_button_that_the_rules_of_the_case_never_allow():
    for kind, permission in ACTS.items():
        allowed = {who.role for who in TRANSITIONS[kind].who}
        assert PERMISSIONS[permission] <= allowed, kind
