"""What one running public site holds, and how the rest of the package gets at it."""

import logging
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

from flask import current_app
from flask_babel import Babel
from flask_bootstrap import Bootstrap5

from casework.clock import Clock
from casework.config import Settings
from casework.domain.errors import CaseworkError
from casework.domain.policy import Policies
from casework.domain.routing import Routing
from casework.instance import Instance
from casework.services.trust import Trust
from casework.services.trust_keeper import LOOK_SECONDS, TrustKeeper
from casework.storage.blobs import Blobs
from casework.storage.unit_of_work import Store
from crypto.argon import CodeParameters
from crypto.keyset import KeySet
from crypto.receipt_pool import ReceiptPool

KEY = "tonggui"
LOG = logging.getLogger("tonggui.portal")
babel = Babel()
bootstrap = Bootstrap5()


class Cleaner(Protocol):
    """Takes the metadata out of a picture."""

    def clean(self, raw: bytes | bytearray) -> bytes | None:
        """Return the picture without its metadata; None when that cannot be done."""

    def close(self) -> None:
        """Let go of whatever does the cleaning."""


@dataclass(frozen=True, slots=True)
class Option:
    """One region, sector or department to choose."""

    code: str
    name: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """Option lists, made once: code to option, in the order of the routing file."""

    regions: Mapping[str, Option]
    sectors: Mapping[str, Option]
    departments: Mapping[str, Option]


class TrustBox:
    """The key set in force and who it vouches for, as old as `trust_keeper` lets it become.

    While the database is away, or holds nothing to believe, what was believed stays: a report
    can still be shown its page, and is sealed to keys that were good seconds ago.
    """

    def __init__(self, keeper: TrustKeeper) -> None:
        """Read now.

        Raises:
            NoKeySetError: there is nothing to believe, so nothing to seal to.
        """
        self._keeper = keeper
        self._retry_at = 0.0
        self._tell: Callable[[KeySet], object] = id
        self._last = keeper.trust()

    @property
    def believed(self) -> Trust:
        """What was believed last, without looking again."""
        return self._last

    @property
    def current(self) -> Trust:
        """Whose signatures count now."""
        return self._looked(fresh=False)

    def refresh(self) -> None:
        """Look now, because somebody turned up who is not known."""
        self._looked(fresh=True)

    def tell(self, changed: Callable[[KeySet], object]) -> None:
        """Call *changed* with every new key set."""
        self._tell = changed

    def _looked(self, *, fresh: bool) -> Trust:
        if time.monotonic() < self._retry_at and not fresh:
            return self._last
        before = self._last.keyset.number
        try:
            self._last = self._keeper.trust(fresh=fresh)
        except CaseworkError as problem:
            self._retry_at = time.monotonic() + LOOK_SECONDS
            LOG.error("the key set could not be looked at again: %s", type(problem).__name__)
        if self._last.keyset.number != before:
            self._tell(self._last.keyset)
        return self._last


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSite:
    """Everything a request may need, made once at the start."""

    settings: Settings
    instance: Instance
    clock: Clock
    store: Store
    blobs: Blobs
    trusted: TrustBox
    routing: Routing
    policies: Policies
    choices: Choices
    pool: ReceiptPool
    receipt_pepper: bytes = field(repr=False)
    form_key: bytes = field(repr=False)
    cleaner: Cleaner
    rendered: dict[Hashable, str] = field(default_factory=dict, repr=False)

    @property
    def trust(self) -> Trust:
        """Whose signatures count."""
        return self.trusted.current

    @property
    def keyset(self) -> KeySet:
        """The key set in force."""
        return self.trusted.current.keyset

    @property
    def code_parameters(self) -> tuple[CodeParameters, ...]:
        """How receipt codes in use are derived, the newest way first."""
        return self.trusted.current.code_parameters

    @property
    def county(self) -> str:
        """Name of the county that this site serves."""
        return self.choices.regions[self.instance.region].name


def public_site() -> PublicSite:
    """Return the site that the current request came to."""
    return cast(PublicSite, current_app.extensions[KEY])
