"""Whose signatures count: now, and at the time of what was signed long ago."""

from dataclasses import replace

import pytest

from casework.domain.errors import (
    KeyChangeError,
    NoKeySetError,
    SignatureRefusedError,
    UnknownSignerError,
)
from casework.services import certifying
from casework.services.acts import DEED_KINDS, act_of
from casework.services.trust import Link, code_parameters_of, load_trust
from casework.storage.keysets import StoredCertificate
from crypto.certificate import certificate_signing_bytes
from crypto.errors import KeySetError
from crypto.rotation import propose
from key_changing import believed, certificate_for, certify, drafted, enrolled, put_in_force

YJJ = "410329-yjj"


def test_a_signature_counts_from_a_quarter_hour_before_to_one_after(world):
    """World time: 2026-03-02 02:00 UTC; the change comes into force two hours later."""
    leaver = world.people["yjj-officer-2"].day.public.sign.hex()
    newcomer = enrolled(world, "zjj-new", "410329-zjj", ("officer",))
    world.move(hours=2)
    put_in_force(world, leaving=["yjj-officer-2"], joining=[newcomer])
    joiner = newcomer.day.public.sign.hex()
    trust = world.trust
    assert trust.signer_at(leaver, "2026-03-02T04:15:00Z").office == YJJ
    with pytest.raises(UnknownSignerError):
        trust.signer_at(leaver, "2026-03-02T04:15:01Z")
    assert trust.signer_at(joiner, "2026-03-02T03:45:00Z").office == "410329-zjj"
    with pytest.raises(UnknownSignerError):
        trust.signer_at(joiner, "2026-03-02T03:44:59Z")
    with pytest.raises(UnknownSignerError):
        trust.signer(leaver)


def test_what_came_before_the_first_change_is_judged_by_the_first_key_set(world):
    put_in_force(world, leaving=["yjj-officer-2"])
    leaver = world.people["yjj-officer-2"].deed.public.sign.hex()
    assert world.trust.signer_at(leaver, "2026-02-01T00:00:00Z").which == "deed"


def test_the_log_key_of_the_chain_counts_and_another_does_not(world):
    put_in_force(world, rotated=[YJJ])
    log = world.log_key.public.hex()
    assert world.trust.is_log_key(log)
    assert world.trust.is_log_key(log, "2026-03-02T02:00:00Z")
    assert not world.trust.is_log_key("00" * 32)
    recovery = world.trust.keyset.recovery.sign.hex()
    assert world.trust.is_recovery_key(recovery)
    assert not world.trust.is_recovery_key(log)


def test_codes_of_one_key_set_are_derived_one_way(world):
    put_in_force(world, rotated=[YJJ])
    assert world.trust.code_parameters == (world.trust.keyset.code_parameters,)


def with_other_codes(world, number, opslimit):
    """The world's key set as number *number*, drawing codes with other parameters."""
    return replace(world.trust.keyset, number=number, code_opslimit=opslimit, previous="ab" * 32)


def test_two_sets_of_code_parameters_are_in_use_at_most(world):
    first = world.trust.keyset
    second, third = with_other_codes(world, 2, 2), with_other_codes(world, 3, 3)
    assert code_parameters_of((first, second)) == (second.code_parameters, first.code_parameters)
    again = with_other_codes(world, 3, 2)
    assert len(code_parameters_of((first, second, again))) == 2
    with pytest.raises(KeySetError):
        code_parameters_of((first, second, third))


def test_a_proposal_with_a_third_set_of_code_parameters_is_refused(world):
    before = world.trust
    older = Link(with_other_codes(world, 2, 5), before.members)
    old = Link(with_other_codes(world, 2, 4), before.members)
    made = propose(
        before.keyset, members=before.keyset.members, offices_rotated=(), seats={},
        issued_on="2026-03-02",
    )  # fmt: skip
    world.trust = replace(before, chain=(older, old, *before.chain))
    with pytest.raises(KeyChangeError) as refusal:
        drafted(world, body=made.body)
    assert refusal.value.reason == "code_parameters"
    world.trust = replace(before, chain=(old, *before.chain))
    assert drafted(world, body=made.body)


def test_a_certificate_counts_with_the_key_set_of_its_number_alone(world):
    newcomer = enrolled(world, "newcomer", YJJ, ("officer",))
    stale = certificate_for(world, newcomer, "yjj-leader")
    put_in_force(world, rotated=["410329-zjj"])
    body = stale.encode()
    signature = world.people["yjj-leader"].deed.sign(certificate_signing_bytes(body))
    stored = StoredCertificate(stale.digest().hex(), newcomer.account, body, signature)
    world.store.write(lambda uow: uow.keysets.insert_certificate(stored))
    assert newcomer.account not in believed(world).members


@pytest.mark.parametrize("newest", [2, 3])
def test_no_key_set_below_the_newest_one_seen_is_believed(world, newest):
    pinned = (world.settings.secrets / "console" / "first-key-set").read_bytes()
    with pytest.raises(NoKeySetError):
        load_trust(world.store, first_digest=pinned, newest_number=newest)


def test_a_gap_in_the_chain_ends_all_belief(world):
    put_in_force(world, rotated=[YJJ])
    put_in_force(world, rotated=[YJJ])
    world.store.write(
        lambda uow: uow.connection.exec_driver_sql("DELETE FROM key_set WHERE number = 2")
    )
    with pytest.raises(NoKeySetError):
        believed(world)


def test_two_changes_one_after_the_other_hold(world):
    filed = world.file_report()
    put_in_force(world, leaving=["yjj-officer-2"])
    world.move(days=1)
    certify(world, enrolled(world, "newcomer", YJJ, ("officer",)))
    put_in_force(world, rotated=[YJJ])
    assert [link.keyset.number for link in world.trust.chain] == [1, 2, 3]
    assert world.accept(filed.report, "newcomer").state == "accepted"


@pytest.mark.parametrize("kind", sorted(DEED_KINDS))
def test_a_deed_signed_with_the_key_of_the_session_is_refused(world, kind):
    """The day key lies in a session that script can use; a deed asks for the password."""
    report = "r" if not kind.startswith(("fund", "keyset", "member", "instance", "drill")) else ""
    act = world.sign("yjj-leader", kind, report, {}, deed=False, ordinal=2 if report else 0)
    with pytest.raises(SignatureRefusedError):
        act_of(act.event, None, world.trust)
    act = world.sign("yjj-leader", kind, report, {}, deed=True, ordinal=2 if report else 0)
    assert act_of(act.event, None, world.trust).actor == world.people["yjj-leader"].account


@pytest.mark.parametrize(
    "kind",
    [
        "reward.reserved", "reward.approved", "reward.rejected", "reward.paid",
        "release.requested", "release.approved", "release.refused", "release.opened",
        "fund.appropriated", "keyset.changed", "member.certified",
    ],
)  # fmt: skip
def test_approvals_admissions_and_money_are_deeds(kind):
    assert kind in DEED_KINDS


def test_nobody_waits_who_left_or_never_came(world):
    enrolled(world, "newcomer", YJJ, ("officer",))
    put_in_force(world, leaving=["yjj-officer-2"])
    waiting = certifying.waiting_for_certificate(world.store, trust=world.trust)
    assert [one.login for one in waiting] == ["newcomer"]
