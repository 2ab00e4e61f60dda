"""Who has only the public files counts for themselves, and sees when the log lost something."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import metamorphic_log as judge
import pytest

from casework.recount import SourceError, recount, source, told_key
from casework.register import RegisterFolder
from casework.services.claims import end_claims
from casework.services.clocks import sweep
from casework.witness import look, witness_key, witness_verifier
from crypto.errors import ProofError
from crypto.notes import LogKey, check_cosignature, verifier_key
from crypto.register import OpenedFile
from deed import Deed
from deeds import DEEDS
from instance import World, make_world
from log_keeper import folder_of, pass_days, publish, take

NOW = datetime(2026, 5, 1, 2, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path, sqlite_url: str) -> Iterator[World]:
    made = make_world(tmp_path, sqlite_url)
    yield made
    made.store.close()


@pytest.fixture
def opened(world: World) -> World:
    """Six cases of one office accepted in March, two of them overdue in May, opened in August.

    Two more joined the first of them; one of these left it again, and is overdue too. Two people
    agreed to an award for the second one, which nobody claimed.
    """
    world.appropriate()
    filed = [world.file_report()]
    take(world)  # it came in first
    filed += [world.file_report() for _ in range(7)]
    for one in filed:
        world.accept(one.report)
    for one in filed[:4]:
        world.conclude(one.report)
    world.reserve(filed[1].report)
    assert len(world.approve(filed[1].report).award.approvals) == 2  # type: ignore[union-attr]
    refuse(world, world.file_report(sector="construction").report, "zjj-officer")
    take(world)
    for one, kinds in zip(
        filed[6:], (("case.merged",), ("case.merged", "merge.undone")), strict=True
    ):
        for kind in kinds:
            who = "yjj-leader" if kind == "merge.undone" else "yjj-officer"
            DEEDS[kind](Deed(world, one, who, others=filed[:1]))
    take(world)
    for week in range(11):
        pass_days(world, 7)
        if week == 5:  # so that the quarter with the overdue ones may be opened
            for _ in range(5):
                refuse(world, world.file_report().report, "yjj-officer")
        for work in (sweep, end_claims):
            work(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
        take(world)
    world.now = datetime(2026, 8, 1, 2, tzinfo=UTC)
    publish(world)
    return world


def refuse(world: World, report: str, who: str) -> None:
    """Refuse a report; what nobody decides on would count as accepted."""
    by = who.replace("officer", "leader")
    world.refuse(report, who, by, reason_code="procedure_running")


def place_of(world: World) -> str:
    return str(world.settings.home / "register")


def key_of(world: World) -> str:
    return verifier_key("410329-demo/register", world.log_key.public)


def test_the_figures_come_from_the_public_files_alone(opened, tmp_path):
    copy = tmp_path / "somewhere else"
    shutil.copytree(place_of(opened), copy)
    read = source(str(copy))
    assert told_key(read) == key_of(opened)
    told = recount(read, key_of(opened))
    assert told.findings == []
    spring = [one for one in told.figures if one.quarter == "2026Q1"]
    # One case of another office alone would be told by its number: both are "others".
    (figures,) = spring
    assert (figures.office, figures.received, figures.accepted) == ("others", 9, 7)
    assert (figures.overdue, figures.on_time, figures.on_time_percent) == (3, 4, 57)
    assert figures.merged == 1  # and accepted before, but not on its own account


def test_an_award_is_counted_once_however_many_agreed_to_it_and_when_it_lapsed(opened):
    told = recount(source(place_of(opened)), key_of(opened))
    found = [(one.quarter, one.approved, one.paid, one.lapsed) for one in told.figures]
    assert [one for one in found if any(one[1:])] == [("2026Q1", 1, 0, 0), ("2026Q2", 0, 0, 1)]


def test_a_share_of_under_five_cases_is_not_told(opened):
    told = recount(source(place_of(opened)), key_of(opened))
    later = [one for one in told.figures if one.quarter != "2026Q1"]
    assert all(one.on_time_percent is None for one in later)


def change_opened(world: World, **fields: Any) -> None:
    folder = folder_of(world)
    read = OpenedFile.parse(folder.read("opened/2026Q1.json") or b"")
    folder.write("opened/2026Q1.json", replace(read, **fields).encode())


def test_an_entry_that_is_left_unopened_is_a_finding(opened):
    read = source(place_of(opened))
    records = OpenedFile.parse(read("opened/2026Q1.json") or b"").records
    change_opened(opened, records=records[1:])
    (finding,) = recount(read, key_of(opened)).findings
    assert "未公开" in finding


def test_a_record_that_is_no_entry_and_a_gap_are_findings(opened):
    read = source(place_of(opened))
    file = OpenedFile.parse(read("opened/2026Q1.json") or b"")
    change_opened(opened, end=file.end - 1)
    assert any("不在登记簿里" in one for one in recount(read, key_of(opened)).findings)
    change_opened(opened, first=1)
    assert any("不接前一季度" in one for one in recount(read, key_of(opened)).findings)


@pytest.mark.parametrize("path", ["tile/entries/000", "opened/2026Q1.json"])
def test_a_changed_file_is_a_finding(opened, path):
    folder = folder_of(opened)
    body = bytearray(folder.read(path) or b"")
    assert body
    body[-40] ^= 1
    folder.write(path, bytes(body))
    assert recount(source(place_of(opened)), key_of(opened)).findings != []


def test_another_key_and_an_empty_place_are_refused(opened, tmp_path):
    other = verifier_key("410329-demo/register", LogKey.generate().public)
    with pytest.raises(ProofError):
        recount(source(place_of(opened)), other)
    with pytest.raises(SourceError):
        source(str(tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError):
        recount(source(str(tmp_path / "empty")), other)
    with pytest.raises(SourceError):
        source("http://127.0.0.1:1/register")("checkpoint")


def test_a_witness_follows_the_log_and_signs_what_it_saw(world, tmp_path):
    state, secret = tmp_path / "seen.json", witness_key(tmp_path / "witness.key")
    assert witness_key(tmp_path / "witness.key").seed == secret.seed
    assert (tmp_path / "witness.key").stat().st_mode & 0o777 == 0o600
    world.file_report()
    take(world)
    pass_days(world, 7)
    read = source(place_of(world))
    first = look(read, key=key_of(world), state=state, now=NOW)
    assert (first.grown, first.cosigned) == (None, "")
    pass_days(world, 140)
    seen = look(read, key=key_of(world), state=state, now=NOW, witness=("awb/w", secret))
    assert seen.grown == 320
    assert check_cosignature(seen.cosigned, name="awb/w", public=secret.public) == NOW.timestamp()
    judge.checkpoint_verify(seen.cosigned, [key_of(world)])
    assert witness_verifier("awb/w", secret).startswith("awb/w+")
    again = look(read, key=key_of(world), state=state, now=NOW + timedelta(days=1))
    assert again.grown == 0


def test_a_log_that_was_cut_or_made_anew_is_not_signed_and_not_remembered(world, tmp_path):
    state = tmp_path / "seen.json"
    world.file_report()
    take(world)
    pass_days(world, 7)
    before = tmp_path / "before"
    shutil.copytree(place_of(world), before)
    pass_days(world, 7)
    read, kept = source(place_of(world)), ""
    look(read, key=key_of(world), state=state, now=NOW)
    kept = state.read_text()
    with pytest.raises(ProofError):
        look(source(str(before)), key=key_of(world), state=state, now=NOW)

    # A fork: the same operator publishes other entries from the beginning, correctly signed.
    other = make_world(tmp_path / "fork", f"sqlite:///{tmp_path / 'fork.sqlite'}")
    other.log_key = world.log_key
    other.file_report()
    take(other)
    pass_days(other, 28)
    fork = RegisterFolder(other.settings.home / "register")
    with pytest.raises(ProofError):
        look(fork.read, key=key_of(world), state=state, now=NOW)
    other.store.close()
    assert state.read_text() == kept


def test_a_broken_state_file_is_refused_and_another_logs_too(world, tmp_path):
    world.file_report()
    take(world)
    pass_days(world, 7)
    read, state = source(place_of(world)), tmp_path / "seen.json"
    for text in ("", "{}", "[]", '{"log": 1}', '{"log": "x", "note": ""}'):
        state.write_text(text)
        with pytest.raises(SourceError):
            look(read, key=key_of(world), state=state, now=NOW)
    (tmp_path / "witness.key").write_bytes(b"short")
    with pytest.raises(SourceError):
        witness_key(tmp_path / "witness.key")
