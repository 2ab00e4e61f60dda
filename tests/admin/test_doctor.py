"""`tonggui doctor`: each thing that can be wrong is brought about, and named with its remedy."""

import json
import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import sqlalchemy as sa

from admin.commands.doctor import TITLES
from casework import doctor, machine
from casework.config import Settings
from casework.domain.calendar import DayKind
from casework.instance import Instance
from casework.machine import Level
from casework.printing import Missing
from casework.services.audit_log import Keeping, take_in
from casework.services.searching import follow
from casework.storage import migrate
from casework.storage.calendar import CalendarDay
from casework.storage.grants import role_name
from command_line import tonggui
from instance import World, make_world
from routing_changing import given_to, put_in_force
from separated import role_urls

Look = Callable[..., list[machine.Finding]]


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = make_world(tmp_path, database_url, environ=role_urls(database_url))
    yield made
    made.store.close()


@pytest.fixture
def look(world: World) -> Iterator[Look]:
    """Return a function that makes one check, and gives what is not well."""
    patient = replace(doctor.Patient.of(world.settings), now=world.now)

    def one(name: str, **changed: Any) -> list[machine.Finding]:
        seen = dict(doctor.examine(replace(patient, **changed)))[name]
        return [finding for finding in seen if finding.level is not Level.OK]

    yield one
    patient.store.close()


def given(world: World) -> dict[str, Any]:
    """Return the settings of an instance, as command_line wants them."""
    start = "TONGGUI_"
    found = world.environ.items()
    return {name.removeprefix(start).lower(): v for name, v in found if name.startswith(start)}


def told(findings: list[machine.Finding]) -> str:
    """Return all that was found, after seeing that each says what to do."""
    assert all(one.what and one.do for one in findings)
    assert all(any("一" <= letter <= "鿿" for letter in one.what) for one in findings)
    return "\n".join(f"{one.level} {one.what}" for one in findings)


def test_a_routing_table_that_is_not_what_was_signed(world, look):
    assert look("routing") == []
    put_in_force(world, given_to("410329-zjj", "coal_mines"))
    assert look("routing") == []
    harm = sa.text("UPDATE routing_table SET body = :bad")
    world.store.write(lambda uow: uow.connection.execute(harm, {"bad": b"rule = 1"}))
    assert "自 2026-03-02 起的分派表（第 2 版）不能使用" in told(look("routing"))


def test_every_check_has_a_title_for_people():
    assert set(TITLES) == set(doctor.CHECKS)


@pytest.mark.parametrize(
    "name", ["home", "tables", "roles", "sqlite", "clock", "log", "search", "register"]
)
def test_a_fresh_instance_is_well(look, name):
    assert look(name) == []


def test_a_home_that_others_may_enter_is_named(world, look):
    world.settings.home.chmod(0o755)
    assert "chmod o-rwx" in look("home")[0].do

    world.settings.home.chmod(0o750)
    assert look("home") == []


def test_secrets_are_looked_at_file_by_file(world, look):
    folder = world.settings.secrets / "jobs"
    # Everything here belongs to the one who runs the tests.
    assert {one.level for one in look("secrets")} <= {Level.WARN}

    (folder / "log-key").chmod(0o640)
    (folder / "password-pepper").write_bytes(b"x")
    (folder / "password-pepper").chmod(0o600)
    (world.settings.secrets / "console" / "blind-index-key").unlink()
    shutil.rmtree(world.settings.secrets / "mailgate")
    found = told(look("secrets"))

    assert "log-key 可被他人读取" in found
    assert "password-pepper" in found
    assert "blind-index-key" in found
    assert "mailgate 没有密钥目录" in found


def test_a_password_in_a_setting_is_named_and_not_shown(world, look):
    url = "postgresql://tonggui:geheim@db.example/tonggui"
    settings = replace(world.settings, database_urls={"portal": url})

    found = told(look("settings", settings=settings))
    assert "TONGGUI_DATABASE_URL_PORTAL" in found
    assert "geheim" not in found


def test_tables_behind_the_program_are_named(world, look):
    world.store.close()
    migrate.move(world.settings.database_url, migrate.revisions()[-2])
    assert look("tables")[0].do == "tonggui migrate"


def test_a_right_too_much_is_named_and_mended_by_migrating(tmp_path, postgres_url):
    world = make_world(tmp_path, postgres_url, environ=role_urls(postgres_url))
    patient = doctor.Patient.of(world.settings)
    portal = role_name(urlsplit(postgres_url).path[1:], "portal")
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(f'GRANT SELECT ON identity_piece TO "{portal}"'.encode())

    (found,) = doctor.check_separation(patient)
    assert "portal: SELECT identity_piece is too much" in found.what
    assert tonggui("migrate", **given(world)).status == 0
    assert list(doctor.check_separation(patient)) == []

    alone = replace(patient, settings=replace(world.settings, database_urls={}))
    real = replace(alone, instance=replace(alone.instance, demo=False))
    assert "TONGGUI_DATABASE_URL_PORTAL" in next(doctor.check_separation(real)).do


def test_a_damaged_database_file_is_named(tmp_path, sqlite_url):
    world = make_world(tmp_path, sqlite_url)
    world.store.close()
    path = Path(urlsplit(sqlite_url).path)
    with path.open("r+b") as file:
        file.seek(4096 * 20)
        file.write(os.urandom(4096 * 10))

    found = doctor._made(doctor.check_sqlite, doctor.Patient.of(world.settings))
    assert [one.level for one in found] == [Level.WRONG]


@pytest.mark.parametrize(("minutes", "wrong"), [(14, False), (16, True)])
def test_an_event_may_wait_a_quarter_of_an_hour_for_the_log(world, look, minutes, wrong):
    world.appropriate()
    with_log = world.now + timedelta(minutes=minutes)

    assert bool(look("log", now=with_log)) is wrong


def test_a_search_index_that_does_not_follow_is_told_until_it_does(world, look, monkeypatch):
    world.file_report()
    keeping = Keeping(world.trust, world.log_key, world.now, batch_days=7)
    taken = take_in(world.store, keeping=keeping)
    monkeypatch.setattr("casework.doctor.SEARCH_BEHIND", taken - 1)
    assert [one.level for one in look("search")] == [Level.WARN]
    monkeypatch.setattr("casework.doctor.SEARCH_BEHIND", taken)
    assert look("search") == []
    monkeypatch.setattr("casework.doctor.SEARCH_BEHIND", 0)
    follow(world.store)
    assert look("search") == []


@pytest.mark.parametrize(("minutes", "wrong"), [(59, False), (61, True)])
def test_a_notice_may_wait_an_hour(world, look, minutes, wrong):
    world.file_report()

    assert bool(look("mail", now=world.now + timedelta(minutes=minutes))) is wrong


def test_notices_that_failed_again_and_again_are_counted(world, look):
    world.file_report()
    now = world.now
    for _ in range(doctor.MAIL_TRIES):
        assert world.store.write(lambda uow: uow.outbox.claim(9, lease_seconds=0, now=now))

    assert "有 1 封通知多次发送失败" in told(look("mail"))


def test_an_office_that_cannot_be_told_is_named(world, look):
    assert look("addresses") == []
    instance = Instance.read(world.settings.home)
    known = {code: one for code, one in instance.addresses.items() if code != "410329-yjj"}
    instance = replace(instance, addresses=known)

    assert "410329-yjj" in told(look("addresses", instance=instance))


@pytest.mark.parametrize(("day", "due"), [("2027-02-28", False), ("2027-03-02", True)])
def test_keys_are_due_after_a_year(world, look, day, due):
    now = datetime.fromisoformat(f"{day}T02:00:00+00:00")

    assert ("用满一年" in told(look("keys", now=now))) is due


def test_before_the_ceremony_that_alone_is_said(world, look):
    (world.settings.secrets / "console" / "first-key-set").unlink()

    assert [one.do for one in look("keys")] == ["tonggui keys ceremony"]


@pytest.mark.parametrize(
    ("now", "years"),
    [
        ("2026-11-30", []),
        ("2026-12-01", ["2027"]),
        ("2027-01-01", ["2027"]),
    ],
)
def test_a_year_without_announced_holidays_is_named_from_december_on(look, now, years):
    found = look("calendar", now=datetime.fromisoformat(f"{now}T04:00:00+00:00"))

    assert [year for year in ("2026", "2027") if year in told(found)] == years
    if now.startswith("2027"):
        assert found[0].level is Level.WRONG


def test_a_provisional_year_does_not_count_as_announced(world, look):
    guessed = CalendarDay(date(2027, 1, 1), DayKind.HOLIDAY, "元旦", "guess", provisional=True)
    world.store.write(lambda uow: uow.calendar.add([guessed]))

    assert "2027" in told(look("calendar", now=datetime(2027, 1, 1, 4, tzinfo=UTC)))


def test_swap_in_the_clear_is_named_unless_our_units_never_swap(tmp_path):
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/swaps").write_text("Filename Type\n/swapfile file 1 0 -2\n")
    assert [one.level for one in machine.check_memory(tmp_path)] == [Level.WRONG]

    unit = tmp_path / machine.UNITS / "tonggui-portal.service"
    unit.mkdir(parents=True)
    (unit / "memory.swap.max").write_text("0\n")
    assert list(machine.check_memory(tmp_path)) == []

    (unit / "memory.swap.max").write_text("max\n")
    assert [one.level for one in machine.check_memory(tmp_path)] == [Level.WRONG]


def test_a_scanner_that_does_not_answer_is_named(world, tmp_path):
    path = tmp_path / "clamd.ctl"
    settings = replace(world.settings, clamd=f"unix://{path}")
    assert any("没有应答" in one.what for one in machine.check_programs(settings))

    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()

        def answer() -> None:
            line, _ = listening.accept()
            assert line.recv(6) == b"zPING\0"
            line.sendall(b"PONG\0")
            line.close()

        thread = threading.Thread(target=answer)
        thread.start()
        found = [one.what for one in machine.check_programs(settings)]
        thread.join()
    assert not any("没有应答" in one for one in found)


@pytest.mark.parametrize(
    ("lacking", "package"),
    [(Missing.LIBRARY, "libpango"), (Missing.FONT, "fonts-noto-cjk"), (Missing.NOTHING, "")],
)
def test_what_lacks_for_pdfs_is_named_with_its_package(world, monkeypatch, lacking, package):
    monkeypatch.setattr("casework.printing.missing", lambda: lacking)
    [*found] = (one for one in machine.check_programs(world.settings) if "PDF" in one.what)
    assert [one.level for one in found] == [Level.WARN] * bool(package)
    assert all(package in one.do for one in found)


def test_files_that_were_never_finished_are_counted_after_two_days(world):
    folder = Path(urlsplit(world.settings.blob_url).path) / "unfinished"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "x").touch()
    assert list(machine.check_unfinished_files(world.settings)) == []

    # The inode's own time cannot be set back: the limit is moved instead.
    assert len(list(machine.check_unfinished_files(world.settings, after_seconds=-1))) == 1


def test_a_full_disk_is_named(world):
    none, all_of_it = (0, 0.0), (2**80, 2.0)
    look = machine.check_disk

    assert list(look(world.settings, warn_at=none, wrong_at=none)) == []
    (soon,) = look(world.settings, warn_at=all_of_it, wrong_at=none)
    (now,) = look(world.settings, warn_at=all_of_it, wrong_at=all_of_it)
    assert (soon.level, now.level) == (Level.WARN, Level.WRONG)


def test_a_database_that_is_away_is_one_finding_and_the_rest_is_looked_at(tmp_path, sqlite_url):
    world = make_world(tmp_path, sqlite_url)
    world.store.close()
    away = {**world.environ, "TONGGUI_DATABASE_URL": f"postgresql://x@/x?host={tmp_path}"}
    found = dict(doctor.examine(doctor.Patient.of(Settings.from_environment(away))))

    assert {one.level for one in found["tables"]} == {Level.WRONG}
    assert "查不了" in found["log"][0].what
    assert found["home"][0].level is Level.OK


def test_the_command_prints_a_line_a_check_and_leaves_with_one_when_something_is_wrong(world):
    answer = tonggui("doctor", **given(world))
    assert answer.status in (0, 1)
    assert "✓ 正常" in answer.out
    assert len(answer.out.splitlines()) > len(doctor.CHECKS)

    answer = tonggui("doctor", "--json", **given(world))
    found = json.loads(answer.out)
    assert {one["check"] for one in found} == set(doctor.CHECKS)
    assert answer.status == (1 if any(one["level"] == "wrong" for one in found) else 0)
