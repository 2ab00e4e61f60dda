"""Files in parts, for browsers with scripts: begin, continue, ask how far, give up.

The token comes in a header: addresses end up in logs, headers do not. It is also what
keeps other sites' pages out, which may not send a header of their own making. Answers
are JSON for portal/static/upload.js; without scripts the form carries its files itself.
"""

from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from casework.domain.errors import UploadsFullError
from crypto.upload import UploadState
from portal import resuming
from portal.errors import explain
from portal.extensions import public_site
from portal.resuming import (
    PART_BYTES_MAX,
    CutPartError,
    Part,
    UploadGoneError,
    WrongPlaceError,
    read_token,
)

TOKEN = "Upload-Token"  # noqa: S105 - the name of a header
OFFSET = "Upload-Offset"
MEGABYTE = 1024 * 1024
REQUEST_BYTES_MAX = 64 * 1024  # of what begins an upload

bp = Blueprint("uploads", __name__, url_prefix="/uploads")


@bp.post("")
def begin() -> ResponseReturnValue:
    """Begin an upload, or take one up that was begun."""
    here = public_site()
    request.max_content_length = REQUEST_BYTES_MAX
    told: Any = request.get_json(silent=True)
    name, size = (told.get("name"), told.get("size")) if isinstance(told, dict) else (None, None)
    if not isinstance(name, str) or not isinstance(size, int) or isinstance(size, bool) or size < 1:
        return _refused(400, _("没有说明文件的名称和大小。"))
    if size > here.settings.upload_bytes_max:
        limit = here.settings.upload_bytes_max // MEGABYTE
        return _refused(413, _("一个文件不能超过 %(limit)d MB。", limit=limit))
    return _told(resuming.begin(here, _token(), name=name, size=size)), 201


@bp.get("")
def find() -> ResponseReturnValue:
    """Say how far an upload has come."""
    return _told(resuming.find(public_site(), _token()))


@bp.post("/part")
def add_part() -> ResponseReturnValue:
    """Take the next part, whose bytes are the body."""
    length = request.content_length
    offset = request.headers.get(OFFSET, "")
    if not offset.isascii() or not offset.isdigit() or len(offset) > 15 or length is None:
        return _refused(400, _("没有说明这一段的位置和长度。"))
    if length > PART_BYTES_MAX:
        return _refused(413, _("这一段太大了。"))
    part = Part(int(offset), length, cast(BinaryIO, request.stream))
    return _told(resuming.add_part(public_site(), _token(), part))


@bp.delete("")
def give_up() -> ResponseReturnValue:
    """Throw an upload away."""
    resuming.forget(public_site(), _token())
    return "", 204


@bp.errorhandler(UploadGoneError)
def gone(_error: UploadGoneError) -> ResponseReturnValue:
    """Answer a token that leads nowhere, or nowhere any more."""
    return _refused(404, _("没有这个文件，或者已经过期，请重新选择。"))


@bp.errorhandler(WrongPlaceError)
def wrong_place(error: WrongPlaceError) -> ResponseReturnValue:
    """Say where to go on."""
    return _told(error.state), 409


@bp.errorhandler(CutPartError)
def cut(_error: CutPartError) -> ResponseReturnValue:
    """Answer whoever may still listen."""
    return _refused(400, _("这一段没有传完，请再传一次。"))


@bp.errorhandler(UploadsFullError)
def full(error: UploadsFullError) -> ResponseReturnValue:
    """Say that there is no room now."""
    return _refused(507, explain(error))


def _token() -> bytes:
    return read_token(request.headers.get(TOKEN, ""))


def _told(state: UploadState) -> Response:
    return jsonify(offset=state.received, size=state.size, part_max=PART_BYTES_MAX)


def _refused(status: int, sentence: Any) -> ResponseReturnValue:
    return jsonify(error=str(sentence)), status
