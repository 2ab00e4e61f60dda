"""Pages that anybody may read: start, who handles what, protection, health."""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from portal.extensions import public_site
from portal.language import link
from portal.views.duties import Asked, asked, duties_of
from portal.views.prepared import filled, mark
from portal.views.worth import worth_form, worth_of

bp = Blueprint("pages", __name__)


@bp.get("/")
def start() -> ResponseReturnValue:
    """What this is, and three doors."""
    return render_template("pages/start.html")


@bp.get("/duties")
def duties() -> ResponseReturnValue:
    """Who handles what, from the routing table; asked for by sector and region."""
    here = public_site()
    wanted = asked(here, request.args)
    if wanted.any or wanted.unknown:
        return _duties_page(wanted), 404 if wanted.unknown else 200
    key = ("duties", str(get_locale()), here.clock.today())
    own = {"language_link": link()}  # what else the address says is nobody else's
    return filled(here, key, lambda: _duties_page(wanted, **own), own)


def _duties_page(wanted: Asked, **own: str) -> str:
    marks = {name: mark(name) for name in own}
    return render_template("pages/duties.html", **duties_of(public_site(), wanted), **marks)


@bp.get("/reward")
def worth() -> ResponseReturnValue:
    """What could a report be worth? Anybody may ask."""
    here = public_site()
    return render_template("pages/worth.html", **worth_of(here, worth_form(here), asked=False))


@bp.post("/reward")
def work_out() -> ResponseReturnValue:
    """Answer on the same page; nothing is kept, and nothing stands in the address."""
    here = public_site()
    form = worth_form(here, request.form)
    is_valid = form.validate()
    page = render_template("pages/worth.html", **worth_of(here, form, asked=is_valid))
    return page, 200 if is_valid else 422


@bp.get("/protection")
def protection() -> ResponseReturnValue:
    """Who can see what, and what nobody can promise."""
    keyset = public_site().keyset
    return render_template(
        "pages/protection.html", seats=len(keyset.seats), threshold=keyset.threshold
    )


@bp.get("/health")
def health() -> ResponseReturnValue:
    """Tell a watchdog that the process answers."""
    return Response("ok\n", mimetype="text/plain")
