"""Submissions on the real server: speed, failures, SQL, CPU and memory.

Each client gets the form, sends it with all fields and an attachment of 100 KB,
and finds its code on the receipt page. CPU is that of all processes of the
server, until they are at rest again: receipt codes are prepared in idle time,
and that time counts too.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks import report, results, rounds
from benchmarks.attachments import KINDS, forms
from benchmarks.bare.app import ADDRESS
from benchmarks.databases import BACKENDS, Databases, count_reports, databases
from benchmarks.derivation import DerivationTimes
from benchmarks.instance import CHEAP, REAL, make_instance
from benchmarks.pages import FORM_PATH
from benchmarks.results import Result, Sql
from benchmarks.rounds import Plan, Variant
from benchmarks.servers import ROOT, StartError, free_port, running


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
    result = Result(options.backend, options.attachment, options.codes, options.rounds)
    result.load_before = os.getloadavg()[0]
    plan = Plan(options.clients, options.rounds, options.slice, options.submissions)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tonggui-bench-")))
        where = stack.enter_context(databases(folder, options.backend))
        costs = CHEAP if options.codes == "cheap" else REAL
        environ = make_instance(folder / "ours", where.ours, costs=costs)
        inside = _count_inside(environ)
        result.sql = Sql(**inside["sql"])
        times = DerivationTimes(inside["opslimit"], inside["memlimit"])
        before = count_reports(where.ours)
        variants = [stack.enter_context(_site(environ, folder, where, options.attachment))]
        if options.against == "bare":
            variants.append(stack.enter_context(_bare(folder, where, options.attachment)))
        warm_up = rounds.warm_up(variants)
        result.foreign_cpu = rounds.measure(variants, plan, times)
        result.stored = count_reports(where.ours) - before
        codes = [*warm_up, *_codes(variants[0])]
    result.acknowledged = len(codes)
    result.same_codes = results.repeated(codes)
    _sum_up(result, variants, times, options.clients)
    return result


def _sum_up(
    result: Result, variants: Sequence[Variant], times: DerivationTimes, clients: Sequence[int]
) -> None:
    for count in clients:
        lines = [results.line(variant, count, times.busy) for variant in variants]
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


def _codes(variant: Variant) -> list[str]:
    return [
        sample.code
        for series in variant.submissions.values()
        for sample in series.samples
        if sample.code
    ]


def _count_inside(environ: dict[str, str]) -> dict[str, Any]:
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


@contextmanager
def _site(
    environ: dict[str, str], folder: Path, where: Databases, attachment: str
) -> Iterator[Variant]:
    port = free_port()
    own = {"TONGGUI_PORTAL_BIND": f"127.0.0.1:{port}", "TONGGUI_TRUSTED_PROXIES": "1"}
    with running(
        ["portal.wsgi"], {**environ, **own}, port=port, path=FORM_PATH, log=folder / "site.log"
    ) as server:
        yield rounds.site(server, forms(attachment), where.server)


@contextmanager
def _bare(folder: Path, where: Databases, attachment: str) -> Iterator[Variant]:
    port = free_port()
    with running(
        ["benchmarks.bare.serve", str(port)],
        {ADDRESS: where.bare},
        port=port,
        path="/",
        log=folder / "bare.log",
    ) as server:
        yield rounds.bare(server, forms(attachment), where.server)


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
    parser.add_argument(
        "--codes",
        choices=["real", "cheap"],
        default="real",
        help="cheap: a key set whose codes cost nothing, to see what is left without them",
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
