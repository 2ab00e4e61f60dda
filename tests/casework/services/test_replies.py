"""Replies to the reporter by template: the version that is pinned is the one that fits."""

import pytest

from casework.domain.errors import BadActError
from casework.domain.reply_templates import reply_of
from casework.services import verification
from instance import World


def test_a_message_pins_the_template_as_it_stands_and_for_what_it_tells(world: World):
    filed = world.file_report()
    world.accept(filed.report)
    template = reply_of("accepted", world.case(filed.report))
    assert template is not None
    pinned = {"template": "accepted", "template_sha256": template.sha256}

    def send(**facts: object) -> None:
        message = world.sealed_object("message")
        act = world.sign("yjj-officer", "message.sent", filed.report, facts, [message])
        verification.send_message(
            world.store, act=act, message=message, trust=world.trust, now=world.now
        )

    for wrong, fact in (
        ({"template_sha256": "ab" * 32}, "template_sha256"),
        ({"template": "reward"}, "template"),
        ({"template": "nothing"}, "template"),
        ({"about": "result"}, "about"),
    ):
        with pytest.raises(BadActError) as refusal:
            send(**{"from": "office", **pinned, **wrong})
        assert refusal.value.fact == fact
    send(**{"from": "office", **pinned})
