"""What every form of this site shares: CSRF by our own class, tidy text, plain words."""

import unicodedata
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField, TextAreaField
from wtforms.form import BaseForm as WtformsBaseForm
from wtforms.validators import ValidationError

from portal.csrf import PortalCSRF

FALSE_WORDS = (False, "", "0", "n", "no", "false", "off")


def tidy_line(text: str | None) -> str:
    """Fold full-width letters and digits, and strip what surrounds the text."""
    return unicodedata.normalize("NFKC", text or "").strip()


def tidy_text(text: str | None) -> str:
    """Use one kind of line end; leave the words alone."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


class AtMost:
    """Refuse text above *limit* characters, and name how many there are."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __call__(self, form: Form, field: Any) -> None:
        """Check one field."""
        length = len(field.data or "")
        if length > self.limit:
            raise ValidationError(
                _l(
                    "“%(label)s”最多 %(limit)d 字，现在有 %(length)d 字。",
                    label=field.label.text,
                    limit=self.limit,
                    length=length,
                )
            )


class Needed:
    """Refuse an empty field with a sentence of its own."""

    # Read by WTForms: becomes attributes of the tag.
    field_flags: Mapping[str, Any] = {}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Form, field: Any) -> None:
        """Check one field."""
        if not field.data:
            raise ValidationError(self.message)


class LineField(StringField):
    """One line of text."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the typed line, tidied."""
        super().process_formdata(valuelist)
        self.data = tidy_line(self.data)

    def pre_validate(self, form: WtformsBaseForm) -> None:
        """Refuse control characters: nobody types them, and sealed they take six times the room."""
        if any(unicodedata.category(sign) == "Cc" for sign in self.data or ""):
            raise ValidationError(
                _l("“%(label)s”里有看不见的控制字符，请删掉重新填写。", label=self.label.text)
            )


class LongField(TextAreaField):
    """Text of several lines."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the typed text, tidied."""
        super().process_formdata(valuelist)
        self.data = tidy_text(self.data)


class BaseForm(Form):
    """A form with its CSRF token.

    Args:
        session_token: the token T of the reporter's session, empty before one.
    """

    class Meta:
        csrf = True
        csrf_class = PortalCSRF
        csrf_context = b""
        locales = ("zh",)

    def __init__(self, formdata: Any = None, *, session_token: bytes = b"", **kwargs: Any) -> None:
        super().__init__(formdata, meta={"csrf_context": session_token}, **kwargs)
