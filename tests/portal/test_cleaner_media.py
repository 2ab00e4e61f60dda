"""Video and sound keep what is seen and heard, and lose title, place, time and device."""

import shutil
import subprocess

import pytest

import samples
from browsing import photograph
from cleaned import cleaned, reason, told_by_exiftool
from cleaning.inspection import DAMAGED, NO_TOOL, Cleaners

needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
needs_exiftool = pytest.mark.skipif(
    not shutil.which("exiftool"), reason="exiftool is not installed"
)


@pytest.fixture(scope="module")
def cleaners():
    made = Cleaners()
    yield made
    made.close()


def frames_of(raw, folder):
    """Digests of the decoded picture and sound, as ffmpeg sees them."""
    path = folder / "judged"
    path.write_bytes(raw)
    done = subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-i", str(path), "-f", "streamhash", "-"],
        capture_output=True, check=True,
    )  # fmt: skip
    return done.stdout


@needs_ffmpeg
@needs_exiftool
@pytest.mark.parametrize("ending", samples.RECIPES)
def test_a_recording_loses_what_tells_about_it_and_keeps_every_frame(cleaners, ending, tmp_path):
    raw = samples.recording(ending, tmp_path)
    assert "Planted" in told_by_exiftool(raw, tmp_path)

    clean = cleaned(cleaners, raw)

    assert b"Planted" not in clean
    after = told_by_exiftool(clean, tmp_path)
    for word in ("Planted", "34.25", "34 deg", "2020", "x264"):
        assert word not in after, after
    assert b"x264 - core" not in clean
    assert frames_of(clean, tmp_path) == frames_of(raw, tmp_path)


@needs_ffmpeg
def test_a_film_stays_upright(cleaners, tmp_path):
    path, turned = tmp_path / "a.mp4", tmp_path / "b.mp4"
    path.write_bytes(samples.recording("mp4", tmp_path))
    command = f"ffmpeg -loglevel error -i {path} -c copy -metadata:s:v rotate=90 {turned}"
    subprocess.run(command.split(), check=True)
    path.write_bytes(cleaned(cleaners, turned.read_bytes()))
    asked = "ffprobe -v error -show_entries stream_side_data=rotation -of csv=p=0"
    for film in (turned, path):
        done = subprocess.run([*asked.split(), str(film)], capture_output=True, check=True)
        assert done.stdout.strip() == b"90"


@needs_ffmpeg
def test_tracks_of_a_camera_beside_picture_and_sound_are_dropped(cleaners, tmp_path):
    way = tmp_path / "way.srt"
    way.write_text("1\n00:00:00,000 --> 00:00:01,000\nPlantedWay 34.25N\n")
    film, out = tmp_path / "a.mkv", tmp_path / "b.mkv"
    film.write_bytes(samples.recording("mkv", tmp_path))
    command = f"ffmpeg -loglevel error -i {film} -i {way} -map 0 -map 1 -c copy {out}"
    subprocess.run(command.split(), check=True)
    assert b"PlantedWay" in out.read_bytes()
    assert b"PlantedWay" not in cleaned(cleaners, out.read_bytes())


@needs_ffmpeg
def test_a_cover_picture_of_a_song_goes(cleaners, tmp_path):
    song, cover, out = tmp_path / "a.mp3", tmp_path / "c.jpg", tmp_path / "b.mp3"
    song.write_bytes(samples.recording("mp3", tmp_path))
    cover.write_bytes(photograph())
    command = f"ffmpeg -loglevel error -i {song} -i {cover} -map 0 -map 1 -c copy {out}"
    subprocess.run(command.split(), check=True)
    assert b"PlantedMaker" in out.read_bytes()
    assert b"PlantedMaker" not in cleaned(cleaners, out.read_bytes())


@needs_ffmpeg
def test_a_playlist_in_the_clothes_of_a_film_opens_nothing(cleaners, tmp_path):
    secret = tmp_path / "secret.ts"
    secret.write_bytes(b"PlantedSecret")
    playlist = f"#EXTM3U\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n".encode()
    assert reason(cleaners, playlist, "video/mp4") == DAMAGED
    assert reason(cleaners, b"\0\0\0\x18ftypmp42" + playlist) == DAMAGED


def test_without_the_tool_the_reason_is_said():
    bare = Cleaners(tool="")
    try:
        assert reason(bare, b"\0\0\0\x18ftypmp42" + bytes(50)) == NO_TOOL
        assert cleaned(bare, photograph())
    finally:
        bare.close()
