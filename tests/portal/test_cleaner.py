"""Photographs lose place, time and device, in a process of its own."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from browsing import photograph
from portal.cleaning import CLEANER, PictureCleaner


@pytest.fixture
def cleaner():
    made = PictureCleaner()
    yield made
    made.close()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photograph_comes_back_upright_and_without_its_metadata(cleaner, kind):
    raw = photograph(kind)
    assert b"PlantedMaker" in raw

    clean = cleaner.clean(raw)

    with Image.open(BytesIO(clean)) as picture:
        assert picture.format == kind
        assert picture.size == (32, 64)
        assert not dict(picture.getexif())
    assert b"PlantedMaker" not in clean
    assert b"Exif" not in clean


def test_what_follows_the_picture_in_the_file_is_gone(cleaner):
    clean = cleaner.clean(photograph() + b"PlantedTail")
    assert clean is not None
    assert b"PlantedTail" not in clean


def test_a_palette_picture_with_transparency_keeps_it(cleaner):
    picture = Image.new("P", (8, 8), 0)
    picture.info["transparency"] = 0
    out = BytesIO()
    picture.save(out, "PNG", transparency=0)

    with Image.open(BytesIO(cleaner.clean(out.getvalue()))) as clean:
        assert clean.mode == "RGBA"
        assert clean.getchannel("A").getextrema() == (0, 0)


def test_what_is_no_picture_or_moves_is_refused_and_the_child_goes_on(cleaner):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    moving = BytesIO()
    frames[0].save(moving, "WEBP", save_all=True, append_images=frames[1:])

    assert cleaner.clean(b"\xff\xd8\xff no picture") is None
    assert cleaner.clean(moving.getvalue()) is None
    assert cleaner.clean(photograph()) is not None


def test_a_picture_with_more_pixels_than_allowed_is_refused(cleaner):
    out = BytesIO()
    Image.new("1", (8001, 8000)).save(out, "PNG")
    assert cleaner.clean(out.getvalue()) is None


def test_a_dead_child_is_replaced(cleaner):
    assert cleaner.clean(photograph()) is not None
    first = cleaner._child
    first.kill()
    first.wait()
    assert cleaner.clean(photograph()) is not None
    assert cleaner._child is not first


def test_a_child_that_takes_too_long_is_ended_and_the_file_counts_as_not_cleaned():
    hurried = PictureCleaner(seconds_max=0.001)
    try:
        assert hurried.clean(photograph(size=(4000, 3000))) is None
    finally:
        hurried.close()


def test_the_child_knows_nothing_of_the_server_and_may_write_nothing(cleaner, monkeypatch):
    monkeypatch.setenv("TONGGUI_SECRETS", "planted")
    cleaner.clean(photograph())
    child = Path("/proc", str(cleaner._child.pid))
    assert b"planted" not in (child / "environ").read_bytes()
    lines = (child / "limits").read_text().splitlines()
    [size] = [line.split()[3:5] for line in lines if line.startswith("Max file size")]
    assert size == ["0", "0"]


def test_the_child_cannot_make_a_file_grow(tmp_path):
    program = (
        f"import sys; sys.path.insert(0, {str(CLEANER.parent)!r}); import cleaner;"
        " cleaner.confine(); f = open('x', 'w'); f.write('y'); f.flush()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode != 0
    assert (tmp_path / "x").stat().st_size == 0
