"""The pages of an award in a real browser: they fit, work without scripts, axe finds nothing."""

import pytest

from at_the_console import all_fit, none_is_broken
from casework.services.claims import end_claims, open_claims


@pytest.fixture
def cases(world):
    """Ids of five reports: claim open, proposed anew, to be told by letter, paid, lapsed."""
    world.appropriate()
    lapsed = world.approved().report
    world.move(days=120)
    end_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
    found = {"lapsed": lapsed}
    for name in ("open", "proposed", "paid", "letter"):
        filed = world.file_report(channel="letter" if name == "letter" else "web")
        world.accept(filed.report)
        world.conclude(filed.report)
        open_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
        found[name] = filed.report
        if name == "open":
            continue
        world.propose_reward(filed.report)
        if name == "proposed":
            world.say_yes(filed.report)
            world.conclude(filed.report, fines_fen=(30_000_000,))
            open_claims(world.store, trust=world.trust, log_key=world.log_key, now=world.now)
            world.propose_reward(filed.report)
            continue
        world.approve(filed.report)
        if name == "paid":
            world.claim(filed, how="counter")
            world.pay(filed.report, means="cash", claim_hash="ab" * 32)
    return found


# login: pages it sees, each a case and an address in it
PAGES = {
    "yjj-officer": (
        ("open", ""),
        ("open", "/reward"),
        ("open", "/reward/claim"),
        ("proposed", "/reward/claim"),
        ("letter", "/reward/notice"),
    ),
    "awb-approver": (
        ("proposed", "/reward/approval"),
        ("open", "/reward/refusal"),
        ("lapsed", "/reward/reopening"),
        ("paid", "/reward/recall"),
        ("paid", "/reward/claim"),
    ),
    "finance": (("proposed", "/reward/approval"),),
    "awb-supervisor": (("paid", "/reward/review"), ("lapsed", "/reward/claim")),
}


def paths_of(login, cases):
    return [f"/cases/{cases[case]}{path}" for case, path in PAGES[login]]


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("login", PAGES)
def test_the_pages_fit_a_phone_and_a_desk_without_scripts(
    world, console_url, watched, cases, login, width
):
    page, complaints = watched(viewport={"width": width, "height": 900}, java_script_enabled=False)
    all_fit(page, console_url, world, login, paths_of(login, cases))
    assert [one for one in complaints if "Content Security Policy" in one] == []


@pytest.mark.parametrize("login", PAGES)
def test_axe_finds_nothing(world, console_url, watched, cases, login):
    page, _complaints = watched(viewport={"width": 360, "height": 900})
    none_is_broken(page, console_url, world, login, paths_of(login, cases))
