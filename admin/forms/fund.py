"""The reward fund: money granted, and moves of money that a second person agrees to."""

from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, ValidationError

from admin.extensions import gettext as _
from admin.forms import words
from admin.forms.fields import YuanField, choices, one_line
from admin.forms.rewards import DeedForm

# How money is booked by finance alone: the kind of the event.
BOOKED = {
    "fund.appropriated": _l("下达预算"),
    "fund.supplemented": _l("追加预算"),
    "fund.covered": _l("弥补超支"),
}


def _year_field() -> IntegerField:
    return IntegerField(
        _l("预算年度"),
        validators=[
            DataRequired(_l("请填写年度。")),
            NumberRange(2000, 2200, _l("请填写四位数的年份。")),
        ],
        render_kw={"inputmode": "numeric"},
    )


def _amount_field() -> YuanField:
    return YuanField(
        _l("金额（元）"),
        validators=[DataRequired(_l("请填写金额。"))],
        render_kw={"inputmode": "decimal"},
    )


def _source_field(label: LazyString) -> SelectField:
    return SelectField(label, choices=lambda: choices(words.FUND_SOURCES), default="county")


def _office_field(label: LazyString) -> StringField:
    return StringField(
        label,
        description=_l("只供一个部门的案件使用的，填写部门代码；各部门都可以用的，不填。"),
        validators=[Length(max=48), one_line],
        render_kw={"autocomplete": "off"},
    )


class PotForm(DeedForm):
    """A form that names a pot of money, and the paper that it rests on."""

    source = _source_field(_l("资金来源"))
    office = _office_field(_l("限用部门"))
    amount_yuan = _amount_field()
    document = StringField(
        _l("依据文号"),
        validators=[Length(max=200, message=_l("最多 200 个字。")), one_line],
    )

    @property
    def pot(self) -> str:
        """The pot, as events name it."""
        return pot_of(self.source.data, self.office.data)


class AppropriateForm(PotForm):
    """Money granted for a budget year, added to it, or covering what was overdrawn."""

    kind = SelectField(
        _l("种类"), choices=lambda: list(BOOKED.items()), default="fund.appropriated"
    )
    year = _year_field()

    def validate_document(self, field: StringField) -> None:
        """Ask for the paper of whatever comes after the year's first grant.

        Raises:
            ValidationError: it is missing.
        """
        if self.kind.data != "fund.appropriated" and not (field.data or "").strip():
            raise ValidationError(_("请填写依据文号。"))


class MoveForm(PotForm):
    """A move of money; what it is stands in the address."""

    year = _year_field()
    to_source = _source_field(_l("调入的资金来源"))
    to_office = _office_field(_l("调入的限用部门"))
    award = StringField(
        _l("奖励编号"),
        description=_l("资金明细账“奖励”一栏的编号。"),
        validators=[Length(max=26), one_line],
        render_kw={"autocomplete": "off"},
    )

    def __init__(self, *args: Any, move: str, **given: Any) -> None:
        """Keep the fields that this move has."""
        super().__init__(*args, **given)
        self.move = move
        if move != "virement":
            del self.to_source, self.to_office
        if move != "clawback":
            del self.award

    @property
    def to_pot(self) -> str:
        """The pot that the money goes to."""
        return pot_of(self.to_source.data, self.to_office.data)

    def validate_document(self, field: StringField) -> None:
        """Ask for the paper.

        Raises:
            ValidationError: it is missing.
        """
        if not (field.data or "").strip():
            raise ValidationError(_("请填写依据文号。"))


class DecideForm(DeedForm):
    """Yes or no to exactly what was proposed."""

    decision = SelectField(
        _l("意见"),
        choices=lambda: [
            ("", _("请选择")),
            ("agree", _("同意，登记账目")),
            ("decline", _("不同意，或者撤回自己的提议")),
        ],
        validators=[DataRequired(_l("请选择意见。"))],
    )


def pot_of(source: str | None, office: str | None) -> str:
    """Return the pot of a source and an office, as events name it."""
    code = (office or "").strip()
    return f"{source}:{code}" if code else str(source)
