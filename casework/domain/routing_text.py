"""Writes rules into a routing file; what stands before them stays as it is, comments too."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from casework.domain.errors import RoutingFileError
from casework.domain.routing_file import parse_routing
from casework.domain.routing_table import ANY, Rule
from casework.domain.toml_lines import key_lines

_HEADER: Final = re.compile(r"\s*\[\[\s*rule\s*\]\]")


def with_rules(body: bytes, rules: Sequence[Rule], *, file: str) -> bytes:
    """Return a routing file with *rules* in the place of its own.

    Args:
        body: a routing file whose rules stand after everything else.
        rules: that fit its regions, departments and sectors.
        file: its name, for refusals.

    Raises:
        RoutingFileError: the file cannot be used; something else stands among its rules; or
            the new rules do not fit it.
    """
    before = parse_routing(body, file=file)
    text = body.decode("utf-8").replace("\r\n", "\n")
    lines = text.split("\n")
    first = key_lines(text).get("rule[1]", key_lines(text).get("rule"))
    if first is not None and not _HEADER.match(lines[first - 1]):
        raise RoutingFileError(file, "rule", "rules as [[rule]] tables", line=first)
    kept = "\n".join(lines[: first - 1] if first is not None else lines).rstrip("\n")
    new = "\n".join([kept, "", *map(_table, rules)]).encode()
    try:
        after = parse_routing(new, file=file)
    except RoutingFileError as refusal:
        raise RoutingFileError(file, refusal.key, refusal.expected, line=first) from None
    if replace(after, sha256="", rules=()) != replace(before, sha256="", rules=()):
        raise RoutingFileError(file, "rule", "all rules after everything else", line=first)
    return new


def _table(rule: Rule) -> str:
    lines = ["[[rule]]", *_lines(rule)]
    return "\n".join(lines) + "\n"


def _lines(rule: Rule) -> Iterable[str]:
    for key in ("id", "region", "sector", "matter"):
        yield f"{key} = {_text(getattr(rule, key))}"
    for key in ("tier", "grade"):
        if getattr(rule, key) != ANY:
            yield f"{key} = {_text(getattr(rule, key))}"
    for key, day in (("from", rule.days.first), ("until", rule.days.last)):
        if day is not None:
            yield f"{key} = {day.isoformat()}"
    yield f"lead = {_text(rule.lead)}"
    yield f"co = {_list(rule.co)}"
    if rule.copy:
        yield f"copy = {_list(rule.copy)}"
    yield f"reason = {_text(rule.reason)}"
    yield f"clause = {_text(rule.clause)}"


def _list(codes: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, codes))}]"


def _text(value: str) -> str:
    """Write a TOML string: JSON's escapes are TOML's, but for DEL, which TOML wants escaped."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
