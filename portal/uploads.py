"""Door in for files: sealed while the request is still being read.

The framework would spool a large upload to disk in the clear. Here every file
part becomes a SealedUpload, whose write() seals what arrives and appends the
ciphertext to a blob. Photographs are the exception: they are held in memory,
stripped of place, time and device by portal/cleaner.py, and sealed then. What
cannot be cleaned is sealed as it came, and marked.

A blob that no filed report names is thrown away when the request ends.
"""

import contextlib
import hashlib
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Final, cast

from flask import Flask, Request, Response

from casework.domain.errors import OutcomeUnknownError, StorageUnavailableError
from casework.domain.ids import new_id
from casework.storage.blobs import Blobs
from crypto.sending import FileEntry, Sending
from crypto.stream import FileSealer
from portal.extensions import Cleaner, PublicSite, public_site

FILES_MAX: Final = 20
NAME_LENGTH_MAX: Final = 4000  # characters
FORM_BYTES_MAX: Final = 512 * 1024  # of each text field
FORM_PARTS_MAX: Final = 64
PICTURE_BYTES_MAX: Final = 10 * 1024 * 1024  # held in memory, one a thread
HEAD_BYTES: Final = 16  # enough to tell what a file is
CLEANER_SECONDS_MAX: Final = 20.0
SEAL_STEP: Final = 64 * 1024
DRAIN_SECONDS_MAX: Final = 10.0
DRAIN_PAUSE_SECONDS_MAX: Final = 2.0
CLEANED: Final = "cleaned"
NOT_CLEANED: Final = "not_cleaned"
UNKNOWN_TYPE: Final = "application/octet-stream"
PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
CLEANER: Final = Path(__file__).with_name("cleaner.py")
LENGTH: Final = struct.Struct(">I")

# What a file is, by its first bytes: a sender's word for it is worth nothing.
MAGIC: Final = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (0, b"GIF8", "image/gif"),
    (0, b"%PDF-", "application/pdf"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (8, b"AVI ", "video/x-msvideo"),
    (8, b"WAVE", "audio/wav"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"PK\x03\x04", "application/zip"),
)


def media_type(head: bytes | bytearray) -> str:
    """Name the kind of file that begins with *head*."""
    for offset, magic, name in MAGIC:
        if head.startswith(magic, offset):
            return name
    return UNKNOWN_TYPE


class PictureCleaner:
    """One warm child process that re-encodes photographs, started again when it fails."""

    def __init__(self, seconds_max: float = CLEANER_SECONDS_MAX) -> None:
        self._seconds_max = seconds_max
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def clean(self, raw: bytes | bytearray) -> bytes | None:
        """Return the picture without its metadata; None when that cannot be done."""
        with self._lock:
            child = self._running()
            watchdog = threading.Timer(self._seconds_max, child.kill)
            watchdog.start()
            try:
                reply = self._exchange(child, raw)
            except OSError:
                reply = None
            finally:
                watchdog.cancel()
            if reply is None:
                self._stop()
            return reply or None

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._stop()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            # -I: neither our environment nor our folder reaches the child.
            self._child = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", str(CLEANER)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
            )
        return self._child

    @staticmethod
    def _exchange(child: subprocess.Popen[bytes], raw: bytes | bytearray) -> bytes | None:
        """Return the answer without its first byte: empty for a refusal, None for a failure."""
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(LENGTH.pack(len(raw)))
        child.stdin.write(raw)
        child.stdin.flush()
        head = child.stdout.read(LENGTH.size + 1)
        if len(head) != LENGTH.size + 1:
            return None
        size = LENGTH.unpack_from(head)[0] - 1
        reply = child.stdout.read(size)
        return reply if len(reply) == size else None

    def _stop(self) -> None:
        if self._child is None:
            return
        self._child.kill()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._child.wait()
        self._child = None


class SealedUpload:
    """One file part: takes plaintext, keeps ciphertext.

    - Nothing is written anywhere before the first byte arrives: an empty file
      field leaves no blob.
    - A full disk does not break off the reading, so that the text fields that
      come after the file are not lost; `failed` says it.
    """

    def __init__(
        self, sealer: FileSealer, blobs: Blobs, *, file_id: str, blob_name: str,
        name: str, cleaner: Cleaner,
    ) -> None:  # fmt: skip
        self.file_id = file_id
        self.blob_name = blob_name
        self.name = name
        self.media_type = UNKNOWN_TYPE
        self.cleaned = NOT_CLEANED
        self.received_size = 0
        self.failed = False
        self._digest = hashlib.blake2b(digest_size=32)
        self._sealer = sealer
        self._blobs = blobs
        self._writer = blobs.writer(blob_name)
        self._cleaner = cleaner
        self._held: bytearray | None = bytearray()  # None once bytes go straight through
        self._open = True
        self._append(sealer.header)

    def write(self, data: bytes) -> int:
        """Take the next bytes of the file."""
        self.received_size += len(data)
        self._digest.update(data)
        if self._held is None:
            self._seal(data)
            return len(data)
        self._held += data
        if len(self._held) >= HEAD_BYTES:
            self.media_type = media_type(self._held[:HEAD_BYTES])
            if self.media_type not in PICTURES or len(self._held) > PICTURE_BYTES_MAX:
                self._let_through()
        return len(data)

    def seek(self, _offset: int, _whence: int = 0) -> int:
        """The parser's way to say that the part is complete."""
        if self._open:
            self._open = False
            if self._held is not None:
                self._clean_held()
            for ciphertext in self._sealer.finish():
                self._append(ciphertext)
        return 0

    @property
    def received_digest(self) -> bytes:
        """Digest of what was sent, to tell a repeated form from a changed one."""
        return self._digest.digest()

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
            file_id=self.file_id, blob_name=self.blob_name, name=self.name,
            media_type=self.media_type, plain_size=self._sealer.plain_size,
            cleaned=self.cleaned, stored_size=self._sealer.stored_size,
            digest=self._sealer.digest(),
        )  # fmt: skip

    def discard(self) -> None:
        """Throw the ciphertext away, finished or not."""
        self._held = None
        self._writer.discard()
        self._blobs.delete(self.blob_name)

    def close(self) -> None:
        """Part of the interface of a file; nothing is left to do."""

    def _clean_held(self) -> None:
        held, self._held = self._held, None
        assert held is not None
        self.media_type = media_type(held[:HEAD_BYTES])
        clean = self._cleaner.clean(held) if self.media_type in PICTURES else None
        if clean is not None:
            self.cleaned = CLEANED
        for step in _steps(held if clean is None else clean):
            self._seal(step)

    def _let_through(self) -> None:
        held, self._held = self._held, None
        for step in _steps(held or b""):
            self._seal(step)

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
        cleaner=here.cleaner,
    )


def _steps(data: bytes | bytearray) -> Iterator[bytes]:
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
    def too_many_files(self) -> bool:
        """Whether files were dropped because there were more than FILES_MAX."""
        return bool(self.__dict__.get("files_dropped"))

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
