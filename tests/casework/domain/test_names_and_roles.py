"""Ids and case numbers that tell nothing; roles that may not meet in one account."""

import re
import secrets

import pytest

from casework.domain.errors import CaseworkError, RoleConflictError, UnknownRoleError
from casework.domain.ids import IdSource, is_case_number, is_id, new_case_number, new_id
from casework.domain.roles import EXCLUSIVE, Role, check_roles


def test_ids_are_26_signs_and_never_the_same():
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(is_id(one) for one in ids)
    assert new_id(lambda size: bytes(size)) == "a" * 26


@pytest.mark.parametrize("text", ["", "a" * 25, "A" * 26, "a" * 25 + "1", "a" * 26 + "\n"])
def test_what_is_no_id(text: str):
    assert not is_id(text)


def test_a_case_number_names_region_and_year_and_nothing_else():
    assert new_case_number("410329", 2026, lambda size: bytes(range(size))) == (
        "410329-2026-23456789"
    )
    assert new_case_number("410329106000", 2026).startswith("410329-2026-")
    for _ in range(300):
        number = new_case_number("410329", 2026)
        assert is_case_number(number)
        assert not re.search("[01OI]", number[12:])


@pytest.mark.parametrize(("region", "year"), [("4103", 2026), ("41032x", 2026), ("410329", 26)])
def test_a_case_number_needs_a_county_and_a_year(region: str, year: int):
    with pytest.raises(ValueError):
        new_case_number(region, year)


def test_roles_that_may_be_held_together():
    assert check_roles(["officer", "cashier"]) == {Role.OFFICER, Role.CASHIER}
    for alone in EXCLUSIVE:
        assert check_roles([alone]) == {alone}


@pytest.mark.parametrize("alone", sorted(EXCLUSIVE))
@pytest.mark.parametrize("other", sorted(Role))
def test_auditor_and_administrator_stand_alone(alone: Role, other: Role):
    if other is alone:
        return
    with pytest.raises(RoleConflictError):
        check_roles([other, alone])


@pytest.mark.parametrize("roles", [[], ["king"], ["officer", "reporter"]])
def test_what_is_no_role(roles: list[str]):
    with pytest.raises(UnknownRoleError):
        check_roles(roles)


def test_a_refusal_prints_its_details_on_one_line():
    assert str(CaseworkError("seen", office="410329-yjj")) == "seen, office='410329-yjj'"


def test_a_source_of_ids_draws_once_for_many_and_never_repeats_one():
    drawn = []

    def random(size):
        drawn.append(size)
        return secrets.token_bytes(size)

    source = IdSource(random)
    made = [source() for _ in range(33)]

    assert len(set(made)) == 33
    assert all(is_id(one) for one in made)
    assert len(drawn) == 2
