"""What is wrong with a page: its headers, its tree. An empty list is a sound one."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

import bs4
from bs4.builder._html5lib import HTML5TreeBuilder, TreeBuilderForHtml5lib
from werkzeug.datastructures import Headers

CONTROLS = ["input", "select", "textarea"]
SILENT = ("hidden", "submit", "button", "image", "reset")
FETCHES = {
    "script": "src", "img": "src", "iframe": "src", "embed": "src", "object": "data", "link": "href",
    "source": "src", "video": "src", "audio": "src", "track": "src",
}  # fmt: skip
LEADS = ("href", "src", "action", "formaction", "data", "xlink:href", "srcdoc")
NAMES = frozenset(("for", "aria-describedby", "aria-labelledby", "aria-controls", "headers"))  # they name ids
WAYS = ("href", "action", "formaction", "hx-get", "hx-post")
LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\(\w+\)|\bNone\b|\bUndefined\b|<Secret>|\bUUID\(")


class Tree(bs4.BeautifulSoup):
    """The tree that a browser makes of a page, and what it had to mend for it: (line, code)."""

    mended: list[tuple[int, str]]

    @cached_property
    def elements(self) -> list[bs4.Tag]:
        """All of them, in their order: most looks go through them, and gathering them is most of the work."""
        return [node for node in self.descendants if isinstance(node, bs4.Tag)]

    def of(self, *names: str) -> list[bs4.Tag]:
        """Those of some kinds."""
        return [element for element in self.elements if element.name in names]


Look = Callable[[Tree], Iterator[str]]


class _Builder(HTML5TreeBuilder):
    """bs4 throws its parser away, and with it what was wrong; parsing twice would be a quarter of the suite's time."""

    parser: Any = None

    def create_treebuilder(self, namespaceHTMLElements: bool) -> TreeBuilderForHtml5lib:  # noqa: N803 - html5lib's
        made, keeps = super().create_treebuilder(namespaceHTMLElements), self

        class Keeping(TreeBuilderForHtml5lib):
            def __setattr__(self, name: str, value: Any) -> None:
                if name == "parser" and value is not None:
                    keeps.parser = value
                super().__setattr__(name, value)

        made.__class__ = Keeping
        return made


def soup(html: str) -> Tree:
    builder = _Builder()
    tree = Tree(html, builder=builder)
    tree.mended = [(place[0], code) for place, code, _ in builder.parser.errors]
    return tree


def faults(headers: Headers, tree: Tree | None, *, part: bool = False, neutral_title: str | None = None) -> list[str]:
    """Everything that is wrong. part: a fragment for htmx. neutral_title: of a citizen's page; None: a staff page."""
    found = list(_cookies(headers))
    if tree is None:
        return found
    looks: list[Look] = [
        _ids,
        _labels,
        _buttons,
        _forms,
        _nothing_foreign,
        _no_code,
        _text,
        lambda tree: _mended(tree, part),
    ]
    if not part:
        looks += [lambda tree: _heading(tree, neutral_title), _language]
        looks += [_staff] if neutral_title is None else [_exit_first, _heading_first, _citizen_fields, _nothing_to_load]
        spoken = tree.html.get("lang") if tree.html else None
        if headers.get("Content-Language") != spoken:
            found.append(f"Content-Language is {headers.get('Content-Language')!r}, the page's lang {spoken!r}")
    found += _headers(headers)
    for look in looks:
        found += look(tree)
    return found


def _mended(tree: Tree, part: bool) -> Iterator[str]:
    for line, code in tree.mended:
        if not (part and "doctype" in code):
            yield f"a browser would have to mend: {code} near line {line}"


def _headers(headers: Headers) -> Iterator[str]:
    policy = headers.get("Content-Security-Policy", "")
    for piece in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        if piece not in policy:
            yield f"the policy lacks {piece}: {policy!r}"
    if "unsafe" in policy:
        yield f"the policy lets everything in: {policy!r}"
    for name, value in (
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    ):
        if headers.get(name) != value:
            yield f"{name} is {headers.get(name)!r}, not {value!r}"
    if "Strict-Transport-Security" not in headers:
        yield "no Strict-Transport-Security over TLS"
    if "Clear-Site-Data" in headers:
        yield "Clear-Site-Data freezes some browsers"


def _cookies(headers: Headers) -> Iterator[str]:
    for line in headers.getlist("Set-Cookie"):
        name, *parts = [piece.strip().lower() for piece in line.split(";")]
        ends = "max-age=0" in parts
        if not name.startswith("__host-"):
            yield f"a cookie without __Host-: {line}"
        if "secure" not in parts or "path=/" not in parts or any(piece.startswith("domain=") for piece in parts):
            yield f"browsers refuse this __Host- cookie: {line}"
        if not ends and "samesite=strict" not in parts:
            yield f"a cookie that another site's link sends: {line}"


def _ids(tree: Tree) -> Iterator[str]:
    ids = Counter(str(element["id"]) for element in tree.elements if element.has_attr("id"))
    yield from (f"id {name} stands {count} times" for name, count in ids.items() if count > 1)
    for element in tree.elements:
        for attribute in NAMES & element.attrs.keys():
            missing = set(_listed(element, attribute)) - ids.keys()
            if missing:
                yield f"{attribute} names {missing}, which is not there"
    for link in tree.of("a"):
        leads = str(link.get("href", ""))
        if leads.startswith("#") and len(leads) > 1 and leads[1:] not in ids:
            yield f"a link leads to {leads}, which is not there"


def _listed(element: bs4.Tag, attribute: str) -> list[str]:
    value = element[attribute]
    return value.split() if isinstance(value, str) else list(value)


def _labels(tree: Tree) -> Iterator[str]:
    labels = {str(label["for"]): label.get_text(strip=True) for label in tree.of("label") if label.has_attr("for")}
    for control in tree.of(*CONTROLS):
        if control.get("type") in SILENT:
            continue
        parent = control.find_parent("label")
        said = labels.get(str(control.get("id", ""))) or (parent and parent.get_text(strip=True))
        if not (said or control.get("aria-label") or control.get("aria-labelledby")):
            yield f"no label: {_short(control)}"
        if not control.get("name"):
            yield f"no name: {_short(control)}"
        if control.has_attr("placeholder"):
            yield f"a placeholder is no label: {_short(control)}"
    for group in tree.of("fieldset"):
        if not group.find("legend"):
            yield f"a fieldset without legend: {_short(group)}"


def _buttons(tree: Tree) -> Iterator[str]:
    for button in tree.of("button", "a"):
        if not button.get_text(strip=True) and not button.get("aria-label"):
            yield f"no word on it: {_short(button)}"
        if button.name == "button" and button.has_attr("disabled"):
            yield f"a disabled button says nothing: {_short(button)}"


def _forms(tree: Tree) -> Iterator[str]:
    for form in tree.of("form"):
        where = f"form to {form.get('action')!r}"
        if str(form.get("method", "")).lower() not in ("get", "post"):
            yield f"{where} has no method"
        if not str(form.get("action", "")).startswith("/"):
            yield f"{where} has no action of ours"
        if not [button for button in form.find_all("button") if button.get("type", "submit") == "submit"]:
            yield f"{where} has no button"
        if str(form.get("method", "")).lower() == "post":
            named = [control for control in form.find_all([*CONTROLS, "button"]) if control.get("name")]
            if not named or named[-1].get("name") != "end" or named[-1].get("value") != "1":
                yield f"{where} does not end with the end mark"


def _nothing_foreign(tree: Tree) -> Iterator[str]:
    for element in tree.of(*FETCHES):
        address = str(element.get(FETCHES[element.name], ""))
        if address and not address.startswith("data:") and (not address.startswith("/") or address[:2] == "//"):
            yield f"another origin is asked: {_short(element)}"
    for style in tree.of("style"):
        if re.search(r"@import|url\((?!data:)", style.get_text()):
            yield "a style asks for something"


def _no_code(tree: Tree) -> Iterator[str]:
    for element in tree.elements:
        wrong = [name for name in element.attrs if name == "style" or name.startswith(("on", "hx-on"))]
        if wrong or any(str(element.get(name, "")).strip().lower().startswith("javascript:") for name in LEADS):
            yield f"code or style in the markup: {_short(element)}"


def _text(tree: Tree) -> Iterator[str]:
    for text in tree.find_all(string=LEFT_OVER):
        if (
            text.find_parent(["script", "style", "textarea"]) is None
            and text.find_parent(attrs={"dir": "auto"}) is None
        ):
            yield f"left over from a template: {str(text).strip()[:80]!r}"


def _language(tree: Tree) -> Iterator[str]:
    """Every way on hands the language on; the one link that leads to the other language says so in its lang."""
    html: Any = tree.html
    spoken = html.get("lang")
    for element in tree.elements:
        for name in WAYS:
            address = str(element.get(name, ""))
            if not address.startswith("/") or address.startswith(("/static/", "/keluar")):
                continue
            leads = "en" if parse_qs(urlsplit(address).query).get("l") == ["en"] else "id"
            if leads != (element.get("lang") or spoken):
                yield f"{name} {address!r} of a page in {spoken!r}: write it with way(…) or url_for(…)"


def _heading(tree: Tree, neutral_title: str | None) -> Iterator[str]:
    html: Any = tree.html
    if html.get("lang") not in ("id", "en"):
        yield f"lang is {html.get('lang')!r}"
    headings = tree.of("h1")
    if len(headings) != 1:
        yield f"{len(headings)} h1"
    title = tree.title.get_text() if tree.title else ""
    if neutral_title is not None and not re.fullmatch(rf"{re.escape(neutral_title)}( [0-9]{{2,}})?", title):
        yield f"the title is {title!r}, not {neutral_title!r}"
    if neutral_title is None and headings and not title.startswith(" ".join(headings[0].get_text().split())):
        yield f"the title {title!r} does not begin with the h1"
    level = 0
    for heading in tree.of("h1", "h2", "h3", "h4", "h5", "h6"):
        next_level = int(str(heading.name)[1])
        if next_level > level + 1:
            yield f"h{level} is followed by {_short(heading)}"
        level = next_level


def _staff(tree: Tree) -> Iterator[str]:
    at_work = tree.find(id="lock") is not None  # else there is no session that a form could belong to
    for form in tree.of("form"):
        posts = str(form.get("method", "")).lower() == "post"
        if posts and not form.find("input", attrs={"name": "csrf_token"}) and at_work:
            yield f"form to {form.get('action')!r} carries no csrf_token"


def _exit_first(tree: Tree) -> Iterator[str]:
    body: Any = tree.body
    first = body.find(True)
    if first is None or first.name != "nav" or "exit" not in first.get("class", []):
        yield "the exit is not the first thing in the body"
    elif first.a is None or first.a.get("href") != "/keluar":
        yield "the exit does not lead to /keluar"


def _heading_first(tree: Tree) -> Iterator[str]:
    """cases/citizen 10, 54: no offer to translate, and who hears the page begins with its heading, below the demo's."""
    html: Any = tree.html
    if html.get("translate") != "no" or not tree.select_one("meta[name=google][content=notranslate]"):
        yield "a browser would offer to translate, and lay its bar over the exit"
    parts = [part for part in tree.select("main > *") if "notice" not in part.get("class", []) or part.name != "p"]
    if not parts or parts[0].name != "h1":
        yield f"the page begins with {_short(parts[0]) if parts else 'nothing'}, not with its heading"
    if tree.select_one("[autofocus], [tabindex]:not([tabindex='-1'])"):
        yield "the focus is led elsewhere than where one reads"


def _citizen_fields(tree: Tree) -> Iterator[str]:
    for control in tree.of(*CONTROLS):
        if control.has_attr("required"):
            yield f"required: old browsers stop the form without a word: {_short(control)}"
        if control.get("type") in ("password", "number", "time"):
            yield f"a field of a kind that phones make their own of: {_short(control)}"
        if control.get("type") in (*SILENT, "radio", "checkbox") or control.name == "select":
            continue
        for attribute, value in (("autocomplete", "off"), ("spellcheck", "false")):
            if control.get(attribute) != value:
                yield f"{attribute} is not {value}: {_short(control)}"
    for form in tree.of("form"):
        if not form.has_attr("novalidate"):
            yield f"form to {form.get('action')!r} is not novalidate"


def _nothing_to_load(tree: Tree) -> Iterator[str]:
    if tree.of("img", "picture", "video", "audio", "iframe", "object"):
        yield "a picture or a frame"
    if any(name.startswith("hx-") for element in tree.elements for name in element.attrs):
        yield "htmx on a citizen's page"


def _short(element: bs4.Tag) -> str:
    return " ".join(str(element).split())[:120]
