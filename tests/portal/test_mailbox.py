"""The reporter comes back: status, messages, evidence, reward; and nobody else does."""

import re
from io import BytesIO

import pytest

from browsing import Visitor, code_of
from casework.domain.ids import new_id
from casework.services import verification
from crypto.claim_number import claim_hash
from crypto.context import part_context
from crypto.events import SealedObject
from crypto.mailbox import seal_message
from crypto.receipt import draw_code, group
from crypto.receipt_code import check_digit
from instance import SITE
from portal import mailbox


@pytest.fixture
def reporter(visitor):
    """A visitor who gave a name, whose report is filed and whose mailbox is open."""
    visitor.code = visitor.file(anonymous="", name="样本甲", phone="13800138000", consent="y")
    assert visitor.enter(visitor.code).status_code == 303
    return visitor


def report_of(world):
    return world.store.read(lambda uow: uow.reports.ids())[0]


def words_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def session_of(site, reporter):
    session = mailbox.load(site, reporter.cookie.partition("=")[2])
    assert session is not None
    return session


def reply(world, site, reporter, text):
    """The office answers under the thread key, which a session of the reporter has too."""
    session = session_of(site, reporter)
    report, message_id = report_of(world), new_id()
    body = seal_message(
        text, key=session.threads[-1], context=part_context(SITE, report, "message", message_id)
    )
    message = SealedObject(message_id, "", "message", 1, body)
    verification.send_message(
        world.store,
        act=world.sign("yjj-officer", "message.sent", report, {"from": "office"}, [message]),
        message=message, trust=world.trust, now=world.now,
    )  # fmt: skip


# ---- coming in ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        lambda code: code,
        group,
        lambda code: f" {group(code)} ",
        lambda code: group(code).replace(" ", "-"),
        lambda code: "".join(chr(ord(digit) + 0xFEE0) for digit in code),
    ],
)
def test_the_code_opens_the_mailbox_however_it_is_written(visitor, written):
    answer = visitor.enter(written(visitor.file()))
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/follow-up/case"
    assert "已收到，等待受理" in visitor.get("/follow-up/case").text


def test_a_slip_of_the_finger_is_told_without_any_key_work(visitor, site):
    code = visitor.file()
    asked = []
    site.store.write(lambda uow: asked.append(uow))  # the store works
    for typed in (code[:-1], code[:-1] + str((int(code[-1]) + 1) % 10), "abc", "1" * 25):
        answer = visitor.enter(typed)
        assert answer.status_code == 422
        assert "抄错或漏了一位" in answer.text


def test_wrong_and_unknown_codes_are_answered_alike(visitor):
    code = visitor.file()
    neighbour = str((int(code[:23]) + 1) % 10**23).zfill(23)
    neighbour += check_digit(neighbour)

    def answered(typed):
        page = visitor.enter(typed)
        assert page.status_code == 422
        return re.sub(r'value="[^"]*"', "", page.text)

    assert answered(neighbour) == answered(draw_code())
    assert "没有找到这个查询码" in answered(neighbour)


def test_without_a_session_every_page_of_the_mailbox_asks_for_the_code(visitor):
    for path in ("/follow-up/case", "/follow-up/evidence", "/follow-up/reward"):
        answer = visitor.get(path)
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/follow-up?")
        visitor.cookie = "__Host-tonggui_mailbox=" + "00" * 32
        assert visitor.get(path).status_code == 303
        visitor.cookie = "__Host-tonggui_mailbox=nonsense"
        assert visitor.get(path).status_code == 303


def test_the_session_lasts_half_an_hour_from_the_last_page(world, reporter):
    for _ in range(3):
        world.move(minutes=29, seconds=59)
        assert reporter.get("/follow-up/case").status_code == 200
    world.move(minutes=30)
    answer = reporter.get("/follow-up/case")
    assert answer.headers["Location"] == "/follow-up?note=ended"
    assert reporter.cookie == ""


def test_the_session_ends_after_eight_hours_in_any_case(world, reporter):
    for _ in range(16):
        world.move(minutes=29, seconds=59)
        reporter.get("/follow-up/case")
    world.move(minutes=1)
    assert reporter.get("/follow-up/case").status_code == 303


def test_a_message_typed_past_the_end_of_the_session_is_not_lost(world, reporter):
    form = reporter.form("/follow-up/case")
    world.move(hours=1)
    answer = reporter.post("/follow-up/case", form | {"text": "写了很久的话"})
    assert answer.status_code == 403
    assert "写了很久的话" in answer.text


def test_leaving_ends_the_session_on_the_server_too(reporter, app):
    stolen = reporter.cookie
    answer = reporter.post("/follow-up/leave", reporter.form("/follow-up/case"))
    assert answer.headers["Location"] == "/follow-up?note=left"
    assert "已经退出信箱" in reporter.get(answer.headers["Location"]).text
    thief = Visitor(app)
    thief.cookie = stolen
    assert thief.get("/follow-up/case").status_code == 303


def test_looking_in_ends_the_showing_of_the_code(world, visitor):
    form = visitor.report()
    code = code_of(visitor.post("/report", form))
    visitor.enter(code)
    answer = Visitor(visitor.client.application).post("/report", form)
    assert code_of(answer) == ""
    assert len(world.store.read(lambda uow: uow.reports.ids())) == 1


# ---- reading --------------------------------------------------------------------------------


def test_status_date_and_history_are_in_words(world, reporter):
    report = report_of(world)
    world.read(report)
    world.accept(report)
    world.move(days=12)
    reporter.enter(reporter.code)
    words = words_of(reporter.get("/follow-up/case"))
    assert "已受理，正在核查" in words
    assert "2026-04-01 ， 还有 18 日" in words or "2026-04-01，还有 18 日" in words
    assert "伊川县应急管理局查看了举报内容" in words
    assert "没有人打开过" in words
    world.move(days=20)
    reporter.enter(reporter.code)
    assert "已超期 2 日" in words_of(reporter.get("/follow-up/case"))


def test_messages_go_both_ways(world, site, reporter):
    form = reporter.form("/follow-up/case")
    answer = reporter.post("/follow-up/case", form | {"text": "明天还要动火。"})
    assert answer.status_code == 303
    reply(world, site, reporter, "请问是哪个罐？")
    page = reporter.get(answer.headers["Location"]).text
    assert "留言已经送到" in page
    assert page.index("明天还要动火。") < page.index("请问是哪个罐？")
    assert "伊川县应急管理局给您留言" in page


def test_a_message_signed_while_the_office_acts_is_signed_anew(world, site, reporter, monkeypatch):
    report = report_of(world)
    session = session_of(site, reporter)
    seen = mailbox.view_of(site, session)
    world.accept(report)
    stale = [seen]
    real = mailbox.view_of
    monkeypatch.setattr(mailbox, "view_of", lambda *a: stale.pop() if stale else real(*a))
    mailbox.write(site, session, "没有丢")
    assert world.case(report).events == 3


@pytest.mark.parametrize("text", ["", "  ", "字" * 20_001])
def test_an_empty_or_endless_message_is_refused_with_words(reporter, text):
    answer = reporter.post("/follow-up/case", reporter.form("/follow-up/case") | {"text": text})
    assert answer.status_code == 422
    assert 'href="#text"' in answer.text


def test_evidence_is_sealed_to_the_offices_of_the_case(world, reporter):
    form = reporter.form("/follow-up/evidence")
    sent = form | {"text": "又看到一次", "files": (BytesIO(b"planted" * 200), "b.amr")}
    answer = reporter.post("/follow-up/evidence", sent)
    assert answer.headers["Location"].endswith("done=evidence_not_cleaned")
    assert "有的文件没能清理" in reporter.get(answer.headers["Location"]).text
    assert "您补充了材料" in reporter.get("/follow-up/case").text
    assert len(world.read(report_of(world)).files) == 1
    [blob] = world.blobs.names()
    assert b"planted" not in b"".join(world.blobs.read(blob))


def test_evidence_without_words_or_files_is_refused(world, reporter):
    answer = reporter.post("/follow-up/evidence", reporter.form("/follow-up/evidence"))
    assert answer.status_code == 422
    assert not list(world.blobs.names())


# ---- the reward -----------------------------------------------------------------------------


@pytest.fixture
def rewarded(world, reporter):
    """The award is approved."""
    report = report_of(world)
    world.appropriate()
    world.accept(report)
    world.conclude(report)
    world.reserve(report)
    return reporter


def test_the_amount_is_shown_once_it_is_approved_and_not_before(world, rewarded):
    page = rewarded.get("/follow-up/reward").text
    assert "正在审批" in page
    assert "60,000" not in page
    assert "申请领取</button>" not in page
    world.approve(report_of(world))
    page = rewarded.get("/follow-up/reward").text
    assert "¥60,000.00" in page
    assert "400,000 × 15 %" in page
    assert "申请领取</button>" in page


def test_a_claim_at_the_counter_shows_its_number_once(world, rewarded):
    world.approve(report_of(world))
    form = rewarded.form("/follow-up/reward")
    answer = rewarded.post("/follow-up/reward", form | {"how": "counter"})
    number = code_of(answer)
    assert len(number) == 16
    award = world.case(report_of(world)).award
    assert award.claim_hash == claim_hash(number, pepper=world.pepper)
    assert number not in rewarded.get("/follow-up/case").text.replace(" ", "")


def test_a_claim_to_an_account_is_sealed_and_may_be_corrected(world, rewarded):
    world.approve(report_of(world))
    form = rewarded.form("/follow-up/reward")
    payee = {"how": "account", "payee_name": "planted-payee", "bank": "农行"}
    items = set()
    for _claim in (1, 2):
        answer = rewarded.post("/follow-up/reward", form | payee | {"account": "6222 0202 001"})
        assert answer.headers["Location"].endswith("done=claim")
        case = world.case(report_of(world))
        assert case.award.how == "account"
        items.add(case.award.item)
    assert len(items) == 2
    world.store.close()
    stored = b"".join(p.read_bytes() for p in world.settings.home.rglob("*") if p.is_file())
    assert b"planted-payee" not in stored
    assert b"62220202001" not in stored


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"how": ""}, "how"),
        ({"payee_name": ""}, "payee_name"),
        ({"bank": ""}, "bank"),
        ({"account": "12a"}, "account"),
        ({"account": "4111111111111112"}, "account"),
    ],
)
def test_a_wrong_payee_field_is_told(world, rewarded, change, field):
    world.approve(report_of(world))
    payee = {"how": "account", "payee_name": "样本", "bank": "农行", "account": "622202020011"}
    answer = rewarded.post("/follow-up/reward", rewarded.form("/follow-up/reward") | payee | change)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text


def test_a_claim_before_there_is_an_award_is_refused_in_words(world, reporter):
    form = reporter.form("/follow-up/case")
    answer = reporter.post("/follow-up/reward", form | {"how": "counter"})
    assert answer.status_code == 422
    assert world.case(report_of(world)).award is None


def test_control_characters_in_payee_details_are_refused_in_words(world, rewarded):
    world.approve(report_of(world))
    payee = {
        "how": "account",
        "payee_name": "样\x01" * 20,
        "bank": "农行",
        "account": "622202020011",
    }
    answer = rewarded.post("/follow-up/reward", rewarded.form("/follow-up/reward") | payee)
    assert answer.status_code == 422
    assert "控制字符" in answer.text
