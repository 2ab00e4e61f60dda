"""Sealed files in an S3 store: s3://bucket/prefix?endpoint=https://host&region=name.

The same rules as on a disk: a blob is there whole or not at all, and its name is
used once. It carries no metadata; the date that the store itself notes cannot be
set, so the store's operator sees when a blob came in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.exceptions import HTTPClientError as BrokenReadError
from urllib3.exceptions import HTTPError

from casework.config import S3Place, Secrets, SettingError
from casework.domain.errors import StorageUnavailableError
from casework.storage.blobs import (
    CHUNK_BYTES,
    BlobMissingError,
    Blobs,
    BlobWriter,
    checked_name,
)

CREDENTIALS: Final = "blob-credentials"  # two lines: access key id, secret key
PIECE_BYTES: Final = 5 * 1024 * 1024  # S3 takes no smaller one but the last
PIECES_MAX: Final = 10_000
MISSING: Final = frozenset({"404", "NoSuchKey", "NotFound"})
MIME_TYPE: Final = "application/octet-stream"


def open_store(url: str, secrets: Secrets | None) -> "S3Blobs":
    """Return the store behind *url*; nothing is connected to yet.

    Raises:
        ValueError: the URL is none of an S3 store.
        SettingError: the credentials are missing or unreadable.
    """
    place = S3Place.of(url)
    key_id, secret_key = _credentials(secrets)
    session = boto3.session.Session(aws_access_key_id=key_id, aws_secret_access_key=secret_key)
    client = session.client(
        "s3", endpoint_url=place.endpoint, region_name=place.region, config=_config()
    )
    return S3Blobs(client, place.bucket, place.prefix)


def _credentials(secrets: Secrets | None) -> tuple[str, str]:
    if secrets is None or not secrets.has(CREDENTIALS):
        where = secrets.folder / CREDENTIALS if secrets else CREDENTIALS
        raise SettingError(
            "TONGGUI_BLOB_URL",
            f"an S3 store asks for credentials; put access key id and secret key, one line each,"
            f" into {where}, mode 0600",
        )
    lines = secrets.read(CREDENTIALS).decode("ascii", "replace").split()
    if len(lines) != 2:
        raise SettingError(
            "TONGGUI_BLOB_URL", f"{secrets.folder / CREDENTIALS} must hold two lines: id and key"
        )
    return lines[0], lines[1]


def _config() -> Config:
    return Config(
        connect_timeout=5,
        read_timeout=30,
        retries={"mode": "standard", "max_attempts": 3},
        # Other makers' stores know neither bucket names in the host nor new checksums.
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        ignore_configured_endpoint_urls=True,
    )


class S3Writer(BlobWriter):
    """A blob on its way to the store, in pieces as large as the store wants them.

    - What fits one piece is sent when it is whole; more than that is a multipart
      upload, which the store shows to nobody before it is completed.
    - At most one piece is held in memory.
    """

    def __init__(self, store: "S3Blobs", key: str) -> None:
        """Use S3Blobs.writer()."""
        self.size = 0
        self._client = store.client
        self._place = {"Bucket": store.bucket, "Key": key}
        self._held = bytearray()
        self._upload = ""  # id of the multipart upload, once there is one
        self._sent: list[dict[str, Any]] = []
        self._open = True

    def write(self, data: bytes) -> None:
        """Append *data*."""
        self._held += data
        self.size += len(data)
        if len(self._held) >= PIECE_BYTES:
            with self._or_nothing():
                self._send_piece()

    def flush_durable(self) -> None:
        """Give the blob its name."""
        with self._or_nothing():
            if self._upload:
                if self._held:
                    self._send_piece()
                self._client.complete_multipart_upload(
                    **self._place, UploadId=self._upload, MultipartUpload={"Parts": self._sent},
                    IfNoneMatch="*",
                )  # fmt: skip
            else:
                self._client.put_object(
                    **self._place, Body=bytes(self._held), ContentType=MIME_TYPE, IfNoneMatch="*"
                )
            self._open = False
            self._held.clear()

    def discard(self) -> None:
        """Forget an unfinished blob."""
        if not self._open:
            return
        self._open = False
        self._held.clear()
        if self._upload:
            with _told():
                self._client.abort_multipart_upload(**self._place, UploadId=self._upload)

    def _send_piece(self) -> None:
        if not self._upload:
            begun = self._client.create_multipart_upload(**self._place, ContentType=MIME_TYPE)
            self._upload = begun["UploadId"]
        number = len(self._sent) + 1
        if number > PIECES_MAX:
            raise StorageUnavailableError(reason="blob too large for S3")
        sent = self._client.upload_part(
            **self._place, UploadId=self._upload, PartNumber=number, Body=bytes(self._held)
        )
        self._sent.append({"ETag": sent["ETag"], "PartNumber": number})
        self._held.clear()

    @contextmanager
    def _or_nothing(self) -> Iterator[None]:
        try:
            with _told():
                yield
        except StorageUnavailableError:
            try:
                self.discard()
            except StorageUnavailableError:
                pass  # the sweep aborts what cannot be aborted now
            raise


class S3Blobs(Blobs):
    """Blobs as objects of one bucket, below a prefix."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        """Use Blobs.open()."""
        self.client = client
        self.bucket = bucket
        self._prefix = prefix

    def prepare(self) -> None:
        """See whether the bucket is there: it is made by whoever runs the store."""
        with _told():
            self.client.head_bucket(Bucket=self.bucket)

    def writer(self, name: str) -> BlobWriter:
        """Begin the blob *name*."""
        return S3Writer(self, self._key(name))

    def read(self, name: str, chunk: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Yield a blob in pieces of *chunk* bytes."""
        key = self._key(name)
        with _told(name):
            body = self.client.get_object(Bucket=self.bucket, Key=key)["Body"]
            with body:
                while data := body.read(chunk):
                    yield data

    def size(self, name: str) -> int:
        """Return how many bytes a blob has."""
        key = self._key(name)
        with _told(name):
            return int(self.client.head_object(Bucket=self.bucket, Key=key)["ContentLength"])

    def names(self) -> Iterator[str]:
        """Yield the names of all finished blobs."""
        for name, _at in self._listed():
            yield name

    def names_older_than(self, instant: datetime) -> Iterator[str]:
        """Yield blobs that were finished before *instant*."""
        for name, at in self._listed():
            if at < instant:
                yield name

    def delete(self, name: str) -> None:
        """Remove a blob, if it is there."""
        key = self._key(name)
        with _told():
            self.client.delete_object(Bucket=self.bucket, Key=key)

    def sweep_unfinished(self, older_than: datetime) -> int:
        """Abort multipart uploads that were begun and left before *older_than*."""
        swept = 0
        with _told():
            pages = self.client.get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self._prefix):
                for one in page.get("Uploads", ()):
                    if one["Initiated"] < older_than:
                        self.client.abort_multipart_upload(
                            Bucket=self.bucket, Key=one["Key"], UploadId=one["UploadId"]
                        )
                        swept += 1
        return swept

    def _listed(self) -> Iterator[tuple[str, datetime]]:
        with _told():
            pages = self.client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self._prefix):
                for one in page.get("Contents", ()):
                    name = one["Key"].removeprefix(self._prefix)
                    try:
                        yield checked_name(name), one["LastModified"]
                    except ValueError:
                        continue  # somebody else's object in the same bucket

    def _key(self, name: str) -> str:
        return self._prefix + checked_name(name)


@contextmanager
def _told(name: str = "") -> Iterator[None]:
    """Turn what the client raises into what every caller knows."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if name and code in MISSING:
            raise BlobMissingError(name) from None
        raise StorageUnavailableError(reason=f"s3 {code}") from error
    except (BotoCoreError, BrokenReadError, HTTPError, OSError) as error:
        raise StorageUnavailableError(reason=f"s3 {type(error).__name__}") from error
