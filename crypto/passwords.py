"""What an officer's password seals: day key, deed key, second-factor secret.

Argon2id over the password and the account's salt, then BLAKE2b keyed with the
password pepper, so that the database alone tests no guess.
"""

import unicodedata

from crypto.argon import GATE, DerivationGate, Priority, argon2id
from crypto.context import Context, named_hash
from crypto.objects import open_object, seal_object


def password_key(
    password: str,
    *,
    salt: bytes,
    pepper: bytes,
    opslimit: int,
    memlimit: int,
    gate: DerivationGate = GATE,
) -> bytes:
    """Derive the 32-byte key that an account's secrets are sealed under.

    Args:
        password: as typed; its Unicode form (NFKC) is what counts, so that two
            keyboards agree.
        salt: the account's 16 bytes.
        pepper: the password pepper, 32 bytes.
        opslimit: Argon2id passes, from the key set.
        memlimit: bytes of memory, from the key set.
        gate: the queue of derivations.
    """
    raw = argon2id(
        unicodedata.normalize("NFKC", password).encode(),
        salt=salt,
        opslimit=opslimit,
        memlimit=memlimit,
        priority=Priority.INTAKE,
        gate=gate,
    )
    return named_hash("tg-password", raw, key=pepper)


def seal_secret(secret: bytes, *, key: bytes, context: Context) -> bytes:
    """Seal a day key, deed key or second-factor secret.

    Args:
        secret: the bytes to keep.
        key: what `password_key` returned; for a second-factor secret a key that
            `pepper_key` returned.
        context: `account_context` of the account and what it is.
    """
    return seal_object(secret, key=key, context=context)


def open_secret(body: bytes, *, key: bytes, context: Context) -> bytes:
    """Return the secret that `seal_secret` sealed.

    Raises:
        UnsealError: wrong password, or another account's row.
    """
    return open_object(body, key=key, context=context)


def pepper_key(pepper: bytes) -> bytes:
    """Return the key for second-factor secrets, which are needed before the password."""
    return named_hash("tg-pepper-key", b"", key=pepper)
