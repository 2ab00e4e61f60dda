"""Video and sound: ffmpeg copies the streams of picture and sound into a new file.

It wants files that it can seek in, so it gets two that exist in memory only.
Which reader and writer it uses is told to it: one that it chose itself might
be a playlist, which opens other files.
"""

import os
import signal
from typing import Final

from cleaning.cleaner.confine import confine_tool
from cleaning.cleaner.verdict import DAMAGED, NO_TOOL, RefusedError

# media type -> reader, writer
FORMATS: Final = {
    "video/mp4": ("mov", "mp4"),
    "video/quicktime": ("mov", "mov"),
    "video/3gpp": ("mov", "3gp"),
    "audio/mp4": ("mov", "ipod"),
    "video/webm": ("matroska", "webm"),
    "video/x-matroska": ("matroska", "matroska"),
    "video/x-msvideo": ("avi", "avi"),
    "audio/mpeg": ("mp3", "mp3"),
    "audio/aac": ("aac", "adts"),
    "audio/wav": ("wav", "wav"),
    "audio/amr": ("amr", "amr"),
    "audio/ogg": ("ogg", "ogg"),
    "video/ogg": ("ogg", "ogg"),
}
# A camera writes its settings, sometimes the place, between the pictures.
AVC, HEVC = "6", "39-40"
BETWEEN_PICTURES: Final = (
    (b"avc1", AVC), (b"V_MPEG4/ISO/AVC", AVC), (b"H264", AVC), (b"h264", AVC),
    (b"hvc1", HEVC), (b"hev1", HEVC), (b"V_MPEGH/ISO/HEVC", HEVC),
)  # fmt: skip


def clean(tool: str, source: int, sink: int, media_type: str) -> None:
    """Have *tool* copy what is seen and heard from *source* to *sink*.

    Raises:
        RefusedError: no ffmpeg here, or it cannot read the file.
    """
    if not tool:
        raise RefusedError(NO_TOOL)
    between = _between_pictures(source)
    # New phones add a sound track that nobody else can read: then the first one is enough.
    attempts = dict.fromkeys(
        (extra, sound) for sound in ("0:a?", "0:a:0?") for extra in (between, ())
    )
    if not any(_copied(tool, source, sink, media_type, *attempt) for attempt in attempts):
        raise RefusedError(DAMAGED)


def _between_pictures(source: int) -> tuple[str, ...]:
    head = os.pread(source, 1 << 20, 0)
    tail = os.pread(source, 1 << 20, max(0, os.fstat(source).st_size - (1 << 20)))
    for name, units in BETWEEN_PICTURES:
        if name in head or name in tail:
            return ("-bsf:v", f"filter_units=remove_types={units}")
    return ()


def _copied(
    tool: str, source: int, sink: int, media_type: str, extra: tuple[str, ...], sound: str
) -> bool:
    os.ftruncate(sink, 0)
    command = _command(tool, source, sink, media_type, extra, sound)
    child = os.fork()
    if child == 0:
        _become(command, source, sink)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0 and os.fstat(sink).st_size > 0


def _command(
    tool: str, source: int, sink: int, media_type: str, extra: tuple[str, ...], sound: str
) -> list[str]:
    reader, writer = FORMATS[media_type]
    return [
        tool, "-nostdin", "-hide_banner", "-loglevel", "quiet", "-y", "-threads", "1",
        "-protocol_whitelist", "file", "-f", reader, "-i", f"/proc/self/fd/{source}",
        # V: no cover pictures. Data and subtitle tracks of cameras hold the way they went.
        "-map", "0:V?", "-map", sound,
        "-map_metadata", "-1", "-map_chapters", "-1", "-c", "copy", *extra,
        "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact",
        *(("-id3v2_version", "0", "-write_id3v1", "0") if writer == "mp3" else ()),
        "-f", writer, f"/proc/self/fd/{sink}",
    ]  # fmt: skip


def _become(command: list[str], source: int, sink: int) -> None:
    try:
        signal.alarm(0)  # the group is ended with its leader
        for descriptor in (source, sink):
            os.set_inheritable(descriptor, True)
        confine_tool()
        os.execve(command[0], command, {})  # noqa: S606
    finally:
        os._exit(127)
