"""What the kernel counts for a server: CPU and memory of a process and all below it."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
TICK_MS: Final = 1000 / os.sysconf("SC_CLK_TCK")
REST_SECONDS: Final = 0.15
REST_WAIT_SECONDS: Final = 15.0
KIB: Final = 1024


def cpu_ticks(stat: str) -> int:
    """Return user and system time in a /proc/PID/stat line, of the process and of the dead
    children it has waited for. The name before it may hold spaces and brackets.
    """
    fields = stat.rpartition(")")[2].split()
    return sum(int(number) for number in fields[11:15])


def kib_of(text: str, name: str) -> int:
    """Return the number of a line such as "VmHWM:  1234 kB"; 0 if there is none."""
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key == name:
            return int(value.split()[0])
    return 0


def tree(pid: int) -> Iterator[int]:
    """Yield *pid* and every living process below it."""
    yield pid
    for children in PROC.glob(f"{pid}/task/*/children"):
        for child in _read(children).split():
            yield from tree(int(child))


def cpu_ms(pid: int) -> float:
    """Return the CPU that the tree below *pid* has used so far."""
    return sum(cpu_ticks(stat) for one in tree(pid) if (stat := _read(PROC / f"{one}/stat"))) * (
        TICK_MS
    )


def machine_cpu_ms() -> float:
    """Return the CPU that the whole machine has used so far."""
    fields = _read(PROC / "stat").partition("\n")[0].split()[1:]
    numbers = [int(number) for number in fields]
    idle, waiting = numbers[3], numbers[4]
    # Guests are counted as user time already.
    return (sum(numbers[:8]) - idle - waiting) * TICK_MS


def wait_for_rest(pid: int, seconds: float = REST_WAIT_SECONDS) -> float:
    """Wait until the tree does nothing, as after it has prepared codes in idle time.

    Returns:
        the CPU it has used by then.
    """
    until = time.monotonic() + seconds
    used = cpu_ms(pid)
    while time.monotonic() < until:
        time.sleep(REST_SECONDS)
        before, used = used, cpu_ms(pid)
        if used - before <= TICK_MS:
            break
    return used


@dataclass(slots=True)
class Memory:
    """The most memory that a server's processes held.

    Attributes:
        peaks: process to name and highest resident size in bytes (VmHWM); what
            processes share is counted in each of them.
        shared_once: the most that all held together at a look, shared pages counted
            once (PSS).
    """

    peaks: dict[int, tuple[str, int]] = field(default_factory=dict)
    shared_once: int = 0

    def look(self, pid: int) -> None:
        """Look at the tree below *pid* once more."""
        together = 0
        for one in tree(pid):
            status = _read(PROC / f"{one}/status")
            peak = kib_of(status, "VmHWM") * KIB
            if peak:
                name = _read(PROC / f"{one}/cmdline").replace("\0", " ").strip()
                self.peaks[one] = (name, max(peak, self.peaks.get(one, ("", 0))[1]))
            together += kib_of(_read(PROC / f"{one}/smaps_rollup"), "Pss") * KIB
        self.shared_once = max(self.shared_once, together)

    @property
    def peak(self) -> int:
        """The sum of the peaks of all processes seen."""
        return sum(bytes_ for _, bytes_ in self.peaks.values())


def _read(path: Path) -> str:
    """Return the text of a file in /proc; "" when the process is gone."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
