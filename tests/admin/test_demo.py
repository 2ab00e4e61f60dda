"""The demo: loaded through the real services, once, and never over a real instance."""

import json
import shutil
import sqlite3
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from flask import g

from admin import auth
from admin.commands.opened import opened
from admin.config import PAGE_LINES
from admin.demo.accounts import DemoFile
from admin.demo.people import posts_of
from admin.demo.reporter import NAME, DemoReporter
from admin.demo.script import DemoCase, DemoDataError, read_cases
from admin.demo.stage import Stage
from admin.demo.up import Show, up
from admin.extensions import Console
from admin.views.worklist import LISTS, report_of
from casework.config import Settings
from casework.domain.case import AskState, AwardState, Case, State
from casework.domain.routing import load_routing
from casework.instance import Instance
from casework.queries.board import board
from casework.queries.cases import case as find_case
from casework.queries.cases import timeline
from casework.services import mailbox, staff
from casework.services.clocks import project_new
from casework.services.rulebook import rulebook
from casework.storage.board import Level
from casework.storage.migrate import current
from command_line import tonggui
from source import ROOT

T = TypeVar("T")
CASES = {case.id: case for case in read_cases()}
TRIALS = 1  # the one that opened the site; only its facts are left


class PlugPulledError(Exception):
    """Somebody pulled the plug."""


def interrupted(what: str, after: int) -> Show:
    """Show nothing, and end in the middle of the list called *what*."""

    def tracked(items: Iterable[T], name: str) -> Iterator[T]:
        for number, item in enumerate(items):
            if what in name and number == after:
                raise PlugPulledError
            yield item

    return Show(lambda _name: nullcontext(), tracked)


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo that was interrupted twice on its way; copied, never changed."""
    home = tmp_path_factory.mktemp("demo") / "home"
    settings = Settings.from_environment({"TONGGUI_HOME": str(home)})
    for what, after in (("enrolling", 20), ("loading", 25)):
        with pytest.raises(PlugPulledError):
            up(settings, interrupted(what, after))
    answer = tonggui("demo", "up", "--no-serve", home=home)
    assert answer.status == 0, answer.err
    return home


def test_a_load_taken_up_days_later_counts_from_the_day_it_began(tmp_path):
    """Else a release asked for on one day would have expired before custodians agree."""
    settings = Settings.from_environment({"TONGGUI_HOME": str(tmp_path / "home")})
    with pytest.raises(PlugPulledError):
        up(settings, interrupted("enrolling", 1))
    began = DemoFile(settings.home).begun_on
    instance = Instance.read(settings.home)
    replace(instance, clock_offset_seconds=5 * 86400).write(settings.home)
    with pytest.raises(PlugPulledError):
        up(settings, interrupted("loading", 20))
    assert DemoFile(settings.home).begun_on == began
    case = cases_in(settings.home)["mem-2023-08-1"]
    assert case.received_on == date.fromisoformat(began) - timedelta(days=45)


@pytest.fixture
def home(loaded: Path, tmp_path: Path) -> Path:
    """A demo of the test's own."""
    return shutil.copytree(loaded, tmp_path / "home")


def cases_in(home: Path) -> dict[str, Case]:
    """Return every demo case as it stands, by its id in the data."""
    with opened(Settings.from_environment({"TONGGUI_HOME": str(home)})) as here:
        reports = DemoFile(home).reports
        return {name: find_case(here.store, report=one.report_id) for name, one in reports.items()}


def state_of(case: Case) -> str:
    """Return a state as the data file names it."""
    if case.state is State.CONCLUDED and case.award is not None:
        # Whoever has a mailbox is told with the last yes.
        # A claim opens by itself, and waits to be proposed.
        seen = {AwardState.NOTIFIED: "approved", AwardState.COMPUTED: "concluded"}
        return seen.get(case.award.state, str(case.award.state))
    return str(case.state)


# what is loaded -------------------------------------------------------------------------------


def test_every_published_case_is_there_in_its_state(loaded):
    cases = cases_in(loaded)
    assert set(cases) == set(CASES)
    assert {name: state_of(case) for name, case in cases.items()} == {
        name: told.state for name, told in CASES.items()
    }


def test_all_states_of_a_case_are_shown(loaded):
    shown = Counter(state_of(case) for case in cases_in(loaded).values())
    awards = {AwardState.PROPOSED, AwardState.APPROVED, AwardState.CLAIMED, AwardState.PAID}
    assert set(shown) == {str(state) for state in State} | {str(state) for state in awards}


def test_two_cases_are_overdue_and_escalated_on_their_day(loaded):
    overdue = {
        name: case
        for name, case in cases_in(loaded).items()
        if any(one.startswith("verify.") for one in case.overdue)
    }
    assert set(overdue) == {name for name, told in CASES.items() if told.overdue}
    for name, case in overdue.items():
        assert case.escalated, name
        with opened(Settings.from_environment({"TONGGUI_HOME": str(loaded)})) as here:
            lines = timeline(here.store, report=case.report_id)
        first_two = [
            (line.kind, line.at)
            for line in lines
            if line.kind in ("clock.overdue", "case.escalated") and line.facts["clock"] == "verify"
        ][:2]
        # At five past midnight in China, on the day after the last one.
        at = f"{case.verify_due_on}T16:05:00Z"
        assert first_two == [("clock.overdue", at), ("case.escalated", at)]


def test_limits_are_lengthened_paused_asked_for_and_ordered_to_be_answered(loaded):
    cases = cases_in(loaded)
    assert [one.state for one in cases["nmsa-sc-2025-10"].extensions] == [AskState.GRANTED]
    assert [one.state for one in cases["mem-2022-08-1"].extensions] == [AskState.REQUESTED]
    assert [one.state for one in cases["mem-2025-12-2"].standstills] == [AskState.GRANTED]
    ordered = cases["mem-2025-12-1"]
    assert [one.kind for one in ordered.orders] == ["order"]
    assert ordered.acknowledged
    with opened(Settings.from_environment({"TONGGUI_HOME": str(loaded)})) as here:
        found = board(here.store, office="410329-awb", supervises=True, now=here.clock.now())
    assert all(found.cases.numbers[level] for level in Level), found.cases


def test_the_turns_of_a_case_are_shown(loaded):
    cases, people = cases_in(loaded), accounts_of(loaded)
    asked = cases["mem-2024-10-1"]
    assert [(one.to, one.outcome) for one in asked.returns] == [("410329-zjj", "")]
    helped = cases["hn-2024-12-1"]
    assert helped.co_handlers == ("410329-gaj",)
    (visit,) = helped.visits
    assert visit.officers == (people["yjj-officer"], people["gaj-officer"])
    assert (visit.recorder, visit.signed) == (people["gaj-officer"], 0)
    lead, second = cases["nmsa-sc-2025-10"], cases["nmsa-sc-2025-10-b"]
    assert [(one.report, one.rank) for one in lead.joined] == [(second.report_id, 2)]
    assert second.merged is not None
    assert second.merged.into == lead.report_id
    accusing = cases["nx-szs-2022-1"]
    assert (accusing.about, accusing.discipline) == ("410329-jtysj", "410329-jw")
    assert "410329-jtysj" not in accusing.offices


def test_an_urgent_report_has_just_come_in(loaded):
    case = cases_in(loaded)["mem-2025-12-3"]
    assert case.urgent
    assert not case.overdue
    with opened(Settings.from_environment({"TONGGUI_HOME": str(loaded)})) as here:
        clocks = rulebook(here.store).clocks(case, here.clock.now())
    (urgent,) = [one for one in clocks if one.key == "urgent"]
    assert urgent.running


# Who signs in, in which list it stands, and the case: each turn where its people look.
STANDS_IN = (
    ("yjj-officer", "inbox", "mem-2025-12-3"),
    ("yjj-officer", "to-sign", "hn-2024-12-1"),
    ("yjj-officer", "inbox", "nmsa-sc-2025-10"),
    ("gaj-officer", "helping", "hn-2024-12-1"),
    ("awb-supervisor", "supervised", "mem-2025-12-3"),
    ("awb-supervisor", "to-decide", "mem-2024-10-1"),
    ("awb-supervisor", "inbox", "nx-szs-2022-1"),
    ("jw-officer", "discipline", "nx-szs-2022-1"),
)


def test_each_turn_stands_in_the_list_of_who_has_to_know(home):
    settings = Settings.from_environment({"TONGGUI_HOME": str(home)})
    stage = Stage(settings, DemoFile(home))
    project_new(stage.here.store, now=stage.now())  # as the jobs process does once it runs
    reports = {name: one.report_id for name, one in stage.file.reports.items()}
    for login, key, name in STANDS_IN:
        assert reports[name] in listed(stage, login, key), (login, key, name)
    inbox = listed(stage, "yjj-officer", "inbox")
    assert inbox[0] == reports["mem-2025-12-3"], "urgent first"
    assert reports["nmsa-sc-2025-10-b"] not in inbox
    stage.close()


def listed(stage: Stage, login: str, key: str) -> list[str]:
    """Return the reports in a list of somebody's worklist, in order."""
    with stage.officer(login, stage.now()):
        session = g.session
        with stage.app.test_request_context():
            g.session = session
            rows, _following = LISTS[key].load("", PAGE_LINES)
            return [report_of(line) for line, _light in rows]


def accounts_of(home: Path) -> dict[str, str]:
    with opened(Settings.from_environment({"TONGGUI_HOME": str(home)})) as here:
        return {one.login: one.id for one in staff.accounts(here.store)}


def test_nothing_happened_before_it_could_or_in_the_future(loaded):
    with opened(Settings.from_environment({"TONGGUI_HOME": str(loaded)})) as here:
        now = here.clock.stamp()
        for case in cases_in(loaded).values():
            lines = timeline(here.store, report=case.report_id)
            instants = [line.at for line in lines[1:]]
            officers = [line.at for line in lines[1:] if line.actor != "jobs"]
            assert officers == sorted(officers)
            assert all(at < now for at in instants)


def test_awards_are_those_that_the_rules_give(loaded):
    cases = cases_in(loaded)
    amounts = {name: case.award.amount_fen for name, case in cases.items() if case.award}
    assert amounts["mem-2023-08-1"] == 16_000_000  # 4 deaths × 40,000
    assert amounts["mem-2023-08-2"] == 300_000  # 15 % of 12,000 is under the floor
    assert amounts["sd-2023-03-1"] == 8_250_000  # 15 % of 550,000
    years = {case.award.year for case in cases.values() if case.award}
    funds = [tonggui("fund", "show", "--year", str(y), "--json", home=loaded).json for y in years]
    assert {fund["appropriated_fen"] for fund in funds} == {100_000_000}
    assert sum(fund["reserved_fen"] + fund["paid_fen"] for fund in funds) == sum(amounts.values())
    paid = [case.award.amount_fen for case in cases.values() if case.award and case.award.means]
    assert sum(fund["paid_fen"] for fund in funds) == sum(paid)


def test_the_register_agrees_with_every_row(loaded):
    told = tonggui("register", "verify", "--json", home=loaded).json
    assert told == {"reports": len(CASES) + TRIALS, "findings": []}


def test_a_second_start_changes_nothing(home):
    database = home / "tonggui.sqlite"
    before = dump(database)
    kept = (home / "demo" / "accounts.json").read_bytes()
    answer = tonggui("demo", "up", "--no-serve", home=home)
    assert answer.status == 0
    assert answer.err == ""
    assert dump(database) == before
    assert (home / "demo" / "accounts.json").read_bytes() == kept


def dump(database: Path) -> list[str]:
    with sqlite3.connect(database) as connection:
        lines = list(connection.iterdump())
    connection.close()
    return lines


def test_what_is_printed_lets_somebody_begin(home):
    out = tonggui("demo", "up", "--no-serve", home=home).out
    file = DemoFile(home)
    for login in ("yjj-officer", "approver", "cashier", "seat1-holder", "auditor"):
        assert file.accounts[login].password in out
    codes = [line.split("\t")[0] for line in out.splitlines() if line[:4].isdigit()]
    assert len(codes) == 3
    assert {code.replace(" ", "") for code in codes} <= {one.code for one in file.reports.values()}


# its people -----------------------------------------------------------------------------------


def test_no_demo_account_names_a_person(loaded):
    accounts = DemoFile(loaded).accounts.values()
    assert all(one.name.startswith("演示·") for one in accounts)
    assert NAME == "样本举报人（演示）"


def test_every_office_that_needs_a_key_has_two_members():
    routing = load_routing((ROOT / "casework/routing/410329.toml").read_bytes())
    posts = posts_of(routing)
    count = Counter(post.office for post in posts)
    needing = {code for code, one in routing.departments.items() if one.kind != "enterprise"}
    assert set(count) == needing
    assert min(count.values()) >= 2
    assert len({post.login for post in posts}) == len(posts)
    roles = Counter(role for post in posts for role in post.roles)
    assert (roles["supervisor"], roles["finance"], roles["custodian"]) == (4, 2, 6)
    assert {roles[one] for one in ("approver", "cashier", "auditor", "administrator")} == {1}


def test_passwords_and_codes_lie_where_only_their_owner_reads_them(loaded):
    path = loaded / "demo" / "accounts.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_demo_code_opens_the_console(home):
    told = tonggui("demo", "code", "cashier", "--json", home=home).json
    assert 0 < told["seconds_left"] <= 30
    account = DemoFile(home).accounts["cashier"]
    with opened(Settings.from_environment({"TONGGUI_HOME": str(home)})):
        session = auth.sign_in("cashier", account.password, told["code"])
    assert session.office == "410329-czj"


def test_demo_code_of_nobody_names_who_there_is(home):
    assert "yjj-officer" in tonggui("demo", "code", "nobody", home=home).sentence
    assert tonggui("demo", "code", "nobody", "--json", home=home).refusal["key"] == "name"


def test_demo_accounts_lists_the_main_ones_or_all(home):
    few = tonggui("demo", "accounts", "--json", home=home).json
    every = tonggui("demo", "accounts", "--all", "--json", home=home).json
    assert len(few) < len(every) == len(DemoFile(home).accounts)
    assert set(few[0]) == {"login", "password", "name", "office", "roles"}
    assert "totp" not in json.dumps(every)


def test_a_receipt_code_leads_to_its_report(loaded):
    with opened(Settings.from_environment({"TONGGUI_HOME": str(loaded)})) as here:
        kept = DemoFile(loaded).reports["mem-2025-12-2"]
        reporter = DemoReporter.holding(here, kept.code, kept.report_id)
        assert mailbox_report(here, reporter) == kept.report_id
        wrong = DemoReporter.holding(here, "0" * 24, kept.report_id)
        assert mailbox_report(here, wrong) is None


def mailbox_report(here: Console, reporter: DemoReporter) -> str | None:
    found = mailbox.open_mailbox(here.store, locator=reporter.receipt.locator)
    return found.report_id if found else None


# never a real instance ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [["up", "--no-serve"], ["code", "finance"], ["accounts"], ["clock", "+1d"], ["reset", "--yes"]],
    ids=lambda typed: typed[0],
)
def test_a_real_instance_is_left_alone(tmp_path, typed):
    home = tmp_path / "home"
    tonggui("init", "--region", "410329", home=home)
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    assert "正式实例" in tonggui("demo", *typed, home=home).sentence
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before


def test_an_instance_whose_key_set_is_real_is_no_demo_whatever_the_file_says(home):
    """Somebody who turns the file's flag turns nothing else."""
    with sqlite3.connect(home / "tonggui.sqlite") as connection:
        body = connection.execute("SELECT body FROM key_set").fetchone()[0]
        real = body.replace(b'"demo":true', b'"demo":false')
        assert real != body
        connection.execute("UPDATE key_set SET body = ?", (real,))
    connection.close()
    assert "正式实例" in tonggui("demo", "up", "--no-serve", home=home).sentence


def test_demo_keys_are_bound_to_a_site_that_no_real_instance_has(loaded):
    told = tonggui("keys", "show", "--json", home=loaded).json
    assert (told["demo"], told["site"]) == (True, "410329-demo")
    refused = tonggui("init", "--region", "410329", "--site", "410329-demo", home=loaded / "x")
    assert refused.status == 2


# reset and clock ------------------------------------------------------------------------------


def test_reset_deletes_the_demo_and_nothing_else(home):
    mine = home / "my-notes.txt"
    mine.write_text("mine")
    assert tonggui("demo", "reset", "--yes", home=home).status == 0
    assert list(home.iterdir()) == [mine]
    assert tonggui("demo", "reset", "--yes", home=home).status == 0


def test_reset_removes_an_empty_home(home):
    assert tonggui("demo", "reset", "--yes", home=home).status == 0
    assert not home.exists()


def test_reset_asks_first(home):
    answer = tonggui("demo", "reset", home=home, stdin="n\n")
    assert answer.status == 130
    assert (home / "instance.toml").exists()
    assert tonggui("demo", "reset", home=home, stdin="y\n").status == 0
    assert not home.exists()


@pytest.mark.parametrize(("by", "seconds"), [("+40d", 40 * 86400), ("+12h", 12 * 3600)])
def test_the_clock_is_moved_forward_and_adds_up(home, by, seconds):
    before = Instance.read(home)
    assert "重新运行" in tonggui("demo", "clock", by, home=home).out
    assert "重新运行" in tonggui("demo", "clock", by, home=home).out
    after = Instance.read(home)
    assert after.clock_offset_seconds == 2 * seconds
    assert (after.site, after.addresses) == (before.site, before.addresses)
    assert str(after.clock.today()) in tonggui("demo", "clock", home=home).out


@pytest.mark.parametrize("by", ["40d", "-40d", "+0d", "+40", "+4w", "+9999d", "+3651d"])
def test_the_clock_refuses_what_is_no_step_forward(home, by):
    typed = ["demo", "clock", by] if not by.startswith("-") else ["demo", "clock", "--", by]
    assert "+40d" in tonggui(*typed, home=home).sentence
    assert Instance.read(home).clock_offset_seconds == 0


def test_codes_follow_the_moved_clock(home):
    tonggui("demo", "clock", "+40d", home=home)
    code = tonggui("demo", "code", "finance", "--json", home=home).json["code"]
    account = DemoFile(home).accounts["finance"]
    with opened(Settings.from_environment({"TONGGUI_HOME": str(home)})):
        assert auth.sign_in("finance", account.password, code)


# the data file --------------------------------------------------------------------------------


def test_the_data_hold_real_cases_enough_and_no_identity():
    assert len(CASES) >= 12
    assert all(case.source and case.narrative for case in CASES.values())


@pytest.mark.parametrize(
    "text", ["", "[[case]]\nid = 'x'\n", "not toml", "[[case]]\nid = 'x'\ndemo_overdue = false\n"]
)
def test_a_broken_data_file_is_refused_with_a_reason(tmp_path, text):
    path = tmp_path / "cases.toml"
    path.write_text(text)
    with pytest.raises(DemoDataError):
        read_cases(path)


def test_steps_of_a_case_follow_one_another():
    today = date(2026, 3, 2)
    for case in CASES.values():
        instants = [case.when(step, today) for step in case.steps]
        assert instants == sorted(instants), case.id


def test_an_unknown_state_is_refused():
    with pytest.raises(KeyError):
        _ = DemoCase(
            **{**{name: getattr(CASES["mem-2023-08-1"], name) for name in DemoCase.__slots__},
               "state": "lost"}
        ).steps  # fmt: skip


def test_a_demo_on_postgresql(postgres_url, tmp_path):
    home = tmp_path / "home"
    typed = {"home": home, "database_url": postgres_url}
    assert tonggui("demo", "up", "--no-serve", **typed).status == 0
    assert tonggui("register", "verify", "--json", **typed).json["reports"] == len(CASES) + TRIALS
    assert tonggui("demo", "reset", "--yes", **typed).status == 0
    assert not home.exists()
    assert current(postgres_url) is None
