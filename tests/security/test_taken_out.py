"""B28: whatever leaves as a file or for paper leaves a row in the audit."""

from typing import Any

import sqlalchemy as sa
from flask import Flask

from pepa.db import db
from pepa.models.audit import AuditEntry
from tests.security.test_matrix import caller, doors, may, things  # noqa: F401

LOGINS = ("wulan", "dian", "hadi", "ratna")
PAPER = ("/cetak", "/pintu")  # at the end of an address: a page that is made to be printed
# What holds nothing of anybody: the program's own script, pictures of the library, an empty form.
NOTHING = {
    "staff.outreach.worker",
    "staff.illustrations.look",
    "staff.areas.blank",
}


def rows(app: Flask) -> int:
    with app.app_context():
        found = db.session.scalar(sa.select(sa.func.max(AuditEntry.number)).where(AuditEntry.chain == "staff"))
        db.session.remove()
        return found or 0


def test_every_file_and_every_paper_is_recorded(app: Flask, things: dict[str, dict[str, Any]]) -> None:  # noqa: F811
    clients = {login: caller(app, login) for login in LOGINS}
    files, silent = set(), set()
    for door in doors(app, things["intake"]):
        if door.method != "GET" or "GET" not in door.answers or door.access == "public":
            continue
        login = next((one for one in LOGINS if may(one, door.access)), None)
        if login is None:
            continue
        before = rows(app)
        answer = clients[login].get(door.path, base_url="https://localhost")
        is_file = answer.status_code == 200 and answer.mimetype != "text/html"
        is_paper = answer.status_code == 200 and any(part in door.rule for part in PAPER)
        if not (is_file or is_paper):
            continue
        files.add(door.endpoint)
        if rows(app) == before and door.endpoint not in NOTHING:
            silent.add(door.endpoint)
    assert not silent, f"record in the verb that something was taken out: {sorted(silent)}"
    assert {"staff.coverage.as_csv", "staff.areas.export", "staff.breaches.paper", "staff.rooms.sheet"} <= files
