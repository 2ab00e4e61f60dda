"""Who may be what. One person, one account; some roles are held alone (GLOSSARY, roles)."""

from collections.abc import Iterable
from enum import StrEnum

from casework.domain.errors import RoleConflictError, UnknownRoleError


class Role(StrEnum):
    """What an account may do; the values are stored and written into certificates."""

    OPERATOR = "operator"  # 接线员 / 登记员
    OFFICER = "officer"  # 承办人
    LEADER = "leader"  # 部门负责人
    SUPERVISOR = "supervisor"  # 安委办 / 上级督办
    APPROVER = "approver"  # 奖励审批人
    FINANCE = "finance"  # 财政
    CASHIER = "cashier"  # 出纳
    CUSTODIAN = "custodian"  # 身份保管人
    AUDITOR = "auditor"  # 审计员
    ADMINISTRATOR = "administrator"  # 系统管理员


# Held with no other role: who reads the traces leaves none, who runs the machine decides nothing.
EXCLUSIVE = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})


def check_roles(roles: Iterable[str]) -> frozenset[Role]:
    """Return the roles of one account, checked.

    Which roles may not meet in one case is not decided here: `advance` does that,
    because it needs to know what the person did in the case.

    Raises:
        UnknownRoleError: one of them is no role; or there is none at all.
        RoleConflictError: an exclusive role stands beside another.
    """
    held: set[Role] = set()
    for role in roles:
        try:
            held.add(Role(role))
        except ValueError:
            raise UnknownRoleError(role=role) from None
    if not held:
        raise UnknownRoleError(role="")
    alone = sorted(held & EXCLUSIVE)
    if alone and len(held) > 1:
        raise RoleConflictError(role=str(alone[0]), others=tuple(sorted(held - {alone[0]})))
    return frozenset(held)
