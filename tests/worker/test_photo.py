"""One picture: drawn anew, sealed to the office, gone after a year; the log stands whatever becomes of it."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from pepa import clock
from pepa.db import db
from pepa.domain import photos
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.outreach import Photo, Teaching
from tests.client import Client, Page
from tests.outreach.evenings import carded
from tests.people import member

SEND = "Kirim foto"


def camera(width: int = 2000, height: int = 1500) -> bytes:
    """A photo as a phone makes one: turned on its side, with where and by what it was taken."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Tandabunyi-kamera"
    exif.get_ifd(0x8825)[1] = "S"
    out = io.BytesIO()
    Image.new("RGB", (width, height), (90, 120, 30)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def logged(phone: Client) -> Page:
    phone.open("/petugas/kegiatan/catat")
    return phone.submit("Kirim", title_id="90", present="25", manner="meeting")


def kept(app: Flask) -> Photo | None:
    with app.app_context():
        return db.session.scalars(sa.select(Photo)).one_or_none()


def test_it_is_drawn_anew_and_for_the_office_alone(app: Flask, phone: Client) -> None:
    logged(phone)
    page = phone.send_files(SEND, ("IMG_1.jpg", camera()))
    assert page.has("Foto SUDAH terkirim.")
    row = kept(app)
    assert row
    with app.app_context():
        body = photos.open_for(member("dian"), row.teaching_id)
        with pytest.raises(NotAllowed):
            photos.open_for(member("ratna"), row.teaching_id)
        with pytest.raises(NotFound):
            photos.open_for(member("intan"), row.teaching_id)
        assert db.session.scalars(sa.select(AuditEntry.act).where(AuditEntry.act == "photo.opened")).all()
    assert b"Tandabunyi" not in body
    picture = Image.open(io.BytesIO(body))
    assert picture.size == (960, 1280)
    assert not picture.getexif()


def test_too_large_is_said_with_the_limit_and_the_log_stands(app: Flask, phone: Client) -> None:
    """Cases 48, 49."""
    logged(phone)
    page = phone.send_files(SEND, ("IMG_1.jpg", camera() + bytes(12_000_000)))
    assert page.status == 422
    assert page.has("Foto ini lebih dari 10 MB.", "catatan kegiatan tetap ada", "Kehadiran: 25.")
    assert kept(app) is None
    page = phone.send_files(SEND, ("IMG_1.jpg", camera()))
    assert page.has("Foto SUDAH terkirim.")


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7", b"\xff\xd8\xff" + b"x" * 99, b"<svg onload=1>", b"MZ" * 50])
def test_what_is_no_picture_is_refused(app: Flask, phone: Client, body: bytes) -> None:
    logged(phone)
    page = phone.send_files(SEND, ("a.jpg", body))
    assert page.status == 422
    assert page.has("Kehadiran: 25.")
    assert kept(app) is None


def test_nothing_chosen_is_said(phone: Client) -> None:
    logged(phone)
    assert phone.send_files(SEND).has("Pilih dulu satu foto.")


def test_a_second_one_takes_its_place_and_a_year_later_it_is_gone(app: Flask, phone: Client) -> None:
    logged(phone)
    phone.send_files(SEND, ("a.jpg", camera()))
    phone.send_files(SEND, ("b.jpg", camera(400, 300)))
    with app.app_context():
        assert db.session.scalars(sa.select(sa.func.count()).select_from(Photo)).one() == 1
        assert photos.purge() == 0
        with clock.frozen(clock.now() + timedelta(days=366)):
            assert photos.purge() == 1
        assert db.session.scalars(sa.select(sa.func.count()).select_from(Teaching)).one() == 1


def test_nobody_sends_one_to_another_s(app: Flask, phone: Client) -> None:
    page = logged(phone)
    with app.app_context():
        code, pin = carded("Wati Contoh")
    other = Client(app)
    other.open(f"/k/{code}")
    other.submit("Buka", pin=pin)
    assert other.get(page.address).status == 404
    assert other.post(f"{page.address}/foto", {"end": "1"}).status == 404
