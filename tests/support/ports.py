"""Free TCP ports for servers that tests start."""

import os
import secrets
import socket

# Below those that Linux gives to outgoing connections (net.ipv4.ip_local_port_range): between
# this and the moment a server listens nobody is given the port by chance.
PORTS = range(16_000, 32_000)
WORKERS_MAX = 16  # processes of a test run, each with ports of its own
_given: set[int] = set()


def free_port() -> int:
    """Return a port on the loopback address that nobody listens on, and never one twice."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    while True:
        port = secrets.choice(PORTS[worker % WORKERS_MAX :: WORKERS_MAX])
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in _given:
            _given.add(port)
            return port
