"""How often one network may knock, counted without keeping who knocked.

The counter's name is a keyed hash of the network prefix. The key lives a day,
in the store that the processes share for limits (never backed up), so
yesterday's counters cannot be matched to addresses even by us.
"""

import hashlib
import ipaddress
import secrets
import threading
from datetime import UTC, datetime
from typing import Any, Final, cast

from flask import Flask, request
from flask.typing import RouteCallable
from flask_limiter import Limiter

IPV4_PREFIX: Final = 24
IPV6_PREFIX: Final = 56

# endpoint, limit, why
LIMITS: Final = (
    ("report.submit", "600/hour;120/minute", "a village may share one address; a flood may not"),
    ("mailbox.enter", "60/hour;12/minute", "codes cannot be guessed in number"),
    ("mailbox.write", "60/hour", "messages wait for people who read them"),
    ("mailbox.add_evidence", "60/hour", "files fill the disk"),
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
    """The key of the day: drawn once, shared through the limits store where that can hold it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._day = ""
        self._key = b""
        self._storage: Any = None

    def share(self, storage: Any) -> None:
        """Keep the key in *storage* from now on, if it has a place for one."""
        self._storage = storage

    def today(self, now: datetime) -> bytes:
        """Return the key of the UTC day of *now*."""
        day = now.astimezone(UTC).strftime("%Y-%m-%d")
        with self._lock:
            if day != self._day:
                self._key = self._agreed(day)
                self._day = day
            return self._key

    def _agreed(self, day: str) -> bytes:
        own = secrets.token_bytes(32)
        keep = getattr(self._storage, "keep_day_key", None)
        if keep is not None:
            return bytes(keep(day, own))
        redis = getattr(self._storage, "storage", None)
        if redis is not None and hasattr(redis, "set"):
            name = f"tonggui:day-key:{day}"
            redis.set(name, own, nx=True, ex=2 * 24 * 3600)
            return bytes(redis.get(name) or own)
        return own


def hashed_network(day_key: DayKey) -> str:
    """Name the counter of whoever sent this request."""
    prefix = network_prefix(request.remote_addr or "")
    key = day_key.today(datetime.now(UTC))
    return hashlib.blake2b(
        prefix.encode(), key=key, digest_size=16, person=b"tg-network"
    ).hexdigest()


def init_limits(app: Flask, *, limits_url: str) -> None:
    """Count in the store at *limits_url*; when it is away, count in memory instead."""
    day_key = DayKey()
    limiter = Limiter(
        key_func=lambda: hashed_network(day_key),
        storage_uri=limits_url,
        in_memory_fallback_enabled=True,
        headers_enabled=False,
    )
    limiter.init_app(app)
    day_key.share(limiter.storage)
    for endpoint, limit, _why in LIMITS:
        view = app.view_functions[endpoint]
        counted = limiter.limit(limit, methods=["POST"])(view)
        app.view_functions[endpoint] = cast("RouteCallable", counted)
