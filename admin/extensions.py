"""What the whole console shares: its stores, its rules, the key set it trusts, the languages."""

import threading
from dataclasses import dataclass, field
from typing import Final, cast

from flask import current_app
from flask_babel import Babel
from flask_babel import gettext as translated
from flask_bootstrap import Bootstrap5

from admin.config import ConsoleSecrets
from admin.language import current
from casework.clock import Clock
from casework.config import Settings
from casework.domain.calendar import WorkCalendar
from casework.domain.policy import Policies
from casework.domain.routing import Routing
from casework.instance import Instance
from casework.services.routing_tables import RoutingKeeper
from casework.services.rulebook import Rulebook, rulebook
from casework.services.staff import accounts
from casework.services.trust import Trust
from casework.services.trust_keeper import TrustKeeper
from casework.storage.blobs import Blobs
from casework.storage.unit_of_work import Store
from cleaning.inspection import Cleaners
from cleaning.ports import Cleaner, Scanner
from cleaning.scanner import NoScanner

_KEY: Final = "tonggui"

babel = Babel()
bootstrap = Bootstrap5()


@dataclass(slots=True)
class Console:
    """One running console."""

    settings: Settings
    instance: Instance
    secrets: ConsoleSecrets
    store: Store
    blobs: Blobs
    first_routing: Routing
    clock: Clock
    cleaner: Cleaner = field(default_factory=Cleaners)
    scanner: Scanner = field(default_factory=NoScanner)
    _keeper: TrustKeeper | None = None
    _routes: RoutingKeeper | None = None
    _people: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def trust(self, *, fresh: bool = False) -> Trust:
        """The key sets and their certificates, looked at again every few seconds.

        Raises:
            NoKeySetError: there is none that these settings believe.
        """
        with self._lock:
            if self._keeper is None:
                self._keeper = TrustKeeper(self.store, self.secrets.folder)
        return self._keeper.trust(fresh=fresh)

    def routes(self) -> RoutingKeeper:
        """The routing tables put in force, looked at again every few seconds."""
        with self._lock:
            if self._routes is None:
                self._routes = RoutingKeeper(self.store, self.first_routing, self.trust)
            return self._routes

    @property
    def routing(self) -> Routing:
        """The routing table of today."""
        return self.routes().on(self.clock.today())

    def rules(self) -> Rulebook:
        """Policies and calendar, as they stand in the database now."""
        return rulebook(self.store)

    @property
    def policies(self) -> Policies:
        """Rule sets by id; chosen are those that were put in force."""
        return self.rules().policies

    def calendar(self) -> WorkCalendar:
        """Working days, as they stand in the database now."""
        return self.rules().calendar

    def office_name(self, code: str) -> str:
        """What an office is called; an unknown one by its code."""
        return self.routes().name("department", code)

    def region_name(self, code: str) -> str:
        """What a region is called; an unknown one by its code."""
        return self.routes().name("region", code)

    def sector_name(self, code: str) -> str:
        """What a sector is called in the page's language; an unknown one by its code."""
        known = self.routing.sectors.get(code)
        if known is not None and known.name_en and current() == "en":
            return known.name_en
        return self.routes().name("sector", code)

    def person(self, account: str) -> str:
        """What a colleague is called; somebody unknown by the account."""
        if account not in self._people:
            self._people = {one.id: one.display_name for one in accounts(self.store)}
        return self._people.get(account, account)


def gettext(sentence: str, **values: object) -> str:
    """A sentence of these pages in the reader's language."""
    return str(translated(sentence, **values))


def attach(app_extensions: dict[str, object], console: Console) -> None:
    """Make *console* the one that requests of this application find."""
    app_extensions[_KEY] = console


def console() -> Console:
    """The console that answers this request."""
    return cast("Console", current_app.extensions[_KEY])
