"""Reads policy files: schema-checked, hashed, linked to what they inherit; refused whole."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from casework.domain.act_facts import RETENTION_CLASSES
from casework.domain.deadline import CLOCK_KEYS, VALUE_MAX, End, Unit
from casework.domain.errors import PolicyFileError
from casework.domain.policy_money import read_award, read_budget, read_citation, read_tier
from casework.domain.policy_rules import ClockRule, Extension, PauseRule, Policy, Retention
from casework.domain.roles import Role
from casework.domain.rule_table import RuleTable

EVENTS = (
    "submitted",
    "accepted",
    "concluded",
    "told",
    "objection_received",
    "substantiated",
    "assessed",
    "approved",
    "notified",
    "claimed",
    "dispatched",
    "decided",
    "penalty_decided",
    "accident_known",
    "listed",
    "referred",
    "ordered",
)
BREACHES = (
    "notify",
    "leader",
    "supervisor",
    "list_supervise",
    "committee_report",
    "assessment",
    "auto_approve",
    "forfeit",
    "publish_stat",
)
MONTHS_MAX = 1200
LEVELS = ("nation", "province", "city", "county", "other")
_STAGE = re.compile(r"([1-9][0-9]?%|100%|T-[0-9]{1,3})\Z", re.ASCII)
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z", re.ASCII)
_REGION = re.compile(r"[0-9]{6}\Z", re.ASCII)
_LINE = re.compile(r"line (\d+)")

# Days that a unit lasts at least and at most; a working week may be broken by a long holiday.
_DAYS_LEAST = {Unit.DAY: 1.0, Unit.WORKING_DAY: 1.0, Unit.MONTH: 28.0, Unit.YEAR: 365.0}
_DAYS_MOST = {Unit.DAY: 1.0, Unit.WORKING_DAY: 12.0, Unit.MONTH: 31.0, Unit.YEAR: 366.0}
_HOURS = {Unit.MINUTE: 1 / 1440, Unit.HOUR: 1 / 24}


@dataclass(frozen=True, slots=True)
class _Loose:
    """A policy read but not yet linked to the one it inherits."""

    table: RuleTable
    head: RuleTable
    id: str
    inherits: str
    sha256: str


def parse_policies(files: Mapping[str, bytes]) -> Mapping[str, Policy]:
    """Return all policies of *files* (name to bytes) by id.

    Raises:
        PolicyFileError: a file is no TOML, lacks a key or has one too many, has a value out
            of place, inherits what is not there or itself, uses an id twice, or sets a limit
            that is longer than a hard one above it.
    """
    loose: dict[str, _Loose] = {}
    for name, body in files.items():
        policy = _open(name, body)
        if policy.id in loose:
            raise policy.head.refuse("id", f"an id that {loose[policy.id].table.file} has not")
        loose[policy.id] = policy
    done: dict[str, Policy] = {}
    for policy_id in loose:
        _link(policy_id, loose, done, ())
    return MappingProxyType(done)


def _open(name: str, body: bytes) -> _Loose:
    try:
        data = tomllib.loads(body.decode("utf-8"), parse_float=Decimal)
    except UnicodeDecodeError:
        raise PolicyFileError(name, "file", "UTF-8 text") from None
    except tomllib.TOMLDecodeError as problem:
        line = _LINE.search(str(problem))
        raise PolicyFileError(
            name, "file", f"TOML ({problem})", line=int(line[1]) if line else None
        ) from None
    table = RuleTable(name, "", data, PolicyFileError)
    head = table.table("policy")
    policy_id = head.text("id")
    if not _ID.match(policy_id) or name != f"{policy_id}.toml":
        raise head.refuse("id", "the file's name without .toml, lower-case words with hyphens")
    inherits = head.text("inherits", "")
    return _Loose(table, head, policy_id, inherits, hashlib.sha256(body).hexdigest())


def _link(
    policy_id: str, loose: Mapping[str, _Loose], done: dict[str, Policy], below: tuple[str, ...]
) -> Policy:
    if policy_id in done:
        return done[policy_id]
    own = loose[policy_id]
    parent = None
    if own.inherits:
        if own.inherits in (*below, policy_id) or own.inherits not in loose:
            raise own.head.refuse("inherits", "the id of another policy that does not inherit this")
        parent = _link(own.inherits, loose, done, (*below, policy_id))
    policy = _policy(own, parent)
    _check_hard(own, policy)
    done[policy_id] = policy
    return policy


def _policy(own: _Loose, parent: Policy | None) -> Policy:
    head, table = own.head, own.table
    region = head.text("region")
    if not _REGION.match(region):
        raise head.refuse("region", "six digits of GB/T 2260")
    effective = head.table("effective")
    policy = Policy(
        id=own.id,
        title=head.text("title"),
        doc_no=head.text("doc_no"),
        issuer_level=head.choice("issuer_level", LEVELS),
        region=region,
        sectors=head.texts("sectors"),
        effective_from=effective.day("from"),
        effective_to=effective.day_or_none("to"),
        selector=effective.choice("selector", ("accepted_at", "submitted_at", "decided_at")),
        precedence=head.whole("precedence", 0, 1000, 0),
        read=head.text("read"),
        open_points=head.texts("open_points"),
        file=table.file,
        sha256=own.sha256,
        parent=parent,
        own_clocks=_clocks(table, own.id),
        own_award=read_award(table.table_or_none("award")),
        own_approval=tuple(read_tier(tier) for tier in table.tables("approval")),
        own_budget=read_budget(table.table_or_none("budget")),
        own_retention=_retention(table.table_or_none("retention")),
    )
    effective.text("note", "")
    for part in (effective, head, table):
        part.done()
    if policy.effective_to and policy.effective_to < policy.effective_from:
        raise effective.refuse("to", f"a day from {policy.effective_from} on")
    return policy


def _retention(table: RuleTable | None) -> Retention | None:
    if table is None:
        return None
    months = {name: table.whole(f"{name}_months", 1, MONTHS_MAX) for name in RETENTION_CLASSES}
    rule = Retention(
        months=MappingProxyType(months),
        identity_months=table.whole("identity_months", 1, MONTHS_MAX),
        cite=read_citation(table),
    )
    table.done()
    return rule


def _clocks(table: RuleTable, policy_id: str) -> Mapping[str, ClockRule]:
    clocks: dict[str, ClockRule] = {}
    for entry in table.tables("deadline"):
        clock = _clock(entry, policy_id)
        if clock.key in clocks:
            raise entry.refuse("key", f"each clock once, not {clock.key} again")
        clocks[clock.key] = clock
    return MappingProxyType(clocks)


def _clock(entry: RuleTable, policy_id: str) -> ClockRule:
    unit = Unit(entry.choice("unit", tuple(Unit)))
    stages = entry.texts("remind_at")
    for stage in stages:
        if not _STAGE.match(stage):
            raise entry.refuse("remind_at", '"50%" of the way or "T-3" days before the end')
    extend, pause = entry.table_or_none("extend"), entry.table_or_none("pause")
    clock = ClockRule(
        key=entry.choice("key", CLOCK_KEYS),
        policy_id=policy_id,
        from_event=entry.choice("from_event", EVENTS),
        value=entry.whole("value", 0, VALUE_MAX),
        unit=unit,
        end=End(entry.choice("end", tuple(End), End.ROLL)),
        hard=entry.truth("hard", False),
        extend=_extension(extend, unit) if extend else None,
        pause=_pause(pause) if pause else None,
        remind_at=stages,
        on_breach=entry.texts("on_breach", BREACHES),
        cite=read_citation(entry),
    )
    entry.done()
    return clock


def _extension(table: RuleTable, unit: Unit) -> Extension:
    more = Unit(table.choice("unit", tuple(Unit), unit))
    if more.timed != unit.timed:
        raise table.refuse("unit", "days for a limit in days, hours for one in hours")
    extension = Extension(
        max_times=table.whole("max_times", 1, 100),
        max_value=table.whole("max_value", 1, VALUE_MAX),
        unit=more,
        approver_role=table.choice("approver_role", tuple(Role)),
        must_tell_reporter=table.truth("must_tell_reporter", True),
        cite=read_citation(table),
    )
    table.done()
    return extension


def _pause(table: RuleTable) -> PauseRule:
    reasons = table.texts("reasons")
    if not reasons:
        raise table.refuse("reasons", "at least one reason")
    pause = PauseRule(reasons, table.whole("max_days", 1, 3660), read_citation(table))
    table.done()
    return pause


def _check_hard(own: _Loose, policy: Policy) -> None:
    """Refuse a limit that is surely longer than a hard one above it.

    Limits in other units are compared by the shortest they can be; what only
    some days make longer is cut when the date is computed (`legal_clock`).
    """
    for clock in policy.own_clocks.values():
        for above in policy.hard_limits(clock.key):
            if clock.unit is above.unit:
                looser = clock.value > above.value
            else:
                looser = _least(clock) > _most(above)
            if looser:
                raise PolicyFileError(
                    own.table.file,
                    f"deadline {clock.key}.value",
                    f"at most {above.value} {above.unit}, the hard limit of {above.policy_id}",
                )


def _least(clock: ClockRule) -> float:
    return clock.value * ({**_DAYS_LEAST, **_HOURS}[clock.unit])


def _most(clock: ClockRule) -> float:
    return clock.value * ({**_DAYS_MOST, **_HOURS}[clock.unit])
