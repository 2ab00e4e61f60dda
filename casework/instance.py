"""What this instance is: its site, whether it is a demo, its clock, the offices' addresses.

One small file, `$TONGGUI_HOME/instance.toml`, written by `tonggui init` or `tonggui demo up`.
It holds nothing secret. Nothing in it is believed where keys are concerned: whether an
instance is a demo stands in its key set, and both must agree.
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Self

from casework.clock import Clock
from casework.config import SettingError

FILE_NAME = "instance.toml"
_KEYS = frozenset(
    {
        "site", "region", "demo", "clock_offset_seconds", "register_batch_days",
        "register_witnesses", "register_witness_mail", "addresses", "policies",
    }
)  # fmt: skip
_MAPS = {
    "addresses": "office codes to mail addresses",
    "policies": "policy ids to their hashes",
}
BATCH_DAYS = 7
BATCH_DAYS_MAX = 31


@dataclass(frozen=True, slots=True)
class Instance:
    """One site's own facts.

    Attributes:
        site: id that every sealed object is bound to; a demo's ends in "-demo", so that
            nothing sealed for it opens in a real instance.
        region: GB/T 2260 code of the county; names the routing file.
        demo: whether pages say 演示.
        clock_offset_seconds: how far a demo's clock was moved; 0 in a real instance.
        register_batch_days: every how many days the public register grows, at least 1.
        register_witnesses: C2SP verifier keys of witnesses whose cosignatures count.
        register_witness_mail: addresses to which the audit tree's root goes daily.
        addresses: office code to mail address, for content-free notices.
        policies: what was in force from the beginning: policy id to pin; empty in an instance
            that is older than this key, until `tonggui migrate`.
    """

    site: str
    region: str
    demo: bool = False
    clock_offset_seconds: int = 0
    register_batch_days: int = BATCH_DAYS
    register_witnesses: Sequence[str] = ()
    register_witness_mail: Sequence[str] = ()
    addresses: Mapping[str, str] = field(default_factory=dict)
    policies: Mapping[str, str] = field(default_factory=dict)

    @property
    def clock(self) -> Clock:
        """The clock that every process of this instance goes by."""
        return Clock(timedelta(seconds=self.clock_offset_seconds))

    @classmethod
    def read(cls, home: Path) -> Self:
        """Read the file in *home*.

        Raises:
            SettingError: there is none, or a key in it cannot be used.
        """
        path = home / FILE_NAME
        try:
            given = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SettingError(
                "TONGGUI_HOME", f"{path} is missing; `tonggui init` or `tonggui demo up` makes it"
            ) from None
        except (OSError, ValueError) as problem:
            raise SettingError("TONGGUI_HOME", f"{path} cannot be read: {problem}") from None
        _check(given, path)
        # A list of the file is a tuple here: what is read is equal to what was written.
        lists = {key: tuple(value) for key, value in given.items() if isinstance(value, list)}
        return cls(**{**given, **lists})

    def write(self, home: Path) -> None:
        """Write the file into *home*, whole."""
        lines = [
            f"site = {json.dumps(self.site)}",
            f"region = {json.dumps(self.region)}",
            f"demo = {str(self.demo).lower()}",
            f"clock_offset_seconds = {self.clock_offset_seconds}",
            f"register_batch_days = {self.register_batch_days}",
            f"register_witnesses = {json.dumps([*self.register_witnesses])}",
            f"register_witness_mail = {json.dumps([*self.register_witness_mail])}",
            "",
            "[addresses]",
            *(
                f"{json.dumps(code)} = {json.dumps(self.addresses[code])}"
                for code in self.addresses
            ),
            *self._policy_lines(),
        ]
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = home / f".{FILE_NAME}"
        unfinished.write_text("\n".join(lines) + "\n", encoding="utf-8")
        unfinished.replace(home / FILE_NAME)

    def _policy_lines(self) -> list[str]:
        if not self.policies:
            return []
        pins = (f"{json.dumps(name)} = {json.dumps(pin)}" for name, pin in self.policies.items())
        return ["", "[policies]", *pins]


def _check(given: Mapping[str, object], path: Path) -> None:
    def refuse(sentence: str) -> SettingError:
        return SettingError("TONGGUI_HOME", f"{path}: {sentence}")

    for key in given:
        if key not in _KEYS:
            raise refuse(f"{key} is unknown; it may hold {', '.join(sorted(_KEYS))}")
    for key, kind in (("site", str), ("region", str)):
        if not isinstance(given.get(key), kind) or not given[key]:
            raise refuse(f'{key} must be text, as in {key} = "410329"')
    if not isinstance(given.get("demo", False), bool):
        raise refuse("demo must be true or false")
    offset = given.get("clock_offset_seconds", 0)
    if not isinstance(offset, int) or (offset and not given.get("demo")):
        raise refuse("clock_offset_seconds must be a whole number, and 0 unless demo = true")
    if sentence := _map_problem(given) or _register_problem(given):
        raise refuse(sentence)


def _map_problem(given: Mapping[str, object]) -> str:
    """Return what is wrong with the maps from text to text, "" for nothing."""
    for key, sentence in _MAPS.items():
        value = given.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            return f"{key} must map {sentence}"
    return ""


def _register_problem(given: Mapping[str, object]) -> str:
    """Return what is wrong with the keys of the public register, "" for nothing."""
    days = given.get("register_batch_days", BATCH_DAYS)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= BATCH_DAYS_MAX:
        return f"register_batch_days must be a whole number from 1 to {BATCH_DAYS_MAX}"
    for key in ("register_witnesses", "register_witness_mail"):
        told = given.get(key, [])
        if not isinstance(told, list) or not all(isinstance(one, str) and one for one in told):
            return f'{key} must be a list of texts, as in {key} = ["…"]'
    return ""
