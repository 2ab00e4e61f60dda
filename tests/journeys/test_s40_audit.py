"""S40, the auditor's half: a disputed payment is followed from the books to the rules.

Ledger line, approvals, finding, version of the rules: each is checked on the way, a single
altered row is pointed out, and no page of the way names anybody who reported.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from actors import Clerk, Reporter
from casework.storage.schema import metadata
from console_words import plain
from moving import Moving
from owning import owner
from visitor import Page

NAME, PHONE, ACCOUNT = "样本丁", "13800000000", "6222020000000000331"
TEXT = "储罐区动火作业未办理审批。"
FINE = "¥60,000.00"
FAILED = "核对没有通过"
EVENT, LINE = metadata.tables["event"], metadata.tables["ledger_entry"]


@pytest.fixture
def disputed(season: Moving) -> Reporter:
    """A reporter who was paid to an account, and says that nothing came."""
    finance = season.clerk("finance")
    finance.visitor.get("/fund")
    finance.follows("下达预算")
    finance.sends("签署", year="2026", amount_yuan="1000000")
    reporter = season.approved(NAME)
    reporter.claims_to_an_account(NAME, ACCOUNT)
    cashier = season.cashier()
    cashier.asks_for_payee(reporter.case_number)
    for login in ("seat1-holder", "seat2-deputy"):
        season.custodian(login).agrees(reporter.case_number)
    cashier.sees_payee(reporter.case_number)
    assert "已发放" in cashier.books(reporter.case_number).text
    reporter.writes("钱没有到账。")
    season.jobs()
    return reporter


def at_the_line(auditor: Clerk, kind: str = "发放") -> Page:
    """Follow the line of this kind, from the list of all acts on."""
    auditor.visitor.get("/audit")
    return auditor.follows(kind)


def steps(page: Page) -> list[tuple[str, bool, str]]:
    """What the page shows that the line rests on: act, whether it holds, digest."""
    table = re.findall(r"<tbody>(.*?)</tbody>", page.body.decode(), re.S)[-1]
    rows = [
        [plain(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.S)
    ]
    return [(row[1], "✓" in row[3], row[4]) for row in rows]


def every_page(auditor: Clerk) -> Iterator[Page]:
    """Whatever the auditor reaches by links, from the list of all acts on."""
    ahead, seen = ["/audit"], set()
    while ahead:
        path = ahead.pop()
        if path in seen:
            continue
        seen.add(path)
        page = auditor.visitor.get(path)
        assert page.status == 200, path
        yield page
        found = [urlsplit(address) for _text, address in page.links]
        ahead += [f"{one.path}?{one.query}" for one in found if one.path.startswith("/audit")]


def test_s40_a_disputed_payment_is_followed_to_approvals_finding_and_rules(
    season: Moving, disputed: Reporter
):
    # Given a payment that its reporter disputes
    auditor = season.clerk("auditor")

    # When the auditor follows the line of the books
    page = at_the_line(auditor)

    # Then the chain verifies, from the money to the version of the rules
    assert "没有发现改动" in page.text
    assert all(holds for _act, holds, _digest in steps(page))
    told = [act for act, _holds, _digest in steps(page)]
    chain = ["登记核查结论", "拟定奖励并预留资金", "批准奖励", "发放奖金"]
    assert [act for act in told if act in chain] == chain
    pin = season.world.policies.get("yichuan-2022").pin
    for words in (FINE, disputed.case_number, "属实", "yichuan-2022", pin[:16],
                  "与程序里的规则文件一致"):  # fmt: skip
        assert words in page.text, words
    # and on from there to every act of the case, with who signed it
    whole = auditor.follows(disputed.case_number)
    for words in ("批准奖励", "登记核查结论", "发放奖金"):
        assert words in whole.text

    # And no page on any way names who reported, or what was told
    count = 0
    for page in every_page(auditor):
        count += 1
        for secret in (NAME, PHONE, ACCOUNT, TEXT, "钱没有到账", disputed.code):
            assert secret not in page.body.decode(), (page.url, secret)
    assert count >= 6
    assert season.problems() == []


@contextmanager
def altered(season: Moving, change: sa.Executable) -> Iterator[None]:
    """One row is altered by whoever owns the database, and put back."""
    with owner(season.world) as connection:
        kept = {
            table: [dict(row._mapping) for row in connection.execute(sa.select(table))]
            for table in (EVENT, LINE)
        }
        connection.execute(change)
    yield
    with owner(season.world) as connection:
        for table, rows in kept.items():
            connection.execute(sa.delete(table))
            connection.execute(sa.insert(table), rows)


def ways_to_alter(row: Any) -> Iterator[sa.Executable]:
    """Yield what may be done to the row of an event."""
    for changed in (
        {"body": row.body[:-1] + b" "},
        {"body": row.body.replace(row.at.encode(), b"2026-03-01T01:00:00Z", 1)},
        {"signature": bytes(64)},
        {"kind": "report.urged"},
        {"actor": "jobs"},
        {"at": "TTT"},
    ):
        if changed.items() - row._mapping.items():
            yield sa.update(EVENT).where(EVENT.c.id == row.id).values(**changed)


def test_s40_a_single_altered_event_is_pointed_out_whichever_it_is(
    season: Moving, disputed: Reporter
):
    report = season.report_of(disputed.case_number)
    auditor = season.clerk("auditor")
    where = urlsplit(at_the_line(auditor).url).path
    whole = auditor.visitor.get(where).text
    with owner(season.world) as connection:
        of_case = sa.select(EVENT).where(EVENT.c.report_id == report).order_by(EVENT.c.ordinal)
        rows = connection.execute(of_case).all()
    until = next(number for number, row in enumerate(rows) if row.kind == "reward.paid")
    assert until >= 8
    for row in rows[: until + 1]:
        for way in ways_to_alter(row):
            with altered(season, way):
                for other in ("/audit", f"/audit/cases/{report}"):
                    assert auditor.visitor.get(other).status < 500, row.kind
                page = auditor.visitor.get(where)
            assert FAILED in page.text, (row.kind, way)
            *before, last = steps(page)
            assert all(holds for _act, holds, _digest in before)
            assert last[1:] == (False, row.id[:16]), (row.kind, last)
    for row in rows[:until]:
        with altered(season, sa.delete(EVENT).where(EVENT.c.id == row.id)):
            page = auditor.visitor.get(where)
        assert FAILED in page.text
        assert steps(page)[-1][:2] == ("缺少一条事件", False), row.kind
    # and nothing of what was put back
    assert auditor.visitor.get(where).text == whole
    assert season.problems() == []


def test_s40_an_altered_line_of_the_books_is_pointed_out_and_verification_says_the_same(
    season: Moving, disputed: Reporter
):
    assert disputed.case_number
    auditor = season.clerk("auditor")
    path = urlsplit(at_the_line(auditor).url).path
    name = path.rpartition("/")[2]
    for changed in ({"amount_fen": LINE.c.amount_fen - 1}, {"pot": "city"}, {"year": 2025},
                    {"account_to": "budget"}, {"award": "a" * 26}, {"turn": 2}):  # fmt: skip
        with altered(season, sa.update(LINE).where(LINE.c.id == name).values(**changed)):
            page = auditor.visitor.get(path)
            found = [(one.kind, one.id) for one in season.problems()]
        assert FAILED in page.text, changed
        assert "✗ 不一致" in page.text
        assert ("ledger", name) in found, changed
    assert season.problems() == []
