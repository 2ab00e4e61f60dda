"""The one form that carries a whole report."""

from typing import Any, Final

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField
from wtforms.validators import ValidationError

from casework.domain.act_facts import SCOPE_CODES
from crypto.errors import FormTokenError
from crypto.form_token import read_form_token
from portal.csrf import FORM_OPEN_SECONDS_MAX
from portal.extensions import public_site
from portal.forms import identity
from portal.forms.base import FALSE_WORDS, AtMost, LineField, LongField, Needed
from portal.forms.dates import read_day
from portal.forms.files import FilesForm
from portal.forms.wording import MATTER_NAMES, RELATION_CODES
from portal.uploads import FILES_MAX, SealingRequest

NARRATIVE_BYTES_MAX: Final = 60_000  # under the largest padding bucket, marks included
IDENTITY_LINE_MAX: Final = 100
MISCONDUCT: Final = "staff_misconduct"


class ReportForm(FilesForm):
    """Sealed before it leaves the view: never stored, logged or put in a session."""

    region = LineField(_l("发生在哪里"))
    sector = LineField(_l("所属行业"))
    matter = LineField(_l("举报什么"))
    # What the first question sorted the matter as; nothing of an ordinary report.
    scope = HiddenField()
    urgent = BooleanField(
        _l("情况紧急：正在着火、爆炸、泄漏，或者有人被困、有人伤亡"),
        false_values=FALSE_WORDS,
        description=_l(
            "请先拨打 119、110 或者 120。勾选后，承办单位和监督它的单位会立即收到通知；"
            "并会记下收到的钟点（不紧急的只记日期）。"
        ),
    )
    enterprise = LineField(
        _l("被举报的单位或场所名称"),
        [Needed(_l("请填写被举报的单位或场所名称。")), AtMost(100)],
        description=_l("不知道全称，可以写招牌上的名字，或“××加油站对面的仓库”。"),
        render_kw={"maxlength": 100, "autocomplete": "off"},
    )
    place = LineField(
        _l("具体地点"),
        [Needed(_l("请填写具体地点，方便工作人员找到现场。")), AtMost(200)],
        description=_l("村、路、门牌，或厂区内的车间、楼层。"),
        render_kw={"maxlength": 200, "autocomplete": "off"},
    )
    occurred_on = LineField(
        _l("发现或发生的日期"),
        [AtMost(20)],
        description=_l("例如 2026-11-20。记不清可以不填。"),
        render_kw={"autocomplete": "off", "inputmode": "text"},
    )
    narrative = LongField(
        _l("情况说明"),
        [Needed(_l("请写明您看到或知道的情况。"))],
        description=_l(
            "看到了什么、有什么危险、涉及哪些人、现在还在不在。请不要在这里写自己的姓名和电话。"
        ),
        render_kw={"rows": 9, "autocomplete": "off"},
    )
    relation = LineField(_l("您与该单位的关系"), default="none")
    about = LineField(_l("被举报的工作人员在哪个部门"))
    anonymous = BooleanField(
        _l("我要匿名举报"),
        false_values=FALSE_WORDS,
        description=_l("下面各项可以都不填。"),
    )
    name = LineField(_l("姓名"), [AtMost(IDENTITY_LINE_MAX)], render_kw={"autocomplete": "off"})
    phone = LineField(
        _l("手机或固定电话"),
        [AtMost(40)],
        description=_l("固定电话请带区号。"),
        render_kw={"autocomplete": "off", "inputmode": "tel"},
    )
    id_number = LineField(
        _l("身份证号码"),
        [AtMost(40)],
        description=_l("只在查询码丢失、需要核对本人时使用。"),
        render_kw={"autocomplete": "off"},
    )
    contact = LineField(
        _l("其他联系方式"),
        [AtMost(200)],
        description=_l("微信号、邮箱、方便联系的时间等。"),
        render_kw={"autocomplete": "off"},
    )
    consent = BooleanField(
        _l("我同意把上述身份信息加密封存"),
        false_values=FALSE_WORDS,
        description=_l(
            "承办人员看不到。须有两名以上不同单位的保管人同意，才能打开其中一项，并且您能查到是哪个单位、何时、因何打开。"
        ),
    )
    form_token = HiddenField()

    @property
    def identity_given(self) -> bool:
        """Whether anything was typed that names the reporter."""
        return any(field.data for field in self.identity_fields)

    @property
    def identity_fields(self) -> tuple[Any, ...]:
        """The four fields that become identity items."""
        return (self.name, self.phone, self.id_number, self.contact)

    def validate_form_token(self, field: Any) -> None:
        """The token must be ours and of today; without it a repeat could not be told."""
        here = public_site()
        try:
            read_form_token(
                field.data or "", here.form_key, here.clock.now(), FORM_OPEN_SECONDS_MAX
            )
        except FormTokenError:
            raise ValidationError(_l("这个页面打开太久了。内容都还在，请再按一次提交。")) from None

    def validate_region(self, field: Any) -> None:
        """Look the region up: thousands of options are never rendered or compared."""
        if field.data not in public_site().choices.regions:
            raise ValidationError(_l("请选择事情发生在哪个乡镇、街道。"))

    def validate_sector(self, field: Any) -> None:
        """Look the sector up."""
        if field.data not in public_site().choices.sectors:
            raise ValidationError(_l("请选择所属行业；不确定就选“其他”。"))

    def validate_matter(self, field: Any) -> None:
        """Look the kind of matter up."""
        if field.data not in MATTER_NAMES:
            raise ValidationError(_l("请选择举报的是哪一类事情。"))

    def validate_scope(self, field: Any) -> None:
        """An unknown kind of matter is none."""
        if field.data not in SCOPE_CODES:
            field.data = ""

    def validate_about(self, field: Any) -> None:
        """A department counts only where its staff are accused."""
        if self.matter.data != MISCONDUCT:
            field.data = ""
        elif field.data and field.data not in public_site().choices.departments:
            raise ValidationError(_l("请从列表中选择部门；不清楚可以选“不清楚”。"))

    def validate_relation(self, field: Any) -> None:
        """An unknown relation is none."""
        if field.data not in RELATION_CODES:
            field.data = "none"

    def validate_occurred_on(self, field: Any) -> None:
        """Read the day, in any common spelling; never one to come."""
        if not field.data:
            return
        day = read_day(field.data)
        if day is None:
            raise ValidationError(_l("看不懂这个日期，请写成 2026-11-20 这样，或者不填。"))
        if day > public_site().clock.today():
            raise ValidationError(_l("这个日期还没有到，请检查年月日。"))
        field.data = day.isoformat()

    def validate_narrative(self, field: Any) -> None:
        """Keep within the largest padding bucket."""
        size = len((field.data or "").encode())
        if size > NARRATIVE_BYTES_MAX:
            over = (size - NARRATIVE_BYTES_MAX + 2) // 3
            raise ValidationError(
                _l("情况说明最多约两万字，请删去约 %(over)d 字，或者作为文件上传。", over=over)
            )

    def validate_files(self, field: Any) -> None:
        """More files than can be taken are told, not dropped in silence."""
        if isinstance(request, SealingRequest) and request.too_many_files:
            raise ValidationError(
                _l("一次最多上传 %(limit)d 个文件，其余的可以提交后凭查询码补充。", limit=FILES_MAX)
            )

    def validate_phone(self, field: Any) -> None:
        """A slip in a number makes the reporter unreachable: say so early."""
        if field.data and not identity.is_phone(identity.phone(field.data)):
            raise ValidationError(_l("请检查电话号码：手机 11 位，固定电话请带区号。"))

    def validate_id_number(self, field: Any) -> None:
        """Check the check digit."""
        if field.data and not identity.is_id_number(identity.id_number(field.data)):
            raise ValidationError(_l("身份证号码有误，请对照证件检查 18 位号码，或者不填。"))

    def validate_anonymous(self, field: Any) -> None:
        """Who is not anonymous must be reachable."""
        if not field.data and not (self.name.data and (self.phone.data or self.contact.data)):
            raise ValidationError(_l("请填写姓名和一种联系方式，或者勾选“我要匿名举报”。"))

    def validate_consent(self, field: Any) -> None:
        """Nothing that names a person is kept without consent."""
        if self.identity_given and not field.data:
            raise ValidationError(_l("填写了身份信息，请勾选同意封存；不同意请把身份信息清空。"))
