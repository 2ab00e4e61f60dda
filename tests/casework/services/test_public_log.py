"""From an event to receipt, batch, proof and opened quarter; an outside verifier judges."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import metamorphic_log as judge
import pytest

from casework.queries.register import register_of_case
from casework.register import CaseRegister, RegisterFolder
from casework.services import publishing
from casework.services.audit_log import Keeping, has_pending, newest_audit, take_in, taken_at
from casework.storage.log import HeadRow
from crypto.merkle import leaf_hash
from crypto.notes import LogKey, cosign, note_text, parse_checkpoint, verifier_key
from crypto.register import OpenedFile, entry_of, office_hash, open_receipt
from crypto.tiles import Tree, bundle_path, tile_path, unpack_entries, widths
from instance import World, make_world
from log_keeper import BATCH_DAYS, folder_of, pass_days, publish, take


@pytest.fixture
def world(tmp_path: Path, database_url: str) -> Iterator[World]:
    made = make_world(tmp_path, database_url)
    yield made
    made.store.close()


def of_case(world: World, report: str) -> CaseRegister:
    return register_of_case(world.store, report_id=report)


def log_key(world: World) -> str:
    return verifier_key("410329-demo/register", world.log_key.public)


def public(world: World, path: str = "checkpoint") -> bytes:
    body = folder_of(world).read(path)
    assert body is not None, path
    return body


def note_of(world: World) -> str:
    return public(world).decode()


def audit_head(world: World) -> HeadRow:
    head = newest_audit(world.store)
    assert head is not None
    return head


def tree_of(folder: RegisterFolder, size: int) -> Tree:
    return Tree(lambda *place: folder.read(tile_path(*place)) or b"", size)


def test_every_event_gets_a_place_once_and_the_root_is_signed(world):
    filed = world.file_report()
    world.accept(filed.report)
    assert has_pending(world.store)
    waiting = len(world.store.read(lambda uow: uow.events.pending()))
    assert take(world) == waiting
    assert take(world) == 0
    assert not has_pending(world.store)

    head = audit_head(world)
    key = verifier_key("410329-demo/audit", world.log_key.public)
    told = judge.checkpoint_verify(head.note, [key])
    assert (told.origin, told.size) == ("410329-demo/audit", waiting)
    assert taken_at(parse_checkpoint(note_text(head.note))) == world.now
    # The leaf is the event's digest and its signature.
    leaves = world.store.read(lambda uow: uow.audit_log.leaves(first=0))
    proof = world.store.read(
        lambda uow: Tree(uow.audit_log.tile, head.size).inclusion(1, head.size)
    )
    leaf = leaf_hash(bytes.fromhex(leaves[1].event) + leaves[1].signature)
    judge.checkpoint_verify_inclusion(head.note, [key], 1, leaf, list(proof))


def test_the_receipt_is_ready_when_the_report_is_taken_in_and_names_the_entry(world):
    filed = world.file_report()
    assert of_case(world, filed.report) == CaseRegister((), "")
    take(world)
    told = of_case(world, filed.report)
    (entry,) = told.entries
    receipt = open_receipt(told.receipt, site="410329-demo", public=world.log_key.public)
    assert (receipt.day, receipt.entry.hex()) == ("2026-03-02", entry.entry)
    assert entry.record.kind == "report.received"
    assert entry_of(entry.record.encode(), bytes.fromhex(entry.salt)).hex() == entry.entry
    assert office_hash(entry.office, bytes.fromhex(entry.office_salt)) == entry.record.office
    # A Monday; the next batch that holds it whole is a week later.
    assert entry.due_on.isoformat() == "2026-03-09"
    assert entry.index is None
    for secret in (filed.report, filed.code, filed.case_number, "410329-yjj", "hazardous"):
        assert secret not in told.receipt


def test_the_records_of_a_case_share_a_tag_and_those_of_an_award_have_their_own(world):
    world.appropriate()
    one, other = world.approved(), world.file_report()
    take(world)
    told = of_case(world, one.report).entries
    kinds = [entry.record.kind for entry in told]
    assert kinds == ["report.received", "report.accepted", "reward.approved"]
    received, accepted, approved = (entry.record for entry in told)
    assert received.case == accepted.case != approved.case
    assert of_case(world, other.report).entries[0].record.case not in (received.case, approved.case)
    assert len({received.office, accepted.office, approved.office}) == 3


def test_nothing_is_public_before_the_day_of_the_batch(world):
    filed = world.file_report()
    take(world)
    world.now += timedelta(days=6)
    publish(world)
    assert folder_of(world).read("checkpoint") is None
    world.now += timedelta(days=1)
    publish(world)
    assert of_case(world, filed.report).entries[0].index is not None


def test_a_batch_is_filled_and_there_is_one_in_every_week_whatever_happened(world):
    world.file_report()
    take(world)
    sizes = []
    for _ in range(3):
        pass_days(world, 7)
        sizes.append(parse_checkpoint(note_text(note_of(world))).size)
    assert sizes == [16, 32, 48]


def test_an_outside_verifier_finds_every_entry_of_a_case_in_the_published_files(world):
    filed = world.file_report()
    world.accept(filed.report)
    for _ in range(20):
        world.file_report()
    take(world)
    pass_days(world, 7)
    folder = folder_of(world)
    note = note_of(world)
    head = judge.checkpoint_verify(note, [log_key(world)])
    assert head.origin == "410329-demo/register"
    assert head.size == 32

    tree = tree_of(folder, head.size)
    entries = unpack_entries(public(world, bundle_path(0, 32)))
    for entry in of_case(world, filed.report).entries:
        assert entry.index is not None
        assert entries[entry.index].hex() == entry.entry
        leaf = leaf_hash(bytes.fromhex(entry.entry))
        proof = [bytes.fromhex(one) for one in entry.proof]
        assert proof == list(tree.inclusion(entry.index, head.size))
        judge.checkpoint_verify_inclusion(
            entry.checkpoint, [log_key(world)], entry.index, leaf, proof
        )
        assert entry.checkpoint == note
        lines = entry.proof_file.split("\n")
        assert lines[0] == "c2sp.org/tlog-proof@v1"
        extra = base64.b64decode(lines[1].removeprefix("extra "))
        assert entry_of(extra[32:], extra[:32]).hex() == entry.entry
        assert lines[2] == f"index {entry.index}"
        assert entry.proof_file.endswith("\n\n" + note)


def test_an_outside_verifier_sees_that_the_log_only_grew(world):
    notes = []
    for days in (7, 7, 140):
        world.file_report()
        take(world)
        pass_days(world, days)
        notes.append(note_of(world))
    folder = folder_of(world)
    sizes = [judge.checkpoint_verify(note, [log_key(world)]).size for note in notes]
    tree = tree_of(folder, sizes[-1])
    assert sizes[-1] > 256  # more than one tile
    for old, new in ((0, 1), (1, 2), (0, 2)):
        proof = list(tree.consistency(sizes[old], sizes[new]))
        judge.checkpoint_verify_consistency(notes[old], notes[new], [log_key(world)], proof)
        with pytest.raises(judge.VerifyError):
            judge.checkpoint_verify_consistency(
                notes[old], notes[new], [log_key(world)], [bytes(32), *proof[1:]]
            )
    for level, index, width in widths(sizes[-1]):
        assert len(public(world, tile_path(level, index, width))) == width * 32


def test_publishing_again_changes_nothing_and_lost_files_come_back(world):
    world.file_report()
    take(world)
    pass_days(world, 7)
    folder = folder_of(world)
    again = publishing.publish(world.store, folder, log=world.log_key.public)
    assert again == publishing.Published()
    kept = folder.read(tile_path(0, 0, 16))
    (folder.path / "checkpoint").unlink()
    (folder.path / tile_path(0, 0, 16)).unlink()
    publishing.publish(world.store, folder, log=world.log_key.public)
    assert folder.read(tile_path(0, 0, 16)) == kept


def test_a_folder_that_is_ahead_of_the_database_is_left_alone(world):
    world.file_report()
    take(world)
    pass_days(world, 7)
    folder = folder_of(world)
    ahead = public(world).replace(b"\n16\n", b"\n32\n")
    folder.write("checkpoint", ahead)
    done = publishing.publish(world.store, folder, log=world.log_key.public)
    assert done == publishing.Published(ahead=True)
    assert folder.read("checkpoint") == ahead


def opened_file(world: World, quarter: str = "2026Q1") -> OpenedFile:
    return OpenedFile.parse(public(world, f"opened/{quarter}.json"))


def is_opened(world: World) -> bool:
    return folder_of(world).read("opened/2026Q1.json") is not None


def file_in(world: World, count: int, **given: Any) -> None:
    for _ in range(count):
        world.file_report(**given)
    take(world)


def test_a_quarter_is_opened_a_month_after_its_end_whole_with_its_fillers(world):
    file_in(world, 5)
    pass_days(world, 7)
    world.now = world.now.replace(month=4, day=30)
    publish(world)
    assert not is_opened(world)
    world.now = world.now.replace(month=5, day=1)
    publish(world)

    told = opened_file(world)
    folder = folder_of(world)
    size = parse_checkpoint(note_text(note_of(world))).size
    entries = unpack_entries(public(world, bundle_path(0, size)))
    assert (told.first, told.end) == (0, 64)  # four Mondays of March
    assert sorted(one.entry() for one in told.records) == sorted(entries[:64])
    assert {one.office for one in told.records} == {"", "410329-yjj"}
    assert folder.read("opened/quarters") == b"2026Q1\n"


def test_a_quarter_with_under_five_reports_waits_and_goes_with_the_next(world):
    file_in(world, 4)
    pass_days(world, 40)
    file_in(world, 1)
    world.now = world.now.replace(month=5, day=1)
    publish(world)
    assert not is_opened(world)
    world.now = world.now.replace(month=8, day=1)
    publish(world)
    assert not is_opened(world)
    assert opened_file(world, "2026Q2").first == 0


def test_an_office_with_under_five_cases_is_told_as_others(world):
    file_in(world, 6)
    file_in(world, 4, sector="construction")
    pass_days(world, 7)
    world.now = world.now.replace(month=5, day=1)
    publish(world)
    told = opened_file(world)
    offices = {one.office for one in told.records if one.record.office}
    # Four cases alone would tell of one office, so the other one hides them.
    assert offices == {"others"}
    assert not any(one.office_salt for one in told.records)


def test_figures_that_were_opened_are_frozen_by_a_signed_event(world):
    file_in(world, 5)
    pass_days(world, 7)
    world.now = world.now.replace(month=5, day=1)
    publish(world)
    body = public(world, "opened/2026Q1.json")
    assert publishing.frozen(world.store) == {"2026Q1": publishing.file_digest(body)}
    # A file that was lost is made again, the same to the byte, and no second event.
    (folder_of(world).path / "opened/2026Q1.json").unlink()
    publish(world)
    assert folder_of(world).read("opened/2026Q1.json") == body
    events = world.store.read(lambda uow: uow.events.outside())
    assert [one.kind for one in events].count("figures.frozen") == 1


def test_a_cosignature_of_a_known_witness_is_merged_and_another_is_not(world):
    world.file_report()
    take(world)
    pass_days(world, 7)
    folder, witness, other = folder_of(world), LogKey.generate(), LogKey.generate()
    note = note_of(world)
    folder.put_cosignature("awb", note + cosign(note, name="awb", key=witness, at=1_772_416_800))
    folder.put_cosignature("else", note + cosign(note, name="else", key=other, at=1_772_416_800))
    key = verifier_key("awb", witness.public, b"\x04")
    assert publishing.merge_cosignatures(world.store, folder, [key]) == 1
    assert publishing.merge_cosignatures(world.store, folder, [key]) == 0
    publishing.publish(world.store, folder, log=world.log_key.public)
    signed = note_of(world)
    assert signed.count("\u2014") == 2
    assert "\u2014 else" not in signed
    # The log's own signature is still the first, and still holds.
    assert judge.checkpoint_verify(signed, [log_key(world)]).size == 16


def test_two_processes_at_once_take_an_event_in_once(world):
    """The second one meets the first one's places, and stores nothing."""
    world.file_report()
    keeping = Keeping(world.trust, world.log_key, world.now, BATCH_DAYS)
    take_in(world.store, keeping=keeping)
    before = newest_audit(world.store)
    assert take_in(world.store, keeping=replace(keeping, now=world.now + timedelta(seconds=1))) == 0
    assert newest_audit(world.store) == before


def test_each_days_root_goes_to_the_witnesses_on_the_next_day(world):
    world.file_report()
    keeping = Keeping(world.trust, world.log_key, world.now, BATCH_DAYS, ("w@example.invalid",))
    take_in(world.store, keeping=keeping)
    first = audit_head(world)
    world.now += timedelta(days=1)
    world.file_report()
    take_in(world.store, keeping=replace(keeping, now=world.now))
    jobs = world.store.write(lambda uow: uow.outbox.claim(10, lease_seconds=1, now=world.now))
    (root,) = [one.payload for one in jobs if one.payload["notice"] == "audit.root"]
    assert root["case_number"] == first.note
    assert (root["office"], root["on"]) == ("mail:w@example.invalid", "2026-03-02")
