"""The command line as a whole: help that teaches, and one sentence for whatever is wrong."""

import json
import os
import subprocess
import sys

import click
import pytest

from admin.cli import LOADERS
from admin.cli import tonggui as group
from admin.commands.teaching import Command, Group
from command_line import tonggui
from source import ROOT


def every_command() -> list[tuple[str, click.Command]]:
    """Return all commands and groups with what is typed to reach them."""
    found: list[tuple[str, click.Command]] = [("tonggui", group)]
    for name in LOADERS:
        command = LOADERS[name]()
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {below}", one) for below, one in command.commands.items()]
    return found


COMMANDS = every_command()


@pytest.mark.parametrize(("typed", "command"), COMMANDS, ids=[typed for typed, _ in COMMANDS])
def test_every_help_is_in_two_languages_and_has_an_example(typed, command):
    words = [] if typed == "tonggui" else typed.split()
    answer = tonggui(*words, "--help")
    assert answer.status == 0
    assert answer.err == ""
    first = (command.help or "").splitlines()[0]
    assert " / " in first, "Chinese first, then English"
    assert first in answer.out
    assert isinstance(command, Command | Group)
    assert command.examples
    assert f"tonggui {typed}".split()[-1] in command.examples
    assert "例 Examples:" in answer.out


def test_help_of_the_group_names_every_subject():
    answer = tonggui("-h")
    for name in LOADERS:
        assert f"\n  {name} " in answer.out


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("rout explain", "No such command 'rout'"),
        ("route explian", "Did you mean 'explain'?"),
        ("route explain --sektor x", "--sektor"),
        ("route explain --region 410329", "--sector"),
        ("deadline explain --start 2026-01-01 --value x --unit day", "--value"),
        ("policy check no-such-file.toml", "no-such-file.toml"),
        ("keys ceremony --seat 1:a,b --threshold 5", "--threshold"),
    ],
)
def test_a_slip_of_the_finger_is_one_sentence_and_status_2(typed, word):
    assert word in tonggui(*typed.split()).sentence


def test_a_usage_error_for_a_program_is_one_json_object_that_names_the_option():
    told = tonggui(
        "deadline", "explain", "--json", "--start", "x", "--value", "5", "--unit", "week"
    )
    assert told.refusal["error"] == "usage"
    assert told.refusal["key"] == "unit"
    assert "working_day" in told.refusal["expected"]


def test_nothing_typed_shows_the_help():
    answer = tonggui()
    assert answer.status == 2
    assert "命令 Commands" in answer.err


def test_a_setting_that_cannot_be_used_is_named(tmp_path):
    answer = tonggui("fund", "show", home=tmp_path, database_url="mysql://x")
    assert answer.sentence.startswith("错误：TONGGUI_DATABASE_URL:")
    told = tonggui("fund", "show", "--json", home=tmp_path, public_url="ftp://x")
    assert told.refusal["error"] == "setting"
    assert told.refusal["key"] == "TONGGUI_PUBLIC_URL"


@pytest.mark.parametrize(
    "typed",
    [
        ["fund", "show"], ["fund", "appropriate", "--year", "2026", "--yuan", "1", "--login", "x"],
        ["staff", "list"], ["keys", "show"], ["register", "verify"], ["serve"],
        ["keys", "ceremony", "--seat", "1:a,b"],
        ["staff", "invite", "a1", "--name", "x", "--office", "410329-yjj", "--roles", "officer"],
    ],
    ids=lambda typed: " ".join(typed[:2]),
)  # fmt: skip
def test_without_an_instance_commands_say_how_to_make_one(typed, tmp_path):
    sentence = tonggui(*typed, home=tmp_path / "nothing").sentence
    assert "tonggui init" in sentence
    assert not (tmp_path / "nothing").exists()


def test_a_fault_of_ours_names_the_place_and_not_what_was_typed(monkeypatch):
    def broken() -> click.Command:
        raise RuntimeError("what somebody typed")

    monkeypatch.setitem(LOADERS, "fund", broken)
    answer = tonggui("fund", "show")
    assert answer.status == 1
    assert "RuntimeError at test_cli.py:" in answer.err
    assert "what somebody typed" not in answer.err


def test_an_interruption_is_told_in_a_word(monkeypatch):
    def stopped() -> click.Command:
        raise KeyboardInterrupt

    monkeypatch.setitem(LOADERS, "fund", stopped)
    assert tonggui("fund").status == 130


def test_a_reader_who_has_left_is_no_fault():
    script = f"{sys.executable} -m admin.cli route sectors | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {script}"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    assert done.returncode in (0, 1)  # 0 if all was written before the reader left


def test_the_module_can_be_run():
    done = subprocess.run(
        [sys.executable, "-m", "admin.cli", "--version"],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("tonggui ")


def test_json_is_one_line_for_a_program():
    answer = tonggui("route", "sectors", "--json")
    assert answer.out.count("\n") == 1
    assert json.loads(answer.out)
