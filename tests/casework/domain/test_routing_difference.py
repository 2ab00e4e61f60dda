"""What a routing table changes in another is told entry by entry."""

from datetime import date

import pytest

from casework.domain.errors import RoutingFileError
from casework.domain.routing import load_routing
from casework.domain.routing_difference import Change, check_successor, difference, leading
from routing_changing import FIRST, SHIPPED, changed, given_to

ON = date(2026, 3, 2)


def parts(body, before=FIRST):
    found = difference(before, load_routing(body), on=ON)
    return {one.part: (one.added, one.gone, one.changed) for one in found.parts}


def test_the_same_rules_in_other_words_change_nothing():
    found = difference(FIRST, load_routing(SHIPPED + "\n# 样本\n".encode()), on=ON)
    assert (found.head, found.parts, found.uncovered, found.covered) == ({}, (), (), ())


def test_an_added_a_changed_and_a_gone_rule():
    new = given_to("410329-zjj", "coal_mines")
    assert parts(new) == {"rule": (("r-new-coal_mines",), (), ())}
    assert parts(SHIPPED, load_routing(new)) == {"rule": ((), ("r-new-coal_mines",), ())}
    first = next(iter(FIRST.rules.values()))
    other = changed((f'id = "{first.id}"', f'id = "{first.id}"\nfrom = 2026-05-01'))
    assert parts(other) == {
        "rule": ((), (), (Change(first.id, {"from": ("", "2026-05-01")}),)),
    }


def test_lists_days_and_names_are_told_as_text():
    body = changed(('name = "其他"', 'name = "别的"'), ('co = ["', 'co = ["410329-awb", "'))
    found = parts(body)
    assert found["sector"][2] == (Change("other", {"name": ("其他", "别的")}),)
    (rule,) = found["rule"][2]
    before, after = rule.values["co"]
    assert after == f"410329-awb;{before}"


def test_the_head_is_told():
    was, now = "伊安委〔2022〕6号", "样本〔2026〕1号"
    body = changed((f'source = "{was}"', f'source = "{now}"'))
    found = difference(FIRST, load_routing(body), on=ON)
    assert found.head == {"source": (was, now)}


def test_what_no_rule_is_for_any_more():
    text = SHIPPED.decode()
    rules = [one for one in text.split("\n\n") if one.startswith("[[rule]]")]
    rule = next(one for one in rules if 'sector = "coal_mines"' in one and 'matter = "*"' in one)
    without = load_routing(text.replace(rule, "").encode())
    found = difference(FIRST, without, on=ON)
    assert {one.sector for one in found.uncovered} == {"coal_mines"}
    assert found.covered == ()
    back = difference(without, FIRST, on=ON)
    assert (back.covered, back.uncovered) == (found.uncovered, ())


def test_codes_stay_and_the_site_too():
    check_successor(FIRST, FIRST, file="x.toml")
    text = SHIPPED.decode()
    town = next(one for one in text.split("\n\n") if 'code = "410329108000"' in one)
    shorter = load_routing(text.replace(town, "").encode())
    with pytest.raises(RoutingFileError, match="410329108000"):
        check_successor(shorter, FIRST, file="x.toml")
    check_successor(FIRST, shorter, file="x.toml")
    ended = changed((town, f"{town}\nvalid_to = 2026-12-31"))
    check_successor(load_routing(ended), FIRST, file="x.toml")


def test_who_leads_or_helps_on_a_day():
    codes = leading(load_routing(given_to("410300-awb", "coal_mines")), on=ON)
    assert codes[-1] == "410300-awb"
    assert len(set(codes)) == len(codes)
