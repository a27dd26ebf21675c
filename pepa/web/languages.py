"""Which language a page speaks: Indonesian, or English where the address says `l=en`.

It stands in the address because pages that are only read set no cookie, and because whoever sends a link sends the
language along. Every link, form and redirect of ours hands it on: `url_for` by itself, a written path through `way`.
No other value means anything, so nothing that somebody puts there gets into a page or a header.
"""

import re

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, force_locale, get_translations, gettext

INDONESIAN, ENGLISH = "id", "en"
ARGUMENT = "l"


def register(app: Flask) -> None:
    Babel(app, default_locale=INDONESIAN, default_timezone="Asia/Jakarta", locale_selector=language)
    app.url_defaults(_hand_on)
    app.jinja_env.globals.update(language=language, way=way, other_language=other_language)
    app.jinja_env.install_gettext_callables(said, _counted, newstyle=True)  # type: ignore[attr-defined]


def said(sentence: str) -> str:
    """A sentence of a page. The Indonesian one is what stands there: to look for it took a third of a page."""
    return sentence if language() == INDONESIAN else str(get_translations().ugettext(sentence))


def in_english(sentence: str) -> str:
    """A sentence of ours as whoever sits at the machine reads it. Outside of requests."""
    with force_locale(ENGLISH):
        return str(gettext(sentence))


def _counted(one: str, more: str, n: int) -> str:
    return str(get_translations().ungettext(one, more, n))


def language() -> str:
    """The language of this request; outside one, Indonesian."""
    english = has_request_context() and request.args.get(ARGUMENT) == ENGLISH
    return ENGLISH if english else INDONESIAN


def way(path: str) -> str:
    """A path of ours, with its query, in the language of this request."""
    if language() == INDONESIAN or re.search(rf"[?&]{ARGUMENT}=", path):
        return path
    path, hash_sign, anchor = path.partition("#")
    return f"{path}{'&' if '?' in path else '?'}{ARGUMENT}={ENGLISH}{hash_sign}{anchor}"


def other_language(here: str = "") -> str | None:
    """Where this page is had in the other language. here: its path, where that is not what was asked for.

    None where it cannot be had a second time: the answer to a POST, and what a browser without cookies is shown once.
    """
    if request.method not in ("GET", "HEAD") or g.get("is_alone"):
        return None
    path = here or request.path
    if language() == ENGLISH:
        return path
    return f"{path}{'&' if '?' in path else '?'}{ARGUMENT}={ENGLISH}"


def _hand_on(endpoint: str, values: dict[str, object]) -> None:
    if endpoint != "static" and language() == ENGLISH:
        values.setdefault(ARGUMENT, ENGLISH)
