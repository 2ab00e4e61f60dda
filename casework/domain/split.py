"""How one award is shared: among the reporters of a matter, and among those who signed a report.

Weights are whole numbers. Two steps, each fit for a pocket calculator: the sum by the weights of
the reports, then each report's part by the weights of its signers; every part is cut to the fen
and what is left over goes to the first. So shares always add up to the award, and what is above
a cap in none of the sums cannot be above it in all.

What a policy leaves to people, a person weighs and another approves; what it does not, is refused.

Source: POLICIES.md a3, several reporters and joint signatures; SCENARIOS.md S35.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from casework.domain.award_rules import AwardRule
from casework.domain.errors import BadActError, SplitRefusedError
from casework.domain.fact_forms import TOKEN, Form, is_list, is_whole
from casework.domain.money import plain

FIRST_SIGNER: Final = 1
SIGNERS_MAX: Final = 20
REPORTS_MAX: Final = 50
WEIGHT_MAX: Final = 10_000
REASONS: Final = (
    "other_matter", "out_of_order", "not_the_first", "no_helpers", "other_signers",
    "first_signer_only", "not_equal", "one_by_mandate", "nothing_left", "anonymous", "ineligible",
    "nobody",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """What one report of the matter gets of an award.

    Attributes:
        report: its id.
        weight: among the reports.
        signers: the weight of each who signed it, the first signer first; 0 for nothing.
    """

    report: str
    weight: int = 1
    signers: tuple[int, ...] = (1,)


@dataclass(frozen=True, slots=True)
class Share:
    """The sum that one signer of one report gets.

    Attributes:
        signer: from 1.
        report_fen: of the whole report, which this is a part of.
    """

    report: str
    signer: int
    amount_fen: int
    report_fen: int


def _is_part(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and set(value) == {"report", "weight", "signers"}
        and TOKEN.test(value["report"])
        and is_whole(value["weight"], 1, WEIGHT_MAX)
        and _are_signers(value["signers"])
    )


def _are_signers(value: object) -> bool:
    return (
        isinstance(value, list | tuple)
        and 1 <= len(value) <= SIGNERS_MAX
        and is_list(value, lambda one: is_whole(one, 0, WEIGHT_MAX))
        and any(value)
    )


def _is_split(value: object) -> bool:
    return (
        isinstance(value, list | tuple)
        and 1 <= len(value) <= REPORTS_MAX
        and is_list(value, _is_part)
        and len({one["report"] for one in value}) == len(value)
    )


SPLIT_IF_ANY: Final = Form(
    "a list of reports, each once, with a weight and the weights of its signers",
    _is_split,
    optional=True,
)


def read_parts(value: object) -> tuple[Part, ...]:
    """Return the parts that the fact "split" of a proposal names; none where there is no such fact.

    Raises:
        BadActError: it is none.
    """
    if value is None:
        return ()
    if not _is_split(value):
        raise BadActError("split", SPLIT_IF_ANY.expected)
    assert isinstance(value, list | tuple)
    return tuple(Part(one["report"], one["weight"], tuple(one["signers"])) for one in value)


def as_facts(parts: Iterable[Part]) -> list[dict[str, str | int | list[int]]]:
    """Return parts as the fact "split" has them."""
    return [
        {"report": one.report, "weight": one.weight, "signers": list(one.signers)} for one in parts
    ]


def as_text(parts: Sequence[Part]) -> str:
    """Return parts as an award keeps them; "" for none."""
    if not parts:
        return ""
    return json.dumps(as_facts(parts), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_text(text: str) -> tuple[Part, ...]:
    """Return what `as_text` wrote.

    Raises:
        BadActError: it is no such text.
    """
    return read_parts(json.loads(text)) if text else ()


def divide(amount_fen: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Return what each weight gets, cut to the fen; what is left over goes to the first above 0.

    Args:
        amount_fen: 0 or more.
        weights: 0 or more each, one at least above.
    """
    whole = sum(weights)
    cut = [amount_fen * weight // whole for weight in weights]
    first = next(place for place, weight in enumerate(weights) if weight)
    cut[first] += amount_fen - sum(cut)
    return tuple(cut)


def shares(amount_fen: int, parts: Sequence[Part]) -> tuple[Share, ...]:
    """Return who gets what, in the order of the parts; whoever gets nothing is left out.

    They add up to *amount_fen*.
    """
    found = []
    sums = divide(amount_fen, [one.weight for one in parts])
    for part, report_fen in zip(parts, sums, strict=True):
        for signer, fen in enumerate(divide(report_fen, part.signers), FIRST_SIGNER):
            if fen:
                found.append(Share(part.report, signer, fen, report_fen))
    return tuple(found)


def worked(amount_fen: int, parts: Sequence[Part], share: Share) -> str:
    """Return how a share is worked out: "60,000 × 5/10 × 1/3"."""
    part = next(one for one in parts if one.report == share.report)
    told = plain(amount_fen)
    if len(parts) > 1:
        told += f" × {part.weight}/{sum(one.weight for one in parts)}"
    if sum(1 for weight in part.signers if weight) > 1:
        told += f" × {part.signers[share.signer - 1]}/{sum(part.signers)}"
    return told


def given(rule: AwardRule, ranked: Sequence[str], signers: Mapping[str, int]) -> tuple[Part, ...]:
    """Return what the rules give where nobody chooses: it all to the report that came in first.

    Args:
        rule: how this policy shares.
        ranked: ids of the reports of the matter, the first first.
        signers: how many signed each; one where it is not named.
    """
    many = signers.get(ranked[0], 1)
    rest = (1,) * (many - 1) if rule.joint == "equal" else (0,) * (many - 1)
    return (Part(ranked[0], 1, (1, *rest)),)


def has_choice(rule: AwardRule, ranked: Sequence[str], signers: Mapping[str, int]) -> bool:
    """Whether the rules leave something of this matter to a person."""
    several = len(ranked) > 1 and (rule.helpers != "none" or rule.duplicate != "first_accepted")
    joint = rule.joint in ("mandate", "weighted")
    return several or (joint and any(signers.get(one, 1) > 1 for one in ranked))


def check(
    rule: AwardRule,
    parts: Sequence[Part],
    *,
    ranked: Sequence[str],
    signers: Mapping[str, int],
    amount_fen: int,
) -> tuple[Share, ...]:
    """Return the shares, or refuse what the policy does not allow.

    Args:
        rule: how this policy shares.
        parts: as proposed, in the order of rank.
        ranked: ids of the reports of the matter, the first first.
        signers: how many signed each; one where it is not named.
        amount_fen: the whole award.

    Raises:
        SplitRefusedError: the reason is one of REASONS.
    """
    reports = [one.report for one in parts]
    if not reports:
        raise SplitRefusedError("nobody")
    if not set(reports) <= set(ranked):
        raise SplitRefusedError("other_matter")
    if reports != [one for one in ranked if one in reports]:
        raise SplitRefusedError("out_of_order")
    if rule.duplicate == "first_accepted" and reports[0] != ranked[0]:
        raise SplitRefusedError("not_the_first")
    if rule.helpers == "none" and len(parts) > 1:
        raise SplitRefusedError("no_helpers")
    for part in parts:
        _check_signers(rule, part, signers.get(part.report, 1))
    found = shares(amount_fen, parts)
    weighed = sum(1 for part in parts for weight in part.signers if weight)
    if len(found) < weighed:
        raise SplitRefusedError("nothing_left")
    return found


def _check_signers(rule: AwardRule, part: Part, signed: int) -> None:
    """Refuse weights of the signers of one report that its policy does not allow."""
    if len(part.signers) != signed:
        raise SplitRefusedError("other_signers")
    first_alone = part.signers[0] > 0 and not any(part.signers[1:])
    if rule.joint == "first_signer" and not first_alone:
        raise SplitRefusedError("first_signer_only")
    if rule.joint == "equal" and (0 in part.signers or len(set(part.signers)) > 1):
        raise SplitRefusedError("not_equal")
    if rule.joint == "mandate" and sum(1 for weight in part.signers if weight) != 1:
        raise SplitRefusedError("one_by_mandate")
