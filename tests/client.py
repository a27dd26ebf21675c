"""A browser without scripts that lints each page it gets.

client = Client(app)                         over https://localhost, so that __Host- cookies flow
page = client.get("/lapor")                  nothing is followed: page.status, page.location, page.h1, page.text
page = client.submit("Kirim", what="…")      fills in the form with that button on the last page, sends it, follows 303
page = client.post("/lapor", {"what": "…"})  sends what no form would
"""

import io
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import bs4
from flask import Flask
from werkzeug.datastructures import Headers
from werkzeug.test import Client as Caller
from werkzeug.test import TestResponse

from tests.lint import faults, soup

HOST = "https://localhost"
BOUNDARY = "----WebKitFormBoundaryPepaPepaPepa01"
Fields = Mapping[str, str] | Iterable[tuple[str, str]]


class Page:
    """One answer. It is linted when it is made; `html` is its tree (None for what is no HTML)."""

    def __init__(self, answer: TestResponse, address: str, *, part: bool = False, neutral_title: str | None) -> None:
        self.address = address
        self.status: int = answer.status_code
        self.headers: Headers = answer.headers
        self.body: bytes = answer.get_data()
        self.location: str | None = answer.headers.get("Location")
        self.cookies: list[str] = answer.headers.getlist("Set-Cookie")
        is_html = answer.mimetype == "text/html" and "Content-Encoding" not in answer.headers and bool(self.body)
        self.html: bs4.BeautifulSoup | None = soup(self.body.decode()) if is_html else None
        found = faults(answer.headers, self.html, part=part, neutral_title=neutral_title)
        found += self._lost_language()
        assert not found, f"{address} ({self.status}):\n  " + "\n  ".join(found)

    def _lost_language(self) -> list[str]:
        """A redirect to a page of ours keeps the language."""
        leads, asked = (parse_qs(urlsplit(place).query).get("l") for place in (self.location or "/", self.address))
        ours = self.location is not None and self.location.startswith("/")
        lost = ours and (asked == ["en"]) != (leads == ["en"])
        return [f"{self.address} leads to {self.location}, in another language"] if lost else []

    @property
    def tree(self) -> bs4.BeautifulSoup:
        """The page, which has to be one."""
        assert self.html is not None, f"{self.address}: no page but {self.status} {dict(self.headers)}"
        return self.html

    @property
    def h1(self) -> str:
        (heading,) = self.tree.find_all("h1")
        return words(heading)

    @cached_property
    def text(self) -> str:
        """What is read on the page: no script, no style, each space once."""
        body = self.tree.body or self.tree
        return words(body)

    @property
    def forms(self) -> list[bs4.Tag]:
        return list(self.tree.find_all("form"))

    def has(self, *sentences: str) -> bool:
        """Whether the page says all of these."""
        return all(" ".join(sentence.split()) in self.text for sentence in sentences)

    def value(self, name: str) -> str:
        """What stands in the first control of that name."""
        control = self.tree.find(["input", "textarea", "select"], attrs={"name": name})
        assert isinstance(control, bs4.Tag), f"{self.address} has no field {name}"
        return dict(_filled(control, {}))[name] if control.name == "select" else _content(control)

    def link(self, text: str) -> str:
        """Where the link with this text leads."""
        found = [a for a in self.tree.find_all("a") if words(a).startswith(text)]
        assert found, f"{self.address} has no link {text!r}: {[words(a) for a in self.tree.find_all('a')]}"
        return str(found[0]["href"])

    def form(self, which: str | int | None = None) -> tuple[bs4.Tag, bs4.Tag | None]:
        """A form and its button: by the button's text, by number, or the only one that there is."""
        if isinstance(which, str):
            for form in self.forms:
                for button in form.find_all("button"):
                    if which in (words(button), words(button.b) if button.b else ""):
                        return form, button
            buttons = [words(button) for button in self.tree.find_all("button")]
            raise AssertionError(f"{self.address} has no button {which!r}: {buttons}")
        forms = self.forms
        assert which is not None or len(forms) == 1, f"{self.address} has {len(forms)} forms: say which"
        form = forms[which or 0]
        return form, form.find("button")

    def __repr__(self) -> str:
        return f"<{self.status} {self.address}{' → ' + self.location if self.location else ''}>"


class Client:
    """See above. cookies=False: a phone that keeps none."""

    def __init__(
        self,
        app: Flask,
        *,
        cookies: bool = True,
        headers: Mapping[str, str] | None = None,
        neutral_title: str = "Info Warga",
    ) -> None:
        self._caller = Caller(app, use_cookies=cookies)
        self.headers = dict(headers or {})
        self.neutral_title = neutral_title
        self.page: Page | None = None

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> Page:
        return self.call("GET", path, headers=headers)

    def post(
        self, path: str, fields: Fields | None = None, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> Page:
        """fields as a form, or data= and content_type= for something else."""
        if fields is not None:
            pairs = fields.items() if isinstance(fields, Mapping) else fields
            body = urlencode([(name, value) for name, value in pairs])
            more = {"data": body, "content_type": "application/x-www-form-urlencoded", **more}
        return self.call("POST", path, headers=headers, **more)

    def call(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> Page:
        """Any method. Nothing is followed."""
        given = {**self.headers, **(headers or {})}
        answer = self._caller.open(path, method=method, base_url=HOST, headers=given, **more)
        part = given.get("HX-Request") == "true" and b"<!doctype" not in answer.get_data()[:20].lower()
        staff = urlsplit(path).path.startswith("/petugas")
        self.page = Page(answer, path, part=part, neutral_title=None if staff else self.neutral_title)
        answer.close()  # what is done once the answer is out
        return self.page

    def open(self, path: str) -> Page:
        """Get a page and follow where it leads."""
        return self._followed(self.get(path))

    def click(self, text: str) -> Page:
        """Go where the link with this text on the last page leads."""
        assert self.page is not None
        return self.open(urljoin(self.page.address, self.page.link(text)))

    def submit(self, which: str | int | None = None, **fields: str | bool | list[str]) -> Page:
        """Fill in a form of the last page as a person would, press its button, follow 303."""
        assert self.page is not None, "get a page first"
        page = self.page
        form, button = page.form(which)
        pairs = filled(form, button, fields)
        action = urljoin(page.address, str(form["action"]))
        if str(form.get("method", "get")).lower() == "get":
            return self.open(f"{action.partition('?')[0]}?{urlencode(pairs)}")
        sent = {"Sec-Fetch-Site": "same-origin", "Origin": "null" if page_is_citizens(action) else HOST}
        return self._followed(self.post(action, pairs, headers=sent))

    def send_files(self, which: str, *files: tuple[str, bytes], cut: float = 1.0, **fields: str) -> Page:
        """The same for a form with a file field. files: name and content of each; cut: how much of it is sent."""
        assert self.page is not None, "get a page first"
        page = self.page
        form, button = page.form(which)
        assert form.get("enctype") == "multipart/form-data", f"{page.address} cannot send files"
        body = parts_of(form, filled(form, button, fields), files)
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        sent = {"Sec-Fetch-Site": "same-origin", "Origin": "null"}
        whole = {"CONTENT_LENGTH": str(len(body))}
        action = urljoin(page.address, str(form["action"]))
        piece = io.BytesIO(body[: round(len(body) * cut)])
        answer = self.post(action, content_type=kind, input_stream=piece, environ_overrides=whole, headers=sent)
        return self._followed(answer)

    def _followed(self, page: Page) -> Page:
        for _ in range(5):
            if page.status not in (301, 302, 303, 307, 308) or page.location is None:
                return page
            if urlsplit(page.location).netloc:
                return page
            page = self.get(urljoin(page.address, page.location))
        raise AssertionError(f"{page} leads round in a circle")

    def cookie(self, name: str) -> str | None:
        """What this browser keeps under a name."""
        found = self._caller.get_cookie(name, "localhost")
        return found.value if found else None

    def set_cookie(self, name: str, value: str) -> None:
        """As a script of the page would, or a thief with a copy."""
        self._caller.set_cookie(name, value, domain="localhost", secure=True)

    def forget_cookies(self) -> None:
        self._caller._cookies = {}  # a browser that was closed


def parts_of(form: bs4.Tag, pairs: Iterable[tuple[str, str]], files: Iterable[tuple[str, bytes]]) -> bytes:
    """A form as browsers send it with files; in its file field nothing was chosen where there are none."""
    out = []
    for name, value in pairs:
        chosen = form.find("input", attrs={"name": name, "type": "file"})
        for called, content in (list(files) or [("", b"")]) if chosen else [(None, value.encode())]:
            more = "" if called is None else f'; filename="{called}"\r\nContent-Type: application/octet-stream'
            out.append(
                f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content
            )
    return b"\r\n".join([*out, f"--{BOUNDARY}--\r\n".encode()])


def page_is_citizens(path: str) -> bool:
    return not path.startswith("/petugas")


def words(element: bs4.Tag) -> str:
    """The text of an element as it is read: without scripts and styles, each space once."""
    return " ".join("".join(_read(element)).split())


def _read(element: bs4.Tag) -> Iterator[str]:
    for node in element.children:
        if isinstance(node, bs4.Tag):
            if node.name not in ("script", "style", "template"):
                yield from _read(node)
        elif not isinstance(node, bs4.Comment):
            yield str(node)


def filled(form: bs4.Tag, button: bs4.Tag | None, fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a browser sends of a form: its controls in order, with what was typed, and the button that was pressed."""
    pairs: list[tuple[str, str]] = []
    names = set()
    for control in form.find_all(["input", "textarea", "select", "button"]):
        name = control.get("name")
        if not name or control.has_attr("disabled"):
            continue
        names.add(name)
        if control.name == "button":
            pairs += [(str(name), str(control.get("value", "")))] if control is button else []
        else:
            pairs += _filled(control, fields)
    unknown = set(fields) - names
    assert not unknown, f"the form has no field {unknown}, but {names}"
    return pairs


def _filled(control: bs4.Tag, fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    name, kind = str(control["name"]), str(control.get("type", "text"))
    typed = fields.get(name)
    if control.name == "select":
        return _picked(control, name, typed)
    if control.name == "input" and kind in ("radio", "checkbox"):
        value = str(control.get("value", "on"))
        if typed is None:
            ticked = control.has_attr("checked")
        elif isinstance(typed, bool):
            ticked = typed
        else:
            ticked = value in ([typed] if isinstance(typed, str) else typed)
        return [(name, value)] if ticked else []
    if typed is None:
        return [(name, _content(control))]
    assert kind != "hidden", f"nobody types into the hidden field {name}: use post()"
    text = str(typed).replace("\r\n", "\n")
    return [(name, text.replace("\n", "\r\n") if control.name == "textarea" else text)]


def _picked(control: bs4.Tag, name: str, typed: Any) -> list[tuple[str, str]]:
    options = control.find_all("option")
    values = [str(option.get("value", words(option))) for option in options]
    if typed is not None:
        wanted = [typed] if isinstance(typed, str) else list(typed)
        assert set(wanted) <= set(values), f"{name} has no {wanted}, but {values}"
        return [(name, value) for value in wanted]
    chosen = [value for option, value in zip(options, values, strict=True) if option.has_attr("selected")]
    if not chosen and not control.has_attr("multiple"):
        chosen = values[:1]
    return [(name, value) for value in chosen]


def _content(control: bs4.Tag) -> str:
    if control.name == "textarea":
        text = "".join(str(piece) for piece in control.strings)
        return text.replace("\n", "\r\n")
    return str(control.get("value", "on" if control.get("type") == "checkbox" else ""))
