"""A text under a key of its own: its readers open it, nobody else, and no other wrap stands in."""

import pytest

from crypto.context import digest, part_context, wrap_context
from crypto.dossier import Note, Sending, compose_note
from crypto.errors import KeySetError, UnsealError
from crypto.manifest import parse_manifest
from crypto.unseal import unseal_text, unwrap_key

TEXT = "先放一放。"


@pytest.fixture
def note(site, reporter, new_id) -> Note:
    sending = Sending.begin(site="410329", report_id="report", sending_id=new_id())
    return compose_note(
        sending, kind="interference", text=TEXT, key_kind="note", offices=["A1"],
        keyset=site.keyset, reporter=reporter.public, new_id=new_id,
    )  # fmt: skip


def opened(note: Note, holder, *, key_kind: str = "note", manifest: bytes | None = None) -> str:
    (wrap,) = note.wraps
    body = note.manifest.body if manifest is None else manifest
    key = unwrap_key(
        wrap.body,
        context=wrap_context("410329", "report", wrap.sending, key_kind, digest(body)),
        holder=holder,
        key_id=wrap.key_id,
    )
    context = part_context("410329", "report", "interference", note.sealed.id)
    return unseal_text(note.sealed.body, key=key, context=context)


def test_its_reader_opens_it_and_its_manifest_names_it(site, note):
    assert opened(note, site.offices["A1"]) == TEXT
    parse_manifest(note.manifest.body).check_records([note.sealed])
    assert [one.recipient for one in note.wraps] == ["office:A1"]
    assert note.records == (note.manifest, note.sealed, *note.wraps)


def test_nobody_else_does_and_nothing_stands_in_for_it(site, note):
    with pytest.raises(UnsealError):
        opened(note, site.offices["A2"])
    with pytest.raises(UnsealError):
        opened(note, site.offices["A1"], key_kind="content")
    with pytest.raises(UnsealError):
        opened(note, site.offices["A1"], manifest=note.manifest.body + b" ")


def test_it_needs_readers_of_the_key_set(site, reporter, new_id):
    for offices in ([], ["nobody"]):
        with pytest.raises(KeySetError):
            compose_note(
                Sending.begin(site="410329", report_id="report", sending_id=new_id()),
                kind="interference", text=TEXT, key_kind="note", offices=offices,
                keyset=site.keyset, reporter=reporter.public, new_id=new_id,
            )  # fmt: skip
