"""Which language the public pages are in: Chinese, or what the address says.

`?lang=en` is all there is. Every address that a page in English names carries it on, so
nothing has to be kept: no cookie, nothing in a session. What a browser says by itself
(Accept-Language) is not asked and not looked at.
"""

import re
from typing import Any, Final
from urllib.parse import quote, urlencode

from babel import Locale
from flask import Flask, request
from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _l

from casework.domain.citation import DOUBTS
from casework.domain.routing_table import Sector
from casework.domain.working_words import in_english
from portal.config import PARAMETER, STATIC

DEFAULT: Final = "zh"
# Parsed once, not once a request.
LOCALES: Final = {"zh": Locale.parse("zh_CN"), "en": Locale.parse("en_GB")}
HTML: Final = {"zh": "zh-CN", "en": "en"}
# What each language calls itself, for those who read no other.
NAMES: Final = {"zh": "中文", "en": "English"}
OTHER: Final = {"zh": "en", "en": "zh"}
# Of an address with answers in it: what our own forms and links put there. Nothing else of
# what an address says gets into a page.
CARRIED: Final = frozenset({"kind", "region", "sector", "matter", "about", "go", "done", "note"})
CODE: Final = re.compile(r"[a-z0-9_.-]{1,40}")


def chosen() -> Locale:
    """The language that this request's address names."""
    return LOCALES.get(request.args.get(PARAMETER, ""), LOCALES[DEFAULT])


def current() -> str:
    """The language of the page that is being made: "zh" or "en"."""
    locale = get_locale()
    return locale.language if locale is not None and locale.language in LOCALES else DEFAULT


def carry_on(app: Flask) -> None:
    """Let every address that a page in another language than Chinese names lead to its like."""

    @app.url_defaults
    def with_language(endpoint: str, values: dict[str, Any]) -> None:
        if request and endpoint not in STATIC and current() != DEFAULT:
            values.setdefault(PARAMETER, current())


def link() -> str:
    """The address of this page in the other language; "" where no address brings it back.

    What answers a form (a receipt code!) is shown once, and offers no way to lose it.
    """
    if request.method not in {"GET", "HEAD"} or request.url_rule is None:
        return ""
    asked = [
        (name, value)
        for name, value in request.args.items()
        if name in CARRIED and CODE.fullmatch(value)
    ]
    other = OTHER[current()]
    asked += [(PARAMETER, other)] if other != DEFAULT else []
    path = quote(request.script_root + request.path)
    return f"{path}?{urlencode(asked)}" if asked else path


def sector(one: Sector) -> LazyString:
    """What a sector is called; by its Chinese name where the table gives no other."""
    return LazyString(lambda: (one.name_en if current() == "en" else "") or one.name)


def in_words(named: Any) -> LazyString:
    """What something of the domain calls itself (`zh`, `en`), in the reader's language."""
    return LazyString(lambda: named.en if current() == "en" else named.zh)


_DOUBTS: Final = {DOUBTS["M"]: _l("（条文待核）"), DOUBTS["D"]: _l("（推定）")}


def cited(text: str) -> str:
    """A clause as the domain shows it, with what is not sure about it in the page's language."""
    for doubt, words in _DOUBTS.items():
        if text.endswith(doubt):
            return f"{text.removesuffix(doubt)}{words}"
    return text


def worked(note: str) -> str:
    """A step of the working of an award: its figures, with the words of the page's language."""
    return in_english(note) if current() == "en" else note
