"""Forms of the reporter's own side."""

from typing import Any, Final

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectMultipleField
from wtforms import Form as AnyForm
from wtforms.validators import ValidationError

from portal.forms.base import FALSE_WORDS, AtMost, BaseForm, LineField, LongField, Needed
from portal.forms.files import FilesForm
from portal.uploads import FILES_MAX, SealingRequest

MESSAGE_BYTES_MAX: Final = 60_000


class FitsBucket:
    """Refuse a text above the largest padding bucket."""

    def __call__(self, form: AnyForm, field: Any) -> None:
        """Check one field."""
        if len((field.data or "").encode()) > MESSAGE_BYTES_MAX:
            raise ValidationError(_l("最多约两万字，请分几次发送，或者作为文件上传。"))


class CodeForm(BaseForm):
    """The receipt code."""

    code = LineField(
        _l("查询码"),
        [Needed(_l("请输入 24 位查询码。")), AtMost(80)],
        description=_l("24 位数字，中间有没有空格都可以。"),
        render_kw={
            "autocomplete": "off", "inputmode": "numeric", "maxlength": 80, "spellcheck": "false",
        },
    )  # fmt: skip


class MessageForm(BaseForm):
    """A message to the office."""

    text = LongField(
        _l("给受理单位留言"),
        [Needed(_l("请写下要说的话。")), FitsBucket()],
        description=_l("只有受理单位和监督它的单位能看。请不要写自己的姓名和电话。"),
        render_kw={"rows": 5, "autocomplete": "off"},
    )


class EvidenceForm(FilesForm):
    """More about the same matter."""

    text = LongField(
        _l("补充说明"),
        [FitsBucket()],
        description=_l("新看到的情况，或者文件里是什么。"),
        render_kw={"rows": 6, "autocomplete": "off"},
    )

    def validate_text(self, field: Any) -> None:
        """Something must be added: words or files."""
        assert isinstance(request, SealingRequest)
        if request.too_many_files:
            raise ValidationError(
                _l("一次最多上传 %(limit)d 个文件，其余的可以再补充一次。", limit=FILES_MAX)
            )
        if not field.data and not request.has_files and not request.storage_failed:
            raise ValidationError(_l("请写下补充的情况，或者选择文件。"))


class ButtonForm(BaseForm):
    """A button alone."""


class NewCodeForm(BaseForm):
    """That the new code is copied: its end, typed from the copy."""

    ending = LineField(
        _l("新查询码的最后四位"),
        [Needed(_l("请按抄好的填写新查询码的最后四位。")), AtMost(80)],
        description=_l("看着您抄下来的那一份填，不要看屏幕。"),
        render_kw={
            "autocomplete": "off", "inputmode": "numeric", "maxlength": 80, "spellcheck": "false",
        },
    )  # fmt: skip

    def fits(self, code: str) -> bool:
        """Tell whether the end of *code* was typed, or all of it; else say so."""
        typed = "".join((self.ending.data or "").split())
        if code and typed in (code, code[-4:]):
            return True
        self.ending.errors = [_l("和新查询码的最后四位不一样。请对照上面的新查询码，把抄写改正。")]
        return False


class WithdrawForm(BaseForm):
    """Which kinds of identity items are taken back."""

    kinds = SelectMultipleField(_l("要撤回哪些"), validate_choice=False)
    understood = BooleanField(
        _l("我明白：删除以后不能恢复"), false_values=FALSE_WORDS,
    )  # fmt: skip

    def validate_kinds(self, field: Any) -> None:
        """At least one."""
        if not field.data:
            raise ValidationError(_l("请勾选要撤回的内容。"))

    def validate_understood(self, field: Any) -> None:
        """Nothing brings it back."""
        if not field.data:
            raise ValidationError(_l("请勾选“我明白：删除以后不能恢复”。"))
