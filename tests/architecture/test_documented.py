"""What crypto and the domain offer to others is documented and annotated in full."""

import ast
from collections.abc import Iterator

import pytest

from source import files, parse, relative

FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
FOLDERS = ["crypto", "casework/domain"]


def public_definitions(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.stmt]]:
    """Yield public functions and classes, and the public methods of the latter."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield prefix + node.name, node
            yield from public_definitions(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, FUNCTION) and not node.name.startswith("_"):
            yield prefix + node.name, node


@pytest.mark.parametrize("folder", FOLDERS)
def test_everything_public_has_a_docstring(folder):
    silent = [
        f"{relative(path)} {name}"
        for path in files(folder)
        for name, node in public_definitions(parse(path).body)
        if isinstance(node, ast.ClassDef | FUNCTION) and not ast.get_docstring(node)
    ]
    assert files(folder), f"{folder} is empty"
    assert silent == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_everything_public_is_annotated(folder):
    bare = [
        f"{relative(path)} {name}"
        for path in files(folder)
        for name, node in public_definitions(parse(path).body)
        if isinstance(node, FUNCTION) and not is_annotated(node)
    ]
    assert bare == []


def is_annotated(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Say whether every argument but self and cls, and the result, has a type."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    starred = [argument for argument in (arguments.vararg, arguments.kwarg) if argument]
    asked = [a for a in (*named, *starred) if a.arg not in {"self", "cls"}]
    return function.returns is not None and all(a.annotation is not None for a in asked)
