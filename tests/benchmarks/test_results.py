"""Goals, and the table as text."""

import json
from dataclasses import replace
from typing import Any

from benchmarks.report import plain_table
from benchmarks.results import Cpu, Line, Ratio, Result, Sql, compare, goals, repeated


def line(*, cpu: Cpu, failures: dict | None = None) -> Line:
    """One line at eight clients."""
    return Line(8, "x", 50.0, (1.0, 2.0, 3.0), (1.0,), 10, failures or {}, cpu, 1.0)


def result(**given) -> Result:
    """A result that meets every goal, but for what is *given*."""
    sql = Sql({"INSERT a": 12}, savepoints=2, limiter={}, rows=20, get={})
    memory = {"tonggui": {"peak": 200_000_000}}
    ratios = [Ratio(8, cpu=3.0, cpu_post=2.0, throughput=0.1)]
    fields: dict[str, Any] = {
        "sql": sql,
        "memory": memory,
        "ratios": ratios,
        "stored": 9,
        "acknowledged": 9,
    }
    return Result("sqlite", "random", 1, **(fields | given))


def missed(one: Result) -> list[str]:
    """The first word of each goal that was missed."""
    return [goal.name for goal in goals(one) if goal.met is False]


def test_a_goal_is_met_at_its_limit():
    assert missed(result()) == []


def test_a_goal_is_missed_above_its_limit():
    sql = Sql({"INSERT a": 13}, savepoints=0, limiter={}, rows=0, get={})
    assert len(missed(result(sql=sql))) == 1
    assert len(missed(result(ratios=[Ratio(8, 3.01, 2.0, 0.1)]))) == 1
    assert len(missed(result(memory={"tonggui": {"peak": 200_000_001}}))) == 1


def test_what_was_not_measured_is_neither_met_nor_missed():
    assert [goal.met for goal in goals(result(ratios=[]))].count(None) == 1


def test_one_failure_of_either_server_misses_the_goal():
    assert missed(result(lines=[line(cpu=Cpu(1.0), failures={"POST 503": 1})])) == ["no failure"]


def test_an_acknowledged_report_that_is_not_stored_is_lost():
    assert len(missed(result(stored=8))) == 1


def test_a_report_stored_for_nobody_is_one_too_many():
    assert len(missed(result(stored=10))) == 1


def test_a_report_whose_answer_failed_may_be_stored_all_the_same():
    assert missed(result(stored=10, unacknowledged=1)) == []


def test_a_code_given_twice_is_noticed():
    assert repeated(["1", "2", "1", "1"]) == 2
    assert len(missed(result(same_codes=1))) == 1


def test_cpu_is_compared_with_cheap_codes_and_throughput_with_real_ones():
    ours = replace(line(cpu=Cpu(all=30.0, plain=6.0)), per_second=25.0)
    cheap = line(cpu=Cpu(all=6.0, get=1.0, post=5.0))
    assert compare(ours, cheap, line(cpu=Cpu(all=2.0))) == Ratio(8, 3.0, 2.5, 0.5)


def test_columns_of_numbers_stand_to_the_right():
    table = plain_table("t", ("name", "n"), [("a", "1.0"), ("bb", "10.0")])
    assert table.splitlines() == ["t", "name     n", "a      1.0", "bb    10.0"]


def test_the_file_holds_everything_failures_too():
    one = result(lines=[line(cpu=Cpu(1.0), failures={"POST 503": 2})])
    written = json.loads(json.dumps(one.as_json()))
    assert written["lines"][0]["failures"] == {"POST 503": 2}
    assert written["sql"]["statements"] == {"INSERT a": 12}
