"""P1 to P3 and P9: what a copied database opens with whose keys, by whichever road.

The adversary of tests/support tries every key on every box. Two seats together are the
control: they do open an identity, so what stays closed is not closed by a mistake here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from adversary import Adversary, identity_of, with_keys_of
from crypto.mailbox import ReporterKey
from faults import world_on
from instance import Filed, World
from people import STAFF

NARRATIVE, MESSAGE, FILE, FILE_NAME = "正文标记", "消息标记", "附件标记", "文件名标记.txt"
NAME, ELSEWHERE = "姓名标记", "他局的举报"
CONTENT = (NARRATIVE, FILE, FILE_NAME)
ALL = (*CONTENT, MESSAGE, NAME, ELSEWHERE)
OFFICES = sorted({office for office, _ in STAFF.values()})
SEATS = {n: (f"seat{n}-holder", f"seat{n}-deputy") for n in (1, 2, 3)}


@dataclass(frozen=True)
class Stored:
    """An instance with two reports: of one bureau with everything, of another with a text."""

    world: World
    filed: Filed
    other: Filed


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stored(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stored]:
    """Made once: nothing here changes it."""
    with world_on(request, tmp_path_factory.mktemp("world")) as world:
        filed = world.file_report(
            narrative=NARRATIVE, identity=identity_of(NAME), files=[(FILE_NAME, FILE.encode())]
        )
        reporter = Adversary(world, reporters=[ReporterKey(filed.key.secret)])
        reporter.opens()
        [thread] = reporter.keys.values()
        world.say(filed, MESSAGE, thread=thread)
        yield Stored(world, filed, world.file_report(sector="construction", narrative=ELSEWHERE))


def found(adversary: Adversary) -> set[str]:
    """The marks among all that the adversary opens."""
    opened = adversary.opens()
    return {mark for mark in ALL if mark in opened}


def people_of(*offices: str) -> list[str]:
    return [login for login, (office, _) in STAFF.items() if office in offices]


def test_p1_the_database_alone_opens_nothing(stored):
    assert found(Adversary(stored.world)) == set()


@pytest.mark.parametrize("office", OFFICES)
def test_p2_one_department_opens_what_was_routed_to_it_and_no_identity(stored, office):
    opened = found(with_keys_of(stored.world, people_of(office)))
    expected = set()
    for filed, marks in ((stored.filed, {*CONTENT, MESSAGE}), (stored.other, {ELSEWHERE})):
        if office in stored.world.case(filed.report).offices:
            expected |= marks
    assert opened == expected


def test_p2_two_departments_without_a_seat_open_no_identity(stored):
    without = [one for one in OFFICES if not any(who[:4] == "seat" for who in people_of(one))]
    opened = found(with_keys_of(stored.world, people_of(*without)))
    assert opened == {*CONTENT, MESSAGE, ELSEWHERE}


@pytest.mark.parametrize("seat", SEATS)
def test_p3_one_seat_with_every_other_officer_opens_no_identity(stored, seat):
    others = [login for login in STAFF if not login.startswith("seat")]
    assert NAME not in found(with_keys_of(stored.world, [*SEATS[seat], *others]))


@pytest.mark.parametrize("pair", [(1, 2), (1, 3), (2, 3)])
def test_the_control_two_seats_open_the_identity_and_nothing_else(stored, pair):
    holders = [SEATS[n][0] for n in pair]
    assert found(with_keys_of(stored.world, holders)) == {NAME}


def test_p9_a_code_opens_messages_and_nothing_that_was_reported(stored):
    adversary = Adversary(stored.world, reporters=[ReporterKey(stored.filed.key.secret)])
    assert found(adversary) == {MESSAGE}
