"""Senders who begin and pause: they lose their connection, the others are served."""

import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

from instance import make_world
from servers import running
from visitor import Visitor

THREADS = 8


def test_as_many_paused_senders_as_threads_hold_the_site_up_for_seconds_only(
    tmp_path: Path, sqlite_url: str
):
    world = make_world(tmp_path, sqlite_url)
    world.store.close()
    log = tmp_path / "portal.log"
    with running("portal.wsgi", world.environ, "TONGGUI_PORTAL_BIND", log) as site:
        address = (urlsplit(site.base).hostname, urlsplit(site.base).port)
        paused = [socket.create_connection(address) for _ in range(THREADS)]
        for sender in paused:
            sender.sendall(b"POST /report HTTP/1.1\r\nHost: x\r\nContent-")
        time.sleep(1)
        assert Visitor(site.base).get("/").status == 200  # waits at most for the limit
        for sender in paused:
            sender.close()
