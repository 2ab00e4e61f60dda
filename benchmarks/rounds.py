"""One run: short slices of the variants in turn, so that a busy machine is busy for all."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from benchmarks import clients
from benchmarks.clients import Target
from benchmarks.derivation import DerivationTimes
from benchmarks.figures import Series, Slice
from benchmarks.pages import Form
from benchmarks.processes import Memory, cpu_ms, machine_cpu_ms, wait_for_rest
from benchmarks.servers import HOST, Server

GET_PART = 0.25  # of a slice; GETs alone, to tell their CPU from that of the POSTs
WARM_UP = 8


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for on the command line."""

    clients: Sequence[int]
    rounds: int
    seconds: float
    submissions: int | None


@dataclass(slots=True)
class Variant:
    """One server with all that is known of it.

    Attributes:
        has_codes: whether its receipt codes cost what they do in a real instance.
        submissions: series by number of clients.
        gets: GETs of the form alone, by number of clients; empty for the bare server.
    """

    name: str
    server: Server
    target: Target
    database_server: int | None
    has_codes: bool = False
    submissions: dict[int, Series] = field(default_factory=dict)
    gets: dict[int, Series] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)

    def slice(self, count: int, seconds: float, submissions: int | None) -> Slice:
        """Measure one slice, and what it costs until the server is at rest again."""
        cpu, database = cpu_ms(self.server.pid), self._database_cpu_ms()
        result = clients.run(self.target, count, seconds=seconds, submissions=submissions)
        self.memory.look(self.server.pid)
        result.cpu_ms = wait_for_rest(self.server.pid) - cpu
        if database is not None:
            result.database_cpu_ms = (self._database_cpu_ms() or 0.0) - database
        result.load = os.getloadavg()[0]
        return result

    def get_slice(self, count: int, seconds: float) -> Slice:
        """Measure GETs of the form alone."""
        looking = replace(self, target=replace(self.target, visit=clients.look))
        return looking.slice(count, seconds, None)

    def _database_cpu_ms(self) -> float | None:
        return cpu_ms(self.database_server) if self.database_server is not None else None


class NothingWorksError(Exception):
    """Not one request of the warm-up was answered as it should be."""


def site(
    server: Server, forms: Sequence[Form], database_server: int | None, *, has_codes: bool
) -> Variant:
    """Our public site."""
    target = Target(HOST, server.port, forms, clients.report)
    name = "tonggui" if has_codes else "cheap codes"
    return Variant(name, server, target, database_server, has_codes)


def bare(server: Server, forms: Sequence[Form], database_server: int | None) -> Variant:
    """The denominator."""
    target = Target(HOST, server.port, forms, clients.insert)
    return Variant("bare", server, target, database_server)


def warm_up(variants: Sequence[Variant]) -> Series:
    """Let every server load what it loads once.

    Returns:
        what our site, the first variant, did meanwhile.
    """
    found = []
    for variant in variants:
        first = clients.run(variant.target, 2, seconds=20.0, submissions=WARM_UP)
        wait_for_rest(variant.server.pid)
        if first.done == 0:
            words = variant.server.last_words()
            raise NothingWorksError(f"{variant.name}: {first.samples[0].failure}\n{words}")
        found.append(first)
    return Series(found[:1])


def measure(variants: Sequence[Variant], plan: Plan, times: DerivationTimes) -> float:
    """Run all rounds; what is found is kept in the variants.

    Returns:
        the part of the machine that neither the servers nor we used, 0 to 1.
    """
    started, machine = time.monotonic(), machine_cpu_ms()
    own = _own_cpu_ms(variants)
    steps = list(_steps(variants, plan))
    for number, (round_, count, variant) in enumerate(steps, start=1):
        _one_step(variant, count, plan, times)
        latest = variant.submissions[count].slices[-1]
        _progress(f"{number}/{len(steps)}", round_, count, variant.name, latest)
    elapsed = (time.monotonic() - started) * 1000 * (os.cpu_count() or 1)
    used = machine_cpu_ms() - machine - (_own_cpu_ms(variants) - own)
    return max(0.0, used / elapsed)


def _steps(variants: Sequence[Variant], plan: Plan) -> Iterator[tuple[int, int, Variant]]:
    for round_ in range(1, plan.rounds + 1):
        for count in plan.clients:
            # Each goes first as often as it goes last.
            for variant in variants if round_ % 2 else reversed(variants):
                yield round_, count, variant


def _one_step(variant: Variant, count: int, plan: Plan, times: DerivationTimes) -> None:
    timer = times.time_busy(plan.seconds / 2) if variant.has_codes else None
    result = variant.slice(count, plan.seconds, plan.submissions)
    variant.submissions.setdefault(count, Series()).slices.append(result)
    if timer is not None:
        timer.join()
        times.time_quiet()
    if variant.target.visit is clients.report:
        gets = variant.get_slice(count, plan.seconds * GET_PART)
        variant.gets.setdefault(count, Series()).slices.append(gets)


def _own_cpu_ms(variants: Sequence[Variant]) -> float:
    pids = {variant.server.pid for variant in variants}
    pids |= {v.database_server for v in variants if v.database_server is not None}
    us = os.times()
    return sum(cpu_ms(pid) for pid in pids) + (us.user + us.system) * 1000


def _progress(number: str, round_: int, count: int, name: str, latest: Slice) -> None:
    rate = f"{latest.per_second:.0f}/s" if latest.per_second is not None else "-"
    failed = len(latest.samples) - latest.done
    more = f", {failed} failed" if failed else ""
    text = f"[{number}] round {round_}, {count} clients, {name}: {rate}{more}"
    print(text, file=sys.stderr, flush=True)
