"""The papers of an award: what stands on them, what never does, who gets them, and as PDF."""

import io
import re
from fractions import Fraction

import pikepdf
import pytest

from banking import released
from casework.domain.claim_rules import ClaimRule
from casework.domain.disbursement import disbursement_of
from casework.printing import Missing
from casework.services import bank, rewards
from casework.services.claims import end_claims
from instance import PASSWORD
from payment import PAYEE

ARTICLE = re.compile(r"<article.*</article>", re.DOTALL)
BFCHAR = re.compile(rb"<[0-9a-f]+>\s*<([0-9a-f]+)>", re.IGNORECASE)
KINDS = ("notice", "voucher")
NEVER = (
    "样本甲",
    "6222",
    "样本化工",
    "储罐区",
    "yjj-officer",
    "cashier",
    "2026-03-02",
    "2026年3月2日",
)


def path(world, filed, kind):
    award = world.case(filed.report).award
    return f"/cases/{filed.report}/papers/awards/{award.id}/{kind}"


def paper(answer):
    """What is printed of a page: the article alone."""
    assert answer.status_code == 200, answer.text
    [found] = ARTICLE.findall(answer.text)
    return found


def signs(pdf):
    """The characters that a PDF shows."""
    found = ""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for page in document.pages:
            for font in dict(page.Resources.Font).values():
                for hexed in BFCHAR.findall(font.ToUnicode.read_bytes()):
                    found += bytes.fromhex(hexed.decode()).decode("utf-16-be")
    return set(found)


def agreed(world, **given):
    world.appropriate()
    filed = world.file_report(**given)
    world.accept(filed.report)
    world.conclude(filed.report)
    world.move(days=9)
    world.reserve(filed.report)
    world.approve(filed.report)
    return filed


@pytest.fixture
def approved(world):
    """An award of 60,000 yuan agreed to nine days after the report came in, not claimed yet."""
    return agreed(world)


@pytest.fixture
def posted(world):
    """The same for somebody who wrote a letter: there is no mailbox to tell them in."""
    return agreed(world, channel="letter")


@pytest.fixture
def claimed(world, approved):
    """The same, to be paid at the counter; three days later than it came in."""
    world.move(days=3)
    world.claim(approved, how="counter")
    return approved


def test_the_notice_tells_the_sum_twice_and_how_to_claim_it(world, sign_in, approved):
    desk = sign_in("yjj-officer")
    where = path(world, approved, "notice")
    assert where in desk.get(f"/cases/{approved.report}").text
    page = paper(desk.get(where))
    for told in (
        "领奖通知书",
        "伊川县应急管理局",
        approved.case_number,
        "¥60,000.00",
        "陆万元整",
        "柜台凭领奖号领取",
        "2026年5月11日（含当日）前",
        "视为放弃",
        "30 个工作日内在查询页提出",
        "（印章）",
    ):
        assert told in page, told


def test_the_voucher_has_the_five_sums_and_room_for_two_signatures(world, sign_in, claimed):
    page = paper(sign_in("cashier").get(path(world, claimed, "voucher")))
    for told in (
        "支付凭单",
        "应发",
        "依法扣减",
        "扣减后",
        "代扣税款",
        "实发",
        "财税字〔1994〕20号",
        "陆万元整",
        "柜台凭领奖号领取",
        "出纳",
        "复核人",
    ):
        assert told in page, told
    assert page.count("¥60,000.00") == 4  # above, and gross, net and paid
    assert page.count("¥0.00") == 2


def test_the_announcement_tells_the_case_number_and_the_limit_and_no_sum(world, sign_in, posted):
    page = paper(sign_in("yjj-leader").get(path(world, posted, "announcement")))
    for told in (posted.case_number, "通知送达之日起 60 日内", "视为放弃", "2026年3月11日"):
        assert told in page, told
    for never in (*NEVER, "¥", "陆万", "危险化学品"):
        assert never not in page, never


def test_who_has_a_mailbox_is_told_there_and_not_in_public(world, sign_in, approved):
    desk = sign_in("yjj-leader")
    assert desk.get(path(world, approved, "announcement")).status_code == 404
    assert "领奖公告" not in desk.get(f"/cases/{approved.report}").text


def test_after_a_letter_there_is_no_announcement_after_an_announcement_there_is(
    world, sign_in, posted
):
    other = agreed(world, channel="letter")
    for filed, how in ((posted, "letter"), (other, "announced")):
        award = world.case(filed.report).award
        rewards.note_notice(
            world.store,
            act=world.sign(
                "yjj-officer",
                "reward.notified",
                filed.report,
                {"award": award.id, "how": how, "document": "伊应急告〔2026〕7号"},
            ),
            trust=world.trust,
            now=world.now,
        )
    desk = sign_in("yjj-leader")
    assert desk.get(path(world, posted, "announcement")).status_code == 404
    page = paper(desk.get(path(world, other, "announcement")))
    assert "2026年5月19日（含当日）前" in page


def test_who_has_no_code_is_told_to_come_with_the_identity_card(world, sign_in, posted):
    for kind in ("notice", "announcement"):
        page = paper(sign_in("yjj-leader").get(path(world, posted, kind)))
        assert "本人有效身份证件" in page
        for never in ("查询码", "领奖号", "查询页"):
            assert never not in page, (kind, never)


def test_what_nobody_claimed_in_time_is_announced_as_lapsed(world, sign_in, approved):
    desk = sign_in("yjj-leader")
    assert desk.get(path(world, approved, "lapsed")).status_code == 404
    world.move(days=70)
    end_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    desk = sign_in("yjj-leader")
    assert "奖励失效公告" in desk.get(f"/cases/{approved.report}").text
    page = paper(desk.get(path(world, approved, "lapsed")))
    for told in (approved.case_number, "奖励失效", "2026年5月20日"):
        assert told in page, told
    for never in (*NEVER, "¥", "陆万", "危险化学品"):
        assert never not in page, never
    for kind in ("notice", "announcement", "voucher"):
        assert desk.get(path(world, approved, kind)).status_code in (403, 404)


@pytest.mark.parametrize("kind", KINDS)
def test_no_paper_has_a_name_an_account_or_the_day_of_the_report(world, sign_in, claimed, kind):
    page = paper(sign_in("cashier").get(path(world, claimed, kind)))
    for never in NEVER:
        assert never not in page, never


def test_its_number_names_the_act_and_stays(world, sign_in, claimed):
    number = re.compile(r'paper-number">([^<]+)<')
    desk = sign_in("cashier")
    before = [number.findall(paper(desk.get(path(world, claimed, one)))) for one in KINDS]
    world.move(days=1)
    desk = sign_in("cashier")
    assert before == [number.findall(paper(desk.get(path(world, claimed, one)))) for one in KINDS]
    assert before[0] != before[1]
    assert all(
        re.fullmatch(re.escape(claimed.case_number) + "-[0-9A-F]{8}", one) for [one] in before
    )


def test_before_its_time_a_paper_is_not_there(world, sign_in):
    world.appropriate()
    filed = world.file_report()
    world.accept(filed.report)
    world.conclude(filed.report)
    world.reserve(filed.report)
    desk = sign_in("cashier")
    for kind in KINDS:
        assert desk.get(path(world, filed, kind)).status_code == 404
        assert desk.get(path(world, filed, f"{kind}.pdf")).status_code == 404
    assert "领奖" not in desk.get(f"/cases/{filed.report}").text


def test_the_voucher_waits_for_the_claim_and_is_the_cashiers_alone(world, sign_in, approved):
    voucher = path(world, approved, "voucher")
    assert sign_in("cashier").get(voucher).status_code == 404
    world.claim(approved, how="counter")
    for kind in ("voucher", "voucher.pdf"):
        assert sign_in("yjj-officer").get(path(world, approved, kind)).status_code == 403
    assert voucher not in sign_in("yjj-officer").get(f"/cases/{approved.report}").text
    assert voucher in sign_in("cashier").get(f"/cases/{approved.report}").text


def test_the_award_of_another_case_is_not_there(world, sign_in, claimed):
    other = agreed(world)
    mine, theirs = (world.case(one.report).award.id for one in (claimed, other))
    desk = sign_in("cashier")
    for kind in (*KINDS, *(f"{one}.pdf" for one in KINDS)):
        for award in (theirs, "2" * 26):
            wrong = f"/cases/{claimed.report}/papers/awards/{award}/{kind}"
            assert desk.get(wrong).status_code == 404
    assert desk.get(f"/cases/{claimed.report}/papers/awards/{mine}/notice").status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_the_pdf_says_the_same_in_chinese_type_and_is_stored_nowhere(world, sign_in, claimed, kind):
    desk = sign_in("cashier")
    told = set(re.sub(r"<[^>]+>|\s", "", paper(desk.get(path(world, claimed, kind)))))
    answer = desk.get(path(world, claimed, f"{kind}.pdf"))
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers
    assert "Last-Modified" not in answer.headers
    assert re.fullmatch(
        rf"attachment; filename={kind}-\w{{8}}\.pdf", answer.headers["Content-Disposition"]
    )
    assert told <= signs(answer.data) | {"&", ";", "#", "3", "9"}
    with pikepdf.open(io.BytesIO(answer.data)) as document:
        assert set(document.docinfo) == {"/Title", "/Producer"}
        assert len(document.pages) == 1


def test_where_no_pdf_can_be_made_the_page_says_so(world, sign_in, claimed, monkeypatch):
    monkeypatch.setattr("admin.views.reward_papers.missing", lambda: Missing.LIBRARY)
    desk = sign_in("cashier")
    answer = desk.get(path(world, claimed, "voucher.pdf"))
    assert (answer.status_code, answer.location) == (302, path(world, claimed, "voucher"))
    page = desk.get(path(world, claimed, "voucher")).text
    assert "没有装 PDF 组件或中文字体" in page
    assert ".pdf" not in page
    assert "陆万元整" in page


def test_a_paper_of_a_demo_says_that_it_proves_nothing(world, sign_in, approved):
    assert "演示件，不作凭证" in paper(sign_in("yjj-officer").get(path(world, approved, "notice")))


# ---- the list of a batch for the bank ------------------------------------------------------------


def test_the_list_of_a_batch_has_every_reference_and_sum_and_no_payee(world, sign_in):
    world.appropriate()
    filed = [world.approved() for _ in range(2)]
    desk = ordered(world, sign_in("cashier"), filed)
    [batch] = bank.batches(world.store)
    where = f"/bank/{batch.name}/cover"
    assert where in desk.get(f"/bank/{batch.name}").text
    page = paper(desk.get(where))
    for told in ("付款批次清单", batch.name, "¥120,000.00", "壹拾贰万元整", "财税字〔1994〕20号"):
        assert told in page, told
    for number in (1, 2):
        assert page.count(f"{batch.name}00{number}") == 1
    for never in (*(one.case_number for one in filed), *PAYEE.values()):
        assert never not in page, never
    answer = sign_in("finance").get(f"{where}.pdf")
    assert answer.mimetype == "application/pdf"
    assert set(re.sub(r"<[^>]+>|\s", "", page)) <= signs(answer.data) | {"&", ";", "#", "3", "9"}
    assert sign_in("yjj-officer").get(where).status_code == 403
    assert desk.get("/bank/ABCDEFGH/cover").status_code == 404


def test_who_has_an_interest_in_one_of_its_cases_does_not_see_the_list(world, sign_in, monkeypatch):
    world.appropriate()
    filed = [world.approved()]
    desk = ordered(world, sign_in("cashier"), filed)
    [batch] = bank.batches(world.store)
    monkeypatch.setattr("admin.views.bank_cover.met", lambda: frozenset({filed[0].report}))
    assert desk.get(f"/bank/{batch.name}/cover").status_code == 404
    assert desk.get(f"/bank/{batch.name}/cover.pdf").status_code == 404


def ordered(world, desk, filed):
    """Send a batch of these awards to the bank."""
    for one in filed:
        released(world, one)
    award = {one.report: world.case(one.report).award.id for one in filed}
    page = desk.deed(
        "/bank/opening", page="/bank", line=[f"{report}.{one}" for report, one in award.items()]
    )
    [box] = re.findall(r'name="box"[^>]*value="([^"]+)"', page.text)
    answer = desk.post(
        "/bank/orders",
        page="/bank",
        box=box,
        line=[*award.values()],
        file_format="csv",
        password=PASSWORD,
    )
    assert answer.status_code == 200
    return desk


# ---- where the rules cut and tax -----------------------------------------------------------------


def taxing(_rule, gross_fen):
    """A tenth is cut by statute, a fifth of the rest withheld as tax."""
    return disbursement_of(ClaimRule(cut_rate=Fraction(1, 10), tax_rate=Fraction(1, 5)), gross_fen)


def test_where_the_rules_cut_and_tax_the_voucher_has_each_sum_and_pays_the_last(
    world, sign_in, claimed, monkeypatch
):
    monkeypatch.setattr("casework.services.award_papers.disbursement_of", taxing)
    page = paper(sign_in("cashier").get(path(world, claimed, "voucher")))
    sums = re.findall(r'class="number">([^<]+)<', page)
    assert sums == ["¥60,000.00", "¥6,000.00", "¥54,000.00", "¥10,800.00", "¥43,200.00"]
    assert "肆万叁仟贰佰元整" in page
    assert "陆万元整" not in page
    assert "代扣税款依据" in page


def test_the_cashier_is_told_what_to_hand_over_and_finds_the_voucher(
    world, sign_in, claimed, monkeypatch
):
    desk = sign_in("cashier")
    where = f"/cases/{claimed.report}/reward/payment"
    page = desk.get(where).text
    assert path(world, claimed, "voucher") in page
    assert '<p class="clock">¥60,000.00</p>' in page
    assert "依法扣减" not in page
    monkeypatch.setattr("admin.views.counter.disbursement_of", taxing)
    page = desk.get(where).text
    assert '<p class="clock">¥43,200.00</p>' in page
    for told in ("肆万叁仟贰佰元整", "¥60,000.00", "¥6,000.00", "¥10,800.00"):
        assert told in page
