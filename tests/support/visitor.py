"""Somebody with a browser that has no scripts: follows links, fills in forms as they stand.

Speaks HTTP to a real server and knows of a page only what its HTML says, so a journey
breaks when a button, a field or a link is not there.
"""

import http.client
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote, urlencode, urljoin, urlsplit

VOID = frozenset({"input", "br", "img", "meta", "link", "hr"})
Files = Iterable[tuple[str, bytes]]  # name and content; "field|name" for another than "files"


@dataclass(slots=True)
class Form:
    """A form as the page shows it: where it goes, and what is filled in already."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # text, name, value


@dataclass(slots=True)
class Page:
    """One answer of the server."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    forms: list[Form] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)  # text, address
    text: str = ""

    def form(self, action: str = "", *, button: str = "", field: str = "") -> Form:
        """Return the form with this end of its action, this button or this field."""
        for one in self.forms:
            fits = urlsplit(one.action).path.endswith(action)
            has_button = not button or any(button in text for text, _, _ in one.buttons)
            if fits and has_button and (not field or field in one.names):
                return one
        known = [(one.action, [text for text, _, _ in one.buttons]) for one in self.forms]
        raise AssertionError(f"no form {action!r} {button!r} {field!r}; there are {known}")

    def link(self, text: str) -> str:
        """Return the address behind a link: of this very text, else of one that holds it."""
        for fits in (text.__eq__, lambda shown: text in shown):
            for shown, address in self.links:
                if fits(shown.strip()):
                    return address
        raise AssertionError(f"no link {text!r}; there are {[one for one, _ in self.links]}")


class _Reader(HTMLParser):
    """Collects forms, links and text."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page = page
        self.form: Form | None = None
        self.button: list[str] | None = None
        self.link: list[str] | None = None
        self.textarea: str | None = None
        self.select: str | None = None
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.page.url, given.get("action") or self.page.url)
            self.form = Form(action, given.get("method", "get").lower())
            self.page.forms.append(self.form)
        elif tag == "a" and "href" in given:
            self.link = [urljoin(self.page.url, given["href"]), ""]
        elif tag == "button" and self.form is not None:
            self.button = [given.get("name", ""), given.get("value", ""), ""]
        elif self.form is not None and given.get("name"):
            self._field(tag, given)
        elif tag == "option" and self.select and self.form is not None:
            values = self.form.fields.setdefault(self.select, [])
            if "selected" in given or not values:
                self.form.fields[self.select] = [given.get("value", "")]

    def _field(self, tag: str, given: Mapping[str, str]) -> None:
        assert self.form is not None
        name, kind = given["name"], given.get("type", "text")
        self.form.names.add(name)
        if tag == "textarea":
            self.textarea = name
            self.form.fields[name] = [""]
        elif tag == "select":
            self.select = name
        elif tag == "input" and kind in ("submit", "button"):
            self.form.buttons.append((given.get("value", ""), name, given.get("value", "")))
        elif tag == "input" and kind in ("radio", "checkbox"):
            if "checked" in given:
                self.form.fields.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "input" and kind != "file":
            self.form.fields.setdefault(name, []).append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "a" and self.link is not None:
            self.page.links.append((self.link[1].strip(), self.link[0]))
            self.link = None
        elif tag == "button" and self.button is not None and self.form is not None:
            self.form.buttons.append((self.button[2].strip(), self.button[0], self.button[1]))
            self.button = None
        elif tag == "textarea":
            self.textarea = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data: str) -> None:
        if self.textarea is not None and self.form is not None:
            self.form.fields[self.textarea][0] += data
        if self.button is not None:
            self.button[2] += data
        if self.link is not None:
            self.link[1] += data
        self.texts.append(data)


@dataclass(slots=True)
class Visitor:
    """One browser: its cookies, and the page it shows."""

    base: str
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    page: Page | None = None

    def get(self, path: str) -> Page:
        """Open an address."""
        return self._go("GET", urljoin(self.base, path), b"", {})

    def follow(self, text: str) -> Page:
        """Click a link."""
        assert self.page is not None
        return self.get(self.page.link(text))

    def send(
        self,
        form: Form,
        values: Mapping[str, str | list[str]] | None = None,
        *,
        files: Files = (),
        press: str = "",
    ) -> Page:
        """Fill in and send a form; names that it does not have are a mistake of the journey."""
        filled = {name: list(kept) for name, kept in form.fields.items()}
        for name, value in (values or {}).items():
            assert name in form.names, f"the form has no field {name!r}: {sorted(form.names)}"
            filled[name] = [value] if isinstance(value, str) else list(value)
        for text, name, value in form.buttons:
            if press and press in text and name:
                filled[name] = [value]
        pairs = [(name, value) for name, kept in filled.items() for value in kept]
        if form.method == "get":
            split = urlsplit(form.action)
            return self.get(f"{split.path}?{urlencode(pairs)}")
        origin = {"Origin": self.base.rstrip("/"), "Sec-Fetch-Site": "same-origin"}
        if files:
            body, kind = multipart(pairs, files)
        else:
            body, kind = urlencode(pairs).encode(), "application/x-www-form-urlencoded"
        return self._go("POST", form.action, body, {"Content-Type": kind, **origin})

    def _go(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Page:
        for _redirect in range(6):
            page = self._request(method, url, body, headers)
            if page.status not in (301, 302, 303):
                break
            url, method, body, headers = urljoin(url, page.headers["Location"]), "GET", b"", {}
        self.page = page
        return page

    def _request(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Page:
        split = urlsplit(url)
        path = quote(split.path) + (f"?{split.query}" if split.query else "")
        sent = {**self.headers, **headers}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection(split.hostname or "", split.port, timeout=90)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, rest = line.partition("=")
            value = rest.partition(";")[0]
            if value and "Max-Age=0" not in line:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        page = Page(url, answer.status, dict(answer.headers), data)
        if "html" in answer.headers.get("Content-Type", ""):
            reader = _Reader(page)
            reader.feed(data.decode())
            page.text = " ".join(" ".join(reader.texts).split())
        return page


def multipart(pairs: Iterable[tuple[str, str]], files: Files) -> tuple[bytes, str]:
    """Return the body and content type of a form with files, as browsers write it."""
    boundary = f"----form{secrets.token_hex(8)}"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in pairs
    ]
    for where, body in files:
        field_name, _, name = where.rpartition("|")
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field_name or "files"}"; '
            f'filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        parts.append(head.encode() + body + b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"
