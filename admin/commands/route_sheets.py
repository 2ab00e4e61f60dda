"""`tonggui route export` and `import`: the rules as a sheet that officials edit."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from admin.commands import rules
from admin.commands.refusals import CommandError
from admin.commands.route_words import GRADE_NAMES, MATTER_NAMES, TIER_NAMES
from admin.commands.sheets import read_sheets, write_sheets
from admin.commands.teaching import Command, json_option
from admin.commands.terminal import note, say, say_json
from admin.routing_drafts import by_part, pages_of
from admin.sheets import Page, SheetError
from casework.domain.case import Matter
from casework.domain.routing import Routing, load_routing
from casework.domain.routing_draft import draft_of
from casework.domain.routing_parts import CODES, TITLES
from casework.domain.routing_sheet import BadCell
from casework.domain.routing_table import GRADES, TIERS

_IN = click.Path(exists=True, dir_okay=False, path_type=Path)
_OUT = click.Path(dir_okay=False, path_type=Path)


@click.command(
    "export",
    cls=Command,
    examples="""
    tonggui route export --to rules.xlsx
    tonggui route export --table draft/410329.toml --to rules.csv
    """,
)
@click.option("--to", "to", required=True, type=_OUT, help="新文件 / new file, .csv or .xlsx")
@click.option("--table", "path", type=_IN, help="分派表 / routing file; else the one in use")
@click.option("--region", help="区划代码 / county whose table is meant")
@json_option
def export(to: Path, path: Path | None, region: str | None, as_json: bool) -> None:
    """把分派规则导出为表格，供修改后再导入。 / Write the rules as a sheet, to be edited.

    CSV 只有规则，为带 BOM 的 UTF-8，Excel 可直接打开；XLSX 另有代码对照、区域、行业、单位、表头。
    CSV has the rules alone; XLSX has a sheet for each part, and one with what the codes mean.
    """
    routing = rules.routing_in(path) if path else rules.routing_of(region or rules.home_region())
    first, *others = pages_of(routing)
    codes = Page(CODES, ("种类 kind", "代码 code", "名称 name"), _codes(routing))
    write_sheets(to, [first, codes, *others])
    count = len(routing.rules)
    if as_json:
        say_json({"file": str(to), "rules": count})
    else:
        say(f"已写入 {to}：{count} 条规则 / written, {count} rules")


@click.command(
    "import",
    cls=Command,
    examples="""
    tonggui route import rules.xlsx --onto casework/routing/410329.toml --out draft/410329.toml
    tonggui route import rules.csv --onto 410329.toml --out new.toml --json
    """,
)
@click.argument("sheet", metavar="FILE", type=_IN)
@click.option("--onto", required=True, type=_IN, help="原分派表 / routing file that it changes")
@click.option("--out", required=True, type=_OUT, help="新分派表 / new routing file")
@json_option
def bring_in(sheet: Path, onto: Path, out: Path, as_json: bool) -> None:
    """由表格生成新的分派表；有一处不对就什么都不写，原表不动。 / Make a new routing file.

    表格里有的部分（规则、区域、行业、单位、表头）全部换成表格里的，其余取自原分派表。
    每处错误都说明行、列和应当怎样。
    Every bad cell is named; with any of them nothing is written. The old file stays.
    """
    if out.exists():
        raise CommandError(
            f"{out.name} 已经存在，不覆盖 / is there already: name a new file",
            key="out", expected="a new file",
        )  # fmt: skip
    body = onto.read_bytes()
    before = load_routing(body, file=onto.name)
    new = _made(sheet, before, body, as_json=as_json)
    after = load_routing(new, file=out.name)
    out.write_bytes(new)
    told, count = _changes(before, after), len(after.rules)
    if as_json:
        say_json({"file": str(out), "rules": count, **told})
        return
    say(f"已写入 {out}：{count} 条规则 / written, {count} rules")
    for name, ids in told.items():
        say(f"{_CHANGES[name]} {name}: {'、'.join(ids) or '—'}")


_CHANGES = {"added": "新增", "changed": "修改", "removed": "删除"}


def _made(path: Path, before: Routing, body: bytes, *, as_json: bool) -> bytes:
    try:
        made = draft_of(by_part(read_sheets(path)), before, body, file=path.name)
    except SheetError as refusal:
        raise CommandError(
            f"{path.name} 不能使用 / cannot be used: expected {refusal.expected}",
            file=path.name, row=refusal.row, expected=refusal.expected,
        ) from None  # fmt: skip
    if not made.bad:
        return made.body
    if not as_json:
        for one in made.bad:
            note(
                f"{path.name} {TITLES[one.part]} 第 {one.row} 行 {one.column}：{one.found!r}"
                f" / expected {one.expected}"
            )
    count = len({(one.part, one.row) for one in made.bad})
    raise CommandError(
        f"{path.name}: {count} 行不对，什么都没有写 / {count} bad rows, nothing was written",
        file=path.name, rows=[_told(path, one) for one in made.bad],
    )  # fmt: skip


def _told(path: Path, one: BadCell) -> dict[str, object]:
    return {
        "file": path.name,
        "part": one.part,
        "row": one.row,
        "column": one.column,
        "expected": one.expected,
        "found": one.found,
    }


def _changes(before: Routing, after: Routing) -> dict[str, list[str]]:
    both = [code for code in after.rules if code in before.rules]
    return {
        "added": [code for code in after.rules if code not in before.rules],
        "changed": [code for code in both if after.rules[code] != before.rules[code]],
        "removed": [code for code in before.rules if code not in after.rules],
    }


def _codes(routing: Routing) -> Iterator[tuple[str, str, str]]:
    named: Iterable[tuple[str, Iterable[tuple[str, str]]]] = (
        ("region", ((one.code, one.name) for one in routing.regions.by_code.values())),
        ("sector", ((one.code, one.name) for one in routing.sectors.values())),
        ("matter", ((one, MATTER_NAMES[one]) for one in Matter)),
        ("tier", ((one, TIER_NAMES[one]) for one in TIERS)),
        ("grade", ((one, GRADE_NAMES[one]) for one in GRADES)),
        ("lead, co, copy", ((one.code, one.name) for one in routing.departments.values()
                            if one.handles)),
    )  # fmt: skip
    for kind, codes in named:
        for code, name in codes:
            yield kind, code, name
