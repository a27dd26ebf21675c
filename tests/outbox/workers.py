"""What several delivery workers do at once."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask, current_app

from pepa.db import db
from pepa.domain import outbox


def send_all(threads: int) -> list[str]:
    """Take and mark sent until nothing is due. The ids of what this worker took."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with ThreadPoolExecutor(threads) as pool:
        return [notice_id for one in pool.map(lambda _: _send(app), range(threads)) for notice_id in one]


def _send(app: Flask) -> list[str]:
    taken = []
    with app.app_context():
        while due := outbox.claim():
            for one in due:
                taken.append(str(one.id))
                outbox.sent(one.id)
        db.session.remove()
    return taken
