"""Settings: every value either works or is named in one line; secrets stay private."""

import os
import stat
from pathlib import Path

import pytest

from casework.config import PROCESS_SECRETS, Secrets, SettingError, Settings, write_secret


def test_without_any_setting_everything_lies_under_var(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    settings = Settings.from_environment({})

    assert settings.home == tmp_path / "var"
    assert settings.secrets == tmp_path / "var/secrets"
    assert settings.database_url == f"sqlite:///{tmp_path}/var/tonggui.sqlite"
    assert settings.blob_url == f"file://{tmp_path}/var/blobs"
    assert settings.limits_url == f"sqlite:///{tmp_path}/var/limits.sqlite"
    assert settings.mail_folder == tmp_path / "var/mail"
    assert settings.smtp_url == ""
    assert settings.trusted_proxies == 0
    assert str(settings.portal_bind) == "127.0.0.1:8000"
    assert str(settings.console_bind) == "127.0.0.1:8001"
    assert str(settings.mail_bind) == "127.0.0.1:8025"


def test_an_empty_value_counts_as_not_set(tmp_path):
    settings = Settings.from_environment({"TONGGUI_HOME": str(tmp_path), "TONGGUI_BLOB_URL": ""})

    assert settings.blob_url == f"file://{tmp_path}/blobs"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TONGGUI_PUBLIC_URL", "https://report.example.gov.cn"),
        ("TONGGUI_PUBLIC_URL", "http://abcdefghijklmnop.onion"),
        ("TONGGUI_PUBLIC_URL", "http://localhost:8000/"),
        ("TONGGUI_TRUSTED_PROXIES", "2"),
        ("TONGGUI_UPLOAD_BYTES_MAX", "1048576"),
        ("TONGGUI_DATABASE_URL", "postgresql://tonggui@db.internal/tonggui"),
        ("TONGGUI_DATABASE_URL", "postgresql://postgres@/postgres?host=/run/postgresql"),
        ("TONGGUI_DATABASE_URL", "sqlite:////srv/tonggui/tonggui.sqlite"),
        ("TONGGUI_LIMITS_URL", "redis://127.0.0.1:6379/0"),
        ("TONGGUI_LIMITS_URL", "redis+unix:///run/redis.sock"),
        ("TONGGUI_BLOB_URL", "file:///srv/tonggui/blobs"),
        ("TONGGUI_SMTP_URL", "smtps://tonggui@mail.example.gov.cn:465"),
        ("TONGGUI_PORTAL_BIND", "[::1]:8000"),
        ("TONGGUI_MAIL_BIND", "0.0.0.0:25"),
    ],
)
def test_a_good_value_is_taken(name, value):
    taken = getattr(Settings.from_environment({name: value}), name.removeprefix("TONGGUI_").lower())
    assert str(taken) == value.rstrip("/")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TONGGUI_PUBLIC_URL", "report.example.gov.cn"),
        ("TONGGUI_PUBLIC_URL", "http://report.example.gov.cn"),
        ("TONGGUI_PUBLIC_URL", "https://report.example.gov.cn/path"),
        ("TONGGUI_PUBLIC_URL", "https://user@report.example.gov.cn"),
        ("TONGGUI_PUBLIC_URL", "https://report.example.gov.cn:99999"),
        ("TONGGUI_PUBLIC_URL", "https://"),
        ("TONGGUI_TRUSTED_PROXIES", "-1"),
        ("TONGGUI_TRUSTED_PROXIES", "9"),
        ("TONGGUI_TRUSTED_PROXIES", "１"),
        ("TONGGUI_UPLOAD_BYTES_MAX", "200MB"),
        ("TONGGUI_UPLOAD_BYTES_MAX", "1048575"),
        ("TONGGUI_DATABASE_URL", "mysql://localhost/x"),
        ("TONGGUI_DATABASE_URL", "sqlite:///relative.sqlite"),
        ("TONGGUI_DATABASE_URL", "sqlite://"),
        ("TONGGUI_DATABASE_URL", "tonggui.sqlite"),
        ("TONGGUI_BLOB_URL", "s3://bucket"),
        ("TONGGUI_BLOB_URL", "s3://bucket?endpoint=http://s3.example"),
        ("TONGGUI_BLOB_URL", "s3://?endpoint=https://s3.example"),
        ("TONGGUI_BLOB_URL", "s3://key:secret@bucket?endpoint=https://s3.example"),
        ("TONGGUI_BLOB_URL", "s3://bucket?endpoint=https://s3.example&key=secret"),
        ("TONGGUI_BLOB_URL", "file://relative"),
        ("TONGGUI_LIMITS_URL", "memory://"),
        ("TONGGUI_SMTP_URL", "mail.example.gov.cn:25"),
        ("TONGGUI_SMTP_URL", "smtp://user:secret@mail.example.gov.cn"),
        ("TONGGUI_PORTAL_BIND", "8000"),
        ("TONGGUI_PORTAL_BIND", "127.0.0.1:0"),
        ("TONGGUI_PORTAL_BIND", "127.0.0.1:65536"),
        ("TONGGUI_HOME", "/srv\n/tonggui"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_setting(name, value):
    with pytest.raises(SettingError) as refused:
        Settings.from_environment({name: value})

    assert str(refused.value).startswith(f"{name}: ")
    assert "\n" not in str(refused.value)


def test_a_password_in_a_mail_url_is_not_repeated_in_the_refusal():
    with pytest.raises(SettingError) as refused:
        Settings.from_environment({"TONGGUI_SMTP_URL": "smtp://user:geheim@mail.example.gov.cn"})

    assert "geheim" not in str(refused.value)


def test_a_secret_is_read_as_it_was_written_and_only_its_owner_may_read_it(tmp_path):
    folder = tmp_path / "secrets/portal"

    write_secret(folder, "receipt-pepper", b"\0\n1")
    write_secret(folder, "receipt-pepper", b"\0\n2")

    assert Secrets(folder).read("receipt-pepper") == b"\0\n2"
    assert mode(folder) == 0o700
    assert mode(folder / "receipt-pepper") == 0o600
    assert [path.name for path in folder.iterdir()] == ["receipt-pepper"]


def test_a_secret_keeps_its_mode_whatever_the_umask_is(tmp_path):
    before = os.umask(0)
    try:
        write_secret(tmp_path / "jobs", "log-key", b"k")
    finally:
        os.umask(before)

    assert mode(tmp_path / "jobs") == 0o700
    assert mode(tmp_path / "jobs/log-key") == 0o600


@pytest.mark.parametrize("wider", [0o640, 0o604, 0o660, 0o700])
def test_a_secret_file_that_others_may_read_is_refused(tmp_path, wider):
    write_secret(tmp_path / "jobs", "log-key", b"k")
    (tmp_path / "jobs/log-key").chmod(wider)

    with pytest.raises(SettingError, match="chmod 600"):
        Secrets(tmp_path / "jobs").read("log-key")


@pytest.mark.parametrize("wider", [0o710, 0o701, 0o755])
def test_a_secret_folder_that_others_may_enter_is_refused(tmp_path, wider):
    write_secret(tmp_path / "jobs", "log-key", b"k")
    (tmp_path / "jobs").chmod(wider)

    with pytest.raises(SettingError, match="chmod 700"):
        Secrets(tmp_path / "jobs")


def test_missing_and_empty_secrets_are_named(tmp_path):
    write_secret(tmp_path / "jobs", "log-key", b"")
    secrets = Secrets(tmp_path / "jobs")

    with pytest.raises(SettingError, match=r"log-key is empty"):
        secrets.read("log-key")
    with pytest.raises(SettingError, match=r"first-key-set is missing"):
        secrets.read("first-key-set")


def test_a_name_nobody_knows_is_a_mistake_of_ours(tmp_path):
    with pytest.raises(ValueError, match="no secret"):
        Secrets(tmp_path).read("../passwd")
    with pytest.raises(ValueError, match="no secret"):
        write_secret(tmp_path, "../passwd", b"")


def test_the_newest_key_set_number_only_rises(tmp_path):
    secrets = Secrets(tmp_path / "console")

    secrets.note_newest("newest-key-set", 2)
    secrets.note_newest("newest-key-set", 1)

    assert secrets.number("newest-key-set") == 2


def test_a_number_that_is_none_is_refused(tmp_path):
    write_secret(tmp_path / "console", "newest-key-set", b"two")

    with pytest.raises(SettingError, match="whole number"):
        Secrets(tmp_path / "console").number("newest-key-set")


def test_each_process_has_only_what_it_needs():
    assert "password-pepper" not in PROCESS_SECRETS["portal"] | PROCESS_SECRETS["jobs"]
    assert "blind-index-key" not in PROCESS_SECRETS["portal"] | PROCESS_SECRETS["jobs"]
    assert [who for who, names in PROCESS_SECRETS.items() if "log-key" in names] == ["jobs"]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
