"""Viruses: what a real clamd with a signature of our own finds, and what its absence means."""

import shutil
import socket
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from browsing import photograph
from casework.config import SettingError, Settings
from casework.domain.ids import new_id
from cleaning import scanner
from cleaning.scanner import CLEAN, NOT_SCANNED, open_scanner
from crypto.sending import Sending
from portal import uploads

MARKER = b"tonggui-harmless-test-marker-7f3a"
CLAMD = shutil.which("clamd")
START_SECONDS_MAX = 120


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    """Address of a real clamd that knows one virus: MARKER."""
    if CLAMD is None:
        pytest.fail("clamd is missing: `make test` installs clamav-daemon, or names it")
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "test.ndb").write_text(f"Planted.Marker:0:*:{MARKER.hex()}\n")
    path = folder / "clamd.sock"
    config = folder / "clamd.conf"
    config.write_text(
        f"LocalSocket {path}\nDatabaseDirectory {folder}\nForeground yes\n"
        "StreamMaxLength 2M\nLogFile " + str(folder / "log") + "\n"
    )
    process = subprocess.Popen(
        [CLAMD, "--config-file", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    ends_at = time.monotonic() + START_SECONDS_MAX
    while not path.exists() and process.poll() is None and time.monotonic() < ends_at:
        time.sleep(0.05)
    assert path.exists(), (folder / "log").read_text()
    yield f"unix://{path}"
    process.terminate()
    process.wait()


def scanned(address, body, step=1000):
    """What is found in *body*, handed over in steps."""
    scan = open_scanner(address).begin()
    for at in range(0, len(body), step):
        scan.feed(body[at : at + step])
    scan.finish()
    return scan.result


def test_a_virus_is_found_and_named_wherever_it_stands(clamd):
    assert scanned(clamd, MARKER) == "found:Planted.Marker.UNOFFICIAL"
    assert scanned(clamd, bytes(5000) + MARKER + bytes(9)).startswith("found:Planted.Marker")
    assert scanned(clamd, bytes(5000) + MARKER[:-1]) == CLEAN


def test_an_empty_file_and_one_above_the_limit_of_the_scanner_are_not_scanned(clamd):
    assert scanned(clamd, b"") == NOT_SCANNED
    assert scanned(clamd, bytes(3 * 1024 * 1024), step=65536) == NOT_SCANNED


def test_our_own_limit_counts_to_the_byte(clamd, monkeypatch):
    monkeypatch.setattr(scanner, "SCAN_BYTES_MAX", len(MARKER))
    assert scanned(clamd, MARKER).startswith("found:")
    assert scanned(clamd, MARKER + b"x") == NOT_SCANNED


def test_no_setting_no_scanner_and_a_scanner_that_is_away_mean_not_scanned(tmp_path):
    assert scanned("", MARKER) == NOT_SCANNED
    assert scanned(f"unix://{tmp_path}/nobody.sock", MARKER) == NOT_SCANNED
    assert scanned("tcp://127.0.0.1:1", MARKER) == NOT_SCANNED


@pytest.mark.parametrize(
    ("said", "result"),
    [
        (b"stream: OK\0", CLEAN),
        (b"stream: Eicar-Test (a/b) FOUND\0", "found:Eicar-Test (a/b)"),
        (b"stream: <script>x</script> FOUND\0", NOT_SCANNED),
        (b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0", NOT_SCANNED),
        (b"INSTREAM size limit exceeded. ERROR\0", NOT_SCANNED),
        (b"", NOT_SCANNED),
        (b"\xff" * 5000, NOT_SCANNED),
    ],
)
def test_only_a_plain_answer_is_believed(said, result):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            line, _ = server.accept()
            with line:
                while not line.recv(65536).endswith(bytes(4)):
                    pass
                line.sendall(said)

        thread = threading.Thread(target=answer)
        thread.start()
        assert scanned(f"tcp://127.0.0.1:{server.getsockname()[1]}", b"body") == result
        thread.join()


def test_a_scanner_that_never_answers_holds_nobody_up(monkeypatch):
    monkeypatch.setattr(scanner, "ANSWER_SECONDS_MAX", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert scanned(f"tcp://127.0.0.1:{server.getsockname()[1]}", b"body") == NOT_SCANNED


def test_what_arrived_is_scanned_not_what_the_cleaning_left(site, clamd):
    here = replace(site, scanner=open_scanner(clamd))
    sending = Sending.begin(site=site.instance.site, report_id=new_id(), sending_id=new_id())
    for body in (photograph() + MARKER, b"plain " * 50 + MARKER):
        upload = uploads.new_upload(here, sending, "a.jpg")
        upload.write(body)
        upload.seek(0)
        assert upload.entry().scan.startswith("found:Planted.Marker")


@pytest.mark.parametrize(
    "address", ["unix:///run/clamav/clamd.ctl", "tcp://127.0.0.1:3310", "tcp://[::1]:3310", ""]
)
def test_a_scanner_on_this_machine_may_be_set(address):
    assert Settings.from_environment({"TONGGUI_CLAMD": address}).clamd == address


@pytest.mark.parametrize(
    "address",
    ["tcp://10.0.0.9:3310", "tcp://scanner.example:3310", "tcp://127.0.0.1", "unix://clamd",
     "http://127.0.0.1:3310", "clamd"],
)  # fmt: skip
def test_a_scanner_elsewhere_or_nowhere_is_refused_with_a_sentence(address):
    with pytest.raises(SettingError, match=r"TONGGUI_CLAMD: .*write unix:///run"):
        Settings.from_environment({"TONGGUI_CLAMD": address})


def test_a_file_that_is_thrown_away_leaves_no_connection(clamd):
    scan = open_scanner(clamd).begin()
    scan.feed(b"half")
    scan.drop()
    scan.finish()
    assert scan.result == NOT_SCANNED
    assert Path(clamd.removeprefix("unix://")).exists()
