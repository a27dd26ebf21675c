"""The first people of an empty installation: two root holders founded at the machine, links from one to the next, keys
made by the first who need them, and at the end a report that two can open."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import seeds
from pepa.cli import upgrade
from pepa.config import Config
from pepa.db import db
from pepa.domain import founding, intake, keys, reports, sessions, settings
from pepa.models.enrolments import Enrolment
from pepa.models.organisations import KeyWrap, Organisation
from pepa.models.people import Person
from tests.client import Client
from tests.installations import opened
from tests.joining.newcomers import begun, joined, sends


@pytest.fixture
def bare(empty_config: Config) -> Iterator[Flask]:
    """A new machine: tables, key, first data, nobody."""
    with opened(empty_config) as app:
        with app.app_context():
            upgrade()
            keys.install(empty_config)
            seeds.plant()
        yield app


def machine(app: Flask, *args: str) -> Any:
    return app.test_cli_runner().invoke(args=["pepa", "invite", *args])


def token_in(output: str) -> str:
    return output.split("/petugas/bergabung/")[1].split()[0]


FOUND = ("--office", "UPTD PPA Contoh", "--independent", "Inspektorat Contoh")


@pytest.mark.both
def test_from_an_empty_machine_to_a_report_that_opens(database: str, bare: Flask) -> None:
    done = machine(bare, *FOUND, "--name", "Joko", "--role", "administrator")
    assert done.exit_code == 0, done.output
    admin = begun(bare, token_in(done.output))
    assert sends(admin, login="joko").h1 == "SUDAH jadi"
    with bare.app_context():
        assert not settings.read().demo
        assert {row.generation for row in db.session.scalars(sa.select(Organisation))} == {0}
        assert not db.session.scalars(sa.select(KeyWrap)).all(), "an administrator opens nothing"
    page = admin.open("/petugas/undang")
    assert page.has("Lembaga: UPTD PPA Contoh"), "into the independent holder only the machine invites"
    page = admin.submit("Buat tautan", name="Ratna", roles=["intake_officer"])
    address = page.tree.select_one("dd code")
    assert address
    officer = begun(bare, token_in(address.get_text()))
    page = sends(officer, login="ratna")
    assert not page.has("Menunggu disetujui"), "the first who needs the key has made it"
    with bare.app_context():
        told = intake.deliver(intake.mint_ticket(again=True), what="Malam ini ada suara pecah.")
        at_work = sessions.member(officer.cookie("__Host-p"))
        assert at_work
        assert reports.open_for(at_work, told.report_id)


def test_the_independent_holder_has_its_own_first_people(bare: Flask) -> None:
    machine(bare, *FOUND)
    done = machine(bare, "--to", "independent", "--name", "Intan", "--role", "supervisor", "--role", "coordinator")
    with bare.app_context():
        me = sessions.member(joined(token_in(done.output), "intan"))
        assert me
        assert me.organisation_name == "Inspektorat Contoh"
        assert me.keyring.pair(me.organisation_id, 1)


def test_founding_again_changes_nothing(bare: Flask) -> None:
    for _ in range(2):
        assert machine(bare, *FOUND).exit_code == 0
    with bare.app_context():
        names = db.session.scalars(sa.select(Organisation.name).order_by(Organisation.name)).all()
    assert names == ["Inspektorat Contoh", "UPTD PPA Contoh"]
    refused = machine(bare, "--office", "Kantor Lain")
    assert refused.exit_code == 1
    assert "there already: UPTD PPA Contoh" in refused.output


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--name", "Joko", "--role", "administrator"), "there is no organisation 'intake'"),
        ((*FOUND, "--name", "Joko"), "at least one role of UPTD PPA Contoh"),
        ((*FOUND, "--name", " ", "--role", "administrator"), "give a name"),
        (
            (*FOUND, "--to", "independent", "--name", "Joko", "--role", "administrator"),
            "one role of Inspektorat Contoh",
        ),
        ((*FOUND, "--to", "Bukan", "--name", "Joko", "--role", "head"), "there is no organisation 'Bukan'"),
        (("--forgot", "nobody"), "nobody who works here logs in as 'nobody'"),
    ],
)
def test_what_is_wrong_is_said(bare: Flask, args: tuple[str, ...], says: str) -> None:
    refused = machine(bare, *args)
    assert refused.exit_code == 1
    assert says in refused.output
    with bare.app_context():
        assert db.session.scalar(sa.select(Enrolment)) is None


def test_whom_nobody_can_bring_back_the_machine_can(context: Flask) -> None:
    """The only administrator forgot the passphrase."""
    done = machine(context, "--forgot", "JOKO")
    row = db.session.scalars(sa.select(Enrolment)).one()
    assert row.is_reset
    assert db.session.get_one(Person, row.person_id).login == "joko"
    assert Client(context).get(f"/petugas/bergabung/{token_in(done.output)}").h1 == "Kalimat sandi baru"


def test_the_last_who_opens_a_key_is_refused_here_as_well(context: Flask) -> None:
    made = founding.bring_back("nadia")
    assert made.token
    db.session.execute(
        sa.delete(KeyWrap).where(KeyWrap.person_id.in_(sa.select(Person.id).where(Person.login == "tegar")))
    )
    db.session.commit()
    refused = machine(context, "--forgot", "nadia")
    assert refused.exit_code == 1
    assert "LBH Teratai Contoh" in refused.output
