"""Organisations: added without an account, changed by version, seen by whom, with a banner when an agreement ends."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import capacities, organisations
from pepa.errors import NotAllowed, NotFound
from pepa.models.capacities import Aid
from pepa.models.organisations import Organisation
from tests import cast
from tests.people import member, office

ENTRY = {
    "agreement": "PKS 12/2026",
    "aids": ["law_enforcement"],
    "hours": "Senin, 08.00-16.00",
    "phone": "0254-1",
    "person": "Ani Contoh",
}


def add(name: str = "Polsek Contoh", *, until: date | None = None, once: str = "1", by: str = "joko") -> UUID:
    return organisations.add(member(by), name=name, kind="police", agreed_until_on=until, once=once, **ENTRY)  # type: ignore[arg-type]


def offered() -> set[str]:
    return {one.organisation.name for one in capacities.directory(member("ratna"), Aid.LAW_ENFORCEMENT)}


@pytest.mark.both
def test_a_partner_without_an_account_is_one_without_people(context: Flask, database: str) -> None:
    made = add()
    assert add() == made, "the same form again"
    found = {one.organisation.id: one for one in organisations.listed(member("joko"))}[made]
    assert (found.people, found.waiting, found.kind) == (0, 0, "Unit PPA kepolisian")
    looked = organisations.look(member("joko"), made)
    assert (looked.words, looked.able, looked.organisation.generation) == ((), [], 0)
    assert (looked.entry.person, looked.entry.phone, looked.entry.hours) == (
        "Ani Contoh",
        "0254-1",
        "Senin, 08.00-16.00",
    )
    assert "Polsek Contoh" in offered()


@pytest.mark.parametrize("name", ["", "  ", "LBH Teratai Contoh", "lbh teratai contoh "])
def test_a_name_is_needed_and_is_one_organisation_s(context: Flask, name: str) -> None:
    with pytest.raises((organisations.NameMissing, organisations.NameTaken)):
        add(name)


@pytest.mark.parametrize("kind", [None, "intake", "independent", "else"])
def test_no_second_root_holder_is_added(context: Flask, kind: str | None) -> None:
    with pytest.raises(organisations.KindMissing):
        organisations.add(member("joko"), name="X", kind=kind, agreed_until_on=None, once="1", **ENTRY)  # type: ignore[arg-type]


def change(organisation_id: UUID, version: int, **values: object) -> Organisation:
    since = organisations.look(member("joko"), organisation_id).entry.since
    told = {"name": "Polsek Contoh", "agreed_until_on": None, "since": since, **ENTRY, **values}
    return organisations.change(member("joko"), organisation_id, version=version, **told)  # type: ignore[arg-type]


@pytest.mark.both
def test_of_two_who_change_it_the_second_is_told(context: Flask, database: str) -> None:
    made = add()
    assert change(made, 1, name="Polsek Baru").version == 2
    with pytest.raises(organisations.ChangedMeanwhile):
        change(made, 1, name="Polsek Lain")
    assert db.session.get_one(Organisation, made).name == "Polsek Baru"


def test_what_its_people_wrote_meanwhile_is_not_written_over(context: Flask) -> None:
    legal_aid = office("legal_aid")
    stood = organisations.look(member("joko"), legal_aid).entry.since
    capacities.keep(member("nadia"), aids=["legal_aid"], hours="", phone="0254-9", since=stood)
    with pytest.raises(capacities.EntryChanged):
        change(legal_aid, 1, name="LBH Teratai Contoh", since=stood)


@pytest.mark.parametrize(
    ("days", "is_over", "is_ending"),
    [(-1, True, False), (0, False, True), (30, False, True), (31, False, False), (None, False, False)],
)
def test_the_last_day_still_counts_and_thirty_days_before_it_is_told(
    context: Flask, days: int | None, is_over: bool, is_ending: bool
) -> None:
    until = None if days is None else clock.today() + timedelta(days=days)
    row = db.session.get_one(Organisation, add(until=until))
    assert (row.is_over(clock.today()), row.is_ending(clock.today())) == (is_over, is_ending)
    assert ("Polsek Contoh" in offered()) is not is_over


def test_who_sees_which(context: Flask) -> None:
    assert len(organisations.listed(member("joko"))) == 9
    for login in ("ratna", "wulan", "nadia", "asep", "intan"):
        me = member(login)
        assert [one.organisation.id for one in organisations.listed(me)] == [me.organisation_id]
        with pytest.raises(NotFound):
            organisations.get_for(me, office("hospital"))
        with pytest.raises(NotAllowed):
            add(by=login)


def test_pages_say_what_is_so(app: Flask) -> None:
    client = cast.at_work(app, "joko")
    client.get("/petugas/lembaga/baru")
    page = client.submit("Tambahkan", name="Polsek Contoh", kind="police", agreed_until_on="31/12/2020", person="Ani")
    assert page.has("Lembaga SUDAH ditambahkan.", "Perjanjian SUDAH lewat sejak", "Layanannya tidak ditawarkan", "Ani")
    assert page.has("Belum ada kunci.")
    client.get(page.link("Ubah"))
    soon = (clock.today() + timedelta(days=10)).strftime("%d/%m/%Y")
    assert client.submit("Simpan", agreed_until_on=soon).has("Perjanjian berakhir", "Isian lembaga SUDAH disimpan.")
    listed = client.get("/petugas/lembaga")
    assert listed.has("perjanjian hampir lewat", "belum ada akun")
    assert client.get("/petugas/lembaga/baru").status == 200
    assert client.submit("Tambahkan", name="", kind="police").status == 422


def test_whoever_works_here_reads_the_four_words_of_the_key(app: Flask) -> None:
    client = cast.at_work(app, "nadia")
    page = client.get("/petugas/lembaga")
    assert page.location
    own = client.get(page.location)
    with app.app_context():
        words = organisations.look(member("nadia"), office("legal_aid")).words
    assert own.has(*words, "kunci ke-1", "Nadia Contoh", "Tegar Contoh")
    assert "Tahan" not in own.text
