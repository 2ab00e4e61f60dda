"""What one running public site holds, and how the rest of the package gets at it."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, cast

from flask import current_app
from flask_babel import Babel
from flask_bootstrap import Bootstrap5

from casework.clock import Clock
from casework.config import Settings
from casework.domain.policy import Policies
from casework.domain.routing import Routing
from casework.instance import Instance
from casework.services.trust import Trust
from casework.storage.blobs import Blobs
from casework.storage.unit_of_work import Store
from crypto.argon import CodeParameters
from crypto.keyset import KeySet
from crypto.receipt_pool import ReceiptPool

KEY = "tonggui"
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
    """The key set in force and who it vouches for, read again when somebody new turns up."""

    def __init__(self, load: Callable[[], Trust]) -> None:
        """Read now.

        Raises:
            NoKeySetError: there is nothing to believe, so nothing to seal to.
        """
        self._load = load
        self.current = load()

    def refresh(self) -> None:
        """Read anew; when there is nothing to believe, what was believed stays."""
        self.current = self._load()


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
    code_parameters: tuple[CodeParameters, ...]  # every set in use, newest first
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
    def county(self) -> str:
        """Name of the county that this site serves."""
        return self.choices.regions[self.instance.region].name


def public_site() -> PublicSite:
    """Return the site that the current request came to."""
    return cast(PublicSite, current_app.extensions[KEY])
