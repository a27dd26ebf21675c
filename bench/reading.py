"""A long report on one page: two hundred messages and fifty files, opened by an officer."""

import statistics
import time
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import Client

from bench.served import installation
from bench.tables import Table, within
from pepa.db import Kept, db
from pepa.domain import boxes, reporters, reports, viewings
from pepa.models.attachments import Attachment
from pepa.models.messages import Message
from pepa.models.reports import Report
from pepa.policy import Reporter
from tests import cast
from tests.installations import opened
from tests.uploads.test_add import PHOTO, send

MESSAGES, FILES, TIMES = 200, 50, 15
MOST = 150  # milliseconds
HOST = "https://localhost"


def measure() -> list[Table]:
    with installation() as config, opened(config) as app:
        Kept.seconds = 60.0
        with app.app_context():
            sent = _long()
            cookie = cast.cookie_of("ratna")
        (page, waited), (asked, _) = _page(app, cookie, sent), _floor(app, sent)
        size = len(_client(cookie, app).get(_address(sent), base_url=HOST).get_data())
    return [
        Table(
            f"A report with {MESSAGES} messages and {FILES} files",
            ("", "ms of processor", "floor", "times the floor", "aim", "ms by the clock"),
            [
                [
                    "its page",
                    f"{page:.0f}",
                    f"{asked:.1f}",
                    f"{page / asked:.1f}",
                    within(page, MOST, " ms"),
                    f"{waited:.0f}",
                ]
            ],
            f"The whole request in one process, {size:,} bytes of page; medians of {TIMES}. Floor: the report's rows "
            "read and each opened, with nothing drawn and nothing recorded. The clock also counts whatever else the "
            "machine does.",
        )
    ]


def _long() -> Reporter:
    sent = cast.tell("Isi yang panjang. " * 40)
    ratna = cast.member("ratna")
    for n in range(MESSAGES // 2):
        reporters.write(sent, text=f"Pesan {n}. Tadi malam pintu dibanting lagi.", once=f"w{n}")
        reports.answer(ratna, sent.report_id, text=f"Jawaban {n}. Apakah Anda aman sekarang?", once=f"a{n}")
    for n in range(FILES // 5):
        send(sent, *(PHOTO + bytes([n, k]) for k in range(5)), once=f"f{n}")
    reports.hold(ratna, sent.report_id)
    return sent


def _address(sent: Reporter) -> str:
    return f"/petugas/laporan/{sent.report_id}"


def _client(cookie: str, app: Flask) -> Client:
    client = Client(app)
    client.set_cookie("__Host-p", cookie, domain="localhost", secure=True)
    return client


def _page(app: Flask, cookie: str, sent: Reporter) -> tuple[float, float]:
    client = _client(cookie, app)

    def once() -> None:
        answer = client.get(_address(sent), base_url=HOST)
        assert answer.status_code == 200
        answer.close()

    return _medians(once)


def _floor(app: Flask, sent: Reporter) -> tuple[float, float]:
    with app.app_context():
        ratna = cast.member("ratna")

        def once() -> None:
            db.session.rollback()
            db.session.expunge_all()
            report = db.session.get_one(Report, sent.report_id)
            box = boxes.open_for(ratna, report.box_id)
            for domain, table in (("message", Message), ("attachment", Attachment)):
                for row in db.session.scalars(sa.select(table).where(table.report_id == report.id)):
                    boxes.open_body(box, domain, row.id, row.body_epoch, row.body_sealed)

        found = len(viewings.to(ratna, reports.seen(ratna, sent.report_id)))
        assert found == FILES, found
        return _medians(once)


def _medians(once: Callable[[], None]) -> tuple[float, float]:
    """Milliseconds of processor, and by the clock."""
    once()
    used, waited = [], []
    for _ in range(TIMES):
        begun, busy = time.perf_counter(), time.process_time()
        once()
        used.append(time.process_time() - busy)
        waited.append(time.perf_counter() - begun)
    return statistics.median(used) * 1000, statistics.median(waited) * 1000
