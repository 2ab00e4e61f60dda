"""People who put rules in force: a new policy file at hand, and a notice for 2027."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from casework.domain.calendar import CalendarRow
from casework.domain.calendar_notice import parse_year
from casework.domain.ids import new_id
from casework.domain.policy import Policies
from casework.services import calendar_changes, dry_run, recomputing, rule_changes, rulebook
from casework.services.calendar import work_calendar
from casework.services.rules import POLICY_FOLDER
from casework.storage.rule_changes import CalendarProposal, PolicyProposal
from casework.storage.rule_version import POLICIES
from casework.storage.unit_of_work import Store
from instance import World

REGION = "410329"
NEW = "yichuan-2026"
SOURCE = "国务院办公厅关于2027年部分节假日安排的通知（国办发明电〔2026〕7号）"

# A notice in the words of those of before; its days are ours.
NOTICE_2027 = """国务院办公厅关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至3日（周日）放假，共3天。
二、春节：2月5日（周五）至11日（周四）放假调休，共7天。1月30日（周六）上班。
三、清明节：4月3日（周六）至5日（周一）放假，共3天。
四、劳动节：5月1日（周六）至5日（周三）放假调休，共5天。5月8日（周六）上班。
五、端午节：6月9日（周三）放假1天。
六、中秋节：9月15日（周三）放假1天。
七、国庆节：10月1日（周五）至7日（周四）放假调休，共7天。9月26日（周日）、10月9日（周六）上班。
"""
CHANGED = (
    ('id = "yichuan-2022"', f'id = "{NEW}"'),
    ("伊安委〔2022〕6号", "伊安委〔2026〕样1号"),
    ("from = 2022-04-25", "from = 2026-01-01"),
    ('inherits = "cn-2018"', 'inherits = "cn-2012"'),
    ('value = 30\nunit = "day"\nend = "keep"', 'value = 30\nunit = "working_day"'),
)


def put_at_hand(
    world: World, monkeypatch: pytest.MonkeyPatch, folder: Path, *more: tuple[str, str]
) -> Policies:
    """Have every process of this test find a file "yichuan-2026" beside the shipped ones.

    Args:
        world: whose rules are read anew.
        monkeypatch: restores the shipped files.
        folder: an empty one, for the files.
        more: pairs of old and new text of the new file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for file in POLICY_FOLDER.glob("*.toml"):
        (folder / file.name).write_bytes(file.read_bytes())
    text = (POLICY_FOLDER / "yichuan-2022.toml").read_text(encoding="utf-8")
    for old, new in (*CHANGED, *more):
        assert old in text, old
        text = text.replace(old, new)
    (folder / f"{NEW}.toml").write_text(text, encoding="utf-8")
    policies = Policies.load(folder)
    monkeypatch.setattr(rulebook, "policies_at_hand", lambda: policies)
    world.store.write(lambda uow: uow.rule_version.changed(POLICIES))
    return policies


# Policies ------------------------------------------------------------------------------------


def policy_facts(world: World, active_from: str = "2026-03-02", **changed: Any) -> dict[str, Any]:
    """What a proposal of the new policy says."""
    policy = rulebook.rulebook(world.store).policies.get(changed.pop("policy", NEW))
    return {
        "proposal": new_id(),
        "policy": policy.id,
        "sha256": policy.pin,
        "active_from": active_from,
    } | changed


def propose(
    world: World, who: str = "awb-supervisor", store: Store | None = None, **facts: Any
) -> str:
    """Propose the new policy; return the id of the proposal."""
    told = policy_facts(world, **facts)
    rule_changes.propose_policy(
        store or world.store,
        act=world.sign(who, "policy.proposed", "", told),
        region=REGION,
        trust=world.trust,
        now=world.now,
    )
    return str(told["proposal"])


def try_out(world: World, store: Store | None = None) -> int:
    """Do what the jobs process does for proposals."""
    return dry_run.run_dry_runs(
        store or world.store, trust=world.trust, log_key=world.log_key, now=world.now
    )


def proposed(world: World, proposal: str) -> rule_changes.Proposed:
    """A proposal as it stands."""
    found = rule_changes.policy_proposal(world.store, proposal=proposal, trust=world.trust)
    assert found is not None
    return found


def activation_facts(world: World, proposal: str, /, **changed: Any) -> dict[str, Any]:
    """What a confirmation of a proposal says."""
    found = proposed(world, proposal)
    return {**found.change.proposed.facts, "dry_run": found.change.dry_run} | changed


def activate(
    world: World,
    proposal: str,
    who: str = "yjj-leader",
    /,
    store: Store | None = None,
    **facts: Any,
) -> None:
    """Confirm a proposal."""
    rule_changes.activate_policy(
        store or world.store,
        act=world.sign(who, "policy.activated", "", activation_facts(world, proposal, **facts)),
        region=REGION,
        trust=world.trust,
        now=world.now,
    )


def withdraw(world: World, proposal: str, who: str = "awb-supervisor") -> None:
    """Take a proposal back."""
    rule_changes.withdraw_policy(
        world.store,
        act=world.sign(who, "policy.withdrawn", "", {"proposal": proposal}),
        trust=world.trust,
        now=world.now,
    )


def row(world: World, proposal: str) -> PolicyProposal:
    """The row of a proposal."""
    return proposed(world, proposal).row


# The calendar -----------------------------------------------------------------------------------


def notice(text: str = NOTICE_2027) -> tuple[int, tuple[CalendarRow, ...]]:
    """The year and the rows of a notice."""
    read = parse_year(text)
    return read.year, read.calendar_rows()


def propose_calendar(
    world: World,
    rows: Sequence[CalendarRow] | None = None,
    year: int = 2027,
    who: str = "administrator",
    store: Store | None = None,
) -> str:
    """Propose a notice, by default that of 2027; return the id of the proposal."""
    days = notice()[1] if rows is None else rows
    told = calendar_changes.proposal_facts(
        work_calendar(world.store), proposal=new_id(), year=year, rows=days, source=SOURCE
    )
    calendar_changes.propose_calendar(
        store or world.store,
        act=world.sign(who, "calendar.proposed", "", told),
        rows=days,
        trust=world.trust,
        now=world.now,
    )
    return str(told["proposal"])


def calendar_row(world: World, proposal: str) -> CalendarProposal:
    """The row of a proposal."""
    found = calendar_changes.calendar_proposal(world.store, proposal=proposal, trust=world.trust)
    assert found is not None
    return found.row


def change_facts(world: World, proposal: str, /, **changed: Any) -> dict[str, Any]:
    """What a confirmation of a notice says."""
    found = calendar_changes.calendar_proposal(world.store, proposal=proposal, trust=world.trust)
    assert found is not None
    number = calendar_changes.next_number(world.store)
    return {**found.change.proposed.facts, "number": number} | changed


def confirm_calendar(
    world: World,
    proposal: str,
    who: str = "awb-supervisor",
    /,
    store: Store | None = None,
    **facts: Any,
) -> None:
    """Confirm a notice."""
    calendar_changes.change_calendar(
        store or world.store,
        act=world.sign(who, "calendar.changed", "", change_facts(world, proposal, **facts)),
        trust=world.trust,
        now=world.now,
    )


def put_in_calendar(
    world: World, rows: Sequence[CalendarRow] | None = None, year: int = 2027
) -> None:
    """Have two persons put a notice into the calendar."""
    confirm_calendar(world, propose_calendar(world, rows, year))


def recompute(world: World, store: Store | None = None) -> recomputing.Recomputed:
    """Do what the jobs process does after a change of the calendar."""
    return recomputing.recompute(
        store or world.store, trust=world.trust, log_key=world.log_key, now=world.now
    )


def jobs_store(world: World) -> Store:
    """The database as the jobs process reaches it, with its own rights."""
    return Store.open(world.settings.database_url_of("jobs"), site=world.store.site)


def console_store(world: World) -> Store:
    """The database as the console reaches it, with its own rights."""
    return Store.open(world.settings.database_url_of("console"), site=world.store.site)
