"""Transfers through the bank: payees opened, each recorded, and ordered before the file leaves.

What is opened stands in two answers and nowhere else: the page on which the cashier says yes to
each payee, and the file. Between the two the page itself carries it, sealed under the session.
"""

import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from admin import custody
from admin.auth import current
from admin.bank_files import orders_file
from admin.errors import Refusal, explain
from admin.extensions import console
from admin.forms.bank import OpeningForm, OrdersForm, ticked
from admin.forms.bank_words import PAYEE_PROBLEMS
from admin.forms.base import posted
from admin.permissions import may, requires, visible
from admin.signing import Deed, deed
from admin.views.acting import carried_out, show
from admin.views.interests import page_for_me
from admin.views.releases import checks_name
from casework.domain.award_values import Award, AwardState
from casework.domain.bank import (
    BATCH_MAX,
    SENT,
    Payee,
    new_batch,
    order_row,
    payee_problem,
    reference_of,
)
from casework.domain.case import Case, Release, ReleaseState
from casework.domain.disbursement import disbursement_of
from casework.domain.disclosure import COMPARE_PAYEE
from casework.domain.errors import NoAwardError, NotOpenedError
from casework.queries import cases, rewards
from casework.services import bank
from casework.services.bank import ORDERED
from casework.storage.awards import AwardLine
from crypto.canonical import JSON, canonical, parse_canonical
from crypto.errors import CryptoError
from crypto.session import open_page, seal_page

bp = Blueprint("bank", __name__, url_prefix="/bank")


@dataclass(frozen=True, slots=True)
class Transfer:
    """A claimed award that is to go to an account, and whether it may be opened.

    Attributes:
        payee, name: the signed-in cashier's releases; None where none runs.
        needs_name: the rules pay to the reporter's own account alone.
    """

    line: AwardLine
    case: Case
    payee: Release | None
    name: Release | None
    needs_name: bool

    @property
    def is_ready(self) -> bool:
        """Whether everything that must be opened may be opened now."""
        needed = (self.payee, self.name) if self.needs_name else (self.payee,)
        return all(one is not None and one.state is ReleaseState.APPROVED for one in needed)

    @property
    def is_asked(self) -> bool:
        """Whether nothing is left to be asked for."""
        return self.payee is not None and (self.name is not None or not self.needs_name)

    @property
    def value(self) -> str:
        """What its check box sends."""
        return f"{self.line.report_id}.{self.line.id}"


@dataclass(frozen=True, slots=True)
class Opened:
    """One award with its payee, for the page and for the file.

    Attributes:
        paid_fen: what of it the bank is told to pay.
        item, version: what was opened: a later claim names another.
        declared: the reporter's own name, where the rules ask for it; else "".
        problem: what of the payee cannot stand in a file; "" for nothing.
        why: why it was not opened, in words; "" where it was.
    """

    report_id: str
    case_number: str
    award: str
    amount_fen: int
    paid_fen: int
    item: str
    version: int
    name: str = field(default="", repr=False)
    account: str = field(default="", repr=False)
    bank: str = field(default="", repr=False)
    declared: str = field(default="", repr=False)
    why: str = ""

    @property
    def payee(self) -> Payee:
        """Whom the money goes to."""
        return Payee(self.name, self.account, self.bank)

    @property
    def problem(self) -> str:
        """What keeps it from a file, in words; "" for nothing."""
        code = "" if self.why else payee_problem(self.payee)
        return str(PAYEE_PROBLEMS[code]) if code else self.why

    @property
    def differs(self) -> bool:
        """Whether the two names are not the same, where both are asked for."""
        return bool(self.declared) and _plain(self.declared) != _plain(self.name)


@bp.get("")
@requires("bank.view")
def index() -> ResponseReturnValue:
    """What waits to be transferred, and the batches that left."""
    waiting, following = _transfers(request.args.get("after", ""))
    return render_template(
        "bank/index.html",
        form=OpeningForm(),
        waiting=waiting,
        next=following,
        batches=bank.batches(console().store),
        most=BATCH_MAX,
        can_pay=may("reward.pay"),
        can_reconcile=may("reward.reconcile"),
    )


@bp.post("/opening")
@requires("reward.pay")
def open_payees() -> ResponseReturnValue:
    """Open each award that was ticked, once; shown with a box for the cashier's yes."""
    form, opened = OpeningForm(posted()), list[Opened]()

    def act() -> None:
        pen = deed(form.password.data or "")
        opened.extend(_opened(value, pen) for value in ticked("line"))

    if carried_out(form, act):
        ask = OrdersForm(data={"box": _sealed(opened), "file_format": "xlsx"})
        return show("bank/check.html", ask, opened=opened, chosen=())
    waiting, following = _transfers("")
    return show(
        "bank/index.html",
        form,
        waiting=waiting,
        next=following,
        batches=bank.batches(console().store),
        most=BATCH_MAX,
        can_pay=True,
    )


@bp.post("/orders")
@requires("reward.pay")
def order() -> ResponseReturnValue:
    """Sign an order for each payee that is right; only then the file leaves."""
    form, files = OrdersForm(posted()), list[Response]()
    try:
        opened = _unsealed(form.box.data or "")
    except (CryptoError, ValueError, TypeError):
        return show("bank/lost.html", form)

    def act() -> None:
        chosen = [one for one in opened if one.award in ticked("line") and not one.problem]
        if not chosen:
            raise NotOpenedError(item="")
        files.append(_ordered(chosen, form.file_format.data, deed(form.password.data or "")))

    if carried_out(form, act):
        return files[0]
    return show("bank/check.html", form, opened=opened, chosen=ticked("line"))


def _ordered(chosen: Sequence[Opened], file_format: str, pen: Deed) -> Response:
    here, batch = console(), new_batch()
    lines = sorted(chosen, key=lambda one: (one.report_id, one.award))
    known = {one.report_id: cases.case(here.store, report=one.report_id) for one in lines}
    acts = []
    for number, one in enumerate(lines, 1):
        case = known[one.report_id]
        _check_newest(case, one)
        facts: dict[str, JSON] = {
            "award": one.award,
            "amount_fen": one.amount_fen,
            "batch": batch,
            "reference": reference_of(batch, number),
        }
        acts.append(pen.sign(case, ORDERED, facts))
        known[one.report_id] = replace(case, events=case.events + 1)
    sent: dict[str, JSON] = {
        "batch": batch,
        "awards": [one.award for one in lines],
        "amount_fen": sum(one.amount_fen for one in lines),
    }
    rows = [
        order_row(number, reference_of(batch, number), one.payee, one.paid_fen)
        for number, one in enumerate(lines, 1)
    ]
    made = orders_file(batch, rows, file_format)
    bank.send_batch(
        here.store,
        acts=acts,
        sent=pen.sign_outside(SENT, sent),
        trust=here.trust(fresh=True),
        policies=here.policies,
        now=here.clock.now(),
    )
    answer = Response(made.body, content_type=made.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _check_newest(case: Case, one: Opened) -> None:
    """Refuse an order to an account of before: the file would pay another than is claimed to.

    Raises:
        NotOpenedError: the reporter has claimed anew since the page was shown.
    """
    award = _award_of(case, one.award)
    if (award.item, award.version) != (one.item, one.version):
        raise NotOpenedError(item=award.item, version=award.version)


# What is opened -----------------------------------------------------------------------------


def _opened(value: str, pen: Deed) -> Opened:
    """Open one award's payee, and the reporter's name where the rules ask for it."""
    report_id, _dot, award_id = value.partition(".")
    case = visible(cases.case(console().store, report=report_id))
    award = _award_of(case, award_id)
    rule = console().policies.get(case.policy_id).claim
    paid_fen = disbursement_of(rule, award.amount_fen).paid_fen
    found = Opened(
        report_id, case.case_number, award_id, award.amount_fen, paid_fen, award.item, award.version
    )
    payee, name = _releases(case, award)
    try:
        if payee is None or (checks_name(case) and name is None):
            raise NotOpenedError(item=award.item)
        told = custody.open_once(report_id, payee.id, pen).lines
        declared = ""
        if name is not None and checks_name(case):
            declared = custody.open_once(report_id, name.id, pen).lines.get("name", "")
            if not declared:
                return replace(found, why=str(PAYEE_PROBLEMS["declared"]))
    except Refusal as refusal:
        return replace(found, why=explain(refusal))
    return replace(
        found,
        name=told.get("name", ""),
        account=told.get("account", ""),
        bank=told.get("bank", ""),
        declared=declared,
    )


def _sealed(opened: Sequence[Opened]) -> str:
    told = canonical([asdict(one) for one in opened])
    return b64encode(seal_page(told, current().token)).decode()


def _unsealed(box: str) -> list[Opened]:
    """The payees that a page of this session was given.

    Raises:
        CryptoError, ValueError: it is no such box: the session is another by now.
        TypeError: a program of before made it.
    """
    told = parse_canonical(open_page(b64decode(box, validate=True), current().token))
    assert isinstance(told, list)
    return [Opened(**one) for one in told if isinstance(one, dict)]


# What waits -----------------------------------------------------------------------------------


def _transfers(after: str) -> tuple[list[Transfer], str]:
    """Claimed awards that go to an account, and where the next ones begin."""

    def load(place: str, limit: int) -> tuple[Sequence[AwardLine], str]:
        found = rewards.awards(
            console().store, state=AwardState.CLAIMED, after=place, limit=limit + 1
        )
        return found[:limit], found[limit - 1].id if len(found) > limit else ""

    lines, following = page_for_me(load, after, lambda one: one.report_id, BATCH_MAX, of_all=True)
    known = cases.several(console().store, reports=[one.report_id for one in lines])
    found = [_transfer(line, known) for line in lines]
    return [one for one in found if one is not None], following


def _transfer(line: AwardLine, known: Mapping[str, Case]) -> Transfer | None:
    case = known.get(line.report_id)
    award = _award_of(case, line.id) if case is not None else None
    if case is None or award is None or award.how != "account":
        return None
    return Transfer(line, case, *_releases(case, award), checks_name(case))


def _releases(case: Case, award: Award) -> tuple[Release | None, Release | None]:
    """The signed-in cashier's running releases: of the account, and of the reporter's name."""
    mine = [
        one
        for one in case.releases.values()
        if one.running
        and one.requester == current().account
        and one.expires_at > console().clock.stamp()
    ]
    payee = (one for one in mine if (one.item, one.version) == (award.item, award.version))
    return next(payee, None), next((one for one in mine if one.purpose == COMPARE_PAYEE), None)


def _award_of(case: Case, award: str) -> Award:
    found = case.award_called(award)
    if found is None:
        raise NoAwardError(award=award)
    return found


def _plain(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(one for one in folded if one.isalnum())
