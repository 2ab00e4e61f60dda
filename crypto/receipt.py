"""From the receipt code to locator and reporter's secret (SEALING.md 6).

Argon2id gives 64 bytes; BLAKE2b over all of them, keyed with the pepper, gives
the locator of the mailbox and the reporter's secret under two names. The
pepper is in both: the public key in the database would test guesses too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from crypto.argon import GATE, CodeParameters, DerivationGate, Priority, argon2id
from crypto.context import Context, lp, named_hash
from crypto.errors import CodeError, UnsealError
from crypto.objects import open_object, seal_object
from crypto.receipt_code import draw_code as draw_code
from crypto.receipt_code import group as group
from crypto.receipt_code import read_code as read_code

__all__ = [
    "CodeParameters", "Receipt", "derive", "draw_code", "group", "look_up", "open_code",
    "read_code", "retry_id", "seal_code",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a code gives.

    Attributes:
        code: 24 digits.
        locator: 32 bytes, by which the mailbox is found.
        secret: 32 bytes, for `mailbox.ReporterKey`; never stored.
    """

    code: str = field(repr=False)
    locator: bytes = field(repr=False)
    secret: bytes = field(repr=False)


def derive(
    code: str,
    *,
    parameters: CodeParameters,
    pepper: bytes,
    priority: Priority = Priority.INTAKE,
    gate: DerivationGate = GATE,
) -> Receipt:
    """Derive locator and secret of *code*; about 20 ms of one core.

    Args:
        code: 24 digits, as `draw_code` or `read_code` returned them.
        parameters: salt and costs of a key set.
        pepper: the receipt pepper, 32 bytes.
        priority: INTAKE for a new report, LOOK_UP for a typed code.
        gate: the queue.

    Raises:
        BusyError: a look-up that would wait too long.
    """
    raw = argon2id(
        code.encode("ascii"),
        salt=parameters.salt,
        opslimit=parameters.opslimit,
        memlimit=parameters.memlimit,
        priority=priority,
        gate=gate,
    )
    return Receipt(
        code,
        named_hash("tg-locator", raw, key=pepper),
        named_hash("tg-reporter", raw, key=pepper),
    )


def look_up(
    code: str,
    *,
    parameters: Sequence[CodeParameters],
    pepper: bytes,
    gate: DerivationGate = GATE,
) -> tuple[Receipt, ...]:
    """Derive a typed code under every set of parameters in use, always all.

    Args:
        code: as `read_code` returned it.
        parameters: of the present key set and, while older codes live, the one before.
        pepper: the receipt pepper.
        gate: the queue.

    Raises:
        BusyError: too many look-ups wait.
    """
    return tuple(
        derive(code, parameters=one, pepper=pepper, priority=Priority.LOOK_UP, gate=gate)
        for one in parameters
    )


def retry_id(form_secret: bytes) -> bytes:
    """Return the 32 bytes by which the sealed code of a sent form is found."""
    return named_hash("tg-retry-id", form_secret)


def seal_code(code: str, form_secret: bytes, typed: bytes) -> bytes:
    """Seal *code* for the same form sent again after a lost answer.

    Args:
        code: 24 digits.
        form_secret: S, the form's 32 random bytes; stored nowhere.
        typed: canonical bytes of all that was typed, files by digest.
    """
    key, context = _retry(form_secret, typed)
    return seal_object(code.encode("ascii"), key=key, context=context)


def open_code(box: bytes, form_secret: bytes, typed: bytes) -> str:
    """Return the code that `seal_code` sealed.

    Raises:
        UnsealError: another form, or the same with another text.
    """
    key, context = _retry(form_secret, typed)
    opened = open_object(box, key=key, context=context)
    try:
        return read_code(opened.decode("ascii"))
    except (CodeError, UnicodeDecodeError):
        raise UnsealError from None


def _retry(form_secret: bytes, typed: bytes) -> tuple[bytes, Context]:
    key = named_hash("tg-retry-key", lp(form_secret, typed))
    return key, Context("", "", "retry", retry_id(form_secret).hex())
