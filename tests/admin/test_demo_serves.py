"""`tonggui demo up` as `make run` calls it: everything answers, Ctrl-C ends everything."""

import http.client
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import ports
from admin.demo.accounts import DemoFile
from admin.processes import answers_smtp
from casework.config import Bind
from command_line import tonggui
from typing_hand import TypingHand


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[TypingHand, dict[str, int]]]:
    """A demo that is being served at a terminal."""
    numbers = {name: ports.free_port() for name in ("PORTAL", "CONSOLE", "MAIL")}
    environ = os.environ | {"TONGGUI_HOME": str(tmp_path / "home")}
    environ |= {f"TONGGUI_{name}_BIND": f"127.0.0.1:{n}" for name, n in numbers.items()}
    with TypingHand("demo", "up", environ=environ) as hand:
        yield hand, numbers
        if hand.process.poll() is None:
            hand.interrupts()
            assert hand.ends() == 0, hand.seen


def status_of(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_one_command_makes_and_serves_everything(served, tmp_path):
    hand, numbers = served
    hand.waits_for("载入演示案件")  # progress is shown
    hand.waits_for(rf"http://127.0.0.1:{numbers['PORTAL']}/", seconds=180)
    hand.waits_for(rf"http://127.0.0.1:{numbers['CONSOLE']}/")
    file = DemoFile(tmp_path / "home")
    hand.waits_for(file.accounts["yjj-officer"].password)
    hand.waits_for("press Ctrl-C")
    assert status_of(numbers["PORTAL"], "/") == 200
    assert status_of(numbers["CONSOLE"], "/sign-in") == 200
    assert answers_smtp(Bind("127.0.0.1", numbers["MAIL"]))
    time.sleep(3)  # the jobs process has its first notices behind it
    assert hand.process.poll() is None, hand.seen
    begun = time.monotonic()
    hand.interrupts()
    assert hand.ends() == 0, hand.seen
    assert time.monotonic() - begun < 10
    told = tonggui("register", "verify", "--json", home=tmp_path / "home").json
    assert told["findings"] == []
    shutil.rmtree(tmp_path / "home")
