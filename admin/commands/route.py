"""`tonggui route`: who takes a report, and why; what no rule is for; is a table usable."""

from datetime import date, datetime
from pathlib import Path

import click

from admin.commands import route_sheets, rules
from admin.commands.route_words import MATTER_NAMES
from admin.commands.teaching import Group, json_option
from admin.commands.terminal import note, say, say_json, table
from casework.domain.routing import Routed, Routing
from casework.domain.routing import route as find_route
from casework.domain.routing_matrix import Gap, uncovered
from casework.domain.routing_table import GRADES, TIERS

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group(
    cls=Group,
    examples="""
    tonggui route explain --region 410329 --sector town_gas --matter violation
    tonggui route sectors
    tonggui route matrix
    tonggui route check draft/410329.toml
    """,
)
def route() -> None:
    """查询举报由哪个单位接收、依据哪条规则。 / Who takes a report, by which rule."""


route.add_command(route_sheets.export)
route.add_command(route_sheets.bring_in)


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
@click.option("--tier", type=click.Choice(("*", *TIERS)), help="企业层级 / whose enterprise it is")
@click.option("--grade", type=click.Choice(("*", *GRADES)), help="隐患等级 / of the hazard")
@click.option("--on", type=_DAY, help="收到日期 / day of the report, 2026-03-01; else today")
@click.option("--table", "path", type=_FILE, help="分派表 / routing file; else the one in use")
@json_option
def explain(
    region: str, sector: str, matter: str, about: str | None, tier: str | None,
    grade: str | None, on: datetime | None, path: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """说明一件举报由谁承办、谁监督、为什么。 / Say who handles, who supervises, and why."""
    routing = rules.routing_in(path) if path else rules.routing_of(region, _day(on))
    found = find_route(routing, region, sector, matter, about, on=_day(on), tier=tier, grade=grade)
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


@route.command(
    "matrix",
    examples="""
    tonggui route matrix
    tonggui route matrix --table draft/410329.toml --on 2027-01-01 --json
    """,
)
@click.option("--region", help="区划代码 / county whose table is meant")
@click.option("--table", "path", type=_FILE, help="分派表 / routing file; else the one in use")
@click.option("--on", type=_DAY, help="日期 / day, 2026-03-01; else today")
@json_option
def matrix(region: str | None, path: Path | None, on: datetime | None, as_json: bool) -> None:
    """列出没有规则的区域、行业和事项，由安委办逐件指定。 / List what no rule is for.

    乡镇沿用县里的规则；自己另有规则的乡镇列在“已覆盖”。
    Townships have the county's rules; those with a rule of their own are named.
    """
    home = region or rules.home_region()
    routing = rules.routing_in(path) if path else rules.routing_of(home, _day(on))
    gaps = list(uncovered(routing, on=_day(on)))
    if as_json:
        say_json([_gap(routing, one) for one in gaps])
        return
    if not gaps:
        say("每个区域、行业和事项都有规则 / every combination has a rule")
        return
    table(
        ("区域 region", "行业 sector", "事项 matter", "已覆盖 covered in"),
        [
            (
                f"{routing.regions.by_code[one.region].name} {one.region}",
                f"{routing.sectors[one.sector].name} {one.sector}",
                f"{MATTER_NAMES[one.matter]} {one.matter}",
                "、".join(one.covered_in),
            )
            for one in gaps
        ],
    )
    note(f"{len(gaps)} 种组合没有规则，由安委办指定承办单位 / {len(gaps)} without a rule")


@route.command(
    "check",
    examples="""
    tonggui route check casework/routing/410329.toml
    tonggui route check draft/410329.toml --json
    """,
)
@click.argument("path", metavar="FILE", type=_FILE)
@json_option
def check(path: Path, as_json: bool) -> None:
    """检查分派表，说明错在哪一行、哪个键、应当怎样。 / Check a table; name line and key.

    本机装有这个县的系统时，还检查它能不能接替现行的表。
    Where this county's instance is, also whether the table can follow the one in force.
    """
    routing = rules.routing_in(path)
    rules.check_follows(routing, path)
    counts = {
        "regions": len(routing.regions.by_code),
        "departments": len(routing.departments),
        "sectors": len(routing.sectors),
        "rules": len(routing.rules),
        "uncovered": len(list(uncovered(routing, on=rules.today()))),
    }
    if as_json:
        say_json({"ok": True, "file": path.name, "sha256": routing.sha256, **counts})
        return
    say(f"{path.name} 可用 / is usable, sha256 {routing.sha256}")
    for name, count in counts.items():
        say(f"{_COUNTED[name]} {name}: {count}")


_COUNTED = {
    "regions": "区域",
    "departments": "单位",
    "sectors": "行业",
    "rules": "规则",
    "uncovered": "没有规则的组合",
}


def _day(on: datetime | None) -> date:
    return on.date() if on else rules.today()


def _gap(routing: Routing, one: Gap) -> dict[str, object]:
    return {
        "region": one.region,
        "region_name": routing.regions.by_code[one.region].name,
        "sector": one.sector,
        "sector_name": routing.sectors[one.sector].name,
        "matter": one.matter,
        "covered_in": list(one.covered_in),
    }


def _lines(found: Routed, names: dict[str, str]) -> list[str]:
    def named(codes: tuple[str, ...]) -> str:
        return "、".join(f"{names[code]}（{code}）" for code in codes)

    lines = [
        f"承办 lead: {named((found.lead,))}",
        f"监督 supervisor: {named((found.supervisor,))}",
    ]
    if found.co_handlers:
        lines.append(f"协办 co-handlers: {named(found.co_handlers)}")
    if found.copies:
        lines.append(f"抄送（不含身份）copies: {named(found.copies)}")
    if found.discipline and found.discipline not in found.offices:
        lines.append(f"另送纪检监察 discipline: {named((found.discipline,))}")
    if found.undetermined:
        lines.append("没有规则，由监督单位指定 / undetermined: the supervising office assigns it")
    lines.append(f"规则 rule: {found.rule or '—'}")
    lines.append(f"理由 reason: {found.reason}")
    return lines
