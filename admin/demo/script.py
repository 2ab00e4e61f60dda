"""What happens in each demo case, and when: real published cases, on dates of the demo's own."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from casework.clock import SHANGHAI

DATA: Final = Path(__file__).parent.parent / "demo_data" / "cases.toml"
REWARDED: Final = frozenset({"violation", "major_hazard", "concealed_accident"})

# Each step is one signed event; with it days after the report came in, and the time of day.
STEPS: Final[Mapping[str, tuple[int, time]]] = {
    "submit": (0, time(9, 12)),
    "read": (1, time(8, 40)),
    "sign_in": (1, time(8, 50)),
    "accept": (1, time(9, 5)),
    "propose_refusal": (1, time(9, 25)),
    "refuse": (1, time(14, 20)),
    "reply": (1, time(9, 30)),
    "ask_back": (3, time(20, 15)),
    "ask_pause": (5, time(10, 20)),
    "grant_pause": (5, time(16, 45)),
    "ask_more": (16, time(9, 35)),
    "grant_more": (17, time(15, 10)),
    "acknowledge": (33, time(9, 15)),
    "order": (37, time(10, 25)),
    "find": (18, time(15, 20)),
    "tell": (18, time(16, 5)),
    "mend": (18, time(17, 10)),
    "ask_return": (1, time(10, 20)),
    "name_co": (1, time(10, 50)),
    "join": (4, time(11, 10)),
    "advise": (5, time(15, 30)),
    "plan_visit": (6, time(10, 5)),
    "record_visit": (7, time(16, 20)),
    "reserve": (19, time(10, 10)),
    "propose_close": (20, time(9, 15)),
    "approve": (21, time(14, 30)),
    "confirm": (21, time(16, 20)),
    "claim": (24, time(19, 45)),
    "request": (25, time(9, 50)),
    "agree1": (25, time(14, 5)),
    "agree2": (26, time(10, 35)),
    "open": (27, time(9, 15)),
    "witness": (27, time(9, 30)),
    "pay": (27, time(9, 40)),
    "close": (28, time(16, 30)),
}
_ARRIVAL: Final = ("submit", "read", "sign_in")
_WORK: Final = (*_ARRIVAL, "accept", "reply")
_FOUND: Final = (*_WORK, "find", "tell")
_AWARDED: Final = (*_FOUND, "reserve", "approve")
_RELEASED: Final = ("request", "agree1", "agree2", "open")
_STATES: Final[Mapping[str, tuple[str, ...]]] = {
    "received": ("submit",),
    # Nobody signs for it: no rule matched, and it is refused out of the pool.
    "refused": ("submit", "read", "propose_refusal", "refuse"),
    "accepted": _WORK,
    "concluded": _FOUND,
    "reserved": (*_FOUND, "reserve"),
    "approved": _AWARDED,
    "claimed": (*_AWARDED, "claim"),
    "paid": (*_AWARDED, "claim", *_RELEASED, "pay"),
    "closed": (*_AWARDED, "propose_close", "claim", "pay", "close"),
    # It joins another case by that one's step "join", which is its own last event.
    "merged": _ARRIVAL,
}
# How many days ago the reports of a state came in, in the order of the file. An urgent one comes in
# as the demo is begun, so that its four hours still run for whoever tries it.
_AGES: Final[Mapping[str, tuple[int, ...]]] = {
    "urgent": (0,),
    "received": (2, 1),
    "refused": (9,),
    "accepted": (13, 25, 29, 5, 17),
    "overdue": (42, 34),
    "concluded": (24, 21),
    "reserved": (22, 20),
    "approved": (25, 23),
    "claimed": (27, 29, 26),
    "paid": (45, 38),
    "closed": (60, 52, 35),
    "merged": (26,),
}
FINANCE_OVER_FEN: Final = 1_000_000
# Which claims go to a bank account; the rest is collected at the counter.
_AT_COUNTER: Final = frozenset({"gd-2025-01-1"})
# What happens to the time limits of some cases: one lengthened, one asked to be, one standing
# still, one overdue with an order from above that waits for its answer.
_DEADLINES: Final[Mapping[str, tuple[str, ...]]] = {
    "mem-2025-12-2": ("ask_pause", "grant_pause"),
    "mem-2022-08-1": ("ask_more",),
    "nmsa-sc-2025-10": ("ask_more", "grant_more"),
    "mem-2025-12-1": ("acknowledge", "order"),
}
# One concluded case in which something must be put right first, one that waits to be closed; one
# that its office asks to return; one with an office that helps, where two go on site and the
# second one's signature is awaited.
_TURNS: Final[Mapping[str, tuple[str, ...]]] = {
    "mem-2023-11-2": ("mend",),
    "mem-2024-07-1": ("propose_close",),
    "mem-2024-10-1": ("read", "sign_in", "ask_return"),
    "hn-2024-12-1": ("name_co", "advise", "plan_visit", "record_visit"),
    "nmsa-sc-2025-10": ("join",),
}
# Trades that the routing leaves to the committee's office: nobody signs for what is in its pool.
_POOLED: Final = frozenset({"other", "new_business_forms"})
_WITH_QUESTION: Final = frozenset({"mem-2025-12-2", "nmsa-sc-2025-10"})


class DemoDataError(Exception):
    """The data file of the demo cases cannot be used."""


@dataclass(frozen=True, slots=True)
class DemoCase:
    """One published case, moved to the demo's county."""

    id: str
    title: str
    region: str
    sector: str
    matter: str
    enterprise: str
    place: str
    narrative: str
    source: str
    finding: str
    fine_fen: int
    penalty_no: str
    deaths: int
    concealed_deaths: int
    state: str
    overdue: bool
    urgent: bool
    about: str  # code of the office that it accuses, "" for none
    joined_by: str  # id of the second report of the same matter, "" for none
    age: int  # days since the report came in
    minutes: int  # later than others of the day, so that not all happens at once

    @property
    def at_counter(self) -> bool:
        """Whether the award is collected at the counter, by claim number."""
        return self.state == "closed" or self.id in _AT_COUNTER

    @property
    def needs_finance(self) -> bool:
        """Whether the award comes to over 10,000 yuan, where cn-2018 asks finance as well."""
        return self.concealed_deaths > 0 or self.fine_fen * 15 // 100 > FINANCE_OVER_FEN

    @property
    def steps(self) -> tuple[str, ...]:
        """What happens, in order; each step is one event of the case."""
        steps = _STATES[self.state]
        if self.state == "closed" and self.matter not in REWARDED:
            steps = (*_FOUND, "propose_close", "close")
        if self.needs_finance and "approve" in steps:
            steps = (*steps, "confirm")
        if self.at_counter and "pay" in steps:
            steps = (*steps, "witness")
        if self.sector in _POOLED:
            steps = tuple(step for step in steps if step != "sign_in")
        if self.id in _WITH_QUESTION:
            steps = (*steps, "ask_back")
        steps = (*steps, *_DEADLINES.get(self.id, ()), *_TURNS.get(self.id, ()))
        return tuple(sorted(steps, key=lambda step: STEPS[step]))

    def when(self, step: str, today: date) -> datetime:
        """Return the instant of a step."""
        days, at = STEPS[step]
        on = today - timedelta(days=self.age) + timedelta(days=days)
        return datetime.combine(on, at, SHANGHAI) + timedelta(minutes=self.minutes)


def read_cases(path: Path = DATA) -> tuple[DemoCase, ...]:
    """Return the demo cases.

    Raises:
        DemoDataError: a key is missing or a state unknown.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))["case"]
        return tuple(_cast(given))
    except (OSError, ValueError, KeyError, IndexError) as problem:
        raise DemoDataError(f"{path.name}: {type(problem).__name__} {problem}") from None


def _cast(given: Iterable[Mapping[str, Any]]) -> Iterable[DemoCase]:
    count: dict[str, int] = {}
    given = list(given)
    joining = {one["demo_joins"]: one["id"] for one in given if "demo_joins" in one}
    for number, one in enumerate(given):
        state = _shown_as(one)
        place = count.get(state, 0)
        count[state] = place + 1
        yield DemoCase(
            id=one["id"],
            title=one["title"],
            region=one["demo_region"],
            sector=one["sector"],
            matter=one["matter"],
            enterprise=one["enterprise"],
            place=one["place"],
            narrative=one["narrative"].strip(),
            source=f"{one['authority']}，{one['published_on']}",
            finding=one["finding"],
            fine_fen=one["fine_fen"],
            penalty_no=one["penalty_no"] or _specimen_number(one["fine_fen"], number),
            deaths=one["deaths"],
            concealed_deaths=one["concealed_deaths"],
            state=one["demo_state"],
            overdue=one["demo_overdue"],
            urgent=one.get("demo_urgent", False),
            about=one.get("demo_about", ""),
            joined_by=joining.get(one["id"], ""),
            age=_AGES[state][place % len(_AGES[state])],
            minutes=7 * (number % 9),
        )


def _shown_as(given: Mapping[str, Any]) -> str:
    """What a case is there to show, which says how old it is: a state, or more than that."""
    if given["demo_overdue"]:
        return "overdue"
    return "urgent" if given.get("demo_urgent") else str(given["demo_state"])


def _specimen_number(fine_fen: int, number: int) -> str:
    """A fine stands in a decision; where none was published its number is a specimen."""
    return f"演示罚〔样本〕{number + 1}号" if fine_fen else ""
