"""What somebody tells to learn what a report could be worth; nothing of it is kept."""

from collections.abc import Iterable
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import ValidationError

from casework.domain.money import read_yuan
from casework.domain.reward_facts import PEOPLE_MAX, REWARD_MATTERS
from portal.forms.base import BaseForm, LineField
from portal.forms.wording import MATTERS, RELATION_CODES, Choice

REWARDED: Final = tuple(one for one in MATTERS if one.code in REWARD_MATTERS)
NAMED: Final = (
    Choice("yes", _l("留姓名和联系方式")),
    Choice("no", _l("不留姓名"), _l("有的办法只奖励留了姓名的举报人。")),
)
ANY_SECTOR: Final = "other"


class WorthForm(BaseForm):
    """The facts that an award hangs on, as far as a citizen can know them."""

    fines_fen: tuple[int, ...] = ()

    sector = SelectField(_l("所属行业"), validate_choice=False)
    matter = LineField(_l("举报什么"))
    fine = LineField(
        _l("对该单位罚了多少元"),
        description=_l("例如 120000。不知道，或者没有罚款的，不填。"),
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    deaths = LineField(
        _l("瞒报的事故死了几人"),
        description=_l("只有举报瞒报、谎报事故的要填。"),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    relation = LineField(_l("您和该单位的关系"), default="none")
    named = LineField(_l("您举报时"), default="yes")

    def offer(self, sectors: Iterable[Any]) -> "WorthForm":
        """Take the sectors of the routing table as choices."""
        self.sector.choices = [(one.code, one.name) for one in sectors]
        return self

    def validate_sector(self, field: Any) -> None:
        """One of the list."""
        if field.data not in {code for code, _name in field.choices}:
            raise ValidationError(_l("没有这个行业，请从列表里选。"))

    def validate_matter(self, field: Any) -> None:
        """One that is rewarded."""
        if field.data not in REWARD_MATTERS:
            raise ValidationError(_l("请选择举报的是哪一类事情。"))

    def validate_fine(self, field: Any) -> None:
        """A sum of money, or nothing."""
        try:
            self.fines_fen = (read_yuan(field.data),) if field.data else ()
        except ValueError:
            raise ValidationError(
                _l("罚款请填数字，单位是元，例如 120000 或者 120000.50；没有罚款的不填。")
            ) from None

    def validate_deaths(self, field: Any) -> None:
        """A number of people, or nothing."""
        typed = field.data or ""
        is_number = typed.isascii() and typed.isdecimal() and len(typed) < 9
        if typed and not (is_number and int(typed) <= PEOPLE_MAX):
            raise ValidationError(_l("死亡人数请填整数，例如 2。"))

    def validate_relation(self, field: Any) -> None:
        """One of the list."""
        if field.data not in RELATION_CODES:
            raise ValidationError(_l("请选择您和该单位的关系。"))

    def validate_named(self, field: Any) -> None:
        """Yes or no."""
        if field.data not in {one.code for one in NAMED}:
            raise ValidationError(_l("请选择举报时留不留姓名。"))

    def facts(self) -> dict[str, object]:
        """Return the facts of `reward.quote`, once the form is valid."""
        deaths = int(self.deaths.data or 0)
        return {
            "matter": self.matter.data,
            "penalties_fen": list(self.fines_fen),
            "accident": {"deaths": deaths, "concealed_deaths": deaths},
            "reporter": {"named": self.named.data == "yes", "relation": self.relation.data},
        }
