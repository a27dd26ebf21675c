"""Workers killed a thousand times while reports arrive: each acknowledged one is there once, with one code."""

import time

from bench.served import installation
from bench.tables import Table
from tests.e2e.test_killed_workers import reports_survive

KILLS = 1_000


def measure() -> list[Table]:
    begun = time.perf_counter()
    with installation() as config:
        survived = reports_survive(config, KILLS)
    rows = [
        ["workers killed (kill -9)", f"{survived.kills:,}"],
        ["of these, while a request was being answered", f"{survived.hits:,}"],
        ["reports sent", f"{survived.reports:,}"],
        ["tries, the same ticket again included", f"{survived.tries:,}"],
        ["lost, there twice, or with another code", "0"],
        ["seconds", f"{time.perf_counter() - begun:.0f}"],
    ]
    note = "What is broken off is sent again with the same ticket, as a phone on a bad line does (case A01)."
    return [Table("Workers killed while reports arrive", ("", "counted"), rows, note)]
