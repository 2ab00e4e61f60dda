"""The key procedures of docs/operations.md, walked in three windows and a terminal.

A real instance from `tonggui init` on: nothing is founded for the test. One of the
windows has its scripts off.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page

import county
from command_line import tonggui
from county import Official, go, press
from pages import follow
from servers import Server, running
from typing_hand import TypingHand

STAFF = {
    "yjj-a": ("李承办", "410329-yjj", "officer"),
    "yjj-b": ("王局长", "410329-yjj", "leader"),
    "awb-a": ("张督办", "410329-awb", "supervisor"),
    "awb-b": ("陈接线", "410329-awb", "operator"),
    "sfj-a": ("孙保管", "410329-sfj", "custodian"),
    "sfj-b": ("钱副手", "410329-sfj", "custodian"),
    "jw-a": ("周保管", "410329-jw", "custodian"),
    "jw-b": ("吴副手", "410329-jw", "custodian"),
    "nyncj-a": ("郑保管", "410329-nyncj", "custodian"),
    "nyncj-b": ("冯副手", "410329-nyncj", "custodian"),
}
NEWCOMERS = {
    "sfj-c": ("褚接任", "410329-sfj", "custodian"),
    "yjj-c": ("许承办", "410329-yjj", "officer"),
    "yjj-d": ("施局长", "410329-yjj", "leader"),
}
SEATS = ("--seat", "1:sfj-a,sfj-b", "--seat", "2:jw-a,jw-b", "--seat", "3:nyncj-a,nyncj-b")
PHONE = {"width": 360, "height": 740}


@dataclass
class Town:
    """The instance, its console, and three windows with whoever sits at them."""

    home: Path
    console: Server
    desk: Page
    left: Page
    right: Page
    people: dict[str, Official] = field(default_factory=dict)
    papers: tuple[str, ...] = ()

    @property
    def environ(self) -> dict[str, str]:
        """What processes and commands go by."""
        return os.environ | {"TONGGUI_HOME": str(self.home)}

    def invites(self, login: str, name: str, office: str, roles: str) -> None:
        """The administrator hands a start code over; the person comes in with it."""
        code = tonggui(
            "staff", "invite", login, "--name", name, "--office", office, "--roles", roles,
            "--json", home=self.home,
        ).json["start_code"]  # fmt: skip
        self.people[login] = Official(login, name, f"渡口 石桥 {login[::-1]} 清风")
        county.enrol(self.desk, self.console.base, self.people[login], code)

    def sits(self, page: Page, login: str) -> Official:
        """Sign somebody in at a window."""
        county.sign_in(page, self.console.base, self.people[login])
        return self.people[login]


@pytest.fixture
def town(tmp_path: Path, open_page: Callable[..., Page]) -> Iterator[Town]:
    """Everybody enrolled, nobody believed yet."""
    home = tmp_path / "home"
    assert tonggui("init", "--region", "410329", home=home).status == 0
    environ = os.environ | {"TONGGUI_HOME": str(home)}
    with running("admin.wsgi", environ, "TONGGUI_CONSOLE_BIND", tmp_path / "log") as console:
        left = open_page(java_script_enabled=False)
        town = Town(home, console, open_page(), left, open_page())
        for login, one in STAFF.items():
            town.invites(login, *one)
        assert "参加密钥仪式" in town.desk.inner_text("main")
        yield town


def test_the_procedures_from_the_ceremony_to_the_recovery(town, tmp_path, open_page):
    with TypingHand("keys", "ceremony", *SEATS, environ=town.environ) as hand:
        cast = ("sfj-b", "jw-b", "yjj-b", "awb-b")
        town.papers = county.hold_ceremony(hand, town.people, ("sfj-a", "jw-b"), cast)
        assert "举报网站可以开放" in hand.seen
    phone = open_page(java_script_enabled=False, viewport=PHONE)
    log = tmp_path / "portal"
    with running("portal.wsgi", town.environ, "TONGGUI_PORTAL_BIND", log) as portal:
        code, number = reports(phone, portal.base)
        releases_a_contact(town, number)
        phone.goto(f"{portal.base}follow-up")
        phone.fill("[name=code]", code)
        press(phone, "进入")
        assert "安全生产委员会办公室打开了这项身份信息" in phone.inner_text("main")
        assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    changes_the_keys(town)
    hands_the_seat_over(town)
    recovers_the_office(town, number)
    verified = tonggui("register", "verify", home=town.home)
    assert verified.status == 0, verified.out + verified.err
    status = tonggui("keys", "status", "--json", home=town.home).json
    assert all(one["left"] == 0 for one in status["reseal"].values())
    assert all(one["left"] == 0 for one in status["rewrap"].values())


def reports(phone: Page, portal: str) -> tuple[str, str]:
    """A citizen files a report with a telephone number."""
    phone.goto(portal)
    follow(phone.locator("main").get_by_role("link", name="我要举报"))
    for answer in ("安全生产隐患", "彭婆镇", "危险化学品", "安全生产违法行为"):
        phone.get_by_label(re.compile(f"^{answer}")).check()
        follow(phone.locator("main form button[type=submit]").first)
    phone.fill("[name=enterprise]", "样本化工有限公司")
    phone.fill("[name=place]", "样本工业园")
    phone.fill("[name=narrative]", "储罐区动火作业未办理审批。")
    phone.fill("[name=name]", "样本甲")
    phone.fill("[name=phone]", "13800000000")
    phone.check("[name=consent]")
    follow(phone.locator("main form button[type=submit]"))
    receipt = phone.inner_text("main")
    code = re.search(r"(\d{4}\s){5}\d{4}", receipt)
    number = re.search(r"410329-\d{4}-[2-9A-Z]{8}", receipt)
    assert code is not None
    assert number is not None
    return code.group(0), number.group(0)


def releases_a_contact(town: Town, number: str) -> None:
    """A supervisor asks, two custodians agree in two windows, it is seen once."""
    asker = town.sits(town.desk, "awb-a")
    go(town.desk, "身份申请")
    town.desk.fill("[name=number]", number)
    press(town.desk, "下一步")
    town.desk.fill("[name=reason]", "现场找不到罐区入口。")
    assert "申请已提交" in press(town.desk, "签署并提交申请", asker)
    for page, login in ((town.left, "sfj-a"), (town.right, "jw-a")):
        custodian = town.sits(page, login)
        go(page, "身份申请", "审批")
        assert "13800000000" not in page.content()
        page.locator("[name=decision][value=read]").check()
        assert "现场找不到罐区入口。" in press(page, "签署", custodian)
        assert page.locator("[name=decision]:checked").count() == 0, "to be chosen afresh"
        page.locator("[name=decision][value=approve]").check()
        assert "已批准" in press(page, "签署", custodian)
    go(town.desk, "身份申请", "查看（仅一次）")
    address = town.desk.url
    assert "13800000000" in press(town.desk, "签署并查看", asker)
    town.desk.goto(address)
    again = town.desk.inner_text("main")
    assert "已查看" in again
    assert "13800000000" not in again
    assert town.desk.locator("main [name=password]").count() == 0


def changes_the_keys(town: Town) -> None:
    """A deputy leaves, and a whole office that forgot its passwords; two custodians sign."""
    first, second = town.people["sfj-a"], town.people["jw-a"]
    for login, one in NEWCOMERS.items():
        town.invites(login, *one)
    go(town.left, "人员与密钥", "褚接任")
    town.left.fill("[name=fingerprint]", town.people["sfj-c"].fingerprint)
    assert "已认证" in press(town.left, "签署认证", first)
    go(town.left, "提议变更")
    for name in ("钱副手", "李承办", "王局长", "许承办", "施局长"):
        town.left.get_by_role("checkbox", name=re.compile(name)).check()
    seat = town.left.locator("[name=deputy_1]")
    assert not any("张督办" in one for one in seat.locator("option").all_inner_texts())
    seat.select_option(label="伊川县司法局 褚接任")
    proposal = press(town.left, "生成提议")
    assert town.people["yjj-c"].fingerprint in proposal
    assert "须用纸质分片恢复" in proposal, "nobody who stays opens the old cases"
    assert "第 1 席已经签署" in press(town.left, "以第 1 席签署", first)
    assert town.left.locator("main [name=password]").count() == 0
    go(town.right, "台账", "去查看")
    assert "新的密钥集已经生效" in press(town.right, "以第 2 席签署", second)


def hands_the_seat_over(town: Town) -> None:
    """Who kept the old key seals the seat's boxes to the new one."""
    successor = town.people["sfj-c"]
    county.sign_in(town.right, town.console.base, successor)
    go(town.right, "保管席位")
    assert "请其移交：孙保管" in town.right.inner_text("main")
    go(town.left, "台账", "去办理", "移交：重新封存")
    said = press(town.left, "重新封存", town.people["sfj-a"])
    assert "处理了 2 份" in said
    assert "Press(" not in said
    go(town.right, "保管席位")
    assert "2 / 2 份" in town.right.inner_text("main")


def recovers_the_office(town: Town, number: str) -> None:
    """Two paper parts give the newcomers the key of the old cases."""
    town.sits(town.desk, "yjj-c")
    go(town.desk, number)
    assert "重新封装" in press(town.desk, "打开举报"), "it says what to do"
    go(town.desk, "人员与密钥")
    assert "用纸质分片恢复" in press(town.desk, "重新封装一批")
    with TypingHand(
        "keys", "recover", "--office", "410329-yjj", "--reason", "forgotten_passwords",
        environ=town.environ,
    ) as hand:  # fmt: skip
        county.recover(hand, (town.papers[2], town.papers[0]))
    go(town.desk, "台账", number)
    assert "储罐区动火作业未办理审批。" in press(town.desk, "打开举报")
    go(town.desk, "人员与密钥")
    assert "已重新封装一批" in press(town.desk, "重新封装一批")
