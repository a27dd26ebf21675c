"""What templates may use: the look, the words, and `ui`, one macro a file."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from flask import Flask, current_app
from jinja2 import Environment, StrictUndefined, TemplateNotFound
from jinja2.runtime import Macro
from markupsafe import Markup

from pepa.domain import incidents, settings
from pepa.web import formats, scans

HERE = Path(__file__).parent.parent


def _squeezed(file: str) -> str:
    """A file of ours without comments and line breaks, to stand in the page."""
    text = (HERE / "static" / file).read_text()
    return re.sub(r"/\*.*?\*/|^\s+|\n", "", text, flags=re.DOTALL | re.MULTILINE).strip()


@cache
def citizen_style(*without: str) -> str:
    """citizen.css, whole or without what a page has none of (`.code`, `table`): on GPRS 600 bytes are 0.1 s."""
    return _pruned(_squeezed("citizen.css"), frozenset(without))


def _pruned(css: str, without: frozenset[str]) -> str:
    rules = re.findall(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\}|[^{}]+\{[^{}]*\}", css)
    return "".join(_rule(rule, without) for rule in rules)


def _rule(rule: str, without: frozenset[str]) -> str:
    head, _, body = rule.partition("{")
    if head.startswith("@media"):
        return f"{head}{{{_pruned(body[:-1], without)}}}"
    kept = [selector for selector in head.split(",") if re.split("[ :]", selector.strip())[0] not in without]
    return f"{','.join(kept)}{{{body}" if kept else ""


LIGHT_LACKS = (".exit", ".code", ".calls", ".thread")  # no page of the desk for a cheap phone has one of these


@cache
def light_style() -> str:
    """The citizens' style for such a page: no bar lies over its top."""
    return citizen_style(*LIGHT_LACKS) + "body{padding-top:1em}"


@cache
def script(file: str = "exit.js") -> str:
    return _squeezed(file)


@cache
def whole(file: str) -> str:
    """A script of ours as it stands, for a door that serves it."""
    return (HERE / "static" / file).read_text()


@cache
def style_source(*without: str) -> str:
    """The CSP source of the inlined style."""
    return _source(citizen_style(*without))


@cache
def light_source() -> str:
    """The CSP source of that style."""
    return _source(light_style())


@cache
def script_source(file: str = "exit.js") -> str:
    """The CSP source of an inlined script."""
    return _source(script(file))


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def icons() -> dict[str, str]:
    """The drawings of icons.svg by name, for inlining."""
    svg = (HERE / "static/icons.svg").read_text()
    found = {}
    for piece in svg.split("<symbol ")[1:]:
        head, _, rest = piece.partition(">")
        name = head.split('id="', 1)[1].split('"', 1)[0]
        found[name] = rest.split("</symbol>", 1)[0].strip()
    return found


def register(app: Flask) -> None:
    """Set the templates up; `ui.field(…)` is the macro `field` of templates/ui/field.html."""
    env = app.jinja_env
    env.undefined = StrictUndefined
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update(dial=formats.dial, chat=formats.chat, quoted=lambda text: quote(text, safe=""))
    env.globals.update(
        settings=settings.read,
        disruption=lambda: incidents.told()[0],
        formats=formats,
        style=lambda *without: Markup(citizen_style(*without)),  # noqa: S704 - files of ours
        light_style=lambda: Markup(light_style()),  # noqa: S704
        script=lambda *file: Markup(script(*file)),  # noqa: S704
        drawing=lambda name: Markup(icons()[name]),  # noqa: S704
        qr=lambda path, scale=0: scans.qr(scans.address(path), scale),
        address=scans.address,
        production=lambda: current_app.config["PEPA"].production,
    )
    env.globals["ui"] = Macros(env)


class Macros:
    """`ui`: each macro is read when it is first used, since it sees what doors have given to templates until then."""

    def __init__(self, env: Environment) -> None:
        self._env = env

    def __getattr__(self, name: str) -> Macro:
        try:
            module = self._env.get_template(f"ui/{name}.html").module
        except TemplateNotFound:
            raise AttributeError(name) from None
        macro: Macro = getattr(module, name)
        setattr(self, name, macro)
        return macro
