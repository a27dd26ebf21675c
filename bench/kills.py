"""A thousand killed workers: the suite's test of fifty, at length."""

from bench import served, tables
from tests.e2e import test_killed_workers as killed

COUNT = 1_000


def measure() -> list[tables.Table]:
    with served.installation() as config:
        found = killed.reports_survive(config, COUNT)
    row = [str(found.kills), str(found.hits), str(found.reports), str(found.tries), "0", "0"]
    head = ["kills", "in flight", "reports", "deliveries tried", "lost", "twice"]
    return [tables.Table("Killed workers", head, [row], "A report that was lost or stood there twice ends the bench.")]
