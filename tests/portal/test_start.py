"""The public site starts with keys to seal to, or says in one line why it does not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def start(world, module="portal.wsgi", **environ):
    return subprocess.run(
        [sys.executable, "-m", module],
        cwd=ROOT, env=world.environ | environ, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


def spoil_first(folder):
    (folder / "first-key-set").write_bytes(os.urandom(32))


def drop_pepper(folder):
    (folder / "receipt-pepper").unlink()


def open_to_all(folder):
    (folder / "receipt-pepper").chmod(0o644)


def from_the_future(folder):
    (folder / "newest-key-set").write_text("2\n")


@pytest.mark.parametrize("module", ["portal.wsgi", "portal.mailgate"])
@pytest.mark.parametrize(
    ("spoil", "setting"),
    [
        (spoil_first, "TONGGUI_SECRETS"),
        (drop_pepper, "TONGGUI_SECRETS"),
        (open_to_all, "TONGGUI_SECRETS"),
        (from_the_future, "TONGGUI_SECRETS"),
    ],
)
def test_a_secret_that_is_not_right_is_named_in_one_line(world, module, spoil, setting):
    spoil(world.settings.secrets / module.partition(".")[2].replace("wsgi", "portal"))
    done = start(world, module)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.startswith(f"{setting}: ")


@pytest.mark.parametrize("module", ["portal.wsgi", "portal.mailgate"])
def test_a_wrong_setting_is_named_in_one_line(world, module):
    done = start(world, module, TONGGUI_UPLOAD_BYTES_MAX="plenty")
    assert done.returncode == 2
    assert done.stderr.startswith("TONGGUI_UPLOAD_BYTES_MAX: ")
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_instance_that_does_not_exist_is_named(world, tmp_path):
    done = start(world, TONGGUI_HOME=str(tmp_path / "nowhere"))
    assert done.returncode == 2
    assert done.stderr.startswith("TONGGUI_HOME: ")


def test_keys_of_a_demo_do_not_serve_a_real_instance(world):
    path = world.settings.home / "instance.toml"
    path.write_text(path.read_text().replace("demo = true", "demo = false"))
    done = start(world)
    assert done.returncode == 2
    assert "demo" in done.stderr


@pytest.mark.parametrize("secret", ["form-key", "password-pepper", "log-key", "blind-index-key"])
def test_the_mail_gateway_has_no_secret_that_it_does_not_need(world, secret):
    assert not (world.settings.secrets / "mailgate" / secret).exists()
