"""What files are called, how long they get, and where the one commit is."""

import ast
from pathlib import Path
from statistics import median, quantiles

from source import PACKAGES, ROOT, files, functions, package_files, parse, relative

FILE_LINES_MAX = 500
FILE_LINES_P90 = 300
FUNCTION_LINES_MAX = 70
FUNCTION_LINES_P90 = 30
FUNCTION_LINES_MEDIAN = 10
# A name that says nothing collects everything.
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"}


def written_by_us() -> list[Path]:
    """Return the product's files and what stands around them."""
    return files(*PACKAGES, "benchmarks", "tests", suffixes=(".py", ".html"))


def line_count(path: Path) -> int:
    """Return how many lines a file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_has_a_name_that_says_nothing():
    assert [relative(path) for path in written_by_us() if path.stem in EMPTY_NAMES] == []


def test_package_files_hold_no_code():
    """An import there would be a road that the import rules do not see."""
    with_code = [
        relative(path)
        for path in package_files()
        if path.name == "__init__.py"
        and any(not is_docstring(statement) for statement in parse(path).body)
    ]
    assert with_code == []


def test_the_tests_are_no_packages():
    """A tests/crypto/__init__.py would hide our crypto."""
    assert [relative(path) for path in (ROOT / "tests").rglob("__init__.py")] == []


def test_no_file_is_too_long():
    too_long = {relative(p): line_count(p) for p in written_by_us()}
    assert {p: n for p, n in too_long.items() if n > FILE_LINES_MAX} == {}


def test_no_function_is_too_long():
    python = [path for path in written_by_us() if path.suffix == ".py"]
    every = [function for path in python for function in functions(path)]
    assert [str(f) for f in every if f.lines > FUNCTION_LINES_MAX] == []


def test_most_files_and_functions_are_short():
    sizes = [line_count(path) for path in package_files()]
    lengths = [function.lines for path in package_files() for function in functions(path)]
    assert quantiles(sizes, n=10)[-1] <= FILE_LINES_P90
    assert quantiles(lengths, n=10)[-1] <= FUNCTION_LINES_P90
    assert median(lengths) <= FUNCTION_LINES_MEDIAN


def test_only_the_unit_of_work_commits():
    """Who commits decides what happens together; one place decides."""
    committing = {
        relative(path) for path in package_files() if ".commit(" in path.read_text(encoding="utf-8")
    }
    assert committing == {"casework/storage/unit_of_work.py"}


def is_docstring(statement: ast.stmt) -> bool:
    """Say whether a statement is only text."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
