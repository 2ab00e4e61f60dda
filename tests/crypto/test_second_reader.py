"""A reader written from the specification alone agrees with crypto/ on every vector."""

import ast
import hashlib
import json
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from tests.crypto import second_reader as sealed
from tests.crypto import second_reader_documents as documents
from tests.crypto import second_reader_log as log
from tests.crypto.vector_cases import FOLDER, Case, cases, raw, stored

READERS = tuple(sorted(Path(__file__).parent.glob("second_reader*.py")))
ERRORS = {
    one.__name__: one
    for one in (
        sealed.UnsealError, sealed.CodeError, sealed.FormTokenError, documents.EventError,
        documents.KeySetError, documents.ProofError,
    )
}  # fmt: skip


def expect(case: Case, run: Callable[[], Any]) -> Any:
    """Run, and see that it fails exactly if the vector says so, with the class that it says."""
    if "error" not in case:
        return run()
    with pytest.raises(ERRORS[case["error"]]):
        run()
    return None


def place(case: Case) -> sealed.Place:
    where = case["context"]
    return sealed.Place(**{**where, "binding": bytes.fromhex(where["binding"])})


def check_plain(case: Case, plain: str | bytes | None) -> None:
    if case["plain"] is not None:
        assert (plain.encode() if isinstance(plain, str) else plain) == raw(case, "plain")


# Sealed ------------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("objects"))
def test_objects(case):
    unpad = {"text": sealed.unpadded_text, "identity": sealed.unpadded_item}[case["opens"]]
    body, key = raw(case, "body"), raw(case, "key")
    check_plain(case, expect(case, lambda: unpad(sealed.open_object(body, key, place(case)))))


@pytest.mark.parametrize("case", cases("derived"))
def test_derived(case):
    token, body = raw(case, "token"), raw(case, "body")
    if case["opens"] == "session":
        plain = expect(case, lambda: sealed.open_session(body, token))
    else:
        plain = expect(case, lambda: sealed.open_retry(body, token, raw(case, "typed")))
    check_plain(case, plain)
    if "error" not in case:
        assert sealed.named(f"tg-{case['opens']}-id", token).hex() == case["id"]
        assert sealed.named("tg-session-csrf", token).hex() == case["csrf"]


@pytest.mark.parametrize("case", cases("boxes"))
def test_boxes(case):
    readers: dict[str, Callable[..., str | bytes]] = {
        "key": sealed.open_wrap, "thread key": sealed.open_wrap, "pieces": sealed.open_bundle,
        "approval": sealed.open_bundle, "contribution": sealed.open_contribution,
        "reason": sealed.open_reason,
    }  # fmt: skip
    opens = readers[case["opens"]]
    body, secret, key_id = raw(case, "body"), raw(case, "holder"), raw(case, "key_id")
    check_plain(case, expect(case, lambda: opens(body, secret, place(case), key_id)))


@pytest.mark.parametrize("case", cases("files"))
def test_files(case):
    body = stored(case)
    content = expect(case, lambda: sealed.open_file(body, raw(case, "key"), place(case)))
    if "error" not in case:
        assert sealed.named("tg-digest", body).hex() == case["stored_digest"]
        found = len(content), hashlib.sha256(content).hexdigest()
        assert found == (case["size"], case["sha256"])


@pytest.mark.parametrize("case", cases("shares"))
def test_shares(case):
    n, k = case["n"], case["k"]
    bundles = {int(seat): bytes.fromhex(body) for seat, body in case["bundles"].items()}
    key = expect(case, lambda: sealed.combine(bundles, n, k))
    if "error" not in case:
        assert key == raw(case, "key")
        for chosen in combinations(bundles.items(), k):
            assert sealed.combine(dict(chosen), n, k) == key


@pytest.mark.parametrize("case", cases("parts"))
def test_parts_of_a_lost_seat(case):
    parts = {int(seat): bytes.fromhex(body) for seat, body in case["parts"].items()}
    bundle = expect(case, lambda: sealed.rebuild(parts, case["lost"]))
    if "error" not in case:
        assert bundle == raw(case, "bundle")


@pytest.mark.parametrize("case", cases("paper"))
def test_paper_parts(case):
    bundle = expect(case, lambda: sealed.read_paper(case["typed"]))
    if "error" not in case:
        assert bundle == raw(case, "bundle")


@pytest.mark.parametrize("case", cases("codes"))
def test_codes(case):
    code = expect(case, lambda: sealed.read_digits(case["typed"], 24))
    if "error" in case:
        return
    assert code == case["code"]
    for one in case["under"]:
        key = sealed.argon(code.encode(), raw(one, "salt"), one["opslimit"], one["memlimit"])
        locator, secret = sealed.locator_and_secret(key, raw(case, "pepper"))
        assert (locator.hex(), secret.hex()) == (one["locator"], one["secret"])
        assert sealed.holder_keys(secret)[1].hex() == one["public"]


@pytest.mark.parametrize("case", cases("claims"))
def test_claim_numbers(case):
    number = expect(case, lambda: sealed.read_digits(case["typed"], 16))
    if "error" not in case:
        assert number == case["number"]
        stands = sealed.named("tg-claim-number", number.encode(), raw(case, "pepper"))
        assert stands.hex() == case["stored"]


@pytest.mark.parametrize("case", cases("passwords"))
def test_passwords(case):
    pepper, salt = raw(case, "pepper"), raw(case, "salt")
    if case["name"].startswith("account:totp"):
        key = sealed.pepper_key(pepper)
    else:
        costs = case["opslimit"], case["memlimit"]
        key = sealed.password_key(case["password"], salt, *costs, pepper)
    body = raw(case, "body")
    check_plain(case, expect(case, lambda: sealed.open_object(body, key, place(case))))


@pytest.mark.parametrize("case", cases("tokens"))
def test_form_tokens(case):
    key, now, age = raw(case, "key"), case["now"], case["age"]
    secret = expect(
        case, lambda: sealed.read_form_token(case["token"], case["purpose"], key, now, age)
    )
    if "error" not in case:
        assert secret == raw(case, "secret")


@pytest.mark.parametrize("case", cases("uploads"))
def test_uploads(case):
    token, site = raw(case, "token"), case["site"]
    if case["opens"] == "state":
        body = raw(case, "body")
        check_plain(case, expect(case, lambda: sealed.open_upload_state(body, token, site)))
        return
    body, key, number = stored(case), raw(case, "key"), case["number"]
    content = expect(case, lambda: sealed.open_upload_part(body, key, token, site, number))
    check_plain(case, content)


# Documents -----------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("canonical"))
def test_canonical_json(case):
    body = raw(case, "body")
    value = expect(case, lambda: documents.read_canonical(body, documents.EventError))
    if "error" not in case:
        assert value == json.loads(body)


@pytest.mark.parametrize("case", cases("manifests"))
def test_manifests(case):
    body = raw(case, "body")
    name = documents.row_name(*documents.columns_of(case["row"]))
    expect(case, lambda: documents.check_manifest(body, name))
    if "error" not in case:
        assert sealed.named("tg-digest", body).hex() == case["digest"]


@pytest.mark.parametrize("case", cases("events"))
def test_events(case):
    body, signature = raw(case, "body"), raw(case, "signature")
    digest = expect(case, lambda: documents.check_event(body, signature))
    if "error" not in case:
        assert digest.hex() == case["digest"]


@pytest.mark.parametrize("case", cases("records"))
def test_records(case):
    events = [bytes.fromhex(body) for body in case["events"]]
    name = documents.row_name(*documents.columns_of(case["row"]))
    expect(case, lambda: documents.check_row(name, events))


@pytest.mark.parametrize("case", cases("keysets"))
def test_keysets(case):
    body = raw(case, "body")
    signatures = {who: bytes.fromhex(text) for who, text in case["signatures"].items()}
    if "previous" in case:
        expect(case, lambda: documents.check_next(body, signatures, raw(case, "previous")))
    else:
        expect(case, lambda: documents.check_first(body, signatures, raw(case, "pin")))


@pytest.mark.parametrize("case", cases("certificates"))
def test_certificates(case):
    keyset = raw(case, "keyset")
    earlier = [
        documents.check_certificate(raw(one, "body"), raw(one, "signature"), keyset)
        for one in case["earlier"]
    ]
    body, signature = raw(case, "body"), raw(case, "signature")
    expect(case, lambda: documents.check_certificate(body, signature, keyset, earlier))
    if "error" not in case:
        assert sealed.named("tg-certificate", body).hex() == case["digest"]


# Log and register -------------------------------------------------------------------------


@pytest.mark.parametrize("case", cases("proofs"))
def test_proofs(case):
    path, root, size = [bytes.fromhex(one) for one in case["path"]], raw(case, "root"), case["size"]
    if case["opens"] == "inclusion":
        leaf = raw(case, "leaf")
        expect(case, lambda: log.check_inclusion(leaf, case["index"], size, path, root))
        return
    old_size, old_root = case["old_size"], raw(case, "old_root")
    expect(case, lambda: log.check_consistency(old_size, size, old_root, root, path))


@pytest.mark.parametrize("case", cases("checkpoints"))
def test_checkpoints(case):
    note, origin = case["note"].encode(), case["origin"]
    read = expect(case, lambda: log.read_checkpoint(note, origin, raw(case, "key")))
    if "error" not in case:
        assert read == (case["size"], raw(case, "root"), case["extensions"])
        told = log.checkpoint_fingerprint(origin, case["size"], raw(case, "root"))
        assert told == case["fingerprint"]


@pytest.mark.parametrize("case", cases("cosignatures"))
def test_cosignatures(case):
    note, key = case["note"].encode(), raw(case, "key")
    at = expect(case, lambda: log.check_cosignature(note, case["witness"], key))
    if "error" not in case:
        assert at == case["at"]


@pytest.mark.parametrize("case", cases("receipts"))
def test_receipts(case):
    note, key = case["note"].encode(), raw(case, "key")
    read = expect(case, lambda: log.read_receipt(note, case["site"], key))
    if "error" not in case:
        assert read == (case["day"], raw(case, "entry"))


@pytest.mark.parametrize("case", cases("register"))
def test_records_of_the_register(case):
    entry = expect(case, lambda: log.read_entry(raw(case, "body"), raw(case, "salt")))
    if "error" not in case:
        assert entry.hex() == case["entry"]


@pytest.mark.parametrize("case", cases("opened"))
def test_opened_records(case):
    rows = expect(case, lambda: log.read_opened(raw(case, "body")))
    if "error" not in case:
        assert [entry.hex() for _office, _record, entry in rows] == case["entries"]


# The reader itself --------------------------------------------------------------------------


def test_every_file_of_vectors_is_read():
    source = Path(__file__).read_text(encoding="utf-8")
    missing = [path.stem for path in FOLDER.glob("*.json") if f'"{path.stem}"' not in source]
    assert missing == []


@pytest.mark.parametrize("path", READERS, ids=lambda path: path.stem)
def test_the_second_reader_imports_nothing_of_ours(path):
    """What it may import: itself, libsodium's binding, the standard library."""
    found = list(imported(path))
    assert found
    for name in found:
        itself = name.startswith("tests.crypto.second_reader")
        assert itself or name.partition(".")[0] in {*sys.stdlib_module_names, "nacl"}


def imported(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.append(node.module or "")
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return names
