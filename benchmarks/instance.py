"""A throw-away instance: real stores, real keys, staff and routing, but no cases."""

import sys
from pathlib import Path
from typing import Final

from crypto.cli import Costs

SUPPORT: Final = Path(__file__).resolve().parents[1] / "tests" / "support"
# Nobody signs in during a benchmark: passwords may be cheap, codes must not.
PASSWORDS: Final = {"password_opslimit": 1, "password_memlimit": 8192}
REAL: Final = Costs(**PASSWORDS)
# For `--codes cheap`: what is left of a submission when a code costs next to nothing.
CHEAP: Final = Costs(code_opslimit=1, code_memlimit=8192, **PASSWORDS)


def make_instance(home: Path, database_url: str, *, costs: Costs = REAL) -> dict[str, str]:
    """Make an instance in *home*, as the tests of whole journeys do.

    Args:
        home: its folder.
        database_url: an empty database.
        costs: of Argon2id; by default a code costs what it does in a real instance.

    Returns:
        the settings that its processes run with.
    """
    if str(SUPPORT) not in sys.path:
        sys.path.insert(0, str(SUPPORT))
    import instance

    world = instance.make_world(home, database_url, costs=costs)
    world.store.close()
    return {"TONGGUI_HOME": str(home), "TONGGUI_DATABASE_URL": database_url}
