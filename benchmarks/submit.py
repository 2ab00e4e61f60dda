"""Submissions on the real server: speed, failures, SQL, CPU and memory.

Each client gets the form, sends it with all fields and an attachment of 100 KB,
and finds its code on the receipt page. CPU is that of all processes of the
server, until they are at rest again: receipt codes are prepared in idle time,
and that time counts too. Against `bare`, a second site whose codes cost next to
nothing runs in turn with the others: its CPU is the one without the derivation.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import report, results, rounds
from benchmarks.attachments import KINDS
from benchmarks.databases import BACKENDS, count_reports
from benchmarks.derivation import DerivationTimes
from benchmarks.figures import Series
from benchmarks.instance import CHEAP
from benchmarks.results import Result, Sql
from benchmarks.rounds import Plan, Variant
from benchmarks.servers import ROOT, StartError
from benchmarks.stage import Stage


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for.

    Returns:
        0; 1 if a goal that was measured was missed, or nothing could be measured.
    """
    options = _parser().parse_args(arguments)
    try:
        result = run(options)
    except (StartError, rounds.NothingWorksError, subprocess.CalledProcessError) as error:
        print(f"Nothing was measured: {error}", file=sys.stderr)
        return 1
    report.show(result)
    if options.json:
        report.write_json(result, options.json)
    return int(any(goal.met is False for goal in result.goals))


def run(options: argparse.Namespace) -> Result:
    """Make the servers, measure, and take everything away again."""
    result = Result(options.backend, options.attachment, options.rounds)
    result.load_before = os.getloadavg()[0]
    plan = Plan(options.clients, options.rounds, options.slice, options.submissions)
    with Stage.open(options.backend, options.attachment) as stage:
        environ = stage.make_instance("ours")
        inside = _count_inside(environ)
        result.sql = Sql(**inside["sql"])
        times = DerivationTimes(inside["opslimit"], inside["memlimit"])
        before = count_reports(stage.databases.ours)
        variants = [stage.site(environ, has_codes=True)]
        if options.against == "bare":
            cheap = stage.make_instance("without_codes", costs=CHEAP)
            variants += [stage.site(cheap, has_codes=False), stage.bare()]
        first = rounds.warm_up(variants)
        result.foreign_cpu = rounds.measure(variants, plan, times)
        result.stored = count_reports(stage.databases.ours) - before
    _hold_against(result, [first, *variants[0].submissions.values()])
    _sum_up(result, variants, times, options.clients)
    return result


def _hold_against(result: Result, series: Sequence[Series]) -> None:
    samples = [sample for one in series for sample in one.samples]
    codes = [sample.code for sample in samples if sample.code]
    result.acknowledged = len(codes)
    result.unacknowledged = len(samples) - len(codes)
    result.same_codes = results.repeated(codes)


def _sum_up(
    result: Result, variants: Sequence[Variant], times: DerivationTimes, clients: Sequence[int]
) -> None:
    for count in clients:
        lines = [results.line(one, count, times.quiet if one.has_codes else 0) for one in variants]
        result.lines += lines
        if len(lines) > 1:
            result.ratios.append(results.compare(*lines))
    for variant in variants:
        memory = variant.memory
        result.memory[variant.name] = {
            "peak": memory.peak,
            "pss": memory.shared_once,
            "processes": list(memory.peaks.values()),
        }
    result.derivation = {"quiet_ms": times.quiet, "busy_ms": times.busy}
    result.goals = results.goals(result)


def _count_inside(environ: Mapping[str, str]) -> dict[str, Any]:
    """Count statements in a process of its own: listeners stay on for good."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.statements"],
        cwd=ROOT,
        env={**os.environ, **environ},
        check=True,
        stdout=subprocess.PIPE,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.submit", description=__doc__)
    parser.add_argument("--clients", type=_counts, default=[1, 4, 8, 32, 64], metavar="N,N,…")
    parser.add_argument("--against", choices=["bare"], help="what to divide by, in the same run")
    parser.add_argument("--backend", choices=BACKENDS, default="sqlite")
    parser.add_argument("--attachment", choices=KINDS, default="random")
    parser.add_argument("--rounds", type=_positive, default=5)
    parser.add_argument("--slice", type=float, default=2.0, metavar="SECONDS")
    parser.add_argument(
        "--submissions",
        type=_positive,
        help="end a slice after so many; up to 48 are served from codes prepared before",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there as well")
    return parser


def _counts(text: str) -> list[int]:
    return [_positive(one) for one in text.split(",")]


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return value


if __name__ == "__main__":
    sys.exit(main())
