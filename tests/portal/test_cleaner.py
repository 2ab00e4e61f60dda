"""Photographs lose place, time and device; what the process of a file may do."""

import subprocess
import sys
import threading
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

import samples
from browsing import photograph
from cleaned import cleaned, reason
from cleaning import inspection as cleaning
from cleaning.inspection import CLEANED, DAMAGED, TIMED_OUT, TOO_LARGE, UNKNOWN, Cleaners
from cleaning.media_types import media_type
from faults import until


@pytest.fixture(scope="module")
def cleaners():
    made = Cleaners()
    yield made
    made.close()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_photograph_comes_back_upright_and_without_its_metadata(cleaners, kind):
    raw = photograph(kind)
    assert b"PlantedMaker" in raw

    clean = cleaned(cleaners, raw)

    with Image.open(BytesIO(clean)) as picture:
        assert picture.format == kind
        assert picture.size == (32, 64)
        assert not {0x010F, 0x0112, 0x8825} & set(picture.getexif())
    assert b"PlantedMaker" not in clean
    assert b"Exif" not in clean


def test_a_photograph_of_an_iphone_becomes_a_jpeg_that_any_office_can_open(cleaners):
    raw = samples.heic()
    assert b"PlantedMaker" in raw

    done = cleaners.clean(raw, media_type(raw))

    assert (done.reason, done.media_type) == (CLEANED, "image/jpeg")
    with Image.open(BytesIO(done.data[:])) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (64, 32)
    assert b"PlantedMaker" not in done.data[:]


def test_of_two_pictures_in_one_file_the_first_is_kept(cleaners):
    raw = samples.two_in_one()
    clean = cleaned(cleaners, raw)
    with Image.open(BytesIO(clean)) as picture:
        assert getattr(picture, "n_frames", 1) == 1
        red, green, blue = picture.convert("RGB").crop((5, 5, 6, 6)).tobytes()
        assert red > 200
        assert max(green, blue) < 60
    assert b"PlantedMaker" not in clean


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "TIFF", "PNG"])
def test_a_picture_of_several_frames_keeps_them(cleaners, kind):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue", "green")]
    out = BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=200)
    with Image.open(BytesIO(cleaned(cleaners, out.getvalue()))) as clean:
        assert getattr(clean, "n_frames", 1) == 3
        clean.seek(1)
        red, _, blue = clean.convert("RGB").crop((4, 4, 5, 5)).tobytes()
        assert blue > 200 > 60 > red


def test_what_follows_the_picture_in_the_file_is_gone(cleaners):
    assert b"PlantedTail" not in cleaned(cleaners, photograph() + b"PlantedTail")


def test_a_palette_picture_with_transparency_keeps_it(cleaners):
    out = BytesIO()
    Image.new("P", (8, 8), 0).save(out, "PNG", transparency=0)
    with Image.open(BytesIO(cleaned(cleaners, out.getvalue()))) as clean:
        assert clean.mode == "RGBA"
        assert clean.getchannel("A").getextrema() == (0, 0)


def test_what_is_no_picture_is_refused_and_the_next_is_cleaned(cleaners):
    assert reason(cleaners, b"\xff\xd8\xff no picture") == DAMAGED
    assert reason(cleaners, photograph()[:800]) == DAMAGED
    assert cleaned(cleaners, photograph())


def test_pixels_up_to_the_limit_are_cleaned_and_one_row_more_is_not(cleaners):
    def of(height):
        out = BytesIO()
        Image.new("1", (8000, height)).save(out, "PNG")
        return out.getvalue()

    assert cleaned(cleaners, of(8000))
    assert reason(cleaners, of(8001)) == TOO_LARGE


def test_each_format_has_its_limit_in_bytes(cleaners):
    for kind, limit in cleaning.BYTES_MAX.items():
        assert reason(cleaners, bytes(limit + 1), kind) == TOO_LARGE
    assert reason(cleaners, b"text", "application/octet-stream") == UNKNOWN


def test_a_dead_server_is_replaced(cleaners):
    assert cleaned(cleaners, photograph())
    first = cleaners._warm
    first.kill()
    first.wait()
    assert cleaned(cleaners, photograph())
    assert cleaners._warm is not first


def test_a_file_that_takes_too_long_is_ended_and_the_next_is_cleaned(monkeypatch):
    hurried = Cleaners()
    try:
        assert cleaned(hurried, photograph())
        with monkeypatch.context() as patch:
            patch.setattr(hurried, "_seconds_max", 0.2)
            assert reason(hurried, photograph(size=(6000, 5000))) == TIMED_OUT
        until(lambda: not children_of(server_of(hurried)))
        assert cleaned(hurried, photograph())
    finally:
        hurried.close()


def server_of(cleaners):
    """Number of the process that waits for files."""
    assert cleaners._warm is not None
    return cleaners._warm.pid


def children_of(pid):
    """Numbers of the living processes that *pid* started."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


def test_two_files_are_cleaned_at_a_time_and_never_mixed(cleaners):
    pictures = [photograph(size=(900, 700 + step)) for step in range(6)]
    sizes = [(0, 0)] * len(pictures)

    def one(at):
        with Image.open(BytesIO(cleaned(cleaners, pictures[at]))) as picture:
            sizes[at] = picture.size

    threads = [threading.Thread(target=one, args=(at,)) for at in range(len(pictures))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [(700 + step, 900) for step in range(6)]


def test_the_server_knows_nothing_of_the_site(cleaners, monkeypatch):
    monkeypatch.setenv("TONGGUI_SECRETS", "planted")
    fresh = Cleaners()
    try:
        assert cleaned(fresh, photograph())
        server = Path("/proc", str(server_of(fresh)))
        assert (server / "environ").read_bytes() == b""
        assert (server / "cwd").readlink() == Path("/")
        opened = [str(one.readlink()) for one in (server / "fd").iterdir()]
        assert not [one for one in opened if "sqlite" in one or "memfd" in one]
    finally:
        fresh.close()


TRIES = {
    "open a file": "open('/etc/hostname')",
    "write a file": "os.open('/tmp/planted', os.O_CREAT | os.O_WRONLY)",
    "reach the network": "socket.socket()",
    "start a program": "os.execv('/bin/true', ['true'])",
    "start a process": "os.fork()",
    "end another process": "os.kill(os.getppid(), 9)",
    "take more memory": "bytearray(1100 * 1024 * 1024)",
}


@pytest.mark.parametrize("what", TRIES)
def test_the_process_of_a_file_may_not(what):
    program = (
        "import os, socket\nfrom cleaning.cleaner.confine import confine\nconfine()\n"
        f"try:\n    {TRIES[what]}\nexcept (OSError, MemoryError): os.write(1, b'refused')\n"
        "os._exit(0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, cwd=cleaning.ROOT
    )
    assert done.stdout == b"refused", done.stderr


def test_the_program_that_copies_films_may_not_reach_the_network():
    program = (
        "import os, sys\nfrom cleaning.cleaner.confine import confine_tool\nconfine_tool()\n"
        "os.execv(sys.executable, [sys.executable, '-c', 'import socket; socket.socket()'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=False, cwd=cleaning.ROOT
    )
    assert b"Operation not permitted" in done.stderr
