"""The rules as data: where they lie, and how the commands load them."""

from datetime import date
from pathlib import Path

from admin.commands.refusals import CommandError
from casework.clock import Clock
from casework.config import Settings
from casework.domain.calendar import WorkCalendar
from casework.domain.policy import Policies
from casework.domain.routing import Routing, load_routing
from casework.instance import FILE_NAME, Instance
from casework.services.rules import ROUTING_FOLDER, shipped_policies, shipped_routing


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


def routing_of(region: str) -> Routing:
    """Load the routing table of the county that *region* lies in, or lay in when it had that code.

    Raises:
        CommandError: there is no table for it.
    """
    counties = sorted(file.stem for file in ROUTING_FOLDER.glob("*.toml"))
    if region[:6] in counties:
        return shipped_routing(region[:6])
    for county in counties:
        routing = shipped_routing(county)
        if region in routing.regions.by_code:
            return routing
    known = ", ".join(counties)
    raise CommandError(
        f"没有区域 {region!r} 的分派表 / no routing table for it; there is: {known}",
        key="region",
        expected=known,
    )


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
