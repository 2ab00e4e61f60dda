"""The facts that an award is computed from, read strictly: unknown keys are refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import cast

from casework.domain.accident import Accident
from casework.domain.errors import FactsError
from casework.domain.money import FEN_MAX

CONCEALED = "concealed_accident"
REWARD_MATTERS = ("general_hazard", "major_hazard", "violation", CONCEALED)
RELATIONS = (
    "none",
    "staff",
    "spouse",
    "parent",
    "child",
    "family",
    "informant",
    "regulator",
    "regulator_relative",
    "safety_manager",
    "hired_expert",
)
KNOWN = ("no", "known", "known_not_handled")
METRICS = ("goods_value_fen", "weight_g", "cylinders")
PEOPLE_MAX = 100_000  # deaths, injuries: more is a slip of the finger
SIGNERS_MAX = 1_000

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)  # Python reads weeks, too
CODE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reporter:
    """What the rule may ask about the reporter, and nothing that names one.

    Attributes:
        relation_proved: None when nobody has said yet.
    """

    named: bool = True
    relation: str = "none"
    relation_proved: bool | None = None


@dataclass(frozen=True, slots=True)
class PriorAward:
    """An earlier award to the same reporter, which a period cap may count."""

    decided_on: date
    amount_fen: int
    matter: str
    situation: str | None = None


@dataclass(frozen=True, slots=True)
class RewardFacts:
    """The facts of issue 6, checked; every key but matter has a default.

    Attributes:
        penalties_fen: final fines in the case; empty: none was imposed.
        accident: None when none is part of the case.
    """

    matter: str
    accepted_on: date | None = None
    decided_on: date | None = None
    situation: str | None = None
    penalties_fen: tuple[int, ...] = ()
    accident: Accident | None = None
    clue_grade: int | None = None
    metrics: Mapping[str, int] = field(default_factory=dict)
    reporter: Reporter = Reporter()
    already_known: str = "no"
    flags: frozenset[str] = frozenset()
    approved: frozenset[str] = frozenset()
    prior_awards: tuple[PriorAward, ...] = ()
    signers: int = 1


def parse_facts(facts: object) -> RewardFacts:
    """Return checked facts.

    Raises:
        FactsError: an unknown key, a negative or non-integer amount, an impossible date, more
            concealed deaths than deaths, a decision before acceptance, or another form than
            expected; the key is named.
    """
    given = _Given(facts, "")
    accepted_on, decided_on = given.day("accepted_on"), given.day("decided_on")
    if accepted_on and decided_on and decided_on < accepted_on:
        raise FactsError("decided_on", f"a day from {accepted_on} on")
    parsed = RewardFacts(
        matter=given.required_choice("matter", REWARD_MATTERS),
        accepted_on=accepted_on,
        decided_on=decided_on,
        situation=given.code("situation"),
        penalties_fen=given.amounts("penalties_fen"),
        accident=_accident(given.take("accident")),
        clue_grade=given.whole_or_none("clue_grade", 1, 3),
        metrics=_metrics(given.take("metrics")),
        reporter=_reporter(given.take("reporter")),
        already_known=given.choice("already_known", KNOWN, "no"),
        flags=given.codes("flags"),
        approved=given.codes("approved"),
        prior_awards=_prior_awards(given.take("prior_awards")),
        signers=given.whole("signers", 1, SIGNERS_MAX, 1),
    )
    given.done()
    return parsed


class _Given:
    """Reads one object key by key and knows which keys nobody asked for."""

    def __init__(self, value: object, path: str) -> None:
        if not isinstance(value, Mapping):
            raise FactsError(path.rstrip(".") or "facts", "an object")
        self._left = dict(value)
        self._path = path

    def take(self, key: str) -> object:
        return self._left.pop(key, None)

    def done(self) -> None:
        for key in self._left:
            raise FactsError(f"{self._path}{key}", "no such key")

    def refuse(self, key: str, expected: str) -> FactsError:
        return FactsError(f"{self._path}{key}", expected)

    def required_choice(self, key: str, choices: tuple[str, ...]) -> str:
        value = self.take(key)
        if value not in choices:
            raise self.refuse(key, f"one of {', '.join(choices)}")
        return str(value)

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        if key not in self._left:
            return default
        return self.required_choice(key, choices)

    def whole(self, key: str, low: int, high: int, default: int | None) -> int:
        if default is not None and key not in self._left:
            return default
        value = self.take(key)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.refuse(key, f"an integer from {low} to {high}")
        return value

    def whole_or_none(self, key: str, low: int, high: int) -> int | None:
        if self._left.get(key) is None:
            self.take(key)
            return None
        return self.whole(key, low, high, low)

    def truth(self, key: str) -> bool | None:
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            raise self.refuse(key, "true or false")
        return value

    def day(self, key: str) -> date | None:
        value = self.take(key)
        if value is None:
            return None
        try:
            if isinstance(value, str) and DAY.match(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise self.refuse(key, "a day that exists, YYYY-MM-DD")

    def code(self, key: str) -> str | None:
        value = self.take(key)
        if value is None:
            return None
        if not (isinstance(value, str) and CODE.match(value)):
            raise self.refuse(key, "a code in lower case, or null")
        return value

    def codes(self, key: str) -> frozenset[str]:
        value = self.take(key)
        if value is None:
            return frozenset()
        if not isinstance(value, list | tuple):
            raise self.refuse(key, "a list of codes")
        for item in value:
            if not (isinstance(item, str) and CODE.match(item)):
                raise self.refuse(key, "a list of codes in lower case")
        return frozenset(value)

    def amounts(self, key: str) -> tuple[int, ...]:
        value = self.take(key)
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            raise self.refuse(key, "a list of fen")
        for item in value:
            if not isinstance(item, int) or isinstance(item, bool) or not 0 <= item < FEN_MAX:
                raise self.refuse(key, "a list of fen, integers from 0 on")
        return tuple(value)


def _accident(value: object) -> Accident | None:
    if value is None:
        return None
    given = _Given(value, "accident.")
    deaths = given.whole("deaths", 0, PEOPLE_MAX, 0)
    accident = Accident(
        deaths=deaths,
        serious_injuries=given.whole("serious_injuries", 0, PEOPLE_MAX, 0),
        direct_loss_fen=given.whole("direct_loss_fen", 0, FEN_MAX, 0),
        # Unsaid, all were hidden: the whole accident was.
        concealed_deaths=given.whole("concealed_deaths", 0, PEOPLE_MAX, deaths),
    )
    given.done()
    if accident.concealed_deaths > deaths:
        raise FactsError("accident.concealed_deaths", f"at most the {deaths} deaths")
    return accident


def _metrics(value: object) -> Mapping[str, int]:
    if value is None:
        return {}
    given = _Given(value, "metrics.")
    keys = [key for key in METRICS if key in cast("Mapping[str, object]", value)]
    metrics = {key: given.whole(key, 0, FEN_MAX, 0) for key in keys}
    given.done()
    return metrics


def _reporter(value: object) -> Reporter:
    if value is None:
        return Reporter()
    given = _Given(value, "reporter.")
    named = given.truth("named")
    reporter = Reporter(
        named=True if named is None else named,
        relation=given.choice("relation", RELATIONS, "none"),
        relation_proved=given.truth("relation_proved"),
    )
    given.done()
    return reporter


def _prior_awards(value: object) -> tuple[PriorAward, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        raise FactsError("prior_awards", "a list of objects")
    return tuple(_prior_award(item, number) for number, item in enumerate(value))


def _prior_award(value: object, number: int) -> PriorAward:
    path = f"prior_awards[{number}]."
    given = _Given(value, path)
    decided_on = given.day("decided_on")
    if decided_on is None:
        raise FactsError(f"{path}decided_on", "a day that exists, YYYY-MM-DD")
    award = PriorAward(
        decided_on=decided_on,
        amount_fen=given.whole("amount_fen", 0, FEN_MAX, None),
        matter=given.required_choice("matter", REWARD_MATTERS),
        situation=given.code("situation"),
    )
    given.done()
    return award
