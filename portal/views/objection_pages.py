"""The pages on which a reporter objects to a result, and says whether it was solved."""

from typing import Any

from flask import Response, g

from portal import mailbox
from portal.extensions import public_site
from portal.forms.objections import (
    RETALIATION_CHOICES,
    SOLVED_CHOICES,
    ObjectionForm,
    SatisfactionForm,
)
from portal.views.mailbox_pages import mailbox_page
from portal.views.remedy import asked_month, question_of, remedy_of


def objection_page(form: ObjectionForm, status: int = 200, trouble: Any = None) -> Response:
    """Ask why the result is wrong; where it is too late, say since when."""
    here = public_site()
    case = mailbox.view_of(here, g.session).case
    return mailbox_page(
        "mailbox/objection.html", status,
        form=form, trouble=trouble, remedy=remedy_of(here, case), gone=not g.session.threads,
    )  # fmt: skip


def satisfaction_page(form: SatisfactionForm, status: int = 200, trouble: Any = None) -> Response:
    """Ask whether it was solved."""
    view = mailbox.view_of(public_site(), g.session)
    month = asked_month(view.case, view.lead)
    form.month.data = "" if month is None else str(month)
    return mailbox_page(
        "mailbox/satisfaction.html", status,
        form=form, trouble=trouble, question=question_of(view.case, view.lead),
        gone=not g.session.threads,
        solved=SOLVED_CHOICES, revenge=RETALIATION_CHOICES,
    )  # fmt: skip
