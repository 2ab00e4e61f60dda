"""`tonggui policy list` and `register verify` in an instance: what counts here, and since when."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from command_line import tonggui
from instance import make_world


@pytest.fixture
def world(tmp_path, sqlite_url):
    made = make_world(tmp_path / "home", sqlite_url)
    yield made
    made.store.close()


def listed(world):
    answer = tonggui(
        "policy", "list", "--json",
        home=Path(world.settings.home), database_url=world.settings.database_url,
    )  # fmt: skip
    assert answer.status == 0, answer
    return {one["id"]: (one["status"], one["active_from"]) for one in json.loads(answer.out)}


def test_a_policy_that_nobody_put_in_force_is_at_hand(world):
    before = listed(world)
    assert before["yichuan-2022"] == ("in_force", "2022-04-25")
    assert before["cn-12345"] == ("comparator", None)
    gone = sa.text("DELETE FROM policy_activation WHERE policy = 'yichuan-2022'")
    world.store.write(lambda uow: uow.connection.execute(gone))
    world.store.write(lambda uow: uow.rule_version.changed("policies"))
    assert listed(world)["yichuan-2022"] == ("at_hand", None)


def test_without_an_instance_every_policy_goes_by_its_own_days(tmp_path):
    answer = tonggui("policy", "list", "--json", home=tmp_path / "none")
    found = {one["id"]: (one["status"], one["active_from"]) for one in json.loads(answer.out)}
    assert found["yichuan-2022"] == ("in_force", None)


def test_register_verify_names_a_day_that_nobody_announced(world):
    changed = sa.text("UPDATE calendar_day SET kind = 'workday' WHERE day = '2026-10-01'")
    world.store.write(lambda uow: uow.connection.execute(changed))
    answer = tonggui(
        "register", "verify", "--json",
        home=Path(world.settings.home), database_url=world.settings.database_url,
    )  # fmt: skip
    assert answer.status == 1
    found = json.loads(answer.out)["findings"]
    assert {"kind": "calendar", "id": "2026-10-01", "problem": "changed"} in found
