"""The benchmark of awards asks for every shape, and tells what takes too long."""

import json
from pathlib import Path

from benchmarks import quote
from casework.domain.policy import Policies
from casework.domain.reward import quote as work_out


def test_every_shape_that_is_measured_is_answered(tmp_path: Path, capsys):
    policies = Policies.load(quote.POLICIES)
    outcomes = {
        name: work_out(policies.get(policy), facts).outcome
        for name, (policy, facts) in quote.ASKED.items()
    }
    assert set(outcomes.values()) == {"amount", "range", "none"}
    told = tmp_path / "out.json"
    quote.main(["--quotes", "20", "--json", str(told)])
    assert "nothing due" in capsys.readouterr().out
    assert len(json.loads(told.read_text())["goals"]) == len(quote.ASKED)


def test_what_takes_longer_than_the_goal_is_missed(monkeypatch, capsys):
    monkeypatch.setattr(quote, "MICROSECONDS_MAX", 0.001)
    assert quote.main(["--quotes", "20"]) == 1
    assert "MISSED" in capsys.readouterr().out
