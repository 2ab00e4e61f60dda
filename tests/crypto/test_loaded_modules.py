"""What the public site loads must not bring the opening half along."""

import subprocess
import sys

import pytest

FOR_THE_PUBLIC_SITE = [
    "argon", "canonical", "certificate", "context", "dossier", "events", "form_token",
    "identity_item", "keyset", "mailbox", "manifest", "merkle", "notes", "objects", "padding",
    "passwords", "public_key", "receipt", "receipt_pool", "records", "seal", "sending",
    "session", "shares", "stream",
]  # fmt: skip
PROBE = """
import importlib, sys
importlib.import_module(sys.argv[1])
print(*sorted(name for name in sys.modules if name.startswith("crypto.")))
"""


@pytest.mark.parametrize("module", FOR_THE_PUBLIC_SITE)
def test_the_opening_half_is_not_loaded(module):
    run = subprocess.run(
        [sys.executable, "-c", PROBE, f"crypto.{module}"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(run.stdout.split())
    assert f"crypto.{module}" in loaded
    assert not loaded & {"crypto.private_key", "crypto.unseal", "crypto.cli"}
