"""The project's own files, as the structure tests read them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("crypto", "casework", "cleaning", "portal", "admin", "migrations")


@dataclass(frozen=True)
class Function:
    """A function of the source, with the words to name it in a failure."""

    path: Path
    name: str
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def lines(self) -> int:
        """Its length, docstring included, decorators not."""
        return (self.node.end_lineno or self.node.lineno) - self.node.lineno + 1

    def __str__(self) -> str:
        """Return the place, as editors and terminals link it."""
        return f"{relative(self.path)}:{self.node.lineno} {self.name}"


def relative(path: Path) -> str:
    """Name *path* as seen from the repository."""
    return path.relative_to(ROOT).as_posix()


def files(*folders: str, suffixes: tuple[str, ...] = (".py",)) -> list[Path]:
    """Return the files below the *folders* that exist, in order."""
    return sorted(
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in suffixes and path.is_file() and "__pycache__" not in path.parts
    )


def package_files(*suffixes: str) -> list[Path]:
    """Return the files of the product itself; at least one, or the test tests nothing."""
    found = files(*PACKAGES, suffixes=suffixes or (".py",))
    assert found, f"no {suffixes or '.py'} file in {', '.join(PACKAGES)}"
    return found


def parse(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(path: Path) -> Iterator[Function]:
    """Yield every function and method of a file, nested ones too."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(path, node.name, node)
