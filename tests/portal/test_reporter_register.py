"""What the register says of one's own case: records at once, proofs after the batch, a receipt."""

import base64
import re

import pytest

from browsing import Visitor
from casework.queries.register import register_of_case
from crypto.register import Record, entry_of, open_receipt
from instance import SITE
from log_keeper import publish, take

PAGE = "/follow-up/register"


@pytest.fixture
def reporter(visitor):
    visitor.code = visitor.file()
    visitor.enter(visitor.code)
    return visitor


def report_of(world):
    return world.store.read(lambda uow: uow.reports.ids())[0]


def words_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def press(reporter, what, **fields):
    return reporter.post(f"{PAGE}/{what}", reporter.form(PAGE) | fields)


def test_until_the_log_has_it_the_page_says_wait(reporter):
    words = words_of(reporter.get(PAGE))
    assert "还没有记号" in words
    assert "还没有准备好" in words
    assert press(reporter, "receipt").status_code == 404


def test_records_and_receipt_are_there_within_a_look_of_the_jobs(world, reporter):
    take(world)
    publish(world)
    words = words_of(reporter.get(PAGE))
    assert "收到 伊川县应急管理局" in words
    assert "等待写上：2026-03-09" in words
    assert "下载证明" not in words
    world.accept(report_of(world))
    take(world)
    publish(world)
    assert "受理 伊川县应急管理局，用了 0 日" in words_of(reporter.get(PAGE))


def test_what_is_shown_opens_the_entry_that_is_shown(world, reporter):
    take(world)
    publish(world)
    entry, body, salt = re.findall(r"<dd><code>(.*?)</code></dd>", reporter.get(PAGE).text)[:3]
    body = body.replace("&#34;", '"')
    assert Record.parse(body.encode()).kind == "report.received"
    assert entry_of(body.encode(), bytes.fromhex(salt)).hex() == entry


def test_the_receipt_is_a_neutral_file_that_accuses_whoever_drops_the_entry(world, reporter):
    take(world)
    publish(world)
    assert "说明持有它的人举报过" in reporter.get(PAGE).text
    answer = press(reporter, "receipt")
    assert answer.headers["Content-Disposition"] == "attachment; filename=receipt.txt"
    assert answer.headers["Cache-Control"] == "no-store"
    receipt = open_receipt(answer.text, site=SITE, public=world.log_key.public)
    entry = register_of_case(world.store, report_id=report_of(world)).entries[0].entry
    assert (receipt.day, receipt.entry.hex()) == ("2026-03-02", entry)
    case = world.case(report_of(world))
    for secret in (reporter.code, case.case_number, case.lead, case.report_id, "样本化工"):
        assert secret not in answer.text


def test_after_the_batch_there_is_a_proof_to_take_home(app, world, reporter):
    take(world)
    publish(world)
    world.move(days=7)
    take(world)
    publish(world)
    reporter.enter(reporter.code)
    page = reporter.get(PAGE)
    assert "登记簿当时共 16 个" in words_of(page)
    entry = re.findall(r'name="entry" value="([0-9a-f]{64})"', page.text)[0]
    answer = press(reporter, "proof", entry=entry)
    assert answer.headers["Content-Disposition"] == "attachment; filename=proof.txt"
    head, extra, index, *proof = answer.text.partition("\n\n")[0].split("\n")
    assert head == "c2sp.org/tlog-proof@v1"
    raw = base64.b64decode(extra.removeprefix("extra "))
    assert entry_of(raw[32:], raw[:32]).hex() == entry
    assert index == f"index {next(one for one in range(16) if f'第 {one + 1} 个' in page.text)}"
    assert len(proof) == 4
    # The same fingerprint as everybody sees.
    own = re.findall(r"<span>([0-9]{4})</span>", page.text)
    assert own == re.findall(r"<span>([0-9]{4})</span>", Visitor(app).get("/register").text)


@pytest.mark.parametrize("entry", ["", "00" * 32, "nonsense"])
def test_a_proof_of_another_entry_is_not_given(world, reporter, entry):
    take(world)
    publish(world)
    assert press(reporter, "proof", entry=entry).status_code == 404


def test_one_reporter_gets_no_proof_of_another_s_entry(app, world, reporter):
    other = Visitor(app)
    other.enter(other.file())
    take(world)
    publish(world)
    world.move(days=7)
    take(world)
    publish(world)
    reporter.enter(reporter.code)
    mine = re.findall(r'name="entry" value="([0-9a-f]{64})"', reporter.get(PAGE).text)[0]
    other.cookie = ""
    assert other.post(f"{PAGE}/proof", {"entry": mine}).status_code == 403
    second = Visitor(app)
    second.enter(second.file())
    assert second.post(f"{PAGE}/proof", second.form(PAGE) | {"entry": mine}).status_code == 404


def test_without_the_form_s_token_nothing_is_handed_out(world, reporter):
    take(world)
    publish(world)
    assert reporter.post(f"{PAGE}/receipt", {}).status_code == 422
