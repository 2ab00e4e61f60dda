"""Notes of interference: by whoever works on the case, for those above, hidden from the others."""

from collections.abc import Callable

import pytest

from case_story import AWB, LEADER, OFFICER, SUPERVISOR, YJJ, Story, person
from casework.domain.case_json import case_from_json, case_to_json
from casework.domain.errors import (
    AccusedOfficeError,
    BadActError,
    CaseworkError,
    NotPermittedError,
    UnknownAskError,
)
from casework.domain.interference import NOTED, READ, is_hidden
from casework.domain.report import TRANSITIONS, allowed_kinds
from casework.domain.waiting import INTERFERENCE, waiting_in

JW, JTJ, ZJJ = "410329-jw", "410329-jtj", "410329-zjj"
BODY = person("body", JW, "officer", "leader", "supervisor")


def test_whoever_reads_the_case_notes_it_in_any_state(begun: Callable[..., Story]):
    for story in (begun(), begun().accepted(), begun().refused()):
        for who in (OFFICER, LEADER, SUPERVISOR):
            story.tell(NOTED, who, readers=[JW])
        for who in (BODY, person("z", ZJJ, "officer"), person("a", YJJ, "auditor")):
            with pytest.raises(NotPermittedError):
                begun().tell(NOTED, who, readers=[AWB])


def test_it_goes_to_nobody_who_works_on_it_or_is_kept_out(begun: Callable[..., Story]):
    helped = begun().tell("cohandlers.named", LEADER)
    for office in (YJJ, JTJ):
        with pytest.raises(BadActError, match="readers"):
            helped.tell(NOTED, OFFICER, readers=[AWB, office])
    for kept_out in ({"about": JW}, {"barred": [JW]}):
        with pytest.raises(AccusedOfficeError):
            begun(**kept_out).tell(NOTED, OFFICER, readers=[JW])
    with pytest.raises(BadActError, match="readers"):
        begun().tell(NOTED, OFFICER, readers=[])


def test_a_reader_opens_the_note_and_nothing_else_of_the_case(story: Story):
    story.tell(NOTED, OFFICER, readers=[AWB, JW])
    assert case_from_json(case_to_json(story.case)) == story.case
    may = {READ, "keys.rewrapped"}
    custody = {"release.requested", "release.opened", "release.attempted"}
    kinds = allowed_kinds(story.case, actor="body", office=JW, roles=BODY.roles)
    assert READ in kinds <= may | custody
    for kind in set(TRANSITIONS) - may - custody:
        with pytest.raises(CaseworkError):
            story.tell(kind, BODY)
    story.tell(READ, BODY, asked=2).tell("keys.rewrapped", BODY, office=JW, key_id="ab" * 32)


def test_a_note_for_others_is_not_opened(story: Story):
    story.tell(NOTED, OFFICER, readers=[AWB]).tell(NOTED, OFFICER, readers=[JW])
    with pytest.raises(NotPermittedError):
        story.tell(READ, BODY, asked=2)
    with pytest.raises(NotPermittedError):
        story.tell(READ, OFFICER, asked=2)
    with pytest.raises(UnknownAskError):
        story.tell(READ, BODY, asked=1)
    story.tell(READ, BODY, asked=3).tell(READ, SUPERVISOR, asked=2)


def test_it_stands_in_the_readers_lists_as_long_as_it_is_kept(story: Story):
    story.tell(NOTED, OFFICER, readers=[AWB, JW]).refused()
    found = [one for one in waiting_in(story.case) if one.kind == INTERFERENCE]
    assert {(one.office, one.since, one.sort_key) for one in found} == {
        (AWB, 2, "2026-03-22"), (JW, 2, "2026-03-22"),
    }  # fmt: skip


def test_in_the_case_it_is_seen_by_its_writer_and_its_readers_alone():
    facts = {"readers": [AWB]}

    def hidden(kind: str, account: str, office: str) -> bool:
        return is_hidden(kind, facts, "officer", account=account, office=office)

    assert not hidden(NOTED, "officer", YJJ)
    assert not hidden(NOTED, "supervisor", AWB)
    assert hidden(NOTED, "leader", YJJ)
    assert hidden(NOTED, "body", JW)
    assert hidden(READ, "officer", YJJ)
    assert not hidden("report.read", "leader", YJJ)
