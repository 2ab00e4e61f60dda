"""The fund on the command line: the balance, and books that others can check."""

import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from casework.domain.money import yuan
from command_line import Answer, tonggui
from funding import book, moved
from instance import World, make_world

BEAN_CHECK = Path(sys.executable).with_name("bean-check")


@pytest.fixture
def world(tmp_path, database_url):
    """An instance on each database, whose fund was granted, added to, moved, used and paid."""
    made = make_world(tmp_path / "home", database_url)
    made.appropriate()
    book(made, "fund.supplemented", yuan(200_000), pot="county:410329-yjj")
    moved(made, "virement", yuan(300_000), to_pot="city")
    made.approved()
    paid = made.approved()
    made.claim(paid)
    release = made.request(paid.report)
    made.agree(paid.report, release, "seat1-holder")
    made.agree(paid.report, release, "seat2-deputy")
    made.open(paid.report, release)
    made.pay(paid.report)
    yield made
    made.store.close()


def run(world: World, *typed: str) -> Answer:
    return tonggui(
        "fund", *typed, home=world.settings.home, database_url=world.settings.database_url
    )


def bean_check(path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BEAN_CHECK), str(path)], capture_output=True, text=True, check=False, timeout=60
    )


def test_the_balance_has_the_shape_of_the_issue(world):
    assert run(world, "show", "--year", "2026", "--json").json == {
        "year": 2026,
        "appropriated_fen": yuan(1_200_000),
        "reserved_fen": yuan(60_000),
        "paid_fen": yuan(60_000),
        "available_fen": yuan(1_080_000),
    }
    assert set(run(world, "show", "--year", "2031", "--json").json.values()) == {2031, 0}


def test_bean_check_passes_the_exported_books(world, tmp_path):
    path = tmp_path / "fund.beancount"
    answer = run(world, "report", "--year", "2026", "--beancount", str(path), "--json")

    assert answer.json["lines"] == 7
    checked = bean_check(path)
    assert (checked.returncode, checked.stderr) == (0, "")
    text = path.read_text()
    assert "balance Expenses:Awards:County:410329-yjj  60000.00 CNY" in text


def test_bean_check_names_books_that_were_changed(world, tmp_path):
    path = tmp_path / "fund.beancount"
    run(world, "report", "--year", "2026", "--beancount", str(path))
    path.write_text(path.read_text().replace("  60000.00 CNY", "  60000.01 CNY", 1))

    assert bean_check(path).returncode != 0


def test_the_workbook_has_the_totals_and_every_line(world, tmp_path):
    path = tmp_path / "fund.xlsx"
    assert run(world, "report", "--year", "2026", "--xlsx", str(path)).status == 0

    summary, detail = load_workbook(path).worksheets
    rows = {row[0]: row[1:] for row in summary.iter_rows(min_row=2, values_only=True)}
    assert rows["合计 total"] == (1_200_000, 60_000, 60_000, 1_080_000, 0)
    assert rows["市级财政"] == (300_000, 0, 0, 300_000, 0)
    lines = list(detail.iter_rows(min_row=2, values_only=True))
    assert [row[2] for row in lines[:4]] == ["下达预算", "追加预算", "调出", "调入"]
    assert {row[1] for row in lines} == {"2026-03-02"}
    assert sum(row[6] for row in lines if row[2] == "发放") == 60_000


def test_a_file_that_is_there_is_not_written_over(world, tmp_path):
    path = tmp_path / "fund.xlsx"
    path.write_text("mine")
    answer = run(world, "report", "--year", "2026", "--xlsx", str(path), "--json")
    assert answer.refusal["key"] == "file"
    assert path.read_text() == "mine"
    assert run(world, "report", "--year", "2026", "--json").refusal["key"] == "xlsx"


def test_nothing_in_the_books_names_anybody(world, tmp_path):
    path = tmp_path / "fund.beancount"
    run(world, "report", "--year", "2026", "--beancount", str(path))
    text = path.read_text()
    assert not any(word in text for word in ("样本", "officer", "410329-2026"))
