"""Fields for files, and words for why a file still holds hidden information."""

from typing import Any, Final

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, MultipleFileField
from wtforms.validators import ValidationError

from portal.forms.base import FALSE_WORDS, BaseForm
from portal.uploads import IDENTITY_FIELD, SealingRequest

NOT_CLEANED: Final = {
    "too_large": _l("文件太大，没有清理"),
    "unknown_type": _l("没有清理这种格式的办法"),
    "damaged": _l("文件损坏，或者内容与格式不符"),
    "encrypted": _l("文件有密码，打不开"),
    "no_tool": _l("服务器没有装清理音视频的程序"),
    "timed_out": _l("清理用时过长，已停止"),
}
FOR_CUSTODIANS: Final = {
    **NOT_CLEANED,
    "cleaned": _l("隐藏信息已清除"),
    "original": _l("未清理的原件"),
}


class FilesForm(BaseForm):
    """Files for the offices, and files that only custodians may open."""

    files = MultipleFileField(_l("照片、视频或其他材料"))
    # Stands before the files, and counts by being there: it is read before they come in.
    keep_originals = BooleanField(
        _l("同时保留未清理的原件（只交身份保管人）"),
        false_values=(),
        description=_l(
            "原件里有拍摄时间、位置等，有时能帮助查证。勾选后，清理过的交承办单位，原件加密封存，可以随时撤回。"
        ),
    )
    identity_consent = BooleanField(
        _l("这些文件里能看出是我（如我的声音、笔迹、脸）——只交身份保管人"),
        false_values=FALSE_WORDS,
        description=_l(
            "我同意这样封存。承办单位打不开；须有两名以上不同单位的保管人同意，才能打开其中一个，只能打开一次，您能查到。"
        ),
    )
    identity_files = MultipleFileField(_l("会暴露我身份的文件"))

    def validate_identity_consent(self, field: Any) -> None:
        """Nothing that shows a person is kept without consent, and nothing goes astray.

        Who ticks the box and chooses no file beneath it may have put the file above,
        where it would go to an office.
        """
        assert isinstance(request, SealingRequest)
        shown = IDENTITY_FIELD in request.fields_with_files
        if shown and not field.data:
            raise ValidationError(
                _l("选了会暴露您身份的文件，请勾选同意封存；不同意请不要在这一栏选文件。")
            )
        if field.data and not shown and request.has_files:
            raise ValidationError(
                _l(
                    "您勾选了“能看出是我”，这一栏却没有选文件。请把这样的文件选在这一栏，不要选在上面；没有这样的文件，请取消勾选。"
                )
            )
