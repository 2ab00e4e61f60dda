"""A policy comes into force by two persons and a dry run; the console's and jobs' rights apply."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from casework.domain.errors import (
    BadActError,
    CaseworkError,
    NotPermittedError,
    RuleChangeError,
    SignatureRefusedError,
)
from casework.services import rule_changes, rulebook
from casework.services.verification import accept_report
from instance import make_world
from rule_changing import (
    NEW,
    REGION,
    activate,
    activation_facts,
    console_store,
    jobs_store,
    policy_facts,
    propose,
    proposed,
    put_at_hand,
    row,
    try_out,
    withdraw,
)


@pytest.fixture
def world(tmp_path, database_url, monkeypatch):
    made = make_world(tmp_path / "home", database_url)
    put_at_hand(made, monkeypatch, tmp_path / "policies")
    yield made
    made.store.close()


def reason(refused):
    return refused.value.reason


def pinned(world):
    """Policy and last day of a report that is accepted now."""
    filed = world.file_report()
    world.accept(filed.report)
    case = world.case(filed.report)
    return case.policy_id, str(case.verify_due_on)


def test_two_persons_put_a_policy_in_force_and_cases_accepted_before_keep_theirs(world):
    console, jobs = console_store(world), jobs_store(world)
    old = world.file_report()
    world.accept(old.report)
    proposal = propose(world, store=console)
    assert pinned(world) == ("yichuan-2022", "2026-04-01")  # a proposal alone changes nothing

    assert try_out(world, store=jobs) == 1
    activate(world, proposal, store=console)

    assert pinned(world) == (NEW, "2026-04-14")  # 30 working days from 2 March
    case = world.case(old.report)
    assert (case.policy_id, str(case.verify_due_on)) == ("yichuan-2022", "2026-04-01")
    [newest, *_] = rule_changes.activations(world.store)
    assert (newest.policy, str(newest.active_from), row(world, proposal).state) == (
        NEW, "2026-03-02", "in_force",
    )  # fmt: skip
    for store in (console, jobs):
        store.close()


def test_a_policy_counts_from_its_day_on_and_not_the_day_before(world):
    proposal = propose(world, active_from="2026-03-04")
    try_out(world)
    activate(world, proposal)
    world.move(days=1)
    assert pinned(world)[0] == "yichuan-2022"
    world.move(days=1)
    assert pinned(world)[0] == NEW


def test_a_report_of_that_day_that_nobody_has_accepted_goes_by_the_new_policy_at_once(world):
    filed = world.file_report()
    proposal = propose(world)
    try_out(world)
    activate(world, proposal)
    rows = world.store.read(lambda uow: uow.clocks.of_report(filed.report))
    made = rulebook.rulebook(world.store).clocks(world.case(filed.report), world.now)
    assert {(one.key, one.due_on) for one in rows} == {(one.key, one.due.due_on) for one in made}
    assert all(one.rule.policy_id != "yichuan-2022" for one in made)


def test_the_dry_run_tells_what_would_be_otherwise_and_names_no_person(world):
    world.appropriate()
    rewarded, plain = world.approved(), world.file_report()
    world.accept(plain.report)
    world.file_report()  # not accepted: no worked case
    proposal = propose(world)
    try_out(world)
    found = json.loads(row(world, proposal).result)
    assert (found["cases"], found["concerned"], found["chosen"]) == (2, 2, 2)
    assert found["due"] == {"same": 0, "earlier": 0, "later": 2, "refused": 0}
    numbers = sorted([rewarded.case_number, plain.case_number])
    assert [one[0] for one in found["differing"]] == numbers
    assert {tuple(one[1]) for one in found["differing"]} == {("2026-04-01", "2026-04-14")}
    award = next(one[2] for one in found["differing"] if one[0] == rewarded.case_number)
    assert award == [
        {"outcome": "amount", "fen": 6_000_000},
        {"outcome": "range", "fen": 1_000_000},
    ]
    assert found["fen"] == {"before": 6_000_000, "after": 1_000_000}
    assert found["awards"]["less"] == 1
    text = row(world, proposal).result
    assert not any(person.account in text for person in world.people.values())


def test_the_walk_goes_span_by_span_and_names_the_first_cases_only(world, monkeypatch):
    monkeypatch.setattr("casework.services.dry_run.SPAN", 2)
    monkeypatch.setattr("casework.services.dry_run.SHOWN", 3)
    filed = [world.file_report() for _ in range(5)]
    for one in filed:
        world.accept(one.report)
    proposal = propose(world)
    try_out(world)
    found = json.loads(row(world, proposal).result)
    assert found["cases"] == found["due"]["later"] == 5
    assert [one[0] for one in found["differing"]] == sorted(one.case_number for one in filed)[:3]


def test_without_cases_there_is_a_result_too(world):
    proposal = propose(world)
    assert (try_out(world), try_out(world)) == (1, 0)
    assert json.loads(row(world, proposal).result)["cases"] == 0


# Who may ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["yjj-officer", "auditor", "administrator", "awb-approver"])
def test_others_do_not_propose(world, who):
    with pytest.raises(RuleChangeError) as refused:
        propose(world, who)
    assert reason(refused) == "role"


@pytest.mark.parametrize(
    ("first", "second", "why"),
    [
        ("awb-supervisor", "awb-supervisor", "same_person"),
        ("city-supervisor", "city-supervisor-2", "same_office"),
        ("awb-supervisor", "awb-approver", "role"),
        ("awb-supervisor", "administrator", "role"),
        ("yjj-leader", "yjj-officer", "role"),
    ],
)
def test_only_a_leader_or_supervisor_of_another_office_confirms(world, first, second, why):
    proposal = propose(world, first)
    try_out(world)
    with pytest.raises(RuleChangeError) as refused:
        activate(world, proposal, second)
    assert reason(refused) == why
    activate(world, proposal, "zjj-leader")


def test_the_day_key_does_not_sign_it(world):
    told = policy_facts(world)
    act = world.sign("awb-supervisor", "policy.proposed", "", told, deed=False)
    with pytest.raises(SignatureRefusedError):
        rule_changes.propose_policy(
            world.store, act=act, region=REGION, trust=world.trust, now=world.now
        )


def test_an_act_of_another_kind_is_not_taken(world):
    act = world.sign("finance", "fund.appropriated", "", {"year": 2026, "amount_fen": 1})
    for service in (rule_changes.propose_policy, rule_changes.activate_policy):
        with pytest.raises(NotPermittedError):
            service(world.store, act=act, region=REGION, trust=world.trust, now=world.now)
    with pytest.raises(NotPermittedError):
        rule_changes.withdraw_policy(world.store, act=act, trust=world.trust, now=world.now)


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"active_from": "2026-03-01"}, "past"),
        ({"policy": "cn-12345"}, "comparator"),
        ({"policy": "shandong-2021"}, "elsewhere"),
        ({"policy": "yichuan-2022"}, "in_force_already"),
        ({"sha256": "ab" * 32}, "file_changed"),
        ({"active_from": "2025-12-31", "policy": "henan-2022"}, "past"),
    ],
)
def test_what_cannot_be_put_in_force_is_not_proposed(world, facts, why):
    with pytest.raises(RuleChangeError) as refused:
        propose(world, **facts)
    assert reason(refused) == why


def test_an_unknown_policy_is_refused(world):
    told = policy_facts(world) | {"policy": "nowhere-2030"}
    with pytest.raises(RuleChangeError) as refused:
        rule_changes.propose_policy(
            world.store,
            act=world.sign("awb-supervisor", "policy.proposed", "", told),
            region=REGION,
            trust=world.trust,
            now=world.now,
        )
    assert reason(refused) == "unknown_policy"


def test_a_policy_without_the_clocks_that_keep_a_case_moving_is_refused(
    world, monkeypatch, tmp_path
):
    put_at_hand(world, monkeypatch, tmp_path / "lone", ('inherits = "cn-2012"\n', ""))
    with pytest.raises(RuleChangeError) as refused:
        propose(world)
    assert reason(refused) == "mandatory_clocks"


def test_a_policy_is_not_put_in_force_before_it_takes_effect(world, monkeypatch, tmp_path):
    put_at_hand(world, monkeypatch, tmp_path / "later", ("from = 2026-01-01", "from = 2026-06-01"))
    with pytest.raises(RuleChangeError) as refused:
        propose(world, active_from="2026-05-31")
    assert reason(refused) == "not_effective"
    propose(world, active_from="2026-06-01")


def test_no_older_day_follows_a_newer_version_of_the_same_policy(world, monkeypatch, tmp_path):
    proposal = propose(world, active_from="2026-04-10")
    try_out(world)
    activate(world, proposal)
    put_at_hand(world, monkeypatch, tmp_path / "second", ("样1号", "样2号"))
    with pytest.raises(RuleChangeError) as refused:
        propose(world, active_from="2026-04-09")
    assert reason(refused) == "older"
    propose(world, active_from="2026-04-10")


def test_nobody_confirms_before_the_dry_run_or_without_its_hash(world):
    proposal = propose(world)
    with pytest.raises(RuleChangeError) as refused:
        activate(world, proposal, dry_run="ab" * 32)
    assert reason(refused) == "not_tried"
    try_out(world)
    with pytest.raises(RuleChangeError) as refused:
        activate(world, proposal, dry_run="ab" * 32)
    assert reason(refused) == "other_facts"


def test_a_day_that_is_over_by_then_is_not_confirmed(world):
    proposal = propose(world, active_from="2026-03-03")
    try_out(world)
    world.move(days=2)
    with pytest.raises(RuleChangeError) as refused:
        activate(world, proposal)
    assert reason(refused) == "past"


def test_a_file_that_changed_after_the_proposal_is_not_confirmed(world, monkeypatch, tmp_path):
    proposal = propose(world)
    try_out(world)
    put_at_hand(world, monkeypatch, tmp_path / "second", ("样1号", "样2号"))
    with pytest.raises(RuleChangeError) as refused:
        activate(world, proposal)
    assert reason(refused) == "file_changed"


def test_a_process_without_the_file_leaves_the_dry_run_to_one_that_has_it(
    world, monkeypatch, tmp_path
):
    proposal = propose(world)
    with monkeypatch.context() as other:
        put_at_hand(world, other, tmp_path / "second", ("样1号", "样2号"))
        assert try_out(world) == 0
    world.store.write(lambda uow: uow.rule_version.changed("policies"))
    assert try_out(world) == 1
    assert proposed(world, proposal).change.dry_run


@pytest.mark.parametrize("fact", ["sha256", "policy", "active_from"])
def test_a_forged_confirmation_of_something_else_is_refused(world, fact):
    proposal = propose(world)
    try_out(world)
    other: dict[str, Any] = {
        "sha256": "ab" * 32, "policy": "henan-2025", "active_from": "2026-09-01",
    }  # fmt: skip
    with pytest.raises(RuleChangeError) as refused:
        activate(world, proposal, "yjj-leader", None, **{fact: other[fact]})
    assert reason(refused) == "other_facts"


def test_the_signature_for_one_proposal_confirms_no_other(world):
    first, second = propose(world), propose(world, active_from="2026-03-05")
    try_out(world)
    with pytest.raises(RuleChangeError) as refused:
        activate(world, first, proposal=second)
    assert reason(refused) == "other_facts"


def test_a_result_that_was_changed_in_the_database_is_not_confirmed(world):
    proposal = propose(world)
    try_out(world)
    change = sa.text("UPDATE policy_proposal SET result = '{}' WHERE id = :id")
    world.store.write(lambda uow: uow.connection.execute(change, {"id": proposal}))
    with pytest.raises(RuleChangeError) as refused:
        activate(world, proposal)
    assert reason(refused) == "dry_run_changed"


def test_what_was_withdrawn_is_neither_tried_nor_confirmed(world):
    proposal = propose(world)
    facts = activation_facts(world, proposal, dry_run="ab" * 32)
    with pytest.raises(RuleChangeError) as refused:
        withdraw(world, proposal, "yjj-officer")
    assert reason(refused) == "role"
    withdraw(world, proposal)
    assert try_out(world) == 0
    for attempt in (lambda: withdraw(world, proposal), lambda: activate(world, proposal, **facts)):
        with pytest.raises(RuleChangeError) as refused:
            attempt()
        assert reason(refused) == "not_open"


def test_of_two_who_confirm_at_one_moment_one_does(world):
    proposal = propose(world)
    try_out(world)

    def confirm(who):
        try:
            activate(world, proposal, who)
        except CaseworkError as refusal:
            return type(refusal)
        return None

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(confirm, ["yjj-leader", "zjj-leader"]))
    assert sorted(answers, key=str) == [RuleChangeError, None]
    assert [one.policy for one in rule_changes.activations(world.store)].count(NEW) == 1


def test_an_acceptance_under_the_policy_of_before_is_refused_from_then_on(world):
    filed = world.file_report()
    facts = world.acceptance(filed.report)
    proposal = propose(world)
    try_out(world)
    activate(world, proposal)
    with pytest.raises(BadActError):
        accept_report(
            world.store,
            act=world.sign("yjj-officer", "report.accepted", filed.report, facts),
            trust=world.trust,
            now=world.now,
        )
