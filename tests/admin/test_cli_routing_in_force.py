"""`tonggui route` answers by the table that two persons put in force, of the day that is asked."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from command_line import tonggui
from instance import make_world
from routing_changing import FIRST, SHIPPED, changed, given_to, put_in_force

CHEMICALS = ("--region", "410329", "--sector", "hazardous_chemicals", "--matter", "violation")
NEW = given_to("410329-zjj", "hazardous_chemicals")


@pytest.fixture
def world(tmp_path, sqlite_url):
    made = make_world(tmp_path / "home", sqlite_url)
    yield made
    made.store.close()


def route(world, *words):
    return tonggui(
        "route", *words, "--json",
        home=Path(world.settings.home), database_url=world.settings.database_url,
    )  # fmt: skip


def lead(world, on):
    answer = route(world, "explain", *CHEMICALS, "--on", on)
    assert answer.status == 0, answer
    return json.loads(answer.out)["lead"]


def test_explain_goes_by_the_table_of_the_day(world):
    before = lead(world, "2026-03-02")
    assert before != "410329-zjj"
    put_in_force(world, NEW, active_from="2026-03-05")
    assert lead(world, "2026-03-04") == before
    assert lead(world, "2026-03-05") == "410329-zjj"


def test_matrix_sectors_and_export_go_by_it_too(world, tmp_path):
    text = SHIPPED.decode().replace('[[sector]]\ncode = "other"', '[[sector]]\ncode = "ships"\n'
        'name = "船舶"\nname_en = "Ships"\n\n[[sector]]\ncode = "other"')  # fmt: skip
    put_in_force(world, text.encode())
    found = json.loads(route(world, "sectors").out)
    assert {"code": "ships", "name": "船舶"} in found  # the instance's clock is real: long after
    gaps = json.loads(route(world, "matrix").out)
    assert "ships" in {one["sector"] for one in gaps}
    sheet = tmp_path / "r.xlsx"
    assert json.loads(route(world, "export", "--to", str(sheet)).out)["rules"] == len(FIRST.rules)


def test_check_refuses_what_cannot_follow_the_table_in_force(world, tmp_path):
    before = changed(
        ("[[region]]", '[[region]]\ncode = "410329999000"\nname = "样本乡"\nparent = "410329"\n'
         'kind = "township"\nvalid_from = 2026-01-01\n\n[[region]]')
    )  # fmt: skip
    put_in_force(world, before)
    path = tmp_path / "410329.toml"
    path.write_bytes(before)
    assert route(world, "check", str(path)).status == 0
    path.write_bytes(SHIPPED)
    answer = route(world, "check", str(path))
    assert answer.status != 0
    assert "410329999000" in answer.out + answer.err


def test_a_table_that_was_tampered_with_is_not_answered_by(world):
    put_in_force(world, NEW)
    harm = sa.text("UPDATE routing_table SET body = :bad")
    world.store.write(lambda uow: uow.connection.execute(harm, {"bad": b"x"}))
    answer = route(world, "explain", *CHEMICALS)
    assert answer.status != 0
    found = route(world, "explain", *CHEMICALS, "--on", "2026-03-01")
    assert found.status == 0  # the day before went by the file of the program
