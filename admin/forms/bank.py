"""Transfers through the bank: which awards, whether each payee is right, the bank's files."""

from typing import Any, Final

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import FileField, HiddenField, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from admin.extensions import gettext as _
from admin.forms.bank_words import FORMATS, UNDONE
from admin.forms.fields import choices
from admin.forms.keys import SignedForm
from casework.domain.bank import BATCH_MAX
from casework.domain.fact_forms import TOKEN

NUMBER_HINT: Final = _l("只用字母、数字和 - _ . :，最多 64 个，例如 2026-11-03。")
BOX_MAX: Final = 400_000


def a_number(_form: object, field: StringField) -> None:
    """Refuse what cannot stand in a signed event as the number of a paper.

    Raises:
        ValidationError: there are other signs, or too many.
    """
    if not TOKEN.test((field.data or "").strip()):
        raise ValidationError(NUMBER_HINT)


def ticked(name: str) -> list[str]:
    """The values of the check boxes of this name that were ticked, each once."""
    return list(dict.fromkeys(request.form.getlist(name)))


class OpeningForm(SignedForm):
    """Which claimed awards are opened, each recorded; the lines are check boxes."""

    def validate(self, extra_validators: object = None) -> bool:
        """Whether the form is its session's, and some lines are ticked, but not too many."""
        if not super().validate():
            return False
        if not ticked("line"):
            self.refuse(_("请至少选择一笔。"))
        elif len(ticked("line")) > BATCH_MAX:
            self.refuse(_("一批最多 %(most)d 笔，没有打开任何一笔。", most=BATCH_MAX))
        return not self.form_errors


class OrdersForm(SignedForm):
    """The cashier's yes to each payee that was shown, and in which form the file is wanted."""

    box = HiddenField(validators=[DataRequired(), Length(max=BOX_MAX)])
    file_format = RadioField(
        _l("文件格式"),
        choices=lambda: list(FORMATS.items()),
        default="xlsx",
        validators=[DataRequired(_l("请选择文件格式。"))],
    )

    def validate(self, extra_validators: object = None) -> bool:
        """Whether the form is its session's, and at least one payee is right."""
        if not super().validate():
            return False
        if not ticked("line"):
            self.refuse(_("没有勾选可以付款的，没有生成文件。"))
        return not self.form_errors


class FileForm(SignedForm):
    """A file that the bank gave."""

    file = FileField(
        _l("银行的文件"),
        description=_l("CSV 或 XLSX，最多 2 MB、5,000 行。只读取参考号、金额、结果，文件不保存。"),
        render_kw={"accept": ".csv,.xlsx,.txt"},
    )

    def validate_file(self, field: Any) -> None:
        """Something must be chosen.

        Raises:
            ValidationError: nothing is.
        """
        upload = request.files.get(field.name)
        if upload is None or not upload.filename:
            raise ValidationError(_("请选择银行给的文件。"))

    @property
    def body(self) -> bytes:
        """The bytes of the file."""
        upload = request.files.get("file")
        return upload.read() if upload is not None else b""


class StatementForm(FileForm):
    """A bank's statement, with the number under which it is filed."""

    document = StringField(
        _l("对账单编号"),
        description=NUMBER_HINT,
        validators=[DataRequired(_l("请填写对账单编号。")), a_number],
        render_kw={"autocomplete": "off"},
    )


class ReconcileForm(SignedForm):
    """Which payments are proved, and by which paper."""

    document = StringField(
        _l("凭证或者对账单编号"),
        description=NUMBER_HINT,
        validators=[DataRequired(_l("请填写编号。")), a_number],
        render_kw={"autocomplete": "off"},
    )

    def validate(self, extra_validators: object = None) -> bool:
        """Whether the form is its session's, and some lines are ticked."""
        if not super().validate():
            return False
        if not ticked("line"):
            self.refuse(_("请至少选择一笔。"))
        return not self.form_errors


class UndoForm(SignedForm):
    """That one order was not carried out, and why."""

    reference = SelectField(_l("哪一笔"), choices=[], validators=[DataRequired(_l("请选择一笔。"))])
    reason_code = SelectField(
        _l("理由"),
        choices=lambda: choices(UNDONE, first=_l("请选择")),
        validators=[DataRequired(_l("请选择理由。"))],
    )
