"""Vectors of what people type and forms carry: codes, paper, passwords, tokens, uploads."""

import base64
from itertools import combinations
from pathlib import Path
from typing import Any

from nacl import bindings

from tests.crypto.vector_primitives import (
    SITE,
    Case,
    canonical,
    context,
    fixed,
    lp,
    named,
    padded,
    public_hex,
    sealed,
    spoilt,
    stream,
)

MIB = 1024 * 1024
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def check_digit(digits: str) -> str:
    remainder = 10
    for digit in digits:
        remainder = ((remainder + int(digit)) % 10 or 10) * 2 % 11
    return str((11 - remainder) % 10)


def argon(typed: str, salt: bytes, opslimit: int, memlimit: int) -> bytes:
    return bindings.crypto_pwhash_alg(
        64, typed.encode(), salt, opslimit, memlimit, bindings.crypto_pwhash_ALG_ARGON2ID13
    )


# Codes and claim numbers --------------------------------------------------------------


def full_width(digits: str) -> str:
    return "".join(chr(0xFF10 + int(digit)) for digit in digits)


def typed_forms(code: str) -> list[tuple[str, str]]:
    """Ways to type what is meant."""
    return [
        ("spaces and hyphens", f" {code[:4]}-{code[4:]} "), ("full-width", full_width(code)),
        ("full-width spaces and hyphens", f"{code[:4]}\u3000{code[4:8]}\uff0d{code[8:]}"),
    ]  # fmt: skip


def wrong_forms(code: str) -> list[tuple[str, str]]:
    wrong = str((int(code[-1]) + 1) % 10)
    swapped = next(at for at in range(len(code) - 1) if code[at] != code[at + 1])
    return [
        ("check digit", code[:-1] + wrong), ("too short", code[:-1]), ("too long", code + "0"),
        ("empty", ""), ("letters", code[:-1] + "O"), ("dots", f"{code[:4]}.{code[4:]}"),
        ("one digit another", str((int(code[0]) + 1) % 10) + code[1:]),
        ("two digits swapped", code[:swapped] + code[swapped + 1] + code[swapped]
         + code[swapped + 2 :]),
        ("digits of another script", "".join(chr(0x660 + int(one)) for one in code)),
        ("raised digits", code[:-1] + "\u00b9"),
    ]  # fmt: skip


def code_cases() -> list[Case]:
    pepper = fixed("receipt pepper")
    sets = [
        (fixed("site salt", 16), 2, 19 * MIB),
        (fixed("second salt", 16), 1, 8192),
    ]
    digits = f"{int.from_bytes(fixed('code')) % 10**23:023d}"
    code = digits + check_digit(digits)
    good: Case = {
        "code": code, "pepper": pepper.hex(),
        "under": [derived(code, pepper, *parameters) for parameters in sets],
    }  # fmt: skip
    cases: list[Case] = [
        {**good, "name": name, "typed": typed} for name, typed in typed_forms(code)
    ]
    cases += [
        {"name": name, "typed": typed, "error": "CodeError"} for name, typed in wrong_forms(code)
    ]
    return cases


def derived(code: str, pepper: bytes, salt: bytes, opslimit: int, memlimit: int) -> Case:
    raw = argon(code, salt, opslimit, memlimit)
    secret = named("tg-reporter", raw, pepper)
    return {
        "salt": salt.hex(), "opslimit": opslimit, "memlimit": memlimit,
        "locator": named("tg-locator", raw, pepper).hex(), "secret": secret.hex(),
        "public": public_hex(secret),
    }  # fmt: skip


def claim_cases() -> list[Case]:
    pepper = fixed("receipt pepper")
    digits = f"{int.from_bytes(fixed('claim')) % 10**15:015d}"
    number = digits + check_digit(digits)
    stored = named("tg-claim-number", number.encode(), pepper).hex()
    good: Case = {"number": number, "pepper": pepper.hex(), "stored": stored}
    cases: list[Case] = [
        {**good, "name": name, "typed": typed} for name, typed in typed_forms(number)
    ]
    cases += [
        {"name": name, "typed": typed, "error": "CodeError"} for name, typed in wrong_forms(number)
    ]
    return cases


# Paper ----------------------------------------------------------------------------------


def base32(data: bytes) -> str:
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    return "".join(CROCKFORD[int(bits[at : at + 5], 2)] for at in range(0, len(bits), 5))


def paper_line(number: int, bundle: bytes, text: str = "") -> str:
    """Line *number* of a bundle; *text* instead of its own base32."""
    start = 15 * (number - 1)
    text = text or base32(bundle[start : start + 15])
    so_far = lp(number.to_bytes(4, "big"), bundle[: start + 15])
    check = base32(named("tg-paper", so_far, size=3))[:4]
    groups = " ".join(text[at : at + 4] for at in range(0, len(text), 4))
    return f"{number:02d}  {groups}  {check}"


def paper_cases() -> list[Case]:
    bundle = b"\x03\x02\x01" + fixed("paper", 64)
    lines = [paper_line(number, bundle) for number in range(1, 6)]
    last = base32(bundle[60:])
    spare = last[:-1] + CROCKFORD[CROCKFORD.index(last[-1]) | 1]
    slip = lines[1].replace(lines[1][4], "Z" if lines[1][4] != "Z" else "Y", 1)
    text = "\n".join(lines)
    misread = str.maketrans("01", "OI")
    good: Case = {"bundle": bundle.hex()}
    cases: list[Case] = [
        {**good, "name": name, "typed": typed}
        for name, typed in (
            ("as printed", text), ("lower case", text.lower()),
            ("zero and one as letters",
             "\n".join(line[:2] + line[2:].translate(misread) for line in lines)),
            ("hyphens, no spaces inside",
             "\n".join(line[:2] + " " + line[4:].replace(" ", "-") for line in lines)),
            ("empty lines, numbers of one digit",
             "\n\n".join(line[1:] for line in lines) + "\n"),
        )
    ]  # fmt: skip
    cases += [
        {"name": name, "typed": typed, "error": "CodeError"}
        for name, typed in (
            ("empty", ""), ("a slip", "\n".join([lines[0], slip, *lines[2:]])),
            ("swapped lines", "\n".join([lines[1], lines[0], *lines[2:]])),
            ("a line left out", "\n".join([lines[0], *lines[2:]])),
            ("a line twice", "\n".join([lines[0], *lines])),
            ("a line of another part",
             "\n".join([paper_line(1, b"\x03\x02\x02" + bundle[3:]), *lines[1:]])),
            ("a check of another line", "\n".join([lines[0][:-4] + lines[1][-4:], *lines[1:]])),
            ("a letter that is none", text.replace(lines[0][4:8], "UUUU", 1)),
            ("spare bits", "\n".join([*lines[:4], paper_line(5, bundle, spare)])),
            ("without numbers", "\n".join(line[4:] for line in lines)),
            ("a line cut short",
             "\n".join([paper_line(1, bundle, base32(bundle[:10])), *lines[1:]])),
        )
    ]  # fmt: skip
    return cases


# Parts of a lost seat ----------------------------------------------------------------------


def part_cases(splits: dict[tuple[int, int], dict[int, bytes]]) -> list[Case]:
    """*splits*: bundles by seat of every n and k."""
    cases: list[Case] = []
    for (n, k), bundles in splits.items():
        lost = n
        parts = {seat: due(bundle, n, k, seat, lost).hex() for seat, bundle in bundles.items()
                 if seat != lost}  # fmt: skip
        good: Case = {"n": n, "k": k, "lost": lost, "bundle": bundles[lost].hex()}
        name = f"{k} of {n}"
        cases.append({**good, "name": name, "parts": parts})
        first = dict(list(parts.items())[:k])
        wrong = bytes.fromhex(parts[1])
        flipped = (wrong[:-1] + bytes([wrong[-1] ^ 1])).hex()
        other = due(bundles[1], n, k, 1, 2).hex()
        for why, some in (
            ("too few", dict(list(parts.items())[: k - 1])),
            ("none", {}),
            ("truncated", {**first, 1: parts[1][:-2]}),
            ("extended", {**first, 1: parts[1] + "00"}),
            ("empty", {**first, 1: ""}),
            ("of another seat", {**first, 1: parts[2]}),
            ("to another seat", {**first, 1: other}),
            ("of the lost seat itself", {**first, lost: f"{n:02x}{k:02x}{lost:02x}{lost:02x}"}),
            ("a whole bundle", {**first, 1: bundles[1].hex()}),
            ("of another k of n", {**first, 1: "05" + parts[1][2:]}),
            # Of n seats but the lost one, n-k hold each piece: one alone cannot be compared.
            *([("contradicting", {**parts, 1: flipped})] if n - k > 1 else []),
        ):
            bad = {"n": n, "k": k, "lost": lost, "parts": some, "error": "UnsealError"}
            cases.append({**bad, "name": f"{name}: {why}"})
    return cases


def due(bundle: bytes, n: int, k: int, seat: int, lost: int) -> bytes:
    mine = [one for one in combinations(range(1, n + 1), k - 1) if seat not in one]
    held = {one: bundle[3 + 32 * at : 35 + 32 * at] for at, one in enumerate(mine)}
    return bytes((n, k, seat, lost)) + b"".join(held[one] for one in mine if lost not in one)


# Passwords ------------------------------------------------------------------------------------


def password_cases() -> list[Case]:
    salt, pepper, typed = fixed("account salt", 16), fixed("password pepper"), "井下 Passwort 12345"
    cost = {"salt": salt.hex(), "opslimit": 1, "memlimit": 8192}
    from_password = named("tg-password", argon(typed, salt, 1, 8192), pepper)
    cases: list[Case] = []
    for kind, key in (
        ("account:day", from_password), ("account:deed", from_password),
        ("account:totp", named("tg-pepper-key", b"", pepper)),
    ):  # fmt: skip
        where = context(kind, "account-1", report="")
        plain = fixed(f"secret of {kind}", 20 if kind == "account:totp" else 32)
        body = sealed(plain, key, where, fixed(f"nonce {kind}", 24))
        good: Case = {
            **cost, "password": typed, "pepper": pepper.hex(), "context": where,
            "body": body.hex(), "plain": plain.hex(),
        }  # fmt: skip
        cases.append({**good, "name": kind})
        bad: Case = {**good, "plain": None, "error": "UnsealError"}
        other = "account:deed" if kind == "account:day" else "account:day"
        changes: list[tuple[str, Case]] = [
            ("another pepper", {"pepper": fixed("other").hex()}),
            ("another account", {"context": {**where, "object_id": "account-2"}}),
            ("another site", {"context": {**where, "site": "410328"}}),
            ("another kind", {"context": {**where, "kind": other}}),
            *((why, {"body": one.hex()}) for why, one in spoilt(body)),
        ]
        if kind != "account:totp":
            cases.append({**good, "name": f"{kind}: typed full-width",
                          "password": typed.replace("12345", full_width("12345"))})  # fmt: skip
            changes += [
                ("another password", {"password": typed + " "}),
                ("another case", {"password": typed.lower()}),
                ("another salt", {"salt": fixed("other", 16).hex()}),
                ("other passes", {"opslimit": 2}),
            ]
        cases += [{**bad, "name": f"{kind}: {why}", **change} for why, change in changes]
    return cases


# Form tokens -----------------------------------------------------------------------------------


def token_cases() -> list[Case]:
    key, secret, at = fixed("form key"), fixed("form secret"), 1772413323
    body = secret + at.to_bytes(8, "big")
    mac = named("tg-form-token", lp(b"report", body), key)
    token = base64.urlsafe_b64encode(body + mac).decode()
    assert {"-", "_"} & set(token)
    good: Case = {
        "token": token, "key": key.hex(), "purpose": "report", "now": at, "age": 3600,
        "secret": secret.hex(),
    }  # fmt: skip
    bad: Case = {**good, "error": "FormTokenError"}
    changes: list[tuple[str, Case]] = [
        ("too old", {"now": at + 3601}), ("of the future", {"now": at - 61}),
        ("another purpose", {"purpose": "evidence"}), ("another key", {"key": fixed("x").hex()}),
        ("empty", {"token": ""}), ("truncated", {"token": token[:-1]}),
        ("truncated by four", {"token": token[:-4]}), ("extended", {"token": token + "AAAA"}),
        ("padding", {"token": token + "="}), ("a line end", {"token": token + "\n"}),
        ("another alphabet", {"token": token.replace("-", "+").replace("_", "/")}),
        ("not ASCII", {"token": "\uff21" + token[1:]}),
        ("S changed", {"token": ("B" if token[0] == "A" else "A") + token[1:]}),
        ("time changed", {"token": base64.urlsafe_b64encode(
            secret + (at + 1).to_bytes(8, "big") + mac).decode()}),
        ("mark of S alone", {"token": base64.urlsafe_b64encode(
            body + named("tg-form-token", lp(b"report", secret), key)).decode()}),
    ]  # fmt: skip
    return [
        {**good, "name": "token"}, {**good, "name": "at its age limit", "now": at + 3600},
        {**good, "name": "a minute early", "now": at - 60},
        *({**bad, "name": why, **change} for why, change in changes),
    ]  # fmt: skip


# Uploads -----------------------------------------------------------------------------------------


def upload_cases(folder: Path) -> list[Case]:
    token, key = fixed("upload token"), fixed("upload key")
    found_by = named("tg-upload-id", token).hex()
    state = canonical({
        "key": key.hex(), "last_digest": named("tg-digest", b"part 1").hex(), "last_offset": 0,
        "name": "矿井.jpg", "parts": 1, "received": 6, "size": 12, "used": False,
    })  # fmt: skip
    where = context("upload", found_by, report="")
    body = sealed(padded(state, 1024), named("tg-upload-key", token), where, fixed("state", 24))
    good: Case = {
        "opens": "state", "token": token.hex(), "site": SITE, "id": found_by, "body": body.hex(),
        "plain": state.hex(),
    }  # fmt: skip
    bad: Case = {**good, "plain": None, "error": "UnsealError"}
    cases: list[Case] = [{**good, "name": "state"}]
    cases += [{**bad, "name": f"state: {why}", "body": one.hex()} for why, one in spoilt(body)]
    cases += [
        {**bad, "name": "state: another token", "token": fixed("other").hex()},
        {**bad, "name": "state: another site", "site": "410328"},
    ]
    place = context("upload-part", found_by, 2, report="")
    part = stream([(padded(b"part 2", 65_536), 3)], key, place, fixed("part header", 24))
    (folder / "upload-part-2.bin").write_bytes(part)
    whole: Case = {
        "opens": "part", "token": token.hex(), "site": SITE, "key": key.hex(), "number": 2,
        "file": "upload-part-2.bin", "change": [], "plain": b"part 2".hex(),
    }  # fmt: skip
    cases.append({**whole, "name": "part"})
    changes: list[tuple[str, Case]] = [
        ("truncated", {"change": [["cut", -1]]}), ("extended", {"change": [["append", "00"]]}),
        ("data after FINAL", {"change": [["append", "00" * 100]]}),
        ("wrong suite", {"change": [["flip", 0]]}), ("wrong key id", {"change": [["flip", 1]]}),
        ("wrong header", {"change": [["flip", 40]]}), ("changed", {"change": [["flip", 1000]]}),
        ("another part", {"number": 1}), ("another token", {"token": fixed("other").hex()}),
        ("another site", {"site": "410328"}), ("another key", {"key": fixed("other").hex()}),
    ]  # fmt: skip
    unsafe: dict[str, Any] = {**whole, "plain": None, "error": "UnsealError"}
    return [*cases, *({**unsafe, "name": f"part: {why}", **change} for why, change in changes)]
