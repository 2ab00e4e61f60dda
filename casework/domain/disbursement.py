"""What reaches the reporter of an award: gross, statutory cut, net, tax, paid.

The fund pays the gross sum; what is cut or taxed goes elsewhere, never back to the fund.
Source: issue 6, "Tax columns"; the shares and their basis stand in the policy.
"""

from dataclasses import dataclass

from casework.domain.citation import Citation
from casework.domain.claim_rules import ClaimRule
from casework.domain.errors import BadActError
from casework.domain.money import FEN_MAX, round_half_up


@dataclass(frozen=True, slots=True)
class Disbursement:
    """The five columns of a payment, in fen: gross - cut = net, net - tax = paid.

    Attributes:
        basis: where the tax comes from, or the exemption.
        is_exempt: the rule takes no tax, however large the sum.
    """

    gross_fen: int
    cut_fen: int
    net_fen: int
    tax_fen: int
    paid_fen: int
    basis: Citation
    is_exempt: bool


def disbursement_of(rule: ClaimRule, gross_fen: int) -> Disbursement:
    """Return what is paid of an award, or of one share of it; cut and tax half up to the fen.

    Args:
        rule: of the policy that the case was accepted under.
        gross_fen: what the fund pays, above 0.

    Raises:
        BadActError: no amount that can be paid.
    """
    if not 0 < gross_fen < FEN_MAX:
        raise BadActError("amount_fen", f"1 to {FEN_MAX - 1}")
    cut_fen = round_half_up(gross_fen * rule.cut_rate)
    net_fen = gross_fen - cut_fen
    tax_fen = round_half_up(net_fen * rule.tax_rate)
    return Disbursement(
        gross_fen=gross_fen,
        cut_fen=cut_fen,
        net_fen=net_fen,
        tax_fen=tax_fen,
        paid_fen=net_fen - tax_fen,
        basis=rule.tax_cite,
        is_exempt=not rule.tax_rate,
    )
