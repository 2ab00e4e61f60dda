"""What is sealed in a case, as its dossier lists it: kinds alone."""

from typing import Final

from flask_babel import lazy_gettext as _l

from admin.forms.words import PARTS, Words

RECORDS: Final[Words] = {
    "object": _l("文字（已删除）"),
    "file": _l("附件"),
    "item": _l("身份信息（只有身份保管人能开启）"),
}

TEXTS: Final[Words] = {
    **PARTS,
    "interference": _l("干预记录"),
    "manifest": _l("举报人设备生成的清单"),
    "file_info": _l("附件的名称和说明"),
    "message": _l("来往消息"),
    "reason": _l("给举报人的说明"),
    "refusal": _l("拟不予受理的说明"),
    "order": _l("督办单"),
    "order_answer": _l("督办单的答复"),
}
