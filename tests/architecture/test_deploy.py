"""The units, proxies and scripts of deploy/ say what docs/operations.md promises."""

import configparser
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from admin.photos import PHOTOS_BYTES_MAX
from admin.processes import parts_of
from casework.config import DATABASE_ROLES, PROCESS_SECRETS, UPLOAD_BYTES_MAX, Settings
from instance import make_world
from portal.app import TAKES_FILES, create_app
from source import ROOT

DEPLOY = ROOT / "deploy"
PROCESSES = tuple(PROCESS_SECRETS)
HARD = {
    "LimitCORE": "0",
    "MemorySwapMax": "0",
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "CapabilityBoundingSet": "",
    "MemoryDenyWriteExecute": "yes",
    "RestrictNamespaces": "yes",
    "UMask": "0077",
}
MODULES = {
    "portal": "portal.wsgi",
    "mailgate": "portal.mailgate",
    "console": "admin.wsgi",
    "jobs": "casework.jobs",
}


def unit(process: str) -> dict[str, str]:
    """Return the [Service] part of a unit; of lines that come twice, the last."""
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(DEPLOY / f"systemd/tonggui-{process}.service", encoding="utf-8")
    return dict(parser["Service"])


@pytest.mark.parametrize("process", PROCESSES)
def test_every_process_has_a_unit_of_its_own_user_and_reaches_no_others_secrets(process):
    lines = unit(process)

    assert lines["User"] == f"tonggui-{process}"
    assert lines["ExecStart"].endswith(f"-m {MODULES[process]}")
    assert {name: lines.get(name) for name in HARD} == HARD
    hidden = {path.rpartition("/")[2] for path in lines["InaccessiblePaths"].split()}
    assert hidden == set(PROCESSES) - {process}
    assert f"/secrets/{process}" in lines["ReadWritePaths"]  # it notes the newest key set there


def test_the_units_start_what_serve_starts():
    settings = Settings.from_environment({})
    assert {part.process: part.module for part in parts_of(settings)} == MODULES


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path):
    """Where systemd-analyze is not installed, the lines above are all that is looked at."""
    copies = []
    for path in sorted((DEPLOY / "systemd").glob("tonggui-*.*")):
        text = path.read_text().replace("/opt/tonggui/.venv/bin/python", sys.executable)
        copies.append(tmp_path / path.name)
        copies[-1].write_text(text.replace("/opt/tonggui/deploy", str(DEPLOY)))
    assert len(copies) == len(PROCESSES) + 2
    if shutil.which("systemd-analyze"):
        ran = subprocess.run(["systemd-analyze", "verify", *copies], capture_output=True, text=True)
        assert (ran.returncode, ran.stderr) == (0, "")


def nginx_server(name: str) -> str:
    """Return the last server block of a host."""
    text = (DEPLOY / "nginx/tonggui.conf").read_text()
    blocks = [block for block in text.split("\nserver {")[1:] if f"server_name {name};" in block]
    return blocks[-1]


def streamed(block: str) -> tuple[str, str]:
    """Return pattern and body of the location that takes files."""
    found = re.search(r"location ~ (\S+) \{(.*?)\n    \}", block, re.S)
    assert found is not None
    return found[1], found[2]


def test_the_proxy_of_the_public_site_writes_nothing_down():
    text = (DEPLOY / "nginx/tonggui.conf").read_text()
    hosts = text.split("\nserver {")[1:]

    assert len(hosts) == 3
    for block in hosts:
        assert "access_log off;" in block
        assert "error_log /dev/null" in block
    block = nginx_server("report.example.gov.cn")
    assert "proxy_max_temp_file_size 0;" in block
    assert "client_body_timeout 15s;" in block
    # What is buffered is buffered in memory: the buffer is as large as the largest body.
    plain = block.split("location / {")[1].split("}")[0]
    sizes = re.findall(r"client_(?:max_body|body_buffer)_size (\w+);", plain)
    assert sizes[0] == sizes[1]
    assert "proxy_request_buffering off;" in streamed(block)[1]


def test_every_page_that_takes_files_is_streamed_and_large_enough(tmp_path, sqlite_url):
    world = make_world(tmp_path, sqlite_url)
    app = create_app(world.settings, pool_size=0)
    pattern, body = streamed(nginx_server("report.example.gov.cn"))
    takes = {
        str(rule)
        for rule in app.url_map.iter_rules()
        if rule.endpoint in TAKES_FILES
        or (rule.endpoint.startswith("uploads.") and "POST" in (rule.methods or ()))
    }
    world.store.close()

    assert takes
    assert [path for path in sorted(takes) if not re.match(pattern, path)] == []
    size = re.search(r"client_max_body_size (\d+)m;", body)
    assert size is not None
    assert int(size[1]) * 1024 * 1024 >= UPLOAD_BYTES_MAX
    assert f"max_size {size[1]}MiB" in (DEPLOY / "caddy/Caddyfile").read_text()


def test_photos_come_to_the_console_as_they_are_sent():
    """What is buffered here would lie on a disk in the clear."""
    block = nginx_server("tonggui.example.internal")
    pattern, body = streamed(block)
    assert re.match(pattern, "/cases/0123456789abcdef/visits/photos")
    assert not re.match(pattern, "/cases/0123456789abcdef/visits/record")
    assert "proxy_request_buffering off;" in body
    size = re.search(r"client_max_body_size (\d+)m;", body)
    assert size is not None
    assert int(size[1]) * 1024 * 1024 == PHOTOS_BYTES_MAX
    assert f"max_size {size[1]}MiB" in (DEPLOY / "caddy/Caddyfile").read_text()
    plain = block.split("location / {")[1].split("}")[0]
    sizes = re.findall(r"client_(?:max_body|body_buffer)_size (\w+);", plain)
    assert sizes[0] == sizes[1]


def test_the_servers_accept_their_examples_where_they_are_installed(tmp_path):
    if shutil.which("caddy"):
        command = ["caddy", "validate", "--adapter", "caddyfile", "--config"]
        done = subprocess.run([*command, DEPLOY / "caddy/Caddyfile"], capture_output=True)
        assert done.returncode == 0, done.stderr
    if shutil.which("nginx") and shutil.which("openssl"):
        key, certificate = tmp_path / "key", tmp_path / "crt"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x",
             "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )  # fmt: skip
        text = (DEPLOY / "nginx/tonggui.conf").read_text()
        text = re.sub(r"/etc/ssl/tonggui/\w+\.crt", str(certificate), text)
        text = re.sub(r"/etc/ssl/tonggui/\w+\.key", str(key), text)
        whole = f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{text}\n}}\n"
        (tmp_path / "nginx.conf").write_text(whole)
        done = subprocess.run(["nginx", "-t", "-c", tmp_path / "nginx.conf"])
        assert done.returncode == 0


def test_the_example_of_settings_names_settings_that_exist():
    text = (DEPLOY / "tonggui.env").read_text()
    names = set(re.findall(r"TONGGUI_[A-Z_]+(?==)", text))
    given = {name: text.split(f"{name}=")[1].split()[0] for name in names}
    settings = Settings.from_environment(given)  # refuses a value that cannot be used

    known = (ROOT / "casework/config.py").read_text()
    made = {f"TONGGUI_DATABASE_URL_{one.upper()}" for one in DATABASE_ROLES}
    assert [name for name in sorted(names - made) if f'"{name}"' not in known] == []
    assert set(settings.database_urls) == set(DATABASE_ROLES)


def test_the_roles_of_the_example_are_those_that_migrations_make():
    lines = (DEPLOY / "postgresql/pg_ident.conf").read_text().splitlines()
    mapped = {line.split()[1]: line.split()[2] for line in lines if line.startswith("tonggui ")}

    assert mapped.pop("root") == "tonggui"
    assert mapped == {
        "tonggui-portal": "tonggui_portal",
        "tonggui-mailgate": "tonggui_portal",
        "tonggui-console": "tonggui_console",
        "tonggui-jobs": "tonggui_jobs",
    }


def backed_up(home: Path, url: str, target: Path) -> Path:
    """Run the backup, and return the folder that it made."""
    ran = subprocess.run(
        [DEPLOY / "backup.sh", target],
        env=os.environ | {"TONGGUI_HOME": str(home), "TONGGUI_DATABASE_URL": url},
        capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return Path(ran.stdout.strip())


def test_a_backup_of_a_running_instance_can_be_restored_and_holds_no_secret(tmp_path, sqlite_url):
    world = make_world(tmp_path / "home", sqlite_url)
    filed = world.file_report(files=[("现场.bin", b"\1" * 5000)])
    copy = backed_up(world.settings.home, sqlite_url, tmp_path / "backups")

    names = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    assert {"tonggui.sqlite", "instance.toml", "routing.toml"} <= names
    assert any(name.startswith("blobs/") for name in names)
    assert not any("secret" in name or "pepper" in name or "key" in name for name in names)
    secrets = [path.read_bytes() for path in world.settings.secrets.rglob("*") if path.is_file()]
    bodies = b"".join(path.read_bytes() for path in copy.rglob("*") if path.is_file())
    assert not any(len(one) >= 32 and one in bodies for one in secrets)

    with sqlite3.connect(copy / "tonggui.sqlite") as restored:
        assert restored.execute("SELECT id FROM report").fetchall() == [(filed.report,)]
        assert restored.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert copy.stat().st_mode & 0o077 == 0
    world.store.close()


def test_copies_older_than_the_certificate_promises_are_removed(tmp_path, sqlite_url):
    world = make_world(tmp_path / "home", sqlite_url)
    world.store.close()
    target = tmp_path / "backups"
    for days in (34, 36):
        (target / f"tonggui-{days}").mkdir(parents=True)
        then = (tmp_path.stat().st_mtime) - days * 24 * 3600
        os.utime(target / f"tonggui-{days}", (then, then))
    kept = backed_up(world.settings.home, sqlite_url, target)

    assert {path.name for path in target.iterdir()} == {"tonggui-34", kept.name}


def test_a_backup_with_pg_dump_holds_every_table(tmp_path, postgres_url):
    world = make_world(tmp_path / "home", postgres_url)
    world.file_report()
    world.store.close()
    if shutil.which("pg_dump") is None or urlsplit(postgres_url).hostname:
        return
    version = subprocess.run(["pg_dump", "--version"], capture_output=True, text=True).stdout
    if int(re.findall(r"(\d+)\.", version)[0]) < 18:
        return  # pg_dump refuses a server newer than itself
    copy = backed_up(world.settings.home, postgres_url, tmp_path / "backups")
    assert (copy / "tonggui.dump").read_bytes()[:5] == b"PGDMP"


def test_the_scripts_are_well_formed():
    for script in sorted(DEPLOY.glob("*.sh")):
        assert os.access(script, os.X_OK)
        subprocess.run(["bash", "-n", script], check=True)
        ran = subprocess.run([script, "/nonexistent"], capture_output=True, text=True)
        assert ran.returncode != 0
        assert len(ran.stderr.strip().splitlines()) == 1, ran.stderr
