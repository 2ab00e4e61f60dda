"""The key ceremony as it is held: people at a terminal, real keys, nothing left to believe."""

import os
import re
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from admin import auth
from admin.commands.opened import opened
from casework.config import PROCESS_SECRETS, Settings
from casework.services import keysets, opening
from command_line import tonggui
from crypto.paper import paper_text
from crypto.shares import split
from typing_hand import TypingHand

OFFICES = ("410329-sfj", "410329-jw", "410329-nyncj", "410329-czj", "410329-yjj")
ROLES = {"czj-a": "finance", "czj-b": "cashier", "yjj-a": "officer", "yjj-b": "leader"}
SEATS = ("--seat", "1:sfj-a,sfj-b", "--seat", "2:jw-a,jw-b", "--seat", "3:nyncj-a,nyncj-b")
PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real instance whose ten people have enrolled; copied, never changed."""
    home = tmp_path_factory.mktemp("enrolled") / "home"
    assert tonggui("init", "--region", "410329", home=home).status == 0
    codes = {}
    for office in OFFICES:
        for which in "ab":
            login = f"{office.partition('-')[2]}-{which}"
            role = ROLES.get(login, "custodian")
            codes[login] = tonggui(
                "staff", "invite", login, "--name", login, "--office", office,
                "--roles", role, "--json", home=home,
            ).json["start_code"]  # fmt: skip
    with opened(Settings.from_environment({"TONGGUI_HOME": str(home)})) as here:
        for login, code in codes.items():
            secret = b"%-20b" % login.encode()
            step = int(here.clock.now().timestamp()) // auth.TOTP_SECONDS
            auth.enrol(login, code, PASSWORD, secret, auth.totp_at(secret, step - 1))
    return home


@pytest.fixture(scope="session")
def keyed(enrolled: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The same after its ceremony, with what was seen at the terminal."""
    home = shutil.copytree(enrolled, tmp_path_factory.mktemp("keyed") / "home")
    return home, held(os.environ | {"TONGGUI_HOME": str(home)}).seen


@pytest.fixture
def environ(enrolled: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of an instance of the test's own, before the ceremony."""
    return os.environ | {"TONGGUI_HOME": str(shutil.copytree(enrolled, tmp_path / "home"))}


@pytest.fixture
def with_keys(keyed: tuple[Path, str], tmp_path: Path) -> dict[str, str]:
    """The environment of an instance of the test's own, after the ceremony."""
    return os.environ | {"TONGGUI_HOME": str(shutil.copytree(keyed[0], tmp_path / "home"))}


def fingerprints(environ: Mapping[str, str]) -> dict[str, str]:
    """What each person noted down at the first sign-in."""
    rows = tonggui("staff", "list", "--json", home=Path(environ["TONGGUI_HOME"])).json
    return {row["login"]: row["fingerprint"] for row in rows}


def type_fingerprints(hand: TypingHand, noted: Mapping[str, str]) -> None:
    for _ in noted:
        login = hand.waits_for(r"\[\d+/\d+\] \S+（([a-z-]+)，\S+的指纹 fingerprint: ")[1]
        hand.types(noted[login])


def copy_paper(hand: TypingHand) -> None:
    """Note the parts down and type them back, in small letters and without spaces."""
    for number in (1, 2, 3):
        part = hand.waits_for(rf"part {number}:\n\n(.+?)\n\n")[1]
        hand.waits_for("on paper: ")
        hand.types("")
        hand.waits_for("back from the paper:\n")
        for line in part.splitlines():
            hand.types(line.lower())
        hand.waits_for(rf"into envelope {number}\n")


def stored_number(environ: Mapping[str, str]) -> int | None:
    with opened(Settings.from_environment(environ)) as here:
        found = keysets.newest_key_set(here.store)
        return found.number if found else None


def held(environ: Mapping[str, str]) -> TypingHand:
    """Hold the whole ceremony without a slip."""
    with TypingHand("keys", "ceremony", *SEATS, environ=environ) as hand:
        type_fingerprints(hand, fingerprints(environ))
        copy_paper(hand)
        for login in ("sfj-a", "jw-b"):
            hand.waits_for(r"who signs for it \([^)]+\) \[[a-z-]+\]: ")
            hand.types(login)
            hand.waits_for(f"{login} 的密码 password: ")
            hand.types(PASSWORD)
        take_part(hand, environ)
        assert hand.ends() == 0, hand.seen
    return hand


def take_part(hand: TypingHand, environ: Mapping[str, str]) -> None:
    """Let the people who are proposed first take part in the trial, each signing in."""
    for who in ("席位 1 由谁批准", "席位 2 由谁批准", "由谁查阅试报", "由谁申请查看"):
        hand.waits_for(rf"{who}[^:]+: ")
        hand.types("")
    for login in ("yjj-a", "czj-b", "sfj-a", "jw-a"):
        hand.waits_for(f"{login} 的密码 password: ")
        hand.types(PASSWORD)
        hand.waits_for("one-time code: ")
        hand.types(present_code(environ, login))


def is_open(environ: Mapping[str, str]) -> bool:
    with opened(Settings.from_environment(environ)) as here:
        return opening.is_open(here.store, trust=here.trust())


def test_after_the_ceremony_the_site_has_keys(keyed):
    home, seen = keyed
    told = tonggui("keys", "show", "--json", home=home).json
    assert (told["number"], told["demo"], told["members"]) == (1, False, 10)
    assert told["fingerprint"] in seen
    assert PASSWORD not in seen, "a password is not shown while it is typed"
    for process, names in PROCESS_SECRETS.items():
        folder = home / "secrets" / process
        assert (folder / "first-key-set").read_bytes().hex() == told["digest"]
        assert (folder / "newest-key-set").read_bytes() == b"1\n"
        assert (folder / "log-key").exists() == ("log-key" in names) == (process == "jobs")
    assert tonggui("register", "verify", "--json", home=home).json["findings"] == []
    assert all(row["certified"] for row in tonggui("staff", "list", "--json", home=home).json)


def test_the_trial_at_the_end_opened_the_site_and_left_nothing(with_keys):
    assert is_open(with_keys)
    home = Path(with_keys["TONGGUI_HOME"])
    with closing(sqlite3.connect(home / "tonggui.sqlite")) as database:
        for table in ("sealed_object", "key_wrap", "identity_item", "identity_piece", "outbox"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


def test_a_drill_is_held_again_on_the_opened_site(with_keys):
    home = Path(with_keys["TONGGUI_HOME"])
    with opened(Settings.from_environment(with_keys)) as here:
        step = int(here.clock.now().timestamp()) // auth.TOTP_SECONDS
        here.store.write(lambda uow: _forget_codes(uow, step - 2))
    with TypingHand("keys", "drill", environ=with_keys) as hand:
        take_part(hand, with_keys)
        assert hand.ends() == 0, hand.seen
        assert "演练完成" in hand.seen
        assert PASSWORD not in hand.seen
    assert tonggui("register", "verify", "--json", home=home).json["findings"] == []


def _forget_codes(uow, step):
    """As if the codes of the ceremony were long ago."""
    uow.connection.exec_driver_sql(f"UPDATE account SET totp_last = {int(step)}")


def test_a_failed_trial_keeps_the_site_closed_and_is_made_up_for_by_a_drill(environ):
    with TypingHand("keys", "ceremony", *SEATS, environ=environ) as hand:
        type_fingerprints(hand, fingerprints(environ))
        copy_paper(hand)
        for login in ("sfj-a", "jw-b"):
            hand.waits_for(r"who signs for it \([^)]+\) \[[a-z-]+\]: ")
            hand.types(login)
            hand.waits_for(f"{login} 的密码 password: ")
            hand.types(PASSWORD)
        for _ in range(4):
            hand.waits_for(r"/ who [^:]+: |/ who asks[^:]+: ")
            hand.types("")
        for _ in range(3):
            hand.waits_for("yjj-a 的密码 password: ")
            hand.types("wrong horse")
            hand.waits_for("one-time code: ")
            hand.types("000000")
        assert hand.ends() == 2, hand.seen
    assert "tonggui keys drill" in hand.seen
    assert stored_number(environ) == 1
    assert not is_open(environ)
    with TypingHand("keys", "drill", environ=environ) as hand:
        take_part(hand, environ)
        assert hand.ends() == 0, hand.seen
        assert "开放" in hand.seen
    assert is_open(environ)


def test_a_ceremony_without_anybody_to_read_is_refused_before_anything_is_typed(environ):
    home = Path(environ["TONGGUI_HOME"])
    with opened(Settings.from_environment(environ)) as here:
        here.store.write(
            lambda uow: uow.connection.exec_driver_sql(
                "UPDATE account SET roles = '[\"approver\"]' WHERE login LIKE 'yjj-%'"
            )
        )
    assert "试报" in tonggui("keys", "ceremony", *SEATS, home=home).sentence


def test_recovery_gives_an_office_its_key_back(enrolled, keyed, tmp_path):
    """Every member of the office has lost the key; two envelopes are opened."""
    home = shutil.copytree(keyed[0], tmp_path / "home")
    environ = os.environ | {"TONGGUI_HOME": str(home)}
    parts = re.findall(r"part \d:\n\n(.+?)\n\n", keyed[1], re.DOTALL)
    office = ("--office", "410329-yjj", "--reason", "forgotten_passwords")
    assert "没有动用" in tonggui("keys", "recover", *office, home=home).sentence
    before = _take_office_key(environ)
    assert before == 2
    with TypingHand("keys", "recover", *office, environ=environ) as hand:
        for part in (parts[2], parts[0]):
            hand.waits_for("then an empty line:")
            for line in [*part.splitlines(), ""]:
                hand.types(line.lower())
        hand.waits_for("use it now")
        hand.types("y")
        assert hand.ends() == 0, hand.seen
        assert "given back: 2" in hand.seen
    assert tonggui("register", "verify", "--json", home=home).json["findings"] == []
    with TypingHand("keys", "recover", *office, environ=environ) as hand:
        assert hand.ends() == 2
    told = _recovery_events(environ)
    assert [kind for kind, _ in told] == ["recovery.announced", "recovery.used"]
    assert told[1][1]["announced"], "the use names its announcement"


def test_parts_of_another_site_recover_nothing(keyed, tmp_path):
    home = shutil.copytree(keyed[0], tmp_path / "home")
    environ = os.environ | {"TONGGUI_HOME": str(home)}
    _take_office_key(environ)
    office = ("--office", "410329-yjj", "--reason", "lost_data")
    foreign = [paper_text(one) for one in split(bytes(32), n=3, k=2)]
    with TypingHand("keys", "recover", *office, environ=environ) as hand:
        for part in foreign[:2]:
            hand.waits_for("then an empty line:")
            for line in [*part.splitlines(), ""]:
                hand.types(line)
        assert hand.ends() == 2, hand.seen
        assert "nothing was changed" in hand.seen
    assert _recovery_events(environ) == []


def _take_office_key(environ: Mapping[str, str]) -> int:
    """Take the office's key from its members; return from how many."""
    with opened(Settings.from_environment(environ)) as here:
        members = [one for one in here.trust().members.values() if one.office == "410329-yjj"]
        return here.store.write(
            lambda uow: sum(
                uow.key_wraps.delete("office", "410329-yjj", one.account) for one in members
            )
        )


def _recovery_events(environ: Mapping[str, str]) -> list[tuple[str, Mapping[str, object]]]:
    with opened(Settings.from_environment(environ)) as here:
        return here.store.read(
            lambda uow: [
                (kind, one.event.facts)
                for kind in ("recovery.announced", "recovery.used")
                for one in uow.events.outside_of_kind(kind)
            ]
        )


def test_a_second_ceremony_is_refused_and_changes_nothing(with_keys):
    home = Path(with_keys["TONGGUI_HOME"])
    before = {path: path.read_bytes() for path in (home / "secrets").rglob("*") if path.is_file()}
    assert "已有密钥集" in tonggui("keys", "ceremony", *SEATS, home=home).sentence
    assert {path: path.read_bytes() for path in before} == before


def test_finance_books_an_appropriation_with_password_and_one_time_code(with_keys):
    with TypingHand(
        "fund", "appropriate", "--year", "2026", "--yuan", "1,000,000", "--login", "czj-a",
        environ=with_keys,
    ) as hand:  # fmt: skip
        hand.waits_for("密码 password: ")
        hand.types(PASSWORD)
        hand.waits_for("one-time code: ")
        hand.types(present_code(with_keys, "czj-a"))
        assert hand.ends() == 0, hand.seen
        assert "¥1,000,000.00" in hand.seen
    home = Path(with_keys["TONGGUI_HOME"])
    shown = tonggui("fund", "show", "--year", "2026", "--json", home=home).json
    assert shown["available_fen"] == 100_000_000


@pytest.mark.parametrize(
    ("login", "password", "word"),
    [
        ("czj-a", "wrong horse", "密码或一次性口令不正确"),
        ("nobody", PASSWORD, "密码或一次性口令不正确"),
        ("nyncj-a", PASSWORD, "角色不允许"),
    ],
)
def test_nobody_else_books_an_appropriation(with_keys, login, password, word):
    home = Path(with_keys["TONGGUI_HOME"])
    answer = tonggui(
        "fund", "appropriate", "--year", "2026", "--yuan", "5", "--login", login,
        stdin=f"{password}\n{present_code(with_keys, 'nyncj-a')}\n", home=home,
    )  # fmt: skip
    assert answer.status == 2
    assert word in answer.err
    assert tonggui("fund", "show", "--year", "2026", "--json", home=home).json["available_fen"] == 0


@pytest.mark.parametrize("yuan", ["0", "-1", "1.001", "much", "1e30", "NaN"])
def test_an_amount_that_cannot_be_booked_is_refused_before_anything_is_asked(environ, yuan):
    typed = ("fund", "appropriate", "--year", "2026", "--yuan", yuan, "--login", "czj-a")
    assert "金额" in tonggui(*typed, home=Path(environ["TONGGUI_HOME"])).sentence


def test_a_wrong_fingerprint_ends_the_ceremony(environ):
    noted = fingerprints(environ)
    with TypingHand("keys", "ceremony", *SEATS, environ=environ) as hand:
        for _ in range(3):
            hand.waits_for("fingerprint: ")
            hand.types("0000 0000 0000 0000 0000 0000")
            hand.waits_for("不一致")
        assert hand.ends() == 2
    assert noted
    assert stored_number(environ) is None
    assert not (Path(environ["TONGGUI_HOME"]) / "secrets" / "jobs" / "log-key").exists()


def test_a_paper_part_that_was_copied_wrongly_is_typed_again(environ):
    with TypingHand("keys", "ceremony", *SEATS, environ=environ) as hand:
        type_fingerprints(hand, fingerprints(environ))
        lines = hand.waits_for(r"part 1:\n\n(.+?)\n\n")[1].splitlines()
        hand.waits_for("on paper: ")
        hand.types("")
        for line in ["01 XXXX", *lines[1:]]:
            hand.types(line)
        hand.waits_for("第 1 行有误")
        for line in lines:
            hand.types(line)
        hand.waits_for("into envelope 1")
    assert stored_number(environ) is None


@pytest.mark.parametrize(
    ("seats", "word"),
    [
        (["1-sfj-a,sfj-b"], "1:holder,deputy"),
        (["1:sfj-a,sfj-b", "3:jw-a,jw-b"], "连续编号"),
        (["1:sfj-a,jw-b", "2:jw-a,sfj-b"], "同一单位"),
        (["1:sfj-a,nobody", "2:jw-a,jw-b"], "nobody"),
    ],
)
def test_seats_that_cannot_be_are_refused_before_anything_is_typed(environ, seats, word):
    typed = [part for seat in seats for part in ("--seat", seat)]
    home = Path(environ["TONGGUI_HOME"])
    assert word in tonggui("keys", "ceremony", *typed, home=home).sentence


def test_an_office_with_one_member_stops_the_ceremony(environ):
    home = Path(environ["TONGGUI_HOME"])
    code = tonggui(
        "staff", "invite", "alone", "--name", "x", "--office", "410329-zjj",
        "--roles", "officer", "--json", home=home,
    ).json["start_code"]  # fmt: skip
    with opened(Settings.from_environment(environ)) as here:
        secret = b"%-20b" % b"alone"
        step = int(here.clock.now().timestamp()) // auth.TOTP_SECONDS
        auth.enrol("alone", code, PASSWORD, secret, auth.totp_at(secret, step))
    assert "410329-zjj" in tonggui("keys", "ceremony", *SEATS, home=home).sentence


def present_code(environ: Mapping[str, str], login: str) -> str:
    """What a person's authenticator shows now."""
    with opened(Settings.from_environment(environ)) as here:
        step = int(here.clock.now().timestamp()) // auth.TOTP_SECONDS
    return auth.totp_at(b"%-20b" % login.encode(), step)
