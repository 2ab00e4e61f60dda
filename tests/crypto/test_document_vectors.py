"""Documents in tests/vectors: valid ones are believed, each malformed one fails as it says."""

from collections.abc import Callable
from typing import Any

import pytest

from crypto import errors, merkle, notes, register
from crypto.canonical import canonical, parse_canonical
from crypto.certificate import parse_certificate
from crypto.context import digest
from crypto.events import (
    IdentityItem,
    IdentityPiece,
    KeyWrap,
    MemberWrap,
    Record,
    SealedFile,
    SealedObject,
    SignedEvent,
    check_named,
    check_signature,
    names_in,
    parse_event,
)
from crypto.keyset import KeySet, Member, check_certificate, check_first, check_next
from crypto.manifest import parse_manifest
from tests.crypto.vector_cases import Case, cases, raw

ROWS: dict[str, Callable[..., Record]] = {
    "object": SealedObject, "wrap": KeyWrap, "item": IdentityItem, "piece": IdentityPiece,
    "file": SealedFile, "member_wrap": MemberWrap,
}  # fmt: skip


def expect(case: Case, run: Callable[[], Any]) -> Any:
    """Run, and see that it fails exactly if the vector says so."""
    if "error" not in case:
        return run()
    with pytest.raises(getattr(errors, case["error"])):
        run()
    return None


def stored_row(row: list[Any]) -> Record:
    kind, *columns, last = row
    # The id of a member wrap is put together from its columns.
    if kind == "wrap":
        columns[4] = bytes.fromhex(columns[4])
    return ROWS[kind](*columns, bytes.fromhex(last))


@pytest.mark.parametrize("case", cases("canonical"))
def test_canonical_json(case):
    body = raw(case, "body")
    value = expect(case, lambda: parse_canonical(body))
    if "error" not in case:
        assert canonical(value) == body


@pytest.mark.parametrize("case", cases("manifests"))
def test_manifests(case):
    body = raw(case, "body")
    expect(case, lambda: parse_manifest(body).check_records([stored_row(case["row"])]))
    if "error" not in case:
        assert parse_manifest(body).encode() == body
        assert digest(body).hex() == case["digest"]


@pytest.mark.parametrize("case", cases("events"))
def test_events(case):
    body, signature = raw(case, "body"), raw(case, "signature")
    expect(case, lambda: check_signature(SignedEvent(parse_event(body), signature)))
    if "error" not in case:
        assert parse_event(body).digest().hex() == case["digest"]


@pytest.mark.parametrize("case", cases("records"))
def test_records(case):
    events = [parse_event(bytes.fromhex(body)) for body in case["events"]]
    row = stored_row(case["row"])
    expect(case, lambda: check_named([row], names_in(events)))


@pytest.mark.parametrize("case", cases("keysets"))
def test_keysets(case):
    body = raw(case, "body")
    signatures = {who: bytes.fromhex(text) for who, text in case["signatures"].items()}
    if "previous" in case:
        previous = KeySet.parse(raw(case, "previous"))
        believed = expect(case, lambda: check_next(body, signatures, previous=previous))
    else:
        pin = raw(case, "pin")
        believed = expect(case, lambda: check_first(body, signatures, expected_digest=pin))
    if "error" not in case:
        assert believed.encode() == body


@pytest.mark.parametrize("case", cases("certificates"))
def test_certificates(case):
    keyset = KeySet.parse(raw(case, "keyset"))
    earlier: dict[str, Member] = {}
    for one in case["earlier"]:
        member = check_certificate(raw(one, "body"), raw(one, "signature"), keyset)
        earlier[member.account] = member
    body, signature = raw(case, "body"), raw(case, "signature")
    expect(case, lambda: check_certificate(body, signature, keyset, colleagues=earlier))
    if "error" not in case:
        assert parse_certificate(body).digest().hex() == case["digest"]


@pytest.mark.parametrize("case", cases("proofs"))
def test_proofs(case):
    proof, root, size = (
        [bytes.fromhex(one) for one in case["path"]],
        raw(case, "root"),
        case["size"],
    )
    if case["opens"] == "inclusion":
        leaf, index = merkle.leaf_hash(raw(case, "leaf")), case["index"]
        expect(
            case,
            lambda: merkle.check_inclusion(leaf, index=index, size=size, proof=proof, root=root),
        )
        return
    old_size, old_root = case["old_size"], raw(case, "old_root")
    expect(
        case,
        lambda: merkle.check_consistency(
            old_size=old_size, size=size, old_root=old_root, root=root, proof=proof
        ),
    )


@pytest.mark.parametrize("case", cases("checkpoints"))
def test_checkpoints(case):
    origin, key = case["origin"], raw(case, "key")
    head = expect(case, lambda: notes.open_checkpoint(case["note"], origin=origin, public=key))
    if "error" not in case:
        text = notes.note_text(case["note"])
        assert head == notes.Checkpoint(
            origin, case["size"], raw(case, "root"), tuple(case["extensions"])
        )
        assert register.fingerprint(text).replace(" ", "") == case["fingerprint"]


@pytest.mark.parametrize("case", cases("cosignatures"))
def test_cosignatures(case):
    name, key = case["witness"], raw(case, "key")
    at = expect(case, lambda: notes.check_cosignature(case["note"], name=name, public=key))
    if "error" not in case:
        assert at == case["at"]


@pytest.mark.parametrize("case", cases("receipts"))
def test_receipts(case):
    site, key = case["site"], raw(case, "key")
    read = expect(case, lambda: register.open_receipt(case["note"], site=site, public=key))
    if "error" not in case:
        assert read == register.Receipt(site, case["day"], raw(case, "entry"))


@pytest.mark.parametrize("case", cases("register"))
def test_records_of_the_register(case):
    body, salt = raw(case, "body"), raw(case, "salt")
    entry = expect(case, lambda: register.entry_of(register.Record.parse(body).encode(), salt))
    if "error" not in case:
        assert entry.hex() == case["entry"]


@pytest.mark.parametrize("case", cases("opened"))
def test_opened_records(case):
    body = raw(case, "body")
    read = expect(case, lambda: register.OpenedFile.parse(body))
    if "error" not in case:
        assert read.encode() == body
        assert [one.entry().hex() for one in read.records] == case["entries"]
