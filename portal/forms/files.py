"""Words for why a file still holds hidden information."""

from typing import Final

from flask_babel import lazy_gettext as _l

NOT_CLEANED: Final = {
    "too_large": _l("文件太大，没有清理"),
    "unknown_type": _l("没有清理这种格式的办法"),
    "damaged": _l("文件损坏，或者内容与格式不符"),
    "encrypted": _l("文件有密码，打不开"),
    "no_tool": _l("服务器没有装清理音视频的程序"),
    "timed_out": _l("清理用时过长，已停止"),
}
