"""Door in for files that come in parts: sealed part by part, taken up again after a break.

The browser draws a token and keeps it; here it lives as long as a request. The form
names its tokens in the end, and the parts are opened and sealed anew as one file of
the report, through the same inspection as every other file. The parts then wait an
hour, as the answer to the same form does, and are swept.
"""

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from casework.domain.errors import (
    OutcomeUnknownError,
    StorageUnavailableError,
    UploadMissingError,
)
from casework.services import uploads as services
from crypto.errors import UnsealError
from crypto.stream import CHUNK_SIZE
from crypto.upload import (
    TOKEN_SIZE,
    UploadState,
    open_part,
    open_state,
    part_sealer,
    seal_state,
    upload_id,
)
from portal.extensions import PublicSite
from portal.uploads import (
    FILES_MAX,
    NAME_LENGTH_MAX,
    ORIGINALS_FIELD,
    SealingRequest,
    new_upload,
)

# With the mark of the padding a part fills its bucket to the last byte.
PART_BYTES_MAX: Final = 4 * 1024 * 1024 - 1
FORM_BYTES_MAX: Final = 2 * 1024**3  # of all uploads that one form names


class UploadGoneError(Exception):
    """There is no such upload, or no more."""


class WrongPlaceError(Exception):
    """The part does not follow what has come so far."""

    def __init__(self, state: UploadState) -> None:
        """Say what has come."""
        super().__init__()
        self.state = state


class CutPartError(Exception):
    """The connection broke, or the sender said another length than came."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part as a request brings it.

    Attributes:
        offset: where in the file it begins, bytes.
        length: how many bytes it has, by the request's own word.
        body: where to read it from.
    """

    offset: int
    length: int
    body: BinaryIO


def read_token(text: str) -> bytes:
    """Return the token that a request names.

    Raises:
        UploadGoneError: it is none.
    """
    try:
        token = bytes.fromhex(text)
    except ValueError:
        raise UploadGoneError from None
    if len(token) != TOKEN_SIZE:
        raise UploadGoneError
    return token


def begin(here: PublicSite, token: bytes, *, name: str, size: int) -> UploadState:
    """Begin an upload; begun already, it is taken up where it stands.

    Raises:
        UploadGoneError: the token was used for another file.
        UploadsFullError: there is no room.
    """
    state = UploadState.begin(name=name[-NAME_LENGTH_MAX:], size=size)
    box = seal_state(state, token, site=here.instance.site)
    now = here.clock.source()
    if services.begin(here.store, upload_id=upload_id(token), box=box, now=now):
        return state
    found = find(here, token)
    if (found.name, found.size) != (state.name, state.size):
        raise UploadGoneError
    return found


def find(here: PublicSite, token: bytes) -> UploadState:
    """Return how far an upload has come.

    Raises:
        UploadGoneError: there is none, it has expired, or a form has used it.
    """
    state = _noted(here, token)
    if state.used:
        raise UploadGoneError
    return state


def add_part(here: PublicSite, token: bytes, part: Part) -> UploadState:
    """Seal one part and keep it; when this returns, it is on the disk.

    - The part before it sent again, because its answer was lost, changes nothing.
    - A part that breaks off leaves nothing.

    Raises:
        UploadGoneError: there is no such upload.
        WrongPlaceError: the part does not follow what has come.
        CutPartError: fewer bytes came than were announced.
        UploadsFullError, StorageUnavailableError: it could not be kept.
    """
    state = find(here, token)
    if state.parts and part.offset == state.last_offset:
        return _compared(state, part)
    if part.offset != state.received or not 0 < part.length <= state.size - state.received:
        raise WrongPlaceError(state)
    name = here.blobs.new_name()
    try:
        grown, stored_size = _seal_part(here, token, state, part, name)
        added = services.add_part(
            here.store, upload_id=upload_id(token), number=grown.parts, blob_name=name,
            stored_size=stored_size, box=seal_state(grown, token, site=here.instance.site),
        )  # fmt: skip
    except OutcomeUnknownError:
        raise  # stored or not: the sweep of orphans finds out
    except Exception:
        _remove(here, [name])
        raise
    if not added:  # the same part came twice at once
        _remove(here, [name])
        raise WrongPlaceError(find(here, token))
    return grown


def forget(here: PublicSite, token: bytes) -> None:
    """Throw an upload away that its sender does not want any more."""
    _remove(here, services.forget(here.store, upload_id=upload_id(token)))


def take_up(here: PublicSite, request: SealingRequest, *, is_repeat: bool = False) -> None:
    """Seal the uploads that a form names as files of its sending.

    Args:
        here: the site.
        request: the form's.
        is_repeat: the form was stored before, and gets the same answer again. Only then may
            it name an upload that was used: sent once, a file would fill the disk many times.

    Raises:
        UploadMissingError: one is not whole, has expired, was used or was never there; or
            there are too many of them.
        StorageUnavailableError: they cannot be read or kept.
    """
    named = request.upload_tokens
    if len(named) + len(request.uploads) > FILES_MAX:
        raise UploadMissingError
    try:
        # Another spelling of the same token is the same file.
        tokens = dict.fromkeys(map(read_token, named))
        found = [(token, _noted(here, token)) for token in tokens]
    except UploadGoneError:
        raise UploadMissingError from None
    if not all(state.whole and (is_repeat or not state.used) for _token, state in found):
        raise UploadMissingError
    if sum(state.size for _token, state in found) > FORM_BYTES_MAX:
        raise UploadMissingError
    for token, state in found:
        upload = new_upload(
            here, request.sending, state.name, keep_original=ORIGINALS_FIELD in request.form
        )
        request.uploads.append(upload)
        try:
            for content in _content(here, token, state):
                upload.write(content)
        except UnsealError:  # a part was swept or changed
            raise UploadMissingError from None
        upload.seek(0)
        if upload.received_size != state.size:
            raise UploadMissingError


def note_used(here: PublicSite, tokens: Sequence[str]) -> None:
    """Mark uploads whose form was stored; that it fails costs room for a day, no report."""
    for token in map(read_token, tokens):
        with contextlib.suppress(StorageUnavailableError, UploadGoneError):
            state = replace(_noted(here, token), used=True)
            box = seal_state(state, token, site=here.instance.site)
            now = here.clock.source()
            services.note_used(here.store, upload_id=upload_id(token), box=box, now=now)


def _noted(here: PublicSite, token: bytes) -> UploadState:
    now = here.clock.source()
    row = services.find(here.store, upload_id=upload_id(token), now=now)
    if row is None:
        raise UploadGoneError
    try:
        return open_state(row.box, token, site=here.instance.site)
    except UnsealError:
        raise UploadGoneError from None


def _seal_part(
    here: PublicSite, token: bytes, state: UploadState, part: Part, name: str
) -> tuple[UploadState, int]:
    sealer = part_sealer(state, token, site=here.instance.site)
    digest = hashlib.blake2b(digest_size=32)
    with here.blobs.writer(name) as writer:
        writer.write(sealer.header)
        for content in _read(part):
            digest.update(content)
            if ciphertext := sealer.push(content):
                writer.write(ciphertext)
        for ciphertext in sealer.finish():
            writer.write(ciphertext)
        writer.flush_durable()
    grown = replace(
        state,
        received=state.received + part.length,
        parts=state.parts + 1,
        last_offset=part.offset,
        last_digest=digest.hexdigest(),
    )
    return grown, sealer.stored_size


def _compared(state: UploadState, part: Part) -> UploadState:
    """Read a part that came before, and see whether it is the same."""
    digest = hashlib.blake2b(digest_size=32)
    if part.length == state.received - state.last_offset:
        for content in _read(part):
            digest.update(content)
        if digest.hexdigest() == state.last_digest:
            return state
    raise WrongPlaceError(state)


def _read(part: Part) -> Iterator[bytes]:
    left = part.length
    while left:
        content = part.body.read(min(left, CHUNK_SIZE))
        if not content:
            raise CutPartError
        left -= len(content)
        yield content


def _content(here: PublicSite, token: bytes, state: UploadState) -> Iterator[bytes]:
    names = services.parts(here.store, upload_id=upload_id(token))
    for number, name in enumerate(names, start=1):
        stored = here.blobs.read(name)
        yield from open_part(stored, state, token, site=here.instance.site, number=number)


def _remove(here: PublicSite, names: Sequence[str]) -> None:
    """Delete parts that nothing names any more; what cannot be deleted now is swept."""
    for name in names:
        with contextlib.suppress(StorageUnavailableError):
            here.blobs.delete(name)
