"""Forged and hostile requests at the console: whoever is signed in does their own work alone."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote, urlencode, urljoin

import pytest

from actors import Officer, now
from admin.app import create_app
from admin.permissions import PUBLIC_ENDPOINTS
from casework.storage.sealed_vault import SealedVault
from faults import Answer, ask, until, world_on
from instance import PASSWORD, World
from servers import Server, running
from visiting import open_visit, record_visit
from visitor import Visitor

HTML = """"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}</textarea></title>"""
TEXT = "这段话写了很久，不能丢。"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory):
    """An instance on each of the two databases, at today's date."""
    with world_on(request, tmp_path_factory.mktemp("console")) as made:
        made.now = now()
        made.appropriate(year=made.now.year)
        yield made


@pytest.fixture(scope="module")
def site(world: World) -> Iterator[Server]:
    """Its console."""
    log = world.settings.home / "console.log"
    with running("admin.wsgi", world.environ, "TONGGUI_CONSOLE_BIND", log) as made:
        yield made
        made.kill()


@pytest.fixture(scope="module")
def at(site: Server, world: World) -> Callable[[str], "Desk"]:
    """Somebody's desk, signed in once a module: a one-time code counts once."""
    desks: dict[str, Desk] = {}

    def desk(login: str) -> Desk:
        if login not in desks:
            desks[login] = Desk(site, world, login)
        return desks[login]

    return desk


class Desk:
    """A browser at the console with somebody signed in, and a hand that sends what it likes."""

    def __init__(self, site: Server, world: World, login: str) -> None:
        self.site, self.person = site, world.people[login]
        self.visitor = Visitor(site.base)
        self.officer = Officer(self.visitor, self.person)
        self.officer.signs_in()
        assert self.visitor.cookies, login

    @property
    def cookie(self) -> str:
        """The session, as a header."""
        return "; ".join(f"{name}={value}" for name, value in self.visitor.cookies.items())

    @property
    def token(self) -> str:
        """The session's own token, from the way out, which is on every page."""
        return self.visitor.get("/").form("/sign-out").fields["csrf_token"][0]

    def asks(
        self, method: str, path: str, values: dict[str, str] | None = None, **headers: str
    ) -> Answer:
        """Send any request within the session."""
        body = urlencode(values or {}).encode() if method == "POST" else b""
        sent = {"Cookie": self.cookie, "Content-Type": FORM, **headers}
        return ask(self.site.base, method, path, body, sent)

    def posts(self, path: str, **values: str) -> Answer:
        """Send a form with the right token."""
        return self.asks("POST", path, {"csrf_token": self.token, **values})


def case_addresses(world: World) -> list[tuple[str, str]]:
    """Every method and address of the console that is about one case."""
    rules = create_app(world.settings).url_map.iter_rules()
    return sorted(
        (method, rule.rule)
        for rule in rules
        if "report_id" in rule.arguments and rule.endpoint not in PUBLIC_ENDPOINTS
        for method in (rule.methods or set()) & {"GET", "POST"}
    )


def at_case(rule: str, report: str, **ids: str) -> str:
    """Fill in an address."""
    given = {"key": "verify", "since": "2", "rung": "head", "ordinal": "2"} | ids
    return re.sub(r"<(?:int:)?(\w+)>", lambda found: given.get(found.group(1), report), rule)


def test_another_offices_case_is_not_there_whatever_one_asks(world, at):
    filed = world.file_report(narrative=TEXT, files=[("a.bin", b"x")])
    world.accept(filed.report)
    before = world.case(filed.report)
    stranger = at("zjj-officer")
    addresses = case_addresses(world)
    assert len(addresses) > 20
    values = {"csrf_token": stranger.token, "password": PASSWORD, "decision": "approve",
              "text": "x", "reason_code": "not_competent", "note": "x",
              "lead": "410329-zjj"}  # fmt: skip
    for method, rule in addresses:
        path = at_case(rule, filed.report)
        answer = stranger.asks(method, path, values)
        assert answer.status in (403, 404), (method, rule, answer.status)
        assert filed.case_number not in answer.text
        made_up = stranger.asks(method, at_case(rule, "2" * 26), values)
        assert made_up.status == answer.status, (method, rule)
    assert world.case(filed.report) == before


# login: what it may do with a case that has an award; with everything else it gets 403
MAY = {
    "yjj-officer": r"~(/assignment(/.*)?|/return|/opinion|/recusal|/papers/.*"
    r"|/copies|/copy(/receipt|/observation)?|/discipline/answer|/interference(/<int:ordinal>)?"
    r"|/open|/files.*|/accept|/refuse|/refusals/.*|/transfer|/reply|/finding"
    r"|/visits/(plan|photos|record|sign|return|<int:ordinal>)"
    r"|/merge|/merged(/tell)?"
    r"|/rectification|/referrals/.*|/protection(/<int:ordinal>/end)?|/closing|/reward(/claim|/notice)?|/sign-in|/milestones|/clocks/.*|/pauses/.*/end|/orders/<order_id>(/paper)?"
    r"|/releases|/releases/<release_id>/opening)?",
    "yjj-leader": r"~(/draw|/hand|/papers/.*|/return|/returns/.*|/co-handlers|/opinion|/recusal"
    r"|/copies|/copy(/receipt|/observation)?|/discipline/answer|/interference(/<int:ordinal>)?"
    r"|/assignment/.*"
    r"|/open|/files.*|/accept|/refuse|/refusals/.*|/transfer|/reply|/close"
    r"|/visits/(plan|drop|<int:ordinal>)"
    r"|/merge(/undo)?|/merged(/tell)?"
    r"|/rectification|/referrals/.*|/protection(/.*)?|/closing(/decline)?|/sign-in|/milestones|/clocks/.*|/pauses/.*|/extensions/.*|/steps/.*"
    r"|/reward/(claim|approval|refusal|reopening|recall|review)"
    r"|/review|/malice|/orders/<order_id>(/paper|/answer)?"
    r"|/releases|/releases/<release_id>/opening"
    r"|/holds|/holds/new|/holds/<hold_id>|/destruction)?",
    "operator": r"~(/assignment|/call|/reward/(claim|notice|confirmation)"
    r"|/clocks/<key>/<int:since>|/releases"
    r"|/papers/(report|dossier|hand-over/<office>|awards/.*/(notice|announcement|lapsed)(.pdf)?)"
    r"|/releases/<release_id>/opening)?",
    "awb-approver": r"~(/reward/(claim|approval|refusal|reopening|recall)|/clocks/<key>/<int:since>"
    r"|/papers/(report|dossier|hand-over/<office>|awards/.*/(notice|announcement|lapsed)(.pdf)?))?",
    "cashier": r"~(/reward/(claim|stop|payment|confirmation|card|returned)"
    r"|/clocks/<key>/<int:since>"
    r"|/papers/(report|dossier|hand-over/<office>|awards/.*)|/releases|/releases/<release_id>/opening)?",
    "seat1-holder": r"~(/releases/<release_id>/decision|/holds|/holds/<hold_id>)",
    "auditor": r"/audit~(/dossier)?",
    "administrator": "nothing",
}
# Addresses of custody: whose role may use them gets nowhere all the same in a case like this.
CUSTODY = r".*/(releases|holds|destruction)(/.*)?"


@pytest.mark.parametrize("login", MAY)
def test_nobody_gets_past_their_role_with_a_token_and_the_password(world, at, login):
    filed = world.approved()
    before = world.case(filed.report)
    desk = at(login)
    values = {"csrf_token": desk.token, "password": PASSWORD, "decision": "approve",
              "claim_number": "1234 5678 9012 3456", "text": "x"}  # fmt: skip
    wishes = {"what": "pay_award.contact", "reason": "x", "valid_hours": "1",
              "until": now().date().isoformat()}  # fmt: skip
    refused = 0
    for method, rule in case_addresses(world):
        if not re.fullmatch(MAY[login], rule.replace("/cases/<report_id>", "~")):
            refused += 1
            answer = desk.asks(method, at_case(rule, filed.report), values)
            assert answer.status == 403, (method, rule)
            assert filed.case_number not in answer.text
        elif re.fullmatch(CUSTODY, rule):
            why = {"reason_code": "duplicate" if "destruction" in rule else "reward_fraud"}
            answer = desk.asks(method, at_case(rule, filed.report), {**values, **wishes, **why})
            assert answer.status in (404, 409, 200 if method == "GET" else 422), (method, rule)
    assert refused >= 10
    assert world.case(filed.report) == before


def test_a_file_or_release_of_another_case_is_not_there(world, at):
    mine, other = (world.file_report(files=[(name, b"x" * 9)]) for name in ("a.bin", "b.bin"))
    theirs = world.file_report(sector="construction", files=[("c.bin", b"y")])
    assert world.case(theirs.report).lead != "410329-yjj"
    desk, before = at("yjj-officer"), world.case(mine.report)
    for filed in (other, theirs):
        [file] = world.store.read(lambda uow, r=filed.report: SealedVault(uow).files(r))
        for case in (mine, theirs):
            answer = desk.posts(f"/cases/{case.report}/files/{file.id}")
            assert answer.status == 404
    assert world.case(mine.report) == before
    [own] = world.store.read(lambda uow: SealedVault(uow).files(mine.report))
    assert desk.posts(f"/cases/{mine.report}/files/{own.id}").text == "x" * 9

    asked, claimed = world.approved(), world.approved()
    for filed in (asked, claimed):
        world.claim(filed)
    release = world.request(asked.report)
    for login, step in (("seat1-holder", "decision"), ("cashier", "opening")):
        path = f"/cases/{claimed.report}/releases/{release}/{step}"
        answer = at(login).posts(path, password=PASSWORD, decision="approve")
        assert answer.status in (404, 409)
    assert not world.case(claimed.report).releases


# ---- forms that are not one's own -------------------------------------------------------------


def test_another_sessions_form_is_shown_again_and_does_nothing(world, at):
    filed = world.file_report()
    path = f"/cases/{filed.report}/reply"
    forged = [at("yjj-leader").token, "", "x", "\x00", "é" * 40]
    for token in forged:
        answer = at("yjj-officer").asks("POST", path, {"csrf_token": token, "text": TEXT})
        assert answer.status == 200, token
        assert "尚未提交" in answer.text
        assert TEXT in answer.text
    assert world.case(filed.report).events == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_from_elsewhere_is_refused_with_its_token(world, at, headers):
    filed = world.file_report()
    desk = at("yjj-officer")
    values = {"csrf_token": desk.token}
    assert desk.asks("POST", f"/cases/{filed.report}/accept", values, **headers).status == 403
    assert world.case(filed.report).events == 1


def test_a_link_does_nothing(world, at):
    filed = world.file_report()
    desk = at("yjj-officer")
    query = urlencode({"csrf_token": desk.token, "text": TEXT, "password": PASSWORD})
    for path in ("accept", "reply", "open", "files/x", "transfer"):
        for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH"):
            answer = desk.asks(method, f"/cases/{filed.report}/{path}?{query}")
            assert answer.status in (200, 302, 405), (method, path)
    assert desk.asks("GET", "/sign-out").status == 405
    assert world.case(filed.report).events == 1


# ---- a form whose session has ended --------------------------------------------------------------


def hidden(answer: Answer, path: str) -> dict[str, str]:
    """The page that a form without a session is answered with: what it carries."""
    assert answer.status in (401, 422), answer.status
    return answer.values(path)


def signing_in(world: World, login: str, **changed: str) -> dict[str, str]:
    """The sign-in of that page, filled in by somebody."""
    typed = {"login": login, "password": PASSWORD, "code": world.people[login].code(now())}
    return {f"resume-{name}": text for name, text in {**typed, **changed}.items()}


def bare(site: Server, path: str, values: dict[str, str], **headers: str) -> Answer:
    """Send a form without a session."""
    return ask(site.base, "POST", path, urlencode(values).encode(),
               {"Content-Type": FORM, **headers})  # fmt: skip


def test_the_page_of_an_ended_session_cannot_be_turned_into_a_deed(world, site):
    """Hidden fields and the address tampered with: signed in there, one sees a form, no more."""
    filed = world.file_report()
    case = f"/cases/{filed.report}"
    carried = hidden(bare(site, f"{case}/reply", {"text": TEXT}), f"{case}/reply")
    assert carried["text"] == TEXT
    people = iter(["jw-officer", "jw-leader", "zjj-leader", "awb-supervisor", "city-supervisor-2"])
    # Sent to a button without a page, to an act, with the deed's fields put in
    for path in ("accept", "open", "reply", "transfer", "close"):
        login = next(people)
        values = {**carried, **signing_in(world, login), "password": PASSWORD, "seen": "1",
                  "lead": "410329-zjj", "reason_code": "not_competent"}  # fmt: skip
        answer = bare(site, f"{case}/{path}", values)
        assert answer.status in (200, 302, 403, 404), (path, login, answer.status)
        if login.startswith(("jw", "zjj")):
            assert filed.case_number not in answer.text
        assert world.case(filed.report).events == 1


def test_the_page_of_an_ended_session_takes_no_forged_token(world, site):
    filed = world.file_report()
    path = f"/cases/{filed.report}/reply"
    carried = hidden(bare(site, path, {"text": TEXT}), path)
    login = signing_in(world, "city-supervisor")
    for token in ("", "x", carried["csrf_token"][:-4] + "AAAA"):
        answer = bare(site, path, {**carried, **login, "csrf_token": token})
        assert answer.status == 422
        assert answer.headers["Set-Cookie"] is None
        assert hidden(answer, path)["text"] == TEXT
    answer = bare(site, path, {**carried, **login}, Origin="https://evil.example")
    assert answer.status == 403
    assert answer.headers["Set-Cookie"] is None
    assert world.case(filed.report).events == 1


def test_what_that_page_carries_is_text_and_never_a_secret(site):
    path = "/cases/x/reply"
    answer = bare(site, path, {HTML: HTML, "text": HTML, "password": PASSWORD,
                               "claim_number": "1234 5678", "repeated": PASSWORD})  # fmt: skip
    check_harmless(answer.text)
    carried = hidden(answer, path)
    assert carried["text"] == carried[HTML] == HTML
    assert PASSWORD not in answer.text
    assert "1234 5678" not in answer.text


# ---- what comes back --------------------------------------------------------------------------


def check_harmless(text: str) -> None:
    """Nothing that was typed became markup or template."""
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "49</textarea>" not in text
    assert text.count("</title>") == 1


def test_html_in_every_text_of_a_case_comes_back_escaped(world, at):
    parts = {"enterprise": HTML, "place": HTML, "relation": HTML}
    filed = world.file_report(narrative=HTML, parts=parts, files=[(HTML, HTML.encode())])
    desk, case = at("yjj-officer"), f"/cases/{filed.report}"
    world.accept(filed.report)
    assert desk.posts(f"{case}/reply", text=HTML).status == 302
    wrong = desk.posts(f"{case}/finding", account=HTML, penalty_no=HTML, fines=HTML, finding=HTML)
    assert wrong.status == 422
    check_harmless(wrong.text)
    opened = desk.posts(f"{case}/open")
    assert opened.status == 200
    assert opened.text.count("&lt;script&gt;alert(1)") >= 5
    check_harmless(opened.text)
    [file] = world.store.read(lambda uow: SealedVault(uow).files(filed.report))
    taken = desk.posts(f"{case}/files/{file.id}")
    assert taken.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%22")
    assert "sandbox" in taken.headers["Content-Security-Policy"]
    assert taken.headers["Content-Type"] == "application/octet-stream"
    for path in (f"/worklist/{HTML}", f"/?done={HTML}", f"/sign-in?next={HTML}"):
        check_harmless(desk.asks("GET", quote(path, safe="/?=")).text)


def lands_at(world: World, site: Server, login: str, target: str) -> str:
    """Sign in with a tampered address of what comes next; return where one is sent."""
    typed = {"login": login, "password": PASSWORD, "code": world.people[login].code(now())}
    path = f"/sign-in?{urlencode({'next': target})}"
    answer = bare(site, path, {"csrf_token": token_before(site), **typed})
    assert answer.status == 302, answer.status
    return urljoin(site.base, str(answer.headers["Location"]))


@pytest.mark.parametrize(
    ("login", "target"),
    [
        ("seat2-holder", "//evil.example"),
        ("seat2-deputy", "/\\evil.example"),
        ("seat3-holder", "https:evil.example"),
        ("seat3-deputy", "/\t/evil.example"),
    ],
)  # fmt: skip
def test_a_sign_in_leads_to_a_page_of_ours(world, site, login, target):
    assert lands_at(world, site, login, target).startswith(site.base)


def test_nobody_writes_lines_of_their_own_into_the_log(world, site):
    ask(site.base, "GET", "/cases/x%0AGET%20/forged%201%1b%5b31m")
    until(lambda: "forged" in log_of(world))
    assert not [line for line in log_of(world).splitlines() if line.startswith("GET /forged")]
    assert "\x1b" not in log_of(world)


def log_of(world: World) -> str:
    """What the console wrote to its log."""
    return (world.settings.home / "console.log").read_text()


def test_a_nul_in_an_address_or_a_name_is_no_fault(world, site, at):
    filed = world.file_report()
    desk = at("yjj-officer")
    answers = [
        desk.asks("GET", "/cases/%00"),
        desk.posts("/cases/a%00/accept"),
        desk.posts(f"/cases/{filed.report}/files/%00"),
        desk.asks("GET", "/worklist/inbox?after=2026-01-01.%00"),
        bare(site, "/sign-in", {"csrf_token": token_before(site), "login": "\x00",
                                "password": "x", "code": "000000"}),
    ]  # fmt: skip
    assert [answer.status for answer in answers if answer.status >= 500] == []


@pytest.mark.parametrize("digits", [30, 5000])
def test_a_number_that_no_database_holds_is_no_fault(world, at, digits):
    filed, desk, number = world.file_report(), at("yjj-leader"), "9" * digits
    answers = [
        desk.asks("GET", f"/worklist/to-decide?after=2026-03-02~a~b~{number}~c"),
        desk.asks("GET", f"/board/410329-yjj/normal?after=2026-03-02~a~b~{number}"),
        desk.asks("GET", f"/cases/{filed.report}/visits/{number}"),
        desk.asks("GET", f"/cases/{filed.report}/extensions/{number}"),
    ]
    world.accept(filed.report)
    open_visit(world, filed.report)
    record_visit(world, filed.report)
    way = f"/cases/{filed.report}/visits/return"
    answers.append(at("yjj-officer-2").posts(way, note="x", recorded=number))
    assert [answer.status for answer in answers if answer.status >= 500] == []


def test_a_nul_in_the_name_of_who_signs_in_again_is_no_fault(world, site):
    carried = hidden(bare(site, "/cases/x/reply", {"text": TEXT}), "/cases/x/reply")
    again = {**carried, "resume-login": "\x00", "resume-password": "x", "resume-code": "000000"}
    answer = bare(site, "/cases/x/reply", again)
    assert answer.status == 422
    assert hidden(answer, "/cases/x/reply")["text"] == TEXT


def token_before(site: Server) -> str:
    """The token of a form before there is a session."""
    return ask(site.base, "GET", "/sign-in").values("/sign-in")["csrf_token"]
