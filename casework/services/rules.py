"""The rules that come with the program: policy files, and the routing file of a county."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from casework.domain.errors import RoutingFileError
from casework.domain.ids import new_id
from casework.domain.policy import Policies, Policy, regions_up
from casework.domain.routing import Routing, load_routing
from casework.storage.policies import PolicyActivation
from casework.storage.unit_of_work import UnitOfWork, use_case

_CASEWORK: Final = Path(__file__).parents[1]
POLICY_FOLDER: Final = _CASEWORK / "policies"
ROUTING_FOLDER: Final = _CASEWORK / "routing"
FIRST_ROUTING: Final = "routing.toml"  # in the home of an instance, beside instance.toml


def shipped_policies() -> Policies:
    """Read every policy file.

    Raises:
        PolicyFileError: one cannot be used; it names the file, the key and what was expected.
    """
    return Policies.load(POLICY_FOLDER)


def shipped_routing(region: str) -> Routing:
    """Read the routing file of a county.

    Raises:
        RoutingFileError: there is none, or it cannot be used.
    """
    return load_routing(shipped_routing_body(region), file=f"{region}.toml")


def shipped_routing_body(region: str) -> bytes:
    """Return the routing file of a county as it comes with the program.

    Raises:
        RoutingFileError: there is none.
    """
    path = ROUTING_FOLDER / f"{region}.toml"
    try:
        return path.read_bytes()
    except OSError:
        raise RoutingFileError(path.name, "region", "a county with a routing file") from None


def first_routing(home: Path, region: str) -> Routing:
    """Read the first version of an instance's routing table.

    Raises:
        RoutingFileError: there is none, or it cannot be used.
    """
    return load_routing(first_routing_body(home, region), file=FIRST_ROUTING)


def first_routing_body(home: Path, region: str) -> bytes:
    """Return the first version's file: the one kept in the instance's home, as it was founded.

    In an instance that is older, until `tonggui migrate`, it is the one of the program.

    Raises:
        RoutingFileError: there is none.
    """
    try:
        return (home / FIRST_ROUTING).read_bytes()
    except FileNotFoundError:
        return shipped_routing_body(region)
    except OSError:
        raise RoutingFileError(FIRST_ROUTING, "file", "a file that can be read") from None


def keep_first_routing(home: Path, region: str) -> bool:
    """Keep the program's table as the first version, if none is kept; say whether it was.

    No upgrade of the program changes it: a later table counts once two persons sign it.

    Raises:
        RoutingFileError: the program has no table for this county, or a bad one.
    """
    path = home / FIRST_ROUTING
    if path.exists():
        return False
    body = shipped_routing_body(region)
    load_routing(body, file=f"{region}.toml")
    unfinished = home / f".{FIRST_ROUTING}"
    unfinished.write_bytes(body)
    unfinished.chmod(0o640)
    unfinished.replace(path)
    return True


def founding_set(policies: Policies, region: str) -> tuple[Policy, ...]:
    """Return the policies that are in force in a new instance: those of its region and above."""
    regions = regions_up(region)
    found = (one for one in policies.by_id.values() if one.region in regions and not one.comparator)
    return tuple(sorted(found, key=lambda one: one.id))


@use_case
def put_founding_set_in_force(
    uow: UnitOfWork, *, policies: Policies, region: str
) -> Mapping[str, str]:
    """Put the founding set in force where nothing is yet; return what it was: id to pin.

    No event does it: which policies these are is kept in instance.toml, outside the database.
    """
    if not uow.policies.in_force(date.max):
        for one in founding_set(policies, region):
            uow.policies.activate(
                PolicyActivation(new_id(), one.id, one.pin, one.effective_from, event="")
            )
    found = uow.policies.in_force(date.max)
    return {one.policy: one.sha256 for one in sorted(found, key=_id) if not one.event}


def _id(one: PolicyActivation) -> str:
    return one.policy
