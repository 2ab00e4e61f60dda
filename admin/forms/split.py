"""How an award is shared: a weight for each report of the matter, and for each who signed it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import Field, IntegerField
from wtforms.validators import InputRequired, NumberRange

from admin.forms.base import BaseForm
from casework.domain.award_rules import AwardRule
from casework.domain.errors import SplitRefusedError
from casework.domain.split import FIRST_SIGNER, WEIGHT_MAX, Part

F = TypeVar("F", bound=BaseForm)
_NEEDED: Final = (
    InputRequired(_l("请填写权重，不给的填 0。")),
    NumberRange(0, WEIGHT_MAX, _l("权重须为 0 到 10000 的整数。")),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One report of the matter, as the form asks about it.

    Attributes:
        signers: how many signed it.
    """

    rank: int
    report: str
    signers: int = 1

    @property
    def weight(self) -> str:
        """The name of the field for its weight."""
        return f"weight_{self.rank}"

    def signer(self, number: int) -> str:
        """Return the name of the field for the weight of one who signed it."""
        return f"signer_{self.rank}_{number}"


def weighs_reports(rule: AwardRule) -> bool:
    """Whether a policy leaves to a person which reports of a matter get something."""
    return rule.helpers != "none" or rule.duplicate != "first_accepted"


def with_split(base: type[F], rows: Sequence[Row], rule: AwardRule) -> type[F]:
    """Return *base* with a field for each weight; what the rules fix has none.

    Args:
        base: a form.
        rows: the reports of the matter, the first first.
        rule: how the policy shares.
    """
    fields = {}
    for row in rows:
        if len(rows) > 1 and weighs_reports(rule):
            fields[row.weight] = _field(_l("第 %(n)d 位的权重", n=row.rank), int(row is rows[0]))
        if row.signers > 1 and rule.joint in ("mandate", "weighted"):
            for number in range(FIRST_SIGNER, row.signers + 1):
                label = _l("第 %(n)d 位的联名人 %(k)d 的权重", n=row.rank, k=number)
                if number == FIRST_SIGNER:
                    label = _l("第 %(n)d 位的第一署名人的权重", n=row.rank)
                fields[row.signer(number)] = _field(label, int(number == FIRST_SIGNER))
    return type("SplitForm", (base,), fields)


def _field(label: LazyString, usual: int) -> IntegerField:
    return IntegerField(
        label,
        default=usual,
        validators=_NEEDED,
        render_kw={"inputmode": "numeric", "min": 0, "max": WEIGHT_MAX},
    )


def fields_of(form: BaseForm, row: Row) -> Iterator[Field]:
    """Yield the fields of one report, its own weight first."""
    names = [row.weight, *(row.signer(one) for one in range(FIRST_SIGNER, row.signers + 1))]
    yield from (form[name] for name in names if name in form)


def parts_of(form: BaseForm, rows: Sequence[Row], rule: AwardRule) -> tuple[Part, ...]:
    """Return the parts that a form which is right says; a report of weight 0 has none.

    Raises:
        SplitRefusedError: nobody gets anything, or nobody of a report that has a weight.
    """
    found = []
    for row in rows:
        weight = form[row.weight].data if row.weight in form else int(row is rows[0])
        if weight:
            found.append(Part(row.report, weight, _signers(form, row, rule)))
    if not found or not all(any(one.signers) for one in found):
        raise SplitRefusedError("nobody")
    return tuple(found)


def _signers(form: BaseForm, row: Row, rule: AwardRule) -> tuple[int, ...]:
    if row.signer(FIRST_SIGNER) in form:
        return tuple(form[row.signer(one)].data for one in range(FIRST_SIGNER, row.signers + 1))
    return (1, *((1 if rule.joint == "equal" else 0,) * (row.signers - 1)))
