"""What changes between two rule sets: clock by clock, amount by amount."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from admin.commands import policy_views as views
from admin.commands.policy_words import CLOCK_NAMES, RUNG_NAMES, UNITS
from casework.domain.deadline import Unit
from casework.domain.money import plain
from casework.domain.policy import Policy

# A limit that only moved to another file, or whose note was reworded, did not change.
_UNCOMPARED = frozenset({"policy", "note", "mark"})
_PARTS = {
    "clock": "时限 clock",
    "rung": "阶梯 rung",
    "award": "奖励 awards",
    "item": "奖励 award",
    "uplift": "上浮 uplift",
    "claim": "领奖 claim",
    "approval": "审批 approval",
    "fund": "资金 fund",
    "retention": "保存 retention",
}
_FIELDS = {
    "end": "休息日 end",
    "from": "起算 from",
    "hard": "下级不得放宽 hard",
    "on_breach": "逾期 on_breach",
    "remind_at": "提醒 remind_at",
    "windows": "计时时段 windows",
    "extend": "延期 extend",
    "pause": "暂停 pause",
    "clause": "出处 clause",
    "words": "数额 amount",
    "rate": "比例 rate",
    "min_add_fen": "至少 min_add_fen",
    "total_cap_fen": "每件最高 total_cap_fen",
    "yearly_fen": "每年 yearly_fen",
    "needs": "须同意 needs",
    "instead": "重新排 instead",
    "opens_on": "开始 opens_on",
    "ways": "领取方式 ways",
    "name_check": "核对户名 name_check",
    "announce": "公告 announce",
    "cut_rate": "扣除 cut_rate",
    "tax_rate": "税 tax_rate",
    "tax_clause": "税的依据 tax_clause",
}
_CLOCK_PLACES = {key: place for place, key in enumerate(CLOCK_NAMES)}
_KINDS = {"added": "新增 added", "removed": "取消 removed"}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs.

    Attributes:
        part: a key of _PARTS.
        name: which clock, rung, item … of that part.
        kind: "added", "removed" or "changed".
        fields: for a change, what differs: name to (before, after).
    """

    part: str
    name: str
    kind: str
    fields: Mapping[str, tuple[object, object]]
    before: views.View | None
    after: views.View | None

    def as_json(self) -> views.View:
        """Return the change for programs."""
        return {
            "part": self.part,
            "name": self.name,
            "change": self.kind,
            "fields": {
                name: {"before": was, "after": now} for name, (was, now) in self.fields.items()
            },
            "before": self.before,
            "after": self.after,
        }


def changes(before: Policy, after: Policy) -> list[Change]:
    """Return what differs between two rule sets, inherited rules included."""
    old, new = dict(_parts(before)), dict(_parts(after))
    found = []
    for part, name in sorted(dict.fromkeys([*old, *new]), key=_place):
        was, now = old.get((part, name)), new.get((part, name))
        fields = _differing(was, now) if was and now else {}
        if was and now and not fields:
            continue
        kind = "changed" if was and now else "removed" if was else "added"
        found.append(Change(part, name, kind, fields, was, now))
    return found


def words(change: Change) -> Iterator[str]:
    """Yield the change in words, a line for each thing that differs."""
    title = f"{_PARTS[change.part]} {change.name}"
    name = {**CLOCK_NAMES, **RUNG_NAMES}.get(change.name, "")
    title += f" {name}" if name and change.part in ("clock", "rung") else ""
    if change.kind != "changed":
        whole = change.after or change.before or {}
        yield f"{title}: {_KINDS[change.kind]}{_limit_after(whole)}"
        return
    fields = {name: both for name, both in change.fields.items() if not name.startswith("amount.")}
    if {"value", "unit"} & fields.keys() and change.before and change.after:
        fields.pop("value", None), fields.pop("unit", None)
        was, now = _limit(change.before), _limit(change.after)
        yield f"{title}: {was} → {now}{_direction(change.before, change.after)}"
    for field, (was_so, is_so) in fields.items():
        told = _FIELDS.get(field, field)
        yield f"{title}: {told} {_shown(field, was_so)} → {_shown(field, is_so)}"


def _place(one: tuple[str, str]) -> tuple[int, int]:
    """Order by part, clocks as a case meets them, the rest as their files name them."""
    part, name = one
    return list(_PARTS).index(part), _CLOCK_PLACES.get(name, 0) if part == "clock" else 0


def _parts(found: Policy) -> Iterator[tuple[tuple[str, str], views.View]]:
    clocks = found.clocks
    for key in CLOCK_NAMES:
        if key in clocks:
            yield ("clock", key), views.clock_view(clocks[key])
    for rung in found.ladder:
        yield ("rung", rung.name), views.rung_view(rung)
    if found.award:
        yield ("award", "*"), views.award_view(found.award)
        for item in found.award.items:
            yield ("item", item.id), views.item_view(item)
        for uplift in found.award.uplifts:
            yield ("uplift", ", ".join(uplift.who)), views.uplift_view(uplift)
    yield ("claim", "*"), views.claim_view(found.claim)
    for tier in found.approval:
        yield ("approval", plain(tier.over_fen)), views.tier_view(tier)
    if found.budget:
        yield ("fund", found.budget.source), views.fund_view(found.budget)
    if found.retention:
        yield ("retention", "*"), views.retention_view(found.retention)


def _differing(
    was: Mapping[str, object], now: Mapping[str, object], within: str = ""
) -> dict[str, tuple[object, object]]:
    found: dict[str, tuple[object, object]] = {}
    for field in dict.fromkeys([*was, *now]):
        one, other = was.get(field), now.get(field)
        if field in _UNCOMPARED or one == other:
            continue
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            found |= _differing(one, other, f"{within}{field}.")
        else:
            found[f"{within}{field}"] = (one, other)
    return found


def _limit(view: Mapping[str, object]) -> str:
    number = view["after"] if "after" in view else view["value"]
    return f"{number} {UNITS[Unit(str(view['unit']))]}"


def _limit_after(view: Mapping[str, object]) -> str:
    if "words" in view:
        return f"，{view['words']} [{view['clause']}]"
    limit = f"，{_limit(view)}" if "unit" in view else ""
    return f"{limit} [{view['clause']}]"


def _direction(was: Mapping[str, object], now: Mapping[str, object]) -> str:
    one, other = was.get("value"), now.get("value")
    if was["unit"] != now["unit"] or not isinstance(one, int) or not isinstance(other, int):
        return ""
    return "（缩短 shorter）" if other < one else "（延长 longer）"


def _shown(field: str, value: object) -> str:
    """Return a value for people: sums in yuan, nothing as a dash."""
    if value is None or value in ("", [], ()):
        return "—"
    if field.endswith("_fen") and isinstance(value, int):
        return f"{plain(value)} 元"
    if field in ("rate", "cut_rate", "tax_rate"):
        return f"{float(str(value)) * 100:g} %"
    if isinstance(value, Mapping):
        shown = (
            f"{name} {_shown(name, one)}"
            for name, one in value.items()
            if name not in _UNCOMPARED and one not in (None, "", [])
        )
        return "，".join(shown)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)
