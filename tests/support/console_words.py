"""What a page of the console says, taken apart as its reader would."""

import re
from html import unescape

from visitor import Page


def running_clocks(page: Page) -> dict[str, str]:
    """The clocks that run by the page of a case: name, and what stands beside it."""
    return _clocks(_clock_section(page).partition("<details")[0])


def ended_clocks(page: Page) -> dict[str, str]:
    """The clocks that have ended by the page of a case."""
    return _clocks(_clock_section(page).partition("<details")[2])


def days_listed(panel: Page) -> dict[str, tuple[str, str]]:
    """The days that a clock's panel lists: number in the count ("–" for none) and why."""
    found = re.search(r'<div class="days".*?</table>', panel.body.decode(), re.S)
    assert found is not None, panel.text
    rows = re.findall(
        r"<tr[^>]*>\s*<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)</td>",
        found[0],
        re.S,
    )
    return {plain(on): (plain(number), plain(why)) for on, number, why in rows}


def board_row(board: Page, name: str) -> dict[str, int]:
    """The numbers of a row of the board, by the words of their columns."""
    found = re.search(
        rf'<th scope="row">\s*{re.escape(name)}\s*</th>(.*?)</tr>', board.body.decode(), re.S
    )
    assert found is not None, f"{name} is not on the board: {board.text}"
    cells = re.findall(r'<td[^>]*data-label="([^"]+)"[^>]*>(.*?)</td>', found[1], re.S)
    return {label: int(plain(cell).split()[0]) for label, cell in cells}


def linked(page: Page, part: str) -> str:
    """The one address of the page's links that holds *part*."""
    found = {address for _text, address in page.links if part in address}
    assert len(found) == 1, f"{part!r}: {found}"
    return found.pop()


def plain(html: str) -> str:
    """The words of a piece of HTML, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def _clock_section(page: Page) -> str:
    found = re.search(
        r'<section[^>]*aria-labelledby="clock">.*?</section>', page.body.decode(), re.S
    )
    assert found is not None, page.text
    return found[0]


def _clocks(html: str) -> dict[str, str]:
    body = "".join(re.findall(r"<tbody>.*?</tbody>", html, re.S))
    rows = re.findall(r"<tr>\s*<td>(.*?)</td>\s*<td>(.*?)</td>", body, re.S)
    return {plain(name): plain(told) for name, told in rows}
