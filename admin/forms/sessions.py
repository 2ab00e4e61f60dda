"""Signing in, and the first sign-in."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField, ValidationError
from wtforms.validators import DataRequired, Length, Regexp

from admin.config import PASSWORD_LENGTH_MIN
from admin.extensions import gettext as _
from admin.forms.base import BaseForm

PASSWORD_LENGTH_MAX = 256
_CODE = Regexp(r"[0-9]{6}\Z", message=_l("动态口令是 6 位数字。"))


class SignInForm(BaseForm):
    """Three things at once, so that nobody learns which of them is wrong."""

    login = StringField(
        _l("登录名"),
        validators=[DataRequired(_l("请填写登录名。")), Length(max=64)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("密码"),
        validators=[DataRequired(_l("请填写密码。")), Length(max=PASSWORD_LENGTH_MAX)],
        render_kw={"autocomplete": "current-password"},
    )
    code = StringField(
        _l("动态口令"),
        description=_l("手机验证器上显示的 6 位数字，每 30 秒换一次。"),
        validators=[DataRequired(_l("请填写动态口令。")), _CODE],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class EnrolForm(BaseForm):
    """Password and second factor, chosen by the person alone."""

    login = StringField(
        _l("登录名"),
        validators=[DataRequired(_l("请填写登录名。")), Length(max=64)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    start_code = StringField(
        _l("启动码"),
        description=_l("由管理员当面交给您，只能使用一次。"),
        validators=[DataRequired(_l("请填写启动码。")), Length(max=64)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("设置密码"),
        description=_l(
            "至少 12 个字符，不能含登录名，不能只由一两种字符重复组成。"
            "可以用几个不相干的词连成一句。忘记后无法找回，只能重新开户。"
        ),
        validators=[DataRequired(_l("请设置密码。")), Length(max=PASSWORD_LENGTH_MAX)],
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        _l("再次填写密码"),
        validators=[DataRequired(_l("请再次填写密码。"))],
        render_kw={"autocomplete": "new-password"},
    )
    totp_secret = HiddenField(
        validators=[Regexp(r"[A-Z2-7]{32}\Z", message=_l("请刷新页面重来。"))]
    )
    code = StringField(
        _l("动态口令"),
        description=_l("扫描上面的二维码后，验证器上显示的 6 位数字。"),
        validators=[DataRequired(_l("请填写动态口令。")), _CODE],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )

    def validate_password(self, field: PasswordField) -> None:
        """Hold the few rules that stop guessing.

        Raises:
            ValidationError: one is broken; which, and what would be right.
        """
        password = field.data or ""
        login = (self.login.data or "").strip().lower()
        if len(password) < PASSWORD_LENGTH_MIN:
            raise ValidationError(
                _(
                    "密码至少要 %(least)d 个字符，现在只有 %(now)d 个。",
                    least=PASSWORD_LENGTH_MIN,
                    now=len(password),
                )
            )
        if len(login) >= 3 and login in password.lower():
            raise ValidationError(_("密码不能含有登录名。"))
        if len(set(password)) < 5:
            raise ValidationError(_("密码用到的不同字符太少，至少要 5 种。"))

    def validate_repeated(self, field: PasswordField) -> None:
        """Catch a slip of the finger.

        Raises:
            ValidationError: the two differ.
        """
        if self.password.data and field.data != self.password.data:
            raise ValidationError(_("两次填写的密码不一样。"))
