"""Replies to the reporter by template: what is shown is what is sent, and the version stays."""

import pytest

from casework.domain.reply_templates import reply_of
from casework.services import mailbox
from crypto.context import digest, part_context, wrap_context
from crypto.mailbox import open_message


@pytest.fixture
def filed(world):
    return world.file_report()


@pytest.fixture
def case(filed):
    return f"/cases/{filed.report}"


def told_to_reporter(world, filed):
    """Every message that the receipt code opens."""
    opened = mailbox.open_mailbox(world.store, locator=filed.locator)
    assert opened is not None
    wrap, manifest = opened.wraps[0], opened.manifests[0]
    site = world.store.site
    context = wrap_context(site, filed.report, wrap.sending, "thread", digest(manifest.body))
    thread = filed.key.open_thread_key(wrap.body, context, wrap.key_id)
    view = mailbox.mailbox_view(world.store, report_id=filed.report, trust=world.trust)
    return [
        open_message(
            one.body, key=thread, context=part_context(site, filed.report, "message", one.id)
        )
        for one in view.objects.values()
        if one.kind == "message"
    ]


def sent(world, filed):
    """The facts of the newest message."""
    events = world.store.read(lambda uow: uow.events.of_report(filed.report))
    return [one.event.facts for one in events if one.event.kind == "message.sent"][-1]


def test_acceptance_is_told_by_template_with_words_added(world, sign_in, filed, case):
    desk = sign_in("yjj-officer")
    assert "取用模板" not in desk.get(f"{case}/reply").text, "nothing to tell yet"
    world.accept(filed.report)
    assert "受理告知" in desk.get(f"{case}/reply").text
    chosen = desk.get(f"{case}/reply?template=accepted").text
    assert "已于2026年3月2日受理，由伊川县应急管理局承办" in chosen
    assert "《安全生产法》第七十三条第一款" in chosen
    answer = desk.post(
        f"{case}/reply?template=accepted", template="accepted", text="明天到现场。", english="y"
    )
    assert answer.status_code == 302, answer.text
    [told] = told_to_reporter(world, filed)
    zh, words, en = told.split("\n\n")
    assert zh in chosen
    assert words == "明天到现场。"
    assert en.startswith(
        f"Your report (number {world.case(filed.report).case_number}) was accepted"
    )
    template = reply_of("accepted", world.case(filed.report))
    assert template is not None
    assert sent(world, filed) == {
        "from": "office", "template": "accepted", "template_sha256": template.sha256,
    }  # fmt: skip
    assert f"模板：受理告知（版本 {template.sha256[:8]}）" in desk.get(case).text


def test_a_result_by_template_needs_words_and_ends_the_limit(world, sign_in, filed, case):
    desk = sign_in("yjj-officer")
    world.accept(filed.report)
    world.conclude(filed.report)
    page = f"{case}/reply?template=substantiated"
    assert "这是核查结果答复" not in desk.get(page).text, "that is what it is"
    refused = desk.post(page, template="substantiated", text=" ")
    assert refused.status_code == 422
    assert "这份模板须写补充说明。" in refused.text
    assert told_to_reporter(world, filed) == []
    assert desk.post(page, template="substantiated", text="已罚款。").status_code == 302
    assert sent(world, filed)["about"] == "result"
    assert any(mark.name == "told" for mark in world.case(filed.report).marks)


def test_a_template_that_does_not_fit_is_neither_offered_nor_sent(world, sign_in, filed, case):
    desk = sign_in("yjj-officer")
    world.accept(filed.report)
    assert desk.get(f"{case}/reply?template=reward").location.endswith(f"{case}/reply")
    world.conclude(filed.report)
    late = desk.post(
        f"{case}/reply?template=accepted", page=f"{case}/reply", template="accepted", text=""
    )
    assert late.status_code == 422
    assert told_to_reporter(world, filed) == []
