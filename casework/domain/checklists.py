"""What is looked at on site, by matter: read from a file once, pinned by what it says.

A record of a visit names the list and the digest of its words, and keeps the words beside the
answers: a list that changes later changes no record.

Source: casework/checklists/visit.toml, each question with its clause.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from casework.domain.case import Matter
from casework.domain.errors import ChecklistFileError

FILE: Final = Path(__file__).resolve().parent.parent / "checklists" / "visit.toml"
ANSWERS: Final = ("yes", "no", "not_applicable", "not_seen")
MARKS: Final = frozenset({"S", "M", "D"})
_KEYS: Final = frozenset({"id", "matters", "text", "cite", "mark"})


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to look at.

    Attributes:
        cite: on what it rests.
        mark: S seen, M from memory, D our own reading.
    """

    id: str
    text: str
    cite: str
    mark: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """The questions of a matter, in order.

    Attributes:
        id: the matter.
        sha256: of the questions as they stand, 64 hexadecimal digits.
    """

    id: str
    questions: tuple[Question, ...]

    @property
    def sha256(self) -> str:
        """The digest that a record names."""
        told = [[one.id, one.text, one.cite, one.mark] for one in self.questions]
        plain = json.dumps([self.id, told], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(plain.encode()).hexdigest()


def checklist_of(matter: str) -> Checklist:
    """Return what is looked at for a matter.

    Raises:
        ChecklistFileError: the file cannot be used; it names the place.
    """
    return _shipped()[matter]


@cache
def _shipped() -> Mapping[str, Checklist]:
    return parse_checklists(FILE.read_text(encoding="utf-8"), FILE.name)


def parse_checklists(text: str, name: str) -> Mapping[str, Checklist]:
    """Return the lists of a file, by matter; every matter has one.

    Raises:
        ChecklistFileError: the whole file is refused, naming what is wrong and where.
    """
    try:
        items = tomllib.loads(text).get("item", [])
    except tomllib.TOMLDecodeError as problem:
        raise ChecklistFileError(name, "toml", str(problem)) from problem
    found: dict[str, list[Question]] = {str(matter): [] for matter in Matter}
    for number, item in enumerate(items, 1):
        for matter in _checked(item, f"item {number}", name):
            found[matter].append(
                Question(item["id"], item["text"].strip(), item["cite"].strip(), item["mark"])
            )
    for matter, questions in found.items():
        if len({one.id for one in questions}) < max(1, len(questions)):
            raise ChecklistFileError(name, matter, "at least one question, each id once")
    return {matter: Checklist(matter, tuple(questions)) for matter, questions in found.items()}


def _checked(item: Mapping[str, object], where: str, name: str) -> list[str]:
    if item.keys() != _KEYS:
        raise ChecklistFileError(name, where, ", ".join(sorted(_KEYS)))
    for key in ("id", "text", "cite"):
        value = item[key]
        if not isinstance(value, str) or not value.strip():
            raise ChecklistFileError(name, f"{where}: {key}", "text")
    if item["mark"] not in MARKS:
        raise ChecklistFileError(name, f"{where}: mark", "S, M or D")
    matters = item["matters"]
    known = {str(matter) for matter in Matter}
    if not isinstance(matters, list) or not matters or not set(matters) <= known:
        raise ChecklistFileError(name, f"{where}: matters", f"of {', '.join(sorted(known))}")
    return matters
