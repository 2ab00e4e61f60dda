"""One attempt to do something in a case: where, by whom, and with what choice."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import objecting
from casework.clock import SHANGHAI
from casework.domain.case import Case
from casework.services.acts import DEED_KINDS
from crypto.notes import LogKey
from instance import World
from people import Filed
from rich_instance import Rich

YJJ, ZJJ, JW, AWB, CITY = "410329-yjj", "410329-zjj", "410329-jw", "410329-awb", "410300-awb"
REPORTER = "reporter"
LEADS = ((ZJJ, AWB), (YJJ, AWB), (JW, AWB), (AWB, CITY))
PAPER = "样文〔2026〕1号"
WITNESS = LogKey.generate()


class NothingToTryError(Exception):
    """The case has nothing that this could be about."""


class As(World):
    """The same instance, in which one person signs whatever anybody signs."""

    def __init__(self, world: World, who: str, filed: Filed) -> None:
        self.__dict__.update(world.__dict__)
        self._who, self._filed = who, filed

    def sign(self, who: str, *act: Any, **more: Any) -> Any:
        """Sign as the one person, whoever is named."""
        return super().sign(who or next(iter(self.people)), *act, **more)

    def _signed(self, kind: str, report: str, facts: Any, added: Any, *rest: Any) -> Any:
        _actor, _key, ordinal, removed = rest
        if self._who == REPORTER:
            mine = self._filed.key
            return super()._signed(kind, report, facts, added, REPORTER, mine, ordinal, removed)
        person = self.people[self._who]
        key = person.deed if kind in DEED_KINDS else person.day
        actor = f"officer:{person.account}"
        return super()._signed(kind, report, facts, added, actor, key, ordinal, removed)


class Deed:
    """One attempt: where, by whom, and with what choice where there is one."""

    def __init__(
        self,
        world: World,
        filed: Filed,
        who: str,
        *,
        pick: Callable[[Sequence[Any]], Any] = lambda choices: choices[0],
        others: Sequence[Filed] = (),
    ) -> None:
        self.world, self.filed, self.who = As(world, who, filed), filed, who
        self.pick, self.others, self.report = pick, others, filed.report

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return self.world.case(self.report)

    @property
    def day(self) -> str:
        """Today in China."""
        return self.world.now.astimezone(SHANGHAI).date().isoformat()

    def in_days(self, days: int) -> str:
        """A day to come, in China."""
        return objecting.in_days(self.world, days)

    def one_of(self, choices: Sequence[Any]) -> Any:
        """One of them; nothing to try where there is none."""
        if not choices:
            raise NothingToTryError
        return self.pick(tuple(choices))

    def asked(self, choices: Sequence[Any]) -> int:
        """The ordinal of the newest of some asks; of an act that is none where there are none."""
        return int(choices[-1].ordinal) if choices else 1

    def do(
        self, service: Callable[..., Any], kind: str, facts: Mapping[str, Any], **sealed: str
    ) -> None:
        """Send one act of *kind*, with a sealed text of some kind by its argument's name."""
        texts = {name: self.world.sealed_object(of, self.report) for name, of in sealed.items()}
        act = self.world.sign("", kind, self.report, facts, list(texts.values()))
        service(self.world.store, act=act, trust=self.world.trust, now=self.world.now, **texts)

    @property
    def rich(self) -> Rich:
        """The same for helpers that know reports by name."""
        return Rich(self.world, {"it": self.filed}, WITNESS)

    def login(self, otherwise: str) -> str:
        """Whose keys open what is to be opened: the actor's; somebody's, for the reporter."""
        return otherwise if self.who == REPORTER else self.who


def plain(
    service: Callable[..., Any],
    kind: str,
    facts: Callable[[Deed], Mapping[str, Any]] = lambda _deed: {},
    **sealed: str,
) -> Callable[[Deed], None]:
    """Return the deed of an act that says little and is sent at once."""
    return lambda deed: deed.do(service, kind, facts(deed), **sealed)
