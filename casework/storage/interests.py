"""Declared interests of staff, as marks that nobody can read, and the reports that they meet."""

from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from casework.storage.rows import Repository
from casework.storage.work_tables import declared_interest, enterprise_mark

_c = declared_interest.c
_m = enterprise_mark.c
_SITE: sa.BindParameter[Any] = sa.bindparam("of_site")
_ACCOUNT: sa.BindParameter[Any] = sa.bindparam("of_account")
_OWN = sa.and_(_c.site == _SITE, _c.account == _ACCOUNT)
_MARK: Final = sa.and_(_OWN, _c.mark == sa.bindparam("of_mark"))
_DECLARE: Final = sa.insert(declared_interest)
_WITHDRAW: Final = sa.delete(declared_interest).where(_MARK)
_IS_DECLARED: Final = sa.select(sa.literal(1)).where(_MARK)
_DAYS: Final = sa.select(_c.declared_on).where(_OWN).order_by(_c.declared_on, _c.mark)
_joined = declared_interest.join(enterprise_mark, sa.and_(_m.site == _c.site, _m.mark == _c.mark))
_MEETING: Final = (
    sa.select(_m.report_id, _c.account)
    .select_from(_joined)
    .where(_c.site == _SITE)
    .order_by(_m.report_id, _c.account)
)
_MET: Final = sa.select(_m.report_id).select_from(_joined).where(_OWN)


class Interests(Repository):
    """Marks of the enterprises in which people of one site have an interest."""

    def declare(self, account: str, mark: str, on: date) -> bool:
        """Note a mark, hexadecimal; False if it was declared before."""
        row = {"site": self._site, "account": account, "mark": mark, "declared_on": on}
        if self._connection.execute(_IS_DECLARED, self._of(account, mark)).first() is not None:
            return False
        self._connection.execute(_DECLARE, row)
        return True

    def withdraw(self, account: str, mark: str) -> bool:
        """Delete a mark; False if it was not declared."""
        return bool(self._connection.execute(_WITHDRAW, self._of(account, mark)).rowcount)

    def days(self, account: str) -> tuple[date, ...]:
        """Return the day of each declaration of a person, the first before."""
        return tuple(self._connection.execute(_DAYS, self._of(account)).scalars())

    def meeting(self) -> tuple[tuple[str, str], ...]:
        """Return every accepted report that meets an interest, with the account."""
        found = self._connection.execute(_MEETING, {"of_site": self._site})
        return tuple((row.report_id, row.account) for row in found)

    def met_by(self, account: str) -> frozenset[str]:
        """Return the accepted reports that meet an interest of this person."""
        return frozenset(self._connection.execute(_MET, self._of(account)).scalars())

    def _of(self, account: str, mark: str = "") -> dict[str, str]:
        return {
            "of_site": self._site, "of_account": account, **({"of_mark": mark} if mark else {})
        }  # fmt: skip
