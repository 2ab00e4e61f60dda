"""Reading tests/vectors, for both readers."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / "vectors"
Case = dict[str, Any]


def cases(name: str) -> list[Any]:
    read = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"].replace(" ", "_")) for case in read]


def raw(case: Case, name: str) -> bytes:
    return bytes.fromhex(case[name])


def stored(case: Case) -> bytes:
    """The bytes of a file's vector, spoilt as it says."""
    body = raw(case, "body") if "body" in case else (FOLDER / case["file"]).read_bytes()
    for how, *arguments in case["change"]:
        body = changed(body, how, *arguments)
    return body


def changed(body: bytes, how: str, *arguments: Any) -> bytes:
    if how == "cut":
        return body[: arguments[0]]
    if how == "append":
        return body + bytes.fromhex(arguments[0])
    if how == "drop":
        return body[: arguments[0]] + body[arguments[1] :]
    assert how == "flip"
    at = arguments[0]
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
