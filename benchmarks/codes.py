"""What a typed code costs the public site: right, wrong and unknown ones, in CPU.

An instance is made with the costs of a real one. Kinds take turns, each try comes from
another network, and a session that was opened is not kept. The gate: within 10 % of
each other.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.clients import next_network
from benchmarks.databases import BACKENDS, databases
from benchmarks.instance import make_instance
from benchmarks.pages import input_value
from benchmarks.report import plain_table

APART_MAX: Final = 0.10
PATH: Final = "/follow-up"
WARM_UP: Final = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 1 when the kinds lie further apart than the gate."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.codes", description=__doc__)
    parser.add_argument("--backend", choices=BACKENDS, default="sqlite")
    parser.add_argument("--tries", type=int, default=200)
    options = parser.parse_args(arguments)
    if options.tries < 1:
        parser.error("--tries: at least one")
    with (
        tempfile.TemporaryDirectory(prefix="tonggui-codes-") as folder,
        databases(Path(folder), options.backend) as where,
    ):
        os.environ |= make_instance(Path(folder) / "ours", where.ours)
        prices = _measure(options.tries)
    cheapest = min(prices.values())
    rows = [[kind, f"{ms:.2f}", f"{ms / cheapest:.3f}"] for kind, ms in prices.items()]
    title = f"CPU of a look-up, median of {options.tries} tries, {options.backend}"
    print(plain_table(title, ["code", "ms", "times the cheapest"], rows))
    return int(max(prices.values()) / cheapest - 1 > APART_MAX)


def _measure(tries: int) -> Mapping[str, float]:
    # Only now: settings come from the environment that the instance gave.
    from benchmarks.inside import Inside
    from crypto.receipt_code import draw_code
    from portal.config import SESSION_COOKIE

    site = Inside.open()
    right = site.post(site.get()).replace(" ", "")
    kinds: dict[str, Callable[[], str]] = {
        "right": lambda: right,
        "wrong by some digits": lambda: _with_other_digits(right),
        "unknown": draw_code,
    }
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for turn in range(WARM_UP + tries):
        for kind, draw in kinds.items():
            code = draw()
            token = input_value(site.client.get(PATH).text, "csrf_token")
            started = time.process_time()
            answer = site.client.post(
                PATH,
                data={"csrf_token": token, "code": code},
                headers={"Sec-Fetch-Site": "same-origin"},
                environ_base={"REMOTE_ADDR": next_network()},
            )
            spent = (time.process_time() - started) * 1000
            if answer.status_code != (303 if kind == "right" else 422):
                raise RuntimeError(f"{kind}: {answer.status_code}")
            site.client.delete_cookie(SESSION_COOKIE, domain="localhost")
            if turn >= WARM_UP:
                times[kind].append(spent)
    return {kind: median(each) for kind, each in times.items()}


def _with_other_digits(code: str) -> str:
    """Return a code that differs from a real one in its last digits alone."""
    from crypto.receipt_code import RANDOM_DIGITS, check_digit, draw_code

    digits = code[:19] + draw_code()[19:RANDOM_DIGITS]
    return digits + check_digit(digits)


if __name__ == "__main__":
    sys.exit(main())
