"""The rules that are in force here: the founding set, what was put in force since, and for whom."""

import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from admin import founding
from casework.domain.case import AskState, Case, Standstill
from casework.domain.errors import (
    BadActError,
    PolicyFileError,
    PolicyPinError,
    RoutingFileError,
    StorageUnavailableError,
    UnknownPolicyError,
    WrongStateError,
)
from casework.domain.ids import new_id
from casework.instance import Instance
from casework.services import rules as rules_at_hand
from casework.services.rulebook import Rulebook, RulebookKeeper, policies_at_hand, rulebook
from casework.services.rules import founding_set, put_founding_set_in_force
from casework.storage.policies import PolicyActivation
from casework.storage.rule_version import POLICIES
from instance import World

CHINA = timezone(timedelta(hours=8))
FOUNDING = {"cn-2012", "cn-2018", "henan-2022", "henan-2025", "mines-2021", "yichuan-2022"}


def rules(world: World) -> Rulebook:
    return rulebook(world.store)


def received(world: World) -> Case:
    return world.case(world.file_report().report)


def deactivate(world: World, *policies: str) -> None:
    """Take policies out of force, as if they never had been put in."""

    def run(uow):
        gone = sa.text("DELETE FROM policy_activation WHERE policy = :policy")
        for one in policies:
            uow.connection.execute(gone, {"policy": one})
        uow.rule_version.changed("policies")

    world.store.write(run)


def test_an_instance_begins_with_the_rules_of_its_region_and_above_but_none_to_compare_with():
    found = founding_set(policies_at_hand(), "410329")
    assert {one.id for one in found} == FOUNDING

    assert not any(one.comparator for one in found)
    assert {one.id for one in founding_set(policies_at_hand(), "620422")} == {
        "baiyin-2017", "cn-2012", "cn-2018", "huining-2017", "mines-2021",
    }  # fmt: skip


def test_what_it_began_with_is_kept_outside_the_database_with_its_pins(world):
    instance = Instance.read(world.settings.home)
    pins = {one: policies_at_hand().get(one).pin for one in FOUNDING}

    assert instance.policies == pins
    rows = world.store.read(lambda uow: uow.policies.in_force(date(9999, 12, 31)))
    assert {(one.policy, one.sha256, one.event) for one in rows} == {
        (policy, pin, "") for policy, pin in pins.items()
    }
    assert {one.policy: one.active_from for one in rows}["yichuan-2022"] == date(2022, 4, 25)


def test_an_upgrade_changes_no_routing_table(world, monkeypatch, tmp_path):
    home = world.settings.home
    founded = rules_at_hand.first_routing(home, "410329")
    newer = tmp_path / "routing"
    newer.mkdir()
    body = rules_at_hand.shipped_routing_body("410329") + "\n# 样本\n".encode()
    (newer / "410329.toml").write_bytes(body)
    monkeypatch.setattr(rules_at_hand, "ROUTING_FOLDER", newer)
    assert not rules_at_hand.keep_first_routing(home, "410329")
    assert rules_at_hand.first_routing(home, "410329").sha256 == founded.sha256
    (home / rules_at_hand.FIRST_ROUTING).unlink()  # an instance that is older than this file
    assert rules_at_hand.first_routing(home, "410329").sha256 != founded.sha256
    assert rules_at_hand.keep_first_routing(home, "410329")
    assert (home / rules_at_hand.FIRST_ROUTING).read_bytes() == body
    (home / rules_at_hand.FIRST_ROUTING).write_bytes(b"x")
    with pytest.raises(RoutingFileError, match=rules_at_hand.FIRST_ROUTING):
        rules_at_hand.first_routing(home, "410329")


def test_an_instance_older_than_its_rules_gets_them_once(world):
    home = world.settings.home
    deactivate(world, *FOUNDING)
    older = replace(Instance.read(home), policies={})
    older.write(home)

    assert founding.seed_rules_of_older(world.settings, older)
    made = Instance.read(home)
    assert made.policies.keys() == FOUNDING
    assert not founding.seed_rules_of_older(world.settings, made)
    deactivate(world, "henan-2025")
    put_founding_set_in_force(world.store, policies=policies_at_hand(), region="410329")
    rows = world.store.read(lambda uow: uow.policies.in_force(date(9999, 12, 31)))
    assert {one.policy for one in rows} == FOUNDING - {"henan-2025"}  # nothing comes back


def test_a_file_that_was_not_put_in_force_is_found_by_its_id_and_never_chosen(world):
    case = received(world)
    assert rules(world).policy_of(case).id == "yichuan-2022"
    deactivate(world, "yichuan-2022")

    assert rules(world).policy_of(case).id == "henan-2025"
    assert rules(world).policies.get("yichuan-2022").id == "yichuan-2022"


def test_a_policy_is_chosen_from_the_day_on_from_which_it_was_put_in_force(world):
    case = received(world)
    deactivate(world, "yichuan-2022")
    pin = policies_at_hand().get("yichuan-2022").pin
    row = PolicyActivation(new_id(), "yichuan-2022", pin, date(2026, 6, 1), "ee" * 32)
    world.store.write(lambda uow: uow.policies.activate(row))

    found = [rules(world).in_force(case, date(2026, *day)).id for day in ((5, 31), (6, 1))]
    assert found == ["henan-2025", "yichuan-2022"]


def test_another_file_of_the_same_name_is_not_in_force(world):
    case = received(world)
    deactivate(world, "yichuan-2022")
    row = PolicyActivation(new_id(), "yichuan-2022", "ab" * 32, date(2022, 4, 25), "")
    world.store.write(lambda uow: uow.policies.activate(row))

    assert rules(world).policy_of(case).id == "henan-2025"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Policy files of which this test may spoil one; the process reads them anew."""
    found = tmp_path / "policies"
    shutil.copytree(rules_at_hand.POLICY_FOLDER, found)
    monkeypatch.setattr(rules_at_hand, "POLICY_FOLDER", found)
    policies_at_hand.cache_clear()
    yield found
    policies_at_hand.cache_clear()


def test_a_file_that_goes_bad_is_refused_whole_and_the_old_ones_stay_in_force(world, folder):
    first = world.accept(world.file_report().report)
    file = folder / "yichuan-2022.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    at = lines.index('key = "verify"') + 2
    assert lines[at] == "value = 30"
    file.write_text(
        "\n".join([*lines[:at], 'value = "thirty"', *lines[at + 1 :]]), encoding="utf-8"
    )

    with pytest.raises(PolicyFileError) as refusal:
        rules_at_hand.shipped_policies()
    assert (refusal.value.file, refusal.value.line) == (file.name, at + 1)
    assert "value" in refusal.value.key
    assert refusal.value.expected
    world.store.write(lambda uow: uow.rule_version.changed(POLICIES))  # the book is read anew
    again = world.accept(world.file_report().report)
    assert (again.policy_sha256, again.verify_due_on) == (first.policy_sha256, first.verify_due_on)


def test_where_nothing_is_in_force_nothing_is_accepted(world):
    filed = world.file_report()
    deactivate(world, *FOUNDING)

    with pytest.raises(UnknownPolicyError):
        world.accept(filed.report)


def test_an_acceptance_under_rules_that_changed_meanwhile_is_refused(world):
    filed = world.file_report()
    facts = world.acceptance(filed.report)
    deactivate(world, "yichuan-2022")
    act = world.sign("yjj-officer", "report.accepted", filed.report, facts)

    with pytest.raises(BadActError, match="henan-2025"):
        world.accept_with(act)


def test_a_pinned_policy_counts_though_it_is_in_force_no_more(world):
    filed = world.file_report()
    case = world.accept(filed.report)
    deactivate(world, *FOUNDING)

    assert rules(world).policy_of(case).id == "yichuan-2022"


def test_a_pinned_policy_whose_file_is_another_is_refused(world):
    case = world.accept(world.file_report().report)

    with pytest.raises(PolicyPinError):
        rules(world).policy_of(replace(case, policy_sha256="0" * 64))
    with pytest.raises(UnknownPolicyError):
        rules(world).policy_of(replace(case, policy_id="cn-1999"))


def test_the_book_is_read_once_until_something_changes(world):
    first = rules(world)
    assert rules(world) is first

    world.store.write(lambda uow: uow.calendar.add([]))
    second = rules(world)
    assert second is not first
    assert second.revision != first.revision
    assert rules(world) is second


def test_a_change_that_was_rolled_back_is_in_no_book(world):
    first = rules(world)

    def fail(uow):
        uow.policies.activate(PolicyActivation(new_id(), "x-2026", "ab" * 32, date(2026, 1, 1), ""))
        rulebook(uow)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        world.store.write(fail)

    assert rules(world) is first


def test_the_end_of_a_pause_moves_the_last_day_by_the_days_it_stood_still(world):
    case = world.accept(world.file_report().report)
    pause = Standstill(
        clock="verify", since=2, ordinal=3, reason_code="expert_test", document="样1",
        approver_role="supervisor", requester="x", first="2026-03-05", until="2026-03-14",
        state=AskState.GRANTED,
    )  # fmt: skip
    case = replace(case, standstills=(pause,))
    noon = datetime(2026, 3, 8, 12, tzinfo=CHINA)

    early = rules(world).due_after_pause(case, 3, noon)
    late = rules(world).due_after_pause(case, 3, datetime(2026, 3, 20, 12, tzinfo=CHINA))

    assert (early.due_on, late.due_on) == (date(2026, 4, 4), date(2026, 4, 11))
    with pytest.raises(WrongStateError):
        rules(world).due_after_pause(case, 4, noon)
    with pytest.raises(WrongStateError):
        rules(world).due_after_pause(replace(case, standstills=()), 3, noon)


def test_pages_look_again_after_ten_seconds_and_keep_what_was_read_while_the_database_is_away(
    world, monkeypatch
):
    at = [100.0]
    keeper = RulebookKeeper(world.store, seconds=lambda: at[0])
    first = keeper.current()
    world.store.write(lambda uow: uow.calendar.add([]))
    at[0] += 9.9
    assert keeper.current() is first
    at[0] += 0.1
    second = keeper.current()
    assert second is not first

    def away(_fn):
        raise StorageUnavailableError

    monkeypatch.setattr(world.store, "read", away)
    at[0] += 10
    assert keeper.current() is second
    with pytest.raises(StorageUnavailableError):
        RulebookKeeper(world.store).current()
