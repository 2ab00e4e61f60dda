"""Replies by template: for each occasion one, filled from the case, pinned by its hash."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from case_story import OFFICER, REPORTER, begin
from casework.domain.case import (
    AskState,
    Award,
    AwardState,
    Case,
    Extension,
    Finding,
    Mark,
    State,
)
from casework.domain.case_turns import Rectification, Referral, Review
from casework.domain.errors import BadActError
from casework.domain.reply_templates import REPLIES, Reply, filled, offered, reply_of

SHA = "ab" * 32


def at(**given: Any) -> Case:
    accepted: dict[str, Any] = {"accepted_on": date(2026, 3, 3), "verify_due_on": date(2026, 4, 2)}
    return replace(begin().case, **{**accepted, **given})


def concluded(finding: Finding) -> Case:
    return at(state=State.CONCLUDED, finding=finding)


AWARD = Award("a" * 26, AwardState.NOTIFIED, 1, 2026, "p", SHA, SHA, "somebody")
LONGER = Extension(
    "verify", 2, 3, 30, "day", "complex", "leader", "x", "2026-04-02", AskState.GRANTED,
    due_on="2026-05-02",
)  # fmt: skip
CASES = {
    "accepted": at(state=State.ACCEPTED),
    "transferred": at(marks=(Mark("transferred", 2, "2026-03-03T02:00:00Z"),)),
    "extended": at(state=State.ACCEPTED, extensions=(LONGER,)),
    "substantiated": concluded(Finding.SUBSTANTIATED),
    "partly": concluded(Finding.PARTLY),
    "unsubstantiated": concluded(Finding.UNSUBSTANTIATED),
    "cannot_be_verified": concluded(Finding.CANNOT_BE_VERIFIED),
    "rectification": replace(
        concluded(Finding.SUBSTANTIATED),
        rectifications=(Rectification(4, "（伊）改〔2026〕3号", "x"),),
    ),
    "referral": at(referrals=(Referral(4, "police", "移〔2026〕1号", "x", "2026-03-05"),)),
    "objection_kept": replace(
        concluded(Finding.PARTLY), reviews=(Review(5, "kept", "x", 6, "2026-04-20"),)
    ),
    "objection_redo": at(
        state=State.ACCEPTED, reviews=(Review(5, "redo", "x", 6, "2026-04-20"),)
    ),
    "reward": replace(concluded(Finding.SUBSTANTIATED), award=AWARD),
}  # fmt: skip


def test_every_occasion_has_a_case_that_it_fits():
    assert list(CASES) == [one.code for one in REPLIES]
    assert offered(begin().case) == ()


@pytest.mark.parametrize("reply", REPLIES, ids=lambda one: one.code)
def test_a_template_names_its_clause_and_leaves_nothing_to_fill_in(reply: Reply):
    case = CASES[reply.code]
    assert reply_of(reply.code, case) is reply
    assert reply in offered(case)
    zh = filled(reply, case, lead="伊川县应急管理局", policy="奖励办法")
    en = filled(reply, case, lead="伊川县应急管理局", policy="奖励办法", is_english=True)
    assert reply.cite in zh
    assert case.case_number in zh
    assert case.case_number in en
    assert not re.search(r"[{}【】]|，，|（）|None", zh + en)
    assert "  " not in en
    assert reply.mark in {"S", "M", "D"}
    assert ("条文待核" in reply.cite or "条号待核" in reply.cite) == (reply.mark == "M")
    assert len(reply.code) <= 64


def test_what_varies_comes_from_the_case():
    def told(code: str, **how: bool) -> str:
        found = reply_of(code, CASES[code])
        assert found is not None
        return filled(found, CASES[code], lead="伊川县应急管理局", policy="奖励办法", **how)

    assert "2026年3月3日受理" in told("accepted")
    assert "2026年4月2日以前" in told("accepted")
    assert "accepted on 2026-03-03" in told("accepted", is_english=True)
    assert "情况复杂" in told("extended")
    assert "2026年5月2日" in told("extended")
    assert "（伊）改〔2026〕3号" in told("rectification")
    assert "公安机关" in told("referral")
    assert "the police" in told("referral", is_english=True)


def test_only_what_tells_the_result_is_one_and_needs_words():
    results = {one.code for one in REPLIES if one.is_result}
    assert results == {str(finding) for finding in Finding}
    assert all(one.needs_words for one in REPLIES if one.is_result)


def test_the_hash_stands_for_every_word():
    one = REPLIES[0]
    assert len({two.sha256 for two in REPLIES}) == len(REPLIES)
    changed = (
        replace(one, cite="x"),
        replace(one, mark="M"),
        replace(one, text_zh="x"),
        replace(one, text_en="x"),
    )
    assert one.sha256 not in {two.sha256 for two in changed}
    assert replace(one, zh="x", en="x").sha256 == one.sha256, "what officers call it is no text"


def test_a_message_names_template_and_version_or_neither_and_the_reporter_none(story):
    story.accepted()
    with pytest.raises(BadActError, match="template_sha256"):
        story.tell("message.sent", OFFICER, template="accepted")
    with pytest.raises(BadActError, match="template_sha256"):
        story.tell("message.sent", OFFICER, template_sha256=SHA)
    pinned = {"template": "accepted", "template_sha256": SHA}
    with pytest.raises(BadActError, match="template"):
        story.tell("message.sent", REPORTER, **{"from": "reporter", **pinned})
    story.tell("message.sent", OFFICER, **pinned)
