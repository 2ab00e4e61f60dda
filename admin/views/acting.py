"""What every page of an act does: try it, or show the form again with the reason."""

from collections.abc import Callable

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from admin.auth import PasswordError
from admin.errors import Refusal, explain
from admin.extensions import console
from admin.forms.base import BaseForm, submitted
from admin.forms.cases import ActForm
from admin.permissions import visible
from admin.views.timeline import sentences, shown_to_me
from casework.domain.case import Case
from casework.domain.errors import StorageUnavailableError
from casework.queries.cases import case as find_case
from casework.queries.cases import timeline


def shown_case(report_id: str) -> Case:
    """The case as it stands, if it concerns the signed-in person.

    Raises:
        UnknownReportError: there is none.
        NotFound: it is somebody else's.
    """
    return visible(find_case(console().store, report=report_id))


def carried_out(form: BaseForm, act: Callable[[], object]) -> bool:
    """Call *act* if the form was sent and is right; a refusal stands on the form."""
    if not submitted(form):
        return False
    try:
        act()
    except PasswordError as refusal:
        form["password"].errors = [explain(refusal)]
    except Refusal as refusal:
        form.refuse(explain(refusal))
    else:
        return True
    return False


def after(done: str, endpoint: str, **values: object) -> ResponseReturnValue:
    """Go to a page that says what was done; *done* is a code of deed_words.DONE.

    The code stands in the address: there is no cookie for messages to lie in.
    """
    return redirect(url_for(endpoint, done=done, **values))  # type: ignore[arg-type]


def show(
    template: str, form: BaseForm, case: Case | None = None, **more: object
) -> ResponseReturnValue:
    """The page of an act; 422 when its form comes back."""
    if case is not None and isinstance(form, ActForm):
        _tell_what_happened(form, case)
    status = 422 if form.errors else 200
    return render_template(template, form=form, case=case, **more), status


def _tell_what_happened(form: ActForm, case: Case) -> None:
    """List what others did since the person saw the case, if the act was refused."""
    if form.form_errors and 0 < form.seen_events < case.events:
        try:
            lines = timeline(console().store, report=case.report_id)
        except StorageUnavailableError:
            lines = ()
        told = [*zip(lines, sentences(lines), strict=True)][form.seen_events :]
        form.meanwhile = tuple(one for line, one in told if shown_to_me(line))
    form.seen.data = str(case.events)
