"""The same act on several cases: which cases, each with what the person saw of it."""

from typing import Final

from flask import request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from admin.extensions import gettext as _
from admin.forms.base import BaseForm

ROWS_MAX: Final = 50

# What is done, in words: the button, what stands beside a row, and the question's title.
ACTS: Final[dict[str, LazyString]] = {
    "sign_in": _l("签收选中的"),
    "propose": _l("提议办结选中的"),
    "close": _l("同意办结选中的"),
}
DONE: Final[dict[str, LazyString]] = {
    "sign_in": _l("已签收"),
    "propose": _l("已提议办结"),
    "close": _l("已办结"),
}


class BulkForm(BaseForm):
    """The rows come as check boxes "id.ordinal": the proposal to close that was shown, or 0."""

    @property
    def chosen(self) -> dict[str, int]:
        """The cases that were ticked, each with the proposal that was shown."""
        found: dict[str, int] = {}
        for value in request.form.getlist("case"):
            report_id, _dot, asked = value.partition(".")
            is_ordinal = asked.isascii() and asked.isdigit() and len(asked) < 9
            found[report_id] = int(asked) if is_ordinal else 0
        return found

    def validate(self, extra_validators: object = None) -> bool:
        """Whether the form is its session's, and some rows are ticked, but not too many."""
        if not super().validate():
            return False
        if not self.chosen:
            self.refuse(_("请至少选择一件。"))
        elif len(self.chosen) > ROWS_MAX:
            self.refuse(_("一次最多 %(most)d 件，没有办理。", most=ROWS_MAX))
        return not self.form_errors
