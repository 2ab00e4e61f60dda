"""The jobs process: clocks are swept, notices go out, orphaned files are removed.

`python -m casework.jobs`; one at a time does the work, a second one waits its turn by
leases in the outbox. Everything here may be killed at any moment and started again.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType
from typing import Final

from casework.config import Secrets, SettingError, Settings
from casework.domain.errors import CaseworkError, NoKeySetError, StorageUnavailableError
from casework.domain.policy import Policies
from casework.instance import Instance
from casework.mail import notices
from casework.mail.sender import MailUnavailableError, Sender, sender_for
from casework.private_process import keep_memory_private
from casework.services import outbox
from casework.services.blobs import sweep_orphans
from casework.services.clocks import sweep
from casework.services.rules import shipped_policies
from casework.services.trust import Trust
from casework.services.trust_keeper import TrustKeeper
from casework.storage.blobs import Blobs
from casework.storage.unit_of_work import Store
from crypto.notes import LogKey

SWEEP_SECONDS: Final = 60.0
OUTBOX_SECONDS: Final = 2.0
ORPHANS_SECONDS: Final = 3600.0
RETRY_MAX: Final = timedelta(hours=1)
BATCH: Final = 20

log = logging.getLogger("tonggui.jobs")


@dataclass(slots=True)
class Jobs:
    """All that the process works with."""

    instance: Instance
    store: Store
    blobs: Blobs
    policies: Policies
    log_key: LogKey
    sender: Sender
    sender_address: str
    secrets: Secrets
    keeper: TrustKeeper | None = None

    def trust(self) -> Trust:
        """Return whose signatures count now."""
        if self.keeper is None:
            self.keeper = TrustKeeper(self.store, self.secrets)
        return self.keeper.trust()

    def sweep(self) -> None:
        """Move every clock that wants it."""
        swept = sweep(
            self.store,
            policies=self.policies,
            trust=self.trust(),
            log_key=self.log_key,
            now=self.instance.clock.now(),
        )
        if swept.reminded or swept.overdue or swept.escalated or swept.failed:
            log.info(
                "swept: %d reminded, %d overdue, %d escalated, %d failed",
                swept.reminded, swept.overdue, swept.escalated, len(swept.failed),
            )  # fmt: skip

    def send(self) -> int:
        """Send what waits in the outbox; return how many were handed over."""
        now = self.instance.clock.now()
        sent = 0
        for job in outbox.claim(self.store, limit=BATCH, now=now):
            try:
                self._send_one(job.id, job.payload)
            except MailUnavailableError:
                wait = min(timedelta(seconds=30) * 2 ** min(job.attempts, 10), RETRY_MAX)
                outbox.failed(self.store, job=job.id, next_at=now + wait)
                log.warning("a notice could not be sent; it is tried again in %s", wait)
                continue
            outbox.done(self.store, job=job.id)
            sent += 1
        return sent

    def _send_one(self, job_id: str, payload: Mapping[str, str]) -> None:
        for to in self._addresses(payload["office"]):
            message = notices.compose(
                payload["notice"],
                case_number=payload["case_number"],
                on=payload["on"],
                to=to,
                sender=self.sender_address,
                mail_id=job_id,
                now=self.instance.clock.now(),
            )
            self.sender.send(message)

    def _addresses(self, office: str) -> list[str]:
        """Return the addresses of an office, or of every office where a role sits."""
        codes = [office]
        if office.startswith("role:"):
            role = office.removeprefix("role:")
            members = self.trust().members.values()
            codes = sorted({one.office for one in members if role in one.roles})
        found = [self.instance.addresses[code] for code in codes if code in self.instance.addresses]
        return sorted(set(found))


def build(settings: Settings) -> Jobs:
    """Put the process together.

    Raises:
        SettingError: a setting or a secret file cannot be used.
    """
    secrets = Secrets(settings.secrets / "jobs")
    instance = Instance.read(settings.home)
    password = secrets.read("smtp-password").decode() if secrets.has("smtp-password") else ""
    host = settings.public_url.partition("://")[2].partition(":")[0]
    return Jobs(
        instance=instance,
        store=Store.open(settings.database_url_of("jobs"), site=instance.site),
        blobs=Blobs.open(settings.blob_url, secrets),
        policies=shipped_policies(),
        log_key=LogKey(secrets.read("log-key")),
        sender=sender_for(settings.smtp_url, settings.mail_folder, password=password),
        sender_address=f"no-reply@{host}",
        secrets=secrets,
    )


def run(jobs: Jobs, stop: threading.Event) -> None:
    """Work until *stop* is set; a database that is away is waited for."""
    due = {"sweep": 0.0, "orphans": 0.0}
    elapsed = 0.0
    while not stop.is_set():
        try:
            if elapsed >= due["sweep"]:
                jobs.sweep()
                due["sweep"] = elapsed + SWEEP_SECONDS
            if elapsed >= due["orphans"]:
                sweep_orphans(jobs.store, jobs.blobs, now=jobs.instance.clock.source())
                due["orphans"] = elapsed + ORPHANS_SECONDS
            while jobs.send():
                pass
        except (StorageUnavailableError, NoKeySetError) as problem:
            log.warning("waiting: %s", type(problem).__name__)
        except CaseworkError as problem:
            log.error("a job failed: %s", type(problem).__name__)
        stop.wait(OUTBOX_SECONDS)
        elapsed += OUTBOX_SECONDS


def main() -> int:
    """Run the process until it is told to stop; 2 when it cannot start."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s jobs %(message)s")
    try:
        jobs = build(Settings.from_environment(os.environ))
    except (SettingError, CaseworkError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    keep_memory_private()
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    log.info("started")
    run(jobs, stop)
    jobs.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
