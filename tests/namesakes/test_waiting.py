"""A name like one that a reporter told is a hint to whoever leads, and asked anew whenever somebody looks."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import transaction
from pepa.domain import additions, conflicts, namesakes, reports
from pepa.errors import NotAllowed, NotFound
from pepa.models.organisations import Organisation
from pepa.models.people import Person
from pepa.models.reports import Report
from pepa.policy import Reporter
from tests import cast
from tests.duty.rosters import person
from tests.people import member, office, tell


def told_of(hurting: str) -> Reporter:
    sent = tell("Isi")
    additions.add(sent, answers=additions.Who(hurting=hurting), once="1")
    return sent


def hinted(sent: Reporter, login: str = "wulan") -> set[str]:
    return {one.name for one in namesakes.waiting(member(login), most=99) if one.report.id == sent.report_id}


def called(login: str, name: str) -> None:
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.login == login).values(name=name))


@pytest.mark.both
def test_a_name_that_sounds_alike_is_a_hint(context: Flask) -> None:
    called("bayu", "Bayoe Wibowo")
    sent = told_of("Pak Bayu, tetangga")
    assert hinted(sent) == {"Bayoe Wibowo"}
    (hint,) = [one for one in namesakes.waiting(member("wulan")) if one.report.id == sent.report_id]
    assert (hint.of, hint.is_me, hint.id) == ("Kantor Contoh", False, person("bayu"))


def test_a_slip_is_looked_over_in_a_long_word_alone(context: Flask) -> None:
    called("bayu", "Kusnadi Wijaya")
    called("dian", "Dina Hasan")
    assert hinted(told_of("namanya Kusnady")) == {"Kusnadi Wijaya"}
    assert hinted(told_of("namanya Kusmadi")) == {"Kusnadi Wijaya"}
    assert hinted(told_of("namanya Dian")) == set()


def test_what_very_many_are_called_needs_a_second_word(context: Flask) -> None:
    called("bayu", "Muhammad Yusuf")
    called("dian", "Siti Aminah")
    assert hinted(told_of("Moh., suami saya")) == set()
    assert hinted(told_of("Mohamad Yusup")) == {"Muhammad Yusuf"}
    assert hinted(told_of("Ibu Siti")) == set()


def test_what_all_of_a_place_are_called_says_nothing(context: Flask) -> None:
    assert hinted(told_of("Contoh")) == set()


def test_names_and_places_are_asked_as_they_are_now(context: Flask) -> None:
    """A person is renamed, a body is added: the report from before is compared anew."""
    sent, other = told_of("Pak Kusnadi"), told_of("bidan di Klinik Melur")
    assert hinted(sent) == hinted(other) == set()
    called("ratna", "Kusnadi Contoh")
    assert hinted(sent) == {"Kusnadi Contoh"}
    with transaction() as session:
        session.add(Organisation(name="Klinik Melur", kind="hospital"))
    assert hinted(other) == {"Klinik Melur"}


def test_nobody_decides_about_their_own_name(context: Flask) -> None:
    called("wulan", "Kusnadi Contoh")
    sent, wulan = told_of("Pak Kusnadi"), member("wulan")
    assert hinted(sent) == set()
    opened = reports.open_for(wulan, sent.report_id)
    assert [(one.name, one.is_me) for one in namesakes.of(wulan, opened.report)] == [("Kusnadi Contoh", True)]
    with pytest.raises(NotFound):
        conflicts.dismiss(wulan, sent.report_id, named_id=wulan.person_id)


def test_an_officer_is_told_of_the_own_name_alone(context: Flask) -> None:
    called("ratna", "Kusnadi Contoh")
    sent = told_of("Pak Kusnadi")
    report = reports.open_for(member("bayu"), sent.report_id).report
    assert namesakes.of(member("bayu"), report) == []
    assert [one.is_me for one in namesakes.of(member("ratna"), report)] == [True]
    with pytest.raises(NotAllowed):
        namesakes.waiting(member("bayu"))


@pytest.mark.both
def test_what_was_decided_is_not_asked_again(context: Flask) -> None:
    called("ratna", "Kusnadi Contoh")
    called("bayu", "Kusnadi Lain")
    sent, wulan = told_of("Pak Kusnadi"), member("wulan")
    assert hinted(sent) == {"Kusnadi Contoh", "Kusnadi Lain"}
    for _ in range(2):
        conflicts.dismiss(wulan, sent.report_id, named_id=person("ratna"))
    assert hinted(sent) == {"Kusnadi Lain"}
    made = conflicts.name(wulan, sent.report_id, named_id=person("bayu"), reason="Kakaknya", once="1")
    assert hinted(sent) == set()
    conflicts.lift(wulan, sent.report_id, made, reason="Bukan")
    assert hinted(sent) == set()
    assert [told.act for told in conflicts.history(wulan, sent.report_id)] == ["dismissed", "named", "lifted"]


def test_a_hidden_report_hints_at_nothing(context: Flask) -> None:
    called("ratna", "Kusnadi Contoh")
    sent, wulan = told_of("Pak Kusnadi"), member("wulan")
    assert hinted(sent) == {"Kusnadi Contoh"}
    conflicts.declare(wulan, sent.report_id, once="1")
    assert hinted(sent) == set()
    assert namesakes.of(wulan, Report(id=sent.report_id)) == []


def test_it_stands_on_the_pages_of_whoever_leads(app: Flask) -> None:
    with app.app_context():
        called("bayu", "Kusnadi Contoh")
        sent = told_of("Pak Kusnadi")
        whom, partner = person("bayu"), office("hospital")
    here, wulan = f"/petugas/laporan/{sent.report_id}", cast.at_work(app, "wulan")
    assert wulan.open("/petugas/hari-ini").has("Mungkin kenal", "Kusnadi Contoh")
    assert not cast.at_work(app, "ratna").open("/petugas/hari-ini").has("Mungkin kenal")
    assert wulan.open(here).has("Mungkin kenal: Kusnadi Contoh.")
    assert wulan.open(f"{here}/benturan/tambah?siapa={whom}").value("named_id") == str(whom)
    assert wulan.open(f"{here}/benturan/tambah?siapa={partner}x").value("named_id") == ""
    wulan.open(f"{here}/benturan")
    assert wulan.submit("Bukan orangnya Kusnadi Contoh").has("Dicatat: bukan orangnya.")
    assert not wulan.open("/petugas/hari-ini").has("Mungkin kenal")  # whoever is on duty is named there
