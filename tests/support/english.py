"""What Chinese an English page may show: names and what people typed, and nothing else."""

import re
import tomllib
from collections.abc import Iterator
from html import unescape

from casework.domain import appeal, disclosure, hold, urgency
from casework.domain.refusal_templates import TEMPLATES
from casework.domain.reply_templates import REPLIES
from chinese import CHINESE
from source import ROOT

# Proper names of laws, with the article; numbers of documents as offices write them.
LAW = r"《[^》]*》(?:（[^）]*）)?(?:第[一二三四五六七八九十百零〇0-9]+条[；、]?)*"
CLAUSE = r"第[一二三四五六七八九十百零〇0-9]+条"
# An amount as vouchers write it.
CAPITALS = r"[零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整]{3,}"
DOCUMENT = r"[\u4e00-\u9fff]{1,8}〔[0-9]{4}〕[A-Z0-9]+号"
HOLIDAYS = {"元旦", "春节", "清明节", "劳动节", "端午节", "国庆节", "中秋节"}
IN_CHINESE = re.compile(r"<[^>]* lang=\"zh-CN\"[^>]*>[^<]*<")
PIECE = re.compile(r"[^<>\"\n]*[\u3000-\u303f\u3400-\u9fff\uff00-\uffef][^<>\"\n]*")


def names() -> set[str]:
    """What stands in the files of rules, routing and holidays, and the laws cited in the domain."""
    found = {
        text
        for path in sorted((ROOT / "casework").rglob("*.toml"))
        for text in _texts(tomllib.loads(path.read_text(encoding="utf-8")))
    }
    domain = (
        *appeal.ROUTES,
        *disclosure.PURPOSES,
        *hold.REASONS,
        *TEMPLATES,
        *REPLIES,
        *urgency.SCOPES,
    )
    for one in domain:
        for name in ("basis", "cite", "body", "text", "text_zh"):
            found.add(str(getattr(one, name, "")))
    # The public site puts a document's number where the routing table has its short one.
    found |= {part for text in found for part in text.split("003 ")}
    return found | HOLIDAYS


class Known:
    """Names, and what the people of a test type: the Chinese that an English page may show."""

    def __init__(self, *typed: str) -> None:
        longest_first = sorted(names() | set(typed), key=len, reverse=True)
        words = [one for one in longest_first if len(one) > 1 and CHINESE.search(one)]
        self._known = re.compile(
            "|".join([*map(re.escape, words), LAW, CLAUSE, CAPITALS, DOCUMENT])
        )
        self._judged: dict[str, bool] = {}

    def else_in(self, page: str) -> Iterator[str]:
        """The Chinese of *page* that is none of these, each piece once."""
        for piece in {one.strip() for one in PIECE.findall(IN_CHINESE.sub("<", unescape(page)))}:
            if piece not in self._judged:
                self._judged[piece] = bool(CHINESE.search(self._known.sub("", piece)))
            if self._judged[piece]:
                yield piece


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
