#!/usr/bin/env python3
"""Collect the sentences of both sites and bring their English catalogues up to date.

Run by `make words`. Chinese sentences in _() and _l() are the message ids. What has an
English entry keeps it; what is new is added with an empty one and listed, to be filled in
by hand; what is gone is taken out. A sentence that changed a little is a new sentence:
nothing is guessed. The .po file is what people edit, the .mo file beside it is what the
sites read; both are in the repository, and tests/architecture/test_catalogues.py holds
them to each other and to the pages.
"""

import ast
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SITES = ("admin", "portal")
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None}
HEADINGS = [("Language", "en"), ("Content-Type", "text/plain; charset=utf-8")]
HEADER = """\
# The English of the sentences of {site}/. The Chinese is the message id; `make words`
# adds what is new here and compiles this file. Terms: GLOSSARY.md.
#"""


class Catalogue(Catalog):
    """A catalogue whose heading has no dates and no versions: only sentences make a difference."""

    mime_headers = property(lambda _self: HEADINGS)


def catalogue_path(site: str) -> Path:
    """Where the English catalogue of *site* is kept; the compiled one stands beside it."""
    return ROOT / site / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def in_python(
    file: IO[bytes], _keywords: object, _tags: object, options: object
) -> Iterator[tuple[int, str, str, list[str]]]:
    """The sentences of a module. Babel's own reader does not look into f-strings."""
    for node in ast.walk(ast.parse(file.read())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called, first = node.func, node.args[0]
        name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
        if name in KEYWORDS and isinstance(first, ast.Constant):
            yield node.lineno, str(name), str(first.value), []


METHODS: list[tuple[str, Any]] = [("**.py", in_python), ("**/templates/**.html", "jinja2")]


def sentences(site: str) -> dict[str, set[str]]:
    """Every sentence of *site*, with the files it stands in."""
    found: dict[str, set[str]] = {}
    for name, _line, message, _comments, _context in extract_from_dir(
        ROOT / site, method_map=METHODS, keywords=KEYWORDS
    ):
        if not isinstance(message, str):
            raise TypeError(f"{site}/{name}: plural forms are not used: {message}")
        found.setdefault(message, set()).add(f"{site}/{name}")
    return found


def known(path: Path) -> dict[str, str]:
    """What the catalogue at *path* says already."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if one.id}


def catalogue(site: str, english: dict[str, str]) -> Catalogue:
    """The catalogue of *site* with the sentences that there are, in the order of their files."""
    made = Catalogue(header_comment=HEADER.format(site=site), fuzzy=False)
    for message, files in sorted(sentences(site).items(), key=lambda one: (sorted(one[1]), one[0])):
        made.add(message, english.get(message, ""), [(name, 0) for name in sorted(files)])
    return made


def written(made: Catalogue) -> bytes:
    """The .po file."""
    out = BytesIO()
    write_po(out, made, width=0, include_lineno=False)
    return out.getvalue()


def compiled(text: bytes) -> bytes:
    """The .mo file of a .po file."""
    made = Catalogue(fuzzy=False)
    for one in read_po(BytesIO(text)):
        if one.id:
            made.add(one.id, one.string)
    out = BytesIO()
    write_mo(out, made)
    return out.getvalue()


def main() -> int:
    """Bring both catalogues up to date; 1 when English is missing."""
    is_complete = True
    for site in SITES:
        path = catalogue_path(site)
        path.parent.mkdir(parents=True, exist_ok=True)
        made = catalogue(site, known(path))
        text = written(made)
        path.write_bytes(text)
        path.with_suffix(".mo").write_bytes(compiled(text))
        missing = [str(one.id) for one in made if one.id and not one.string]
        is_complete = is_complete and not missing
        print(f"{path.relative_to(ROOT)}: {len(made)} sentences, {len(missing)} without English")
        for message in missing:
            print(f"  {message}")
    return 0 if is_complete else 1


if __name__ == "__main__":
    sys.exit(main())
