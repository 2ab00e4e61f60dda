"""The database roles of an instance's processes, for tests on PostgreSQL."""

from urllib.parse import urlsplit

from casework.storage.grants import PROCESSES, role_name


def role_url(url: str, process: str) -> str:
    """Return how *process* reaches the database behind *url*, as its own role."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    role = role_name(parts.path[1:], process)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{role}@{host}{parts.path}{query}"


def role_urls(url: str) -> dict[str, str]:
    """Return the settings that give every process its role; none on SQLite, which has no roles."""
    if url.startswith("sqlite"):
        return {}
    return {f"TONGGUI_DATABASE_URL_{one.upper()}": role_url(url, one) for one in PROCESSES}
