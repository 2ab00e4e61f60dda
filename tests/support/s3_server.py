"""A ready-made S3 server, Moto's, in a process of its own: no double of ours."""

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

import ports
from casework.config import Secrets, write_secret

KEY_ID, SECRET_KEY = "testkeyid", "testsecretkey"
BUCKET = "sealed-files"
START_SECONDS = 120


@contextmanager
def running() -> Iterator[str]:
    """Yield the address of an S3 server with one empty bucket."""
    port = ports.free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    endpoint = f"http://127.0.0.1:{port}"
    try:
        _wait(process, endpoint)
        client_of(endpoint).create_bucket(Bucket=BUCKET)
        yield endpoint
    finally:
        process.terminate()
        process.wait()


def client_of(endpoint: str) -> Any:
    """Return the maker's own client, to look at the store from outside."""
    return boto3.client(
        "s3", endpoint_url=endpoint, region_name="us-east-1",
        aws_access_key_id=KEY_ID, aws_secret_access_key=SECRET_KEY,
    )  # fmt: skip


def url_of(endpoint: str, prefix: str) -> str:
    """Return the setting that names this store."""
    return f"s3://{BUCKET}/{prefix}?endpoint={endpoint}"


def secrets_in(folder: Path) -> Secrets:
    """Return a process's secrets that hold the credentials."""
    write_secret(folder, "blob-credentials", f"{KEY_ID}\n{SECRET_KEY}\n".encode())
    return Secrets(folder)


def _wait(process: subprocess.Popen[bytes], endpoint: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(f"{endpoint}/moto-api/", timeout=10).read()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the S3 server did not come up; is moto[server] installed?")
