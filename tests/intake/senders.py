"""What several processes do with one form at once."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask, current_app

from pepa.db import db
from pepa.domain import intake, reporters


def send(ticket: str, threads: int, what: str = "Isi yang sama") -> list[list[object]]:
    """Send the same form from each thread: the report's id, whether it was new, its code."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda _: _send(app, ticket, what), range(threads)))


def _send(app: Flask, ticket: str, what: str) -> list[object]:
    with app.app_context():
        delivered = intake.deliver(ticket, what=what)
        reporter = reporters.by_token(delivered.token)
        code = reporters.code(reporter) if reporter else None
        db.session.remove()
        return [str(delivered.report_id), delivered.new, code]
