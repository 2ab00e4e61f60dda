"""The public register: what it is, its files, how anybody checks it."""

from typing import Final

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from portal.extensions import public_site
from portal.register import folder_of, standing_of

TEXT: Final = "text/plain; charset=utf-8"
JSON: Final = "application/json"
BYTES: Final = "application/octet-stream"
# A tile never changes; what may change is asked for again after a minute.
FOR_EVER: Final = "public, max-age=31536000, immutable"
A_MINUTE: Final = "public, max-age=60"

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
