"""Writes routing files: rules into one that stays as it is otherwise, or a whole one."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from casework.domain.errors import RoutingFileError
from casework.domain.region import Region
from casework.domain.routing import Routing
from casework.domain.routing_file import parse_routing
from casework.domain.routing_table import ANY, Days, Department, Rule, Sector
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


def whole(routing: Routing, rules: Sequence[Rule]) -> bytes:
    """Return a routing file with everything of *routing*, and *rules* in the place of its own."""
    parts = ["\n".join(_texts(routing, ("site", "source", "discipline"))) + "\n"]
    parts += map(_region, routing.regions.by_code.values())
    parts += map(_department, routing.departments.values())
    parts += map(_sector, routing.sectors.values())
    parts += map(_table, rules)
    return "\n".join(parts).encode()


def _region(region: Region) -> str:
    lines = ["[[region]]", *_texts(region, ("code", "name", "parent", "kind"))]
    for key, day in (("valid_from", region.valid_from), ("valid_to", region.valid_to)):
        lines += [f"{key} = {day.isoformat()}"] if day is not None else []
    lines += _texts(region, ("successor",)) if region.successor else ()
    lines += ["verified = true"] if region.verified else []
    lines += _texts(region, ("code_source",)) if region.code_source else ()
    return "\n".join(lines) + "\n"


def _department(one: Department) -> str:
    keys = ("code", "name", "short", "kind", "supervisor", "duties")
    lines = ["[[department]]", *_texts(one, keys)]
    lines += [f"clauses = [{', '.join(map(str, one.clauses))}]", *_days(one.days)]
    return "\n".join(lines) + "\n"


def _sector(one: Sector) -> str:
    return "\n".join(["[[sector]]", *_texts(one, ("code", "name", "name_en"))]) + "\n"


def _texts(entry: object, keys: Iterable[str]) -> Iterable[str]:
    return (f"{key} = {_text(getattr(entry, key))}" for key in keys)


def _table(rule: Rule) -> str:
    lines = ["[[rule]]", *_lines(rule)]
    return "\n".join(lines) + "\n"


def _days(days: Days) -> Iterable[str]:
    for key, day in (("from", days.first), ("until", days.last)):
        if day is not None:
            yield f"{key} = {day.isoformat()}"


def _lines(rule: Rule) -> Iterable[str]:
    for key in ("id", "region", "sector", "matter"):
        yield f"{key} = {_text(getattr(rule, key))}"
    for key in ("tier", "grade"):
        if getattr(rule, key) != ANY:
            yield f"{key} = {_text(getattr(rule, key))}"
    yield from _days(rule.days)
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
