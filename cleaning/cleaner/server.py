"""Waits for files to clean, and starts a process of its own for each.

The first process holds the loaded decoders and never sees a file: it is handed
open descriptors (the file, an empty one for the answer, a line to the caller),
forks, and forgets them. So nothing of one file can reach another, several are
cleaned at a time, and what a file takes over or takes down ends with it.

The line carries the number of the new process, said before anything of the
file was read, and then one word: CLEANED or why not, and the media type.
"""

import array
import os
import signal
import socket
import struct
import sys
from typing import Final

from cleaning.cleaner import media, office, pdf, pictures, warm_up
from cleaning.cleaner.confine import SECONDS_MAX, belong_to_parent, confine
from cleaning.cleaner.verdict import CLEANED, DAMAGED, TOO_LARGE, Clean, RefusedError

NUMBER: Final = struct.Struct("=i")
DESCRIPTORS: Final = 3
TYPE_LENGTH_MAX: Final = 200
DOCUMENTS: Final = {"application/pdf": pdf.clean, "application/zip": office.clean}


def serve(channel: socket.socket, tool: str) -> None:
    """Start a process a file until the caller hangs up."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        media_type, descriptors = _received(channel)
        if not media_type:
            return
        if len(descriptors) == DESCRIPTORS and os.fork() == 0:
            channel.close()
            _work(media_type, descriptors, tool)
        for descriptor in descriptors:
            os.close(descriptor)


def _received(channel: socket.socket) -> tuple[str, list[int]]:
    numbers = array.array("i")
    room = socket.CMSG_SPACE(DESCRIPTORS * numbers.itemsize)
    text, sent, _flags, _sender = channel.recvmsg(TYPE_LENGTH_MAX, room, socket.MSG_CMSG_CLOEXEC)
    for _level, _kind, data in sent:
        numbers.frombytes(data[: len(data) - len(data) % numbers.itemsize])
    return text.decode(), list(numbers)


def _work(media_type: str, descriptors: list[int], tool: str) -> None:
    """Clean one file and end; nothing after this is reached."""
    try:
        belong_to_parent()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.alarm(SECONDS_MAX)
        source, sink, line = descriptors
        os.write(line, NUMBER.pack(os.getpid()))
        os.write(line, _verdict(media_type, source, sink, tool).encode())
    finally:
        os._exit(0)


def _verdict(media_type: str, source: int, sink: int, tool: str) -> str:
    try:
        if media_type in media.FORMATS:
            media.clean(tool, source, sink, media_type)
            return f"{CLEANED} {media_type}"
        confine()
        clean = _cleaned(media_type, source)
        with os.fdopen(sink, "wb", closefd=False) as out:
            out.write(clean.data)
    except RefusedError as problem:
        return problem.reason
    except MemoryError:
        return TOO_LARGE
    except Exception:  # a decoder may raise anything on a crafted file
        return DAMAGED
    return f"{CLEANED} {clean.media_type}"


def _cleaned(media_type: str, source: int) -> Clean:
    raw = os.pread(source, os.fstat(source).st_size, 0)
    return DOCUMENTS.get(media_type, pictures.clean)(raw)


def main() -> None:
    """Load the decoders, then serve on the channel that was handed down as stdin."""
    pictures.prepare()
    warm_up.warm_up()
    serve(socket.socket(fileno=0), sys.argv[1] if len(sys.argv) > 1 else "")
