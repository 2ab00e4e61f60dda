"""What every form of the console has: the CSRF token, and one way to ask "was it sent?"."""

from collections.abc import Iterator
from typing import Any

from flask import g, request
from wtforms import Form
from wtforms.fields.core import Field

from admin.csrf import FIELD, ConsoleCsrf


class BaseForm(Form):
    """Asks and checks; hands over domain types; decides nothing."""

    class Meta:
        """Binds every form to the session."""

        csrf = True
        csrf_class = ConsoleCsrf
        csrf_field_name = FIELD
        locales = ("zh",)

    # What others did to the case while the form was being filled in; see views.acting.
    meanwhile: tuple[str, ...] = ()

    def problems(self) -> Iterator[tuple[Field, str]]:
        """Each field that is wrong, with its first sentence, for the error summary."""
        for field in self:
            if field.errors:
                yield field, str(field.errors[0])

    @property
    def whole_errors(self) -> list[str]:
        """What is wrong with no one field: a refusal by a service."""
        return [str(error) for error in self.form_errors]

    def refuse(self, sentence: str) -> None:
        """Show *sentence* above the form; what was typed stays."""
        self.form_errors = [*self.form_errors, sentence]


def posted() -> Any:
    """The fields that came with the request, for a form to fill itself from."""
    return request.form if request.method == "POST" else None


def submitted(form: BaseForm) -> bool:
    """Whether the form was sent, in a live session, and everything in it is right.

    After an expired sign-in the same request comes again with the sign-in in
    it: then the form is shown filled in, and nothing is done yet.
    """
    if request.method != "POST" or g.get("resuming", False):
        return False
    return form.validate()
