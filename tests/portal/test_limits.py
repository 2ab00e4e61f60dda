"""Counting who knocks, without keeping who knocked."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from limits.storage import Storage, storage_from_string

import casework.storage.limits_storage  # noqa: F401 - makes limits know sqlite://
from browsing import Visitor, code_of
from portal.app import create_app
from portal.limits import DayKey, network_prefix


@pytest.fixture
def limits_file(tmp_path):
    """A limits store in a file."""
    return f"sqlite:///{tmp_path / 'limits.sqlite'}"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"),
        ("fe80::1%eth0", "fe80::/56"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_neighbours_share_a_counter(address, network):
    assert network_prefix(address) == network


def store_at(url):
    store = storage_from_string(url)
    assert isinstance(store, Storage)
    return store


def test_the_key_of_the_day_is_forgotten_with_the_day():
    keys = DayKey(store_at("memory://"))
    first = keys.today(datetime(2026, 3, 2, 0, 0, tzinfo=UTC))
    assert keys.today(datetime(2026, 3, 2, 23, 59, tzinfo=UTC)) == first
    assert keys.today(datetime(2026, 3, 3, 0, 0, tzinfo=UTC)) != first


@pytest.mark.parametrize("store", ["redis_url", "limits_file"])
def test_processes_that_share_a_store_agree_on_the_key(request, store):
    url = request.getfixturevalue(store)
    one, other = (DayKey(store_at(url)) for _ in range(2))
    now = datetime(2026, 3, 2, tzinfo=UTC)
    assert one.today(now) == other.today(now)


def wrong_codes(visitor, times, headers=None):
    form = visitor.form("/follow-up") | {"code": "1"}
    return [
        visitor.post("/follow-up", form, headers=headers or {}).status_code for _ in range(times)
    ]


def test_codes_cannot_be_tried_in_number(visitor):
    assert wrong_codes(visitor, 21) == [422] * 20 + [429]


def test_limits_hold_across_processes(world, app, visitor):
    wrong_codes(visitor, 20)
    other = Visitor(create_app(world.settings, pool_size=0))
    assert wrong_codes(other, 1) == [429]


def test_limits_count_in_redis_too(world, site, redis_url):
    settings = replace(world.settings, limits_url=redis_url)
    app = create_app(settings, site=replace(site, settings=settings))
    assert wrong_codes(Visitor(app), 21)[-1] == 429


def test_over_the_limit_a_report_keeps_its_text(visitor):
    form = visitor.report(narrative="这段话不能丢。")
    answers = [visitor.post("/report", form) for _ in range(241)]
    assert len({code_of(answer) for answer in answers[:240]}) == 1
    assert answers[240].status_code == 429
    assert "这段话不能丢。" in answers[240].text
    assert "提交太多" in answers[240].text


def test_no_address_is_in_the_limits_store(world, visitor):
    headers = {"X-Forwarded-For": "203.0.113.77"}
    wrong_codes(visitor, 2, headers)
    stored = b"".join(path.read_bytes() for path in world.settings.home.glob("limits*"))
    assert stored
    assert b"127.0.0" not in stored
    assert b"203.0.113" not in stored


def test_a_forwarded_address_counts_only_behind_a_trusted_proxy(world, site):
    plain = Visitor(create_app(world.settings, site=site))
    for last in range(21):
        [status] = wrong_codes(plain, 1, {"X-Forwarded-For": f"198.51.{last}.7"})
    assert status == 429

    settings = replace(world.settings, trusted_proxies=1)
    behind = Visitor(create_app(settings, site=replace(site, settings=settings)))
    for last in range(21):
        [status] = wrong_codes(behind, 1, {"X-Forwarded-For": f"198.51.{last}.7"})
    assert status == 422


def test_a_limits_store_that_is_away_stops_nobody(world, site):
    settings = replace(world.settings, limits_url="redis://127.0.0.1:1/0")
    visitor = Visitor(create_app(settings, site=replace(site, settings=settings)))
    assert visitor.file()
