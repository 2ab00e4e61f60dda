"""A routing table comes into force by two persons; a bad one takes nothing away."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
import sqlalchemy as sa

from casework.domain.errors import (
    BadActError,
    CaseworkError,
    NotPermittedError,
    RoutingFileError,
    RuleChangeError,
    SignatureRefusedError,
    TamperedError,
)
from casework.services import routing_changes
from casework.storage.unit_of_work import Store
from casework.verify_rules import check_rules
from instance import make_world
from log_keeper import outside_of
from routing_changing import (
    FIRST,
    SHIPPED,
    activate,
    changed,
    facts,
    given_to,
    keeper,
    lead,
    propose,
    put_in_force,
    withdraw,
)
from rule_changing import console_store

CHEMICALS = "hazardous_chemicals"
TODAY, TOMORROW = date(2026, 3, 1), date(2026, 3, 2)
ZJJ = "410329-zjj"
NEW = given_to(ZJJ, CHEMICALS)
OLD = lead(FIRST, CHEMICALS, TODAY)


@pytest.fixture
def world(tmp_path, database_url):
    made = make_world(tmp_path / "home", database_url)
    yield made
    made.store.close()


def reason(refused):
    return refused.value.reason


def problems(world):
    founding = outside_of(world).founding
    return [(one.id, one.problem) for one in check_rules(world.store, world.trust, founding)]


def run(world, sentence, **values):
    """Change the database as its owner could."""
    world.store.write(lambda uow: uow.connection.execute(sa.text(sentence), values))


def test_two_persons_put_a_table_in_force_from_its_day_on(world):
    console, portal = console_store(world), portal_store(world)
    site = keeper(world, portal)
    assert OLD != ZJJ
    proposal = propose(world, NEW, store=console)
    assert lead(site.on(TOMORROW), CHEMICALS, TOMORROW) == OLD  # a proposal alone changes nothing
    activate(world, proposal, store=console)
    site.refresh()
    assert lead(site.on(TODAY), CHEMICALS, TODAY) == OLD
    assert lead(site.on(TOMORROW), CHEMICALS, TOMORROW) == ZJJ
    assert [one.number for one in site.versions()] == [0, 1]
    assert problems(world) == []
    for store in (console, portal):
        store.close()


def portal_store(world):
    """The database as the public site reaches it, with its own rights."""
    return Store.open(world.settings.database_url_of("portal"), site=world.store.site)


def test_a_running_process_sees_it_within_ten_seconds_and_not_at_every_request(world):
    at = [0.0]
    site = keeper(world, seconds=lambda: at[0])
    assert len(site.versions()) == 1
    put_in_force(world, NEW)
    at[0] = 9.9
    assert len(site.versions()) == 1
    at[0] = 10.0
    assert len(site.versions()) == 2


def test_a_later_table_follows_and_cannot_begin_before(world):
    put_in_force(world, NEW, active_from="2026-03-05")
    third = given_to("410329-yjj", "construction", NEW)
    with pytest.raises(RuleChangeError) as refused:
        propose(world, third, active_from="2026-03-04")
    assert reason(refused) == "older_table"
    put_in_force(world, third, active_from="2026-03-05")
    site = keeper(world)
    assert lead(site.on(date(2026, 3, 5)), "construction", date(2026, 3, 5)) == "410329-yjj"
    assert [one.number for one in site.versions()] == [0, 1, 2]
    assert problems(world) == []


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ("awb-supervisor", "awb-supervisor", "same_person"),
        ("yjj-leader", "zjj-leader", "no_supervisor"),
        ("awb-supervisor", "yjj-officer", "role"),
        ("awb-supervisor", "administrator", "role"),
    ],
)
def test_who_may_not_confirm(world, first, second, code):
    proposal = propose(world, NEW, who=first)
    with pytest.raises(RuleChangeError) as refused:
        activate(world, proposal, who=second)
    assert reason(refused) == code
    assert len(keeper(world).versions()) == 1


def test_a_department_proposes_and_its_supervisor_confirms(world):
    activate(world, propose(world, NEW, who="yjj-leader"), who="awb-supervisor")
    assert len(keeper(world).versions()) == 2


@pytest.mark.parametrize("who", ["yjj-officer", "administrator", "auditor", "finance"])
def test_who_may_not_propose(world, who):
    with pytest.raises(RuleChangeError) as refused:
        propose(world, NEW, who=who)
    assert reason(refused) == "role"


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"site = ", "file"),
        (changed(('site = "410329"', 'site = "410330"')), "department"),
        (changed(('lead = "410329-yjj"', 'lead = "410329-nobody"')), ".lead"),
        (changed(('code = "410329-jw"', 'code = "410329-jjw"')), "discipline"),
    ],
)
def test_a_bad_table_is_refused_whole(world, body, key):
    with pytest.raises(RoutingFileError) as refused:
        propose(world, body)
    assert key in refused.value.key
    assert routing_changes.routing_proposals(world.store) == ()


@pytest.mark.parametrize("part", ["region", "department"])
def test_a_region_or_department_is_given_a_last_day_and_not_left_out(world, part):
    before = changed(
        (
            f"[[{part}]]",
            """[[region]]
code = "410329999000"
name = "样本乡"
parent = "410329"
kind = "township"
valid_from = 2026-01-01

[[department]]
code = "410329-yangben"
name = "样本局"
short = "样本局"
kind = "department"
supervisor = "410329-awb"
duties = "样本"
clauses = []

"""
            + f"[[{part}]]",
        )
    )
    put_in_force(world, before)
    left_out = "410329999000" if part == "department" else "410329-yangben"
    text = before.decode()
    block = next(one for one in text.split("\n\n") if f'code = "{left_out}"' in one)
    with pytest.raises(RoutingFileError) as refused:
        propose(world, text.replace(block + "\n\n", "").encode())
    assert left_out in refused.value.key
    assert refused.value.expected == "the entry, with a last day"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"active_from": "2026-02-28"}, "past"),
        ({"sha256": "ab" * 32}, "other_preview"),
        ({"before": "ab" * 32}, "table_overtaken"),
    ],
)
def test_what_a_proposal_may_not_say(world, told, code):
    with pytest.raises(RuleChangeError) as refused:
        propose(world, NEW, **told)
    assert reason(refused) == code


def test_the_table_in_force_is_not_proposed_again_and_none_is_too_large(world):
    with pytest.raises(RuleChangeError) as refused:
        propose(world, SHIPPED)
    assert reason(refused) == "same_table"
    with pytest.raises(RuleChangeError) as refused:
        propose(world, SHIPPED + b"#" * routing_changes.BYTES_MAX)
    assert reason(refused) == "too_large"


def test_of_two_proposals_for_one_table_the_second_is_overtaken(world):
    one, other = propose(world, NEW), propose(world, given_to(ZJJ, "construction"))
    activate(world, one)
    with pytest.raises(RuleChangeError) as refused:
        activate(world, other)
    assert reason(refused) == "table_overtaken"
    withdraw(world, other)
    with pytest.raises(RuleChangeError) as refused:
        activate(world, other)
    assert reason(refused) == "not_open"
    assert problems(world) == []


def test_two_confirmations_at_one_moment_put_it_in_force_once(world):
    proposal = propose(world, NEW)

    def confirm(who):
        try:
            activate(world, proposal, who)
        except CaseworkError as refusal:
            return type(refusal)
        return None

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(confirm, ("yjj-leader", "zjj-leader")))
    assert sorted(answers, key=str) == [RuleChangeError, None]
    assert [one.number for one in keeper(world).versions()] == [0, 1]
    assert problems(world) == []


def test_other_facts_other_kinds_and_other_keys_are_refused(world):
    proposal = propose(world, NEW)
    for other, kind in (
        ({"number": 2}, RuleChangeError),
        ({"active_from": "2026-03-03"}, RuleChangeError),
        ({"sha256": "ab" * 32}, TamperedError),
        ({"number": "1"}, BadActError),
    ):
        with pytest.raises(kind):
            activate(world, proposal, **other)
    told = facts(world, NEW)
    with pytest.raises(NotPermittedError):
        routing_changes.withdraw_routing(
            world.store, act=world.sign("awb-supervisor", "routing.proposed", "", told),
            trust=world.trust, now=world.now,
        )  # fmt: skip
    with pytest.raises(SignatureRefusedError):
        routing_changes.propose_routing(
            world.store, act=world.sign("awb-supervisor", "routing.proposed", "", told, deed=False),
            body=NEW, first=FIRST, trust=world.trust, now=world.now,
        )  # fmt: skip


def test_its_day_must_not_be_over_when_it_is_confirmed(world):
    proposal = propose(world, NEW)
    world.move(days=2)
    with pytest.raises(RuleChangeError) as refused:
        activate(world, proposal)
    assert reason(refused) == "past"


# What is stored badly -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE routing_table SET body = :bad",
        "UPDATE routing_table SET sha256 = :hex",
        "UPDATE routing_table SET active_from = '2026-03-01'",
        "UPDATE routing_table SET activated = event",
        "UPDATE routing_table SET event = activated",
        "UPDATE routing_table SET number = 3",
        "UPDATE event SET signature = :bad WHERE kind = 'routing.activated'",
        "DELETE FROM event WHERE kind = 'routing.proposed'",
    ],
)
def test_a_bad_row_takes_no_table_away_and_is_named(world, harm):
    put_in_force(world, NEW)
    running = keeper(world)
    assert lead(running.on(TOMORROW), CHEMICALS, TOMORROW) == ZJJ
    run(world, harm, bad=b"lead = nobody", hex="ab" * 32)
    running.refresh()
    assert lead(running.on(TOMORROW), CHEMICALS, TOMORROW) == ZJJ  # as long as it runs
    started = keeper(world)
    assert lead(started.on(TOMORROW), CHEMICALS, TOMORROW) == OLD  # the one before
    assert lead(started.on(TODAY), CHEMICALS, TODAY) == OLD
    assert problems(world) != []


def test_a_lost_row_is_named_and_a_running_process_goes_on(world):
    proposal = put_in_force(world, NEW)
    running = keeper(world)
    running.versions()
    run(world, "DELETE FROM routing_table")
    running.refresh()
    assert lead(running.on(TOMORROW), CHEMICALS, TOMORROW) == ZJJ
    assert (proposal, "missing") in problems(world)


def test_a_row_that_nobody_signed_counts_for_nothing(world):
    put_in_force(world, NEW)
    copied = (
        "INSERT INTO routing_table SELECT 'forged', site, body, sha256, before, active_from,"
        " event, state, created_at, 2, activated FROM routing_table"
    )
    run(world, copied)
    assert [one.number for one in keeper(world).versions()] == [0, 1]
    assert ("forged", "is named by no event") in problems(world)


def test_names_of_what_a_table_no_longer_has_stay_known(world):
    text = SHIPPED.decode()
    block = next(one for one in text.split("\n\n") if 'code = "other"' in one)
    put_in_force(world, text.replace(block + "\n\n", "").encode())
    site = keeper(world)
    assert "other" not in site.on(TOMORROW).sectors
    assert site.name("sector", "other") == "其他"
    assert site.name("department", "nobody") == "nobody"
