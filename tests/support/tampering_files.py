"""The files beside the database: sealed blobs, the register's folder, kept roots, pinned keys."""

import json
from collections.abc import Iterator
from pathlib import Path

from casework.storage.sealed_tables import sealed_file
from crypto.notes import Checkpoint, sign_note
from crypto.tiles import WIDTH, bundle_path, tile_path
from rich_instance import Rich, Rows
from tampering import Owner, Tampering, flipped


def of_files(rich: Rich, rows: Rows) -> Iterator[Tampering]:
    """Yield what can be done to files."""
    yield from _of_blobs(rich, rows)
    yield from _of_register(rich)
    yield from _of_kept_roots(rich)
    yield from _of_pinned_keys(rich)


def write(path: Path, body: bytes | None, place: str, attack: str, *names: str) -> Tampering:
    """A file with another content; None for none."""

    def do(_owner: Owner) -> None:
        if body is None:
            path.unlink()
        else:
            path.chmod(0o600)
            path.write_bytes(body)

    return Tampering(attack, place, (), do, frozenset(names), (path,))


def _damaged(path: Path, place: str, *names: str) -> Iterator[Tampering]:
    body = path.read_bytes()
    for at in (0, len(body) // 2, len(body) - 1):
        yield write(path, flipped(body, at), place, "flip", *names)
    yield write(path, body[: len(body) // 2], place, "truncate", *names)
    yield write(path, b"", place, "truncate", *names)
    yield write(path, body + body[-1:], place, "extend", *names)
    yield write(path, None, place, "delete", *names)


def _of_blobs(rich: Rich, rows: Rows) -> Iterator[Tampering]:
    folder = rich.world.settings.home / "blobs"
    files = rows[sealed_file.name][:3]
    for at, row in enumerate(files):
        path, other = folder / row["blob_name"], files[at - 1]
        names = (row["id"], row["report_id"])
        yield from _damaged(path, "blob", *names)
        # Another file's bytes in this one's place: swapped whole, and as an old one put back.
        swapped = (folder / other["blob_name"]).read_bytes()
        yield write(path, swapped, "blob", "swap", *names)
        yield write(path, bytes(len(swapped)), "blob", "forge", *names)


def _of_register(rich: Rich) -> Iterator[Tampering]:
    folder = rich.world.settings.home / "register"
    size = int((folder / "checkpoint").read_text().splitlines()[1])
    width = min(size, WIDTH)
    told = [tile_path(0, 0, width), bundle_path(0, width)]
    told += ["opened/2026Q1.json", "opened/at-once.json"]
    for name in told:
        yield from _damaged(folder / name, f"register/{name}", name)
    # What an older checkpoint leads to; that it is gone says nothing.
    for name in (f"{part}/000.p" for part in ("tile/0", "tile/entries")):
        older = min(int(one.name) for one in (folder / name).iterdir())
        for one in _damaged(folder / name / str(older), "register/tile", f"{name}/{older}"):
            if one.attack != "delete" and older < width:
                yield one
    for one in _damaged(folder / "checkpoint", "register/checkpoint", "register/checkpoint"):
        if one.attack != "delete":  # unpublished: the jobs process writes it again
            yield one
    smaller = min(int(one.name) for one in (folder / "tile/0/000.p").iterdir())
    old = (folder / f"tile/0/000.p/{smaller}").read_bytes()
    yield write(folder / told[0], old, "register/tile", "replay", told[0])
    invented = folder / "opened/2025Q4.json"
    body = (folder / "opened/2026Q1.json").read_bytes()
    yield write_new(invented, body, "register/opened", "opened/2025Q4.json")
    swapped = (folder / told[3]).read_bytes()
    yield write(folder / told[2], swapped, "register/opened", "swap", told[2])
    forged = sign_note(
        Checkpoint("410329-demo/register", size, bytes(32), ()).text(),
        name="410329-demo/register",
        key=rich.witness,
    )
    yield write(
        folder / "checkpoint",
        forged.encode(),
        "register/checkpoint",
        "forge",
        "register/checkpoint",
    )
    split = sign_note(
        Checkpoint("410329-demo/register", size, bytes(32), ()).text(),
        name="410329-demo/register",
        key=rich.world.log_key,
    )
    yield write(
        folder / "checkpoint", split.encode(), "register/checkpoint", "forge", "register/checkpoint"
    )


def write_new(path: Path, body: bytes, place: str, *names: str) -> Tampering:
    """A file that was not there."""

    def do(_owner: Owner) -> None:
        path.write_bytes(body)

    return Tampering("forge", place, (), do, frozenset(names), (path,))


def _of_kept_roots(rich: Rich) -> Iterator[Tampering]:
    folder = rich.world.settings.home / "log"
    newest, history = folder / "audit-checkpoint", folder / "audit-history"
    yield from _damaged(newest, "log/audit-checkpoint", "audit-checkpoint")
    yield write(history, None, "log/audit-history", "delete", "audit-history", "audit-checkpoint")
    lines = history.read_bytes().splitlines(keepends=True)
    names = ("audit-history", "audit/*")
    text = Checkpoint("410329-demo/audit", 3, bytes(32), ("time 1772416800",)).text()
    for key in (rich.witness, rich.world.log_key):
        note = sign_note(text, name="410329-demo/audit", key=key)
        body = b"".join([*lines, json.dumps(note).encode(), b"\n"])
        yield write(history, body, "log/audit-history", "forge", *names)
    for at in (0, len(lines) - 1):
        broken = [*lines]
        broken[at] = flipped(lines[at], len(lines[at]) // 2)
        yield write(history, b"".join(broken), "log/audit-history", "flip", *names)
        broken[at] = lines[at][: len(lines[at]) // 2] + b"\n"
        yield write(history, b"".join(broken), "log/audit-history", "truncate", *names)


def _of_pinned_keys(rich: Rich) -> Iterator[Tampering]:
    folder = rich.world.settings.home / "secrets" / "console"
    pin, newest = folder / "first-key-set", folder / "newest-key-set"
    body = pin.read_bytes()
    for at in (0, 16, 31):
        yield write(pin, flipped(body, at), "secrets/first-key-set", "flip", "1")
    yield write(pin, body[:16], "secrets/first-key-set", "truncate", "1")
    yield write(pin, None, "secrets/first-key-set", "delete", "1")
    yield write(newest, b"99\n", "secrets/newest-key-set", "forge", "99")
    yield write(newest, b"x\n", "secrets/newest-key-set", "flip", "2")
