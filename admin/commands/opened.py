"""The instance of this home, opened for one command as the console opens it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from admin.app import create_app
from admin.commands.refusals import CommandError
from admin.extensions import Console
from admin.extensions import console as console_of_app
from casework.config import Settings
from casework.domain.errors import NoKeySetError
from casework.services.trust import Trust
from casework.storage.migrate import current


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Console]:
    """Yield the console of this home, in an application context as its pages have it.

    Raises:
        SettingError: there is no instance, or a secret is missing.
    """
    # Whoever types commands on the machine acts as the owner of the tables: a trial erases
    # what it made, which the console's role may not.
    chosen = replace(settings or Settings.from_environment(), database_urls={})
    app = create_app(chosen)
    if current(chosen.database_url) is None:
        raise CommandError(
            "数据库里还没有表，运行 tonggui serve 会建好 / the database has no tables yet;"
            " `tonggui serve` makes them",
            key="TONGGUI_DATABASE_URL",
        )
    with app.app_context():
        here = console_of_app()
        try:
            yield here
        finally:
            here.store.close()


def trust_or_none(here: Console) -> Trust | None:
    """Return whose signatures count; None before the ceremony."""
    try:
        return here.trust()
    except NoKeySetError:
        return None


def department_name(here: Console, code: str) -> str:
    """Return the name of an office.

    Raises:
        CommandError: the routing table has no such department.
    """
    found = here.routing.departments.get(code)
    if found is None:
        raise CommandError(
            f"没有单位 {code} / no such department in the routing table: {code}",
            key="office",
            expected="a code of the routing table, such as 410329-yjj",
        )
    return found.name
