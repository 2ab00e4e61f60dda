"""People and keys: newcomers come in, the key set changes, cases are wrapped anew."""

import re
from dataclasses import replace

import pytest

from casework.services import key_changes, staff
from casework.services.rewrapping import progress
from crypto.private_key import PrivateKey
from crypto.public_key import member_fingerprint
from crypto.rotation import propose as make_key_set
from instance import PASSWORD
from key_changing import believed, drafted, enrolled, put_in_force, signed

YJJ = "410329-yjj"
DIGEST = re.compile(r'name="digest"[^>]*value="([0-9a-f]{64})"')


@pytest.fixture
def newcomer(world):
    """Somebody of the office who has enrolled."""
    return enrolled(world, "newcomer", YJJ, ("officer",))


def digits(person):
    """What the newcomer's own screen showed."""
    return member_fingerprint(person.day.public, person.deed.public)


# Newcomers ------------------------------------------------------------------


def test_a_colleague_types_the_digits_and_the_newcomer_reads_a_case(world, sign_in, newcomer):
    filed = world.file_report(narrative="认证以前就收到的举报")
    desk = sign_in("yjj-leader")
    page = desk.get("/keys").text
    assert "样本·newcomer" in page
    path = f"/keys/newcomers/{newcomer.account}"
    # The digits are for the newcomer to read out: the page must not give them away.
    assert digits(newcomer) not in page
    assert digits(newcomer) not in desk.get(path).text
    assert digits(newcomer) not in desk.get("/keys/changes/new").text
    answer = desk.deed(path, fingerprint=digits(newcomer).replace(" ", "-"))
    assert answer.status_code == 302, answer.text
    assert "已认证" in desk.get(answer.location).text
    mine = sign_in("newcomer")
    opened = mine.post(f"/cases/{filed.report}/open", page=f"/cases/{filed.report}")
    assert "认证以前就收到的举报" in opened.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1234", "应为 24 位数字，现在是 4 位。"),
        ("1234 5678 9012 3456 7890 1234", "与库中的密钥不一致"),
        ("", "请填写对方念出的 24 位数字。"),
    ],
)
def test_wrong_digits_certify_nobody(world, sign_in, newcomer, typed, sentence):
    answer = sign_in("yjj-leader").deed(f"/keys/newcomers/{newcomer.account}", fingerprint=typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert newcomer.account not in believed(world).members


def test_the_password_is_asked_again(world, sign_in, newcomer):
    answer = sign_in("yjj-leader").post(
        f"/keys/newcomers/{newcomer.account}", fingerprint=digits(newcomer), password="wrong"
    )
    assert answer.status_code == 422
    assert newcomer.account not in believed(world).members


def test_colleagues_of_another_office_do_not_certify(sign_in, newcomer):
    assert sign_in("zjj-leader").get(f"/keys/newcomers/{newcomer.account}").status_code == 404


def test_who_holds_no_office_key_cannot_hand_one_over(world, sign_in):
    newcomer = enrolled(world, "czj-officer", "410329-czj", ("operator",))
    answer = sign_in("cashier").deed(
        f"/keys/newcomers/{newcomer.account}", fingerprint=digits(newcomer)
    )
    assert answer.status_code == 422
    assert "您没有本单位的密钥" in answer.text


def test_an_uncertified_person_cannot_sign_in(world, visit, newcomer):
    answer = visit().post(
        "/sign-in", login="newcomer", password=PASSWORD, code=newcomer.code(world.now)
    )
    assert answer.status_code == 422
    assert "还没有得到认证" in answer.text


# Changes ---------------------------------------------------------------------


def propose(world, desk, **changed):
    """Fill in the page of a proposal, the seats as they are."""
    fields = {}
    for seat in world.trust.keyset.seats:
        fields[f"holder_{seat.number}"] = seat.holder
        fields[f"deputy_{seat.number}"] = seat.deputy
    return desk.post("/keys/changes/new", **(fields | changed))


def sign(desk, path):
    """Sign what the page shows."""
    found = DIGEST.search(desk.get(path).text)
    assert found is not None
    return desk.deed(path, digest=found[1])


def test_a_person_leaves_by_two_custodians_signatures(world, sign_in):
    filed = world.file_report()
    leaver = sign_in("yjj-officer-2")
    leader = sign_in("yjj-leader")
    account = world.people["yjj-officer-2"].account
    answer = propose(world, leader, leaving=account)
    assert answer.status_code == 302, answer.text
    path = answer.location.partition("?")[0]
    first, second = sign_in("seat1-holder"), sign_in("seat3-deputy")
    page = first.get(path).text
    assert "样本·yjj-officer-2" in page
    assert "还缺 2 个席位" in page
    assert "警告" not in page
    assert "还需要其他席位" in first.get(sign(first, path).location).text
    # Unknown to the running console until the last signature, then at once.
    assert leaver.get("/").status_code == 200
    assert "新的密钥集已经生效" in second.get(sign(second, path).location).text
    assert leaver.get("/").status_code == 302
    gone = visit_again(world, leaver, "yjj-officer-2")
    assert gone.status_code == 422
    world.move(seconds=30)

    believed(world)
    page = leader.get("/keys").text
    assert "1 件在办举报中，还有 1 件用的是旧密钥" in page
    done = leader.post("/keys/rewrapping", page="/keys")
    assert done.status_code == 302, done.text
    assert "旧密钥" not in leader.get("/keys").text
    assert progress(world.store, office=YJJ, trust=world.trust).left == 0
    opened = leader.post(f"/cases/{filed.report}/open", page=f"/cases/{filed.report}")
    assert "储罐区动火作业" in opened.text


def visit_again(world, desk, login):
    """Try to sign in once more."""
    person = world.people[login]
    return desk.post("/sign-in", login=login, password=PASSWORD, code=person.code(world.now))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({}, "没有选择任何变更。"),
        ({"leaving": "zjj-officer"}, "变更后伊川县住房和城乡建设局不足两人。"),
        ({"leaving": "seat1-holder"}, "不足两人"),
        ({"holder_1": "seat2-holder"}, "一人只能担任一个席位的保管人或副手。"),
        (
            {"holder_1": "seat2-holder", "holder_2": "seat1-holder"},
            "第 1 席的保管人和副手必须属于同一单位。",
        ),
        ({"holder_1": "yjj-officer", "deputy_1": "yjj-leader"}, "选择"),
    ],
)
def test_a_change_that_breaks_a_rule_is_refused_in_words(world, sign_in, changed, sentence):
    fields = {name: world.people[login].account for name, login in changed.items()}
    answer = propose(world, sign_in("administrator"), **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert key_changes.key_changes(world.store) == ()


def test_only_custodians_are_offered_for_a_seat(world, sign_in):
    page = sign_in("administrator").get("/keys/changes/new").text
    choices = page.partition('name="holder_1"')[2].partition("</select>")[0]
    assert choices.count("<option") == 6, "holders and deputies of three seats"
    assert "yjj-officer" not in choices


def test_a_seat_gets_a_new_key_although_its_people_stay(world, sign_in):
    before = world.trust.keyset
    desk, second = sign_in("seat1-holder"), sign_in("seat2-deputy")
    path = propose(world, desk, reseated="3").location.partition("?")[0]
    sign(desk, path)
    assert "第 1 席已经签署" in desk.get(path).text
    assert 'name="password"' not in desk.get(path).text
    assert "号密钥变更等您的席位签署" in second.get("/").text
    assert "号密钥变更等您的席位签署" not in desk.get("/").text, "signed already"
    sign(second, path)
    after = believed(world).keyset
    assert [old.key == new.key for old, new in zip(before.seats, after.seats, strict=True)] == [
        True, True, False,
    ]  # fmt: skip
    assert (after.seats[2].holder, after.seats[2].deputy) == (
        before.seats[2].holder, before.seats[2].deputy,
    )  # fmt: skip


def test_custodians_are_told_when_nobody_who_stays_opens_an_offices_cases(world, sign_in):
    desk, warning = sign_in("seat1-holder"), "须用纸质分片恢复"
    everybody = [one for one in world.people.values() if one.office == "410329-zjj"]
    new = [enrolled(world, f"zjj-new-{n}", "410329-zjj", ("officer",)) for n in (1, 2)]
    joining = [one.account for one in new]
    path = propose(
        world, desk, leaving=[one.account for one in everybody], joining=joining
    ).location.partition("?")[0]
    assert warning in desk.get(path).text
    path = propose(world, desk, leaving=everybody[0].account, joining=joining).location.partition(
        "?"
    )[0]
    assert warning not in desk.get(path).text


@pytest.mark.parametrize("login", ["yjj-officer", "cashier", "auditor"])
def test_who_may_not_propose_sees_no_button(sign_in, login):
    desk = sign_in(login)
    assert "提议变更" not in desk.get("/keys").text
    assert desk.get("/keys/changes/new").status_code == 403


def test_a_draft_that_changed_under_the_page_is_not_signed(world, sign_in):
    path = f"/keys/changes/{drafted(world, rotated=[YJJ])}"
    answer = sign_in("seat1-holder").deed(path, digest="ab" * 32)
    assert answer.status_code == 422
    assert "提议的内容变了" in answer.text


def test_a_draft_that_touches_what_no_change_touches_is_shown_as_such(world, sign_in):
    made = make_key_set(
        world.trust.keyset, members=world.trust.keyset.members, offices_rotated=[],
        seats={}, issued_on="2026-03-02",
    )  # fmt: skip
    forged = replace(made.keyset, recovery=PrivateKey.generate().public)
    change = drafted(world, rotated=[YJJ], body=forged.encode())
    page = sign_in("seat1-holder").get(f"/keys/changes/{change}").text
    assert "请不要签署" in page
    assert "recovery" in page


def test_a_proposal_is_withdrawn_on_the_page(world, sign_in):
    change = drafted(world, rotated=[YJJ])
    desk = sign_in("yjj-leader")
    answer = desk.post(f"/keys/changes/{change}/withdrawal", page=f"/keys/changes/{change}")
    assert "提议已撤回" in desk.get(answer.location).text


def test_old_proposals_stay_to_be_read(world, sign_in):
    change = drafted(world, rotated=[YJJ])
    signed(world, change, "seat1-holder")
    signed(world, change, "seat2-holder")
    page = sign_in("auditor").get(f"/keys/changes/{change}")
    assert page.status_code == 200
    assert "已生效" in page.text


def test_the_page_tells_what_is_older_than_a_year(world, sign_in):
    assert "应当更换" not in sign_in("yjj-leader").get("/keys").text
    world.move(days=365)
    assert "应当更换" in sign_in("yjj-leader").get("/keys").text


def test_somebody_who_forgot_the_password_comes_back_under_the_same_name(world, sign_in, visit):
    put_in_force(world, leaving=["yjj-officer-2"])
    again = enrolled(world, "yjj-officer-2", YJJ, ("officer",))
    answer = sign_in("yjj-leader").deed(
        f"/keys/newcomers/{again.account}", fingerprint=digits(again)
    )
    assert answer.status_code == 302, answer.text
    assert sign_in("yjj-officer-2").get("/").status_code == 200
    found = staff.account_by_login(world.store, login="yjj-officer-2")
    assert found is not None
    assert found.id == again.account
