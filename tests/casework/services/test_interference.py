"""Notes and observations at the services: sealed to whom they say, under a key of their own."""

import pytest

from casework.domain.errors import BadActError, UnknownDepartmentError
from casework.domain.ids import new_id
from casework.services import copies, interference
from crypto.dossier import Note, Sending, compose_note
from crypto.public_key import PublicKey
from people import SITE
from turning import AWB, JW, YJJ, ZJJ

NOTE = interference.INTERFERENCE


def sealed(world, report, kind, key_kind, *offices) -> Note:
    case = world.case(report)
    return compose_note(
        Sending.begin(site=SITE, report_id=report, sending_id=new_id()),
        kind=kind, text="样本文字", key_kind=key_kind, offices=offices,
        keyset=world.trust.keyset, new_id=new_id,
        reporter=PublicKey(bytes.fromhex(case.reporter_box), bytes.fromhex(case.reporter_sign)),
    )  # fmt: skip


def stores(world, report, note, readers):
    facts = {"readers": readers}
    return interference.note_interference(
        world.store,
        act=world.sign("yjj-officer", "interference.noted", report, facts, note.records),
        objects=(note.manifest, note.sealed), wraps=note.wraps,
        trust=world.trust, now=world.now,
    )  # fmt: skip


def observes(world, report, note):
    return copies.give_observation(
        world.store,
        act=world.sign("zjj-officer", "observation.given", report, {}, note.records),
        objects=(note.manifest, note.sealed), wraps=note.wraps,
        trust=world.trust, now=world.now,
    )  # fmt: skip


def test_a_note_is_sealed_to_the_readers_it_names_and_to_nobody_else(world):
    report = world.file_report().report
    before = world.case(report)
    for offices in ((AWB,), (AWB, JW, YJJ), (AWB, ZJJ)):
        with pytest.raises(BadActError):
            stores(
                world, report, sealed(world, report, "interference", "note", *offices), [AWB, JW]
            )
    for kind, key_kind in (("opinion", "note"), ("interference", "content")):
        with pytest.raises(BadActError):
            stores(world, report, sealed(world, report, kind, key_kind, AWB, JW), [AWB, JW])
    note = sealed(world, report, NOTE, "note", AWB)
    with pytest.raises(UnknownDepartmentError):
        stores(world, report, note, [AWB, "410329-xyz"])
    assert world.case(report) == before
    case = stores(world, report, sealed(world, report, NOTE, "note", AWB, JW), [AWB, JW])
    assert case.interference[0].readers == (AWB, JW)


def test_an_observation_is_sealed_to_every_office_of_the_case(world):
    report = world.file_report().report
    copies.send_copies(
        world.store,
        act=world.sign("yjj-officer", "copy.sent", report, {"copies": [ZJJ]}),
        trust=world.trust, now=world.now,
    )  # fmt: skip
    for offices in ((YJJ,), (YJJ, AWB, ZJJ)):
        with pytest.raises(BadActError):
            observes(world, report, sealed(world, report, "observation", "content", *offices))
    for kind, key_kind in (("opinion", "content"), ("observation", "note")):
        with pytest.raises(BadActError):
            observes(world, report, sealed(world, report, kind, key_kind, YJJ, AWB))
    observes(world, report, sealed(world, report, "observation", "content", YJJ, AWB))
