"""init, staff, keys show, fund and register verify, on real stores."""

import json
import re
import stat
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework.config import PROCESS_SECRETS
from casework.instance import Instance
from casework.services import staff
from casework.services.calendar import work_calendar
from casework.storage.unit_of_work import Store
from command_line import Answer, tonggui
from instance import World, make_world
from key_changing import enrolled

LOG_KEY_AND_DIGEST = {
    "log-key", "first-key-set", "newest-key-set", "smtp-password", "blob-credentials",
}  # fmt: skip
INVITE = ("--name", "承办人甲", "--office", "410329-yjj", "--roles", "officer")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder that does not exist yet."""
    return tmp_path / "home"


@pytest.fixture
def made(home: Path, database_url: str) -> dict[str, str | Path]:
    """The settings of a real instance, on either database."""
    settings: dict[str, str | Path] = {"home": home, "database_url": database_url}
    assert call("init", "--region", "410329", made=settings).status == 0
    return settings


def call(*typed: str, made: dict[str, str | Path], stdin: str = "") -> Answer:
    return tonggui(*typed, stdin=stdin, **made)  # type: ignore[arg-type]


def store_of(made: dict[str, str | Path]) -> Store:
    return Store.open(str(made["database_url"]), site="410329")


# init -----------------------------------------------------------------------------------------


def test_init_makes_a_real_instance(made, home):
    written = Instance.read(home)
    assert replace(written, policies={}) == Instance(site="410329", region="410329")
    assert "yichuan-2022" in written.policies
    store = store_of(made)
    assert work_calendar(store).is_known(2026)
    store.close()


def test_init_gives_every_process_its_secrets_and_nothing_more(home):
    answer = tonggui("init", "--region", "410329", home=home)
    assert "keys ceremony" in answer.out
    for process, names in PROCESS_SECRETS.items():
        folder = home / "secrets" / process
        assert {path.name for path in folder.iterdir()} == names - LOG_KEY_AND_DIGEST
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} <= {0o600}
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_init_shares_the_receipt_pepper_and_no_other_secret(home):
    tonggui("init", "--region", "410329", home=home)
    bodies: dict[str, list[bytes]] = {}
    for path in (home / "secrets").glob("*/*"):
        bodies.setdefault(path.name, []).append(path.read_bytes())
    peppers = bodies.pop("receipt-pepper")
    assert len(peppers) == 3
    assert len(set(peppers)) == 1
    others = [body for found in bodies.values() for body in found]
    assert len(set(others)) == len(others)
    assert all(len(body) == 32 for body in [*others, *peppers])


def test_init_overwrites_nothing(home):
    tonggui("init", "--region", "410329", home=home)
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert "已有实例" in tonggui("init", "--region", "410329", home=home).sentence
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_an_interrupted_init_keeps_the_secrets_it_drew(home):
    tonggui("init", "--region", "410329", home=home)
    before = {path: path.read_bytes() for path in (home / "secrets").rglob("*") if path.is_file()}
    (home / "instance.toml").unlink()
    (home / "secrets" / "portal" / "receipt-pepper").unlink()
    assert tonggui("init", "--region", "410329", home=home).status == 0
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("site", ["Yichuan", "410329-demo", "a b", "../x", ""])
def test_init_refuses_a_site_that_cannot_be_bound_to(home, site):
    answer = tonggui("init", "--region", "410329", "--site", site, home=home)
    if site:
        assert "站点标识" in answer.sentence
        assert not home.exists()
    else:
        assert Instance.read(home).site == "410329"  # empty counts as not given


def test_init_refuses_a_region_without_a_table(home):
    assert "999999" in tonggui("init", "--region", "999999", home=home).sentence
    assert not home.exists()


def test_a_lost_database_is_told_in_words(home):
    tonggui("init", "--region", "410329", home=home)
    (home / "tonggui.sqlite").unlink()
    assert "tonggui serve" in tonggui("fund", "show", home=home).sentence


def test_migrate_gives_an_older_instance_the_rules_of_its_region(made, home):
    store = store_of(made)

    def empty(uow):
        uow.connection.execute(sa.text("DELETE FROM policy_activation"))

    store.write(empty)
    written = Instance.read(home)
    replace(written, policies={}).write(home)

    assert "instance.toml" in call("migrate", made=made).err
    assert Instance.read(home) == written
    rows = store.read(lambda uow: uow.policies.in_force(date.max))
    assert {one.policy: one.sha256 for one in rows} == written.policies
    store.close()
    assert "instance.toml" not in call("migrate", made=made).err


# staff ----------------------------------------------------------------------------------------


def test_staff_invite_prints_a_code_and_keeps_only_its_hash(made):
    told = call("staff", "invite", "officer1", *INVITE, "--json", made=made).json
    assert re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){3}[2-9A-HJ-NP-Z]{4}", told["start_code"])
    store = store_of(made)
    account = staff.account_by_login(store, login="officer1")
    assert account is not None
    assert (account.state, account.office, account.roles) == (
        "invited", "410329-yjj", frozenset({"officer"}),
    )  # fmt: skip
    assert account.start_code_hash not in (None, told["start_code"].encode())
    assert account.start_code_expires_at is not None
    store.close()


def test_staff_invite_in_words_names_the_office(made):
    answer = call("staff", "invite", "officer1", *INVITE, made=made)
    assert "伊川县应急管理局" in answer.out
    assert "有效至" in answer.out


def test_staff_invite_refuses_a_login_that_is_taken(made):
    call("staff", "invite", "officer1", *INVITE, made=made)
    told = call("staff", "invite", "officer1", *INVITE, "--json", made=made).refusal
    assert told["key"] == "login"


def test_an_invitation_is_withdrawn_and_the_login_name_is_free_again(made):
    call("staff", "invite", "officer1", *INVITE, made=made)
    assert "已收回" in call("staff", "withdraw", "officer1", made=made).out
    assert call("staff", "invite", "officer1", *INVITE, made=made).status == 0
    assert "没有登录名" in call("staff", "withdraw", "nobody", made=made).sentence


def test_a_member_is_not_withdrawn_but_who_waits_for_a_certificate_is(world):
    assert "没有改动" in in_world(world, "staff", "withdraw", "yjj-officer").sentence
    enrolled(world, "newcomer", "410329-yjj", ("officer",))
    assert in_world(world, "staff", "withdraw", "newcomer").status == 0
    assert staff.account_by_login(world.store, login="newcomer") is None
    still = staff.account_by_login(world.store, login="yjj-officer")
    assert still is not None
    assert still.state == "active"


@pytest.mark.parametrize(
    ("login", "office", "roles", "word"),
    [
        ("Wang", "410329-yjj", "officer", "登录名"),
        ("a", "410329-yjj", "officer", "登录名"),
        ("a" * 32, "410329-yjj", "officer", "登录名"),
        ("a1", "410329-xyz", "officer", "410329-xyz"),
        ("a1", "410329-yjj", "king", "没有这个角色"),
        ("a1", "410329-yjj", "", "没有这个角色"),
        ("a1", "410329-yjj", "auditor,officer", "不能由一人兼任"),
    ],
)
def test_staff_invite_refuses_what_cannot_be(home, login, office, roles, word):
    tonggui("init", "--region", "410329", home=home)
    typed = ("staff", "invite", login, "--name", "x", "--office", office, "--roles", roles)
    assert word in tonggui(*typed, home=home).sentence
    assert tonggui("staff", "list", "--json", home=home).json == []


@pytest.mark.parametrize("login", ["a1", "a" * 31])
def test_staff_invite_takes_the_shortest_and_the_longest_login(home, login):
    tonggui("init", "--region", "410329", home=home)
    typed = ("staff", "invite", login, "--name", "x", "--office", "410329-yjj")
    assert tonggui(*typed, "--roles", "officer, leader", home=home).status == 0


def test_staff_list_shows_who_waits_for_the_first_sign_in(made):
    call("staff", "invite", "officer1", *INVITE, made=made)
    assert call("staff", "list", "--json", made=made).json == [
        {
            "login": "officer1",
            "name": "承办人甲",
            "office": "410329-yjj",
            "roles": ["officer"],
            "state": "invited",
            "certified": False,
            "fingerprint": None,
        }
    ]
    assert "待首次登录" in call("staff", "list", made=made).out


# with keys ------------------------------------------------------------------------------------


@pytest.fixture
def world(home: Path, database_url: str) -> World:
    """An instance after its ceremony, with staff."""
    return make_world(home, database_url)


def in_world(world: World, *typed: str, stdin: str = "") -> Answer:
    url = world.settings.database_url
    return tonggui(*typed, stdin=stdin, home=world.settings.home, database_url=url)


def test_before_the_ceremony_there_is_nothing_to_show_or_to_verify(home):
    tonggui("init", "--region", "410329", home=home)
    assert "keys ceremony" in tonggui("keys", "show", home=home).sentence
    assert "keys ceremony" in tonggui("register", "verify", home=home).sentence


def test_keys_show_names_offices_seats_and_fingerprints(world):
    told = in_world(world, "keys", "show", "--json").json
    assert (told["number"], told["site"], told["threshold"]) == (1, world.store.site, 2)
    assert told["digest"] == world.trust.keyset.digest().hex()
    assert [seat["holder"] for seat in told["seats"]] == [f"seat{n}-holder" for n in (1, 2, 3)]
    assert all(len(office["fingerprint"].split()) == 6 for office in told["offices"])
    assert told["digest"] in in_world(world, "keys", "show").out


def test_staff_list_shows_the_fingerprint_of_who_enrolled(world):
    rows = in_world(world, "staff", "list", "--json").json
    assert {row["login"] for row in rows} == set(world.people)
    assert all(row["certified"] and len(row["fingerprint"].split()) == 6 for row in rows)


def test_fund_show_answers_zero_and_then_the_sum(world):
    zero = {
        "year": 2026, "appropriated_fen": 0, "reserved_fen": 0, "paid_fen": 0, "available_fen": 0,
    }  # fmt: skip
    assert in_world(world, "fund", "show", "--year", "2026", "--json").json == zero
    world.appropriate(100_000_000, 2026)
    granted = {"appropriated_fen": 100_000_000, "available_fen": 100_000_000}
    assert in_world(world, "fund", "show", "--year", "2026", "--json").json == zero | granted
    assert "¥1,000,000.00" in in_world(world, "fund", "show", "--year", "2026").out
    assert in_world(world, "fund", "show", "--year", "2027", "--json").json == zero | {"year": 2027}


def test_register_verify_finds_nothing_in_sound_books(world):
    filed = world.file_report()
    world.accept(filed.report)
    told = in_world(world, "register", "verify", "--json")
    assert told.json == {"reports": 1, "findings": []}
    assert "全部一致" in in_world(world, "register", "verify").err


def test_register_verify_names_a_changed_row_and_leaves_status_1(world):
    filed = world.file_report()
    change = world.store.write(
        lambda uow: uow.connection.exec_driver_sql("UPDATE sealed_object SET version = 9")
    )
    assert change.rowcount
    told = in_world(world, "register", "verify", "--json")
    assert told.status == 1
    found = json.loads(told.out)
    assert found["reports"] == 1
    assert {"kind", "id", "problem"} == set(found["findings"][0])
    assert {one["kind"] for one in found["findings"]} == {"object"}
    plain = in_world(world, "register", "verify")
    assert plain.status == 1
    assert "changed" in plain.out
    assert filed.report
