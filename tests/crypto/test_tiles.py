"""Trees kept in tiles say what the plain tree says, and an outside verifier agrees."""

import metamorphic_log as judge
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import merkle, tiles
from crypto.errors import ProofError


def leaves(size: int) -> list[bytes]:
    return [merkle.leaf_hash(at.to_bytes(4, "big")) for at in range(size)]


class Kept:
    """A place where tiles lie."""

    def __init__(self) -> None:
        self.tiles: tiles.Tiles = {}
        self.reads = 0
        self.size = 0

    def read(self, level: int, index: int, _width: int) -> bytes:
        self.reads += 1
        return self.tiles.get((level, index), b"")

    def grow(self, new: list[bytes]) -> None:
        self.tiles |= tiles.append(self.read, size=self.size, leaves=new)
        self.size += len(new)


def grown(size: int, step: int) -> Kept:
    kept, all_leaves = Kept(), leaves(size)
    for at in range(0, size, step):
        kept.grow(all_leaves[at : at + step])
    return kept


@pytest.mark.parametrize("step", [1, 7, 255, 256, 257, 1000])
def test_the_root_is_the_same_however_the_tree_grew(step):
    kept = grown(1000, step)
    for size in (1, 2, 255, 256, 257, 511, 512, 513, 999, 1000):
        assert tiles.root(kept.read, size) == merkle.tree_hash(leaves(size))
    assert tiles.root(kept.read, 0) == merkle.EMPTY_ROOT


@given(st.integers(1, 700), st.data())
@settings(max_examples=60, deadline=None)
def test_proofs_are_those_of_the_plain_tree_and_an_outside_verifier_takes_them(size, data):
    kept, all_leaves = grown(size, 100), leaves(size)
    root = merkle.tree_hash(all_leaves)
    index = data.draw(st.integers(0, size - 1))
    tree = tiles.Tree(kept.read, size)
    proof = tree.inclusion(index, size)
    assert proof == merkle.inclusion_proof(index, all_leaves)
    judge.verify_inclusion(index, size, all_leaves[index], list(proof), root)
    with pytest.raises(judge.VerifyError):
        judge.verify_inclusion(index, size, bytes(32), list(proof), root)

    old = data.draw(st.integers(1, size))
    steps = tree.consistency(old, size)
    assert steps == merkle.consistency_proof(old, all_leaves)
    judge.verify_consistency(old, size, list(steps), merkle.tree_hash(all_leaves[:old]), root)


def test_appending_and_proving_touch_few_tiles_in_a_large_tree():
    kept = grown(70_000, 5000)
    widths = {(level, index): width for level, index, width in tiles.widths(70_000)}
    # The example of the tlog-tiles specification.
    assert (widths[0, 273], widths[1, 0], widths[1, 1], widths[2, 0]) == (112, 256, 17, 1)
    assert {place: len(body) // 32 for place, body in kept.tiles.items()} == widths

    kept.reads = 0
    kept.grow([bytes(32)])
    assert kept.reads <= 1
    kept.reads = 0
    tiles.Tree(kept.read, 70_001).inclusion(12_345, 70_000)
    assert kept.reads <= 4


def test_a_tree_of_256_has_a_full_tile_and_one_hash_above():
    assert list(tiles.widths(256)) == [(0, 0, 256), (1, 0, 1)]


def test_a_tile_that_is_too_short_is_refused():
    kept = grown(300, 300)
    kept.tiles[0, 1] = kept.tiles[0, 1][:-32]
    with pytest.raises(ProofError):
        tiles.root(kept.read, 300)
    with pytest.raises(ProofError):
        tiles.append(kept.read, size=300, leaves=[bytes(32)])


def test_there_are_no_proofs_beyond_the_tree():
    tree = tiles.Tree(grown(5, 5).read, 5)
    for index, size in ((5, 5), (-1, 5), (0, 6)):
        with pytest.raises(ProofError):
            tree.inclusion(index, size)
    for old, size in ((0, 5), (6, 5), (1, 6)):
        with pytest.raises(ProofError):
            tree.consistency(old, size)


@pytest.mark.parametrize(
    ("index", "width", "path"),
    [(0, 256, "tile/0/000"), (5, 1, "tile/0/005.p/1"), (999, 255, "tile/0/999.p/255"),
     (1000, 256, "tile/0/x001/000"), (1_234_067, 256, "tile/0/x001/x234/067")],
)  # fmt: skip
def test_paths_are_those_of_the_specification(index, width, path):
    assert tiles.tile_path(0, index, width) == path
    assert tiles.bundle_path(index, width) == path.replace("/0/", "/entries/", 1)


def test_bundles_are_read_back_and_a_cut_one_is_refused():
    entries = [bytes(32), b"x", b"y" * 300]
    bundle = tiles.pack_entries(entries)
    assert bundle[:2] == b"\0\x20"
    assert tiles.unpack_entries(bundle) == entries
    for cut in (1, 2, 33, 36, len(bundle) - 1):
        with pytest.raises(ProofError):
            tiles.unpack_entries(bundle[:cut])
