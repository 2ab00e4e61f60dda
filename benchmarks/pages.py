"""What a browser knows about the pages: the tokens of the form, the code of the receipt."""

import html
import re
import secrets
from collections.abc import Mapping
from typing import Final

FORM_PATH: Final = "/report?region=410329&sector=hazardous_chemicals&matter=violation"
POST_PATH: Final = "/report"
TOKENS: Final = ("form_token", "csrf_token")

_INPUT = re.compile(r"<input\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_CODE = re.compile(r"(?<![0-9])(?<![0-9] )[0-9]{4}(?: [0-9]{4}){5}(?! ?[0-9])")

# One form as a citizen might fill it in. The person is a specimen: the number is the
# example of the standard for ID numbers, the telephone is one that nobody has.
FIELDS: Final[Mapping[str, str]] = {
    "region": "410329",
    "sector": "hazardous_chemicals",
    "matter": "violation",
    "enterprise": "示例化工有限公司",
    "place": "城关街道示例路 1 号，厂区东侧 2 号仓库",
    "occurred_on": "",
    "narrative": (
        "2 号仓库里堆放着约三十桶易燃液体，没有通风，也没有可燃气体报警装置。"
        "桶与配电箱相距不到一米，工人在旁边抽烟、给手机充电。"
        "上周三下午有一桶渗漏，地面用锯末盖住，没有清理，也没有记录。"
        "负责人说检查的人来之前会把桶搬到后面的棚子里。"
    )
    * 3,
    "relation": "staff",
    "about": "",
    "name": "样本甲",
    "phone": "13800000000",
    "id_number": "11010519491231002X",
    "contact": "晚上七点以后方便接电话",
    "consent": "1",
}


def input_value(page: str, name: str) -> str | None:
    """Return the value of the page's input field *name*; None if there is no such field."""
    for tag in _INPUT.findall(page):
        attributes = {
            key.lower(): html.unescape(double or single or bare)
            for key, double, single, bare in _ATTRIBUTE.findall(tag)
        }
        if attributes.get("name") == name:
            return attributes.get("value", "")
    return None


def form_tokens(page: str) -> dict[str, str]:
    """Return both tokens of the form.

    Raises:
        ValueError: the page has no form, or one without them.
    """
    found = {name: input_value(page, name) for name in TOKENS}
    missing = [name for name, value in found.items() if not value]
    if missing:
        raise ValueError(f"the form has no {' and no '.join(missing)}")
    return {name: value for name, value in found.items() if value}


def receipt_code(page: str) -> str | None:
    """Return the code of six groups of four digits that the page shows, as 24 digits."""
    text = " ".join(html.unescape(_TAG.sub(" ", page)).split())
    found = _CODE.search(text)
    return found[0].replace(" ", "") if found else None


def title(page: str) -> str:
    """Return what the page is called, to name an answer that was not expected."""
    found = _TITLE.search(page)
    return " ".join(html.unescape(found[1]).split()) if found else ""


class Form:
    """The multipart body of one form, all but the tokens written once."""

    def __init__(self, attachment: bytes, file_name: str, media_type: str) -> None:
        """Carry one file. Its name and type are the sender's words for it."""
        boundary = f"----tonggui{secrets.token_hex(12)}"
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._boundary = boundary
        file_head = (
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="files"; filename="{file_name}"\r\n'
            f"Content-Type: {media_type}\r\n\r\n"
        )
        self._fields = b"".join(self._field(name, value) for name, value in FIELDS.items())
        self._file = file_head.encode() + attachment + f"\r\n--{boundary}--\r\n".encode()

    def body(self, tokens: Mapping[str, str]) -> bytes:
        """Return the body of one submission."""
        parts = [self._field(name, value) for name, value in tokens.items()]
        return b"".join([self._fields, *parts, self._file])

    def _field(self, name: str, value: str) -> bytes:
        head = f'--{self._boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        return f"{head}{value}\r\n".encode()
