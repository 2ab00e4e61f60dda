"""The public register: what it is, its files, how anybody checks it."""

from collections.abc import Callable, Hashable
from typing import Any, Final

from flask import Blueprint, Response, abort, make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casework.domain.money import plain
from casework.recount import SourceError
from casework.services.announcing import put_up
from crypto.errors import ProofError
from crypto.register import OTHERS
from portal.extensions import PublicSite, public_site
from portal.language import current
from portal.register import edition_of, figures_of, folder_of, standing_of
from portal.sealing import department_name
from portal.views.wording import REWARD_COUNTS

TEXT: Final = "text/plain; charset=utf-8"
JSON: Final = "application/json"
BYTES: Final = "application/octet-stream"
# A tile never changes; what may change is asked for again after a minute.
FOR_EVER: Final = "public, max-age=31536000, immutable"
A_MINUTE: Final = "public, max-age=60"
ANNOUNCED_SECONDS: Final = 300

bp = Blueprint("register", __name__, url_prefix="/register")


@bp.get("")
def overview() -> ResponseReturnValue:
    """What the register is, where it stands, and how to check it."""
    here = public_site()
    return render_template(
        "register/overview.html",
        standing=standing_of(here),
        quarters=folder_of(here).quarters(),
        at_once=folder_of(here).read("opened/at-once.json") is not None,
        days=here.instance.register_batch_days,
        address=here.settings.public_url,
    )


@bp.get("/figures")
def figures() -> ResponseReturnValue:
    """On-time shares by office and quarter, counted out of the public files alone."""
    here = public_site()
    return make_response(_kept(here, "figures", edition_of(here), lambda: _figures_page(here)))


def _figures_page(here: PublicSite) -> str:
    try:
        counted, damaged = figures_of(here), False
    except (ProofError, SourceError):
        counted, damaged = None, True
    quarters: dict[str, list[dict[str, Any]]] = {}
    for one in counted.figures if counted else ():
        name = (
            _("其他（各不足五件）") if one.office == OTHERS else department_name(here, one.office)
        )
        quarters.setdefault(one.quarter, []).append({"office": name, "told": one})
    return render_template(
        "register/figures.html", quarters=quarters, counted=counted, damaged=damaged,
        address=here.settings.public_url, rewards=counted.rewards[::-1] if counted else (),
        beside_names=REWARD_COUNTS, quarter_name=quarter_name, plain=plain,
    )  # fmt: skip


def quarter_name(quarter: str) -> str:
    """Return what people call a quarter such as "2026Q1"."""
    return str(_("%(year)s 年第 %(n)s 季度", year=quarter[:4], n=quarter[5:]))


@bp.get("/announced")
def announced() -> ResponseReturnValue:
    """Awards that nobody could be told of otherwise, by case number, and those that lapsed."""
    here = public_site()
    # The list is worked out once in five minutes, however often it is asked for.
    at = int(here.clock.now().timestamp()) // ANNOUNCED_SECONDS
    page = _kept(here, "announced", (at,), lambda: _announced_page(here))
    return make_response(page)


def _announced_page(here: PublicSite) -> str:
    return render_template(
        "register/announced.html", awards=put_up(here.store, now=here.clock.now())
    )


def _kept(
    here: PublicSite, name: str, edition: tuple[Hashable, ...], render: Callable[[], str]
) -> str:
    """Return a page in the reader's language; of one edition it is rendered once."""
    key = (name, current(), *edition)
    page = here.rendered.get(key)
    if page is None:
        page = render()
        # The older editions are not asked for again.
        for old in [one for one in here.rendered if isinstance(one, tuple) and one[:2] == key[:2]]:
            here.rendered.pop(old, None)
        here.rendered[key] = page
    return page


@bp.get("/<path:relative>")
def file(relative: str) -> ResponseReturnValue:
    """Serve one file of the log as it lies."""
    body = folder_of(public_site()).read(relative)
    if body is None:
        abort(404)
    answer = Response(body, content_type=_type_of(relative))
    answer.headers["Cache-Control"] = FOR_EVER if relative.startswith("tile/") else A_MINUTE
    return answer


def _type_of(relative: str) -> str:
    if relative.startswith("tile/"):
        return BYTES
    return JSON if relative.endswith(".json") else TEXT
