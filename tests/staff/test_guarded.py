"""A picture of a child's body: shown to nobody by the way, copied by nobody, looked at by two who were named."""

from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import attachments, boxes, reports
from pepa.models.audit import AuditEntry
from pepa.models.people import Person
from pepa.models.reports import Exclusion
from tests import cast
from tests.client import Client
from tests.staff.test_files import take
from tests.uploads.test_add import PHOTO, send

WHY = "Diminta penyidik."


@pytest.fixture
def address(app: Flask) -> str:
    """The address of a photo's page."""
    return of(app)


def of(app: Flask, **told: str) -> str:
    with app.app_context():
        reporter = cast.tell("Isi", **told)
        (file_id,) = send(reporter, PHOTO, names=["a.jpg"], once=uuid4().hex)[0]
        return f"/petugas/laporan/{reporter.report_id}/file/{file_id}"


def lock(client: Client, address: str) -> None:
    client.open(f"{address}/kunci")
    client.submit("Ya, kunci")


def name(app: Flask, client: Client, address: str, *logins: str) -> None:
    with app.app_context():
        ids = [db.session.scalars(sa.select(Person.id).where(Person.login == login)).one() for login in logins]
    page = client.open(f"{address}/penglihat")
    chosen = dict(zip(("first_id", "second_id"), map(str, ids), strict=False))
    client.post(f"{address}/penglihat", {**chosen, "csrf_token": page.value("csrf_token"), "end": "1"})


def may_look(client: Client, address: str) -> bool:
    """Whether the page offers a look; a form that was sent all the same brings nothing."""
    page = client.open(f"{address}/lihat")
    if page.has("Hanya yang ditunjuk penyelia yang bisa melihat"):
        sent = {"reason": WHY, "csrf_token": page.value("csrf_token"), "end": "1"}
        assert client.post(f"{address}/lihat", sent).status == 404
        return False
    return page.has("Lihat sekali")


def records(app: Flask, event: str) -> list[str | None]:
    with app.app_context():
        return list(db.session.scalars(sa.select(AuditEntry.act).where(AuditEntry.act == event)))


def test_once_locked_nobody_is_shown_it_nor_takes_it(app: Flask, address: str) -> None:
    client = cast.at_work(app, "ratna")
    assert client.open(address).tree.select("img")
    client.click("Gambar tubuh anak? Kunci file ini.")
    page = client.submit("Ya, kunci")
    assert page.has("Sudah dikunci.", "Terkunci: gambar tubuh anak", "Belum ada yang ditunjuk", "Dikunci Ratna Contoh")
    for login in ("ratna", "bayu", "wulan"):
        client = cast.at_work(app, login)
        page = client.open(address)
        assert not page.tree.select("img")
        assert not page.has("Ambil asli")
        assert client.get(f"{address}/salinan").status == 404
        assert not may_look(client, address)
    assert client.open(address.rpartition("/file")[0]).has("Terkunci")
    assert len(records(app, "file.locked")) == 1


def test_no_original_by_a_form_that_was_open_before(app: Flask, address: str) -> None:
    open_before, locking = cast.at_work(app, "ratna"), cast.at_work(app, "bayu")
    page = open_before.open(address)
    lock(locking, address)
    sent = {"reason": WHY, "passphrase": "x", "csrf_token": page.value("csrf_token"), "end": "1"}
    assert open_before.post(address, sent).status == 404


def test_two_are_named_and_look_each_time_with_a_reason(app: Flask, address: str) -> None:
    supervisor, officer = cast.at_work(app, "wulan"), cast.at_work(app, "ratna")
    lock(officer, address)
    assert officer.get(f"{address}/penglihat").status == 404
    name(app, supervisor, address, "ratna", "bayu")
    assert supervisor.open(address).has("Yang boleh melihat: Ratna Contoh, Bayu Contoh.")
    assert not may_look(supervisor, address), "who names does not look by that"
    page = officer.open(address)
    assert not page.tree.select("img"), "never by the way"
    officer.click("Lihat, dengan alasan")
    page = officer.submit("Lihat sekali", reason=" ")
    assert (page.status, page.has("Tulis alasannya.")) == (422, True)
    picture = officer.post(f"{address}/lihat", {"reason": WHY, "csrf_token": page.value("csrf_token"), "end": "1"})
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert picture.headers["Cache-Control"] == "no-store"
    assert officer.open(address).has("Dilihat Ratna Contoh", WHY)
    assert len(records(app, "file.looked_at")) == 1
    assert take(officer, app, address).status == 200, "evidence leaves with a reason and the passphrase"


def test_who_is_named_anew_replaces_who_was(app: Flask, address: str) -> None:
    supervisor = cast.at_work(app, "wulan")
    lock(supervisor, address)
    name(app, supervisor, address, "ratna")
    name(app, supervisor, address, "bayu")
    assert not may_look(cast.at_work(app, "ratna"), address)
    assert may_look(cast.at_work(app, "bayu"), address)


def test_nobody_is_named_by_their_own_hand_nor_from_elsewhere(app: Flask, address: str) -> None:
    supervisor = cast.at_work(app, "wulan")
    lock(supervisor, address)
    for login in ("wulan", "nadia", "hadi"):
        name(app, supervisor, address, login)
        assert supervisor.page is not None
        assert supervisor.page.status == 422, login
    assert not may_look(supervisor, address)


def test_nobody_is_named_who_may_not_know_of_the_report(app: Flask, address: str) -> None:
    supervisor = cast.at_work(app, "wulan")
    lock(supervisor, address)
    with app.app_context():
        bayu = cast.member("bayu").person_id
        with transaction() as session:
            session.add(Exclusion(report_id=UUID(address.split("/")[3]), excluded_id=bayu))
    page = supervisor.open(f"{address}/penglihat")
    offered = {one.get_text() for one in page.tree.select("option")}
    assert "Ratna Contoh" in offered
    assert "Bayu Contoh" not in offered
    name(app, supervisor, address, "bayu")
    assert supervisor.page is not None
    assert supervisor.page.status == 422


def test_a_supervisor_lets_go_with_a_reason(app: Flask, address: str) -> None:
    supervisor = cast.at_work(app, "wulan")
    lock(cast.at_work(app, "ratna"), address)
    assert cast.at_work(app, "ratna").get(f"{address}/lepas").status == 404
    supervisor.open(f"{address}/lepas")
    assert supervisor.submit("Ya, lepas", reason="").status == 422
    page = supervisor.submit("Ya, lepas", reason="Foto kuitansi.")
    assert page.has("Kuncinya sudah dilepas.", "Kunci dilepas Wulan Contoh", "Foto kuitansi.")
    assert cast.at_work(app, "ratna").open(address).tree.select("img")


def test_a_childs_pictures_wait_to_be_asked_for(app: Flask) -> None:
    address = of(app, speaker="child")
    client = cast.at_work(app, "ratna")
    page = client.open(address)
    assert page.has("Gambar tidak diperlihatkan begitu saja.")
    assert not page.tree.select("img")
    assert client.click("Perlihatkan").tree.select("img")


def test_the_lock_is_sealed(app: Flask, address: str) -> None:
    lock(cast.at_work(app, "ratna"), address)
    report_id, file_id = (UUID(part) for part in address.split("/")[3:6:2])
    with app.app_context():
        ratna = cast.member("ratna")
        box = boxes.open_for(ratna, reports.get_for(ratna, report_id).box_id)
        (file,) = attachments.all_of(box, report_id)
        assert file.id == file_id
        assert file.guard is not None
        assert (file.guard.by, file.guard.viewers) == (ratna.name, ())
