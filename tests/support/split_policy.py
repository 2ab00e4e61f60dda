"""A county's rules under which officers weigh what reporters of one matter contributed."""

from pathlib import Path

import pytest

from casework.domain.policy import Policies
from casework.services.rules import POLICY_FOLDER
from moving import Moving
from rule_changing import NEW, put_at_hand
from rule_desk import put_in_force

_WEIGHED = "split-2026"


def weigh(season: Moving, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Policies:
    """Put such rules in force since Monday 2 March 2026; return the rules at hand.

    They are the national ones but for two settings: joint signers by weight, helpers at discretion.
    """
    folder.mkdir(parents=True)
    text = (POLICY_FOLDER / "cn-2018.toml").read_text(encoding="utf-8")
    for old, new in (
        ('id = "cn-2018"', f'id = "{_WEIGHED}"'),
        ('joint = "first_signer"', 'joint = "weighted"\nhelpers = "discretionary"'),
    ):
        assert old in text, old
        text = text.replace(old, new)
    (folder / f"{_WEIGHED}.toml").write_text(text, encoding="utf-8")
    found = put_at_hand(
        season.world,
        monkeypatch,
        folder,
        ('inherits = "cn-2012"', f'inherits = "{_WEIGHED}"'),
        ('value = 30\nunit = "working_day"', 'value = 30\nunit = "day"\nend = "keep"'),
    )
    put_in_force(season, NEW, "2026-03-02")
    return found
