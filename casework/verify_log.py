"""The audit tree's part of `tonggui register verify`, and its roots kept outside.

A tree is built anew from its leaves, page by page, with nothing kept but its right edge;
every tile and signed head has to agree.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from casework.clock import SHANGHAI
from casework.register import RegisterFolder
from casework.services.audit_log import AuditFolder, late, leaf_of, taken_at
from casework.services.trust import Trust
from casework.storage.log import AUDIT, HeadRow, LeafRow
from casework.storage.unit_of_work import Store, UnitOfWork, query
from casework.verify_rows import Problem
from crypto.errors import ProofError
from crypto.notes import Checkpoint, note_text, open_checkpoint
from crypto.register import (
    audit_origin,
)
from crypto.tiles import WIDTH, append, root, widths

SKEW: Final = timedelta(minutes=15)
PAGE: Final = 1024  # a whole number of tiles
DAY_LENGTH: Final = 10  # of a time that is only a day


@dataclass(frozen=True, slots=True)
class Outside:
    """What is compared with the database but lies outside it.

    Attributes:
        audit: signed roots kept by the jobs process.
        register: the public files.
        now: UTC instant; events that wait for longer than 15 minutes are named.
        punctual: whether the times of events can be judged; a demo's clock was moved.
        founding: policies in force from the beginning, id to pin, as instance.toml has them;
            None where nobody knows.
    """

    audit: AuditFolder
    register: RegisterFolder
    now: datetime
    punctual: bool = True
    founding: Mapping[str, str] | None = None


@dataclass(slots=True)
class Edge:
    """A tree being built anew, of which only the right edge is kept."""

    tree: str
    store: Store
    size: int = 0
    tiles: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def add(self, leaves: Sequence[bytes]) -> Iterator[Problem]:
        """Add leaf hashes; yield stored tiles that turned out to be others."""
        changed = append(self.read, size=self.size, leaves=leaves)
        self.size += len(leaves)
        self.tiles |= changed
        for (level, index), body in sorted(changed.items()):
            if len(body) == WIDTH * 32:
                yield from self._compare(level, index)
                del self.tiles[level, index]

    def read(self, level: int, index: int, _width: int) -> bytes:
        """Return a tile of the edge."""
        return self.tiles.get((level, index), b"")

    def root(self) -> bytes:
        """Return the root of what was added so far."""
        return root(self.read, self.size)

    def finish(self) -> Iterator[Problem]:
        """Compare the partial tiles, and name tiles that no leaf accounts for."""
        for level, index in sorted(self.tiles):
            yield from self._compare(level, index)
        last = {level: index for level, index, _width in widths(self.size)} or {0: -1}
        for level, index in last.items():
            following = (level + 1, 0) if level + 1 in last else None
            if _next_tile(self.store, tree=self.tree, after=(level, index)) != following:
                yield Problem("log tile", f"{self.tree}/{level}", "not one of the tree's")

    def _compare(self, level: int, index: int) -> Iterator[Problem]:
        if (
            tile_of(self.store, tree=self.tree, level=level, index=index)
            != self.tiles[level, index]
        ):
            yield Problem("log tile", f"{self.tree}/{level}/{index}", "changed or missing")


@query
def tile_of(uow: UnitOfWork, *, tree: str, level: int, index: int) -> bytes:
    """Return a stored tile of one of the trees."""
    log = uow.audit_log if tree == AUDIT else uow.public_log
    return log.tile(level, index)


@query
def _next_tile(uow: UnitOfWork, *, tree: str, after: tuple[int, int]) -> tuple[int, int] | None:
    log = uow.audit_log if tree == AUDIT else uow.public_log
    found = log.tiles(after=after, limit=1)
    return found[0][:2] if found else None


def heads(store: Store, tree: str) -> Iterator[HeadRow]:
    """Yield the signed heads of a tree by size."""
    after = 0
    while page := _head_page(store, tree=tree, after=after):
        yield from page
        after = page[-1].size


@query
def _head_page(uow: UnitOfWork, *, tree: str, after: int) -> tuple[HeadRow, ...]:
    return (uow.audit_log if tree == AUDIT else uow.public_log).heads(after=after)


def checkpoint_of(note: str, origin: str, trust: Trust) -> Checkpoint:
    """Return the checkpoint that one of the site's log keys signed.

    Raises:
        ProofError: none did, or it is of another log.
    """
    for link in reversed(trust.chain):
        try:
            return open_checkpoint(note, origin=origin, public=link.keyset.log)
        except ProofError:
            continue
    raise ProofError("not signed by the log")


def check_audit(store: Store, trust: Trust, outside: Outside | None) -> Iterator[Problem]:
    """Yield each problem of the audit tree, and of its roots outside the database."""
    edge = Edge(AUDIT, store)
    kept = _Kept(outside, audit_origin(store.site), trust)
    leaves = _all_leaves(store)
    for head in heads(store, AUDIT):
        try:
            signed = checkpoint_of(head.note, audit_origin(store.site), trust)
            taken = taken_at(signed)
        except ProofError as problem:
            yield Problem("checkpoint", f"{AUDIT}/{head.size}", f"forged: {problem}")
            break
        punctual = outside is None or outside.punctual
        yield from _grow_audit(leaves, edge, head.size, taken if punctual else None)
        if (signed.size, signed.root) != (head.size, edge.root() if edge.size else b""):
            yield Problem("checkpoint", f"{AUDIT}/{head.size}", "not the root of the events")
            break
        if head.day != taken.astimezone(SHANGHAI).date():
            yield Problem("checkpoint", f"{AUDIT}/{head.size}", "its row tells another day")
        yield from kept.compare(head)
    yield from kept.finish()
    for leaf in _leaves(store, first=edge.size):
        yield Problem("event", leaf.event, "in the audit tree without a signed root")
    yield from edge.finish()
    yield from _not_taken(store, outside)


def _grow_audit(
    leaves: Iterator[LeafRow], edge: Edge, size: int, taken: datetime | None
) -> Iterator[Problem]:
    while edge.size < size:
        hashes: list[bytes] = []
        for leaf in islice(leaves, min(PAGE, size - edge.size)):
            if leaf.position != edge.size + len(hashes):
                break
            yield from _leaf_problems(leaf, edge.store.site, taken)
            hashes.append(_hash_of(leaf))
        yield from edge.add(hashes)
        if not hashes:
            yield Problem("event", f"{AUDIT}/{edge.size}", "dropped from the audit tree")
            return


def _hash_of(leaf: LeafRow) -> bytes:
    try:
        return leaf_of(leaf.event, leaf.signature or b"")
    except ValueError:  # no name of an event: whatever stands here, it is not what was signed
        return bytes(32)


def _all_leaves(store: Store) -> Iterator[LeafRow]:
    """Yield the leaves by place; a head of few leaves does not cost a page of them."""
    first = 0
    while page := _leaves(store, first=first):
        yield from page
        first = page[-1].position + 1


@query
def _leaves(uow: UnitOfWork, *, first: int) -> tuple[LeafRow, ...]:
    return uow.audit_log.leaves(first=first, limit=PAGE)


def _leaf_problems(leaf: LeafRow, site: str, taken: datetime | None) -> Iterator[Problem]:
    if leaf.at is None or leaf.signature is None:
        yield Problem("event", leaf.event, "missing, though the audit tree has it")
        return
    if leaf.site != site:
        yield Problem("event", leaf.event, "of another site")
    if not leaf.logged:
        yield Problem("event", leaf.event, "not marked as taken in")
    if taken is not None and not _in_time(leaf.at, taken):
        when = f"{taken:%Y-%m-%dT%H:%M:%SZ}"
        yield Problem("event", leaf.event, f"of {leaf.at}, but taken in at {when}: out of time")


def _in_time(at: str, taken: datetime) -> bool:
    """Tell whether an event was taken in within 15 minutes of its own time, or of its day."""
    if len(at) == DAY_LENGTH:
        days = {(taken + skew).astimezone(SHANGHAI).date().isoformat() for skew in (SKEW, -SKEW)}
        return at in days
    try:
        return abs(datetime.fromisoformat(at) - taken) <= SKEW
    except ValueError:
        return False


def _not_taken(store: Store, outside: Outside | None) -> Iterator[Problem]:
    for event_id in _marked(store):
        yield Problem("event", event_id, "marked as taken in, but not in the audit tree")
    if outside is not None and outside.punctual:
        for stored in late(store, before=outside.now - SKEW):
            yield Problem("event", stored.id, "not in the audit tree after 15 minutes")


@query
def _marked(uow: UnitOfWork) -> tuple[str, ...]:
    return uow.audit_log.marked_without_leaf()


class _Kept:
    """The roots kept outside, followed beside those of the database."""

    def __init__(self, outside: Outside | None, origin: str, trust: Trust) -> None:
        self._origin, self._trust = origin, trust
        self._is_kept = outside is not None
        self._newest = outside.audit.newest() if outside else ""
        self._notes = outside.audit.history() if outside else iter(())
        self._next: tuple[int, str] | None = None
        self._problems: list[Problem] = []
        self._last = self._told = 0
        self._advance()

    def compare(self, head: HeadRow) -> Iterator[Problem]:
        """Name what was kept up to the size of *head* and is not this root."""
        while self._next is not None and self._next[0] <= head.size:
            size, text = self._next
            if text != note_text(head.note):
                self._problems.append(
                    Problem("checkpoint", f"{AUDIT}/{size}", "another root was kept outside")
                )
            self._advance()
        self._last = head.size
        yield from self._drained()

    def finish(self) -> Iterator[Problem]:
        """Name what was kept outside and the database has no more."""
        while self._next is not None:
            self._problems.append(
                Problem(
                    "checkpoint",
                    f"{AUDIT}/{self._next[0]}",
                    "kept outside; the database is older than that",
                )
            )
            self._advance()
        yield from self._drained()
        if not self._newest:
            if self._is_kept and self._last:
                yield Problem("checkpoint", "audit-checkpoint", "missing")
            return
        try:
            size = checkpoint_of(self._newest, self._origin, self._trust).size
        except ProofError:
            yield Problem("checkpoint", "audit-checkpoint", "forged")
            return
        if size > self._last:
            yield Problem("checkpoint", "audit-checkpoint", "the database is older than that")
        if size > self._told:
            yield Problem("checkpoint", "audit-history", "the newest root is missing")

    def _advance(self) -> None:
        self._next = None
        for note in self._notes:
            try:
                signed = checkpoint_of(note, self._origin, self._trust)
            except ProofError:
                self._problems.append(Problem("checkpoint", "audit-history", "a forged line"))
                continue
            self._next = signed.size, note_text(note)
            self._told = max(self._told, signed.size)
            return

    def _drained(self) -> Iterator[Problem]:
        yield from self._problems
        self._problems = []
