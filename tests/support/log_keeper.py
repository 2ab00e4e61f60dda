"""What the jobs process does with the log of a test instance, at the world's own time."""

from datetime import timedelta

from casework.instance import Instance
from casework.register import RegisterFolder
from casework.services import publishing, reward_figures
from casework.services.audit_log import AuditFolder, Keeping, newest_audit, take_in
from casework.services.register import batch
from casework.verify_log import Outside
from instance import World

BATCH_DAYS = 7


def take(world: World) -> int:
    """Take all waiting events into the audit tree now; return how many there were."""
    taken = 0
    keeping = Keeping(world.trust, world.log_key, world.now, BATCH_DAYS)
    while step := take_in(world.store, keeping=keeping):
        taken += step
    head = newest_audit(world.store)
    if head is not None:
        AuditFolder(world.settings.home / "log").keep(head)
    return taken


def folder_of(world: World) -> RegisterFolder:
    """Return the public files."""
    return RegisterFolder(world.settings.home / "register")


def publish(world: World) -> None:
    """Make the batches that are due now and publish them, and the quarters that may be opened."""
    folder, key = folder_of(world), world.log_key
    batch(world.store, log_key=key, now=world.now, batch_days=BATCH_DAYS)
    publishing.publish(world.store, folder, log=key.public)
    publishing.publish_at_once(world.store, folder)
    publishing.open_quarters(world.store, folder, log_key=key, now=world.now)
    reward_figures.freeze_rewards(world.store, trust=world.trust, log_key=key, now=world.now)
    reward_figures.publish_rewards(world.store, folder, trust=world.trust)


def pass_days(world: World, days: int) -> None:
    """Let days pass, and the jobs process work at their end."""
    world.now += timedelta(days=days)
    publish(world)
    take(world)
    # That figures were frozen is in the register now, which vouches for them.
    publishing.publish_at_once(world.store, folder_of(world))
    reward_figures.publish_rewards(world.store, folder_of(world), trust=world.trust)


def outside_of(world: World) -> Outside:
    """Return what lies outside the database, times to be judged as in a real instance."""
    return Outside(
        AuditFolder(world.settings.home / "log"),
        folder_of(world),
        world.now,
        founding=Instance.read(world.settings.home).policies,
    )
