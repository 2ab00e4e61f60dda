"""Interests that the signed-in person declares: the name becomes a mark and is not kept."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from flask import Blueprint
from flask.typing import ResponseReturnValue

from admin.auth import current
from admin.config import PAGE_LINES
from admin.duplicates import mark_of_name
from admin.extensions import console
from admin.extensions import gettext as _
from admin.forms.base import posted, submitted
from admin.forms.interests import WITHDRAW, InterestForm
from admin.permissions import requires
from admin.views.acting import after, show
from casework.queries import cases
from casework.services import interests

Row = TypeVar("Row")

bp = Blueprint("interests", __name__, url_prefix="/interests")


@bp.route("", methods=["GET", "POST"])
@requires("interest.declare")
def declare() -> ResponseReturnValue:
    """How many interests are declared since when; one more, or one less."""
    form = InterestForm(posted())
    if submitted(form):
        done = _declare(form)
        if done:
            return after(done, "interests.declare")
    if form.errors:
        form.name.data = ""  # nobody who comes to the screen next reads it
    days = interests.declared(console().store, account=current().account)
    return show("interests/declare.html", form, days=days)


def met() -> frozenset[str]:
    """Reports of which the signed-in person learns nothing: no list shows or counts them.

    Those that meet an interest are gone from the lists at once, though the jobs note the recusal
    a minute later.
    """
    return interests.left_out(console().store, account=current().account)


def page_for_me(
    load: Callable[[str, int], tuple[Sequence[Row], str]],
    after: str,
    report_of: Callable[[Row], str],
    size: int = 0,
    *,
    of_all: bool = False,
) -> tuple[Sequence[Row], str]:
    """Return a page of a list without what is `met`, and where the next one begins, "" for none.

    It is filled up: were it shorter, or the next one empty, who sets the place in the address by
    hand would find out where in the list, and so on which day, there is a report kept from them.

    Args:
        load: gives lines from a place on, so many at most, and the place after them.
        after: the place where the page begins.
        report_of: the report that a line is about.
        size: of a page, in lines; 0 for as many as every list has.
        of_all: the list is of cases of every office: one that a report accuses, or that is
            barred from it, finds none of it there.
    """
    hidden, size = met(), size or PAGE_LINES
    if not hidden and not of_all:
        return load(after, size)

    def seen(rows: Sequence[Row]) -> list[Row]:
        kept = _kept_out(map(report_of, rows)) if of_all else frozenset()
        return [row for row in rows if report_of(row) not in hidden | kept]

    shown, at, more = list[Row](), after, True
    while more and len(shown) < size:
        rows, at = load(at, size - len(shown))
        shown += seen(rows)
        more = bool(at)
    following = at
    while at:
        rows, at = load(at, size)
        if seen(rows):
            return shown, following
    return shown, ""


def _kept_out(reports: Iterable[str]) -> frozenset[str]:
    """Those of some reports that the signed-in person's office is kept from."""
    found = cases.several(console().store, reports=sorted(set(reports)))
    return frozenset(one for one, case in found.items() if current().office in case.kept_out)


def _declare(form: InterestForm) -> str:
    """Carry it out; return the code of what was done, "" if the form says why it was not."""
    here, account = console(), current().account
    mark = mark_of_name(form.name.data or "")
    if not mark:
        form.name.errors = [_("看不出是哪个企业，请填写完整的名称。")]
        return ""
    if form.what.data == WITHDRAW:
        if interests.withdraw_interest(here.store, account=account, mark=mark):
            return "interest_withdrawn"
        form.name.errors = [_("您没有申报过这个企业。")]
        return ""
    interests.declare_interest(here.store, account=account, mark=mark, on=here.clock.today())
    return "interest_declared"
