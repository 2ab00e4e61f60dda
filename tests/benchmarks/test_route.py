"""A small table is written, loaded and routed by; too slow a route is told."""

import json
import random
from datetime import date

import pytest

from benchmarks import route
from casework.domain.routing import Routing, load_routing

SMALL = ["--departments", "120", "--rules", "400", "--reports", "200"]


def made(departments: int, rules: int) -> Routing:
    return load_routing(route.routing_file(departments, rules).encode())


def test_the_table_has_the_size_that_was_asked_for_and_is_no_tie():
    table = made(120, 400)
    assert (len(table.departments), len(table.rules)) == (120, 400)
    assert route.routing_file(120, 400) == route.routing_file(120, 400)
    in_force = [one for one in table.rules.values() if date(2026, 6, 15) in one.days]
    assert 0 < len(in_force) < len(table.rules)


def test_reports_are_routed_by_rules_and_where_nothing_matches_by_none():
    table, drawn = made(120, 400), random.Random(1)
    ruled = {}
    for name, draw in route.kinds(table):
        found = [route.routed(table, draw(drawn)) for _ in range(200)]
        ruled[name] = sum(one.rule is not None for one in found)
    assert ruled["by a rule"] == ruled["about a department"] == 200
    assert ruled["perhaps by none"] < ruled["anywhere"] < 200


def test_a_run_prints_and_writes_what_it_measured(tmp_path, capsys):
    told = tmp_path / "out.json"
    route.main([*SMALL, "--json", str(told)])
    printed = capsys.readouterr().out
    assert "120 departments, 400 rules" in printed
    for name in ("anywhere", "by a rule", "perhaps by none", "about a department"):
        assert name in printed
    written = json.loads(told.read_text())
    assert len(written["goals"]) == 4
    assert all(one["value"] > 0 for one in written["goals"])


def test_what_takes_longer_than_the_goal_is_missed(monkeypatch, capsys):
    monkeypatch.setattr(route, "MILLISECONDS_MAX", 0.000001)
    assert route.main(SMALL) == 1
    assert "MISSED" in capsys.readouterr().out


def test_a_table_too_small_to_say_anything_is_refused(capsys):
    with pytest.raises(SystemExit):
        route.main(["--rules", "99"])
    assert "at least 100" in capsys.readouterr().err
