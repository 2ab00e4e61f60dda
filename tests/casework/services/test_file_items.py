"""A file that only custodians open goes with its item: row, pieces, blob."""

from datetime import timedelta

import pytest

from casework.domain.errors import BadActError
from casework.services import erasing, keeping
from casework.services.keeping import Erased
from casework.storage.erasing import Erasing
from casework.storage.sealed_vault import SealedVault
from casework.verify import Problem, verify
from file_items import add_voice, file_items, opened_files
from instance import Filed, World


@pytest.fixture
def filed(world: World) -> Filed:
    """A report with a sample for the office."""
    return world.file_report(files=[("样本.txt", b"sample")])


def sweep(world: World) -> Erased:
    return keeping.sweep(
        world.store,
        world.blobs,
        policies=world.policies,
        trust=world.trust,
        log_key=world.log_key,
        now=world.now,
    )


def files(world: World, report: str) -> set[str]:
    return {one.id for one in world.store.read(lambda uow: SealedVault(uow).files(report))}


def problems(world: World) -> list[Problem]:
    return [
        one for one in verify(world.store, world.blobs, world.trust) if isinstance(one, Problem)
    ]


def withdraw(world: World, filed: Filed, *items: str) -> None:
    erasing.withdraw_identity(
        world.store,
        act=world.sign_as_reporter(filed, "identity.withdrawn", {"items": list(items)}),
        trust=world.trust,
        now=world.now,
    )


def test_one_withdrawn_file_goes_with_its_blob_and_the_others_stay(world: World, filed: Filed):
    gone, kept = add_voice(world, filed), add_voice(world, filed, b"another voice")
    assert problems(world) == []
    before = files(world, filed.report)
    withdraw(world, filed, gone)
    assert sweep(world) == Erased(items=1, forgotten=1)
    assert files(world, filed.report) == before - {gone}
    assert len(list(world.blobs.names())) == len(before) - 1
    pieces = world.store.read(lambda uow: SealedVault(uow).pieces(filed.report))
    assert gone not in {one.item for one in pieces}
    assert [one.id for one in file_items(world, filed.report)] == [kept]
    assert [content for _told, content in opened_files(world, filed.report)] == [b"another voice"]
    assert problems(world) == []


@pytest.mark.parametrize("ending", ["withdrawn", "destroyed"])
def test_what_is_called_forgotten_has_left_no_file_behind_a_kill(
    world: World, filed: Filed, monkeypatch, ending: str
):
    item = add_voice(world, filed)
    if ending == "withdrawn":
        withdraw(world, filed, item)
    else:
        refuse(world, filed)
        world.now += timedelta(days=400 * 12)

    def killed(_name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as stop:
        stop.setattr(world.blobs, "delete", killed)
        with pytest.raises(KeyboardInterrupt):
            sweep(world)
    assert item not in files(world, filed.report)
    assert forgotten(world, filed) == 0

    assert sweep(world).forgotten == 1
    assert len(list(world.blobs.names())) == (1 if ending == "withdrawn" else 0)
    assert forgotten(world, filed) == 1
    assert problems(world) == []


def test_a_file_that_a_report_names_is_not_deleted_for_being_listed(world: World, filed: Filed):
    gone = add_voice(world, filed)
    blobs = set(world.blobs.names())
    [sample] = blobs - {
        one.blob_name
        for one in world.store.read(lambda uow: SealedVault(uow).files(filed.report))
        if one.id == gone
    }
    world.store.write(lambda uow: Erasing(uow).note_blobs(filed.report, [sample]))
    withdraw(world, filed, gone)

    assert sweep(world).items == 1
    assert set(world.blobs.names()) == {sample}


def forgotten(world: World, filed: Filed) -> int:
    told = world.store.read(lambda uow: uow.events.of_report(filed.report))
    return sum(one.event.kind == "identity.forgotten" for one in told)


def refuse(world: World, filed: Filed) -> None:
    """Have the report read and refused, so that its time runs."""
    world.read(filed.report)
    world.refuse(filed.report)


def test_a_destroyed_case_takes_them_along(world: World, filed: Filed):
    add_voice(world, filed)
    refuse(world, filed)
    world.now += timedelta(days=400 * 12)
    done = sweep(world)
    assert done.cases == 1
    assert files(world, filed.report) == set()
    assert file_items(world, filed.report) == []
    assert list(world.blobs.names()) == []
    assert problems(world) == []


def test_a_file_row_that_is_swapped_or_missing_is_named(world: World, filed: Filed):
    item = add_voice(world, filed)
    for statement in (
        "UPDATE sealed_file SET stored_size = stored_size + 1 WHERE id = ",
        "DELETE FROM sealed_file WHERE id = ",
    ):
        world.store.write(
            lambda uow, sql=statement: uow.connection.exec_driver_sql(f"{sql}'{item}'")  # type: ignore[misc]
        )
        assert ("file", item) in {(one.kind, one.id) for one in problems(world)}


def test_an_item_that_is_no_file_of_its_sending_is_refused(world: World, filed: Filed, monkeypatch):
    monkeypatch.setattr("crypto.dossier.FILE_ITEM", "who")
    with pytest.raises(BadActError):
        add_voice(world, filed)
