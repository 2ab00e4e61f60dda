"""`tonggui keys status`: what is to be done about keys, for people and for programs."""

from datetime import UTC, datetime

import pytest

from command_line import Answer, tonggui
from key_changing import drafted, enrolled, put_in_force, signed

YJJ = "410329-yjj"


@pytest.fixture
def status(world):
    """Ask for the status, as the world's instance stands."""

    def ask(*arguments: str) -> Answer:
        return tonggui(
            "keys", "status", *arguments, home=world.settings.home,
            database_url=world.settings.database_url,
        )  # fmt: skip

    # The command goes by the machine's clock, which is past the world's year.
    return ask


def test_an_instance_with_nothing_to_do_says_so(world, status):
    told = status("--json").json
    assert [one["number"] for one in told["key_sets"]] == [1]
    assert told["waiting"] == []
    assert told["changes"] == []
    assert not any(one["left"] for one in (told["rewrap"] | told["reseal"]).values())


def test_what_is_to_be_done_is_named_with_its_figures(world, status):
    world.file_report()
    enrolled(world, "newcomer", YJJ, ("officer",))
    put_in_force(world, leaving=["yjj-officer-2"], seats={1: ("seat1-deputy", "seat1-holder")})
    told = status("--json").json
    assert [one["number"] for one in told["key_sets"]] == [1, 2]
    assert told["waiting"] == [{"login": "newcomer", "office": YJJ}]
    assert told["rewrap"][YJJ] == {"left": 1, "total": 1}
    assert told["reseal"]["1"] == {"left": 1, "total": 1}
    page = status().out
    assert "待认证 to be certified: 样本·newcomer" in page
    assert "待重新封装 to be wrapped anew: 伊川县应急管理局 1/1 件 cases" in page
    assert "待重新封存 to be sealed anew: 第 1 席 seat 1，1/1 份 boxes" in page


def test_an_open_proposal_is_named_with_who_is_missing(world, status):
    world.now = datetime.now(UTC)  # a proposal is open for a week of the machine's clock
    signed(world, drafted(world, rotated=[YJJ]), "seat1-holder")
    told = status("--json").json
    assert [(one["signed"], one["needed"]) for one in told["changes"]] == [(1, 2)]
    assert "1/2 席 seats" in status().out


def test_the_newest_number_is_kept_for_the_console(world, status):
    put_in_force(world, rotated=[YJJ])
    status()
    assert (world.settings.secrets / "console" / "newest-key-set").read_bytes() == b"2\n"
