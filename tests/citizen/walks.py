"""What the tests of the citizens' wing share: a report sent in a browser, the same report as an officer reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from pepa.db import Kept, db, transaction
from pepa.domain import messages, reports
from pepa.models.installation import Setting
from pepa.models.messages import Side
from pepa.models.reports import Report
from pepa.policy import Member
from tests import people
from tests.client import Client, Page

STORY = "Tadi malam pintu dibanting lagi dan saya takut."
MORNING = datetime(2026, 11, 25, 3, 4, 30, tzinfo=UTC)  # Rabu 25 Nov, 10.04 WIB
READERS = ("ratna", "intan")


def send(client: Client, what: str = STORY, **fields: str) -> str:
    """Send a report from the form, as a person would; the 20 digits of its code."""
    client.open("/lapor?baru")
    return digits(client.submit("Kirim", what=what, **fields))


def ticket(client: Client) -> str:
    """A new form's ticket."""
    return client.get("/lapor?baru").value("ticket")


def post(client: Client, sent: dict[str, str], **headers: str) -> Page:
    """POST /lapor with these fields and the end mark."""
    return client.post("/lapor", {**sent, "end": "1"}, headers=headers)


def digits(page: Page) -> str:
    """The code on a code page."""
    assert page.h1 == "Kode Anda", page.text
    groups = [item.get_text() for item in page.tree.select("ol.code li")]
    assert [len(group) for group in groups] == [4] * 5
    return "".join(groups)


def enter(client: Client, code: str) -> Page:
    """Type a code at /pantau."""
    client.open("/pantau?baru")
    return client.submit("Buka", code=code)


@dataclass(frozen=True)
class Found:
    """A report as it is stored: what was told, what was written later, and the columns in the clear."""

    id: UUID
    holder: str
    told: reports.Told
    written: tuple[str, ...]
    received_at: datetime
    kecamatan: str
    urgency: str


def kept(app: Flask, what: str | None = STORY) -> list[Found]:
    """Reports with this text (None: all but the demo's), opened by whoever they are for."""
    with app.app_context():
        found = [_opened(report_id, reader) for reader in map(people.member, READERS) for report_id in _ids(reader)]
    if what is None:
        return [one for one in found if not one.told.what.startswith("Contoh.")]
    return [one for one in found if one.told.what == what]


def _ids(reader: Member) -> Sequence[UUID]:
    return db.session.scalars(reports.visible_to(reader).with_only_columns(Report.id)).all()


def _opened(report_id: UUID, reader: Member) -> Found:
    opened = reports.open_for(reader, report_id)
    later = tuple(message.text for message in opened.messages if message.side is Side.REPORTER)
    row = opened.report
    return Found(
        row.id, reader.organisation_name, opened.told, later, row.received_at, row.kecamatan, row.urgency.value
    )


def count(app: Flask, table: Any = Report) -> int:
    """How many rows a table has."""
    with app.app_context():
        return int(db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


def only(app: Flask) -> Found:
    """The only report that is not the demo's."""
    (found,) = kept(app, None)
    return found


def answer(app: Flask, report_id: UUID, text: str, login: str = "ratna") -> messages.Written:
    """An officer's answer."""
    with app.app_context():
        officer = people.member(login)
        reports.answer(officer, report_id, text=text, once=text[:20])
        return reports.open_for(officer, report_id).messages[-1]


def set_up(app: Flask, **values: str) -> None:
    """Settings as an administrator leaves them."""
    with app.app_context():
        with transaction() as session:
            for key, value in values.items():
                session.merge(Setting(key=key, value=value))
        Kept.forget()


def later(minutes: float) -> datetime:
    """A moment after MORNING."""
    return MORNING + timedelta(minutes=minutes)
