"""The operations manual names every setting, every check and every table that it has to."""

import re

from casework.doctor import CHECKS
from casework.storage.forgetting import TABLES
from source import ROOT

MANUAL = (ROOT / "docs/operations.md").read_text(encoding="utf-8")


def section(number: int) -> str:
    """Return one numbered section."""
    return MANUAL.split(f"\n## {number} ")[1].split("\n## ")[0]


def test_every_setting_is_in_the_table():
    config = (ROOT / "casework/config.py").read_text(encoding="utf-8")
    settings = set(re.findall(r'given\.\w+\(\s*"(TONGGUI_[A-Z_]+)"', config))
    table = section(3).replace("`_", "`TONGGUI_")

    assert len(settings) > 10
    shown = {name for name in settings if name in table}
    assert {name for name in settings - shown if not name.endswith("_BIND")} == set()
    assert "_CONSOLE_BIND" in section(3)
    assert "_MAIL_BIND" in section(3)


def test_every_check_of_the_doctor_has_its_remedy():
    named = set(re.findall(r"[a-z]+", " ".join(re.findall(r"\n\| ([^|]*) \|", section(9)))))
    assert set(CHECKS) - named == set()


def test_the_tables_to_vacuum_by_hand_are_those_that_hold_what_is_deleted():
    assert set(re.findall(r"-t (\w+)", section(4))) == set(TABLES)


def test_the_files_that_it_points_to_are_there():
    for path in set(re.findall(r"`(?:cp )?(deploy/[\w./*-]+)", MANUAL)):
        assert list(ROOT.glob(path)), path
