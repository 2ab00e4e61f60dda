"""The vectors of tests/vectors: valid ones open, each malformed one fails as it says."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from crypto import errors, receipt, session, shares, unseal
from crypto.argon import CodeParameters
from crypto.context import Context, digest
from crypto.events import (
    SealedObject,
    SignedEvent,
    check_named,
    check_signature,
    names_in,
    parse_event,
)
from crypto.keyset import KeySet, check_certificate, check_first, check_next
from crypto.mailbox import ReporterKey
from crypto.private_key import PrivateKey
from crypto.public_key import PublicKey

FOLDER = Path(__file__).parent.parent / "vectors"
Case = dict[str, Any]


def cases(name: str) -> list[Any]:
    read = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"].replace(" ", "_")) for case in read]


def expect(case: Case, run: Callable[[], object]) -> object:
    """Run, and see that it fails exactly if the vector says so."""
    if "error" not in case:
        return run()
    with pytest.raises(getattr(errors, case["error"])):
        run()
    return None


def place(case: Case) -> Context:
    where = case["context"]
    return Context(**{**where, "binding": bytes.fromhex(where["binding"])})


@pytest.mark.parametrize("case", cases("objects"))
def test_objects(case):
    opens = {
        "text": unseal.unseal_text,
        "identity": unseal.unseal_identity,
        "bytes": unseal.unseal_bytes,
    }[case["opens"]]
    body, key = bytes.fromhex(case["body"]), bytes.fromhex(case["key"])
    plain = expect(case, lambda: opens(body, key=key, context=place(case)))
    if case["plain"] is not None:
        wanted = bytes.fromhex(case["plain"])
        assert plain == (wanted if case["opens"] == "bytes" else wanted.decode())


@pytest.mark.parametrize("case", cases("derived"))
def test_sessions_and_codes_of_sent_forms(case):
    token, body = bytes.fromhex(case["token"]), bytes.fromhex(case["body"])
    if case["opens"] == "session":
        plain = expect(case, lambda: session.open_session(body, token))
    else:
        typed = bytes.fromhex(case["typed"])
        plain = expect(case, lambda: receipt.open_code(body, token, typed).encode())
    if case["plain"] is not None:
        found_by = session.session_id if case["opens"] == "session" else receipt.retry_id
        assert plain == bytes.fromhex(case["plain"])
        assert found_by(token).hex() == case["id"]
        assert session.csrf_token(token).hex() == case["csrf"]


@pytest.mark.parametrize("case", cases("boxes"))
def test_boxes(case):
    plain = expect(case, lambda: open_box(case))
    if case["plain"] is not None:
        assert plain == bytes.fromhex(case["plain"])


def open_box(case: Case) -> bytes:
    body, name = bytes.fromhex(case["body"]), bytes.fromhex(case["key_id"])
    secret, where = bytes.fromhex(case["holder"]), place(case)
    holder = PrivateKey(secret)
    if case["opens"] == "thread key":
        return ReporterKey(secret).open_thread_key(body, where, name)
    if case["opens"] == "pieces":
        return unseal.open_pieces(body, context=where, holder=holder, item_key_id=name)
    if case["opens"] == "approval":
        seat = int(where.kind.removeprefix("approval:"))
        return unseal.open_approval(
            body, request_digest=name, item=where.object_id, seat=seat, requester=holder
        )
    if case["opens"] == "for":
        # The box names no key; a vector with one is a box for something else.
        return holder.open_box(body, context=where, name=name)
    return unseal.unwrap_key(body, context=where, holder=holder, key_id=name)


@pytest.mark.parametrize("case", cases("files"))
def test_files(case):
    body = bytes.fromhex(case["body"]) if "body" in case else (FOLDER / case["file"]).read_bytes()
    for change in case["change"]:
        body = changed(body, *change)
    key, halves = bytes.fromhex(case["key"]), [body[:100], body[100:]]
    content = expect(
        case, lambda: b"".join(unseal.open_stream(halves, key=key, context=place(case)))
    )
    if "error" not in case:
        assert isinstance(content, bytes)
        assert digest(body).hex() == case["stored_digest"]
        assert len(content) == case["size"]
        assert hashlib.sha256(content).hexdigest() == case["sha256"]


def changed(body: bytes, how: str, *arguments: Any) -> bytes:
    if how == "cut":
        return body[: arguments[0]]
    if how == "append":
        return body + bytes.fromhex(arguments[0])
    if how == "drop":
        return body[: arguments[0]] + body[arguments[1] :]
    assert how == "flip"
    at = arguments[0]
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


@pytest.mark.parametrize("case", cases("shares"))
def test_shares(case):
    n, k = case["n"], case["k"]
    bundles = {int(seat): bytes.fromhex(body) for seat, body in case["bundles"].items()}
    key = expect(case, lambda: shares.combine(bundles, n=n, k=k))
    if "error" not in case:
        assert key == bytes.fromhex(case["key"])
        for chosen in combinations(bundles.items(), k):
            assert shares.combine(dict(chosen), n=n, k=k) == key
            if n not in dict(chosen):
                parts = {seat: shares.due(body, to=n) for seat, body in chosen}
                assert shares.rebuild(parts, seat=n) == bundles[n]


@pytest.mark.parametrize("case", cases("codes"))
def test_codes(case):
    code = expect(case, lambda: receipt.read_code(case["typed"]))
    if "error" in case:
        return
    assert code == case["code"]
    made = receipt.derive(
        case["code"],
        parameters=CodeParameters(bytes.fromhex(case["salt"]), case["opslimit"], case["memlimit"]),
        pepper=bytes.fromhex(case["pepper"]),
    )
    assert (made.locator.hex(), made.secret.hex()) == (case["locator"], case["secret"])
    assert ReporterKey(made.secret).public == PublicKey.from_hex(case["public"])


@pytest.mark.parametrize("case", cases("events"))
def test_events(case):
    body, signature = bytes.fromhex(case["body"]), bytes.fromhex(case["signature"])
    expect(case, lambda: check_signature(SignedEvent(parse_event(body), signature)))
    if "error" not in case:
        assert parse_event(body).digest().hex() == case["digest"]


@pytest.mark.parametrize("case", cases("records"))
def test_records(case):
    events = [parse_event(bytes.fromhex(body)) for body in case["events"]]
    object_id, sending, kind, version, sealed = case["row"]
    row = SealedObject(object_id, sending, kind, version, bytes.fromhex(sealed))
    expect(case, lambda: check_named([row], names_in(events)))


@pytest.mark.parametrize("case", cases("keysets"))
def test_keysets(case):
    body = bytes.fromhex(case["body"])
    signatures = {who: bytes.fromhex(text) for who, text in case["signatures"].items()}
    if "previous" in case:
        previous = KeySet.parse(bytes.fromhex(case["previous"]))
        believed = expect(case, lambda: check_next(body, signatures, previous=previous))
    else:
        pin = bytes.fromhex(case["pin"])
        believed = expect(case, lambda: check_first(body, signatures, expected_digest=pin))
    if "error" not in case:
        assert isinstance(believed, KeySet)
        assert believed.encode() == body


@pytest.mark.parametrize("case", cases("certificates"))
def test_certificates(case):
    keyset = KeySet.parse(bytes.fromhex(case["keyset"]))
    body, signature = bytes.fromhex(case["body"]), bytes.fromhex(case["signature"])
    expect(case, lambda: check_certificate(body, signature, keyset))


def test_the_vectors_are_what_their_maker_makes(tmp_path):
    command = [sys.executable, "-m", "tests.crypto.make_vectors", str(tmp_path)]
    subprocess.run(command, check=True, cwd=FOLDER.parent.parent)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.name in made}
    assert made == kept
