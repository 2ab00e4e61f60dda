"""Figures of the public site that an operator does not set."""

from datetime import timedelta
from typing import Final

SESSION_IDLE: Final = timedelta(minutes=30)
# A session's row is written again only when this much of it was used up.
SESSION_RENEW_AFTER: Final = timedelta(minutes=3)
SESSION_LENGTH_MAX: Final = timedelta(hours=8)
SESSION_COOKIE: Final = "__Host-tonggui_mailbox"
RETRY_KEPT: Final = timedelta(hours=1)
STATIC_SECONDS: Final = 24 * 3600
LOCALE: Final = "zh_CN"  # unless the address names another
PARAMETER: Final = "lang"  # of an address, that does
STATIC: Final = frozenset({"static", "bootstrap.static"})
TIME_ZONE: Final = "Asia/Shanghai"
VERIFICATION_CLOCK: Final = "verify"
VERIFICATION_DAYS: Final = 30  # said on the receipt page where no policy gives a figure
MAIL_LOCAL_PART: Final = "report"
