"""The rules as data: where they lie, and how the commands load them."""

from datetime import date
from pathlib import Path

from admin.commands.refusals import CommandError
from casework.clock import Clock
from casework.config import Secrets, Settings
from casework.domain.calendar import WorkCalendar
from casework.domain.policy import Policies
from casework.domain.routing import Routing, load_routing
from casework.domain.routing_difference import check_successor
from casework.instance import FILE_NAME, Instance
from casework.services.rules import (
    ROUTING_FOLDER,
    first_routing,
    shipped_policies,
    shipped_routing,
)


def policies() -> Policies:
    """Load every rule set that this program ships."""
    return shipped_policies()


def policies_here() -> Policies:
    """Load every rule set; of an instance, with the days from which they were put in force.

    Raises:
        StorageUnavailableError: the instance's database is away.
    """
    from casework.services.rulebook import rulebook
    from casework.storage.unit_of_work import Store

    settings = Settings.from_environment()
    if not (settings.home / FILE_NAME).exists():
        return policies()
    store = Store.open(settings.database_url, site=Instance.read(settings.home).site)
    try:
        return rulebook(store).policies
    finally:
        store.close()


def routing_of(region: str, on: date | None = None) -> Routing:
    """Return the routing table of the county that *region* lies in, or lay in with that code.

    The county of the instance in this home has the table that was put in force for the day
    *on*, today if none is given; any other the one that comes with the program.

    Raises:
        CommandError: there is no table for it.
        CaseworkError: the instance's database is away, or its table does not hold.
    """
    counties = sorted(file.stem for file in ROUTING_FOLDER.glob("*.toml"))
    home = Settings.from_environment().home
    here = Instance.read(home).region if (home / FILE_NAME).exists() else ""
    for county in sorted(counties, key=lambda one: (one != region[:6], one != here)):
        routing = _in_force(county, on or today()) if county == here else shipped_routing(county)
        if county == region[:6] or region in routing.regions.by_code:
            return routing
    known = ", ".join(counties)
    raise CommandError(
        f"没有区域 {region!r} 的分派表 / no routing table for it; there is: {known}",
        key="region",
        expected=known,
    )


def _in_force(county: str, on: date) -> Routing:
    """Return the table of the instance in this home; imported here, as for `calendar_here`."""
    from casework.services.routing_tables import routing_on
    from casework.services.trust_keeper import TrustKeeper
    from casework.storage.unit_of_work import Store

    settings = Settings.from_environment()
    store = Store.open(settings.database_url, site=Instance.read(settings.home).site)
    keeper = TrustKeeper(store, Secrets(settings.secrets / "console"))
    try:
        return routing_on(store, first_routing(settings.home, county), keeper.trust, on)
    finally:
        store.close()


def check_follows(routing: Routing, path: Path) -> None:
    """Check that a table can take the place of the one in force in the instance of this home.

    Raises:
        RoutingFileError: it leaves out a region or a department.
        CaseworkError: the instance's database is away, or its table does not hold.
    """
    home = Settings.from_environment().home
    if (home / FILE_NAME).exists() and Instance.read(home).region == routing.site:
        check_successor(routing, routing_of(routing.site), file=path.name)


def routing_in(path: Path) -> Routing:
    """Load a routing table that is not in use (yet).

    Raises:
        RoutingFileError: it cannot be used; file, line, key and what was expected are named.
    """
    return load_routing(path.read_bytes(), file=path.name)


def home_region() -> str:
    """Return the region of the instance in this home, or of the one table that is shipped."""
    home = Settings.from_environment().home
    if (home / FILE_NAME).exists():
        return Instance.read(home).region
    return min(file.stem for file in ROUTING_FOLDER.glob("*.toml"))


def today() -> date:
    """Return the civil date, by the clock of the instance in this home if there is one."""
    home = Settings.from_environment().home
    clock = Instance.read(home).clock if (home / FILE_NAME).exists() else Clock()
    return clock.today()


def calendar_here() -> WorkCalendar:
    """Return the instance's own calendar, or the years that this program ships.

    Imported here, because most rule commands need no database package.
    """
    from casework.services.calendar import work_calendar
    from casework.storage.calendar_seed import seed_days
    from casework.storage.unit_of_work import Store

    settings = Settings.from_environment()
    if (settings.home / FILE_NAME).exists():
        store = Store.open(settings.database_url, site=Instance.read(settings.home).site)
        try:
            return work_calendar(store)
        finally:
            store.close()
    return WorkCalendar(one.as_row() for one in seed_days())
