"""The jobs process: clocks are swept, notices go out, orphaned files are removed.

`python -m casework.jobs`; one at a time does the work, a second one waits its turn by
leases in the outbox. Everything here may be killed at any moment and started again.
"""

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from types import FrameType
from typing import Final

from casework.config import Secrets, SettingError, Settings
from casework.domain.errors import (
    CaseworkError,
    NoKeySetError,
    StaleActError,
    StorageUnavailableError,
)
from casework.instance import Instance
from casework.mail import notices
from casework.mail.sender import MailUnavailableError, Sender, sender_for
from casework.private_process import keep_memory_private, log_without_words, place_of
from casework.register import RegisterFolder
from casework.services import claims, keeping, outbox, publishing, reward_figures, searching
from casework.services.audit_log import (
    ROOT_NOTICE,
    AuditFolder,
    Keeping,
    has_pending,
    newest_audit,
    take_in,
)
from casework.services.blobs import sweep_orphans
from casework.services.clocks import Swept, project_new, sweep
from casework.services.dry_run import run_dry_runs
from casework.services.fund_moves import budget_of
from casework.services.fund_warnings import warn
from casework.services.key_destroying import destroy_spent
from casework.services.recomputing import recompute
from casework.services.recusal import recuse_declared
from casework.services.register import batch
from casework.services.rulebook import policies_at_hand, rulebook
from casework.services.trust import Trust
from casework.services.trust_keeper import TrustKeeper
from casework.storage.blobs import Blobs
from casework.storage.unit_of_work import Store
from crypto.errors import ProofError
from crypto.notes import COSIGNATURE, LogKey, parse_verifier_key

SWEEP_SECONDS: Final = 60.0
OUTBOX_SECONDS: Final = 2.0
RULES_SECONDS: Final = 5.0
ORPHANS_SECONDS: Final = 3600.0
OLD_KEYS_SECONDS: Final = 3600.0
LOG_SECONDS: Final = 1.0
REGISTER_SECONDS: Final = 10.0
RETRY_MAX: Final = timedelta(hours=1)
BATCH: Final = 20

log = logging.getLogger("tonggui.jobs")


@dataclass(slots=True)
class Jobs:
    """All that the process works with."""

    instance: Instance
    store: Store
    blobs: Blobs
    log_key: LogKey
    sender: Sender
    sender_address: str
    secrets: Secrets
    home: Path
    keeper: TrustKeeper | None = None
    keys_to_forget: bool = True  # at the start too: a kill may have come in between
    rewards_told: str = ""  # the newest quarter that was looked at: nothing joins it any more

    def trust(self) -> Trust:
        """Return whose signatures count now."""
        if self.keeper is None:
            self.keeper = TrustKeeper(self.store, self.secrets)
        return self.keeper.trust()

    def sweep(self) -> None:
        """Move every clock that wants it."""
        swept = sweep(
            self.store,
            trust=self.trust(),
            log_key=self.log_key,
            now=self.instance.clock.now(),
        )
        if replace(swept, expired_releases=0) != Swept():
            log.info(
                "swept: %d reminded, %d overdue, %d escalated, %d deemed accepted,"
                " %d pauses ended, %d called back, %d failed",
                swept.reminded, swept.overdue, swept.escalated, swept.deemed, swept.resumed,
                swept.called_back, len(swept.failed),
            )  # fmt: skip

        self.recuse()

    def recuse(self) -> None:
        """Take out of accepted cases whoever has declared an interest."""
        done, failed = recuse_declared(
            self.store,
            trust=self.trust(),
            log_key=self.log_key,
            now=self.instance.clock.now(),
        )
        if done or failed:
            log.info("recused: %d, %d failed", done, len(failed))

    def project_new(self) -> None:
        """Work out the clocks of reports that have come in."""
        project_new(self.store, now=self.instance.clock.now())

    def open_claims(self) -> None:
        """Open the claims that findings give rise to, and set their money aside."""
        now = self.instance.clock.now()
        done = claims.open_claims(self.store, trust=self.trust(), log_key=self.log_key, now=now)
        if done != claims.Claims():
            log.info("claims: %d computed, %d failed", done.computed, len(done.failed))

    def end_claims(self) -> None:
        """Let awards lapse that nobody claimed in time, and close what is done with."""
        now = self.instance.clock.now()
        done = claims.end_claims(self.store, trust=self.trust(), log_key=self.log_key, now=now)
        if done != claims.Claims():
            log.info(
                "claims: %d lapsed, %d closed, %d failed",
                done.lapsed, done.closed, len(done.failed),
            )  # fmt: skip

    def follow_rules(self) -> None:
        """Work clocks out anew after a new calendar, and try proposed policies on all cases.

        Clocks come first: a case that no dry run gets past must not hold them up.
        """
        now, trust = self.instance.clock.now(), self.trust()
        done = recompute(self.store, trust=trust, log_key=self.log_key, now=now)
        if done.looked:
            log.info(
                "after a change of the calendar: %d cases, %d last days moved, %d failed",
                done.looked, done.moved, len(done.failed),
            )  # fmt: skip
        tried = run_dry_runs(self.store, trust=trust, log_key=self.log_key, now=now)
        if tried:
            log.info("dry runs of proposed policies: %d", tried)

    def warn_of_fund(self) -> None:
        """Tell finance when the year's fund is used up to a percentage that the policy names."""
        here = self.instance
        policies, now = rulebook(self.store).policies, here.clock.now()
        budget = budget_of(policies, here.region, here.clock.today())
        if warn(self.store, budget=budget, log_key=self.log_key, now=now):
            log.info("warned that the reward fund is nearly used up")

    def erase(self) -> None:
        """Erase what reporters took back, and what is kept no longer."""
        done = keeping.sweep(
            self.store,
            self.blobs,
            policies=rulebook(self.store).policies,
            trust=self.trust(),
            log_key=self.log_key,
            now=self.instance.clock.now(),
        )
        if done != keeping.Erased():
            log.info(
                "erased: %d items, %d cases; %d forgotten, %d waiting; %d releases void, %d failed",
                done.items, done.cases, done.forgotten, done.waiting, done.voided,
                len(done.failed),
            )  # fmt: skip

    def keep_log(self) -> int:
        """Take waiting events into the audit tree, and keep its root outside the database."""
        taken = 0
        while has_pending(self.store):
            taken += take_in(self.store, keeping=self._keeping())
        head = newest_audit(self.store)
        if head is not None:
            AuditFolder(self.home / "log").keep(head)
        return taken

    def keep_search(self) -> None:
        """Have what was taken into the audit tree found by who searches."""
        searching.follow(self.store)

    def keep_register(self) -> None:
        """Make the public register's batches that are due, and bring its folder up to date."""
        now, folder = self.instance.clock.now(), RegisterFolder(self.home / "register")
        batch(
            self.store,
            log_key=self.log_key,
            now=now,
            batch_days=self.instance.register_batch_days,
        )
        publishing.merge_cosignatures(self.store, folder, self.instance.register_witnesses)
        done = publishing.publish(self.store, folder, log=self.log_key.public)
        if done.ahead:
            log.error("the register's folder is ahead of the database; nothing is published")
            return
        publishing.publish_at_once(self.store, folder)
        for quarter in publishing.open_quarters(self.store, folder, log_key=self.log_key, now=now):
            log.info("opened the register's records of %s", quarter)
        self.tell_rewards(folder)

    def tell_rewards(self, folder: RegisterFolder) -> None:
        """Sign and publish the figures of rewards of quarters that are over."""
        clock = self.instance.clock
        due = reward_figures.newest_due(clock.today())
        if self.rewards_told != due:
            for quarter in reward_figures.freeze_rewards(
                self.store, trust=self.trust(), log_key=self.log_key, now=clock.now()
            ):
                log.info("told the figures of rewards of %s", quarter)
            self.rewards_told = due
        reward_figures.publish_rewards(self.store, folder, trust=self.trust())

    def _keeping(self) -> Keeping:
        return Keeping(
            trust=self.trust(),
            log_key=self.log_key,
            now=self.instance.clock.now(),
            batch_days=self.instance.register_batch_days,
            witnesses=tuple(self.instance.register_witness_mail),
        )

    def destroy_keys(self) -> None:
        """Destroy old keys of offices and seats that nothing is sealed to any more."""
        done = destroy_spent(
            self.store, trust=self.trust(), log_key=self.log_key, now=self.instance.clock.now()
        )
        if done.keys:
            log.info("destroyed: %d old keys, %d wraps", done.keys, done.wraps)
        self.keys_to_forget = self.keys_to_forget or done.keys > 0
        if self.keys_to_forget:
            self.keys_to_forget = not self.store.forget_deleted()

    def send(self) -> int:
        """Send what waits in the outbox; return how many were handed over."""
        now = self.instance.clock.now()
        sent = 0
        for job in outbox.claim(self.store, limit=BATCH, now=now):
            try:
                self._send_one(job.id, job.payload)
            except StorageUnavailableError:
                raise
            except Exception as problem:  # one that cannot be sent holds up no other
                wait = min(timedelta(seconds=30) * 2 ** min(job.attempts, 10), RETRY_MAX)
                outbox.failed(self.store, job=job.id, next_at=now + wait)
                known = isinstance(problem, MailUnavailableError)
                why = "" if known else f": {place_of(problem)}"
                log.warning("a notice could not be sent; it is tried again in %s%s", wait, why)
                continue
            outbox.done(self.store, job=job.id)
            sent += 1
        return sent

    def send_all(self) -> None:
        """Send whatever waits in the outbox."""
        while self.send():
            pass

    def sweep_orphans(self) -> None:
        """Remove files that no report names."""
        sweep_orphans(self.store, self.blobs, now=self.instance.clock.source())

    def _send_one(self, job_id: str, payload: Mapping[str, str]) -> None:
        if payload["notice"] == ROOT_NOTICE:
            root = notices.compose_root(
                payload["case_number"],
                on=payload["on"],
                to=payload["office"].removeprefix("mail:"),
                sender=self.sender_address,
                mail_id=job_id,
                now=self.instance.clock.now(),
            )
            self.sender.send(root)
            return
        for to in self._addresses(payload["office"]):
            message = notices.compose(
                payload["notice"],
                case_number=payload["case_number"],
                on=payload["on"],
                to=to,
                sender=self.sender_address,
                mail_id=job_id,
                now=self.instance.clock.now(),
                clock=payload.get("clock", ""),
                rung=payload.get("rung", ""),
                is_covered=bool(payload.get("covered")),
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
    policies_at_hand()  # a file that cannot be used is refused at the start
    _check_witnesses(instance)
    password = secrets.read("smtp-password").decode() if secrets.has("smtp-password") else ""
    host = settings.public_url.partition("://")[2].partition(":")[0]
    return Jobs(
        instance=instance,
        store=Store.open(settings.database_url_of("jobs"), site=instance.site),
        blobs=Blobs.open(settings.blob_url, secrets),
        log_key=LogKey(secrets.read("log-key")),
        sender=sender_for(settings.smtp_url, settings.mail_folder, password=password),
        sender_address=f"no-reply@{host}",
        secrets=secrets,
        home=settings.home,
    )


def _check_witnesses(instance: Instance) -> None:
    for one in instance.register_witnesses:
        try:
            kind = parse_verifier_key(one)[2]
        except ProofError:
            kind = b""
        if kind != COSIGNATURE:
            raise SettingError(
                "TONGGUI_HOME",
                f"instance.toml: register_witnesses holds {one!r}, which is no witness's key;"
                " `tonggui register witness --key …` prints it",
            )


def run(jobs: Jobs, stop: threading.Event) -> None:
    """Work until *stop* is set; a database that is away is waited for.

    Each work is done for itself, so that one which fails holds up no other.
    """
    work: tuple[tuple[float, Callable[[], object]], ...] = (
        (LOG_SECONDS, jobs.keep_log),
        (OUTBOX_SECONDS, jobs.keep_search),
        (OUTBOX_SECONDS, jobs.project_new),
        (OUTBOX_SECONDS, jobs.send_all),
        (REGISTER_SECONDS, jobs.keep_register),
        # Before the sweep, which goes by what the cases were told.
        (RULES_SECONDS, jobs.follow_rules),
        (RULES_SECONDS, jobs.open_claims),
        (SWEEP_SECONDS, jobs.sweep),
        (SWEEP_SECONDS, jobs.end_claims),
        (SWEEP_SECONDS, jobs.warn_of_fund),
        (SWEEP_SECONDS, jobs.erase),
        (ORPHANS_SECONDS, jobs.sweep_orphans),
        (OLD_KEYS_SECONDS, jobs.destroy_keys),
    )
    due = [0.0] * len(work)
    while not stop.is_set():
        for at, (seconds, do) in enumerate(work):
            if stop.is_set() or time.monotonic() < due[at]:
                continue
            _attempt(do)
            due[at] = time.monotonic() + seconds
        stop.wait(max(min(due) - time.monotonic(), 0.05))


def _attempt(do: Callable[[], object]) -> None:
    try:
        do()
    except (StorageUnavailableError, NoKeySetError, StaleActError) as problem:
        log.warning("waiting: %s", type(problem).__name__)
    except Exception as problem:  # whatever it is, the other works go on
        log.error("a job failed: %s", place_of(problem))


def main() -> int:
    """Run the process until it is told to stop; 2 when it cannot start."""
    log_without_words(logging.INFO, form="%(asctime)s jobs")
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
