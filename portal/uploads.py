"""Door in for files: sealed while the request is still being read.

The framework would spool a large upload to disk in the clear. Here every file
part becomes a SealedUpload, whose write() seals what arrives and appends the
ciphertext to a blob. What portal/cleaning.py can clean of hidden information
it holds back, in memory, until it has the whole file.

A blob that no filed report names is thrown away when the request ends.
"""

import contextlib
import time
import zlib
from collections.abc import Iterable, Iterator
from mmap import mmap
from typing import IO, Final, cast

from flask import Flask, Request, Response

from casework.domain.errors import OutcomeUnknownError, StorageUnavailableError
from casework.domain.ids import new_id
from casework.storage.blobs import Blobs
from crypto.sending import FileEntry, Sending
from crypto.stream import FileSealer
from portal.cleaning import Inspection
from portal.extensions import PublicSite, public_site

FILES_MAX: Final = 20
NAME_LENGTH_MAX: Final = 4000  # characters
FORM_BYTES_MAX: Final = 512 * 1024  # of each text field
FORM_PARTS_MAX: Final = 64
TOKENS_FIELD: Final = "upload"
SEAL_STEP: Final = 64 * 1024
DRAIN_SECONDS_MAX: Final = 10.0
DRAIN_PAUSE_SECONDS_MAX: Final = 2.0


class SealedUpload:
    """One file part: takes plaintext, keeps ciphertext.

    - Nothing is written anywhere before the first byte arrives: an empty file
      field leaves no blob.
    - A full disk does not break off the reading, so that the text fields that
      come after the file are not lost; `failed` says it.
    """

    def __init__(
        self, sealer: FileSealer, blobs: Blobs, *, file_id: str, blob_name: str,
        name: str, inspection: Inspection,
    ) -> None:  # fmt: skip
        self.file_id = file_id
        self.blob_name = blob_name
        self.name = name
        self.received_size = 0
        self.failed = False
        self._check_sum = 0
        self._sealer = sealer
        self._blobs = blobs
        self._writer = blobs.writer(blob_name)
        self._inspection = inspection
        self._open = True
        self._append(sealer.header)

    def write(self, data: bytes) -> int:
        """Take the next bytes of the file."""
        self.received_size += len(data)
        self._check_sum = zlib.crc32(data, self._check_sum)
        for step in _steps(self._inspection.feed(data)):
            self._seal(step)
        return len(data)

    def seek(self, _offset: int, _whence: int = 0) -> int:
        """The parser's way to say that the part is complete."""
        if self._open:
            self._open = False
            for step in _steps(self._inspection.finish()):
                self._seal(step)
            for ciphertext in self._sealer.finish():
                self._append(ciphertext)
        return 0

    @property
    def media_type(self) -> str:
        """What kind of file it is, by its content."""
        return self._inspection.media_type

    @property
    def cleaned(self) -> str:
        """CLEANED, or why it is not."""
        return self._inspection.cleaned

    @property
    def received_check(self) -> bytes:
        """Length and check sum of what was sent, to tell a repeated form from a changed one.

        A digest would cost as much as the sealing. Who makes two files with the same
        check sum deceives nobody but himself: the same form shows him the same code.
        """
        return b"%d %08x" % (self.received_size, self._check_sum)

    def make_durable(self) -> None:
        """Have the ciphertext on disk before a report names it.

        Raises:
            StorageUnavailableError: it could not be kept.
        """
        if self.failed:
            raise StorageUnavailableError
        self._writer.flush_durable()

    def entry(self) -> FileEntry:
        """Describe the sealed file to the dossier."""
        return FileEntry(
            file_id=self.file_id, blob_name=self.blob_name,
            name=self.name + self._inspection.suffix,
            media_type=self.media_type, plain_size=self._sealer.plain_size,
            cleaned=self.cleaned, scan=self._inspection.scan,
            stored_size=self._sealer.stored_size, digest=self._sealer.digest(),
        )  # fmt: skip

    def discard(self) -> None:
        """Throw the ciphertext away, finished or not."""
        self._inspection.drop()
        self._writer.discard()
        self._blobs.delete(self.blob_name)

    def close(self) -> None:
        """Part of the interface of a file; nothing is left to do."""

    def _seal(self, data: bytes) -> None:
        self._append(self._sealer.push(data))

    def _append(self, ciphertext: bytes) -> None:
        if self.failed or not ciphertext:
            return
        try:
            self._writer.write(ciphertext)
        except StorageUnavailableError:
            self.failed = True


def new_upload(here: PublicSite, sending: Sending, name: str) -> SealedUpload:
    """Open a blob and begin to seal one file of *sending* into it.

    Raises:
        StorageUnavailableError: no blob can be opened.
    """
    file_id, blob_name = new_id(), here.blobs.new_name()
    return SealedUpload(
        sending.file_sealer(file_id),
        here.blobs,
        file_id=file_id,
        blob_name=blob_name,
        name=name[-NAME_LENGTH_MAX:],  # the end tells what kind of file it is
        inspection=Inspection(here.cleaner, here.scanner),
    )


def _steps(data: bytes | bytearray | mmap) -> Iterator[bytes]:
    for at in range(0, len(data), SEAL_STEP):
        yield bytes(data[at : at + SEAL_STEP])


class Dropped:
    """A file part that nobody asked for, or one too many: read and forgotten."""

    def write(self, data: bytes) -> int:
        """Forget *data*."""
        return len(data)

    def seek(self, _offset: int, _whence: int = 0) -> int:
        """Part of the interface of a file."""
        return 0

    def close(self) -> None:
        """Part of the interface of a file."""


class LazyUpload:
    """Opens a SealedUpload at the first byte: a browser sends empty file fields too."""

    def __init__(self, request: "SealingRequest", name: str) -> None:
        self._request = request
        self._name = name
        self._upload: SealedUpload | Dropped | None = None

    def write(self, data: bytes) -> int:
        """Take the next bytes of the file."""
        if not data:
            return 0
        if self._upload is None:
            self._upload = self._request.open_upload(self._name)
        return self._upload.write(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """The parser's way to say that the part is complete."""
        return self._upload.seek(offset, whence) if self._upload else 0

    def close(self) -> None:
        """Part of the interface of a file; nothing is left to do."""


class SealingRequest(Request):
    """A request whose files never exist in the clear."""

    report_id: str = ""  # of the case that files are added to; a new report without
    takes_files: bool = False

    @property
    def sending(self) -> Sending:
        """What this request seals under: drawn at the first use, one a request."""
        kept: Sending | None = self.__dict__.get("kept_sending")
        if kept is None:
            self.report_id = self.report_id or new_id()
            kept = Sending.begin(
                site=public_site().instance.site, report_id=self.report_id, sending_id=new_id()
            )
            self.__dict__["kept_sending"] = kept
        return kept

    @property
    def uploads(self) -> list[SealedUpload]:
        """The files of this request, once the form was read."""
        return cast("list[SealedUpload]", self.__dict__.setdefault("kept_uploads", []))

    @property
    def upload_tokens(self) -> list[str]:
        """Files that came before the form, in parts: see portal/resuming.py."""
        return list(dict.fromkeys(self.form.getlist(TOKENS_FIELD)))

    @property
    def too_many_files(self) -> bool:
        """Whether files were dropped because there were more than FILES_MAX."""
        return bool(self.__dict__.get("files_dropped"))

    @property
    def has_files(self) -> bool:
        """Whether the form carries a file, or names one that came before it."""
        return bool(self.uploads or self.upload_tokens)

    @property
    def had_files(self) -> bool:
        """Whether the form came with files, whatever became of them."""
        return bool(self.__dict__.get("files_sent"))

    @property
    def storage_failed(self) -> bool:
        """Whether a file of this request could not be kept."""
        return bool(self.__dict__.get("storage_failed")) or any(
            upload.failed for upload in self.uploads
        )

    def open_upload(self, name: str) -> SealedUpload | Dropped:
        """Begin to seal one more file."""
        self.__dict__["files_sent"] = True
        if not self.takes_files:
            return Dropped()
        if len(self.uploads) >= FILES_MAX:
            self.__dict__["files_dropped"] = True
            return Dropped()
        try:
            upload = new_upload(public_site(), self.sending, name)
        except StorageUnavailableError:
            self.__dict__["storage_failed"] = True
            return Dropped()
        self.uploads.append(upload)
        return upload

    def keep_uploads(self) -> list[SealedUpload]:
        """Take the files over for a sending; whoever calls answers for them from now on."""
        kept: list[SealedUpload] = self.__dict__.pop("kept_uploads", [])
        return kept

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return cast("IO[bytes]", LazyUpload(self, filename or ""))


@contextlib.contextmanager
def discarded_if_refused(uploads: Iterable[SealedUpload]) -> Iterator[None]:
    """Throw the files away when the block refuses what they belong to.

    Not when nobody knows what was stored: then the sweep of orphaned blobs decides later.
    """
    try:
        yield
    except OutcomeUnknownError:
        raise
    except Exception:
        discard_all(uploads)
        raise


def discard_all(uploads: Iterable[SealedUpload]) -> None:
    """Throw files away; a disk that failed once may fail again, and is swept later."""
    for upload in uploads:
        with contextlib.suppress(StorageUnavailableError, OSError):
            upload.discard()


def discard_leftovers(request: Request) -> None:
    """Throw away the files of a form that was not filed."""
    if isinstance(request, SealingRequest):
        discard_all(request.keep_uploads())


def let_the_sender_hear(request: Request, response: Response) -> Response:
    """Read on a while once the refusal is sent: a sender cut off in mid-upload never sees it."""
    environ = request.environ

    def drain() -> None:
        ends_at = time.monotonic() + DRAIN_SECONDS_MAX
        with contextlib.suppress(Exception):
            if (socket := environ.get("gunicorn.socket")) is not None:
                socket.settimeout(DRAIN_PAUSE_SECONDS_MAX)
            while time.monotonic() < ends_at and environ["wsgi.input"].read(SEAL_STEP):
                pass

    response.headers["Connection"] = "close"
    response.call_on_close(drain)
    return response


def init_uploads(app: Flask, *, bytes_max: int) -> None:
    """Seal the uploads of *app*; refuse requests above *bytes_max* before they are read."""
    app.request_class = SealingRequest
    app.config["MAX_CONTENT_LENGTH"] = bytes_max
    app.config["MAX_FORM_MEMORY_SIZE"] = FORM_BYTES_MAX
    app.config["MAX_FORM_PARTS"] = FORM_PARTS_MAX
