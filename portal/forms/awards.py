"""Forms about an award: what is declared for it, how it is claimed, what is wrong with it."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, MultipleFileField
from wtforms.validators import ValidationError

from casework.domain.award_values import Declaration
from casework.domain.money import read_yuan
from casework.domain.reward_facts import RELATIONS, REWARD_MATTERS
from casework.domain.split import SIGNERS_MAX
from crypto.canonical import JSON
from portal.forms import identity
from portal.forms.base import AtMost, BaseForm, LineField, LongField, Needed
from portal.forms.dates import read_day
from portal.forms.mailbox import FitsBucket
from portal.forms.wording import ACCOUNT, Choice
from portal.uploads import SealingRequest

ROWS: Final = 10  # earlier awards that the page has room for
MANDATE_BYTES_MAX: Final = 10 * 1024 * 1024  # its file is shown in one answer, once

RELATED: Final = (
    Choice("none", _l("没有下面这些关系")),
    Choice("staff", _l("我在被举报的单位工作"), _l("含劳务派遣、临时用工")),
    Choice("spouse", _l("配偶在被举报的单位工作")),
    Choice("parent", _l("父亲或者母亲在被举报的单位工作")),
    Choice("child", _l("子女在被举报的单位工作")),
    Choice("family", _l("其他亲属在被举报的单位工作")),
    Choice("informant", _l("我是监管部门聘请的信息员")),
    Choice("safety_manager", _l("我在被举报的单位负责安全管理")),
    Choice("hired_expert", _l("我受聘为被举报的单位做检查、评价或者检测")),
    Choice("regulator", _l("我是负有安全监管职责的工作人员")),
    Choice("regulator_relative", _l("我是上述工作人员的近亲属")),
)
assert {one.code for one in RELATED} == set(RELATIONS)

DOCUMENTS: Final = (
    Choice("id_card", _l("居民身份证")),
    Choice("lawyer", _l("律师执业证")),
    Choice("other", _l("其他证件")),
)


class ClaimForm(BaseForm):
    """How the reward shall be paid.

    Attributes:
        ways: codes of the ways that the policy allows; the page sets them.
    """

    ways: tuple[str, ...] = ()

    award = HiddenField()
    how = LineField(_l("怎样领取"))
    payee_name = LineField(_l("收款人姓名"), [AtMost(100)], render_kw={"autocomplete": "off"})
    bank = LineField(
        _l("开户银行"),
        [AtMost(200)],
        description=_l("写到支行，如“中国农业银行伊川县支行”。"),
        render_kw={"autocomplete": "off"},
    )
    account = LineField(
        _l("银行账号"),
        [AtMost(60)],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )
    payee_phone = LineField(
        _l("收款人电话"),
        [AtMost(40)],
        description=_l("转账出问题时联系用。"),
        render_kw={"autocomplete": "off", "inputmode": "tel"},
    )

    def validate_how(self, field: Any) -> None:
        """One that the policy allows."""
        if field.data not in self.ways:
            raise ValidationError(_l("请选择怎样领取。"))

    def validate_payee_name(self, field: Any) -> None:
        """Needed for a transfer."""
        if self.how.data == ACCOUNT and not field.data:
            raise ValidationError(_l("请填写收款人姓名，要和银行账户一致。"))

    def validate_bank(self, field: Any) -> None:
        """Needed for a transfer."""
        if self.how.data == ACCOUNT and not field.data:
            raise ValidationError(_l("请填写开户银行。"))

    def validate_account(self, field: Any) -> None:
        """Digits, and no obvious slip in a card number."""
        if self.how.data != ACCOUNT:
            return
        number = identity.NOISE.sub("", field.data or "")
        if not number:
            raise ValidationError(_l("请填写银行账号。"))
        if not (number.isascii() and number.isdigit() and 8 <= len(number) <= 32):
            raise ValidationError(_l("银行账号只有数字，请对照银行卡或存折检查。"))
        if len(number) in (16, 19) and not identity.is_card_number(number):
            raise ValidationError(_l("银行卡号有误，请对照卡面再检查一遍。"))

    @property
    def payee(self) -> dict[str, str]:
        """What is sealed as the payee item."""
        return {
            "name": self.payee_name.data or "",
            "bank": self.bank.data or "",
            "account": identity.NOISE.sub("", self.account.data or ""),
            "phone": identity.phone(self.payee_phone.data or ""),
        }


class MandateForm(BaseForm):
    """Who comes in the reporter's place, and the paper that says so."""

    agent = LineField(
        _l("代理人姓名"),
        [Needed(_l("请填写代理人的姓名。")), AtMost(60)],
        description=_l("填去领钱的人，不要填您自己的姓名。"),
        render_kw={"autocomplete": "off"},
    )
    document = LineField(_l("代理人带什么证件"))
    number = LineField(
        _l("证件号码"),
        [Needed(_l("请填写代理人的证件号码，窗口要核对。")), AtMost(60)],
        render_kw={"autocomplete": "off"},
    )
    agent_phone = LineField(
        _l("代理人电话"), [AtMost(40)], render_kw={"autocomplete": "off", "inputmode": "tel"}
    )
    identity_files = MultipleFileField(_l("委托书"))

    def validate_document(self, field: Any) -> None:
        """One of the list."""
        if field.data not in {one.code for one in DOCUMENTS}:
            raise ValidationError(_l("请选择代理人带什么证件。"))

    def validate_number(self, field: Any) -> None:
        """A slip in the number of an identity card is told."""
        number = identity.id_number(field.data or "")
        if self.document.data == "id_card" and not identity.is_id_number(number):
            raise ValidationError(_l("身份证号码有误，请对照证件再检查一遍。"))

    def validate_identity_files(self, _field: Any) -> None:
        """Exactly one file, of a size that can be shown in one answer."""
        assert isinstance(request, SealingRequest)
        files = request.uploads
        if request.storage_failed:
            return
        if len(files) != 1 or not files[0].shows_reporter:
            raise ValidationError(_l("请选择委托书的照片或者扫描件，只选一个文件。"))
        if files[0].received_size > MANDATE_BYTES_MAX:
            raise ValidationError(_l("委托书的文件最大 10 MB，请拍得小一些再选。"))

    @property
    def told(self) -> dict[str, str]:
        """What is sealed beside the file."""
        number = self.number.data or ""
        is_card = self.document.data == "id_card"
        return {
            "agent": self.agent.data or "",
            "document": self.document.data or "",
            "number": identity.id_number(number) if is_card else number,
            "phone": identity.phone(self.agent_phone.data or ""),
        }


class AwardObjectionForm(BaseForm):
    """Why the sum, or that there is none, is wrong."""

    text = LongField(
        _l("异议的理由"),
        [Needed(_l("请写明不同意的理由。")), FitsBucket()],
        description=_l(
            "写明数额哪里算得不对，或者为什么应当奖励。只有受理单位和监督它的单位能看。请不要写自己的姓名和电话。"
        ),
        render_kw={"rows": 6, "autocomplete": "off"},
    )


class DeclarationForm(BaseForm):
    """Relation to the reported, and earlier awards; rows of the latter are added below."""

    today: date = date.max

    relation = LineField(_l("您和被举报的单位是什么关系"), default="none")
    signers = LineField(
        _l("几个人一起署名举报"),
        default="1",
        description=_l("一个人举报的填 1。"),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )

    def validate_relation(self, field: Any) -> None:
        """One of the list."""
        if field.data not in RELATIONS:
            raise ValidationError(_l("请选择您和被举报的单位是什么关系。"))

    def validate_signers(self, field: Any) -> None:
        """A number of people."""
        typed = field.data or ""
        is_number = typed.isascii() and typed.isdecimal() and len(typed) < 5
        if not (is_number and 1 <= int(typed) <= SIGNERS_MAX):
            raise ValidationError(_l("请填几个人一起署名，例如 1。"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field, and each row of an earlier award as a whole."""
        fits = super().validate(extra_validators)
        for number in range(ROWS):
            fits = self._row_fits(number) and fits
        return fits

    def rows(self) -> Iterator[tuple[Any, Any, Any]]:
        """Day, amount and matter of each row, as fields."""
        for number in range(ROWS):
            yield self[f"day_{number}"], self[f"amount_{number}"], self[f"matter_{number}"]

    def fill(self, said: Declaration) -> "DeclarationForm":
        """Show what was declared last."""
        self.relation.data, self.signers.data = said.relation, str(said.signers)
        for (day, amount, matter), one in zip(self.rows(), json.loads(said.prior), strict=False):
            whole, fen = divmod(int(one["amount_fen"]), 100)
            day.data, matter.data = one["decided_on"], one["matter"]
            amount.data = f"{whole}.{fen:02d}" if fen else str(whole)
        return self

    def facts(self) -> dict[str, JSON]:
        """Return the facts of `reward.declared`, once the form is valid."""
        prior: list[JSON] = []
        for day, amount, matter in self.rows():
            on = read_day(day.data or "")
            if on is not None:
                prior.append(
                    {
                        "decided_on": on.isoformat(),
                        "amount_fen": int(read_yuan(amount.data)),
                        "matter": matter.data,
                    }
                )
        return {
            "relation": self.relation.data,
            "prior": prior,
            "signers": int(self.signers.data or 1),
        }

    def _row_fits(self, number: int) -> bool:
        day, amount, matter = (self[f"{name}_{number}"] for name in ("day", "amount", "matter"))
        if not (day.data or amount.data or matter.data):
            return True
        wrong: list[tuple[Any, Any]] = []
        on = read_day(day.data or "")
        if on is None or on > self.today:
            wrong.append((day, _l("请填哪一天决定奖励的，例如 2026-03-05，不能是以后的日子。")))
        try:
            read_yuan(amount.data or "")
        except ValueError:
            wrong.append((amount, _l("得了多少元请填数字，例如 500。")))
        if matter.data not in REWARD_MATTERS:
            wrong.append((matter, _l("请选择那一次举报的是哪一类事情。")))
        for field, sentence in wrong:
            field.errors = [*field.errors, sentence]
        return not wrong


def _add_rows() -> None:
    """Give the form its rows: flat fields, so that a slip leads to the very box it is in."""
    for number in range(ROWS):
        typed = {"autocomplete": "off"}
        setattr(
            DeclarationForm, f"day_{number}", LineField(_l("哪一天决定奖励的"), render_kw=typed)
        )
        money = typed | {"inputmode": "decimal"}
        setattr(DeclarationForm, f"amount_{number}", LineField(_l("得了多少元"), render_kw=money))
        setattr(DeclarationForm, f"matter_{number}", LineField(_l("举报的是哪一类事情")))


_add_rows()
