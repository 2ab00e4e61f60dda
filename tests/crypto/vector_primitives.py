"""The formats of crypto/SPEC.md, made a second time from libsodium's primitives.

Nothing of ours is imported: the vectors made with this check the code.
"""

import hashlib
import json
from typing import Any

from nacl import bindings

Case = dict[str, Any]
SITE, REPORT = "410329", "report0000000000000000000"
ZERO = bytes(32)


# Primitives ------------------------------------------------------------------------


def fixed(label: str, size: int = 32) -> bytes:
    """Randomness that is the same on every run."""
    return hashlib.shake_256(b"tonggui vector " + label.encode()).digest(size)


def lp(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def named(name: str, data: bytes, key: bytes = b"", size: int = 32) -> bytes:
    return hashlib.blake2b(data, digest_size=size, key=key, person=name.encode()).digest()


def context(kind: str, object_id: str, version: int = 1, binding: bytes = b"", **place) -> Case:
    return {
        "site": place.get("site", SITE), "report": place.get("report", REPORT), "kind": kind,
        "object_id": object_id, "version": version, "binding": binding.hex(),
    }  # fmt: skip


def encoded(where: Case, key_id: bytes) -> bytes:
    binding = bytes.fromhex(where["binding"])
    return lp(
        b"\x01", where["site"].encode(), where["report"].encode(), where["kind"].encode(),
        where["object_id"].encode(), where["version"].to_bytes(4, "big"), key_id,
        *([binding] if binding else []),
    )  # fmt: skip


def sub_key(key: bytes, where: Case) -> bytes:
    return named("tg-subkey", lp(where["kind"].encode(), where["object_id"].encode()), key)


def padded(content: bytes, size: int) -> bytes:
    return (content + b"\x80").ljust(size, b"\x00")


def pairs(secret: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Box secret, box public, sign secret, sign public."""
    box_secret = named("tg-box", b"", secret)
    sign_public, sign_secret = bindings.crypto_sign_seed_keypair(named("tg-sign", b"", secret))
    return box_secret, bindings.crypto_scalarmult_base(box_secret), sign_secret, sign_public


def public_hex(secret: bytes) -> str:
    _, box, _, sign = pairs(secret)
    return (box + sign).hex()


def sign(secret: bytes, name: str, body: bytes) -> bytes:
    return bindings.crypto_sign(lp(b"\x01", name.encode(), body), pairs(secret)[2])[:64]


def sealed(content: bytes, key: bytes, where: Case, nonce: bytes) -> bytes:
    key_id = named("tg-key-id", key)
    bound = encoded(where, key_id)
    cipher = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        content, bound, nonce, sub_key(key, where)
    )
    return b"\x01" + key_id + nonce + cipher


def boxed(payload: bytes, where: Case, key_id: bytes, recipient: bytes, ephemeral: bytes) -> bytes:
    """A libsodium sealed box, made by hand to fix its ephemeral key."""
    prefix = named("tg-box-prefix", encoded(where, key_id) + recipient)
    public = bindings.crypto_scalarmult_base(ephemeral)
    nonce = hashlib.blake2b(public + recipient, digest_size=24).digest()
    inner = bindings.crypto_box_easy(prefix + payload, nonce, recipient, ephemeral)
    return b"\x01" + public + inner


def stream(chunks: list[tuple[bytes, int]], key: bytes, where: Case, header: bytes) -> bytes:
    """A secretstream with a fixed header: writer and reader start from the same state."""
    key_id = named("tg-key-id", key)
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, header, sub_key(key, where))
    bound = encoded(where, key_id)
    out = [b"\x01" + key_id + header]
    for chunk, tag in chunks:
        out.append(bindings.crypto_secretstream_xchacha20poly1305_push(state, chunk, bound, tag))
    return b"".join(out)


def canonical(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def spoilt(body: bytes) -> list[tuple[str, bytes]]:
    """The ways in which any sealed bytes may be damaged."""
    return [
        ("empty", b""),
        ("truncated", body[:-1]),
        ("truncated to its head", body[:33]),
        ("extended", body + b"\x00"),
        ("wrong suite", b"\x02" + body[1:]),
        ("first bit changed", body[:1] + bytes([body[1] ^ 1]) + body[2:]),
        ("last bit changed", body[:-1] + bytes([body[-1] ^ 1])),
    ]


def wrong_places(where: Case) -> list[tuple[str, Case]]:
    changes: list[Case] = [
        {"site": "410328"}, {"report": "other"}, {"kind": "other"}, {"object_id": "other"},
        {"version": where["version"] + 1}, {"binding": "ff"},
    ]  # fmt: skip
    return [(f"wrong context: {next(iter(one))}", {**where, **one}) for one in changes]
