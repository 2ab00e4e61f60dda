"""Migrations form one numbered line, and head.txt says where it ends.

Two branches that both add a migration then conflict in git, not in production.
"""

import ast
import re
from pathlib import Path

from source import PACKAGES, ROOT, parse, relative

VERSIONS = ROOT / "migrations/versions"


def revisions() -> list[Path]:
    """Return the migration files in the order of their names."""
    found = sorted(VERSIONS.glob("*.py"))
    assert found, f"no migration in {relative(VERSIONS)}"
    return found


def constant(path: Path, name: str) -> object:
    """Return the value that a migration assigns to *name* at its top."""
    for node in parse(path).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and target.id == name:
                value = getattr(node, "value", None)
                assert isinstance(value, ast.Constant), f"{relative(path)}: {name} is computed"
                return value.value
    raise AssertionError(f"{relative(path)} does not say its {name}")


def test_numbers_are_unique_and_without_gaps():
    names = [path.stem for path in revisions()]
    assert [name for name in names if not re.fullmatch(r"[0-9]{4}_[a-z0-9_]+", name)] == []
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_the_revision_is_the_name_of_the_file():
    assert [constant(path, "revision") for path in revisions()] == [p.stem for p in revisions()]


def test_each_migration_follows_the_one_before():
    expected = [None, *(path.stem for path in revisions()[:-1])]
    assert [constant(path, "down_revision") for path in revisions()] == expected


def test_the_last_migration_is_the_head():
    head = (ROOT / "migrations/head.txt").read_text(encoding="utf-8").strip()
    assert head == revisions()[-1].stem


def test_migrations_import_nothing_of_ours():
    """They must still run when today's code is gone."""
    ours = [
        f"{relative(path)} imports {name}"
        for path in revisions()
        for node in ast.walk(parse(path))
        for name in imported(node)
        if name.split(".")[0] in PACKAGES
    ]
    assert ours == []


def imported(node: ast.AST) -> list[str]:
    """Return the modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []
