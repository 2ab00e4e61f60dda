"""Pages rendered once with marks in them, and filled in for each visitor.

The empty form and the receipt are most of what this site sends, and differ
from visitor to visitor in a few short texts. Rendering them anew costs ten
times what filling in does.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Final

from markupsafe import escape

from portal.extensions import PublicSite

PAGES_MAX: Final = 512  # about 10 kB each


def mark(name: str) -> str:
    """Return the text that stands in a rendered page where *name* goes."""
    return f"\x02{name}\x03"


def filled(
    here: PublicSite, key: Hashable, render: Callable[[], str], texts: Mapping[str, str]
) -> str:
    """Return the page of *key* with every mark replaced by its text, escaped.

    Args:
        here: keeps the rendered pages.
        key: everything that the page depends on but *texts*, and the lists to choose from.
        render: renders the page with marks.
        texts: mark name to text; no text is looked through for marks.
    """
    key = (here.choices_key, key)
    page = here.rendered.get(key)
    if page is None:
        page = render()
        if len(here.rendered) >= PAGES_MAX:
            here.rendered.clear()
        here.rendered[key] = page
    parts = page.split("\x02")
    found = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition("\x03")
        found += (escape(texts[name]), rest)
    return "".join(found)
