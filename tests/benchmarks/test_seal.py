"""Sealing measured: what is written down is what the gates say."""

import json

from benchmarks import seal


def test_a_run_leaves_its_figures_and_says_whether_a_gate_was_missed(tmp_path, capsys):
    told = tmp_path / "out.json"
    status = seal.main(["--mb", "1", "--rounds", "1", "--json", str(told)])
    found = json.loads(told.read_text())
    figures = [*found["memory"], *found["files"]]
    assert status == int(any(one["met"] is False for one in figures))
    assert [one["name"] for one in found["memory"]] == [
        "libsodium in C", "sealed stream", "with digest",
    ]  # fmt: skip
    assert "sealed stream" in capsys.readouterr().out


def test_a_gate_that_libsodium_itself_would_miss_is_left_open(tmp_path):
    within = seal.file_to_file(tmp_path, 1_000_000, 3, sodium_ms=0.0)
    beyond = seal.file_to_file(tmp_path, 1_000_000, 3, sodium_ms=1e9)
    [open_gate] = [one for one in beyond if one.name == "sealed stream"]
    [held] = [one for one in within if one.name == "sealed stream"]
    assert open_gate.met is None
    assert held.met is not None
