"""Chinese in the sources: what a reader of another language would meet untranslated."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

# Letters, punctuation and full-width signs.
CHINESE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
MARKED = frozenset({"_", "_l", "gettext", "lazy_gettext"})
_ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


def in_python(path: Path) -> Iterator[tuple[int, str]]:
    """Chinese text outside _(), with its line; documentation is none."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    left_out = {
        id(part)
        for node in ast.walk(tree)
        for whole in _not_shown(node)
        for part in ast.walk(whole)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            continue
        if CHINESE.search(node.value) and id(node) not in left_out:
            yield node.lineno, node.value


def _not_shown(node: ast.AST) -> list[ast.expr]:
    """What of *node* is a sentence for the catalogue, or documentation."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return [node.value]
    if isinstance(node, ast.Call):
        called = node.func
        name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
        return node.args[:1] if name in MARKED else []
    return []


def in_template(path: Path) -> Iterator[tuple[int, str]]:
    """Chinese text of a template outside _(), with its line."""
    tree = _ENVIRONMENT.parse(path.read_text(encoding="utf-8"))
    marked = {
        id(call.args[0])
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in MARKED and call.args
    }
    for constant in tree.find_all(nodes.Const):
        text = constant.value
        if isinstance(text, str) and CHINESE.search(text) and id(constant) not in marked:
            yield constant.lineno, text
    for shown in tree.find_all(nodes.TemplateData):
        if CHINESE.search(shown.data):
            yield shown.lineno, shown.data.strip()
