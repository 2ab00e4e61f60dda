"""Keeping what a process holds in memory from the disk and from other processes."""

import ctypes
import resource
from typing import Final

PR_SET_DUMPABLE: Final = 4


def keep_memory_private() -> None:
    """Leave no core dump, and let no other process of this user look inside."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux has it
    if prctl is not None:
        prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
