from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto import merkle
from crypto.errors import ProofError

# The entries and roots of the Certificate Transparency reference tests for RFC 6962.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]


def leaves(size: int) -> list[bytes]:
    return [merkle.leaf_hash(bytes([at])) for at in range(size)]


@pytest.mark.parametrize("size", range(1, 9))
def test_published_roots(size):
    assert merkle.tree_hash(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_empty_tree():
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.tree_hash([]).hex() == empty


def test_published_inclusion_proof():
    # Leaf 5 (the sixth) of eight, from the same reference tests.
    proof = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [one.hex() for one in merkle.inclusion_proof(5, LEAVES)] == proof


def test_published_consistency_proof():
    # From six to eight leaves.
    proof = [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [one.hex() for one in merkle.consistency_proof(6, LEAVES)] == proof


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_proves_its_place_and_no_other(size):
    tree = leaves(size)
    root = merkle.tree_hash(tree)
    for index in range(size):
        proof = merkle.inclusion_proof(index, tree)
        merkle.check_inclusion(tree[index], index=index, size=size, proof=proof, root=root)
        wrong: list[dict[str, Any]] = [
            {"index": (index + 1) % size} if size > 1 else {"index": 1},
            {"size": 0}, {"root": bytes(32)}, {"proof": (*proof, bytes(32))},
        ]  # fmt: skip
        wrong += [{"proof": proof[1:]}] if proof else []
        for change in wrong:
            good = {"index": index, "size": size, "proof": proof, "root": root}
            with pytest.raises(ProofError):
                merkle.check_inclusion(tree[index], **{**good, **change})


@given(st.integers(1, 70), st.integers(1, 70))
@settings(max_examples=150)
def test_a_tree_that_only_grew_proves_it(one, other):
    old, new = sorted((one, other))
    tree = leaves(new)
    proof = merkle.consistency_proof(old, tree)
    good: dict[str, Any] = {
        "old_size": old, "size": new, "old_root": merkle.tree_hash(tree[:old]),
        "root": merkle.tree_hash(tree), "proof": proof,
    }  # fmt: skip
    merkle.check_consistency(**good)
    wrong: list[dict[str, Any]] = [
        {"old_root": bytes(32)}, {"root": bytes(32)}, {"proof": (*proof, bytes(32))},
        {"old_size": 0}, {"old_size": new + 1},
    ]  # fmt: skip
    wrong += [{"proof": proof[:-1]}, {"proof": proof[1:]}] if proof else []
    for change in wrong:
        with pytest.raises(ProofError):
            merkle.check_consistency(**{**good, **change})


def test_a_tree_that_was_changed_cannot_prove_it():
    tree = leaves(13)
    for old in range(1, 13):
        changed = [*tree]
        changed[old - 1] = bytes(32)
        with pytest.raises(ProofError):
            merkle.check_consistency(
                old_size=old,
                size=13,
                old_root=merkle.tree_hash(tree[:old]),
                root=merkle.tree_hash(changed),
                proof=merkle.consistency_proof(old, changed),
            )


def test_what_is_not_in_the_tree_has_no_proof():
    for index in (-1, 8):
        with pytest.raises(ProofError):
            merkle.inclusion_proof(index, LEAVES)
    for old in (0, 9):
        with pytest.raises(ProofError):
            merkle.consistency_proof(old, LEAVES)
    assert all(one != other for one, other in pairwise(LEAVES))
