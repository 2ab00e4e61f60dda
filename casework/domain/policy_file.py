"""Reads policy files: schema-checked, hashed, linked to what they inherit; refused whole."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from casework.domain.act_facts import RETENTION_CLASSES
from casework.domain.errors import PolicyFileError
from casework.domain.policy_award import read_award
from casework.domain.policy_claim import read_claim
from casework.domain.policy_clocks import EVENTS, read_clocks, read_ladder
from casework.domain.policy_money import read_budget, read_citation, read_tier
from casework.domain.policy_rules import Policy, Retention
from casework.domain.policy_strictness import check_hard
from casework.domain.rule_table import RuleTable, open_rules

__all__ = ["EVENTS", "parse_policies"]

MONTHS_MAX = 1200
LEVELS = ("nation", "province", "city", "county", "other")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z", re.ASCII)
_REGION = re.compile(r"[0-9]{6}\Z", re.ASCII)


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
    table = open_rules(name, body, PolicyFileError)
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
    check_hard(own.table, policy)
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
        own_clocks=read_clocks(table, own.id),
        own_award=read_award(table.table_or_none("award")),
        own_approval=tuple(read_tier(tier) for tier in table.tables("approval")),
        own_budget=read_budget(table.table_or_none("budget")),
        own_retention=_retention(table.table_or_none("retention")),
        own_ladder=read_ladder(table),
        comparator=head.truth("comparator", False),
        own_claim=read_claim(table.table_or_none("claim")),
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
