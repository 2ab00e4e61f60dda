"""List the benchmarks: python -m benchmarks."""

import ast
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

FOLDER = Path(__file__).parent


def benchmarks() -> list[tuple[str, str]]:
    """Return the command and the first sentence of every module that can be run."""
    found = []
    for path in sorted(FOLDER.glob("[a-z]*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        is_program = any(isinstance(n, ast.FunctionDef) and n.name == "main" for n in tree.body)
        if is_program:
            first = (ast.get_docstring(tree) or "").partition("\n")[0]
            found.append((f"python -m benchmarks.{path.stem}", first))
    return found


def main() -> None:
    """Print them; on a terminal as a table."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for command, sentence in benchmarks():
        if sys.stdout.isatty():
            table.add_row(command, sentence)
        else:
            print(f"{command}  {sentence}")
    if sys.stdout.isatty():
        Console().print(table)


if __name__ == "__main__":
    main()
