"""A certificate after so many confirmed sessions: off at first, one for the same sessions, checked by anybody, taken
back without a name."""

import io
import logging
from collections.abc import Iterator
from uuid import UUID, uuid4

import pypdf
import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import Kept, db, transaction
from pepa.domain import certificates, periods, printers, readiness
from pepa.errors import NotAllowed, NotFound
from pepa.models.cadres import Cadre, Certificate
from pepa.models.installation import Setting
from pepa.models.outreach import Manner, Standing, Teaching
from pepa.models.titles import Title
from tests import cast, shelf
from tests.client import Client
from tests.people import member, office

LONG = "Hj. Siti Nur’aini Rahmawati Kusumaningrum binti Abdurrahman C"  # 61 letters


def switched_on(sessions: str = "2") -> None:
    with transaction() as session:
        session.execute(sa.update(Setting).where(Setting.key == "certificate_sessions").values(value=sessions))
    Kept.forget()


def cadre(name: str = "Sri Contoh", held: int = 2) -> UUID:
    """A cadre with so many confirmed sessions, and with others that do not count."""
    if db.session.get(Title, 90) is None:
        shelf.title()
    row, today, code, by, home = uuid4(), clock.today(), shelf.kelurahan(), member("dian").person_id, office()
    with transaction() as session:
        session.add(
            Cadre(
                id=row,
                organisation_id=home,
                name=name,
                kelurahan_code=code,
                pin_hash=b"",
                made_at=clock.now(),
                made_by_id=by,
            )
        )
        session.flush()
        kinds = [(Manner.MEETING, Standing.CONFIRMED)] * held
        for manner, standing in [*kinds, (Manner.GROUP, Standing.CONFIRMED), (Manner.MEETING, Standing.LOGGED)]:
            session.add(
                Teaching(
                    title_id=90,
                    edition_number=1,
                    on=today,
                    minutes=30,
                    manner=manner,
                    kelurahan_code=code,
                    cadre_id=row,
                    standing=standing,
                    period=periods.of(today),
                    logged_at=clock.now(),
                )
            )
    return row


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    yield
    Kept.forget()


def test_it_is_off_at_first(context: Flask) -> None:
    assert certificates.needed() is None
    with pytest.raises(certificates.SwitchedOff):
        certificates.issue(member("dian"), cadre())


@pytest.mark.parametrize("typed", ["lima", "0", "-2", "2,5", "²", "9" * 5000])
def test_a_setting_that_is_no_number_is_off_and_check_says_so(app: Flask, config: Config, typed: str) -> None:
    with app.app_context():
        cadre_id = cadre()
        switched_on(typed)
        assert certificates.needed() is None
        (said,) = [fault for fault in readiness.faults(config) if fault.about == "certificate_sessions"]
        assert said.code == "setting.unusable"
    client = cast.at_work(app, "dian")
    for page in ("sertifikat", f"kader/{cadre_id}/sertifikat"):
        assert client.open(f"/petugas/{page}").status == 200


@pytest.mark.both
def test_one_is_given_after_so_many_confirmed_sessions(context: Flask) -> None:
    switched_on()
    few, enough = cadre(held=1), cadre()
    with pytest.raises(certificates.NotYet) as refused:
        certificates.issue(member("dian"), few)
    assert refused.value.values == {"n": 2, "held": 1}
    number = certificates.issue(member("dian"), enough)
    assert certificates.issue(member("wulan"), enough) == number, "for the same sessions there is one"
    found = certificates.check(certificates.grouped(number).lower())
    assert (found.name, found.sessions, found.issued_on) == ("Sri Contoh", 2, clock.today())
    listed = {
        one.cadre.id: (one.sessions, one.certificate is not None) for one in certificates.list_for(member("dian"))
    }
    assert listed == {few: (1, False), enough: (2, True)}


@pytest.mark.both
def test_taken_back_it_names_nobody(context: Flask) -> None:
    switched_on()
    who = cadre()
    number = certificates.issue(member("dian"), who)
    for _ in range(2):
        certificates.revoke(member("dian"), who)
    found = certificates.check(number)
    assert (found.name, found.body, found.revoked_on) == ("", None, clock.today())
    assert certificates.issue(member("dian"), who) != number


@pytest.mark.parametrize("number", ["", "x", "A" * 12, "é" * 12, "0" * 500])
def test_another_number_is_none(context: Flask, number: str) -> None:
    with pytest.raises(NotFound):
        certificates.check(number)


@pytest.mark.parametrize("login", ["ratna", "hadi", "nadia", "asep"])
def test_others_give_none_and_another_office_has_its_own_cadres(context: Flask, login: str) -> None:
    switched_on()
    who = cadre()
    for verb in (certificates.issue, certificates.revoke):
        with pytest.raises(NotAllowed):
            verb(member(login), who)
        with pytest.raises(NotFound):
            verb(member("intan"), who)


@pytest.mark.parametrize(("name", "printed"), [(LONG, LONG), ("Ŋurul", "Ŋurul"), ("Mei 名 Contoh", "Mei • Contoh")])
def test_the_paper_comes_out_whatever_the_name_is(
    context: Flask, caplog: pytest.LogCaptureFixture, name: str, printed: str
) -> None:
    switched_on()
    who = cadre(name)
    number = certificates.issue(member("dian"), who)
    words = {"lines": [], "place_and_day": "", "office": "", "by": "", "number": number, "address": "x"}
    with caplog.at_level(logging.WARNING):
        body = certificates.paper(member("dian"), who, address="https://pepa.example/s/X", words=words)
    (sheet,) = pypdf.PdfReader(io.BytesIO(body)).pages
    assert "".join(printed.split()) in "".join(sheet.extract_text().split())
    told = [record.getMessage() for record in caplog.records if "certificate" in record.getMessage()]
    assert bool(told) is (printed != name)
    assert not any(name in line for line in told)
    assert certificates.paper(member("dian"), who, address="", words={}) == body, "made once"


# ---- the doors ----


@pytest.fixture
def dian(app: Flask) -> Client:
    return cast.at_work(app, "dian")


def test_given_printed_checked_and_taken_back(app: Flask, dian: Client) -> None:
    with app.app_context():
        switched_on()
        cadre()
    dian.open("/petugas/sertifikat")
    dian.click("Sri Contoh")
    page = dian.submit("Buat sertifikat")
    assert page.has("Sertifikat SUDAH dibuat.", "Sri Contoh", "telah mengadakan 2 kegiatan")
    with app.app_context():
        number = db.session.scalars(sa.select(Certificate.number)).one()
    paper = dian.submit("Unduh PDF")
    assert paper.body.startswith(b"%PDF")
    assert (
        paper.headers["Content-Disposition"] == f'attachment; filename="sertifikat-{certificates.grouped(number)}.pdf"'
    )
    anybody = Client(app)
    address = f"/s/{certificates.grouped(number)}"
    checked = anybody.open(address)
    assert checked.has("Sertifikat ini berlaku.", "Sri Contoh", "2 kegiatan")
    assert not checked.cookies
    dian.open(page.address)
    dian.click("Cabut")
    assert dian.submit("Ya, cabut").has("Sertifikat itu SUDAH dicabut.")
    gone = anybody.open(address)
    assert gone.has("Sertifikat ini sudah dicabut.")
    assert not gone.has("Sri Contoh")
    assert anybody.get("/s/x").status == 404


def test_without_a_press_the_page_is_printed(app: Flask, dian: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> bytes:
        raise printers.Unmade

    with app.app_context():
        switched_on()
        who = cadre()
        certificates.issue(member("dian"), who)
    monkeypatch.setattr(printers, "printed", fails)
    dian.open(f"/petugas/kader/{who}/sertifikat")
    page = dian.submit("Unduh PDF")
    assert page.status == 503
    assert page.has("PDF belum jadi. Cetak dari halaman ini dulu.", "Sri Contoh")
