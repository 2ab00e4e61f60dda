"""Which language the console's pages are in: what the reader chose, Chinese until then.

The choice lies in a cookie of its own, which says the language and nothing else: it
outlives the session and is there on the sign-in page. What a browser says by itself
(Accept-Language) is not asked: an office's computer has one language and many readers.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from babel import Locale
from babel.dates import format_date
from flask import request
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from casework.clock import SHANGHAI
from casework.domain.citation import DOUBTS
from casework.domain.working_words import in_english

COOKIE: Final = "__Host-tonggui_language"
COOKIE_SECONDS: Final = 365 * 24 * 3600
DEFAULT: Final = "zh"
# Dates of the English pages are written as in Britain, the day first.
LOCALES: Final = {"zh": Locale.parse("zh_CN"), "en": Locale.parse("en_GB")}
HTML: Final = {"zh": "zh-CN", "en": "en"}
# What each language calls itself, for those who read no other.
NAMES: Final = {"zh": "中文", "en": "English"}
DAY: Final = {"zh": "y年M月d日", "en": "d MMMM y"}
DAY_AND_WEEKDAY: Final = {"zh": "M月d日 EEE", "en": "EEE d MMM"}
DAY_OF_YEAR_AND_WEEKDAY: Final = {"zh": "y年M月d日 EEE", "en": "EEE d MMM y"}


def chosen() -> Locale:
    """The language that this request's cookie names."""
    return LOCALES.get(request.cookies.get(COOKIE, ""), LOCALES[DEFAULT])


def current() -> str:
    """The language of the page that is being made: "zh" or "en"."""
    locale = get_locale()
    return locale.language if locale is not None and locale.language in LOCALES else DEFAULT


def remember(response: Response, code: str) -> None:
    """Keep *code*, one of LOCALES, as the reader's choice."""
    response.set_cookie(
        COOKIE,
        code,
        max_age=COOKIE_SECONDS,
        secure=True,
        httponly=True,
        samesite="Lax",
        path="/",
    )


def day(value: date | str) -> str:
    """A civil date in words: 2026年3月1日, 1 March 2026."""
    return _written(value, DAY)


def weekday(on: date, year: int) -> str:
    """A day with its weekday, short enough for a table on a phone; its year where not *year*."""
    return _written(on, DAY_AND_WEEKDAY if on.year == year else DAY_OF_YEAR_AND_WEEKDAY)


def weekday_name(on: date) -> str:
    """The weekday by its short name: 周一, Mon."""
    return _written(on, {"zh": "EEE", "en": "EEE"})


def instant(value: datetime | str) -> str:
    """An instant in civil time, to the minute; a day, and what is no time, stays as it is."""
    if isinstance(value, str):
        if "T" not in value:
            return value
        try:
            value = datetime.fromisoformat(value.replace("Z", "+00:00"))
        except ValueError:  # somebody wrote in the database: the auditor has to see where
            return str(value)
    return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _written(value: date | str, forms: dict[str, str]) -> str:
    on = date.fromisoformat(value) if isinstance(value, str) else value
    code = current()
    return format_date(on, forms[code], locale=LOCALES[code])


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


FILTERS: Final[dict[str, Callable[..., str]]] = {
    "cited": cited,
    "day": day,
    "weekday": weekday,
    "worked": worked,
    "instant": instant,
}
