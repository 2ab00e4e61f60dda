"""Every import rule of .importlinter is kept, and each was seen to fail.

The linter reads imports, not what runs: importlib.import_module() and names
passed on by an __init__.py escape it. So the last test looks at what a
process has really loaded once it has imported the whole public site.
"""

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from source import PACKAGES, ROOT

# Contract: for each way to break it, the files to add to a copy of the source.
BREACHES: dict[str, list[dict[str, str]]] = {
    "sites": [
        {"portal/views/probe.py": "import admin.config"},
        {"admin/views/probe.py": "import portal.config"},
        {"casework/services/probe.py": "import portal.config"},
        {"crypto/probe.py": "import casework.clock"},
    ],
    "casework-layers": [
        {"casework/domain/probe.py": "import casework.storage"},
        {"casework/storage/probe.py": "import casework.services"},
        {"casework/undeclared.py": ""},
    ],
    "portal-layers": [
        {"portal/forms/probe.py": "import portal.views"},
        {"portal/undeclared.py": ""},
    ],
    "admin-layers": [
        {"admin/forms/probe.py": "import admin.views"},
        {"admin/undeclared.py": ""},
    ],
    "domain-is-pure": [
        {"casework/domain/probe.py": f"import {module}"}
        for module in ("flask", "sqlalchemy", "nacl", "crypto.events", "os", "socket", "smtplib")
    ],
    "casework-knows-no-web": [
        {"casework/services/probe.py": f"import {module}"}
        for module in ("flask", "werkzeug", "wtforms")
    ],
    "casework-only-checks": [
        {"casework/services/probe.py": "import crypto.seal"},
        {"casework/services/probe.py": "from crypto import unseal"},
        {"casework/services/probe.py": "import crypto.new", "crypto/new.py": ""},
    ],
    "one-place-for-sql": [
        {"casework/services/probe.py": "from sqlalchemy import select"},
        {"admin/views/probe.py": "import sqlalchemy.orm"},
    ],
    "one-place-for-nacl": [{"portal/views/probe.py": "from nacl.public import SealedBox"}],
    "portal-cannot-open": [
        {"portal/views/probe.py": "import crypto.unseal"},
        {"portal/views/probe.py": "import crypto.probe", "crypto/probe.py": "import crypto.cli"},
        {"portal/views/probe.py": "from casework.services import disclosure"},
        {"portal/views/probe.py": "from casework.storage import sealed_vault"},
    ],
    "who-opens": [
        {"admin/views/probe.py": "import crypto.unseal"},
        {"admin/views/probe.py": "from crypto.private_key import *"},
    ],
    "who-seals": [
        {"portal/views/probe.py": "import crypto.seal"},
        {"admin/views/probe.py": "from crypto import dossier"},
    ],
    "cleaner-stands-alone": [{"cleaning/cleaner/probe.py": "import cleaning.scanner"}],
    "cleaning-knows-nobody": [{"cleaning/probe.py": "import casework.config"}],
    "migrations-stand-alone": [{"migrations/probe.py": "import casework.services"}],
    "no-cycles": [
        {
            "casework/domain/probe_a.py": "import casework.domain.probe_b",
            "casework/domain/probe_b.py": "import casework.domain.probe_a",
        }
    ],
}
CASES = [(contract, breach) for contract, breaches in BREACHES.items() for breach in breaches]

LOAD_THE_PORTAL = """
import importlib, pkgutil, sys
import portal
for module in pkgutil.walk_packages(portal.__path__, "portal."):
    try:
        importlib.import_module(module.name)
    except SystemExit:
        pass  # an entry point that found no settings: its imports are done
forbidden = {
    "crypto.unseal", "crypto.private_key", "crypto.cli",
    "casework.services.disclosure", "casework.storage.sealed_vault",
}
print(*sorted(forbidden & set(sys.modules)))
"""


def lint(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the linter on the packages in *folder*, never on the installed ones."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    return subprocess.run(
        [*command, "--no-logo", "--no-cache", *options],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the source to break rules in."""
    folder = tmp_path_factory.mktemp("source")
    shutil.copy(ROOT / ".importlinter", folder)
    python_only = shutil.ignore_patterns("__pycache__", "static", "templates", "translations")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=python_only)
    return folder


def contracts() -> dict[str, str]:
    """Return each contract's name by its id."""
    config = configparser.ConfigParser()
    config.read(ROOT / ".importlinter", encoding="utf-8")
    prefix = "importlinter:contract:"
    return {s.removeprefix(prefix): config[s]["name"] for s in config.sections() if prefix in s}


def test_all_import_rules_are_kept():
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_every_rule_has_a_breach_that_proves_it():
    assert set(BREACHES) == set(contracts())


@pytest.mark.parametrize(
    ("contract", "breach"), CASES, ids=[f"{c}: {next(iter(b.values()))}" for c, b in CASES]
)
def test_a_breach_is_named(copied, contract, breach):
    before = {name: read(copied / name) for name in breach}
    try:
        for name, line in breach.items():
            (copied / name).write_text((before[name] or "") + f"\n{line}\n", encoding="utf-8")
        result = lint(copied, "--contract", contract)
    finally:
        for name, text in before.items():
            restore(copied / name, text)
    assert result.returncode == 1, result.stdout + result.stderr
    assert f"{contracts()[contract]} BROKEN" in result.stdout


def test_a_process_that_has_loaded_the_public_site_cannot_open_anything():
    result = subprocess.run(
        [sys.executable, "-c", LOAD_THE_PORTAL],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.strip() == "", f"the portal has loaded {result.stdout}"


def read(path: Path) -> str | None:
    """Return the text of a file, or None where there is none."""
    return path.read_text(encoding="utf-8") if path.exists() else None


def restore(path: Path, text: str | None) -> None:
    """Bring a file back to what read() found."""
    if text is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(text, encoding="utf-8")
