"""The public site without a server, in this process: for counting and for profiles."""

from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit

from flask.testing import FlaskClient

from benchmarks.attachments import forms
from benchmarks.clients import next_network
from benchmarks.pages import FORM_PATH, POST_PATH, form_tokens, receipt_code, title
from casework.config import Settings
from casework.storage.statements import StatementCount, count_statements
from casework.storage.unit_of_work import Store
from crypto.argon import CodeParameters
from portal.app import create_app
from portal.extensions import KEY, PublicSite


class Inside:
    """The site of the environment's instance."""

    def __init__(self, client: FlaskClient, here: PublicSite) -> None:
        """Use Inside.open()."""
        self._client = client
        self._here = here
        self._form = forms("random")[0]

    @classmethod
    def open(cls) -> Self:
        """Make the site as its server makes it."""
        app = create_app(Settings.from_environment())
        return cls(app.test_client(), app.extensions[KEY])

    @staticmethod
    def limits_file() -> str:
        """Return the path of the limiter's SQLite file; "" if it is somewhere else."""
        parts = urlsplit(Settings.from_environment().limits_url)
        return parts.path[1:] if parts.scheme == "sqlite" else ""

    @property
    def client(self) -> FlaskClient:
        """Sends any other request to the site."""
        return self._client

    @property
    def store(self) -> Store:
        """The site's database."""
        return self._here.store

    @property
    def code_parameters(self) -> CodeParameters:
        """What a receipt costs here."""
        return self._here.code_parameters[0]

    def count_statements(self) -> StatementCount:
        """Count what the site's store sends from now on."""
        return count_statements(self._here.store)

    def prepare_codes(self) -> None:
        """Fill the pool of prepared codes, as idle time would."""
        self._here.pool.fill(64)

    def get(self) -> Mapping[str, str]:
        """Get the form; return its tokens."""
        answer = self._client.get(FORM_PATH)
        if answer.status_code != 200:
            raise RuntimeError(f"GET {answer.status_code} {title(answer.text)}")
        return form_tokens(answer.text)

    def post(self, tokens: Mapping[str, str]) -> str:
        """Send the form; return the code."""
        answer = self._client.post(
            POST_PATH,
            data=self._form.body(tokens),
            content_type=self._form.content_type,
            headers={"Sec-Fetch-Site": "same-origin"},
            environ_base={"REMOTE_ADDR": next_network()},
        )
        code = receipt_code(answer.text)
        if answer.status_code != 200 or code is None:
            raise RuntimeError(f"POST {answer.status_code} {title(answer.text)}")
        return code
