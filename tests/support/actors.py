"""Everybody in a journey, as a browser would let them act: no service is called from here."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from instance import PASSWORD, Person, World
from visitor import Files, Page, Visitor


def now() -> datetime:
    """The servers' clock is the machine's."""
    return datetime.now(UTC)


@dataclass
class Reporter:
    """A citizen without an account."""

    visitor: Visitor
    code: str = ""
    case_number: str = ""
    confirmation: str = ""  # told to the second officer at the counter

    def sorts(self, kind: str = "安全生产隐患、违法行为") -> Page:
        """Answer the first question from the start page on: which kind of matter it is."""
        self.visitor.get("/")
        page = self.visitor.follow("我要举报")
        form = page.form("/report", field="kind")
        return self.visitor.send(form, {"kind": choice(page, "kind", kind)})

    def goes_on(self, button: str) -> Page:
        """Go on although the page told whom to call, or who handles the matter."""
        assert self.visitor.page is not None
        form = self.visitor.page.form("/report", button=button)
        return self.visitor.send(form, press=button)

    def opens_the_form(
        self,
        sector: str = "危险化学品",
        matter: str = "安全生产违法行为",
        region: str = "彭婆镇",
        *,
        is_sorted: bool = False,
    ) -> Page:
        """Answer the questions one at a time, from the start page on or once it is sorted."""
        if not is_sorted:
            self.sorts()
        for field_name, words in (("region", region), ("sector", sector), ("matter", matter)):
            page = self.visitor.page
            assert page is not None
            form = page.form("/report", field=field_name)
            value = choice(page, field_name, words)
            self.visitor.send(form, {field_name: value})
        assert self.visitor.page is not None
        return self.visitor.page

    def reports(self, files: Files = (), **fields: str) -> Page:
        """Fill in the form and send it; remembers the code."""
        page = self.visitor.page
        assert page is not None
        form = page.form("/report", field="narrative")
        values = {"enterprise": "样本化工有限公司", "place": "样本工业园", **fields}
        answer = self.visitor.send(form, values, files=files)
        found = re.search(r"(\d{4} ){5}\d{4}", answer.text)
        if found:
            self.code = found.group(0)
            number = re.search(r"410329-\d{4}-[2-9A-Z]{8}", answer.text)
            assert number is not None
            self.case_number = number.group(0)
        return answer

    def looks_in(self) -> Page:
        """Enter the mailbox with the code."""
        page = self.visitor.get("/follow-up")
        return self.visitor.send(page.form("/follow-up", field="code"), {"code": self.code})

    def writes(self, text: str) -> Page:
        """Leave a message."""
        page = self.visitor.get("/follow-up/case")
        return self.visitor.send(page.form("/follow-up/case", field="text"), {"text": text})

    def adds(self, text: str, files: Files = ()) -> Page:
        """Add evidence."""
        page = self.visitor.get("/follow-up/evidence")
        form = page.form("/follow-up/evidence", field="text")
        return self.visitor.send(form, {"text": text}, files=files)

    def claims_to_an_account(self, name: str, account: str) -> Page:
        """Ask for the reward, with payee details."""
        page = self.visitor.get("/follow-up/reward")
        form = page.form("/follow-up/reward", field="how")
        return self.visitor.send(
            form, {"how": "account", "payee_name": name, "bank": "样本银行", "account": account}
        )

    def claims_at_the_counter(self) -> str:
        """Ask for a claim number; remembers the confirmation that is shown with it."""
        page = self.visitor.get("/follow-up/reward")
        form = page.form("/follow-up/reward", field="how")
        answer = self.visitor.send(form, {"how": "counter"})
        found: list[str] = re.findall(r"(?:\d{4} )+\d{4}", answer.text)
        assert len(found) == 2, answer.text
        self.confirmation = found[1]
        return found[0]


@dataclass
class Clerk:
    """Somebody of the console."""

    visitor: Visitor
    person: Person
    clock: Callable[[], datetime] = now
    used: set[str] = field(default_factory=set)

    def signs_in(self) -> Page:
        """Sign in with password and one-time code."""
        page = self.visitor.get("/sign-in")
        # A code counts once, so a second sign-in within half a minute takes the next one.
        moment = self.clock()
        while self.person.code(moment) in self.used:
            moment += timedelta(seconds=30)
        code = self.person.code(moment)
        self.used.add(code)
        return self.visitor.send(
            page.form("/sign-in", field="login"),
            {"login": self.person.login, "password": PASSWORD, "code": code},
        )

    def opens_case(self, case_number: str) -> Page:
        """Find a case in the worklist."""
        self.visitor.get("/")
        return self.visitor.follow(case_number)

    def follows(self, text: str) -> Page:
        """Click a link of the page."""
        return self.visitor.follow(text)

    def sends(self, button: str, **values: str | list[str]) -> Page:
        """Fill in the form with this button, with the password where it asks for one."""
        page = self.visitor.page
        assert page is not None
        form = page.form(button=button)
        if "password" in form.names:
            values = {"password": PASSWORD, **values}
        return self.visitor.send(form, values, press=button)

    def uploads(self, button: str, files: list[tuple[str, bytes]]) -> Page:
        """Send files with the form of this button."""
        page = self.visitor.page
        assert page is not None
        return self.visitor.send(page.form(button=button), files=files, press=button)


class Operator(Clerk):
    """Takes calls at the 12350 hotline; the desk itself comes with the channels."""

    def tries(self, path: str) -> Page:
        """Open an address that is not meant for operators."""
        return self.visitor.get(path)


class Officer(Clerk):
    """Handles reports of a department."""

    def reads(self, case_number: str) -> Page:
        """Open a report, which is recorded."""
        self.opens_case(case_number)
        return self.sends("打开举报")

    def accepts(self, case_number: str) -> Page:
        """Accept a report."""
        self.opens_case(case_number)
        self.follows("受理")
        return self.sends("受理")

    def concludes(self, case_number: str, fines: str = "400000", **values: str) -> Page:
        """Record that the report is true, with the fine."""
        self.opens_case(case_number)
        self.follows("登记核查结论")
        given = {
            "finding": "substantiated",
            "basis": "documents",
            "penalty_no": "伊应急罚〔2026〕样1号",
            "fines": fines,
            "account": "现场核查属实，已责令停用。",
        }
        return self.sends("登记结论", **{**given, **values})

    def replies(self, case_number: str, text: str) -> Page:
        """Answer the reporter."""
        self.opens_case(case_number)
        self.follows("回复举报人")
        return self.sends("发送", text=text)

    def tells(self, case_number: str, text: str = "查证属实，已依法处理。") -> Page:
        """Tell the reporter what was found."""
        self.opens_case(case_number)
        self.follows("回复举报人")
        return self.sends("发送", text=text, is_result="y")

    def orders_mending(self, case_number: str, **values: str) -> Page:
        """Order that what was found be put right."""
        self.opens_case(case_number)
        self.follows("责令整改")
        given = {"document": "（伊）应急责改〔2026〕样1号", "text": "拆除违规电线，恢复安全阀。"}
        return self.sends("责令整改", **{**given, **values})

    def records(self, case_number: str, milestone: str, document: str) -> Page:
        """Record a milestone."""
        self.opens_case(case_number)
        self.follows("登记办理节点")
        return self.sends("登记", milestone=milestone, document=document)

    def proposes_closing(self, case_number: str) -> Page:
        """Propose that a case be closed."""
        self.opens_case(case_number)
        self.follows("提议办结")
        return self.sends("提议办结")

    def proposes(self, case_number: str) -> Page:
        """Propose the computed award."""
        self.opens_case(case_number)
        self.follows("拟定奖励")
        return self.sends("签署并预留资金")


class Leader(Clerk):
    """Heads a department."""

    def closes(self, case_number: str) -> Page:
        """Close a case that somebody else proposed to close."""
        self.opens_case(case_number)
        self.follows("办结")
        return self.sends("同意办结")


class Approver(Clerk):
    """Approves awards."""

    def approves(self, case_number: str) -> Page:
        """Approve the proposed award."""
        self.opens_case(case_number)
        self.follows("审批奖励")
        return self.sends("签署", decision="approve")

    def confirms_money(self, case_number: str) -> Page:
        """Agree as finance to an award that others approved."""
        self.opens_case(case_number)
        self.follows("确认资金")
        return self.sends("签署", decision="approve")


class Custodian(Clerk):
    """Has a place in a seat."""

    def agrees(self, case_number: str) -> Page:
        """Agree to the release that waits."""
        page = self.visitor.get("/")
        assert case_number in page.text
        self.follows("审批")
        return self.sends("签署", decision="approve")


class Cashier(Clerk):
    """Pays."""

    def asks_for_payee(self, case_number: str) -> Page:
        """Ask for the payee item."""
        self.opens_case(case_number)
        self.follows("申请查看身份信息")
        return self.sends("签署并提交申请", reason="按账户发放奖金。")

    def sees_payee(self, case_number: str) -> Page:
        """Open the payee item, once."""
        self.opens_case(case_number)
        self.follows("查看收款信息（仅一次）")
        return self.sends("签署并查看")

    def books(self, case_number: str) -> Page:
        """Book the payment to the account."""
        self.opens_case(case_number)
        self.follows("发放奖金")
        return self.sends("签署并登记发放")

    def pays_at_the_counter(self, claim_number: str) -> Page:
        """Pay cash against a claim number."""
        self.visitor.get("/")
        self.follows("柜台领奖")
        self.sends("查找", claim_number=claim_number)
        return self.sends("签署并登记发放", claim_number=claim_number)


class Second(Clerk):
    """The second officer at the counter."""

    def confirms(self, case_number: str, confirmation: str) -> Page:
        """Take the claim from the list, and type what the payee says."""
        page = self.visitor.get("/counter/waiting")
        assert case_number in page.text
        self.follows(f"核对 {case_number}")
        return self.sends("签署核对", confirmation=confirmation)


class Stage:
    """Where the actors come from."""

    def __init__(
        self, world: World, portal: str, console: str, clock: Callable[[], datetime] = now
    ) -> None:
        """Play on two running sites, which go by *clock*."""
        self.world, self.portal, self.console, self.clock = world, portal, console, clock

    def reporter(self) -> Reporter:
        """A citizen with a fresh browser."""
        return Reporter(Visitor(self.portal))

    def _clerk(self, kind: type[Clerk], login: str) -> Clerk:
        clerk = kind(Visitor(self.console), self.world.people[login], self.clock)
        page = clerk.signs_in()
        assert page.status == 200
        assert "/sign-in" not in page.url, page.text
        return clerk

    def officer(self, login: str = "yjj-officer") -> Officer:
        """An officer, signed in."""
        return self._clerk(Officer, login)  # type: ignore[return-value]

    def approved(self, name: str) -> Reporter:
        """A reporter whose report proved true and earned an approved award; looking in."""
        reporter = self.reporter()
        reporter.opens_the_form()
        reporter.reports(
            narrative="储罐区动火作业未办理审批。", name=name, phone="13800000000", consent="y"
        )
        officer = self.officer()
        officer.accepts(reporter.case_number)
        officer.concludes(reporter.case_number)
        officer.proposes(reporter.case_number)
        self.approver().approves(reporter.case_number)
        self.approver("finance").confirms_money(reporter.case_number)  # above 10,000 CNY
        reporter.looks_in()
        return reporter

    def second(self, login: str = "operator") -> Second:
        """The second officer at the counter, signed in."""
        return self._clerk(Second, login)  # type: ignore[return-value]

    def operator(self, login: str = "operator") -> Operator:
        """An operator, signed in."""
        return self._clerk(Operator, login)  # type: ignore[return-value]

    def leader(self, login: str = "yjj-leader") -> Leader:
        """A leader, signed in."""
        return self._clerk(Leader, login)  # type: ignore[return-value]

    def approver(self, login: str = "awb-approver") -> Approver:
        """An approver, signed in."""
        return self._clerk(Approver, login)  # type: ignore[return-value]

    def custodian(self, login: str) -> Custodian:
        """A custodian, signed in."""
        return self._clerk(Custodian, login)  # type: ignore[return-value]

    def cashier(self, login: str = "cashier") -> Cashier:
        """A cashier, signed in."""
        return self._clerk(Cashier, login)  # type: ignore[return-value]


def choice(page: Page, name: str, words: str) -> str:
    """Return the value of the choice that shows *words*, as the page's HTML has it."""
    html = page.body.decode()
    for found in re.finditer(rf'<input[^>]*name="{name}"[^>]*>', html):
        tag = found.group(0)
        label = html[found.end() : found.end() + 400]
        if words in re.sub(r"<[^>]+>", "", label)[:40]:
            value = re.search(r'value="([^"]*)"', tag)
            assert value is not None
            return value.group(1)
    raise AssertionError(f"no choice {words!r} of {name!r} on {page.url}")
