"""Random bytes from the system, drawn in pieces that last for a sending.

A sending needs two dozen nonces and keys, and each draw is a call into the kernel that
costs as much as the encryption it serves. So a thread draws half a kilobyte at once and
hands every byte out once. A forked child begins with nothing: what its parent had left
would be drawn twice.
"""

import os
import secrets
import threading

PIECE = 512  # bytes


class _Left(threading.local):
    """What a thread has drawn and not handed out."""

    drawn = b""


_left = _Left()


def random_bytes(size: int) -> bytes:
    """Return *size* bytes that nobody was given before.

    Args:
        size: from 1; more than PIECE is drawn for itself.
    """
    if size > PIECE:
        return secrets.token_bytes(size)
    if len(_left.drawn) < size:
        _left.drawn = secrets.token_bytes(PIECE)
    given, _left.drawn = _left.drawn[:size], _left.drawn[size:]
    return given


def _forget() -> None:
    global _left
    _left = _Left()


os.register_at_fork(after_in_child=_forget)
