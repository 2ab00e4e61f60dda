"""Which policy is chosen: nearest region, own sector, precedence, newest, in force, activated."""

from datetime import date

import pytest

from casework.domain.errors import UnknownPolicyError
from casework.domain.policy import Policies, regions_up
from casework.domain.policy_file import parse_policies
from policy_text import clock, policy_file

DAY = date(2026, 3, 1)


def chosen(*files: dict[str, bytes], sector: str = "coal_mines", on: date = DAY) -> str:
    """Return the id of what is chosen in Yichuan out of *files*."""
    merged = {name: body for file in files for name, body in file.items()}
    return Policies(parse_policies(merged)).in_force("410329", sector, on).id


@pytest.mark.parametrize(
    ("region", "on", "expected"),
    [
        ("410329", "2026-03-01", "yichuan-2022"),
        ("410329106000", "2026-03-01", "yichuan-2022"),
        ("410329", "2022-04-25", "yichuan-2022"),
        ("410329", "2022-04-24", "mines-2021"),
        ("410329", "2020-12-31", "cn-2018"),
        ("410300", "2026-03-01", "henan-2025"),
        ("410305", "2024-03-01", "henan-2022"),
        ("620422", "2026-03-01", "huining-2017"),
        ("620403", "2026-03-01", "baiyin-2017"),
        ("620422", "2018-01-04", "huining-2017"),
        ("620422", "2018-01-03", "cn-2012"),
        ("371002", "2026-03-01", "shandong-2021"),
        ("110105", "2026-03-01", "mines-2021"),
    ],
)
def test_the_nearest_region_and_the_version_of_the_day_apply(
    policies: Policies, region: str, on: str, expected: str
):
    assert policies.in_force(region, "coal_mines", date.fromisoformat(on)).id == expected


def test_before_any_rule_there_is_none(policies: Policies):
    with pytest.raises(UnknownPolicyError):
        policies.in_force("410329", "coal_mines", date(2010, 1, 1))


def test_a_nearer_region_beats_sector_precedence_and_age():
    county = policy_file("county", effective="from = 2020-01-01")
    province = policy_file(
        "province", region="410000", more='sectors = ["coal_mines"]\nprecedence = 9'
    )
    assert chosen(county, province) == "county"


def test_an_own_sector_beats_precedence_and_age_and_only_there():
    plain = policy_file("plain", more="precedence = 9")
    mines = policy_file("mines", more='sectors = ["coal_mines"]', effective="from = 2020-01-01")
    assert chosen(plain, mines) == "mines"
    assert chosen(plain, mines, sector="schools") == "plain"


def test_precedence_beats_age():
    old = policy_file("old", more="precedence = 1", effective="from = 2020-01-01")
    assert chosen(old, policy_file("new")) == "old"


def test_of_equals_the_newest_then_the_last_id_is_chosen():
    older = policy_file("z-older", effective="from = 2025-12-31")
    assert chosen(older, policy_file("a-newer")) == "a-newer"
    assert chosen(policy_file("same-1"), policy_file("same-2")) == "same-2"


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2025, 12, 31), "before"),
        (date(2026, 1, 1), "between"),
        (date(2026, 6, 30), "between"),
        (date(2026, 7, 1), "before"),
    ],
)
def test_a_policy_holds_from_its_first_day_to_its_last(on: date, expected: str):
    before = policy_file("before", effective="from = 2020-01-01")
    between = policy_file("between", effective="from = 2026-01-01\nto = 2026-06-30")
    assert chosen(before, between, on=on) == expected


def test_a_policy_may_go_by_the_day_on_which_the_report_came_in():
    old = policy_file("old", effective="from = 2020-01-01", selector="submitted_at")
    new = policy_file("new", effective="from = 2026-01-01", selector="submitted_at")
    both = Policies(parse_policies({**old, **new}))

    def on(submitted: date) -> str:
        return both.in_force("410329", "schools", DAY, submitted_on=submitted).id

    assert on(date(2025, 12, 31)) == "old"
    assert on(date(2026, 1, 1)) == "new"
    by_acceptance = Policies(parse_policies({**old, **policy_file("new")}))
    found = by_acceptance.in_force("410329", "schools", DAY, submitted_on=date(2025, 12, 31))
    assert found.id == "new"  # it goes by the day of acceptance


def test_a_rule_to_compare_with_is_found_by_its_id_and_never_chosen(policies: Policies):
    comparator = policy_file("other", more="comparator = true\nprecedence = 9")
    assert chosen(comparator, policy_file("own")) == "own"
    with pytest.raises(UnknownPolicyError):
        chosen(comparator)
    for policy_id in ("cn-2020", "cn-12345", "eu-2019"):
        assert policies.get(policy_id).comparator
    assert policies.in_force("110105", "schools", DAY).id == "cn-2018"


# ---- what was put in force ------------------------------------------------------------------


def test_only_what_was_put_in_force_is_chosen_from_its_day_on():
    files = {
        **policy_file("old", effective="from = 2020-01-01"),
        **policy_file("new", effective="from = 2026-01-01"),
    }
    at_hand = Policies(parse_policies(files))
    old, new = at_hand.get("old"), at_hand.get("new")
    since = {(old.id, old.pin): date(2020, 1, 1), (new.id, new.pin): date(2026, 3, 2)}
    active = at_hand.activated(since)
    assert active.in_force("410329", "schools", date(2026, 3, 1)).id == "old"
    assert active.in_force("410329", "schools", date(2026, 3, 2)).id == "new"
    assert at_hand.in_force("410329", "schools", date(2026, 3, 1)).id == "new"


def test_what_was_never_put_in_force_is_found_by_its_id_only():
    active = Policies(parse_policies(policy_file())).activated({})
    with pytest.raises(UnknownPolicyError):
        active.in_force("410329", "schools", DAY)
    assert active.get("test-1").id == "test-1"


def test_a_day_in_force_does_not_stretch_the_days_of_the_policy_itself():
    at_hand = Policies(parse_policies(policy_file()))
    pin = at_hand.get("test-1").pin
    active = at_hand.activated({("test-1", pin): date(2000, 1, 1)})
    with pytest.raises(UnknownPolicyError):
        active.in_force("410329", "schools", date(2025, 12, 31))
    assert active.in_force("410329", "schools", date(2026, 1, 1)).id == "test-1"


def test_a_changed_parent_takes_a_policy_out_of_force_until_somebody_agrees():
    def load(days: int) -> Policies:
        nation = policy_file("nation", region="000000", rest=clock(days))
        town = policy_file("town", more='inherits = "nation"')
        return Policies(parse_policies({**nation, **town}))

    before, after = load(60), load(59)
    assert before.get("town").sha256 == after.get("town").sha256
    assert before.get("town").pin != after.get("town").pin
    since = {("town", before.get("town").pin): date(2026, 1, 1)}
    assert before.activated(since).in_force("410329", "schools", DAY).id == "town"
    with pytest.raises(UnknownPolicyError):
        after.activated(since).in_force("410329", "schools", DAY)


def test_what_was_put_in_force_cannot_be_changed_from_outside():
    at_hand = Policies(parse_policies(policy_file()))
    since = {("test-1", at_hand.get("test-1").pin): date(2026, 1, 1)}
    active = at_hand.activated(since)
    since.clear()
    assert active.in_force("410329", "schools", DAY).id == "test-1"


# ---- small things ---------------------------------------------------------------------------


def test_regions_go_up_to_the_nation():
    assert regions_up("410329106000") == ("410329106000", "410329", "410300", "410000", "000000")
    assert regions_up("410000") == ("410000", "000000")


def test_the_hash_is_of_the_files_bytes():
    plain, spaced = policy_file(), {"test-1.toml": policy_file()["test-1.toml"] + b"\n"}
    one, two = parse_policies(plain)["test-1"], parse_policies(spaced)["test-1"]
    assert one.sha256 != two.sha256
    assert len(one.sha256) == 64
    # Without a parent the pin is the file's own hash.
    assert one.pin == one.sha256
