"""`tonggui register`: recounting and witnessing from the public files; verifying all of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from command_line import tonggui
from instance import World, make_world
from log_keeper import pass_days, publish, take


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str) -> Iterator[World]:
    made = make_world(tmp_path / "home", sqlite_url)
    for _ in range(6):
        made.accept(made.file_report().report)
    take(made)
    pass_days(made, 7)
    made.now = made.now.replace(month=5, day=1)
    publish(made)
    take(made)
    made.store.close()
    yield made
    made.store.close()


def place(world: World) -> str:
    return str(world.settings.home / "register")


def test_recount_needs_the_public_folder_alone(world):
    told = tonggui("register", "recount", "--from", place(world), "--json").json
    assert told["findings"] == []
    (figures,) = told["figures"]
    assert (figures["office"], figures["accepted"], figures["on_time_percent"]) == (
        "410329-yjj", 6, 100,
    )  # fmt: skip
    shown = tonggui("register", "recount", "--from", place(world))
    assert shown.status == 0
    assert "100%" in shown.out
    assert told["fingerprint"] in shown.err


def test_recount_leaves_with_1_where_something_does_not_fit(world):
    opened = world.settings.home / "register" / "opened" / "2026Q1.json"
    opened.write_bytes(opened.read_bytes()[:-1])
    done = tonggui("register", "recount", "--from", place(world))
    assert done.status == 1
    assert "2026Q1" in done.out
    assert "Traceback" not in done.err


@pytest.mark.parametrize("arguments", [("recount",), ("witness", "--state", "seen.json")])
def test_a_place_without_a_register_is_refused_in_one_line(tmp_path, arguments):
    here = [*arguments[:-1], str(tmp_path / arguments[-1])] if len(arguments) > 1 else arguments
    assert (
        "no such folder" in tonggui("register", *here, "--from", str(tmp_path / "nowhere")).sentence
    )
    assert "verifier-key" in tonggui("register", *here, "--from", str(tmp_path)).sentence


def test_a_witness_cosigns_into_the_folder_and_names_its_key(world, tmp_path):
    options = ["--from", place(world), "--state", str(tmp_path / "seen.json")]
    signed = tonggui(
        "register", "witness", *options, "--key", str(tmp_path / "key"), "--name", "city/w"
    )
    assert signed.status == 0, signed.err
    assert "\u2014 city/w " in signed.out
    assert "city/w+" in signed.err
    assert (world.settings.home / "register" / "witness" / "city_w").read_text() == signed.out
    again = tonggui("register", "witness", *options, "--json").json
    assert (again["grown"], again["cosigned"]) == (0, "")


def test_a_register_that_was_changed_is_not_signed(world, tmp_path):
    tile = world.settings.home / "register" / "tile" / "0" / "000.p"
    for one in tile.iterdir():
        one.write_bytes(bytes(one.stat().st_size))
    refused = tonggui(
        "register", "witness", "--from", place(world), "--state", str(tmp_path / "seen.json"),
        "--key", str(tmp_path / "key"),
    )  # fmt: skip
    assert "什么都没有签" in refused.sentence
    assert not (tmp_path / "seen.json").exists()


def test_verify_looks_at_the_public_files_too(world):
    at = {"home": world.settings.home, "database_url": world.settings.database_url}
    assert tonggui("register", "verify", **at).status == 0
    checkpoint = world.settings.home / "register" / "checkpoint"
    checkpoint.write_text(checkpoint.read_text().replace("410329", "410330"))
    done = tonggui("register", "verify", **at)
    assert done.status == 1
    assert done.out == "checkpoint\tregister/checkpoint\tforged\n"


def test_figures_of_rewards_are_told_with_the_others(world):
    world.appropriate()
    for _ in range(5):
        world.approved()
    world.now = world.now.replace(month=8, day=2)
    for _ in range(2):
        publish(world)
        take(world)
    told = tonggui("register", "recount", "--from", place(world), "--json").json
    (rewards,) = told["rewards"]
    assert told["findings"] == []
    assert (rewards["first"], rewards["quarter"], rewards["awards"]) == ("2026Q1", "2026Q2", 5)
    assert rewards["bands"] == [{"from_fen": 0, "below_fen": None, "awards": 5}]
    assert (rewards["paid"], rewards["used_percent"]) == (0, 30)
    shown = tonggui("register", "recount", "--from", place(world)).out
    assert "2026Q1–2026Q2" in shown
