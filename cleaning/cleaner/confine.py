"""Gives up, for good, whatever the cleaning of one file does not need.

Decoders have holes, and files come from strangers: what runs in here may be
taken over. Limits take away memory, time, files and children; a filter on
system calls takes away the network, signals to other processes, and every way
to look into them. On a processor that the filter does not know, the limits
stand alone.
"""

import ctypes
import os
import resource
import signal
import struct
from typing import Final

MIB: Final = 1024 * 1024
MEMORY_BYTES_MAX: Final = 1024 * MIB
WRITTEN_BYTES_MAX: Final = 128 * MIB
SECONDS_MAX: Final = 40  # the caller gives up earlier
MEDIA_FILES_MAX: Final = 32

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_SET_SECCOMP: Final = 22
PR_SET_NO_NEW_PRIVS: Final = 38
SECCOMP_MODE_FILTER: Final = 2
SECCOMP_KILL: Final = 0x80000000
SECCOMP_ALLOW: Final = 0x7FFF0000
SECCOMP_REFUSE: Final = 0x00050000 | 1  # EPERM
SECCOMP_UNKNOWN: Final = 0x00050000 | 38  # ENOSYS, for clone3: libc then uses clone
LOAD, EQUAL, AT_LEAST, HAS_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
CALL_AT, PROCESSOR_AT, FIRST_ARGUMENT_AT = 0, 4, 16
CLONE_THREAD: Final = 0x10000
X32_CALLS: Final = 0x40000000

# machine -> number of the processor for the kernel, then of each system call.
PROCESSORS: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALWAYS_REFUSED: Final = {
    # the network
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200),
    "listen": (50, 201), "io_uring_setup": (425, 425),
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "kill": (62, 129), "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240), "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438), "prlimit64": (302, 261),
    # the machine
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "bpf": (321, 280),
    "add_key": (248, 217), "keyctl": (250, 219), "open_by_handle_at": (304, 265),
    "userfaultfd": (323, 282), "perf_event_open": (298, 241),
}  # fmt: skip
REFUSED_WITHOUT_TOOL: Final = {
    "execve": (59, 221), "execveat": (322, 281),
    "openat": (257, 56), "openat2": (437, 437), "unlinkat": (263, 35), "renameat2": (316, 276),
    "linkat": (265, 37), "symlinkat": (266, 36), "mkdirat": (258, 34), "fchmodat": (268, 53),
}  # fmt: skip
# Older forms that only x86_64 still has.
OLD_CALLS: Final = {
    "open": 2, "creat": 85, "unlink": 87, "rename": 82, "link": 86, "symlink": 88, "mkdir": 83,
    "rmdir": 84, "chmod": 90, "fork": 57, "vfork": 58,
}  # fmt: skip
CLONE: Final = (56, 220)
CLONE3: Final = (435, 435)


def belong_to_parent() -> None:
    """Lead a group of our own, which ends with our parent and leaves no core dump."""
    os.setsid()
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    _prctl(PR_SET_DUMPABLE, 0)


def confine() -> None:
    """Keep memory and the open files; nothing can be opened, started or reached any more."""
    _limit(files=0)
    _refuse_calls({**ALWAYS_REFUSED, **REFUSED_WITHOUT_TOOL}, with_old=True)


def confine_tool() -> None:
    """As confine(), for a program about to be started: it has to open its own libraries."""
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    _limit(files=MEDIA_FILES_MAX)
    _refuse_calls(ALWAYS_REFUSED, with_old=False)


def _limit(files: int) -> None:
    for name, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES_MAX),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, SECONDS_MAX),
        (resource.RLIMIT_FSIZE, WRITTEN_BYTES_MAX),
        (resource.RLIMIT_NOFILE, files),
    ):
        resource.setrlimit(name, (limit, limit))


def _refuse_calls(refused: dict[str, tuple[int, int]], *, with_old: bool) -> None:
    machine = os.uname().machine
    if machine not in PROCESSORS:
        return
    column = list(PROCESSORS).index(machine)
    numbers = [pair[column] for pair in refused.values()]
    if with_old and machine == "x86_64":
        numbers += OLD_CALLS.values()
    program = _program(PROCESSORS[machine], numbers, CLONE[column], CLONE3[column])
    steps = ctypes.create_string_buffer(b"".join(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    filled = Program(len(program), ctypes.addressof(steps))
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    # A kernel without filters says no; the limits stand then.
    _prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(filled))


def _program(processor: int, refused: list[int], clone: int, clone3: int) -> list[bytes]:
    """Write the filter: threads may be started, processes may not."""
    program = [
        _step(LOAD, PROCESSOR_AT),
        _step(EQUAL, processor, skip_if_true=1),
        _step(RETURN, SECCOMP_KILL),
        _step(LOAD, CALL_AT),
        _step(AT_LEAST, X32_CALLS, skip_if_false=1),
        _step(RETURN, SECCOMP_KILL),
        _step(EQUAL, clone3, skip_if_false=1),
        _step(RETURN, SECCOMP_UNKNOWN),
    ]
    for number in refused:
        program += [
            _step(EQUAL, number, skip_if_false=1),
            _step(RETURN, SECCOMP_REFUSE),
        ]
    program += [
        _step(EQUAL, clone, skip_if_false=3),
        _step(LOAD, FIRST_ARGUMENT_AT),
        _step(HAS_BITS, CLONE_THREAD, skip_if_true=1),
        _step(RETURN, SECCOMP_REFUSE),
        _step(RETURN, SECCOMP_ALLOW),
    ]
    return program


def _step(code: int, value: int, skip_if_true: int = 0, skip_if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, skip_if_true, skip_if_false, value)


def _prctl(*values: int) -> None:
    prctl = getattr(ctypes.CDLL(None), "prctl", None)  # Linux has it
    if prctl is not None:
        filled = (*values, *(0,) * (5 - len(values)))
        prctl(*(ctypes.c_ulong(value) for value in filled))
