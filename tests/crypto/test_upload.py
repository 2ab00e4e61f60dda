"""Uploads in parts: bound to token, site, upload and number."""

import os

import pytest

from crypto.errors import UnsealError
from crypto.upload import UploadState, open_part, open_state, part_sealer, seal_state, upload_id

SITE = "410329"
TOKEN = bytes(range(32))
OTHER = bytes(32)
STATE = UploadState(key=b"\7" * 32, name="录像.mp4", size=500_000_000, received=70_000, parts=2)


def sealed(state, content, token=TOKEN, site=SITE):
    sealer = part_sealer(state, token, site=site)
    return b"".join([sealer.header, sealer.push(content), *sealer.finish()])


def test_notes_come_back_and_only_to_their_token():
    box = seal_state(STATE, TOKEN, site=SITE)
    assert open_state(box, TOKEN, site=SITE) == STATE
    for token, site in ((OTHER, SITE), (TOKEN, "410330")):
        with pytest.raises(UnsealError):
            open_state(box, token, site=site)


def test_notes_of_short_and_long_names_are_equally_long():
    short = UploadState.begin(name="a", size=1)
    long = UploadState.begin(name="a" * 400, size=10**9)
    assert len(seal_state(short, TOKEN, site=SITE)) == len(seal_state(long, TOKEN, site=SITE))


def test_nothing_stored_shows_the_token():
    assert TOKEN not in seal_state(STATE, TOKEN, site=SITE)
    assert upload_id(TOKEN) != TOKEN
    assert upload_id(TOKEN).hex() == upload_id(bytes(range(32))).hex()


@pytest.mark.parametrize("size", [1, 65_535, 65_536, 300_000])
def test_a_part_opens_in_its_own_place(size):
    content = os.urandom(size)
    stored = sealed(STATE, content)
    opened = open_part([stored], STATE, TOKEN, site=SITE, number=3)
    assert b"".join(opened) == content


@pytest.mark.parametrize(
    ("token", "site", "number", "key"),
    [
        (TOKEN, SITE, 2, STATE.key),
        (TOKEN, SITE, 4, STATE.key),
        (OTHER, SITE, 3, STATE.key),
        (TOKEN, "410330", 3, STATE.key),
        (TOKEN, SITE, 3, b"\x08" * 32),
    ],
)
def test_a_part_moved_anywhere_else_does_not_open(token, site, number, key):
    stored = sealed(STATE, b"content")
    state = UploadState(key=key, name="x", size=1)
    with pytest.raises(UnsealError):
        list(open_part([stored], state, token, site=site, number=number))
