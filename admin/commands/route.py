"""`tonggui route`: who takes a report, and why."""

import click

from admin.commands import rules
from admin.commands.teaching import Group, json_option
from admin.commands.terminal import say, say_json, table
from casework.domain.routing import Routed
from casework.domain.routing import route as find_route


@click.group(
    cls=Group,
    examples="""
    tonggui route explain --region 410329 --sector town_gas --matter violation
    tonggui route sectors
    """,
)
def route() -> None:
    """查询举报由哪个单位接收、依据哪条规则。 / Who takes a report, by which rule."""


@route.command(
    "explain",
    examples="""
    tonggui route explain --region 410329 --sector construction --matter major_hazard
    tonggui route explain --region 410329106000 --sector other --matter violation --json
    tonggui route explain --region 410329 --sector coal_mines --matter staff_misconduct \\
        --about 410329-yjj
    """,
)
@click.option("--region", required=True, help="区划代码 / GB/T 2260 code, 6 or 12 digits")
@click.option("--sector", required=True, help="行业代码 / see `tonggui route sectors`")
@click.option("--matter", required=True, help="事项类别 / such as violation, major_hazard")
@click.option("--about", help="被举报的单位 / department that is accused")
@json_option
def explain(region: str, sector: str, matter: str, about: str | None, as_json: bool) -> None:
    """说明一件举报由谁承办、谁监督、为什么。 / Say who handles, who supervises, and why."""
    routing = rules.routing_of(region)
    found = find_route(routing, region, sector, matter, about, on=rules.today())
    if as_json:
        say_json(found.as_json())
        return
    names = {code: one.name for code, one in routing.departments.items()}
    for line in _lines(found, names):
        say(line)


@route.command("sectors", examples="tonggui route sectors --json")
@click.option("--region", help="区划代码 / county whose table is meant")
@json_option
def sectors(region: str | None, as_json: bool) -> None:
    """列出行业代码。 / List the sectors."""
    found = rules.routing_of(region or rules.home_region()).sectors.values()
    if as_json:
        say_json([{"code": one.code, "name": one.name} for one in found])
    else:
        table(("代码 code", "名称", "name"), [(one.code, one.name, one.name_en) for one in found])


def _lines(found: Routed, names: dict[str, str]) -> list[str]:
    lines = [
        f"承办 lead: {found.lead_name}（{found.lead}）",
        f"监督 supervisor: {names[found.supervisor]}（{found.supervisor}）",
    ]
    if found.co_handlers:
        shown = "、".join(f"{names[code]}（{code}）" for code in found.co_handlers)
        lines.append(f"协办 co-handlers: {shown}")
    if found.undetermined:
        lines.append("没有规则，由监督单位指定 / undetermined: the supervising office assigns it")
    lines.append(f"规则 rule: {found.rule or '—'}")
    lines.append(f"理由 reason: {found.reason}")
    return lines
