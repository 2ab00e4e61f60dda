"""Door in for files: sealed while the request is still being read.

The framework would spool a large upload to disk in the clear. Here every file
part becomes a SealedUpload, whose write() seals what arrives and appends the
ciphertext to a blob. What cleaning/inspection.py can clean of hidden information
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
from cleaning.inspection import Inspection
from crypto.sending import ORIGINAL, SHOWS_REPORTER, FileEntry, IdentityFile, Sending
from portal.extensions import PublicSite, public_site
from portal.form_parts import NotingFormParser

FILES_MAX: Final = 20
NAME_LENGTH_MAX: Final = 4000  # characters
FORM_BYTES_MAX: Final = 512 * 1024  # of each text field
FORM_PARTS_MAX: Final = 64
TOKENS_FIELD: Final = "upload"
IDENTITY_FIELD: Final = "identity_files"  # files that show the reporter
ORIGINALS_FIELD: Final = "keep_originals"  # a box that stands before the files
SEAL_STEP: Final = 64 * 1024
DRAIN_SECONDS_MAX: Final = 10.0
DRAIN_PAUSE_SECONDS_MAX: Final = 2.0


class SealedBlob:
    """One file's ciphertext on its way into a blob.

    A full disk does not break off the reading, so that the text fields that come
    after the file are not lost; `failed` says it.

    Attributes:
        file_id: id of the file, and of the identity item where it is one.
        item_key: I, where only custodians open the file; b"" where an office does.
    """

    def __init__(self, here: PublicSite, sending: Sending, *, for_custodians: bool) -> None:
        self.file_id = new_id()
        self.blob_name = here.blobs.new_name()
        self.failed = False
        if for_custodians:
            self.item_key, self._sealer = sending.item_file_sealer(self.file_id)
        else:
            self.item_key, self._sealer = b"", sending.file_sealer(self.file_id)
        self._blobs = here.blobs
        self._writer = here.blobs.writer(self.blob_name)
        self._append(self._sealer.header)

    def seal(self, data: bytes | bytearray | mmap) -> None:
        """Seal the next bytes of the file."""
        for step in _steps(data):
            self._append(self._sealer.push(step))

    def finish(self) -> None:
        """Seal the end of the file."""
        for ciphertext in self._sealer.finish():
            self._append(ciphertext)

    def make_durable(self) -> None:
        """Have the ciphertext on disk before a report names it.

        Raises:
            StorageUnavailableError: it could not be kept.
        """
        if self.failed:
            raise StorageUnavailableError
        self._writer.flush_durable()

    def entry(
        self, *, name: str, media_type: str, cleaned: str, scan: str, original: str = ""
    ) -> FileEntry:
        """Describe the sealed file to the dossier."""
        return FileEntry(
            file_id=self.file_id, blob_name=self.blob_name, name=name, media_type=media_type,
            plain_size=self._sealer.plain_size, cleaned=cleaned, scan=scan, original=original,
            stored_size=self._sealer.stored_size, digest=self._sealer.digest(),
        )  # fmt: skip

    def discard(self) -> None:
        """Throw the ciphertext away, finished or not."""
        self._writer.discard()
        self._blobs.delete(self.blob_name)

    def _append(self, ciphertext: bytes) -> None:
        if self.failed or not ciphertext:
            return
        try:
            self._writer.write(ciphertext)
        except StorageUnavailableError:
            self.failed = True


class SealedUpload:
    """One file part: takes plaintext, keeps ciphertext.

    - Nothing is written anywhere before the first byte arrives: an empty file
      field leaves no blob.
    - A file that shows the reporter is sealed for the custodians, and for no office.
    - Where the reporter wants the uncleaned original kept, it becomes a second file,
      which only custodians open.
    """

    def __init__(
        self, here: PublicSite, sending: Sending, name: str, *,
        shows_reporter: bool, keep_original: bool,
    ) -> None:  # fmt: skip
        self.name = name
        self.shows_reporter = shows_reporter
        self.received_size = 0
        self._check_sum = 0
        self._here, self._sending = here, sending
        self._blob = SealedBlob(here, sending, for_custodians=shows_reporter)
        self._original: SealedBlob | None = None
        self._original_failed = False
        self._inspection = Inspection(here.cleaner, here.scanner, wants_original=keep_original)
        self._open = True

    def write(self, data: bytes) -> int:
        """Take the next bytes of the file."""
        self.received_size += len(data)
        self._check_sum = zlib.crc32(data, self._check_sum)
        self._blob.seal(self._inspection.feed(data))
        return len(data)

    def seek(self, _offset: int, _whence: int = 0) -> int:
        """The parser's way to say that the part is complete."""
        if self._open:
            self._open = False
            self._blob.seal(self._inspection.finish())
            self._blob.finish()
            if (original := self._inspection.original) is not None:
                self._keep(original)
                self._inspection.original = None
        return 0

    @property
    def file_id(self) -> str:
        """Id of the file."""
        return self._blob.file_id

    @property
    def blob_name(self) -> str:
        """Where its ciphertext goes."""
        return self._blob.blob_name

    @property
    def media_type(self) -> str:
        """What kind of file it is, by its content."""
        return self._inspection.media_type

    @property
    def cleaned(self) -> str:
        """CLEANED, or why it is not."""
        return self._inspection.cleaned

    @property
    def has_original(self) -> bool:
        """Whether the uncleaned file is kept as well."""
        return self._original is not None

    @property
    def failed(self) -> bool:
        """Whether something of it could not be kept."""
        return self._original_failed or any(one.failed for one in self._blobs())

    @property
    def received_check(self) -> bytes:
        """Length and check sum of what was sent, to tell a repeated form from a changed one.

        A digest would cost as much as the sealing. Who makes two files with the same
        check sum deceives nobody but himself: the same form shows him the same code.
        """
        told = b"%d %08x" % (self.received_size, self._check_sum)
        return told + b" custodians" if self.shows_reporter else told

    def make_durable(self) -> None:
        """Have the ciphertext on disk before a report names it.

        Raises:
            StorageUnavailableError: it could not be kept.
        """
        if self.failed:
            raise StorageUnavailableError
        for blob in self._blobs():
            blob.make_durable()

    def entry(self) -> FileEntry:
        """Describe the sealed file to the dossier."""
        return self._blob.entry(
            name=self.name + self._inspection.suffix, media_type=self.media_type,
            cleaned=self.cleaned, scan=self._inspection.scan,
            original=self._original.file_id if self._original else "",
        )  # fmt: skip

    def identity_file(self) -> IdentityFile | None:
        """Describe to the dossier what only custodians open of it, if anything."""
        if self.shows_reporter:
            return IdentityFile(self._blob.item_key, self.entry(), SHOWS_REPORTER)
        if self._original is None:
            return None
        entry = self._original.entry(
            name=self.name, media_type=self._inspection.original_type,
            cleaned=ORIGINAL, scan=self._inspection.scan,
        )  # fmt: skip
        return IdentityFile(self._original.item_key, entry, ORIGINAL, of=self.file_id)

    def discard(self) -> None:
        """Throw the ciphertext away, finished or not."""
        self._inspection.drop()
        for blob in self._blobs():
            blob.discard()

    def close(self) -> None:
        """Part of the interface of a file; nothing is left to do."""

    def _blobs(self) -> list[SealedBlob]:
        return [self._blob, self._original] if self._original else [self._blob]

    def _keep(self, original: bytearray) -> None:
        try:
            self._original = SealedBlob(self._here, self._sending, for_custodians=True)
        except StorageUnavailableError:
            self._original_failed = True
            return
        self._original.seal(original)
        self._original.finish()


def new_upload(
    here: PublicSite, sending: Sending, name: str, *,
    shows_reporter: bool = False, keep_original: bool = False,
) -> SealedUpload:  # fmt: skip
    """Open a blob and begin to seal one file of *sending* into it.

    Args:
        here: the site.
        sending: what it belongs to.
        name: as the sender's device has it.
        shows_reporter: only custodians shall open it.
        keep_original: if it is cleaned, keep the file as it came for the custodians.

    Raises:
        StorageUnavailableError: no blob can be opened.
    """
    return SealedUpload(
        here, sending,
        name[-NAME_LENGTH_MAX:],  # the end tells what kind of file it is
        shows_reporter=shows_reporter, keep_original=keep_original and not shows_reporter,
    )  # fmt: skip


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

    def __init__(self, request: "SealingRequest", name: str, field: str) -> None:
        self._request = request
        self._name = name
        self._field = field
        self._upload: SealedUpload | Dropped | None = None

    def write(self, data: bytes) -> int:
        """Take the next bytes of the file."""
        if not data:
            return 0
        if self._upload is None:
            self._upload = self._request.open_upload(self._name, self._field)
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
    def fields_with_files(self) -> set[str]:
        """Names of the fields that files came in, whatever became of them."""
        return cast("set[str]", self.__dict__.setdefault("kept_fields_with_files", set()))

    @property
    def keeps_originals(self) -> bool:
        """Whether the box was ticked, as far as the form has been read."""
        return ORIGINALS_FIELD in self._parts

    @property
    def storage_failed(self) -> bool:
        """Whether a file of this request could not be kept."""
        return bool(self.__dict__.get("storage_failed")) or any(
            upload.failed for upload in self.uploads
        )

    def open_upload(self, name: str, field: str) -> SealedUpload | Dropped:
        """Begin to seal one more file, for whom its field says."""
        self.__dict__["files_sent"] = True
        self.fields_with_files.add(field)
        if not self.takes_files:
            return Dropped()
        if len(self.uploads) >= FILES_MAX:
            self.__dict__["files_dropped"] = True
            return Dropped()
        try:
            upload = new_upload(
                public_site(), self.sending, name,
                shows_reporter=field == IDENTITY_FIELD, keep_original=self.keeps_originals,
            )  # fmt: skip
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
        return cast("IO[bytes]", LazyUpload(self, filename or "", self._parts[-1]))

    def make_form_data_parser(self) -> NotingFormParser:
        """Return a parser that tells which field each file belongs to."""
        return NotingFormParser(
            self._parts.append,
            stream_factory=self._get_file_stream,
            max_form_memory_size=self.max_form_memory_size,
            max_content_length=self.max_content_length,
            max_form_parts=self.max_form_parts,
            cls=self.parameter_storage_class,
        )

    @property
    def _parts(self) -> list[str]:
        return cast("list[str]", self.__dict__.setdefault("parts_so_far", []))


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
