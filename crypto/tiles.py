"""Merkle trees kept in tiles, as C2SP tlog-tiles lays them out.

A tile of level L holds up to 256 hashes of the tree's level 8 L, 32 bytes
each. Appending and proving touch a few tiles however large the tree is. Where
the tiles lie (a table, a folder, a web site) is the caller's affair.
"""

from collections.abc import Callable, Iterator, Sequence

from crypto.errors import ProofError
from crypto.merkle import EMPTY_ROOT, HASH_SIZE, node_hash

HEIGHT = 8
WIDTH = 1 << HEIGHT

# Returns the tile of (level, index), which is `width` hashes wide.
ReadTile = Callable[[int, int, int], bytes]
Tiles = dict[tuple[int, int], bytes]


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """Return where a tile of hashes lies below the log's prefix."""
    return f"tile/{level}/{_number(index)}{_part(width)}"


def bundle_path(index: int, width: int = WIDTH) -> str:
    """Return where a bundle of entries lies below the log's prefix."""
    return f"tile/entries/{_number(index)}{_part(width)}"


def pack_entries(entries: Sequence[bytes]) -> bytes:
    """Return a bundle: each entry behind its length in two bytes, big-endian."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unpack_entries(bundle: bytes) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        ProofError: it ends in the middle of one.
    """
    entries, at = [], 0
    while at < len(bundle):
        size = int.from_bytes(bundle[at : at + 2], "big")
        entry = bundle[at + 2 : at + 2 + size]
        if len(entry) != size or at + 2 > len(bundle):
            raise ProofError("malformed bundle")
        entries.append(entry)
        at += 2 + size
    return entries


def widths(size: int) -> Iterator[tuple[int, int, int]]:
    """Yield (level, index, width) of every tile of a tree of *size* leaves."""
    level = 0
    while size:
        for index in range(0, size, WIDTH):
            yield level, index // WIDTH, min(WIDTH, size - index)
        size >>= HEIGHT
        level += 1


def append(read: ReadTile, *, size: int, leaves: Sequence[bytes]) -> Tiles:
    """Return the tiles that change when *leaves* (leaf hashes) follow the first *size*.

    Raises:
        ProofError: a stored tile is shorter than it must be.
    """
    changed: Tiles = {}
    level, new = 0, list(leaves)
    while new:
        new = _append_level(read, changed, level=level, size=size >> (HEIGHT * level), new=new)
        level += 1
    return changed


def _append_level(
    read: ReadTile, changed: Tiles, *, level: int, size: int, new: list[bytes]
) -> list[bytes]:
    """Put *new* hashes into one level; return what that adds to the level above."""
    full = []
    index, width = divmod(size, WIDTH)
    body = _tile(read, level, index, width) if width else b""
    while new:
        taken, new = new[: WIDTH - width], new[WIDTH - width :]
        body += b"".join(taken)
        changed[level, index] = body
        if len(body) == WIDTH * HASH_SIZE:
            full.append(_fold(_hashes(body)))
        index, width, body = index + 1, 0, b""
    return full


def root(read: ReadTile, size: int) -> bytes:
    """Return the root of the tree of the first *size* leaves."""
    return Tree(read, size).range_hash(0, size) if size else EMPTY_ROOT


class Tree:
    """A tree in tiles: its hashes and proofs. Tiles are read once each."""

    def __init__(self, read: ReadTile, size: int) -> None:
        """Read the tiles of the tree of *size* leaves by *read*."""
        self._read = read
        self.size = size
        self._kept: Tiles = {}

    def leaf(self, index: int) -> bytes:
        """Return the hash of one leaf."""
        return self._node(0, index)

    def range_hash(self, start: int, end: int) -> bytes:
        """Return the hash over the leaves *start* to *end*, as RFC 6962 splits them."""
        size = end - start
        if size & (size - 1) == 0 and start % size == 0:
            return self._node(size.bit_length() - 1, start // size)
        middle = start + (1 << (size - 1).bit_length() - 1)
        return node_hash(self.range_hash(start, middle), self.range_hash(middle, end))

    def inclusion(self, index: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that a leaf is in the tree of the first *size* leaves.

        Raises:
            ProofError: there is no such leaf.
        """
        if not 0 <= index < size <= self.size:
            raise ProofError("no such leaf")
        proof, start, end = [], 0, size
        while end - start > 1:
            middle = start + (1 << (end - start - 1).bit_length() - 1)
            if index < middle:
                proof.append(self.range_hash(middle, end))
                end = middle
            else:
                proof.append(self.range_hash(start, middle))
                start = middle
        return tuple(reversed(proof))

    def consistency(self, old_size: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that the tree of *size* leaves only adds to that of *old_size*.

        Raises:
            ProofError: there is no such tree.
        """
        if not 0 < old_size <= size <= self.size:
            raise ProofError("no such tree")
        proof, start, end, whole = [], 0, size, True
        while old_size != end:
            middle = start + (1 << (end - start - 1).bit_length() - 1)
            if old_size <= middle:
                proof.append(self.range_hash(middle, end))
                end = middle
            else:
                proof.append(self.range_hash(start, middle))
                start, whole = middle, False
        if not whole:
            proof.append(self.range_hash(start, end))
        return tuple(reversed(proof))

    def _node(self, height: int, index: int) -> bytes:
        """Return the hash of the whole subtree of 2**height leaves at *index*."""
        level, above = divmod(height, HEIGHT)
        first = index << above
        tile, at = divmod(first, WIDTH)
        wanted = at + (1 << above)
        body = self._kept.get((level, tile))
        if body is None:
            width = min(WIDTH, (self.size >> (HEIGHT * level)) - tile * WIDTH)
            body = self._kept[level, tile] = _tile(self._read, level, tile, width)
        hashes = _hashes(body[at * HASH_SIZE : wanted * HASH_SIZE])
        return _fold(hashes)


def _tile(read: ReadTile, level: int, index: int, width: int) -> bytes:
    body = read(level, index, width)
    if len(body) < width * HASH_SIZE or len(body) % HASH_SIZE:
        raise ProofError("a tile is too short")
    return body


def _fold(hashes: list[bytes]) -> bytes:
    """Return the hash over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


def _hashes(body: bytes) -> list[bytes]:
    return [body[at : at + HASH_SIZE] for at in range(0, len(body), HASH_SIZE)]


def _number(index: int) -> str:
    """Write a number in groups of three digits, all but the last one marked with an x."""
    groups = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        groups.append(f"x{index % 1000:03d}")
    return "/".join(reversed(groups))


def _part(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"
