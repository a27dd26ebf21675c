"""What somebody was typing when the screen locked, the line was lost, or another button of the page was pressed first.

A form that leads away carries along what is typed in the other one, where a script can copy it: `typed.<name>` for each
field, and in `typed_at` the page that it belongs to. It is sealed to whoever typed it and offered there again. While it
is typed a script sends the same, time and again (typing.js).

Where a text is offered and another one is typed beside it, every form of the page says so (`typed_beside`), and the
newer one is kept apart: it is offered once the older one was used or thrown away.
"""

from flask import Flask, current_app, g, request
from werkzeug.exceptions import HTTPException

from pepa.domain import sessions
from pepa.web import access, pages
from pepa.web.forms import Form

CARRIED, CARRIED_AT, BESIDE = "typed.", "typed_at", "typed_beside"
MARKS = (access.CSRF, "end", "once", "back", "passphrase", "words", "words_again", "digits", "old_digits", BESIDE)
NEWER = "~"  # after the path of a page: what was typed there beside an older text


def register(app: Flask) -> None:
    app.jinja_env.globals["typed_beside"] = _is_beside


def keep_carried() -> bool:
    """Keep what this form carries along for another page. True where it carried something."""
    fields = {name.removeprefix(CARRIED): text for name, text in request.form.items() if name.startswith(CARRIED)}
    fields = {name: text for name, text in fields.items() if name not in MARKS}
    path = pages.own_path(request.form.get(CARRIED_AT))
    return path is not None and sessions.keep_draft(_cookie(), _place(page_of(path)), fields)


def keep_all() -> bool:
    """Keep this form's own fields as well: it comes too late to be taken. True where there was something to keep."""
    own = {
        name: text
        for name, text in request.form.items()
        if name not in MARKS and name != CARRIED_AT and not name.startswith(CARRIED)
    }
    kept = sessions.keep_draft(_cookie(), _place(page_of(request.path)), own)
    return keep_carried() or kept


def offered(*forms: Form) -> dict[str, str] | None:
    """What was typed on this page before and is offered on it; put into its forms where that was asked for.

    Asked for last, over whatever else a page puts into its forms: a draft brings along the version that its writer saw.
    What a colleague has stored since stands beside it at the save, and is not written over.
    """
    me = access.visitor()
    if me is None:  # a phone alone
        return None
    draft = sessions.older_draft(me, request.path, request.path + NEWER)
    if draft and request.args.get("ketikan") == "pakai":
        for form in forms:
            form.refill(draft)
        return None
    g.is_offered = bool(draft)
    return draft


def done() -> None:
    """It was sent: it is offered on this page no more. An older text beside which it was typed still is."""
    if me := access.visitor():
        sessions.drop_draft(me, _place(page_of(request.path)))


def page_of(path: str) -> str:
    """The page whose form is sent to this address: what only takes a form is no page, and lies below its own."""
    at = path.partition("?")[0]
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    try:
        adapter.match(at, method="GET")
    except HTTPException:
        return at.rpartition("/")[0]
    return path


def _is_beside() -> bool:
    """Whether this page offers an older text, or was one that did when its form was sent."""
    return bool(g.get("is_offered")) or BESIDE in request.form


def _place(path: str) -> str:
    return path + NEWER if BESIDE in request.form else path


def _cookie() -> str | None:
    return request.cookies.get(access.STAFF_COOKIE)
