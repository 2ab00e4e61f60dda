"""N forms through one of the two applications, without a server; run by benchmarks.instructions.

`python -m benchmarks.driven site|form|bare N`, with the environment of the application.
"""

import sys
from typing import Final

from benchmarks.attachments import forms
from benchmarks.pages import POST_PATH

WARM_UP: Final = 4


def drive_site(times: int) -> None:
    """Get and send the form."""
    from benchmarks.inside import Inside

    site = Inside.open()
    for _ in range(WARM_UP + times):
        site.post(site.get())


def drive_form(times: int) -> None:
    """Get the form alone; it was sent before, as in drive_site."""
    from benchmarks.inside import Inside

    site = Inside.open()
    for _ in range(WARM_UP):
        site.post(site.get())
    for _ in range(times):
        site.get()


def drive_bare(times: int) -> None:
    """Send the form."""
    from benchmarks.bare.app import from_environment

    client = from_environment().test_client()
    form = forms("random")[0]
    body = form.body({"form_token": "x" * 96, "csrf_token": "x" * 96})
    for _ in range(WARM_UP + times):
        answer = client.post(POST_PATH, data=body, content_type=form.content_type)
        assert answer.text == "stored"


DRIVES: Final = {"site": drive_site, "form": drive_form, "bare": drive_bare}

if __name__ == "__main__":
    DRIVES[sys.argv[1]](int(sys.argv[2]))
