"""What somebody was typing when the screen locked, the line was lost, or another button of the page was pressed first.

A form that leads away carries along what is typed in the other one, where a script can copy it: `typed.<name>` for each
field, and in `typed_at` the page that it belongs to. It is sealed to whoever typed it and offered there again. While it
is typed a script sends the same, time and again (typing.js).
"""

from flask import request

from pepa.domain import sessions
from pepa.web import access, pages

MARKS = (access.CSRF, "end", "once", "back", "passphrase")
CARRIED, CARRIED_AT = "typed.", "typed_at"


def keep_carried() -> bool:
    """Keep what this form carries along for another page. True where it carried something."""
    fields = {name.removeprefix(CARRIED): text for name, text in request.form.items() if name.startswith(CARRIED)}
    fields = {name: text for name, text in fields.items() if name not in MARKS}
    path = pages.own_path(request.form.get(CARRIED_AT))
    return path is not None and sessions.keep_draft(_cookie(), path, fields)


def keep_all() -> bool:
    """Keep this form's own fields as well: it comes too late to be taken. True where there was something to keep."""
    own = {
        name: text
        for name, text in request.form.items()
        if name not in MARKS and name != CARRIED_AT and not name.startswith(CARRIED)
    }
    kept = sessions.keep_draft(_cookie(), request.path, own)
    return keep_carried() or kept


def _cookie() -> str | None:
    return request.cookies.get(access.STAFF_COOKIE)
