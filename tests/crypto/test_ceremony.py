from dataclasses import replace

import pytest

from crypto import cli, unseal
from crypto.argon import MIB
from crypto.context import office_wrap_context, seat_wrap_context
from crypto.errors import CodeError, KeySetError, UnsealError
from crypto.keyset import Member, check_first, keyset_signing_bytes
from crypto.notes import LogKey
from crypto.paper import paper_text, read_paper
from crypto.private_key import PrivateKey
from crypto.public_key import member_fingerprint

CODES = ("A1", "A2", "A3")
ROLES = {"x": ("custodian", "officer"), "y": ("custodian",), "z": ("administrator",)}


@pytest.fixture(scope="module")
def people() -> dict[str, tuple[PrivateKey, PrivateKey]]:
    return {
        f"{code}-{person}": (PrivateKey.generate(), PrivateKey.generate())
        for code in CODES
        for person in ROLES
    }


def plan(people, **change):
    members = [
        Member(account, account[:2], ROLES[account[-1]], day.public, deed.public)
        for account, (day, deed) in people.items()
    ]
    return {
        "site": "410329",
        "demo": True,
        "issued_on": "2026-01-05",
        "members": members,
        "offices": [cli.OfficePlan("A1"), cli.OfficePlan("A2", "A1"), cli.OfficePlan("A3", "A1")],
        "seats": [cli.SeatPlan(code, f"{code}-x", f"{code}-y") for code in CODES],
        "threshold": 2,
        **change,
    }


@pytest.fixture(scope="module")
def made(people) -> cli.Ceremony:
    return cli.ceremony(**plan(people))


def test_the_key_set_is_believed_once_signed(made, people):
    message = keyset_signing_bytes(made.keyset_body)
    assert made.signatures_needed == 2
    signers = [made.signers[0], made.signers[3]]
    signatures = {account: people[account][1].sign(message) for account in signers}
    pin = made.keyset.digest()
    assert check_first(made.keyset_body, signatures, expected_digest=pin) == made.keyset
    assert made.keyset.code_memlimit == 19 * MIB
    assert made.keyset.password_memlimit == 64 * MIB
    assert made.keyset.log == LogKey(made.log_secret).public


def test_officers_open_their_office_key_and_others_have_no_wrap(made, people):
    wraps = {(one.name, one.account): one for one in made.wraps if one.kind == "office"}
    assert set(wraps) == {(c, f"{c}-x") for c in CODES} | {(c, "") for c in CODES}
    for code in CODES:
        wrap = wraps[code, f"{code}-x"]
        secret = unseal.unwrap_key(
            wrap.body,
            context=office_wrap_context("410329", code),
            holder=people[wrap.account][0],
            key_id=wrap.key_id,
        )
        assert PrivateKey(secret).public == made.keyset.office(code).key
        assert PrivateKey(secret).key_id == wrap.key_id


def test_holder_and_deputy_open_their_seat_with_the_deed_key(made, people):
    wraps = [one for one in made.wraps if one.kind == "seat"]
    assert len(wraps) == 6
    for wrap in wraps:
        context = seat_wrap_context("410329", int(wrap.name))
        day, deed = people[wrap.account]
        secret = unseal.unwrap_key(wrap.body, context=context, holder=deed, key_id=wrap.key_id)
        assert PrivateKey(secret).public == made.keyset.seat(int(wrap.name)).key
        with pytest.raises(UnsealError):
            unseal.unwrap_key(wrap.body, context=context, holder=day, key_id=wrap.key_id)


def test_k_paper_parts_give_the_recovery_key_which_opens_offices_only(made):
    parts = made.paper_parts
    assert len(parts) == 3
    for chosen in ((0, 1), (0, 2), (2, 1), (0, 1, 2)):
        key = cli.recover([parts[at] for at in chosen], keyset=made.keyset)
        assert key.public == made.keyset.recovery
    for wrap in made.wraps:
        if wrap.account == "":
            context = office_wrap_context("410329", wrap.name)
            unseal.unwrap_key(wrap.body, context=context, holder=key, key_id=wrap.key_id)
            assert wrap.kind == "office"
    with pytest.raises(UnsealError):
        cli.recover(parts[:1], keyset=made.keyset)
    with pytest.raises(UnsealError):
        cli.recover([parts[0], parts[0]], keyset=made.keyset)


def test_parts_of_another_ceremony_do_not_fit(made, people):
    other = cli.ceremony(**plan(people))
    with pytest.raises(UnsealError):
        cli.recover(other.paper_parts, keyset=made.keyset)


def test_secrets_do_not_show_in_a_repr(made):
    shown = repr(made)
    assert made.paper_parts[0] not in shown
    assert repr(made.log_secret) not in shown


def test_a_broken_plan_is_refused(people):
    good = plan(people)
    seats = good["seats"]
    broken = [
        {"members": [one for one in good["members"] if one.office != "A3"]},
        {"members": [one for one in good["members"] if one.account in ("A1-x", "A2-x", "A3-x")]},
        {"seats": [*seats[:2], replace(seats[2], deputy=seats[2].holder)]},
        {"seats": [*seats[:2], replace(seats[2], holder="A1-x")]},
        {"seats": seats[:2]}, {"threshold": 3}, {"threshold": 1},
        {"offices": good["offices"][1:]},
        {"members": [*good["members"], good["members"][0]]},
    ]  # fmt: skip
    for change in broken:
        with pytest.raises(KeySetError):
            cli.ceremony(**{**good, **change})


def test_a_members_fingerprint_has_24_digits(people):
    day, deed = people["A1-x"]
    text = member_fingerprint(day.public, deed.public)
    assert len(text.replace(" ", "")) == 24
    assert text != member_fingerprint(deed.public, day.public)


# Paper -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [*range(1, 47), 67, 643])
def test_a_paper_part_is_read_back(size):
    bundle = bytes(at * 37 % 256 for at in range(size))
    text = paper_text(bundle)
    assert read_paper(text) == bundle
    assert read_paper(text.lower().replace("0", "o").replace("1", "l")) == bundle
    cli.check_paper("\n\n" + text.replace("  ", " - ") + "\n", text)


def test_every_slip_shows_in_its_line():
    text = paper_text(bytes(range(67)))
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        for at in range(4, len(line)):
            if line[at] != " ":
                slip = "7" if line[at] != "7" else "8"
                typed = [*lines]
                typed[number - 1] = line[:at] + slip + line[at + 1 :]
                with pytest.raises(CodeError) as wrong:
                    read_paper("\n".join(typed))
                assert wrong.value.line == number


@pytest.mark.parametrize(
    "typed", ["", "x", "01", "01 0000", "01 ABCD EFGH", "02 ABCD EFGH", "铜", "- -", "01 U U U U U"]
)
def test_what_is_no_paper_part_is_refused(typed):
    with pytest.raises(CodeError):
        read_paper(typed)


def test_lines_cannot_be_swapped_left_out_or_repeated():
    lines = paper_text(bytes(range(67))).split("\n")
    bodies = [line[2:] for line in lines]
    for order in ([1, 0, 2, 3, 4], [0, 2, 3, 4], [0, 0, 1, 2, 3, 4], [4, 0]):
        typed = "\n".join(f"{n:02d}{bodies[at]}" for n, at in enumerate(order, start=1))
        with pytest.raises(CodeError):
            read_paper(typed)


def test_a_part_with_its_end_missing_is_another_part():
    text = paper_text(bytes(range(67)))
    with pytest.raises(CodeError):
        cli.check_paper(text.rpartition("\n")[0], text)


def test_parts_open_though_a_later_key_set_counts_otherwise(made, people):
    """A new n or k holds for what is split later; the paper keeps the numbers of its ceremony."""
    keys = {f"A4-{who}": (PrivateKey.generate(), PrivateKey.generate()) for who in ROLES}
    wider = plan(people | keys, threshold=3)
    wider["offices"] = [*wider["offices"], cli.OfficePlan("A4", "A1")]
    wider["seats"] = [*wider["seats"], cli.SeatPlan("A4", "A4-x", "A4-y")]
    later = replace(cli.ceremony(**wider).keyset, recovery=made.keyset.recovery)
    assert (len(later.seats), later.threshold) == (4, 3)
    assert cli.recover(made.paper_parts[:2], keyset=later).public == made.keyset.recovery
    for too_few in (made.paper_parts[:0], made.paper_parts[:1]):
        with pytest.raises(UnsealError):
            cli.recover(too_few, keyset=later)


def test_the_recovery_key_hands_an_office_key_back_to_whom_it_is_told(made):
    recovery = cli.recover(made.paper_parts, keyset=made.keyset)
    office = made.keyset.offices[0].code
    mine = next(w for w in made.wraps if (w.kind, w.name, w.account) == ("office", office, ""))
    members = [one for one in made.keyset.members if one.office == office]
    given = cli.hand_back(
        mine.body,
        wrapped=mine.key_id,
        recovery=recovery,
        site=made.keyset.site,
        members=members,
        office=office,
    )
    assert [(w.kind, w.name, w.account, w.key_id) for w in given] == [
        ("office", office, one.account, mine.key_id) for one in members
    ]
    with pytest.raises(UnsealError):
        cli.hand_back(
            mine.body,
            wrapped=mine.key_id,
            recovery=PrivateKey.generate(),
            site=made.keyset.site,
            members=members,
            office=office,
        )
