"""Somebody at the public pages: what a browser sends, keeps and shows."""

import re
from html import unescape
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

FORM = "/report?region=410329001000&sector=hazardous_chemicals&matter=violation"
COOKIE = re.compile(r"(__Host-tonggui_mailbox=[^;]*)")


class Visitor:
    """Somebody at the pages; keeps the cookie as a browser would, which test clients do not."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client(use_cookies=False)
        self.cookie = ""

    def get(self, path: str, **options: Any) -> TestResponse:
        return self._kept(self.client.get(path, headers=self._headers(options), **options))

    def post(self, path: str, data: dict[str, Any], **options: Any) -> TestResponse:
        headers = self._headers(options)
        options.setdefault("content_type", "multipart/form-data")
        return self._kept(self.client.post(path, data=data, headers=headers, **options))

    def form(self, path: str = FORM) -> dict[str, str]:
        """The hidden fields of the page's last form but one (the way out of the mailbox)."""
        return tokens(self.get(path).text)

    tokens = staticmethod(lambda answer: tokens(answer.text))

    def report(self, **fields: Any) -> dict[str, Any]:
        """A form filled in well enough; change what the test is about."""
        filled = self.form() | {
            "region": "410329001000",
            "sector": "hazardous_chemicals",
            "matter": "violation",
            "enterprise": "样本化工有限公司",
            "place": "城关街道东环路 8 号",
            "narrative": "储罐区动火作业未办理审批。",
            "relation": "none",
            "anonymous": "y",
        }
        return filled | fields

    def file(self, **fields: Any) -> str:
        """File a report and return the code."""
        answer = self.post("/report", self.report(**fields))
        assert answer.status_code == 200, problems(answer)
        return code_of(answer)

    def enter(self, code: str) -> TestResponse:
        """Type a code on the follow-up page."""
        return self.post("/follow-up", self.form("/follow-up") | {"code": code})

    def _headers(self, options: dict[str, Any]) -> dict[str, str]:
        headers: dict[str, str] = options.pop("headers", {})
        return headers | ({"Cookie": self.cookie} if self.cookie else {})

    def _kept(self, answer: TestResponse) -> TestResponse:
        for line in answer.headers.getlist("Set-Cookie"):
            match = COOKIE.match(line)
            assert match, line
            self.cookie = match[1] if "Max-Age=0" not in line else ""
        return answer


def tokens(page: str) -> dict[str, str]:
    """The hidden tokens of a page."""
    found = re.findall(r'name="(csrf_token|form_token)"[^>]*value="([^"]*)"', page)
    return {name: unescape(value) for name, value in reversed(found)}


def code_of(answer: TestResponse) -> str:
    """The code on a receipt page."""
    return "".join(re.findall(r"<span>([0-9]{4})</span>", answer.text))


def problems(answer: TestResponse) -> list[str]:
    """The sentences of the error summary, and the titles."""
    return re.findall(r'<li><a href="#[^"]*">(.*?)</a>|<h[12][^>]*>(.*?)</h', answer.text)


def photograph(kind: str = "JPEG", size: tuple[int, int] = (64, 32), orientation: int = 6) -> bytes:
    """A picture with a maker, a place and an orientation in it."""
    exif = Image.Exif()
    exif[0x010F] = "PlantedMaker"
    exif[0x0112] = orientation
    exif.get_ifd(0x8825)[2] = (34.0, 25.0, 1.0)
    out = BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(out, kind, exif=exif)
    return out.getvalue()
