"""Supervision orders: issued from above, answered by the head below, printed for the seal."""

from typing import Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from admin import desk, reading
from admin.auth import current
from admin.extensions import console
from admin.forms.base import posted
from admin.forms.orders import OrderAnswerForm, OrderForm
from admin.permissions import open_acts, requires
from admin.signing import attempt, deed
from admin.views.acting import after, carried_out, show, shown_case
from admin.views.order_text import OrderText
from casework.domain.ids import new_id, new_order_number
from casework.services import orders
from casework.services.orders import OrderView
from crypto.canonical import JSON

bp = Blueprint("orders", __name__, url_prefix="/cases/<report_id>/orders")
ONE: Final = "/<order_id>"


@bp.route("/new", methods=["GET", "POST"])
@requires("order.issue")
def issue(report_id: str) -> ResponseReturnValue:
    """Issue an order to the lead office."""
    case = shown_case(report_id)
    form, now = OrderForm(posted()), console().clock.now()
    draft = orders.order_draft(console().store, report=report_id, now=now)
    form.offer(draft)
    order_id, number = new_id(), _new_number()

    def act() -> None:
        pen = deed(form.password.data or "")
        chosen = next((one for one in draft.clocks if one.instance == form.clock.data), None)
        told = OrderText(
            text=(form.text.data or "").replace("\r\n", "\n"),
            issuer=case.supervisor,
            to=case.lead,
            reply_by=draft.reply_by.isoformat() if draft.reply_by else "",
        )
        told = told.about(chosen, console().clock.today()) if chosen else told
        text = desk.seal_order(reading.keys_of(case), told.as_json())
        facts: dict[str, JSON] = {"order": order_id, "number": number, "kind": form.kind.data}
        attempt(
            report_id,
            lambda case: orders.issue_order(
                console().store,
                act=pen.sign(case, "order.issued", facts, added=[text]),
                text=text,
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        return after("order_issued", "orders.read", report_id=report_id, order_id=order_id)
    return show("orders/issue.html", form, case, reply_by=draft.reply_by)


@bp.get(ONE)
@requires("order.view")
def read(report_id: str, order_id: str) -> ResponseReturnValue:
    """An order, its answer, and how long is left for it."""
    return _page("orders/read.html", report_id, order_id)


@bp.get(f"{ONE}/paper")
@requires("order.view")
def paper(report_id: str, order_id: str) -> ResponseReturnValue:
    """The order as it is printed, signed and sealed."""
    return _page("orders/paper.html", report_id, order_id)


@bp.route(f"{ONE}/answer", methods=["GET", "POST"])
@requires("order.answer")
def answer(report_id: str, order_id: str) -> ResponseReturnValue:
    """Answer an order as the head of the lead office."""
    case = shown_case(report_id)
    form = OrderAnswerForm(posted())
    found = _found(report_id, order_id)

    def act() -> None:
        pen = deed(form.password.data or "")
        text = desk.seal_order_answer(reading.keys_of(case), form.text.data or "")
        attempt(
            report_id,
            lambda case: orders.answer_order(
                console().store,
                act=pen.sign(case, "order.answered", {"order": order_id}, added=[text]),
                text=text,
                trust=console().trust(),
                now=console().clock.now(),
            ),
        )

    if carried_out(form, act):
        return after("order_answered", "orders.read", report_id=report_id, order_id=order_id)
    return show("orders/answer.html", form, case, found=found, text=_opened(found)[0])


def _page(template: str, report_id: str, order_id: str) -> ResponseReturnValue:
    case = shown_case(report_id)
    found = _found(report_id, order_id)
    text, answered = _opened(found)
    return render_template(
        template,
        case=case,
        found=found,
        order=found.order,
        text=text,
        answer=answered,
        can_answer="order.answered" in open_acts(case) and not found.order.answered_by,
    )


def _found(report_id: str, order_id: str) -> OrderView:
    return orders.order_view(
        console().store,
        report_id=report_id,
        order_id=order_id,
        office=current().office,
        now=console().clock.now(),
    )


def _opened(found: OrderView) -> tuple[OrderText, str]:
    texts = reading.open_texts(found.file)
    return OrderText.read(texts.get(found.text_id, "")), texts.get(found.answer_id, "")


def _new_number() -> str:
    """A number that begins with the first sign of the county's or city's name."""
    region = current().office.partition("-")[0]
    name = console().region_name(region)
    place = region if name == region else name[:1]
    return new_order_number(place, console().clock.today().year)
