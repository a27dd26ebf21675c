"""How many questions a page of the desk asks of the database.

own_questions(app, client, "/petugas/…")   the statements that read, but for those that every page of the desk sends

A page may ask once for each list that it shows, whatever its length, and `BESIDES` times besides. Opening a box takes
`OPENING` more: how many were opened within the hour and the day, what makes it somebody's work, its grants, its epochs,
and in the transaction that records the opening a second look at the report and at how many messages there are by now.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import Kept, db
from tests.client import Client

BESIDES, OPENING = 3, 7
FRAME = "/petugas/tidak-ada"  # who is at work, who is on duty, what rings: and nothing else


@contextmanager
def counting(app: Flask) -> Iterator[list[str]]:
    """The statements that read while this is open."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            asked.append(" ".join(statement.split()))

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def own_questions(app: Flask, client: Client, path: str) -> list[str]:
    """What a page asks at its second visit, as a process that has been up for a while asks it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Kept, "seconds", 3600.0)
        for known in (FRAME, path):
            client.get(known)
        with counting(app) as frame:
            client.get(FRAME)
        with counting(app) as asked:
            page = client.get(path)
    assert page.status == 200, page
    assert frame, "the frame asks nothing: this count is broken"
    for statement in frame:
        if statement in asked:
            asked.remove(statement)
    return asked
