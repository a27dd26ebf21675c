"""Ten thousand orders in which messages are under way while keys turn: every rightful holder reads every message."""

import time
from unittest import mock

from bench.served import installation
from bench.tables import Table
from pepa import db as database
from pepa import storage
from tests.boxes.test_interleave import Play
from tests.installations import opened
from tests.people import holder, member

ORDERS = 10_000
FIRST = 1_000_000  # seeds that the suite does not use


def measure() -> list[Table]:
    found: set[tuple[int, ...]] = set()
    messages, revoked, begun = 0, 0, time.perf_counter()
    quick = mock.patch.dict(database.SQLITE_PRAGMAS, synchronous=0)  # the order counts here, not the disk
    still = mock.patch.object(storage.os, "fsync")
    with installation() as config, quick, still, opened(config) as app, app.app_context():
        cast = {login: member(login) for login in ("ratna", "bayu", "nadia")}
        for seed in range(FIRST, FIRST + ORDERS):
            play = Play(seed, cast, holder("legal_aid"))
            play.run()
            play.check()
            found.add(tuple(sorted(play.sent.values())))
            messages, revoked = messages + len(play.sent), revoked + (play.kept is not None)
    spent = time.perf_counter() - begun
    rows = [
        ["orders", f"{ORDERS:,}"],
        ["messages, all read by everybody who may", f"{messages:,}"],
        ["different spreads of messages over epochs", f"{len(found):,}"],
        ["times that somebody was revoked, and read nothing new", f"{revoked:,}"],
        ["unreadable", "0"],
        ["seconds", f"{spent:.0f}"],
    ]
    note = (
        "Three writers, two who turn the key, one who shares and revokes, in an order that chance deals out (case B10)."
    )
    return [Table("Messages while keys turn", ("", "counted"), rows, note)]
