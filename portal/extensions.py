"""What one running public site holds, and how the rest of the package gets at it."""

import logging
import time
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from flask import current_app
from flask_babel import Babel, LazyString
from flask_bootstrap import Bootstrap5

from casework.clock import Clock
from casework.config import SettingError, Settings
from casework.domain.errors import CaseworkError
from casework.domain.policy import Policies
from casework.domain.routing import Routing
from casework.instance import Instance
from casework.services.routing_tables import RoutingKeeper
from casework.services.rulebook import RulebookKeeper
from casework.services.trust import Trust
from casework.services.trust_keeper import LOOK_SECONDS, TrustKeeper
from casework.storage.blobs import Blobs
from casework.storage.unit_of_work import Store
from cleaning.ports import Cleaner, Scanner
from crypto.argon import CodeParameters
from crypto.keyset import KeySet
from crypto.receipt_pool import ReceiptPool
from portal import language
from portal.opening import Opening

KEY = "tonggui"
LOG = logging.getLogger("tonggui.portal")
babel = Babel()
bootstrap = Bootstrap5()


@dataclass(frozen=True, slots=True)
class Option:
    """One region, sector or department to choose."""

    code: str
    name: str | LazyString
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """Option lists of a day: code to option, in the order of the routing file."""

    regions: Mapping[str, Option]
    sectors: Mapping[str, Option]
    departments: Mapping[str, Option]


def choices_of(routing: Routing, today: date) -> Choices:
    """Make the option lists of a day."""
    return Choices(
        regions={
            code: Option(code, region.name, region.parent)
            # Townships first: the whole county is for what lies nowhere in particular.
            for code, region in sorted(
                routing.regions.by_code.items(), key=lambda pair: (-len(pair[0]), pair[0])
            )
            if region.is_valid(today)
        },
        sectors={code: Option(code, language.sector(one)) for code, one in routing.sectors.items()},
        departments={code: Option(code, one.name) for code, one in routing.departments.items()},
    )


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
        except (CaseworkError, SettingError) as problem:
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
    routes: RoutingKeeper
    rules: RulebookKeeper
    pool: ReceiptPool
    receipt_pepper: bytes = field(repr=False)
    form_key: bytes = field(repr=False)
    cleaner: Cleaner
    scanner: Scanner
    opening: Opening
    rendered: dict[Hashable, str] = field(default_factory=dict, repr=False)
    listed: dict[Hashable, Choices] = field(default_factory=dict, repr=False)

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
    def routing(self) -> Routing:
        """The routing table of today."""
        return self.routes.on(self.clock.today())

    @property
    def choices_key(self) -> Hashable:
        """What option lists, and every page that shows them, depend on: table and day."""
        today = self.clock.today()
        return (self.routes.on(today).sha256, today)

    @property
    def choices(self) -> Choices:
        """Option lists of the table of today."""
        key = self.choices_key
        found = self.listed.get(key)
        if found is None:
            found = choices_of(self.routing, self.clock.today())
            self.listed.clear()
            self.listed[key] = found
        return found

    @property
    def policies(self) -> Policies:
        """Rule sets by id; chosen are those that were put in force."""
        return self.rules.current().policies

    @property
    def county(self) -> str:
        """Name of the county that this site serves."""
        return self.choices.regions[self.instance.region].name


def public_site() -> PublicSite:
    """Return the site that the current request came to."""
    return cast(PublicSite, current_app.extensions[KEY])
