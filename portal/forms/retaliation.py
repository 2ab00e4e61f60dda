"""What a reporter says who suffers for having reported."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import ValidationError

from crypto.errors import FormTokenError
from crypto.form_token import read_form_token
from portal.csrf import FORM_OPEN_SECONDS_MAX
from portal.extensions import public_site
from portal.forms.base import LongField, Needed
from portal.forms.files import FilesForm
from portal.forms.mailbox import FitsBucket
from portal.uploads import FILES_MAX, SealingRequest


class RetaliationForm(FilesForm):
    """Becomes a report of its own."""

    text = LongField(
        _l("发生了什么"),
        [Needed(_l("请写明受到了怎样的打击报复。")), FitsBucket()],
        description=_l(
            "什么时候、谁、做了什么：辞退、调岗、降薪、威胁、泄露身份等。请不要写自己的姓名和电话。"
        ),
        render_kw={"rows": 8, "autocomplete": "off"},
    )
    form_token = HiddenField()

    def validate_form_token(self, field: Any) -> None:
        """The token must be ours and of today; without it a repeat could not be told."""
        here = public_site()
        try:
            read_form_token(
                field.data or "", here.form_key, here.clock.now(), FORM_OPEN_SECONDS_MAX
            )
        except FormTokenError:
            raise ValidationError(_l("这个页面打开太久了。内容都还在，请再按一次送出。")) from None

    def validate_files(self, field: Any) -> None:
        """More files than can be taken are told, not dropped in silence."""
        if isinstance(request, SealingRequest) and request.too_many_files:
            raise ValidationError(
                _l("一次最多上传 %(limit)d 个文件，其余的可以提交后凭查询码补充。", limit=FILES_MAX)
            )
