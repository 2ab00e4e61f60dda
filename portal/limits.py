"""How often one network may knock, counted without keeping who knocked.

The counter's name is a keyed hash of the network prefix. The key lives a day,
in the store that the processes share for limits (never backed up), so
yesterday's counters cannot be matched to addresses even by us.
"""

import hashlib
import ipaddress
import secrets
import threading
import time
from datetime import UTC, datetime
from typing import Final, cast

from flask import Flask, request
from flask.typing import RouteCallable
from flask_limiter import Limiter
from limits.storage import Storage

IPV4_PREFIX: Final = 24
IPV6_PREFIX: Final = 56
KEY_PARTS: Final = 3
KEY_NUMBERS: Final = 2**52  # Redis counts through doubles, and two may be added up
KEY_SECONDS: Final = 2 * 24 * 3600
KEY_READ_AGAIN_SECONDS: Final = 2.0

# endpoint, limit, why; one limit each, for each is a write to the store
LIMITS: Final = (
    ("report.submit", "240/2 minutes", "a village may share one address; a flood may not"),
    ("retaliation.submit", "60/hour", "each is a report, with files"),
    ("mailbox.enter", "20/5 minutes", "codes cannot be guessed in number"),
    ("mailbox.write", "60/hour", "messages wait for people who read them"),
    ("mailbox.urge", "60/hour", "a flood of refused urges is work too"),
    ("identity.withdraw", "60/hour", "each changes the case"),
    ("new_code.draw", "20/hour", "each costs key work"),
    ("mailbox.add_evidence", "60/hour", "files fill the disk"),
    ("awards.send_agent", "60/hour", "files fill the disk"),
    ("uploads.begin", "240/hour", "files fill the disk"),
    ("uploads.add_part", "6000/hour", "files fill the disk"),
)


def network_prefix(address: str) -> str:
    """Return the network that *address* belongs to; what is no address counts as one network."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    mapped = getattr(parsed, "ipv4_mapped", None)
    if mapped is not None:
        parsed = mapped
    width = IPV4_PREFIX if parsed.version == 4 else IPV6_PREFIX
    return str(ipaddress.ip_network((parsed, width), strict=False))


class DayKey:
    """The key of the day, which all processes that share a limits store agree on.

    The store can only count, so the key is a few counters that start at a
    random number: whoever comes first draws it, everybody reads it. Should two
    come first at once, both read the sum.
    """

    def __init__(self, storage: Storage) -> None:
        """Keep the key in *storage*; in memory while that is away."""
        self._storage = storage
        self._lock = threading.Lock()
        self._own: dict[str, bytes] = {}
        self._agreed: dict[str, tuple[bytes, float]] = {}

    def today(self, now: datetime) -> bytes:
        """Return the key of the UTC day of *now*."""
        day = now.astimezone(UTC).strftime("%Y-%m-%d")
        with self._lock:
            key, read_at = self._agreed.get(day, (b"", 0.0))
            if not key or time.monotonic() - read_at > KEY_READ_AGAIN_SECONDS:
                key = self._read(day)
                self._agreed = {day: (key, time.monotonic())}
            return key

    def _read(self, day: str) -> bytes:
        try:
            parts = [self._number(f"day-key/{day}/{part}") for part in range(KEY_PARTS)]
        except Exception:  # the stores raise what their drivers raise
            self._own = {day: self._own.get(day) or secrets.token_bytes(16)}
            return self._own[day]
        return b"".join(number.to_bytes(8, "big") for number in parts)

    def _number(self, name: str) -> int:
        drawn = 1 + secrets.randbelow(KEY_NUMBERS)
        return self._storage.get(name) or self._storage.incr(name, KEY_SECONDS, drawn)


def hashed_network(day_key: DayKey) -> str:
    """Name the counter of whoever sent this request."""
    prefix = network_prefix(request.remote_addr or "")
    key = day_key.today(datetime.now(UTC))
    return hashlib.blake2b(
        prefix.encode(), key=key, digest_size=16, person=b"tg-network"
    ).hexdigest()


def init_limits(app: Flask, *, limits_url: str) -> None:
    """Count in the store at *limits_url*; when it is away, count in memory instead."""
    limiter = Limiter(
        key_func=lambda: hashed_network(day_key),
        storage_uri=limits_url,
        in_memory_fallback_enabled=True,
        headers_enabled=False,
    )
    limiter.init_app(app)
    day_key = DayKey(limiter.storage)
    for endpoint, limit, _why in LIMITS:
        view = app.view_functions[endpoint]
        counted = limiter.limit(limit, methods=["POST"])(view)
        app.view_functions[endpoint] = cast("RouteCallable", counted)
