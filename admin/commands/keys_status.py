"""`tonggui keys status`: what is to be done about keys."""

import click

from admin.commands.opened import opened
from admin.commands.teaching import Command, json_option
from admin.commands.terminal import say, say_json
from admin.extensions import Console
from casework.services import key_changes
from casework.services.key_status import KeyStatus, key_status
from casework.services.opening import DRILL_EVERY, trials
from casework.services.trust import Trust
from casework.verify_keys import key_events
from casework.verify_rows import Problem
from casework.verify_wraps import check_wraps


@click.command(cls=Command, examples="tonggui keys status --json")
@json_option
def status(as_json: bool) -> None:
    """密钥状况：待认证、待签署、待重新封装、待更换。 / What is to be done about keys."""
    with opened() as here:
        trust = here.trust()
        found = key_status(here.store, trust=trust, now=here.clock.now())
        told = _told(here, trust, found)
    if as_json:
        say_json(told)
        return
    say(f"密钥集 key set {found.number}，{found.issued_on}")
    for sentence in _sentences(here, trust, found):
        say(f"  {sentence}")


def _told(here: Console, trust: Trust, found: KeyStatus) -> dict[str, object]:
    today = here.clock.today()
    tried = trials(here.store, trust=trust)
    return {
        "member_wraps": [
            {"wrap": one.id, "problem": one.problem} for one in _wrap_problems(here, trust)
        ],
        "opened_at": tried.opened_at,
        "last_trial_at": tried.tried_at,
        "key_sets": [
            {
                "number": link.keyset.number,
                "issued_on": link.keyset.issued_on,
                "fingerprint": link.keyset.fingerprint(),
            }
            for link in trust.chain
        ],
        "waiting": [{"login": one.login, "office": one.office} for one in found.waiting],
        "changes": [
            {
                "id": one.id,
                "number": one.number,
                "signed": len(key_changes.seats_of(one, trust)),
                "needed": trust.keyset.threshold,
                "expires_at": one.expires_at.isoformat(),
            }
            for one in found.open_changes
        ],
        "rewrap": {
            code: {"left": left, "total": total} for code, (left, total) in found.rewrap.items()
        },
        "reseal": {
            str(seat): {"left": left, "total": total}
            for seat, (left, total) in found.reseal.items()
        },
        "rotation_due": [
            {"kind": one.kind, "owner": one.owner, "since": one.since.isoformat()}
            for one in found.rotation_due(today)
        ],
    }


def _wrap_problems(here: Console, trust: Trust) -> list[Problem]:
    """What can be told about wraps from outside; whether one opens, its member learns."""
    return check_wraps(here.store, trust, list(key_events(here.store, trust)))


def _sentences(here: Console, trust: Trust, found: KeyStatus) -> list[str]:
    lines = [
        f"待认证 to be certified: {one.display_name}（{one.login}，{here.office_name(one.office)}）"
        for one in found.waiting
    ]
    lines += [
        f"密钥封装有误 member wrap {one.id}: {one.problem}（tonggui register verify）"
        for one in _wrap_problems(here, trust)
    ]
    for one in found.open_changes:
        signed = len(key_changes.seats_of(one, trust))
        lines.append(
            f"待签署 to be signed: 第 {one.number} 号 number {one.number}，"
            f"{signed}/{trust.keyset.threshold} 席 seats"
        )
    lines += [
        f"待重新封装 to be wrapped anew: {here.office_name(code)} {left}/{total} 件 cases"
        for code, (left, total) in found.rewrap.items()
        if left
    ]
    lines += [
        f"待重新封存 to be sealed anew: 第 {seat} 席 seat {seat}，{left}/{total} 份 boxes"
        for seat, (left, total) in found.reseal.items()
        if left
    ]
    for key in found.rotation_due(here.clock.today()):
        owner = here.office_name(key.owner) if key.kind == "office" else f"第 {key.owner} 席 seat"
        lines.append(f"满一年应更换 older than a year: {owner}（{key.since}）")
    tried = trials(here.store, trust=trust)
    if not tried.opened_at:
        lines.append("尚未启用，请做试报 / not opened yet: tonggui keys drill")
    elif tried.tried_at[:10] < (here.clock.today() - DRILL_EVERY).isoformat():
        lines.append(
            f"满一年应演练，上次 / drill due, last {tried.tried_at[:10]}: tonggui keys drill"
        )
    return lines or ["没有待办 / nothing is to be done"]
