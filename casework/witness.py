"""`tonggui register witness`: does the public log only grow? If so, sign what was seen.

A witness keeps the newest checkpoint it has seen. A new one is believed if the old tree is
the beginning of the new one; then the witness may cosign it (C2SP tlog-cosignature v1).
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casework.recount import Read, SourceError, read_checkpoint
from casework.register import write_whole
from crypto.errors import ProofError
from crypto.merkle import check_consistency
from crypto.notes import (
    COSIGNATURE,
    SEED_SIZE,
    Checkpoint,
    LogKey,
    cosign,
    open_checkpoint,
    parse_verifier_key,
    verifier_key,
)
from crypto.register import fingerprint
from crypto.tiles import Tree, tile_path


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at the log brought.

    Attributes:
        checkpoint: the newest checkpoint.
        note: as the log signed it.
        fingerprint: 24 digits to compare with what others see.
        grown: entries since the last look, None at the first one.
        cosigned: the note with the witness's signature, "" without a key.
    """

    checkpoint: Checkpoint
    note: str
    fingerprint: str
    grown: int | None
    cosigned: str = ""


def look(
    read: Read,
    *,
    key: str,
    state: Path,
    now: datetime,
    witness: tuple[str, LogKey] | None = None,
) -> Seen:
    """Compare the log with what was seen before, and remember it.

    Args:
        read: gives a public file by its path below /register/.
        key: verifier key of the log.
        state: file that the witness keeps; made at the first look.
        now: UTC instant, for the cosignature.
        witness: name and key to cosign with.

    Raises:
        SourceError: there is no log, or the state file cannot be read.
        ProofError: another key signed it, it lost entries, or it does not continue what was
            seen. Nothing is remembered or signed then.
    """
    head, note = read_checkpoint(read, key)
    before = _seen_before(state, key)
    tree = Tree(lambda level, index, width: read(tile_path(level, index, width)) or b"", head.size)
    if before is not None:
        _check_grown(before, head, tree)
    elif tree.range_hash(0, head.size) != head.root:
        raise ProofError("the tiles are not those that were signed")
    cosigned = ""
    if witness is not None:
        name, secret = witness
        cosigned = note + cosign(note, name=name, key=secret, at=int(now.timestamp()))
    body = json.dumps({"log": key, "note": note}, ensure_ascii=False, indent=1)
    write_whole(state, body.encode() + b"\n")
    grown = None if before is None else head.size - before.size
    return Seen(head, note, fingerprint(head.text()), grown, cosigned)


def witness_key(path: Path) -> LogKey:
    """Return the witness's key out of a file of 32 bytes, made if it is not there.

    Raises:
        SourceError: the file holds something else, or others may read it.
    """
    if not path.exists():
        write_whole(path, LogKey.generate().seed, mode=0o600)
    try:
        if path.stat().st_mode & 0o077:
            raise SourceError(f"{path}：别人也能读，请 chmod 600 / others may read it")
        seed = path.read_bytes()
    except OSError as problem:
        raise SourceError(f"{path}：{problem.strerror}") from None
    if len(seed) != SEED_SIZE:
        raise SourceError(f"{path}：不是见证密钥 / not the key of a witness")
    return LogKey(seed)


def witness_verifier(name: str, key: LogKey) -> str:
    """Return the key that the log's operator lists under register_witnesses."""
    return verifier_key(name, key.public, COSIGNATURE)


def _seen_before(state: Path, key: str) -> Checkpoint | None:
    try:
        told = json.loads(state.read_text(encoding="utf-8"))
        kept, note = told["log"], told["note"]
        if kept != key:
            raise SourceError(f"{state}：记的是另一个日志 / it remembers another log")
        name, public, _kind = parse_verifier_key(key)
        return open_checkpoint(note, origin=name, public=public)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, ProofError):
        raise SourceError(f"{state}：读不懂 / cannot be read") from None


def _check_grown(before: Checkpoint, head: Checkpoint, tree: Tree) -> None:
    if head.size < before.size:
        raise ProofError(f"the log had {before.size} entries and now has {head.size}")
    proof = tree.consistency(before.size, head.size)
    check_consistency(
        old_size=before.size,
        size=head.size,
        old_root=before.root,
        root=head.root,
        proof=proof,
    )
