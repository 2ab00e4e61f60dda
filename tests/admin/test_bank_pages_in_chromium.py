"""Transfers through the bank in a real browser, scripts off: from the list to reconciling."""

from pathlib import Path

import pytest

from at_the_console import broken_rules, come_in, fits
from banking import answer, released, send
from instance import PASSWORD
from pages import follow

BATCH = "K7M2Q9XR"


@pytest.fixture
def waiting(world):
    """Two awards that are released to the cashier, and a third that nobody asked for."""
    world.appropriate()
    filed = [world.approved() for _ in range(3)]
    for one in filed[:2]:
        released(world, one)
    world.claim(filed[2])
    return world


@pytest.mark.parametrize("width", [360, 1440])
def test_the_cashier_opens_orders_and_books_by_keyboard_size_of_a_phone(
    waiting, console_url, watched, tmp_path: Path, width
):
    page, complaints = watched(viewport={"width": width, "height": 900}, java_script_enabled=False)
    come_in(page, console_url, waiting, "cashier")
    follow(page.get_by_role("link", name="银行转账").first)
    assert fits(page)
    picture(page, tmp_path, f"index-{width}")
    for box in page.locator("input[name=line]").all():
        box.check()
    page.get_by_label("登录密码").fill(PASSWORD)
    follow(page.get_by_role("button", name="签署并打开选中的"))
    assert fits(page)
    for box in page.locator("input[name=line]").all():
        box.check()
    page.get_by_label("登录密码").fill(PASSWORD)
    picture(page, tmp_path, f"check-{width}")
    with page.expect_download() as left:
        page.get_by_role("button", name="签署付款单").click()
    assert left.value.suggested_filename.endswith(".xlsx")

    page.goto(f"{console_url}/bank")
    batch = left.value.suggested_filename.removesuffix(".xlsx")
    follow(page.get_by_role("link", name=batch))
    assert fits(page)
    picture(page, tmp_path, f"batch-{width}")
    follow(page.get_by_role("link", name="导入银行的答复"))
    assert fits(page)
    rows = [
        "参考号,金额,结果,原因",
        f"{batch}001,60000.00,成功,",
        f"{batch}002,60000.00,失败,户名不符",
        "AAAAAAAA001,1.00,成功,",
    ]
    body = "\n".join(rows).encode("gb18030")
    chosen = {"name": "a.csv", "mimeType": "text/csv", "buffer": body}
    page.locator("input[type=file]").set_input_files(chosen)
    page.get_by_label("登录密码").fill(PASSWORD)
    follow(page.get_by_role("button", name="签署并登记"))
    assert fits(page)
    assert (
        "已付款 1 笔，未付成 1 笔，已退回 0 笔，没有登记 1 行。"
        in page.locator("main").inner_text()
    )
    picture(page, tmp_path, f"answered-{width}")
    assert [one for one in complaints if not one.startswith("[DOM]")] == []


def picture(page, folder, name):
    """Keep what the page looks like, for whoever runs this and wants to see it."""
    page.screenshot(path=folder / f"{name}.png", full_page=True)


@pytest.fixture
def answered(waiting):
    """A batch with the bank, of which one order is answered."""
    filed = [waiting.approved() for _ in range(2)]
    for one in filed:
        waiting.open(one.report, released(waiting, one))
    send(waiting, BATCH, filed)
    answer(waiting, filed[0].report, "reward.paid")
    return waiting


def test_no_rule_of_access_is_broken(answered, console_url, open_page):
    page = open_page(viewport={"width": 1440, "height": 1000})
    come_in(page, console_url, answered, "cashier")
    for path in ("", f"/{BATCH}", f"/{BATCH}/answer", f"/{BATCH}/undoing"):
        page.goto(f"{console_url}/bank{path}")
        assert broken_rules(page) == [], path
    page.goto(f"{console_url}/bank")
    for box in page.locator("input[name=line]").all():
        box.check()
    page.get_by_label("登录密码").fill(PASSWORD)
    follow(page.get_by_role("button", name="签署并打开选中的"))
    assert broken_rules(page) == []


@pytest.mark.parametrize("width", [360, 1440])
def test_finance_reconciles(answered, console_url, open_page, width):
    page = open_page(viewport={"width": width, "height": 900})
    come_in(page, console_url, answered, "finance")
    page.goto(f"{console_url}/bank/statement")
    assert fits(page)
    assert broken_rules(page) == []
