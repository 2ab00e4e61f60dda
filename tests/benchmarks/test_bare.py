"""The denominator does what it says: it parses everything and stores the text."""

import re
import sqlite3
from contextlib import closing

from benchmarks.bare import serve
from benchmarks.bare.app import create_app
from benchmarks.pages import FIELDS, Form
from source import ROOT


def test_every_text_field_is_stored_and_the_file_is_dropped(tmp_path):
    file = tmp_path / "bare.sqlite"
    form = Form(bytes(100 * 1024), "附件.bin", "application/octet-stream")
    client = create_app(f"sqlite:///{file}").test_client()
    answer = client.post("/report", data=form.body({}), content_type=form.content_type)
    assert (answer.status_code, answer.text) == (200, "stored")
    with closing(sqlite3.connect(file)) as connection:
        columns = ", ".join(FIELDS)
        assert connection.execute(f"SELECT {columns} FROM bare_report").fetchall() == [
            tuple(FIELDS.values())
        ]


def test_it_runs_under_the_same_server_settings_as_the_site():
    text = (ROOT / "portal" / "wsgi.py").read_text(encoding="utf-8")
    assert re.search(r'"worker_class":\s*"gthread"', text)
    assert re.search(rf'"workers":\s*{serve.WORKERS}\b', text)
    assert re.search(rf"^THREADS\b.*=\s*{serve.THREADS}$", text, re.MULTILINE)
