"""What is sealed in tests/vectors: valid ones open, each malformed one fails as it says."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import combinations

import pytest

from crypto import errors, paper, passwords, receipt, session, shares, unseal, upload
from crypto.argon import CodeParameters
from crypto.claim_number import claim_hash, read_claim_number
from crypto.context import Context, digest
from crypto.form_token import read_form_token
from crypto.mailbox import ReporterKey
from crypto.private_key import PrivateKey
from crypto.public_key import PublicKey
from tests.crypto.vector_cases import FOLDER, Case, cases, raw, stored


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


def check_plain(case: Case, plain: object) -> None:
    if case["plain"] is not None:
        assert (plain.encode() if isinstance(plain, str) else plain) == raw(case, "plain")


@pytest.mark.parametrize("case", cases("objects"))
def test_objects(case):
    opens = {"text": unseal.unseal_text, "identity": unseal.unseal_identity}[case["opens"]]
    body, key = raw(case, "body"), raw(case, "key")
    check_plain(case, expect(case, lambda: opens(body, key=key, context=place(case))))


@pytest.mark.parametrize("case", cases("derived"))
def test_sessions_and_codes_of_sent_forms(case):
    token, body = raw(case, "token"), raw(case, "body")
    if case["opens"] == "session":
        plain = expect(case, lambda: session.open_session(body, token))
    else:
        plain = expect(case, lambda: receipt.open_code(body, token, raw(case, "typed")))
    check_plain(case, plain)
    if "error" not in case:
        found_by = session.session_id if case["opens"] == "session" else receipt.retry_id
        assert found_by(token).hex() == case["id"]
        assert session.csrf_token(token).hex() == case["csrf"]


@pytest.mark.parametrize("case", cases("boxes"))
def test_boxes(case):
    check_plain(case, expect(case, lambda: open_box(case)))


def open_box(case: Case) -> bytes | str:
    body, name, secret = raw(case, "body"), raw(case, "key_id"), raw(case, "holder")
    where, holder = place(case), PrivateKey(secret)
    match case["opens"]:
        case "thread key":
            return ReporterKey(secret).open_thread_key(body, where, name)
        case "pieces" | "contribution":
            return unseal.open_pieces(body, context=where, holder=holder, item_key_id=name)
        case "approval":
            seat = int(where.kind.removeprefix("approval:"))
            return unseal.open_approval(
                body, request_digest=name, item=where.object_id, seat=seat, requester=holder
            )
        case "reason":
            return unseal.open_reason(body, context=where, holder=holder)
        case opens:
            assert opens == "key"
            return unseal.unwrap_key(body, context=where, holder=holder, key_id=name)


@pytest.mark.parametrize("case", cases("files"))
def test_files(case):
    body, key = stored(case), raw(case, "key")
    halves = [body[:100], body[100:]]
    content = expect(
        case, lambda: b"".join(unseal.open_stream(halves, key=key, context=place(case)))
    )
    if "error" not in case:
        assert isinstance(content, bytes)
        assert digest(body).hex() == case["stored_digest"]
        assert len(content) == case["size"]
        assert hashlib.sha256(content).hexdigest() == case["sha256"]


@pytest.mark.parametrize("case", cases("shares"))
def test_shares(case):
    n, k = case["n"], case["k"]
    bundles = {int(seat): bytes.fromhex(body) for seat, body in case["bundles"].items()}
    key = expect(case, lambda: shares.combine(bundles, n=n, k=k))
    if "error" not in case:
        assert key == raw(case, "key")
        for chosen in combinations(bundles.items(), k):
            assert shares.combine(dict(chosen), n=n, k=k) == key


@pytest.mark.parametrize("case", cases("parts"))
def test_parts_of_a_lost_seat(case):
    k, lost = case["k"], case["lost"]
    parts = {int(seat): bytes.fromhex(body) for seat, body in case["parts"].items()}
    bundle = expect(case, lambda: shares.rebuild(parts, seat=lost))
    if "error" not in case:
        assert bundle == raw(case, "bundle")
        for chosen in combinations(parts.items(), k):
            assert shares.rebuild(dict(chosen), seat=lost) == bundle


@pytest.mark.parametrize("case", cases("paper"))
def test_paper_parts(case):
    bundle = expect(case, lambda: paper.read_paper(case["typed"]))
    if "error" not in case:
        assert bundle == raw(case, "bundle")


def test_a_paper_part_is_printed_as_the_vector_has_it():
    printed = cases("paper")[0].values[0]
    assert paper.paper_text(raw(printed, "bundle")) == printed["typed"]


@pytest.mark.parametrize("case", cases("codes"))
def test_codes(case):
    code = expect(case, lambda: receipt.read_code(case["typed"]))
    if "error" in case:
        return
    assert code == case["code"]
    sets = [
        CodeParameters(raw(one, "salt"), one["opslimit"], one["memlimit"]) for one in case["under"]
    ]
    made = receipt.look_up(case["code"], parameters=sets, pepper=raw(case, "pepper"))
    for found, wanted in zip(made, case["under"], strict=True):
        assert (found.locator.hex(), found.secret.hex()) == (wanted["locator"], wanted["secret"])
        assert ReporterKey(found.secret).public == PublicKey.from_hex(wanted["public"])


@pytest.mark.parametrize("case", cases("claims"))
def test_claim_numbers(case):
    number = expect(case, lambda: read_claim_number(case["typed"]))
    if "error" not in case:
        assert number == case["number"]
        assert claim_hash(case["number"], pepper=raw(case, "pepper")) == case["stored"]


@pytest.mark.parametrize("case", cases("passwords"))
def test_passwords(case):
    pepper = raw(case, "pepper")
    if place(case).kind == "account:totp" or case["name"].startswith("account:totp"):
        key = passwords.pepper_key(pepper)
    else:
        key = passwords.password_key(
            case["password"], salt=raw(case, "salt"), pepper=pepper,
            opslimit=case["opslimit"], memlimit=case["memlimit"],
        )  # fmt: skip
    body = raw(case, "body")
    opened = expect(case, lambda: passwords.open_secret(body, key=key, context=place(case)))
    check_plain(case, opened)


@pytest.mark.parametrize("case", cases("tokens"))
def test_form_tokens(case):
    now = datetime.fromtimestamp(case["now"], UTC)
    key, purpose = raw(case, "key"), case["purpose"]
    secret = expect(
        case, lambda: read_form_token(case["token"], key, now, case["age"], purpose=purpose)
    )
    if "error" not in case:
        assert secret == raw(case, "secret")


@pytest.mark.parametrize("case", cases("uploads"))
def test_uploads(case):
    token, site = raw(case, "token"), case["site"]
    if case["opens"] == "state":
        state = expect(case, lambda: upload.open_state(raw(case, "body"), token, site=site))
        if "error" not in case:
            assert isinstance(state, upload.UploadState)
            assert upload.upload_id(token).hex() == case["id"]
            assert (state.name, state.size, state.received) == ("矿井.jpg", 12, 6)
            assert (state.parts, state.last_offset, state.used) == (1, 0, False)
        return
    state, number = upload.UploadState(raw(case, "key"), "", 0), case["number"]
    check_plain(
        case,
        expect(
            case,
            lambda: b"".join(
                upload.open_part([stored(case)], state, token, site=site, number=number)
            ),
        ),
    )


def test_the_vectors_are_what_their_maker_makes(tmp_path):
    command = [sys.executable, "-m", "tests.crypto.make_vectors", str(tmp_path)]
    subprocess.run(command, check=True, cwd=FOLDER.parent.parent)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in FOLDER.iterdir()}
