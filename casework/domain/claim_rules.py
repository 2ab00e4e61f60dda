"""How an award is claimed, as values: when a claim opens, which ways, what is cut and taxed.

Every share stands in a policy file, never in code; a policy without `[claim]` cuts and
taxes nothing.
"""

from dataclasses import dataclass
from fractions import Fraction

from casework.domain.citation import Citation

# What opens a claim: the finding that the report is true, the decision on a penalty, or the
# first check that found it true.
OPENINGS = ("finding", "penalty", "first_check")

# How money reaches a reporter: a transfer to a sealed account, cash at the counter, cash for a
# voucher, or an agent or lawyer with a sealed mandate.
WAYS = ("account", "counter", "voucher", "agent")

_TAX_FREE = Citation(
    doc="财税字〔1994〕20号",
    clause="第二条第（四）项",
    mark="M",
    note="个人举报、协查各种违法、犯罪行为而获得的奖金，暂免征收个人所得税。",
)
_ASSUMED = Citation(
    doc="本系统",
    clause="领奖",
    mark="D",
    note="规则文件未写领奖方式：查实即开始，可以转账到密封账户，也可以到窗口领取。",
)


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """How an award is claimed and paid.

    Attributes:
        opens_on: one of OPENINGS.
        ways: of WAYS, at least one, in the order in which they are offered.
        name_check: a transfer goes only to an account under the reporter's own name.
        announce: who cannot be told of an award is called upon in public, by case number.
        cut_rate: what is withheld by statute, as a share of the gross sum.
        tax_rate: what is withheld as tax, as a share of what is left; 0: exempt.
        tax_cite: the basis of *tax_rate*, printed beside it.
    """

    opens_on: str = "finding"
    ways: tuple[str, ...] = ("account", "counter")
    name_check: bool = False
    announce: bool = True
    cut_rate: Fraction = Fraction(0)
    tax_rate: Fraction = Fraction(0)
    tax_cite: Citation = _TAX_FREE
    cite: Citation = _ASSUMED
