"""Undang kami: three taps and a code; the office answers; by the code alone it is read or cancelled."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import intake, invitations, plans
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.invitations import Invitation, InvitationState
from pepa.models.outreach import Plan
from pepa.models.titles import Edition, State
from tests import cast, shelf
from tests.client import Client, Page
from tests.outreach.evenings import cadre, held
from tests.people import member

WARD = "36.73.01.1001"
PLACE, PHONE = "Balai RW 02 dekat masjid", "0812-0000-2222"


def asked(**more: str) -> str:
    ticket = more.pop("ticket", "") or intake.mint_ticket(again=True)
    values = {"host": "rt", "kelurahan_code": WARD, "wish": "any", "place": PLACE, "phone": PHONE, **more}
    return invitations.ask(ticket=ticket, **values)  # type: ignore[arg-type]


def only() -> Invitation:
    db.session.rollback()
    return db.session.scalars(sa.select(Invitation)).one()


@pytest.mark.both
def test_the_same_form_is_one_invitation_and_one_code(context: Flask) -> None:
    ticket = intake.mint_ticket(again=True)
    codes = {asked(ticket=ticket) for _ in range(5)}
    assert len(codes) == 1
    assert only().state == "asked"
    told = invitations.by_code(codes.pop().lower())
    assert (told.host.value, told.state.value, told.on, told.who) == ("rt", "asked", None, "")


@pytest.mark.both
def test_the_office_answers_with_a_date_that_the_code_reads(context: Flask) -> None:
    shelf.title()
    code, dian = asked(), member("dian")
    invitation_id, card = only().id, cadre()
    assert invitations.contact_for(dian, invitation_id) == invitations.Contact(PLACE, PHONE)
    day = clock.today() + timedelta(days=7)
    values = {"title_id": 90, "on": day, "hour": "19.30", "place": "Balai RW 02", "cadre_id": card.cadre_id}
    plan_id = invitations.date_it(dian, invitation_id, **values)  # type: ignore[arg-type]
    told = invitations.by_code(code)
    assert (told.state.value, told.on, told.hour, told.place, told.who) == (
        "dated",
        day,
        "19.30",
        "Balai RW 02",
        "kader",
    )
    assert "Siti" not in repr(told)
    assert [plan.id for plan in plans.coming(card)] == [plan_id]
    assert invitations.date_it(dian, invitation_id, **values) == plan_id, "sent twice"  # type: ignore[arg-type]
    with pytest.raises(invitations.AnsweredMeanwhile):  # by a page from before the first date
        invitations.date_it(dian, invitation_id, **{**values, "hour": "20.00"})  # type: ignore[arg-type]
    assert db.session.scalars(sa.select(sa.func.count()).select_from(Plan)).one() == 1


@pytest.mark.both
def test_a_date_is_moved_and_the_old_evening_is_none(context: Flask) -> None:
    shelf.title()
    code, dian, card, other = asked(), member("dian"), cadre(), cadre("Wati Contoh")
    day = clock.today() + timedelta(days=7)
    first = invitations.date_it(dian, only().id, title_id=90, on=day, place="Rumah", cadre_id=card.cadre_id)
    later = day + timedelta(days=1)
    moved = invitations.date_it(dian, only().id, title_id=90, on=later, cadre_id=other.cadre_id, was=first)
    assert (invitations.by_code(code).on, [plan.id for plan in plans.coming(other)]) == (later, [moved])
    assert not plans.coming(card)
    assert db.session.get_one(Plan, first).place == ""
    held(other, plan_token=db.session.get_one(Plan, moved).token, days_ago=0)
    with pytest.raises(invitations.AnsweredMeanwhile):  # it was held
        invitations.date_it(dian, only().id, title_id=90, on=day, was=moved)


@pytest.mark.both
def test_a_cadre_who_cannot_leaves_it_to_the_office_again(context: Flask) -> None:
    shelf.title()
    code, dian, card = asked(), member("dian"), cadre()
    day = clock.today() + timedelta(days=7)
    values = {"title_id": 90, "on": day, "place": "Rumah", "answer": "Sampai jumpa"}
    plan_id = invitations.date_it(dian, only().id, **values, cadre_id=card.cadre_id)  # type: ignore[arg-type]
    for _ in range(2):
        plans.cancel(card, plan_id)
    row, told = only(), invitations.by_code(code)
    assert (row.state, row.plan_id, row.answered_on, told.answer, told.on) == ("asked", None, None, "", None)
    assert db.session.get_one(Plan, plan_id).place == ""
    assert [one.id for one in invitations.list_for(dian, state=InvitationState.ASKED)] == [row.id]
    assert invitations.date_it(dian, row.id, **values) != plan_id  # type: ignore[arg-type]


def test_no_evening_and_no_poster_of_what_was_withdrawn(context: Flask) -> None:
    shelf.title(poster="Rumah yang aman")
    asked()
    dian, day = member("dian"), clock.today() + timedelta(days=7)
    invitations.date_it(dian, only().id, title_id=90, on=day)
    assert invitations.poster_lines(dian, only().id) == ["Rumah yang aman"]
    with transaction() as session:
        edition = session.scalars(sa.select(Edition).where(Edition.title_id == 90)).one()
        edition.state, edition.withdrawn_reason, edition.withdrawn_at = State.WITHDRAWN, "Keliru", clock.now()
    plans.taught.forget()
    with pytest.raises(invitations.PosterGone):
        invitations.poster_lines(dian, only().id)
    with pytest.raises(plans.TitleMissing):
        invitations.date_it(dian, only().id, title_id=90, on=day, hour="20.00", was=only().plan_id)


def test_whoever_looks_at_the_number_is_recorded(context: Flask) -> None:
    asked()
    invitations.contact_for(member("dian"), only().id)
    acts = db.session.scalars(sa.select(AuditEntry.act).where(AuditEntry.thing_id == only().id)).all()
    assert acts == ["invitation.contact_seen"]


def test_cancelled_by_the_code_nobody_goes_there(context: Flask) -> None:
    shelf.title()
    code, dian = asked(), member("dian")
    card = cadre()
    invitations.date_it(dian, only().id, title_id=90, on=clock.today(), place=PLACE, cadre_id=card.cadre_id)
    for _ in range(2):
        assert invitations.cancel(code=code).state is InvitationState.CANCELLED
    assert not plans.coming(card)
    assert only().contact_sealed is None
    assert db.session.scalars(sa.select(Plan.place)).all() == [""]
    with pytest.raises(invitations.AnsweredMeanwhile):
        invitations.decline(dian, only().id, answer="Maaf")


def test_a_sentence_where_nobody_can_come(context: Flask) -> None:
    code, dian = asked(), member("dian")
    with pytest.raises(invitations.AnswerMissing):
        invitations.decline(dian, only().id, answer=" ")
    invitations.decline(dian, only().id, answer="Bulan depan kami hubungi.")
    told = invitations.by_code(code)
    assert (told.state, told.answer) == (InvitationState.DECLINED, "Bulan depan kami hubungi.")


def test_only_its_own_office(context: Flask) -> None:
    asked()
    invitation_id = only().id
    with pytest.raises(NotFound):
        invitations.get_for(member("intan"), invitation_id)
    with pytest.raises(NotAllowed):
        invitations.list_for(member("asep"))
    assert [row.id for row in invitations.list_for(member("ratna"))] == [invitation_id]


@pytest.mark.parametrize("code", ["", "AAAA", "AAAAAAAA", "é" * 8, "0O1I0O1I", "A" * 500])
def test_another_code_opens_nothing(context: Flask, code: str) -> None:
    asked()
    with pytest.raises(invitations.CodeUnknown):
        invitations.by_code(code)


def test_neither_place_nor_number_nor_code_stands_in_the_clear(context: Flask) -> None:
    code = asked()
    row = only()
    stored = b"".join(value for value in (row.code_hash, row.contact_sealed) if value)
    for word in (PLACE, PHONE, code):
        assert word.encode() not in stored
    with clock.frozen(clock.now() + timedelta(days=366)):
        assert invitations.purge() == 1
    assert only().contact_sealed is None


@pytest.mark.parametrize("odd", ["bait", "hasty"])
def test_what_looks_like_a_machine_is_put_aside_and_answered_alike(context: Flask, odd: str) -> None:
    ticket = intake.mint_ticket(again=odd == "bait")
    code = asked(ticket=ticket, subject="x" if odd == "bait" else "")
    dian = member("dian")
    assert only().is_aside
    assert not list(invitations.list_for(dian))
    assert len(list(invitations.list_for(dian, aside=True))) == 1
    assert invitations.by_code(code).state is InvitationState.ASKED
    invitations.take_in(dian, only().id)
    assert len(list(invitations.list_for(dian))) == 1


# ---- by the pages ----


def invited(client: Client) -> tuple[Page, str]:
    client.open("/undang")
    page = client.submit("Kirim", host="school", kelurahan_code=WARD, wish="next_month", place=PLACE)
    assert page.h1 == "Undangan SUDAH sampai"
    shown = page.tree.select_one("ol.code")
    assert shown
    return page, shown.text


def test_three_taps_a_code_and_no_cookie(app: Flask) -> None:
    client = Client(app)
    page, code = invited(client)
    assert re.fullmatch(r"[2-9A-Z]{4} ?[2-9A-Z]{4}", code.strip())
    assert not page.cookies
    client.open("/undang?kode")
    page = client.submit("Buka", code=code.lower())
    assert page.h1 == "Jawaban undangan"
    assert page.has("Sekolah", "Menunggu jawaban kantor")
    assert not page.cookies
    assert PLACE not in page.text


def test_what_is_missing_is_said_and_what_was_typed_stays(app: Flask) -> None:
    client = Client(app)
    client.open("/undang")
    page = client.submit("Kirim", place=PLACE)
    assert page.status == 422
    assert page.has("Pilih dulu siapa yang mengundang.")
    assert page.value("place") == PLACE
    page = client.submit("Kirim", host="rt", kelurahan_code=WARD, wish="any")
    assert page.h1 == "Undangan SUDAH sampai"
    with app.app_context():
        assert not only().is_aside


def test_an_answer_by_the_pages_and_its_poster(app: Flask) -> None:
    client = Client(app)
    _, code = invited(client)
    with app.app_context():
        shelf.title(poster="Rumah yang aman\nBicara 30 menit\nTelepon {nomor:sapa129}")
        invitation_id: UUID = only().id
        invitations.take_in(member("dian"), invitation_id)
    office = cast.at_work(app, "dian")
    office.open("/petugas/undangan")
    page = office.click("Sekolah")
    assert page.has(PLACE)
    day = clock.today() + timedelta(days=9)
    page = office.submit(
        "Jawab dengan tanggal", title_id="90", on=f"{day:%d/%m/%Y}", hour="19.30", place="Aula sekolah"
    )
    assert page.has("Tanggal SUDAH dijawab.")
    assert page.value("was")
    page = office.submit("Pindahkan tanggal", hour="20.00")
    assert page.has("Tanggal SUDAH dijawab.", "20.00")
    page = office.submit("Pindahkan tanggal", hour="19.30")
    page = office.click("Cetak poster")
    assert page.h1 == "Rumah yang aman"
    assert page.has("Bicara 30 menit", "19.30", "Aula sekolah")
    assert not re.search("[{}]", page.text)
    client.open("/undang?kode")
    page = client.submit("Buka", code=code)
    assert page.has("19.30", "Aula sekolah", "Yang datang: petugas kantor.")
    assert "Dian" not in page.text
    page = client.submit("Batalkan undangan")
    assert page.has("Undangan ini dibatalkan dan tidak bisa dihidupkan lagi.")
    page = client.submit("Ya, batalkan")
    assert page.has("Dibatalkan")


def test_whoever_answers_is_told_and_led_there(app: Flask) -> None:
    ratna, asep = cast.at_work(app, "ratna"), cast.at_work(app, "asep")
    assert not ratna.open("/petugas/hari-ini").has("Undangan:")
    with app.app_context():
        asked()
        asked(subject="x")  # a machine's
    ratna.open("/petugas/hari-ini")
    assert ratna.click("Undangan: 1").h1 == "Undangan"
    ratna.open("/petugas/kegiatan")
    assert ratna.click("Undangan").h1 == "Undangan"
    ratna.open("/petugas/kegiatan")
    assert ratna.click("Ketik dari kertas").h1 == "Ketik dari kertas"
    page = asep.open("/petugas/kegiatan")
    assert not page.has("Undangan")
    assert not page.has("Ketik dari kertas")


def test_a_wrong_code_says_no_more_than_that(app: Flask) -> None:
    client = Client(app)
    client.open("/undang?kode")
    page = client.submit("Buka", code="AAAABBBB")
    assert page.status == 404
    assert page.has("Kode undangan ini tidak ada.")
