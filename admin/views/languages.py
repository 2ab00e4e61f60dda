"""Choosing the language of the pages."""

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin import language
from admin.views.sessions import own_page

bp = Blueprint("languages", __name__)


def page_to_return_to() -> str:
    """The address that shows the page that is being made again, or the nearest that can."""
    if request.method in {"GET", "HEAD"}:
        return request.full_path.removesuffix("?")
    rule = request.url_rule
    if rule is not None and "GET" in (rule.methods or ()):
        return request.path
    report_id = (request.view_args or {}).get("report_id")
    if report_id is not None:
        return url_for("cases.show_case", report_id=report_id)
    return url_for("worklist.index")


@bp.route("/language", methods=["POST"])
def choose() -> ResponseReturnValue:
    """Keep the choice in the cookie and go back to the page.

    Nothing is changed but what this browser shows, so no token is asked for; that
    another site does not send it, `csrf.check_origin` has seen to.
    """
    code = request.form.get("language", "")
    if code not in language.LOCALES:
        abort(404)
    path, mark, query = request.form.get("next", "").partition("?")
    # No address has a line break or another invisible sign; a header with one is an error.
    asked = mark + query if query.isprintable() else ""
    answer = redirect(own_page(path) + asked, 303)
    language.remember(answer, code)
    return answer
