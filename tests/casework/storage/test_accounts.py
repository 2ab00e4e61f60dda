"""People of the console and what belongs to them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from casework.domain.errors import KeyChangeError, LoginTakenError, UnknownAccountError
from casework.domain.ids import new_id
from casework.storage.accounts import Account
from casework.storage.key_wraps import RECOVERY, MemberWrap
from casework.storage.keysets import StoredCertificate, StoredKeySet

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def make(**given: object) -> Account:
    values = {
        "id": new_id(),
        "login": "li.na",
        "display_name": "李娜（样例）",
        "office": "410329-yjj",
        "roles": frozenset({"officer", "cashier"}),
        "state": "invited",
        "salt": b"\0salt",
        "start_code_hash": b"h" * 32,
        "start_code_expires_at": NOW,
    }
    return Account(**(values | given))  # type: ignore[arg-type]


def test_an_account_comes_back_as_it_was_stored_and_saved(store):
    invited = make()
    active = replace(
        invited, state="active", day_box=b"d", deed_box=b"e", totp_box=b"t", day_key="ab" * 64,
        deed_key="cd" * 64, start_code_hash=None, start_code_expires_at=None, locked_until=NOW,
        failures=3, totp_last=58_000_000,
    )  # fmt: skip
    store.write(lambda uow: uow.accounts.insert(invited))
    assert store.read(lambda uow: uow.accounts.get(invited.id)) == invited

    store.write(lambda uow: uow.accounts.save(active))

    assert store.read(lambda uow: uow.accounts.by_login("li.na")) == active
    assert store.read(lambda uow: uow.accounts.of_office("410329-yjj")) == (active,)
    assert store.read(lambda uow: uow.accounts.all()) == (active,)


def test_unknown_accounts_are_refused_or_none(store):
    assert store.read(lambda uow: uow.accounts.by_login("nobody")) is None
    for use in (
        lambda uow: uow.accounts.get("x"),
        lambda uow: uow.accounts.save(make()),
        lambda uow: uow.accounts.failed("x"),
    ):
        with pytest.raises(UnknownAccountError):
            store.write(use)


def test_a_login_name_is_given_once(store):
    store.write(lambda uow: uow.accounts.insert(make()))

    with pytest.raises(LoginTakenError):
        store.write(lambda uow: uow.accounts.insert(make()))


def test_a_state_nobody_knows_is_refused(store):
    with pytest.raises(sa.exc.IntegrityError):
        store.write(lambda uow: uow.accounts.insert(make(state="ghost")))


def test_a_one_time_password_counts_once_and_forgives_failures(store):
    account = make()
    store.write(lambda uow: uow.accounts.insert(account))
    store.write(lambda uow: uow.accounts.failed(account.id))
    store.write(
        lambda uow: uow.accounts.failed(account.id, locked_until=NOW + timedelta(minutes=1))
    )
    failed = store.read(lambda uow: uow.accounts.get(account.id))

    used = [
        store.write(lambda uow, s=s: uow.accounts.use_totp(account.id, s)) for s in (7, 7, 6, 8)
    ]

    assert (failed.failures, failed.locked_until) == (2, NOW + timedelta(minutes=1))
    assert used == [True, False, False, True]
    after = store.read(lambda uow: uow.accounts.get(account.id))
    assert (after.totp_last, after.failures, after.locked_until) == (8, 0, None)


def test_accounts_page_by_login_name(store):
    accounts = [make(login=f"n{n}") for n in range(5)]
    for account in accounts:
        store.write(lambda uow, a=account: uow.accounts.insert(a))

    page = store.read(lambda uow: uow.accounts.all(after="n1", limit=2))

    assert [account.login for account in page] == ["n2", "n3"]


def test_a_session_is_found_by_its_own_site_until_it_ends(store):
    session = b"i" * 32
    store.write(lambda uow: uow.sessions.insert(session, kind="console", box=b"1", sweep_after=NOW))

    def box(kind="console"):
        return store.read(lambda uow: uow.sessions.get(session, kind=kind))

    assert (box(), box("mailbox")) == (b"1", None)
    later = NOW + timedelta(hours=1)
    for kind, expected in (("mailbox", False), ("console", True)):
        replaced = store.write(
            lambda uow, k=kind: uow.sessions.replace(session, kind=k, box=b"2", sweep_after=later)
        )
        assert replaced is expected
    assert store.write(lambda uow: uow.sessions.sweep(NOW)) == 0
    store.write(lambda uow: uow.sessions.delete(session, kind="mailbox"))
    assert box() == b"2"
    assert store.write(lambda uow: uow.sessions.sweep(later)) == 1
    assert box() is None
    store.write(lambda uow: uow.sessions.delete(session, kind="console"))


def test_the_newest_key_set_is_the_one_with_the_highest_number(store):
    assert store.read(lambda uow: uow.keysets.newest()) is None
    sets = [StoredKeySet(n, b"{}%d" % n, {"a": b"s" * 64, "b": bytes([n])}) for n in (1, 2, 10)]
    for one in sets:
        store.write(lambda uow, o=one: uow.keysets.insert(o.number, o.body, o.signatures))

    assert store.read(lambda uow: uow.keysets.newest()) == sets[-1]
    assert store.read(lambda uow: uow.keysets.get(2)) == sets[1]
    assert store.read(lambda uow: uow.keysets.get(3)) is None
    assert store.read(lambda uow: uow.keysets.all()) == tuple(sets)
    with pytest.raises(KeyChangeError, match="overtaken"):
        store.write(lambda uow: uow.keysets.insert(2, b"other", {}))


def test_certificates_come_back_by_account(store):
    one = StoredCertificate("11" * 32, "a", b"{1}", b"s" * 64)
    two = StoredCertificate("22" * 32, "b", b"{2}", b"t" * 64)
    for certificate in (two, one):
        store.write(lambda uow, c=certificate: uow.keysets.insert_certificate(c))

    assert store.read(lambda uow: uow.keysets.certificates()) == (one, two)
    assert store.read(lambda uow: uow.keysets.certificates("b")) == (two,)
    assert store.read(lambda uow: uow.keysets.certificates("c")) == ()


def test_wrapped_secrets_are_found_by_owner_and_by_member_until_they_are_taken(store):
    office = MemberWrap("office", "410329-yjj", "aa" * 32, "member", b"1")
    renewed = MemberWrap("office", "410329-yjj", "bb" * 32, "member", b"2")
    kept = MemberWrap("office", "410329-yjj", "aa" * 32, RECOVERY, b"3")
    seat = MemberWrap("seat", "1", "cc" * 32, "member", b"4")
    store.write(lambda uow: uow.key_wraps.insert([office, renewed, kept, seat]))

    def look(use):
        return store.read(use)

    assert look(lambda uow: uow.key_wraps.of_account("member")) == (office, renewed, seat)
    assert look(lambda uow: uow.key_wraps.of_owner("seat", "1")) == (seat,)
    assert look(lambda uow: uow.key_wraps.get("office", "410329-yjj", "member")) == (
        office,
        renewed,
    )
    taken = store.write(lambda uow: uow.key_wraps.delete("office", "410329-yjj", "member"))
    assert taken == 2
    assert look(lambda uow: uow.key_wraps.all()) == (kept, seat)
