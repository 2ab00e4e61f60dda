"""The running public site seals to the new keys without being started again."""

import pytest
import sqlalchemy as sa

from casework.config import Secrets
from casework.domain.errors import NoKeySetError
from casework.services import trust_keeper
from casework.services.reading import keys_of
from casework.services.trust_keeper import TrustKeeper
from instance import make_world
from key_changing import put_in_force
from portal.app import open_site

YJJ = "410329-yjj"


class Seconds:
    """A monotonic clock that is moved by hand."""

    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def world(tmp_path, sqlite_url):
    made = make_world(tmp_path / "home", sqlite_url)
    yield made
    made.store.close()


def keeper(world, process="portal"):
    """What a process keeps, with its clock."""
    seconds = Seconds()
    secrets = Secrets(world.settings.secrets / process)
    return TrustKeeper(world.store, secrets, seconds=seconds), seconds


def test_a_new_key_set_is_noticed_after_ten_seconds_and_kept_outside_the_database(world):
    kept, seconds = keeper(world)
    assert kept.trust().keyset.number == 1
    put_in_force(world, rotated=[YJJ])
    seconds.now += trust_keeper.LOOK_SECONDS - 0.1
    assert kept.trust().keyset.number == 1
    seconds.now += 0.1
    assert kept.trust().keyset.number == 2
    assert (world.settings.secrets / "portal" / "newest-key-set").read_bytes() == b"2\n"


def test_an_older_database_is_not_believed_any_more(world):
    put_in_force(world, rotated=[YJJ])
    kept, seconds = keeper(world)
    kept.trust()
    take_back(world)
    seconds.now += 11
    with pytest.raises(NoKeySetError):
        kept.trust()
    with pytest.raises(NoKeySetError):
        keeper(world)[0].trust()
    # Another process, which never saw the second one, has no way to know.
    assert keeper(world, "mailgate")[0].trust().keyset.number == 1


def take_back(world):
    """Put the first key set back, as somebody with the database can."""
    world.store.write(
        lambda uow: uow.connection.execute(sa.text("DELETE FROM key_set WHERE number = 2"))
    )


def test_the_site_seals_to_the_new_office_key_at_once(world):
    site = open_site(world.settings, pool_size=2)
    try:
        old = site.keyset.office(YJJ).key
        site.pool.fill(2)
        put_in_force(world, rotated=[YJJ])
        site.trusted.refresh()
        assert site.keyset.office(YJJ).key != old
        assert site.keyset.number == 2
        assert site.pool.ready_count == 0, "prepared codes are dropped with the key set"
        filed = world.file_report()
        wraps = keys_of(world.store, report_id=filed.report, office=YJJ).wraps
        assert {one.recipient_key for one in wraps} == {site.keyset.office(YJJ).key.box.hex()}
    finally:
        site.cleaner.close()
        site.store.close()


def test_a_site_whose_database_turns_bad_goes_on_with_what_it_believed(world):
    put_in_force(world, rotated=[YJJ])
    site = open_site(world.settings, pool_size=0)
    try:
        take_back(world)
        site.trusted.refresh()
        assert site.keyset.number == 2
    finally:
        site.cleaner.close()
        site.store.close()
