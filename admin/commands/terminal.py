"""How commands speak: results on stdout, everything else on stderr.

Where a person looks on, tables and progress are drawn by rich; a program, a
file or a journal gets plain lines, one fact a line.
"""

import json
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

T = TypeVar("T")
PLAIN_PROGRESS_SECONDS = 2.0


def say(text: str = "") -> None:
    """Print a line of the result."""
    click.echo(text)


def note(text: str) -> None:
    """Print a line beside the result, such as progress."""
    click.echo(text, err=True)


def say_json(value: object) -> None:
    """Print the result as one JSON document."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None))


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str = "") -> None:
    """Print a table; to a file, one line a row with tabs between."""
    if not sys.stdout.isatty():
        for row in [columns, *rows]:
            click.echo("\t".join(row))
        return
    drawn = Table(*columns, title=title or None, title_justify="left", box=None, pad_edge=False)
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    Console().print(drawn)


def wipe_screen() -> None:
    """Take what was shown off the screen, and out of what can be scrolled back to."""
    click.clear()
    if sys.stdout.isatty():
        click.echo("\x1b[3J", nl=False)


def ask_hidden(what: str) -> str:
    """Ask for something that must not be seen; a program may pipe it in, a line each.

    Raises:
        click.Abort: there is nothing more to read.
    """
    if sys.stdin.isatty():
        return str(click.prompt(what, hide_input=True, type=str, err=True))
    line = sys.stdin.readline()
    if not line:
        raise click.Abort
    return line.rstrip("\n")


@contextmanager
def step(what: str) -> Iterator[None]:
    """Show that *what* is being done, and afterwards how long it took."""
    begun = time.monotonic()
    if sys.stderr.isatty():
        with Console(stderr=True).status(what):
            yield
    else:
        note(f"{what} …")
        yield
    took = time.monotonic() - begun
    if sys.stderr.isatty() or took >= PLAIN_PROGRESS_SECONDS:
        note(f"✓ {what}（{took:.1f} s）")


def tracked(items: Iterable[T], what: str, *, total: int | None = None) -> Iterator[T]:
    """Yield the *items*, showing how many are done."""
    if total is None and isinstance(items, Sequence):
        total = len(items)
    if sys.stderr.isatty():
        yield from _drawn(items, what, total)
    else:
        yield from _counted(items, what, total)


def _drawn(items: Iterable[T], what: str, total: int | None) -> Iterator[T]:
    columns: tuple[Any, ...] = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        yield from progress.track(items, total=total, description=what)


def _counted(items: Iterable[T], what: str, total: int | None) -> Iterator[T]:
    begun = last = time.monotonic()
    done = 0
    for item in items:
        yield item
        done += 1
        now = time.monotonic()
        if now - last >= PLAIN_PROGRESS_SECONDS:
            last = now
            note(f"{what}：{done}/{total if total is not None else '?'}")
    took = time.monotonic() - begun
    if took >= PLAIN_PROGRESS_SECONDS:
        note(f"✓ {what}：{done}（{took:.1f} s）")
