"""Each refusal of the domain has words for people, on both sites."""

import importlib

import pytest


def leaves(refusal: type[Exception]) -> set[type[Exception]]:
    """Return the classes below *refusal* that have none below them."""
    below = refusal.__subclasses__()
    return set().union(*map(leaves, below)) if below else {refusal}


@pytest.mark.parametrize("site", ["portal", "admin"])
def test_every_refusal_has_words(site):
    errors = importlib.import_module("casework.domain.errors")
    words = importlib.import_module(f"{site}.errors").WORDS
    refusals = {r for r in leaves(errors.CaseworkError) if r.__module__.startswith("casework.")}
    assert refusals, "no refusals"
    assert sorted(r.__name__ for r in refusals if not words.get(r)) == []
