"""Sealed files: written once, whole or not at all, under names that say nothing.

On a disk, every file and folder has the same date of change, so that a copied
disk does not tell when a report came in. blobs_s3.py keeps them in an S3 store.
"""

import importlib
import os
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Self, cast

from casework.config import Secrets, SettingError
from casework.domain.errors import StorageUnavailableError

CHUNK_BYTES = 64 * 1024
SAME_TIME_NS = 1_577_836_800 * 10**9  # 2020-01-01T00:00:00Z
UNFINISHED = "unfinished"

_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}\Z")


class BlobMissingError(Exception):
    """No blob has this name."""


class BlobWriter(ABC):
    """A blob that is being written: nobody sees it before flush_durable()."""

    size: int  # bytes so far

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Append *data*.

        Raises:
            StorageUnavailableError: the store is full or away; the blob is gone.
        """

    @abstractmethod
    def flush_durable(self) -> None:
        """Give the blob its name, and return when it would survive a power cut.

        Raises:
            StorageUnavailableError: the store is full or away; the blob is gone.
        """

    @abstractmethod
    def discard(self) -> None:
        """Forget an unfinished blob; does nothing to a finished one."""

    def __enter__(self) -> Self:
        """Begin a block that either calls flush_durable() or leaves nothing."""
        return self

    def __exit__(self, *_: object) -> None:
        """Discard what was not flushed."""
        self.discard()


class Blobs(ABC):
    """All blobs of an instance."""

    @staticmethod
    def open(url: str, process: Secrets | None = None) -> "Blobs":
        """Return the blob store behind a URL.

        Args:
            url: file:///full/path or s3://bucket/prefix?endpoint=https://host
            process: the secrets of the calling process; an S3 store's credentials are among them.

        Raises:
            ValueError: the URL has neither form.
            SettingError: credentials or client of the S3 store are missing.
        """
        if url.startswith("s3://"):
            # The S3 client is an extra: only who keeps blobs there has to install it.
            try:
                s3 = importlib.import_module("casework.storage.blobs_s3")
            except ModuleNotFoundError as missing:
                raise SettingError(
                    "TONGGUI_BLOB_URL", f"s3:// needs {missing.name}; run pip install 'tonggui[s3]'"
                ) from None
            return cast(Blobs, s3.open_store(url, process))
        path = Path(url.removeprefix("file://"))
        if not url.startswith("file://") or not path.is_absolute():
            raise ValueError("blobs lie in file:///a/full/path or s3://bucket/prefix")
        return FileBlobs(path)

    @staticmethod
    def new_name() -> str:
        """Draw a name; with more than 256 folders, uploads would spend their time making them."""
        drawn = secrets.token_hex(16)
        return f"{drawn[:2]}/{drawn}"

    @abstractmethod
    def prepare(self) -> None:
        """Make ready, once, whatever the first upload would otherwise wait for.

        Raises:
            StorageUnavailableError: the store is full or away.
        """

    @abstractmethod
    def writer(self, name: str) -> BlobWriter:
        """Begin the blob *name*, from new_name().

        Raises:
            StorageUnavailableError: the store is full or away.
        """

    @abstractmethod
    def read(self, name: str, chunk: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Yield a blob in pieces of *chunk* bytes.

        Raises:
            BlobMissingError: there is none of this name, at the first piece.
            StorageUnavailableError: the store cannot be read.
        """

    @abstractmethod
    def size(self, name: str) -> int:
        """Return how many bytes a blob has.

        Raises:
            BlobMissingError: there is none of this name.
        """

    @abstractmethod
    def names(self) -> Iterator[str]:
        """Yield the names of all finished blobs."""

    @abstractmethod
    def names_older_than(self, instant: datetime) -> Iterator[str]:
        """Yield blobs that were finished before *instant*: no upload can still be using them."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Remove a blob, if it is there."""

    @abstractmethod
    def sweep_unfinished(self, older_than: datetime) -> int:
        """Remove what was begun and left before *older_than*; return how many there were."""


def checked_name(name: str) -> str:
    """Return *name* if new_name() could have drawn it; no other one reaches a store."""
    if not _NAME.match(name):
        raise ValueError(f"no name of a blob: {name!r}")
    return name


class FileWriter(BlobWriter):
    """A blob on its way to the disk."""

    def __init__(self, unfinished: Path, target: Path) -> None:
        """Write to *unfinished* what shall become *target*; use FileBlobs.writer()."""
        self._unfinished = unfinished
        self._target = target
        self.size = 0
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with _told():
            self._descriptor = os.open(unfinished, flags, 0o600)

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        try:
            with _told():
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
        except StorageUnavailableError:
            self.discard()
            raise
        self.size += len(data)

    def flush_durable(self) -> None:
        try:
            with _told():
                os.utime(self._descriptor, ns=(SAME_TIME_NS, SAME_TIME_NS))
                os.fsync(self._descriptor)
                _make_folders(self._target.parent)
                # link() refuses to replace a blob, rename() would not.
                os.link(self._unfinished, self._target)
                self._close()
                self._unfinished.unlink()
                _settle(self._target.parent)
        except StorageUnavailableError:
            self.discard()
            raise

    def discard(self) -> None:
        self._close()
        with _told():
            self._unfinished.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._descriptor >= 0:
            descriptor, self._descriptor = self._descriptor, -1
            os.close(descriptor)


class FileBlobs(Blobs):
    """Blobs as files below one folder."""

    def __init__(self, folder: Path) -> None:
        """Use Blobs.open()."""
        self._folder = folder

    def prepare(self) -> None:
        with _told():
            _make_folders(self._folder / UNFINISHED)
            for number in range(256):
                (self._folder / f"{number:02x}").mkdir(mode=0o700, exist_ok=True)
            _settle(self._folder)

    def writer(self, name: str) -> BlobWriter:
        target = self._path(name)
        with _told():
            _make_folders(self._folder / UNFINISHED)
        return FileWriter(self._folder / UNFINISHED / target.name, target)

    def read(self, name: str, chunk: int = CHUNK_BYTES) -> Iterator[bytes]:
        path = self._path(name)
        with _told():
            try:
                file = path.open("rb", buffering=0)
            except FileNotFoundError:
                raise BlobMissingError(name) from None
            with file:
                while data := file.read(chunk):
                    yield data

    def size(self, name: str) -> int:
        try:
            return self._path(name).stat().st_size
        except FileNotFoundError:
            raise BlobMissingError(name) from None

    def names(self) -> Iterator[str]:
        for path in sorted(self._folder.glob("[0-9a-f][0-9a-f]/*")):
            name = path.relative_to(self._folder).as_posix()
            if _NAME.match(name):
                yield name

    def names_older_than(self, instant: datetime) -> Iterator[str]:
        for name in self.names():
            if _changed_before(self._path(name), instant):
                yield name

    def delete(self, name: str) -> None:
        path = self._path(name)
        with _told():
            path.unlink(missing_ok=True)
            if path.parent.exists():
                _settle(path.parent)

    def sweep_unfinished(self, older_than: datetime) -> int:
        swept = 0
        for path in (self._folder / UNFINISHED).glob("*"):
            if _changed_before(path, older_than):
                path.unlink(missing_ok=True)
                swept += 1
        return swept

    def _path(self, name: str) -> Path:
        return self._folder / checked_name(name)


def _changed_before(path: Path, instant: datetime) -> bool:
    # The date of change is always the same; the inode's own is the system's.
    try:
        return path.stat().st_ctime < instant.timestamp()
    except FileNotFoundError:
        return False


def _make_folders(folder: Path) -> None:
    if folder.is_dir():
        return
    if not folder.parent.is_dir():
        _make_folders(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _settle(folder.parent)


def _settle(folder: Path) -> None:
    """Make the entries of *folder* durable, and its date the usual one."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.utime(descriptor, ns=(SAME_TIME_NS, SAME_TIME_NS))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _told() -> Iterator[None]:
    """Turn errors of the disk into the one that every caller knows."""
    try:
        yield
    except OSError as error:
        raise StorageUnavailableError(reason=f"errno {error.errno}") from error
