"""The ladder of a provincial police rule: 500, 3,000, 5,000, 10,000 yuan, and above (S34).

Up to 500 yuan the head of the section, to 3,000 a deputy head after finance, to 5,000 the
head, to 10,000 the meeting of the office, above also finance of the same level
(FEATURES.md, approval tiers). Its roles in this system are assumed.
"""

_CITE = 'cite = { doc = "省公安机关举报奖励规定", clause = "审批", mark = "D" }'


def _tier(over_fen: int, needs: str) -> str:
    instead = "instead = true\n" if over_fen else ""
    return f"[[approval]]\nover_fen = {over_fen}\nneeds = [{needs}]\n{instead}{_CITE}\n"


# To be put into a policy file in place of its own [[approval]].
POLICE_LADDER = "\n".join(
    (
        _tier(0, '"leader"'),
        _tier(50_000, '"finance", "approver"'),
        _tier(300_000, '"leader", "approver"'),
        _tier(500_000, '"leader", "approver", "supervisor"'),
        _tier(1_000_000, '"leader", "approver", "supervisor", "finance"'),
    )
)
