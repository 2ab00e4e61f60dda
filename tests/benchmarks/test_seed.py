"""Seeds hold what the product would have stored, and the benchmarks on them run through."""

import json
import os
from argparse import ArgumentTypeError
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from benchmarks import inbox, seed, sweep
from benchmarks.seed_cases import MIDNIGHT, NOW
from casework.services.clock_rows import agree
from casework.storage.unit_of_work import Store
from crypto.events import event_digest, parse_event
from people import SITE
from postgres_server import PostgresServer

KINDS = ["sqlite", "postgresql"]


@pytest.fixture
def folder(tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for seeds; those of PostgreSQL go to the server of the run."""
    monkeypatch.setitem(os.environ, "TEST_DATABASE_URL", postgres.url)
    return tmp_path / "seeds"


@pytest.mark.parametrize("text", ["0", "k", "10g", "-1", "10k,"])
def test_a_size_is_a_number_with_its_unit(text):
    with pytest.raises(ArgumentTypeError):
        seed.sizes(text)


def test_sizes_and_backends_are_read():
    assert seed.sizes("500,10k,1m") == [500, 10_000, 1_000_000]
    assert seed.backends("sqlite,pg") == ["sqlite", "postgresql"]


@pytest.mark.parametrize("backend", KINDS)
def test_a_seed_holds_cases_as_the_product_stores_them(backend, folder):
    with (
        seed.seeds(backend, [400], folder=folder) as made,
        closing(Store.open(made[0].database_url, site=SITE)) as store,
    ):
        assert store.read(lambda uow: uow.reports.count()) == 400
        ids = store.read(lambda uow: uow.reports.ids())
        assert all(store.read(partial(is_whole, report=one)) for one in ids[::8])
        assert len(due_at(store, MIDNIGHT)) == 105
        assert len(due_at(store, NOW)) == 5


def due_at(store, moment):
    found = store.read(lambda uow: uow.clocks.due(moment, limit=1000))
    return {one.report_id for one in found}


def is_whole(uow, report):
    case, stored = uow.reports.get(report), uow.events.stored_of_report(report)
    events = [parse_event(one.body) for one in stored]
    assert [one.id for one in stored] == [event_digest(one.body).hex() for one in stored]
    assert [one.ordinal for one in events] == [*range(1, case.events + 1)]
    assert {one.report for one in events} == {report}
    assert events[0].facts["case_number"] == case.case_number
    return uow.reports.agrees(case) and agree(uow, case) and uow.waiting.agrees(case)


def test_a_seed_is_kept_until_a_fresh_one_is_wanted(folder):
    with seed.seeds("sqlite", [200], folder=folder) as made:
        first = Path(made[0].home).parent / "seed.json"
    stamp = first.stat().st_mtime_ns
    with seed.seeds("sqlite", [200], folder=folder):
        assert first.stat().st_mtime_ns == stamp
    with seed.seeds("sqlite", [200], folder=folder, fresh=True):
        assert first.stat().st_mtime_ns > stamp


@pytest.mark.parametrize("backend", KINDS)
def test_a_sweep_is_measured_and_its_rows_are_put_back(backend, folder, tmp_path):
    told = tmp_path / "out.json"
    command = ["--sizes", "200,400", "--backend", backend, "--rounds", "1"]
    sweep.main([*command, "--folder", str(folder), "--json", str(told)])
    lines = json.loads(told.read_text())["cases"][1:]
    assert [line[2:4] + line[-1:] for line in lines] == [["50", "100", "0"], ["100", "200", "0"]]
    with (
        seed.seeds(backend, [400], folder=folder) as made,
        closing(Store.open(made[0].database_url, site=SITE)) as store,
    ):
        due = due_at(store, MIDNIGHT)
        assert len(due) == 100
        assert all(store.read(partial(is_whole, report=one)) for one in due)


@pytest.mark.parametrize("backend", KINDS)
def test_pages_of_the_console_are_measured(backend, folder, tmp_path):
    told = tmp_path / "out.json"
    command = ["--sizes", "2k", "--backend", backend, "--rounds", "1", "--slice", "0.2"]
    inbox.main([*command, "--pages", "1,2", "--folder", str(folder), "--json", str(told)])
    lines = json.loads(told.read_text())["pages"][1:]
    names = [line[2] for line in lines]
    assert names[:3] == ["worklist", "inbox 1", "inbox 2"]
    assert names[3].startswith("last of the inbox, ")
    assert names[4:] == ["board of an office", "board of the county"]
    assert {line[-1] for line in lines} == {"0"}
    assert all(int(line[-2]) > 0 for line in lines)
