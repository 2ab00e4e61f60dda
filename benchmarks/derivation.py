"""What one derivation of a receipt code costs, timed apart: the goals leave it out."""

import threading
import time
from dataclasses import dataclass, field

from benchmarks.figures import middle
from crypto.argon import CodeParameters
from crypto.receipt import derive, draw_code

SALT_SIZE = 16
PEPPER_SIZE = 32


def derivation_cpu_ms(opslimit: int, memlimit: int) -> float:
    """Return the CPU of this thread for one derivation, in milliseconds."""
    parameters = CodeParameters(salt=bytes(SALT_SIZE), opslimit=opslimit, memlimit=memlimit)
    code = draw_code()
    started = time.thread_time()
    derive(code, parameters=parameters, pepper=bytes(PEPPER_SIZE))
    return (time.thread_time() - started) * 1000


@dataclass(slots=True)
class DerivationTimes:
    """Times of derivations with the site's parameters.

    Attributes:
        quiet_ms: between slices, while no server works; the smaller figure, so what
            is left after taking it off is rather too much than too little.
        busy_ms: within slices, where caches are shared with the server.
    """

    opslimit: int
    memlimit: int
    quiet_ms: list[float] = field(default_factory=list)
    busy_ms: list[float] = field(default_factory=list)

    def time_quiet(self, times: int = 3) -> None:
        """Take some times now."""
        self.quiet_ms += [derivation_cpu_ms(self.opslimit, self.memlimit) for _ in range(times)]

    def time_busy(self, after_seconds: float) -> threading.Timer:
        """Take one time in the middle of what comes next; to be joined."""
        timer = threading.Timer(after_seconds, self._take_busy)
        timer.daemon = True
        timer.start()
        return timer

    @property
    def quiet(self) -> float | None:
        """The middle of the quiet times."""
        return middle(self.quiet_ms)

    @property
    def busy(self) -> float | None:
        """The middle of the busy times."""
        return middle(self.busy_ms)

    def _take_busy(self) -> None:
        self.busy_ms.append(derivation_cpu_ms(self.opslimit, self.memlimit))
