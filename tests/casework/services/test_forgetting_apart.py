"""The jobs process forgets under its own role, and sees who still reads an older state."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from casework.services import erasing, keeping
from casework.services.keeping import Erased
from casework.storage.sealed_vault import SealedVault
from casework.storage.unit_of_work import Store, UnitOfWork
from instance import World, make_world
from separated import role_urls


@pytest.fixture
def apart(tmp_path: Path, database_url: str) -> World:
    """An instance whose processes have a role of their own on PostgreSQL."""
    return make_world(tmp_path, database_url, environ=role_urls(database_url))


def test_the_jobs_role_forgets_unless_the_portals_role_still_reads(apart: World):
    filed = apart.file_report()
    items = [one.id for one in apart.store.read(lambda uow: SealedVault(uow).items(filed.report))]
    erasing.withdraw_identity(
        apart.store,
        act=apart.sign_as_reporter(filed, "identity.withdrawn", {"items": items}),
        trust=apart.trust,
        now=apart.now,
    )
    jobs = Store.open(apart.settings.database_url_of("jobs"), site=apart.store.site)
    portal = Store.open(apart.settings.database_url_of("portal"), site=apart.store.site)

    def sweep() -> Erased:
        return keeping.sweep(
            jobs,
            apart.blobs,
            policies=apart.policies,
            trust=apart.trust,
            log_key=apart.log_key,
            now=apart.now,
        )

    def while_reading(uow: UnitOfWork) -> Erased:
        uow.reports.get(filed.report)
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(sweep).result()

    try:
        assert portal.read(while_reading) == Erased(items=1, waiting=1)
        assert sweep() == Erased(forgotten=1)
    finally:
        for store in (jobs, portal, apart.store):
            store.close()
