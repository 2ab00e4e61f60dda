"""The figures on the screen: a table on a terminal, plain text in a file."""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from benchmarks.results import Line, Ratio, Result

LOAD_MAX: Final = 2.0
FOREIGN_MAX: Final = 0.25
Rows = Sequence[Sequence[str]]

SPEED: Final = (
    "clients", "server", "subm./s", "POST p50", "p95", "p99", "GET p50", "p95", "p99",
    "good", "failed", "load",
)  # fmt: skip
CPU: Final = (
    "clients", "server", "submission", "less derivation", "GET", "POST", "database",
)  # fmt: skip
RATIO: Final = ("clients", "CPU GET+POST", "CPU POST alone", "submissions/s")


def show(result: Result) -> None:
    """Print everything."""
    where = f"{result.backend}, {result.attachment} attachment, {result.rounds} rounds"
    _table(f"Submissions, {where}; milliseconds", SPEED, [_speed(line) for line in result.lines])
    _table("CPU, ms each, of all processes", CPU, [_cpu(line) for line in result.lines])
    if result.ratios:
        _table(
            "Times bare: CPU with cheap codes, submissions/s with real ones",
            RATIO,
            list(map(_ratio, result.ratios)),
        )
    _lines(_failures(result) + _details(result) + _warnings(result))
    _table(
        "Goals", ("goal", "measured", ""),
        [(goal.name, goal.value, _word(goal.met)) for goal in result.goals],
    )  # fmt: skip


def write_json(result: Result, path: Path) -> None:
    """Write everything to a file."""
    text = json.dumps(result.as_json(), ensure_ascii=False, indent=2)
    path.write_text(text + "\n", encoding="utf-8")


def plain_table(title: str, head: Sequence[str], rows: Rows) -> str:
    """Return a table as text: columns two blanks apart, numbers to the right."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(head))]
    left = [any(_is_word(row[at]) for row in rows) for at in range(len(head))]
    text = [title]
    for line in lines:
        cells = [
            cell.ljust(width) if to_left else cell.rjust(width)
            for cell, width, to_left in zip(line, widths, left, strict=True)
        ]
        text.append("  ".join(cells).rstrip())
    return "\n".join(text)


def number(value: float | None, digits: int = 1) -> str:
    """Write a figure; a dash where there is none."""
    return "-" if value is None else f"{value:.{digits}f}"


def _table(title: str, head: Sequence[str], rows: Rows) -> None:
    if not sys.stdout.isatty():
        print(plain_table(title, head, rows), end="\n\n")
        return
    table = Table(title=title, title_justify="left")
    for at, name in enumerate(head):
        words = any(_is_word(row[at]) for row in rows)
        table.add_column(name, justify="left" if words else "right")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _lines(lines: Sequence[str]) -> None:
    print("\n".join(lines), end="\n\n")


def _speed(line: Line) -> tuple[str, ...]:
    return (
        str(line.clients),
        line.variant,
        number(line.per_second),
        *(number(value) for value in line.post_ms),
        *(number(value) for value in line.get_ms),
        str(line.done),
        str(sum(line.failures.values())),
        number(line.load),
    )


def _cpu(line: Line) -> tuple[str, ...]:
    cpu = line.cpu
    figures = (cpu.all, cpu.plain, cpu.get, cpu.post, cpu.database)
    return (str(line.clients), line.variant, *(number(figure, 2) for figure in figures))


def _ratio(one: Ratio) -> tuple[str, ...]:
    figures = (one.cpu, one.cpu_post, one.throughput)
    return (str(one.clients), *(number(figure, 2) for figure in figures))


def _failures(result: Result) -> list[str]:
    return [
        f"FAILED {line.variant}, {line.clients} clients: {times} x {what}"
        for line in result.lines
        for what, times in sorted(line.failures.items())
    ]


def _details(result: Result) -> list[str]:
    lines = []
    if result.sql is not None:
        sql = result.sql
        lines.append(f"SQL statements a submission: {sql.count} ({_counted(sql.statements)})")
        if sql.savepoints:
            lines.append(f"  and {sql.savepoints} SAVEPOINT and RELEASE of the group commit")
        if sql.rows:
            lines.append(f"  which SQLite ran {sql.rows} times, once a row")
        lines.append(f"  the limiter's own store: {_counted(sql.limiter)}")
        lines.append(f"  GET of the form: {_counted(sql.get)}")
    for name, memory in result.memory.items():
        # A process that lets nobody look inside shows its PSS to root alone.
        pss = f"{memory['pss'] / 1e6:.0f} MB" if memory["pss"] else "unknown"
        lines.append(
            f"Memory of {name}: peak {memory['peak'] / 1e6:.0f} MB (VmHWM, summed over"
            f" {len(memory['processes'])} processes), {pss} with shared pages once (PSS)"
        )
        lines += [f"  {size / 1e6:5.0f} MB  {what[:70]}" for what, size in memory["processes"]]
    derivation = result.derivation
    lines.append(
        f"One receipt derivation: {number(derivation.get('quiet_ms'), 2)} ms CPU between slices,"
        f" {number(derivation.get('busy_ms'), 2)} within"
    )
    return lines


def _warnings(result: Result) -> list[str]:
    lines = []
    if result.load_before > LOAD_MAX:
        lines.append(
            f"WARNING: load average {result.load_before:.1f} before the run, above {LOAD_MAX:g}:"
            " believe ratios of CPU, not times."
        )
    if result.foreign_cpu > FOREIGN_MAX:
        lines.append(
            f"WARNING: other programs used {result.foreign_cpu:.0%} of the machine during the run."
        )
    return lines


def _counted(names: Mapping[str, int]) -> str:
    return ", ".join(f"{name} x {n}" if n > 1 else name for name, n in names.items()) or "none"


def _word(met: bool | None) -> str:
    return {True: "met", False: "MISSED", None: ""}[met]


def _is_word(cell: str) -> bool:
    return cell[:1].isalpha()
