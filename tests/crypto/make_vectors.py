"""Write tests/vectors from fixed keys and randomness.

python -m tests.crypto.make_vectors [folder]
"""

import hashlib
import json
import sys
from itertools import combinations
from pathlib import Path
from typing import Any

from nacl import bindings

from tests.crypto import document_vectors as documents
from tests.crypto import keyset_vectors as keysets
from tests.crypto import log_vectors as log
from tests.crypto import secret_vectors as secrets
from tests.crypto.vector_primitives import (
    ZERO,
    Case,
    boxed,
    context,
    fixed,
    lp,
    named,
    padded,
    pairs,
    sealed,
    spoilt,
    stream,
    wrong_places,
)

FILE_INFO = '{"cleaned":"cleaned","name":"矿井.jpg","scan":"clean","size":2,"type":"image/jpeg"}'
ITEM_FILE = FILE_INFO.replace('"scan"', '"of":"","scan"')[:-1] + ',"what":"shows_reporter"}'

# Objects -----------------------------------------------------------------------------


def object_cases() -> list[Case]:
    cases = []
    for opens, kind, text, bucket in (
        ("text", "narrative", "井下三号巷道无通风，已报两次。", 1024),
        ("text", "message", "x" * 1024, 2048),
        ("text", "reason", "x" * 1023, 1024),
        ("text", "place", "", 1024),
        ("text", "file_info", FILE_INFO, 1024),
        ("identity", "item:who", '{"id_number":"","name":"张三"}', 2048),
        ("identity", "item:contact", '{"contact":"","phone":"13800000000"}', 2048),
        ("identity", "item:payee", "x" * 2047, 2048),
        ("identity", "item:file", ITEM_FILE, 2048),
    ):
        key, where = fixed(f"key {kind}"), context(kind, f"{kind}-id", 3)
        plain = text.encode()
        body = sealed(padded(plain, bucket), key, where, fixed(f"nonce {kind}", 24))
        good: Case = {
            "opens": opens, "key": key.hex(), "context": where, "body": body.hex(),
            "plain": plain.hex(),
        }  # fmt: skip
        cases.append({"name": kind, **good})
        bad: Case = {**good, "plain": None, "error": "UnsealError"}
        cases += [{**bad, "name": f"{kind}: {n}", "body": b.hex()} for n, b in spoilt(body)]
        cases += [{**bad, "name": f"{kind}: {n}", "context": w} for n, w in wrong_places(where)]
        cases.append({**bad, "name": f"{kind}: wrong key", "key": fixed("other").hex()})
    return cases + padding_cases()


def derived_cases() -> list[Case]:
    """Objects whose key is derived from a token: sessions, and the code of a sent form."""
    token, typed = fixed("token"), b"all that was typed"
    session_id = named("tg-session-id", token)
    retry_id = named("tg-retry-id", token)
    code = "1" * 23 + secrets.check_digit("1" * 23)
    made = [
        ("session", named("tg-session-key", token), session_id, b"payload"),
        ("retry", named("tg-retry-key", lp(token, typed)), retry_id, code.encode()),
    ]
    cases: list[Case] = []
    for opens, key, object_id, plain in made:
        where = context(opens, object_id.hex(), site="", report="")
        body = sealed(plain, key, where, fixed(f"nonce {opens}", 24))
        good: Case = {
            "opens": opens, "token": token.hex(), "typed": typed.hex(), "body": body.hex(),
            "id": object_id.hex(), "csrf": named("tg-session-csrf", token).hex(),
            "plain": plain.hex(),
        }  # fmt: skip
        cases.append({**good, "name": opens})
        bad: Case = {**good, "plain": None, "error": "UnsealError"}
        cases += [{**bad, "name": f"{opens}: {why}", "body": b.hex()} for why, b in spoilt(body)]
        cases.append({**bad, "name": f"{opens}: another token", "token": fixed("other").hex()})
    cases.append({**bad, "name": "retry: another text", "typed": b"other".hex()})
    return cases


def padding_cases() -> list[Case]:
    key, where = fixed("key padding"), context("narrative", "padding")
    contents = [
        ("no mark", bytes(1024)), ("zeros between", b"x\x80\x01".ljust(1024, b"\x00")),
        ("no padding", b"x" * 1024), ("no bucket", padded(b"x", 1000)),
        ("larger bucket than due", padded(b"x", 2048)), ("not UTF-8", padded(b"\xff", 1024)),
        ("empty", b""), ("bucket above the largest", padded(b"x" * 65_536, 131_072)[:65_600]),
    ]  # fmt: skip
    cases: list[Case] = [
        {
            "name": f"padding: {name}", "opens": "text", "key": key.hex(), "context": where,
            "body": sealed(content, key, where, fixed(name, 24)).hex(), "plain": None,
            "error": "UnsealError",
        }
        for name, content in contents
    ]  # fmt: skip
    where = context("item:who", "padding")
    for name, content in (
        ("an item of 1 KiB", padded(b"x", 1024)), ("an item of 4 KiB", padded(b"x", 4096)),
        ("an item without a mark", b"x" * 2048), ("an item not UTF-8", padded(b"\xff", 2048)),
    ):  # fmt: skip
        cases.append({
            **cases[0], "name": f"padding: {name}", "opens": "identity", "context": where,
            "body": sealed(content, key, where, fixed(name, 24)).hex(),
        })  # fmt: skip
    return cases


# Boxes ---------------------------------------------------------------------------------


def box_cases() -> list[Case]:
    holder, key = fixed("holder"), fixed("wrapped key")
    manifest, request = fixed("manifest digest"), fixed("request digest")
    key_id = named("tg-key-id", key)
    bundles = split(key, 3, 2)
    made = [
        ("key", context("wrap:content", "sending", binding=manifest), key_id, key),
        ("thread key", context("wrap:thread", "sending", binding=manifest), key_id, key),
        ("key", context("wrap:office", "A1", report=""), key_id, key),
        ("key", context("wrap:seat", "2", report=""), key_id, key),
        ("pieces", context("piece:2", "item"), key_id, bundles[2]),
        (
            "contribution", context("contribution:3:1", "item", 2), key_id,
            secrets.due(bundles[1], 3, 2, 1, 3),
        ),
        (
            "approval", context("approval:2", "item", site="", report="", binding=request),
            request, bundles[2],
        ),
        (
            "reason", context("release_reason:2", "release"), b"",
            padded("联系举报人核实地点".encode(), 1024),
        ),
    ]  # fmt: skip
    cases: list[Case] = []
    for opens, where, name, payload in made:
        body = boxed(payload, where, name, pairs(holder)[1], fixed(f"ephemeral {where['kind']}"))
        good: Case = {
            "opens": opens, "holder": holder.hex(), "context": where, "key_id": name.hex(),
            "body": body.hex(),
            "plain": (payload if opens != "reason" else payload.rstrip(b"\x00")[:-1]).hex(),
        }  # fmt: skip
        cases.append({"name": where["kind"], **good})
        bad: Case = {**good, "plain": None, "error": "UnsealError"}
        for why, spoilt_body in spoilt(body):
            cases.append({**bad, "name": f"{where['kind']}: {why}", "body": spoilt_body.hex()})
        if opens == "approval":
            # The opener asks for item, seat and request; there is no site to get wrong.
            for why, change in (("item", {"object_id": "other"}), ("seat", {"kind": "approval:3"})):
                cases.append({
                    **bad, "name": f"{where['kind']}: wrong {why}", "context": {**where, **change},
                })  # fmt: skip
        else:
            for why, place in wrong_places(where):
                cases.append({**bad, "name": f"{where['kind']}: {why}", "context": place})
        cases.append(
            {**bad, "name": f"{where['kind']}: wrong recipient", "holder": fixed("other").hex()}
        )
        if opens != "reason":
            cases.append({**bad, "name": f"{where['kind']}: wrong key id", "key_id": ZERO.hex()})
        passed_on = boxed(payload, where, name, pairs(fixed("other"))[1], fixed("first"))
        resealed = resealed_box(passed_on, fixed("other"), pairs(holder)[1])
        cases.append(
            {**bad, "name": f"{where['kind']}: passed on by its recipient", "body": resealed.hex()}
        )
    body = boxed(b"no mark", made[-1][1], b"", pairs(holder)[1], fixed("no mark"))
    cases.append({**bad, "name": "release_reason:2: not padded", "body": body.hex()})
    where = made[0][1]
    body = boxed(fixed("another key"), where, key_id, pairs(holder)[1], fixed("swap"))
    cases.append({
        "name": "wrap:content: another key inside", "opens": "key", "holder": holder.hex(),
        "context": where, "key_id": key_id.hex(), "body": body.hex(), "plain": None,
        "error": "UnsealError",
    })  # fmt: skip
    return cases


def resealed_box(body: bytes, opened_by: bytes, recipient: bytes) -> bytes:
    box_secret, box_public, _, _ = pairs(opened_by)
    inside = bindings.crypto_box_seal_open(body[1:], box_public, box_secret)
    ephemeral = fixed("passed on")
    public = bindings.crypto_scalarmult_base(ephemeral)
    nonce = hashlib.blake2b(public + recipient, digest_size=24).digest()
    return b"\x01" + public + bindings.crypto_box_easy(inside, nonce, recipient, ephemeral)


# Files ---------------------------------------------------------------------------------


def stream_cases(folder: Path) -> list[Case]:
    key, where = fixed("file key"), context("file", "file-id")
    chunk, message, final = 65_536, 0, 3
    small = padded(b"\x80\x00", chunk)
    large = padded(b"photo " * 13_000, 98_304)
    files = {
        "file-1.bin": ([(small, final)], b"\x80\x00"),
        "file-2.bin": ([(large[:chunk], message), (large[chunk:], final)], b"photo " * 13_000),
    }
    cases: list[Case] = []
    for name, (chunks, content) in files.items():
        body = stream(chunks, key, where, fixed(f"header {name}", 24))
        (folder / name).write_bytes(body)
        cases.append({
            "name": name, "file": name, "key": key.hex(), "context": where, "change": [],
            "stored_digest": named("tg-digest", body).hex(),
            "size": len(content), "sha256": hashlib.sha256(content).hexdigest(),
        })  # fmt: skip
    cases += item_file_cases(folder, key, small)
    cut = 57 + chunk + 17
    bad = {"key": key.hex(), "context": where, "error": "UnsealError"}
    changes: list[tuple[str, str, list[list[Any]]]] = [
        ("file-1.bin", "truncated", [["cut", -1]]),
        ("file-1.bin", "truncated to its head", [["cut", 57]]),
        ("file-1.bin", "truncated inside its head", [["cut", 56]]),
        ("file-1.bin", "empty", [["cut", 0]]),
        ("file-1.bin", "one byte after FINAL", [["append", "00"]]),
        ("file-1.bin", "data after FINAL", [["append", "00" * 100]]),
        ("file-2.bin", "cut after a whole chunk", [["cut", cut]]),
        ("file-2.bin", "chunk left out", [["drop", 57, cut]]),
        ("file-1.bin", "wrong suite", [["flip", 0]]),
        ("file-1.bin", "wrong key id", [["flip", 1]]),
        ("file-1.bin", "wrong header", [["flip", 40]]),
        ("file-2.bin", "changed chunk", [["flip", 1000]]),
    ]
    cases += [
        {"name": f"{file}: {why}", "file": file, "change": change, **bad}
        for file, why, change in changes
    ]
    cases += [
        {**bad, "name": f"file-1.bin: {why}", "file": "file-1.bin", "change": [], "context": place}
        for why, place in wrong_places(where)
    ]
    cases.append({
        **bad, "name": "file-1.bin: wrong key", "file": "file-1.bin", "change": [],
        "key": fixed("other").hex(),
    })  # fmt: skip
    for why, one, tag in (
        ("no FINAL", b"x\x80\x00", message),
        ("no mark", bytes(100), final),
        ("no bucket", b"x\x80\x00", final),
        ("a tag that is never written", b"x\x80\x00", 1),
    ):
        body = stream([(one, tag)], key, where, fixed(why, 24))
        cases.append({**bad, "name": why, "body": body.hex(), "change": []})
    twice = stream([(small, final), (b"x\x80\x00", final)], key, where, fixed("twice", 24))
    (folder / "file-3.bin").write_bytes(twice)
    cases.append({**bad, "name": "a chunk after FINAL", "file": "file-3.bin", "change": []})
    return cases


def item_file_cases(folder: Path, key: bytes, small: bytes) -> list[Case]:
    """A file that only custodians open: the same stream, at its own place."""
    where = context("item_file", "item-id")
    body = stream([(small, 3)], key, where, fixed("header of an item", 24))
    (folder / "item-file.bin").write_bytes(body)
    good: Case = {"file": "item-file.bin", "key": key.hex(), "context": where, "change": []}
    content = small.rstrip(b"\x00")[:-1]
    bad: Case = {**good, "error": "UnsealError"}
    return [
        {**good, "name": "item-file.bin", "stored_digest": named("tg-digest", body).hex(),
         "size": len(content), "sha256": hashlib.sha256(content).hexdigest()},
        {**bad, "name": "item-file.bin: as a file of a sending",
         "context": context("file", "item-id")},
        {**bad, "name": "item-file.bin: of another item",
         "context": context("item_file", "other")},
        {**bad, "name": "item-file.bin: truncated", "change": [["cut", -1]]},
    ]  # fmt: skip


# Pieces ----------------------------------------------------------------------------------


SPLITS = ((3, 2), (4, 3), (7, 4))


def share_cases() -> list[Case]:
    cases: list[Case] = []
    for n, k in SPLITS:
        key = fixed(f"item key {n} {k}")
        bundles = split(key, n, k)
        texts = {str(seat): bundle.hex() for seat, bundle in bundles.items()}
        cases.append({"name": f"{k} of {n}", "n": n, "k": k, "key": key.hex(), "bundles": texts})
        bad = {"n": n, "k": k, "error": "UnsealError"}
        first = dict(list(texts.items())[:k])
        wrong = bytearray(bundles[1])
        wrong[-1] ^= 1
        other = split(fixed("other item key"), n, k)
        for why, some in (
            ("too few", dict(list(texts.items())[: k - 1])),
            ("truncated", {**first, "1": texts["1"][:-2]}),
            ("extended", {**first, "1": texts["1"] + "00"}),
            ("wrong seat", {**first, "1": texts["2"]}),
            ("wrong piece", {**texts, "1": wrong.hex()}),
            ("piece of another item", {**first, "1": other[1].hex()}),
            ("piece twice", {**dict(list(texts.items())[: k - 1]), str(n): texts["1"]}),
            ("another k", {**first, "1": texts["1"][:2] + "05" + texts["1"][4:]}),
            ("no such seat", {**first, "8": texts["1"]}),
            ("empty", {**first, "1": ""}),
        ):
            cases.append({**bad, "name": f"{k} of {n}: {why}", "bundles": some})
    return cases


def split(key: bytes, n: int, k: int) -> dict[int, bytes]:
    sets = list(combinations(range(1, n + 1), k - 1))
    pieces = {one: fixed(f"piece {key.hex()} {one}") for one in sets[:-1]}
    last = int.from_bytes(key, "big")
    for piece in pieces.values():
        last ^= int.from_bytes(piece, "big")
    pieces[sets[-1]] = last.to_bytes(32, "big")
    return {
        seat: bytes((n, k, seat)) + b"".join(pieces[one] for one in sets if seat not in one)
        for seat in range(1, n + 1)
    }


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, cases in (
        ("objects", object_cases()), ("derived", derived_cases()), ("boxes", box_cases()),
        ("files", stream_cases(folder)),
        ("shares", share_cases()),
        ("parts", secrets.part_cases({one: split(fixed("rebuilt"), *one) for one in SPLITS})),
        ("paper", secrets.paper_cases()), ("codes", secrets.code_cases()),
        ("claims", secrets.claim_cases()), ("passwords", secrets.password_cases()),
        ("tokens", secrets.token_cases()), ("uploads", secrets.upload_cases(folder)),
        ("canonical", documents.canonical_cases()), ("manifests", documents.manifest_cases()),
        ("events", documents.event_cases()), ("records", documents.record_cases()),
        ("keysets", keysets.keyset_cases()), ("certificates", keysets.certificate_cases()),
        ("proofs", log.proof_cases()), ("checkpoints", log.checkpoint_cases()),
        ("cosignatures", log.cosignature_cases()), ("receipts", log.receipt_cases()),
        ("register", log.register_cases()), ("opened", log.opened_cases()),
    ):  # fmt: skip
        text = json.dumps(cases, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    default = Path(__file__).parent.parent / "vectors"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else default)
