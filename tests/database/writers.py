"""What several processes do to one counter at once."""

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from flask import Flask, current_app

from pepa.db import db, transaction
from pepa.models.installation import Setting

TURNS = 15


def count(threads: int) -> int:
    """Read the counter, write it one higher, TURNS times in each thread. Returns how many were committed."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(lambda _: _turns(app), range(threads)))


def _turns(app: Flask) -> int:
    done = 0
    with app.app_context():
        for _ in range(TURNS):
            db.session.scalar(sa.select(Setting.value).where(Setting.key == "counter"))  # a snapshot that grows old
            with transaction() as session:
                row = session.get_one(Setting, "counter")
                row.value = str(int(row.value) + 1)
            done += 1
        db.session.remove()
    return done
