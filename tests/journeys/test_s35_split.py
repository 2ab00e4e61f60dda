"""S35: three ranked contributors and a joint group share one award; S14's half of it, too."""

import re
from pathlib import Path

import pytest

from actors import Clerk, Reporter
from console_words import ended_clocks, running_clocks
from moving import Moving
from split_policy import weigh
from visitor import Page

REVIEW = "奖励复核期限"
SHARES = ("¥10,000.00", "¥18,000.00", "¥12,000.00")


@pytest.fixture
def weighed(season: Moving, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Moving:
    """The stage with a fund, and rules under which contributions are weighed."""
    season.world.appropriate()
    weigh(season, monkeypatch, tmp_path / "policies")
    return season


def reports(season: Moving, text: str, name: str) -> Reporter:
    """Somebody reports the pit and leaves a name; the log takes it in before the next one does."""
    reporter = season.reporter()
    reporter.opens_the_form()
    reporter.reports(narrative=text, name=name, phone="13800000000", consent="y")
    assert reporter.case_number
    season.jobs()
    return reporter


def declares(reporter: Reporter, signers: int) -> None:
    """The reporter says how many signed the report."""
    reporter.looks_in()
    page = reporter.visitor.get("/follow-up/declaration")
    form = page.form("/follow-up/declaration")
    sent = reporter.visitor.send(form, {"relation": "none", "signers": str(signers)})
    assert sent.status == 200, sent.text


def matter(season: Moving) -> tuple[Reporter, Reporter, Reporter]:
    """Three report the same pit, the first signed by three; two join the first; it is true."""
    found = []
    for text, name in (
        ("储罐区路面塌陷成坑，无人围挡。", "样本甲"),
        ("罐区门口有个大坑。", "样本乙"),
        ("坑更大了，附照片。", "样本丙"),
    ):
        found.append(reports(season, text, name))
        season.world.move(minutes=5)
    first, second, third = found
    for one in found:
        season.officer().accepts(one.case_number)
    declares(first, 3)
    for one, kind in ((second, "same"), (third, "supplementary")):
        officer = season.officer()
        officer.opens_case(one.case_number)
        officer.follows("并案")
        sent = officer.sends("签署并案", number=first.case_number, kind=kind)
        assert sent.status == 200, sent.text
    season.officer().concludes(first.case_number)
    season.working.open_claims()
    return first, second, third


def proposes(season: Moving, number: str, **weights: str) -> Page:
    """The officer weighs and signs."""
    officer = season.officer()
    officer.opens_case(number)
    page = officer.follows("拟定奖励")
    # rank and proof of time beside each weight
    assert re.findall(r"第 (\d) 位", page.text)[:1] == ["1"]
    assert page.text.count("登记事件摘要") == 3
    digests = re.findall(r"登记事件摘要 ([0-9a-f]{64})", page.text)
    assert len(set(digests)) == 3
    return officer.sends("签署并预留资金", **weights)


WEIGHED = {
    "weight_1": "5", "signer_1_1": "1", "signer_1_2": "1", "signer_1_3": "1",
    "weight_2": "3", "weight_3": "2",
}  # fmt: skip


def agrees(season: Moving, number: str, login: str) -> Page:
    """Somebody on the ladder agrees."""
    clerk = season.approver(login)
    return clerk.approves(number) if login == "awb-approver" else _confirms(clerk, number)


def _confirms(clerk: Clerk, number: str) -> Page:
    clerk.opens_case(number)
    clerk.follows("确认资金")
    return clerk.sends("签署", decision="approve")


def objects(reporter: Reporter, text: str) -> None:
    """The reporter objects to the own part."""
    award_page(reporter)
    page = reporter.visitor.follow("对这份奖励提出异议")
    sent = reporter.visitor.send(page.form("/objection", field="text"), {"text": text})
    assert sent.status == 200, sent.text


def award_page(reporter: Reporter) -> Page:
    """The reporter's own page of the award."""
    reporter.looks_in()
    return reporter.visitor.get("/follow-up/reward")


def test_shares_sum_to_the_award_and_each_sees_only_their_own(weighed: Moving):
    first, second, third = matter(weighed)
    number = first.case_number

    # When a weighted split is proposed, weights that the rules do not know are refused in words
    refused = proposes(weighed, number, **(WEIGHED | {"weight_1": "0"}))
    assert (refused.status, "不能越过第 1 位" in refused.text) == (422, True)
    proposed = proposes(weighed, number, **WEIGHED)
    assert "已拟定" in proposed.text, proposed.text

    # Then who agrees sees each part and that they add up to the award
    approver = weighed.approver()
    approver.opens_case(number)
    page = approver.follows("审批奖励")
    assert re.findall(r"¥(?:10|18|12),000\.00", page.text) == [
        "¥10,000.00", "¥10,000.00", "¥10,000.00", "¥18,000.00", "¥12,000.00",
    ]  # fmt: skip
    assert "合计 ¥60,000.00" in page.text
    assert "60,000 × 5/10 × 1/3" in page.text
    approver.sends("签署", decision="approve")
    agrees(weighed, number, "finance")
    weighed.jobs()

    # Each sees the own part alone, and nothing of the whole or of the others
    for reporter, own in zip((first, second, third), SHARES, strict=True):
        page = award_page(reporter)
        assert own in page.text
        others = {*SHARES, "¥60,000.00", "60,000", "30,000"} - {own}
        assert not [one for one in others if one in page.text]
        mailbox = reporter.looks_in()
        numbers = {one.case_number for one in (first, second, third)} - {reporter.case_number}
        assert not [one for one in (*others, *numbers) if one in mailbox.text]
    assert award_page(first).text.count("¥10,000.00") >= 3
    for word in ("并案", "位次", "同一事项"):
        assert word not in first.looks_in().text

    # Who signed together claim each by themselves; the others wait
    page = award_page(first)
    assert page.text.count("领取这一份") == 2
    page = first.visitor.follow("领取这一份")
    form = page.form("/follow-up/reward", field="how")
    sent = first.visitor.send(form, {"how": "counter"})
    assert re.search(r"领奖号.*?(\d{4} ){2,4}\d{4}", sent.text), sent.text
    texts = award_page(first).text
    assert texts.count("已申请领取") == 1, texts

    # And one appeal goes to other people one level up, with its own clock, in that case alone
    objects(second, "第二个举报的贡献更大。")
    weighed.jobs()
    case = f"/cases/{weighed.report_of(second.case_number)}"
    supervisor = weighed.clerk("awb-supervisor")
    assert REVIEW in running_clocks(supervisor.visitor.get(case))
    lead = weighed.officer().opens_case(number)
    assert REVIEW not in running_clocks(lead)
    approver = weighed.approver()
    refused = approver.visitor.get(f"{case}/reward/review")
    assert refused.status == 403
    page = supervisor.visitor.get(f"{case}/reward/claim")
    supervisor.follows("复核奖励异议")
    done = supervisor.sends("签署决定", outcome="kept", note="按贡献分配，权重适当。")
    assert done.status == 200, done.text
    assert REVIEW in ended_clocks(supervisor.visitor.get(case))
    assert "按贡献分配，权重适当。" in second.looks_in().text
    for other in (first, third):
        assert "权重适当" not in other.looks_in().text
        assert "异议" not in other.looks_in().text.replace("提出异议", "")

    # And signed events, rows, books and register agree
    assert weighed.problems() == []


def picks_up(season: Moving, reporter: Reporter, link: str = "") -> Page:
    """The reporter claims a part at the counter; a second officer confirms, the cashier pays."""
    page = award_page(reporter)
    if link:
        page = reporter.visitor.follow(link)
    form = page.form("/follow-up/reward", field="how")
    answer = reporter.visitor.send(form, {"how": "counter"})
    number = re.search(r"((\d{4} ){3}\d{4})", answer.text)
    digits = re.search(r"确认码\s*(\d{4} \d{4})", re.sub(r"<[^>]+>|\s+", " ", answer.text))
    assert number, answer.text
    assert digits, answer.text
    operator = season.clerk("operator")
    waiting = operator.visitor.get("/counter/waiting")
    operator.visitor.get(next(at for _text, at in waiting.links if "confirmation" in at))
    assert operator.sends("签署核对", confirmation=digits.group(1)).status == 200
    return season.cashier().pays_at_the_counter(number.group(1))


def test_each_part_is_picked_up_by_itself(weighed: Moving):
    first, second, _third = matter(weighed)
    number = first.case_number
    proposes(weighed, number, **WEIGHED)
    agrees(weighed, number, "awb-approver")
    agrees(weighed, number, "finance")

    # Who signed the first report together: one of three is paid, two wait
    paid = picks_up(weighed, first, "领取这一份")
    assert paid.status == 200, paid.text
    page = award_page(first)
    assert page.text.count("已发放") == 1
    assert page.text.count("领取这一份") == 1

    # Who joined is paid in the own case, by a voucher that tells of nobody else
    assert picks_up(weighed, second).status == 200
    report = weighed.report_of(second.case_number)
    award = weighed.world.case(report).award
    assert award is not None
    voucher = weighed.cashier().visitor.get(f"/cases/{report}/papers/awards/{award.id}/voucher")
    assert "壹万捌仟元整" in voucher.text
    for word in ("样本乙", number, "60,000"):
        assert word not in voucher.text
    assert weighed.problems() == []


def test_by_the_national_rule_the_first_gets_it_all_and_the_others_hear_of_none(season: Moving):
    """S14: the same matter under 安监总财〔2018〕19号, which rewards the first accepted alone."""
    season.world.appropriate()
    first, second, third = matter(season)
    number = first.case_number
    officer = season.officer()
    officer.opens_case(number)
    page = officer.follows("拟定奖励")
    assert "奖励全部归最先收到的举报的第一署名人" in page.text
    assert page.text.count("登记事件摘要") == 3
    assert 'name="weight_1"' not in page.body.decode()
    officer.sends("签署并预留资金")
    agrees(season, number, "awb-approver")
    agrees(season, number, "finance")
    season.jobs()
    assert "¥60,000.00" in award_page(first).text
    for other in (second, third):
        assert "现在还没有奖励" in award_page(other).text
        assert "60,000" not in other.looks_in().text
    assert season.problems() == []
