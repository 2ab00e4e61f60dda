"""A new instance: its folder, its secrets, its tables, its calendar and its rules.

Nothing that is there is overwritten: an interrupted start is taken up where it
stopped, and what marks the instance as made, instance.toml, is written last.
"""

import secrets as randomness
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Final

from casework.config import PROCESS_SECRETS, Secrets, Settings, write_secret
from casework.instance import FILE_NAME, Instance
from casework.services.rules import keep_first_routing, put_founding_set_in_force, shipped_policies
from casework.storage.blobs import Blobs
from casework.storage.calendar_seed import seed_calendar
from casework.storage.migrate import current, head, upgrade
from casework.storage.unit_of_work import Store

SECRET_SIZE: Final = 32
# What is drawn here; the log key and the digest of the key set come from the ceremony.
DRAWN: Final = frozenset({"receipt-pepper", "password-pepper", "blind-index-key", "form-key"})
# The same in every process that has it: both sites must find the same mailbox.
SHARED: Final = "receipt-pepper"

Step = Callable[[str], AbstractContextManager[None]]


class InstanceExistsError(Exception):
    """There is an instance in this home already."""


@dataclass(frozen=True, slots=True)
class Founded:
    """A home that is ready for its staff."""

    settings: Settings
    instance: Instance


def found(settings: Settings, instance: Instance, *, step: Step) -> Founded:
    """Make the home of *instance*, or finish making it.

    Args:
        settings: where everything lies.
        instance: what it shall be.
        step: shows what is being done.

    Raises:
        InstanceExistsError: it was made before.
        StorageUnavailableError: database or blob store is away.
    """
    if (settings.home / FILE_NAME).exists():
        raise InstanceExistsError
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with step("生成密钥文件 / drawing secrets"):
        draw_secrets(settings)
    bring_up_to_date(settings, step)
    with step("载入工作日历和规则 / seeding the work calendar and the rules"):
        instance = seed(settings, instance)
    Blobs.open(settings.blob_url, Secrets(settings.secrets / "console")).prepare()
    keep_first_routing(settings.home, instance.region)
    instance.write(settings.home)
    return Founded(settings, instance)


def bring_up_to_date(settings: Settings, step: Step) -> None:
    """Apply the migrations that the database lacks."""
    if current(settings.database_url) != head():
        with step("更新数据库表 / migrating the database"):
            upgrade(settings.database_url)


def draw_secrets(settings: Settings) -> None:
    """Draw every secret that is missing; one that exists stays."""
    folders = {process: Secrets(settings.secrets / process) for process in PROCESS_SECRETS}
    shared = _existing(folders, SHARED) or randomness.token_bytes(SECRET_SIZE)
    for process, names in PROCESS_SECRETS.items():
        folder = settings.secrets / process
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in sorted(names & DRAWN):
            if not folders[process].has(name):
                body = shared if name == SHARED else randomness.token_bytes(SECRET_SIZE)
                write_secret(folder, name, body)


def seed(settings: Settings, instance: Instance) -> Instance:
    """Fill an empty calendar, put the founding set of rules in force; return what to write."""
    store = Store.open(settings.database_url, site=instance.site)
    try:
        store.write(seed_calendar)
        founding = put_founding_set_in_force(
            store, policies=shipped_policies(), region=instance.region
        )
    finally:
        store.close()
    return replace(instance, policies=founding)


def seed_rules_of_older(settings: Settings, instance: Instance) -> bool:
    """Give an instance that is older than its table of rules the founding set; say if it did."""
    if instance.policies:
        return False
    seed(settings, instance).write(settings.home)
    return True


def keep_keys(settings: Settings, *, log_seed: bytes, digest: bytes, number: int) -> None:
    """Put into every process's folder what a ceremony gives it.

    The digest of the key set is written last: only with it is anything believed.
    """
    write_secret(settings.secrets / "jobs", "log-key", log_seed)
    for process in PROCESS_SECRETS:
        folder = settings.secrets / process
        write_secret(folder, "newest-key-set", b"%d\n" % number)
        write_secret(folder, "first-key-set", digest)


def _existing(folders: Mapping[str, Secrets], name: str) -> bytes | None:
    for process, folder in folders.items():
        if name in PROCESS_SECRETS[process] and folder.has(name):
            return folder.read(name)
    return None
