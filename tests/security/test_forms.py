"""Forms of the desk that nobody filled in here: from elsewhere, with more in them, in other clothes (C02–C05)."""

import json

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import devices
from pepa.models import TABLES
from pepa.models.audit import AuditEntry
from pepa.models.messages import Message
from pepa.models.people import StaffSession
from pepa.models.reports import Report
from tests import cast
from tests.client import Client
from tests.members import seen
from tests.rooms import house
from tests.security.test_matrix import (
    area,
    doors,
    invited,
    names_a_booking,
    names_a_thing,
    on_the_shelf,
    promised,
    taught,
    worked_on,
)
from tests.uploads.test_add import PHOTO, send
from tests.visits.calendar import expected_at

ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost"},
    {"Origin": "https://localhost.evil.example"},
    {"Origin": "https://localhost:444"},
    {"Origin": "x"},
]
HERE = [
    {},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://localhost"},
    {"Origin": "null"},
]


def holder(report_id: object) -> object:
    db.session.rollback()
    return db.session.get_one(Report, report_id).held_by_id


@pytest.fixture
def at_report(app: Flask) -> tuple[Client, str, object]:
    """An officer's browser on the page of a report, the address of "Saya pegang", the report's id."""
    with app.app_context():
        report_id = cast.tell().report_id
    client = cast.at_work(app, "ratna")
    client.open(f"/petugas/laporan/{report_id}")
    return client, f"/petugas/laporan/{report_id}/pegang", report_id


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_a_form_of_another_site_changes_nothing(
    app: Flask, at_report: tuple[Client, str, object], headers: dict[str, str]
) -> None:
    """Even one that has the session's own token in it."""
    client, path, report_id = at_report
    assert client.page
    fields = {"csrf_token": client.page.value("csrf_token"), "end": "1"}
    page = client.post(path, fields, headers=headers)
    refused = "Origin" in headers and "Sec-Fetch-Site" not in headers and headers["Origin"] == "http://localhost"
    if refused:  # the host is ours; which scheme stood in front, a proxy may have changed
        assert page.status == 303
        return
    assert page.status == 403
    assert page.has("Kiriman ini datang dari situs lain.")
    with app.app_context():
        assert holder(report_id) is None


@pytest.mark.parametrize("headers", HERE, ids=str)
def test_a_form_of_ours_is_taken_from_any_browser(
    app: Flask, at_report: tuple[Client, str, object], headers: dict[str, str]
) -> None:
    client, path, _ = at_report
    assert client.page
    assert client.post(path, {"csrf_token": client.page.value("csrf_token"), "end": "1"}, headers=headers).status == 303


def test_another_s_token_an_old_one_or_a_spoiled_one_is_none(app: Flask, at_report: tuple[Client, str, object]) -> None:
    client, path, report_id = at_report
    assert client.page
    token = client.page.value("csrf_token")
    theirs = cast.at_work(app, "bayu").open("/petugas/piket").value("csrf_token")
    before = cast.at_work(app, "ratna").open("/petugas/piket").value("csrf_token")
    for bad in ("", "x", theirs, before, token[:-8] + "AAAAAAA=", "A" * len(token), token * 2, token[:44], "é", "\0"):
        assert client.post(path, {"csrf_token": bad, "end": "1"}).status == 403, bad
    for address in (f"{path}?csrf_token={token}&end=1", f"{path}?csrf_token={token}"):
        assert client.post(address, {"end": "1"}).status == 403, "a token in the address is no token"
        assert client.get(address).status == 405
    assert client.post(path, {"end": "1"}, headers={"X-CSRF-Token": token}).status == 403
    with app.app_context():
        assert holder(report_id) is None
    assert client.post(path, {"csrf_token": token, "end": "1"}).status == 303


def test_the_token_wears_a_new_mask_on_each_page(app: Flask) -> None:
    client = cast.at_work(app, "ratna")
    tokens = {client.open("/petugas/piket").value("csrf_token") for _ in range(5)}
    assert len(tokens) == 5


def test_logging_in_from_another_site_is_refused(app: Flask) -> None:
    client = Client(app)
    nonce = client.get("/petugas/masuk").value("nonce")
    fields = {"login": "ratna", "passphrase": "x", "code": "1", "nonce": nonce, "end": "1"}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert client.post("/petugas/masuk", fields, headers=headers).status == 403


def test_fields_that_no_form_has_are_ignored(app: Flask) -> None:
    """C03: every column of every table, added to every form that changes something; a form has 200 fields at most."""
    columns = list(dict.fromkeys(column.key for table in TABLES.values() for column in table.columns))
    lots = [dict.fromkeys(columns[begun : begun + 150], "1") for begun in range(0, len(columns), 150)]
    with app.app_context():
        report = cast.tell()
        person_id = cast.member("bayu").person_id
    client = cast.at_work(app, "wulan")
    page = client.open(f"/petugas/laporan/{report.report_id}")
    sent = {
        "text": "Kami baca.",
        "csrf_token": page.value("csrf_token"),
        "once": page.value("once"),
        "end": "1",
    }
    for some in lots:
        assert client.post(page.address, {**some, **sent}).status == 303
    page = client.open("/petugas/piket")
    day = f"01/12/{clock.today().year + 1}"
    times = {"starts_at": f"{day} 08.00", "ends_at": f"{day} 16.00", "person_id": str(person_id)}
    sent = {**times, "csrf_token": page.value("csrf_token"), "once": page.value("once"), "end": "1"}
    for some in lots:
        assert client.post("/petugas/piket", {**some, **sent}).status == 303
    with app.app_context():
        after = db.session.get_one(Report, report.report_id)
        assert (after.held_by_id, after.stage, after.urgency.value, after.kecamatan) == (
            None,
            "read",
            "today",
            "unknown",
        )
        (message,) = db.session.scalars(sa.select(Message).where(Message.report_id == report.report_id)).all()
        assert message.side == "office"
        assert message.id != report.report_id
        shift = db.session.execute(
            sa.text("select person_id, organisation_id from shifts order by starts_at desc")
        ).first()
        assert shift is not None


def test_the_first_of_two_values_counts(app: Flask) -> None:
    """C04: a name that comes twice is read once, the first time."""
    with app.app_context():
        report_id = cast.tell().report_id
    client = cast.at_work(app, "ratna")
    page = client.open(f"/petugas/laporan/{report_id}")
    fields = [("text", "Satu."), ("text", "Dua."), ("text[]", "Tiga."), ("once", page.value("once"))]
    assert client.post(page.address, [*fields, ("csrf_token", page.value("csrf_token")), ("end", "1")]).status == 303
    page = client.open(page.address)
    assert page.has("Satu.")
    assert not page.has("Dua.")
    assert not page.has("Tiga.")


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", "application/xml", "", "x" * 5000]
)
def test_other_clothes_are_no_form(app: Flask, at_report: tuple[Client, str, object], kind: str) -> None:
    client, path, report_id = at_report
    assert client.page
    fields = {"csrf_token": client.page.value("csrf_token"), "end": "1"}
    body = json.dumps(fields)
    if "multipart" in kind:
        parts = (f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items())
        body = "".join(parts) + "--x--\r\n"
    assert client.post(path, data=body, content_type=kind).status in (403, 422)
    with app.app_context():
        assert holder(report_id) is None


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_a_method_cannot_be_put_over_another(app: Flask, at_report: tuple[Client, str, object], header: str) -> None:
    client, path, report_id = at_report
    assert client.get(f"{path}?_method=POST", headers={header: "POST"}).status == 405
    with app.app_context():
        assert holder(report_id) is None


def test_an_id_of_another_office_is_refused_wherever_it_stands(app: Flask) -> None:
    """C02: in the address, in the form, in what htmx says; each time as if it were not there, and recorded."""
    with app.app_context():
        reporter = cast.tell(about="office", phone="0812-0000-1111")
        theirs, ((file_id,), _) = reporter.report_id, send(reporter, PHOTO)
        shift_id = db.session.scalars(sa.text("select id from shifts where organisation_id = :o"),
                                      {"o": cast.member("intan").organisation_id.hex}).first()  # fmt: skip
        assert shift_id
        device_id = devices.register(cast.member("intan"), label="HP", once="1")
        hers = promised("intan", theirs)
    client = cast.at_work(app, "wulan")
    page = client.open("/petugas/piket")
    fields = {"csrf_token": page.value("csrf_token"), "once": "1", "text": "Halo", "end": "1", "report_id": str(theirs)}
    things = {"report_id": theirs, "shift_id": cast.people.UUID(str(shift_id)), "device_id": device_id}
    things |= {"file_id": file_id, **hers}
    with app.app_context():
        things |= {**worked_on(reporter, "intan"), **taught("intan"), **on_the_shelf()}
        things |= expected_at(cast.member("intan"))
        things |= house.booked_by(independent="intan")["independent"]
        things |= {"area_id": area(), "partner_id": cast.people.office("legal_aid"), **invited("intan")}
        things |= seen.works_at("independent")
    for door in doors(app, things):
        if door.method in ("GET", "POST") and door.method in door.answers and names_a_thing(door):
            if names_a_booking(door):
                continue  # who decides about rooms opens all bookings; others' are asked for in tests/rooms
            for headers in ({}, {"HX-Request": "true", "HX-Target": f"section#{theirs}", "HX-Request-Type": "partial"}):
                more = {"fields": fields} if door.method == "POST" else {}
                call = client.post if door.method == "POST" else client.get
                assert call(door.path, **more, headers=headers).status == 404, door  # type: ignore[operator]
    with app.app_context():
        refused = sa.select(sa.func.count()).where(AuditEntry.act == "report.refused", AuditEntry.thing_id == theirs)
        assert db.session.scalars(refused).one() >= 4
        assert db.session.scalars(sa.select(sa.func.count()).select_from(StaffSession)).one() >= 1
