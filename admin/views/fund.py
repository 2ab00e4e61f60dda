"""The reward fund of a year: what was granted, set aside, paid and is left."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from admin.extensions import console
from admin.forms.base import posted
from admin.forms.charts import chart_of
from admin.forms.fund import AppropriateForm
from admin.forms.pots import check_office, pot_name
from admin.permissions import requires
from admin.signing import deed
from admin.views.acting import after, carried_out, show
from casework.services import fund
from crypto.canonical import JSON

bp = Blueprint("fund", __name__, url_prefix="/fund")


@bp.get("")
@requires("fund.view")
def show_fund() -> ResponseReturnValue:
    """Balance, pots and ledger lines of a year."""
    here = console()
    today = here.clock.today()
    year = request.args.get("year", default=today.year, type=int)
    after = max(0, request.args.get("after", default=0, type=int))
    books = fund.fund_books(here.store, year=year)
    use = fund.fund_use(here.store, year=year, today=today)
    lines = fund.fund_page(here.store, year=year, after=after)
    return render_template(
        "fund/show.html",
        year=year,
        balance=books.balance,
        parts=books.parts,
        pot_name=pot_name,
        ledger=lines,
        next=after + len(lines) if len(lines) == fund.PAGE else None,
        use=use,
        chart=chart_of(use.months),
        is_now=year == today.year,
    )


@bp.route("/appropriation", methods=["GET", "POST"])
@requires("fund.appropriate")
def appropriate() -> ResponseReturnValue:
    """Book money that was granted for a budget year, added, or covers an overdraft."""
    form = AppropriateForm(posted(), year=console().clock.today().year)

    def act() -> None:
        check_office(form.pot)
        pen = deed(form.password.data or "")
        facts: dict[str, JSON] = {
            "year": form.year.data,
            "amount_fen": form.amount_yuan.amount_fen,
            "pot": form.pot,
        }
        if (form.document.data or "").strip():
            facts["document"] = (form.document.data or "").strip()
        fund.appropriate(
            console().store,
            act=pen.sign_outside(str(form.kind.data), facts),
            trust=console().trust(),
            now=console().clock.now(),
        )

    if carried_out(form, act):
        return after("appropriated", "fund.show_fund", year=form.year.data)
    return show("fund/appropriate.html", form)
