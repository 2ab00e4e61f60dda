"""A second reader of everything that is sealed, from crypto/SPEC.md alone.

It imports nothing of ours: where it and crypto/ disagree on a vector, one of them or the
specification is wrong. Numbers in comments are sections of the specification.
"""

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations

from nacl import bindings
from nacl.exceptions import CryptoError

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BUCKETS = [kib * 1024 for kib in (1, 2, 4, 8, 16, 32, 64)]
CHUNK, CHUNK_EXTRA = 65_536, 17
State = bindings.crypto_secretstream_xchacha20poly1305_state


class UnsealError(Exception):
    pass


class CodeError(Exception):
    pass


class FormTokenError(Exception):
    pass


def require(holds: object, error: type[Exception], why: str) -> None:
    if not holds:
        raise error(why)


# 1. Conventions, 2. Context -----------------------------------------------------------


def lp(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def named(name: str, data: bytes, key: bytes = b"", size: int = 32) -> bytes:
    person = name.encode().ljust(16, b"\x00")
    return hashlib.blake2b(data, digest_size=size, key=key, person=person).digest()


def key_id_of(key: bytes) -> bytes:
    return named("tg-key-id", key)


def digits_24(digest: bytes) -> str:
    return f"{int.from_bytes(digest, 'big') % 10**24:024d}"


@dataclass(frozen=True)
class Place:
    site: str
    report: str
    kind: str
    object_id: str
    version: int = 1
    binding: bytes = b""

    def context(self, key_id: bytes) -> bytes:
        texts = [one.encode() for one in (self.site, self.report, self.kind, self.object_id)]
        bound = [self.binding] if self.binding else []
        return lp(b"\x01", *texts, self.version.to_bytes(4, "big"), key_id, *bound)

    def sub_key(self, key: bytes) -> bytes:
        return named("tg-subkey", lp(self.kind.encode(), self.object_id.encode()), key)


def attempt(run: Callable[[], bytes]) -> bytes:
    try:
        return run()
    except (CryptoError, ValueError, TypeError, RuntimeError) as error:
        raise UnsealError("cannot be opened") from error


# 3. Sealed object ---------------------------------------------------------------------


def open_object(body: bytes, key: bytes, place: Place) -> bytes:
    require(len(body) >= 73 and body[0] == 1, UnsealError, "no object of this suite")
    key_id, nonce, sealed = body[1:33], body[33:57], body[57:]
    require(hmac.compare_digest(key_id, key_id_of(key)), UnsealError, "another key")
    return attempt(
        lambda: bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            sealed, place.context(key_id), nonce, place.sub_key(key)
        )
    )


def unmarked(data: bytes) -> bytes:
    content, mark, zeros = data.rpartition(b"\x80")
    require(mark and not zeros.strip(b"\x00"), UnsealError, "no mark")
    return content


def unpadded_text(data: bytes) -> str:
    content = unmarked(data)
    due = next((size for size in BUCKETS if size > len(content)), 0)
    require(len(data) == due, UnsealError, "not its bucket")
    return utf_8(content)


def unpadded_item(data: bytes) -> str:
    require(len(data) == 2048, UnsealError, "not the size of an item")
    return utf_8(unmarked(data))


def utf_8(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise UnsealError("not UTF-8") from error


# 4. Box -------------------------------------------------------------------------------


def holder_keys(secret: bytes) -> tuple[bytes, bytes]:
    """Box secret, public form."""
    box = named("tg-box", b"", secret)
    sign, _ = bindings.crypto_sign_seed_keypair(named("tg-sign", b"", secret))
    return box, bindings.crypto_scalarmult_base(box) + sign


def open_box(body: bytes, secret: bytes, place: Place, key_id: bytes) -> bytes:
    require(len(body) >= 1 + 48 + 32 and body[0] == 1, UnsealError, "no box of this suite")
    box_secret, public = holder_keys(secret)
    box_public = public[:32]
    inside = attempt(lambda: bindings.crypto_box_seal_open(body[1:], box_public, box_secret))
    prefix = named("tg-box-prefix", place.context(key_id) + box_public)
    require(hmac.compare_digest(inside[:32], prefix), UnsealError, "moved, or passed on")
    return inside[32:]


def open_wrap(body: bytes, secret: bytes, place: Place, key_id: bytes) -> bytes:
    key = open_box(body, secret, place, key_id)
    require(len(key) == 32 and key_id_of(key) == key_id, UnsealError, "another key inside")
    return key


def open_bundle(body: bytes, secret: bytes, place: Place, key_id: bytes) -> bytes:
    bundle = open_box(body, secret, place, key_id)
    read_bundle(bundle, seat=int(place.kind.partition(":")[2]))
    return bundle


def open_contribution(body: bytes, secret: bytes, place: Place, key_id: bytes) -> bytes:
    part = open_box(body, secret, place, key_id)
    _, lost, giving = place.kind.split(":")
    read_part(part, giving=int(giving), lost=int(lost))
    return part


def open_reason(body: bytes, secret: bytes, place: Place, key_id: bytes = b"") -> str:
    return unpadded_text(open_box(body, secret, place, key_id))


# 5. Pieces ----------------------------------------------------------------------------

Sets = dict[tuple[int, ...], bytes]


def sets_of(n: int, k: int) -> list[tuple[int, ...]]:
    require(2 <= k <= 4 and k < n <= 7, UnsealError, "no such k of n")
    return list(combinations(range(1, n + 1), k - 1))


def pieces(data: bytes, sets: Sequence[tuple[int, ...]]) -> Sets:
    require(len(data) == 32 * len(sets), UnsealError, "not as many pieces as due")
    return {one: data[32 * at : 32 * at + 32] for at, one in enumerate(sets)}


def read_bundle(bundle: bytes, *, seat: int) -> tuple[int, int, Sets]:
    require(len(bundle) > 3, UnsealError, "no bundle")
    n, k, own = bundle[:3]
    require(own == seat and 1 <= seat <= n, UnsealError, "bundle of another seat")
    return n, k, pieces(bundle[3:], [one for one in sets_of(n, k) if seat not in one])


def read_part(part: bytes, *, giving: int, lost: int) -> tuple[int, int, Sets]:
    require(len(part) > 4, UnsealError, "no part")
    n, k, by, to = part[:4]
    require((by, to) == (giving, lost) and by != to, UnsealError, "part of other seats")
    require(1 <= by <= n and 1 <= to <= n, UnsealError, "no such seat")
    sets = [one for one in sets_of(n, k) if by not in one and to not in one]
    return n, k, pieces(part[4:], sets)


def together(read: Sequence[tuple[int, int, Sets]]) -> tuple[int, int, Sets]:
    require(read, UnsealError, "none at all")
    n, k, _ = read[0]
    found: Sets = {}
    for other_n, other_k, some in read:
        require((other_n, other_k) == (n, k), UnsealError, "of different k of n")
        for one, piece in some.items():
            require(found.setdefault(one, piece) == piece, UnsealError, "pieces contradict")
    return n, k, found


def combine(bundles: Mapping[int, bytes], n: int, k: int) -> bytes:
    found_n, found_k, found = together(
        [read_bundle(bundle, seat=seat) for seat, bundle in bundles.items()]
    )
    require((found_n, found_k) == (n, k), UnsealError, "another k of n")
    require(set(found) == set(sets_of(n, k)), UnsealError, "too few seats")
    return reduce(lambda a, b: bytes(x ^ y for x, y in zip(a, b, strict=True)), found.values())


def rebuild(parts: Mapping[int, bytes], lost: int) -> bytes:
    n, k, found = together(
        [read_part(part, giving=seat, lost=lost) for seat, part in parts.items()]
    )
    require(len(parts) >= k, UnsealError, "too few seats")
    sets = [one for one in sets_of(n, k) if lost not in one]
    require(all(one in found for one in sets), UnsealError, "a set that nobody covers")
    return bytes((n, k, lost)) + b"".join(found[one] for one in sets)


MEANT = str.maketrans({"-": " ", "O": "0", "I": "1", "L": "1"})


def read_paper(typed: str) -> bytes:
    bundle = b""
    lines = [line.upper().translate(MEANT).split() for line in typed.splitlines()]
    lines = [line for line in lines if line]
    for number, (shown, *groups) in enumerate(lines, start=1):
        text, check = "".join(groups)[:-4], "".join(groups)[-4:]
        require(shown in {f"{number}", f"{number:02d}"}, CodeError, "line out of order")
        data = from_base32(text)
        whole = len(data) == 15 or (number == len(lines) and 0 < len(data) < 15)
        require(whole, CodeError, "length of a line")
        bundle += data
        wanted = to_base32(named("tg-paper", lp(number.to_bytes(4, "big"), bundle), size=3))
        require(check == wanted[:4], CodeError, "slip in a line")
    require(bundle, CodeError, "nothing was typed")
    return bundle


def to_base32(data: bytes) -> str:
    count = -(-len(data) * 8 // 5)
    number = int.from_bytes(data, "big") << (count * 5 - len(data) * 8)
    return "".join(CROCKFORD[number >> 5 * at & 31] for at in reversed(range(count)))


def from_base32(text: str) -> bytes:
    require(all(letter in CROCKFORD for letter in text), CodeError, "no base32")
    number, size = 0, len(text) * 5 // 8
    for letter in text:
        number = number << 5 | CROCKFORD.index(letter)
    data = (number >> (len(text) * 5 - size * 8)).to_bytes(size, "big")
    require(to_base32(data) == text, CodeError, "no base32")
    return data


# 6. Stored file -----------------------------------------------------------------------


def open_file(body: bytes, key: bytes, place: Place) -> bytes:
    require(len(body) > 57 and body[0] == 1, UnsealError, "no file of this suite")
    key_id, header = body[1:33], body[33:57]
    require(hmac.compare_digest(key_id, key_id_of(key)), UnsealError, "another key")
    state = State()
    bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, header, place.sub_key(key))
    content = []
    for start in range(57, len(body), CHUNK + CHUNK_EXTRA):
        chunk = body[start : start + CHUNK + CHUNK_EXTRA]
        last = start + CHUNK + CHUNK_EXTRA >= len(body)
        content.append(open_chunk(state, chunk, place.context(key_id), 3 if last else 0))
    padded = b"".join(content)
    found = unmarked(padded)
    require(len(padded) == file_bucket(len(found)), UnsealError, "not its bucket")
    return found


def open_chunk(state: State, chunk: bytes, bound: bytes, due: int) -> bytes:
    try:
        text, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, chunk, bound)
    except (CryptoError, ValueError, TypeError, RuntimeError) as error:
        raise UnsealError("cannot be opened") from error
    require(tag == due, UnsealError, "another tag")
    return text


def file_bucket(size: int) -> int:
    whole = CHUNK
    while whole <= size:
        if whole * 3 // 2 > size:
            return whole * 3 // 2
        whole *= 2
    return whole


# 8. Passwords, codes, tokens ----------------------------------------------------------


def check_digit(digits: str) -> str:
    """ISO 7064 MOD 11,10."""
    remainder = 10
    for digit in digits:
        remainder = ((remainder + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - remainder) % 10)


SPACES = " \t\r\n\u00a0\u2002\u2003\u2009\u202f\u3000"
HYPHENS = "-_\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc\ufe63\uff0d"
AS_MEANT = {ord(one): "" for one in SPACES + HYPHENS} | {
    0xFF10 + digit: str(digit) for digit in range(10)
}


def read_digits(typed: str, count: int) -> str:
    digits = typed.translate(AS_MEANT)
    right = len(digits) == count and digits.isascii() and digits.isdigit()
    require(right and check_digit(digits[:-1]) == digits[-1], CodeError, "a slip")
    return digits


def argon(data: bytes, salt: bytes, opslimit: int, memlimit: int) -> bytes:
    return bindings.crypto_pwhash_alg(
        64, data, salt, opslimit, memlimit, bindings.crypto_pwhash_ALG_ARGON2ID13
    )


def locator_and_secret(raw: bytes, pepper: bytes) -> tuple[bytes, bytes]:
    return named("tg-locator", raw, pepper), named("tg-reporter", raw, pepper)


def password_key(password: str, salt: bytes, opslimit: int, memlimit: int, pepper: bytes) -> bytes:
    typed = unicodedata.normalize("NFKC", password).encode()
    return named("tg-password", argon(typed, salt, opslimit, memlimit), pepper)


def pepper_key(pepper: bytes) -> bytes:
    return named("tg-pepper-key", b"", pepper)


def open_session(body: bytes, token: bytes) -> bytes:
    place = Place("", "", "session", named("tg-session-id", token).hex())
    return open_object(body, named("tg-session-key", token), place)


def open_retry(body: bytes, secret: bytes, typed: bytes) -> bytes:
    place = Place("", "", "retry", named("tg-retry-id", secret).hex())
    return open_object(body, named("tg-retry-key", lp(secret, typed)), place)


def read_form_token(token: str, purpose: str, key: bytes, now: int, age: int) -> bytes:
    try:
        data = base64.b64decode(token, altchars=b"-_", validate=True)
    except ValueError as error:
        raise FormTokenError("not base64url") from error
    right = len(data) == 72 and base64.urlsafe_b64encode(data).decode() == token
    require(right, FormTokenError, "not base64url")
    mark = named("tg-form-token", lp(purpose.encode(), data[:40]), key)
    require(hmac.compare_digest(mark, data[40:]), FormTokenError, "not ours")
    made = int.from_bytes(data[32:40], "big")
    require(made - 60 <= now <= made + age, FormTokenError, "too old, or of the future")
    return data[:32]


# 11. Uploads --------------------------------------------------------------------------


def open_upload_state(body: bytes, token: bytes, site: str) -> str:
    place = Place(site, "", "upload", named("tg-upload-id", token).hex())
    return unpadded_text(open_object(body, named("tg-upload-key", token), place))


def open_upload_part(body: bytes, key: bytes, token: bytes, site: str, number: int) -> bytes:
    place = Place(site, "", "upload-part", named("tg-upload-id", token).hex())
    return open_file(body, key, replace(place, version=number))
