import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.canonical import canonical, parse_canonical
from crypto.errors import EventError

KEYS = st.text("abcxyz019_", min_size=1)
TEXTS = st.text()
LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)


@given(VALUES)
def test_what_is_written_is_read_back(value):
    assert parse_canonical(canonical(value)) == value


def test_keys_are_sorted_and_strings_stay_as_they_are():
    assert (
        canonical({"b": [1, True, None], "a": "铜匦"}) == '{"a":"铜匦","b":[1,true,null]}'.encode()
    )


@pytest.mark.parametrize(
    "value",
    [1.0, 2**53, -(2**53), {"A": 1}, {"": 1}, {"a b": 1}, {1: 1}, {"a\n": 1}, b"x", "\ud800",
     {"a": {1, 2}}],
)  # fmt: skip
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(EventError):
        canonical(value)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{"a":1}\n', b" 1", b"1.0", b"1e2",
        b"-0", b"01", b"NaN", b"Infinity", b'"\\u0061"', b'"\\/"', b"9007199254740992", b"\xff",
        b"", b"{", b'{"A":1}', b"\xef\xbb\xbf1", b"[" * 100_000, b"1" * 5000, b'"\\ud800"',
    ],
)  # fmt: skip
def test_what_is_not_canonical_is_refused(body):
    with pytest.raises(EventError):
        parse_canonical(body)


def test_a_deep_value_is_refused_when_written():
    value: list[object] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(EventError):
        canonical(value)  # type: ignore[arg-type]
