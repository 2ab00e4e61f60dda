"""The public figures of rewards: worked out once a quarter, signed, and never touched again.

What is published is what the jobs process signed: a lost file is written anew from its event,
and whoever changes one is found out, because its digest stands in the public register.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from casework.clock import SHANGHAI
from casework.domain.case import Case
from casework.domain.errors import CaseworkError
from casework.domain.ledger import LineKind, moved
from casework.domain.report import advance, open_case
from casework.domain.reward_figures import RewardFigures, Tally, encode, figures, used_percent
from casework.register import (
    REWARDS_FILE,
    REWARDS_FROZEN,
    TRIAL,
    RegisterFolder,
    day_at,
    day_of,
    first_day,
    following,
    opens_on,
    quarter_of,
)
from casework.services.acts import act_of
from casework.services.jobs_acts import jobs_act_outside
from casework.services.publishing import AT_ONCE_FILE, heads
from casework.services.trust import Trust
from casework.storage.unit_of_work import Store, UnitOfWork, query, use_case
from crypto.errors import EventError
from crypto.events import JOBS, check_signature
from crypto.notes import LogKey

PAGE: Final = 1000
# What a year end takes away was granted all the same.
_YEAR_END: Final = frozenset({LineKind.LAPSE, LineKind.CARRY_OUT})


def freeze_rewards(
    store: Store, *, trust: Trust, log_key: LogKey, now: datetime
) -> tuple[str, ...]:
    """Work out and sign the figures of every quarter whose day has come; return which these are.

    A quarter that has fewer than five awards waits for the next one. The day is a month after
    the quarter's end, as for the records of the register.
    """
    told = told_rewards(store, trust=trust)
    begun = following(max(told)) if told else _first_quarter(store)
    if begun is None:
        return ()
    frozen: list[str] = []
    for quarter in _due(begun, now.astimezone(SHANGHAI).date()):
        open_ended = not told and not frozen
        found = _worked_out(store, begun, quarter, trust, open_ended=open_ended)
        if found is not None:
            freeze(store, told=found, trust=trust, log_key=log_key, now=now)
            frozen.append(quarter)
            begun = following(quarter)
    return tuple(frozen)


def newest_due(today: date) -> str:
    """Return the newest quarter of which figures may be told on a day."""
    quarter = quarter_of(today)
    while opens_on(quarter) > today:
        quarter = quarter_of(first_day(quarter) - timedelta(days=1))
    return quarter


def publish_rewards(store: Store, folder: RegisterFolder, *, trust: Trust) -> None:
    """Write the files of figures that were signed, once the register vouches for them."""
    vouched = (folder.read(AT_ONCE_FILE) or b"").decode(errors="replace")
    every = told_rewards(store, trust=trust)
    told = {quarter: body for quarter, body in every.items() if digest_of(body) in vouched}
    for quarter, body in told.items():
        if folder.read(path_of(quarter)) != body:
            folder.write(path_of(quarter), body)
    listed = "".join(f"{quarter}\n" for quarter in sorted(told)).encode()
    if listed and folder.read(REWARDS_FILE) != listed:
        folder.write(REWARDS_FILE, listed)


def digest_of(body: bytes) -> str:
    """Return the SHA-256 of a file of figures, in hex: the tag of its record in the register."""
    return hashlib.sha256(body).hexdigest()


def path_of(quarter: str) -> str:
    """Return where the figures of a quarter lie below /register/."""
    return f"rewards/{quarter}.json"


@query
def told_rewards(uow: UnitOfWork, *, trust: Trust) -> dict[str, bytes]:
    """Return the file of each quarter as the jobs process signed it; the first one counts."""
    return _told(uow, trust)


@use_case
def freeze(
    uow: UnitOfWork, *, told: RewardFigures, trust: Trust, log_key: LogKey, now: datetime
) -> None:
    """Sign figures, unless somebody did so at the same moment."""
    if told.quarter in _told(uow, trust):
        return
    body = encode(told, site=uow.site)
    facts = {
        "quarter": told.quarter,
        "digest": digest_of(body),
        "told": body.decode(),
    }
    uow.events.append(jobs_act_outside(uow.site, REWARDS_FROZEN, facts, log_key, now))


def _told(uow: UnitOfWork, trust: Trust) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for one in uow.events.outside_of_kind(REWARDS_FROZEN):
        try:
            check_signature(one)
            act = act_of(one.event, None, trust, past=True)
        except (EventError, CaseworkError):  # somebody wrote there: verification names it
            continue
        if act.actor != JOBS:
            continue
        facts = one.event.facts
        found.setdefault(str(facts["quarter"]), str(facts["told"]).encode())
    return found


def _first_quarter(store: Store) -> str | None:
    """Return the quarter of the register's first batch, which everybody knows."""
    batches = heads(store)
    return quarter_of(batches[0].day) if batches else None


def _due(quarter: str, today: date) -> Iterator[str]:
    while opens_on(quarter) <= today:
        yield quarter
        quarter = following(quarter)


def _worked_out(
    store: Store, begun: str, quarter: str, trust: Trust, *, open_ended: bool
) -> RewardFigures | None:
    first = date.min if open_ended else first_day(begun)
    end = first_day(following(quarter))
    tally = Tally()
    for report in _acted(store, first=_instant(first), end=_instant(end)):
        _count(store, tally, report=report, trust=trust)
    return figures(
        [amount for day, amount in tally.amounts if first <= day < end],
        [one for day, one in tally.beside if first <= day < end],
        first=begun,
        quarter=quarter,
        used=_used(store, year=first_day(quarter).year, end=end),
    )


def _instant(day: date) -> str:
    """Return when a day begins in Asia/Shanghai, as events write it."""
    if day == date.min:
        return ""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@query
def _acted(uow: UnitOfWork, *, first: str, end: str) -> tuple[str, ...]:
    return uow.awards.acted(first=first, end=end)


@query
def _count(uow: UnitOfWork, tally: Tally, *, report: str, trust: Trust) -> None:
    """Play a case back, and count what became of its awards; made reports do not count."""
    case: Case | None = None
    try:
        for signed in uow.events.of_report(report):
            check_signature(signed)
            act = act_of(signed.event, case, trust, past=True)
            if case is None:
                case = open_case(signed.event.facts, report_id=report)
            else:
                case = advance(case, act)
            if case.channel == TRIAL:
                return
            tally.step(case, day_of(signed.event))
    except (EventError, CaseworkError):  # somebody wrote there: verification names it
        return


@query
def _used(uow: UnitOfWork, *, year: int, end: date) -> int | None:
    """Return how much of a year's budget was used before a day, as it is told."""
    used = granted = after = 0
    while page := uow.ledger.dated(year, after=after, limit=PAGE):
        after += len(page)
        for line, at in page:
            if day_at(at) < end and line.kind not in _YEAR_END:
                by = moved(line)
                used += by["reserved"] + by["paid"]
                granted += by["appropriated"] + by["overdrawn"]
    return used_percent(used, granted)
