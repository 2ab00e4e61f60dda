"""`tonggui register`: does what is stored agree with what was signed?"""

import click

from admin.commands.opened import opened
from admin.commands.refusals import FAILED
from admin.commands.teaching import Group, json_option
from admin.commands.terminal import note, say, say_json, tracked
from casework.verify import Problem, verify


@click.group(cls=Group, examples="tonggui register verify")
def register() -> None:
    """核对：库里的东西与签过名的操作是否一致。 / Check storage against the signed events."""


@register.command(
    "verify",
    examples="""
    tonggui register verify
    tonggui register verify --json
    """,
)
@json_option
def check(as_json: bool) -> None:
    """逐件重放签名事件，指出缺失、改动、伪造之处。 / Name whatever does not agree.

    没有问题时状态为 0，有问题为 1。 Status 0 when nothing was found, 1 otherwise.
    """
    problems: list[Problem] = []
    reports = 0
    with opened() as here:
        for one in tracked(verify(here.store, here.blobs, here.trust()), "核对 verifying"):
            if isinstance(one, Problem):
                problems.append(one)
            else:
                reports += 1
    if as_json:
        rows = [{"kind": one.kind, "id": one.id, "problem": one.problem} for one in problems]
        say_json({"reports": reports, "findings": rows})
    else:
        for one in problems:
            say(f"{one.kind}\t{one.id}\t{one.problem}")
        word = f"发现 {len(problems)} 处问题 / findings" if problems else "全部一致 / all agree"
        note(f"核对 {reports} 件 / reports checked: {word}")
    if problems:
        click.get_current_context().exit(FAILED)
