"""The rules that come with the program: policy files, and the routing file of a county."""

from pathlib import Path
from typing import Final

from casework.domain.errors import RoutingFileError
from casework.domain.policy import Policies
from casework.domain.routing import Routing, load_routing

_CASEWORK: Final = Path(__file__).parents[1]
POLICY_FOLDER: Final = _CASEWORK / "policies"
ROUTING_FOLDER: Final = _CASEWORK / "routing"


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
    path = ROUTING_FOLDER / f"{region}.toml"
    try:
        body = path.read_bytes()
    except OSError:
        raise RoutingFileError(path.name, "region", "a county with a routing file") from None
    return load_routing(body, file=path.name)
