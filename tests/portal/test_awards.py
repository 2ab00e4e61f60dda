"""What a reporter does about an award: declares, claims in the policy's ways, objects."""

import json
import re
from dataclasses import replace
from io import BytesIO

import pytest

from browsing import Visitor, code_of, photograph
from casework.domain import award_values
from casework.domain.errors import ApprovalVoidError
from casework.domain.ids import new_id
from casework.services import award_reviews, rewards
from casework.services.rulebook import Rulebook
from crypto.claim_number import claim_hash, confirm_hash
from portal.forms.wording import CLAIM_WAYS
from portal.views import award_wording


@pytest.fixture
def reporter(visitor):
    """A visitor who gave a name, whose report is filed and whose mailbox is open."""
    visitor.code = visitor.file(anonymous="", name="样本甲", phone="13800138000", consent="y")
    assert visitor.enter(visitor.code).status_code == 303
    return visitor


@pytest.fixture
def report(world, reporter):
    """The id of the report, accepted and found true."""
    found = world.store.read(lambda uow: uow.reports.ids())[0]
    world.appropriate()
    world.accept(found)
    world.conclude(found)
    return found


def words_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def confirmation_of(answer):
    return "".join(re.findall(r"[0-9]", answer.text.split('id="confirmation">')[1].split("<")[0]))


def test_there_are_words_for_every_reason_that_an_office_can_give():
    for words, codes in (
        (award_wording.REFUSED, award_values.REFUSED_FOR),
        (award_wording.BANK, award_values.BANK_REASONS),
        (award_wording.REOPENED, award_values.REOPENED_FOR),
        (award_wording.RECALLED, award_values.RECALLED_FOR),
    ):
        assert [code for code in codes if code not in words] == []


# ---- what is declared -----------------------------------------------------------------------


def declaration(reporter: Visitor, **typed):
    """The form as the page shows it, filled in."""
    page = reporter.get("/follow-up/declaration")
    return reporter.tokens(page) | {"relation": "staff", "signers": "1"} | typed


def test_a_declaration_is_signed_and_changes_what_the_award_is_worked_out_from(
    world, reporter, report
):
    typed = {"day_0": "2025年3月5日", "amount_0": "500", "matter_0": "general_hazard"}
    answer = reporter.post("/follow-up/declaration", declaration(reporter, **typed))
    assert answer.headers["Location"].endswith("/follow-up/reward?done=declaration")
    said = world.case(report).declared
    assert (said.relation, said.signers) == ("staff", 1)
    prior = {"decided_on": "2025-03-05", "amount_fen": 50000, "matter": "general_hazard"}
    assert json.loads(said.prior) == [prior]
    page = words_of(reporter.get("/follow-up/reward"))
    assert "我在被举报的单位工作" in page
    assert "2025-03-05 ， 500 元" in page.replace("，", " ， ").replace("  ", " ")

    # What stands is shown again, and a later one replaces it
    again = reporter.get("/follow-up/declaration").text
    assert 'value="2025-03-05"' in again
    emptied = declaration(reporter, relation="none", day_0="", amount_0="", matter_0="")
    assert reporter.post("/follow-up/declaration", emptied).status_code == 303
    assert world.case(report).declared.prior == "[]"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"relation": "uncle"}, "relation"),
        ({"signers": "0"}, "signers"),
        ({"signers": "x"}, "signers"),
        ({"day_0": "2026-02-30", "amount_0": "5", "matter_0": "violation"}, "day_0"),
        ({"day_0": "2027-03-05", "amount_0": "5", "matter_0": "violation"}, "day_0"),
        ({"day_1": "2025-03-05", "amount_1": "-5", "matter_1": "violation"}, "amount_1"),
        ({"day_1": "2025-03-05", "amount_1": "5", "matter_1": "retaliation"}, "matter_1"),
        ({"amount_9": "5"}, "day_9"),
    ],
)
def test_a_slip_leads_to_the_box_it_is_in(world, reporter, report, typed, field):
    answer = reporter.post("/follow-up/declaration", declaration(reporter, **typed))
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}' in answer.text
    assert world.case(report).declared is None


def test_once_agreed_to_nothing_can_be_declared(world, reporter, report):
    late = declaration(reporter)
    world.reserve(report)
    world.approve(report)
    page = reporter.get("/follow-up/declaration").text
    assert "不能再申报" in page
    assert 'name="relation"' not in page
    answer = reporter.post("/follow-up/declaration", late)
    assert answer.status_code == 422
    assert "奖励已经批准或者办完" in answer.text
    assert world.case(report).declared is None


def test_who_agreed_before_the_declaration_has_to_agree_again(world, reporter, report):
    world.reserve(report)
    world.say_yes(report)
    assert len(world.case(report).award.approvals) == 1
    assert reporter.post("/follow-up/declaration", declaration(reporter)).status_code == 303
    with pytest.raises(ApprovalVoidError):
        world.say_yes(report, "finance")
    world.reserve(report)
    assert world.case(report).award.approvals == ()


# ---- what is told ---------------------------------------------------------------------------


def test_no_sum_before_the_whole_ladder_has_agreed(world, reporter, report):
    """60,000 yuan need the approver and finance; one yes is none."""
    world.reserve(report)
    assert len(world.case(report).award.rungs) == 2
    world.say_yes(report)
    for path in ("/follow-up/case", "/follow-up/reward"):
        page = reporter.get(path).text
        assert "60,000" not in page
        assert "申请领取</button>" not in page
    world.say_yes(report, "finance")
    assert "¥60,000.00" in reporter.get("/follow-up/reward").text
    assert "¥60,000.00" in reporter.get("/follow-up/case").text


def test_who_is_refused_reads_why_and_may_object(world, reporter, report):
    world.reserve(report)
    award = world.case(report).award.id
    facts = {"award": award, "reason_code": "already_known"}
    act = world.sign("awb-approver", "reward.rejected", report, facts)
    rewards.reject_reward(world.store, act=act, trust=world.trust, now=world.now)
    for path in ("/follow-up/case", "/follow-up/reward"):
        assert "有关部门已经掌握了这件事" in reporter.get(path).text
    page = reporter.get(f"/follow-up/awards/{award}/objection")
    form = reporter.tokens(page)
    empty = reporter.post(f"/follow-up/awards/{award}/objection", form | {"text": ""})
    assert empty.status_code == 422
    assert "请写明不同意的理由。" in empty.text
    sent = reporter.post(f"/follow-up/awards/{award}/objection", form | {"text": "首次举报。"})
    assert sent.headers["Location"].endswith("done=award_objection")
    assert world.case(report).award.objected
    assert "首次举报。" in reporter.get("/follow-up/case").text
    assert "正在复核" in reporter.get("/follow-up/reward").text
    twice = reporter.post(f"/follow-up/awards/{award}/objection", form | {"text": "再说一次。"})
    assert twice.status_code == 422
    assert "您的异议正在复核" in twice.text

    # And others decide
    asked = world.case(report).award.objected
    facts = {"award": award, "asked": asked, "outcome": "kept"}
    act = world.sign("awb-supervisor", "reward.reviewed", report, facts)
    award_reviews.decide_award_review(world.store, act=act, trust=world.trust, now=world.now)
    assert "维持原来的决定" in reporter.get("/follow-up/case").text


def test_after_the_last_day_nobody_objects(world, reporter, report):
    world.reserve(report)
    world.approve(report)
    award = world.case(report).award.id
    form = reporter.tokens(reporter.get(f"/follow-up/awards/{award}/objection"))
    world.move(days=90)
    reporter.enter(reporter.code)
    page = reporter.get(f"/follow-up/awards/{award}/objection").text
    assert "现在不能对这份奖励提出异议" in page
    form = reporter.tokens(reporter.get("/follow-up/awards/x/objection")) | {"text": "晚了。"}
    late = reporter.post(f"/follow-up/awards/{award}/objection", form)
    assert late.status_code == 422
    assert "已经过了" in late.text
    assert not world.case(report).award.objected


# ---- how it is claimed ----------------------------------------------------------------------


@pytest.fixture
def told(world, reporter, report):
    """The award is agreed to, and its reporter told."""
    world.reserve(report)
    world.approve(report)
    return reporter


@pytest.mark.parametrize("how", ["counter", "voucher"])
def test_both_numbers_are_shown_once_and_kept_as_hashes_alone(world, told, report, how):
    form = told.form("/follow-up/reward")
    answer = told.post("/follow-up/reward", form | {"how": how})
    number, confirmation = code_of(answer), confirmation_of(answer)
    assert (len(number), len(confirmation)) == (16, 8)
    award = world.case(report).award
    assert award.how == how
    assert award.claim_hash == claim_hash(number, pepper=world.pepper)
    told_hash = confirm_hash(confirmation, award.claim_hash, pepper=world.pepper)
    assert award.confirm_hash == told_hash
    for path in ("/follow-up/case", "/follow-up/reward"):
        page = re.sub(r"\s", "", told.get(path).text)
        assert number not in page
        assert confirmation not in page
    assert ("凭证号" in answer.text) == (how == "voucher")
    assert world.case(report).case_number in answer.text

    # Asked for again, the old ones are void
    again = told.post("/follow-up/reward", form | {"how": how})
    assert code_of(again) != number
    assert world.case(report).award.claim_hash != award.claim_hash


def mandate(told, **typed):
    """The agent's form, with a photograph of the mandate."""
    filled = {
        "agent": "样本律师", "document": "id_card", "number": "11010519491231002X",
        "agent_phone": "13900139000", "identity_files": (BytesIO(photograph()), "mandate.jpg"),
    }  # fmt: skip
    return filled | typed


def test_an_agent_is_named_and_the_mandate_sealed(world, told, report):
    asked = told.post("/follow-up/reward", told.form("/follow-up/reward") | {"how": "agent"})
    where = asked.headers["Location"]
    assert world.case(report).award.how == ""
    page = told.get(where)
    answer = told.post(where, told.tokens(page) | mandate(told))
    assert answer.status_code == 200, words_of(answer)
    award = world.case(report).award
    assert (award.how, award.version) == ("agent", 1)
    assert award.claim_hash == claim_hash(code_of(answer), pepper=world.pepper)
    assert award.confirm_hash
    kinds = told.get("/follow-up/identity").text
    assert "委托书和代理人" in kinds
    world.store.close()
    stored = b"".join(p.read_bytes() for p in world.settings.home.rglob("*") if p.is_file())
    for plain in ("样本律师", "11010519491231002X", "mandate.jpg"):
        assert plain.encode() not in stored


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"agent": ""}, "agent"),
        ({"document": "passport"}, "document"),
        ({"number": ""}, "number"),
        ({"number": "110105194912310021"}, "number"),
        ({"identity_files": (BytesIO(b""), "")}, "identity_files"),
    ],
)
def test_a_slip_in_the_mandate_is_told_and_nothing_kept(world, told, report, typed, field):
    where = f"/follow-up/awards/{world.case(report).award.id}/agent"
    answer = told.post(where, told.tokens(told.get(where)) | mandate(told, **typed))
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert world.case(report).award.how == ""


def test_a_mandate_taken_back_takes_the_claim_with_it(world, told, report):
    where = f"/follow-up/awards/{world.case(report).award.id}/agent"
    assert told.post(where, told.tokens(told.get(where)) | mandate(told)).status_code == 200
    form = told.form("/follow-up/identity") | {"kinds": ["mandate"], "understood": "y"}
    assert told.post("/follow-up/identity", form).status_code == 303
    award = world.case(report).award
    assert (award.state, award.item, award.claim_hash) == ("notified", "", "")
    assert "申请领取</button>" in told.get("/follow-up/reward").text


def test_a_way_that_the_policy_does_not_have_is_not_offered_and_refused(
    world, told, report, monkeypatch
):
    assert 'value="voucher"' in told.get("/follow-up/reward").text
    form = told.form("/follow-up/reward") | {"how": "voucher"}
    policy = world.policies.get(world.case(report).policy_id)
    fewer = replace(policy, own_claim=replace(policy.claim, ways=("account", "counter")))
    monkeypatch.setattr(Rulebook, "policy_of", lambda _self, _case: fewer)
    assert 'value="voucher"' not in told.get("/follow-up/reward").text
    answer = told.post("/follow-up/reward", form)
    assert answer.status_code == 422
    assert 'href="#how"' in answer.text

    # And behind the page the service refuses it
    monkeypatch.setattr("portal.views.mailbox.ways_of", lambda _here, _case: CLAIM_WAYS)
    answer = told.post("/follow-up/reward", form)
    assert answer.status_code == 422
    assert "这里的奖励办法不用这种领取方式" in answer.text
    assert world.case(report).award.how == ""


def test_what_a_review_adds_to_a_paid_award_stands_on_the_page_by_itself(world, told, report):
    told.post("/follow-up/reward", told.form("/follow-up/reward") | {"how": "counter"})
    first = world.case(report).award
    world.pay(report, means="cash", claim_hash=first.claim_hash)
    where = f"/follow-up/awards/{first.id}/objection"
    form = told.tokens(told.get(where)) | {"text": "少算了一笔罚款。"}
    assert told.post(where, form).status_code == 303
    facts = {
        "award": first.id, "asked": world.case(report).award.objected, "outcome": "redo",
        "beside": new_id(),
    }  # fmt: skip
    act = world.sign("awb-supervisor", "reward.reviewed", report, facts)
    award_reviews.decide_award_review(world.store, act=act, trust=world.trust, now=world.now)
    page = words_of(told.get("/follow-up/reward"))
    before, _, after = page.partition("第 2 份奖励")
    assert "¥60,000.00" in before
    assert "已发放" in before
    assert "复核决定补发的部分，正在核定。" in after
    assert "¥" not in after
    assert "申请领取" not in page
