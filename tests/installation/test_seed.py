"""flask pepa seed, demo, check, purge, replay: what is done at the machine."""

import json
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from pepa import clock, seeds
from pepa.app import create_app
from pepa.config import Config
from pepa.db import Kept, db, transaction
from pepa.domain import keys, locks, reporters, sheets
from pepa.models import TABLES
from pepa.models.audit import AuditEntry
from pepa.models.duty import Shift
from pepa.models.installation import Setting
from pepa.models.organisations import Membership, Organisation
from pepa.models.outputs import OutputTrouble
from pepa.models.people import Person
from pepa.models.places import Kelurahan
from pepa.models.reports import Handle
from pepa.seeds import demo
from tests.installations import opened
from tests.intake.test_replay import lose
from tests.people import member, office, tell

Run = Callable[..., Result]


def counts() -> dict[str, int]:
    db.session.rollback()
    return {
        name: db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for name, table in TABLES.items()
    }


@pytest.fixture(autouse=True)
def printed(monkeypatch: pytest.MonkeyPatch) -> list[int | None]:
    """That sheets were made, and of how many titles at most; tests/sheets tries what is made of them."""
    asked: list[int | None] = []

    def build_due(base_url: str, *, most: int | None = 1) -> int:
        asked.append(most)
        return 3

    monkeypatch.setattr(sheets, "build_due", build_due)
    return asked


@pytest.fixture
def run(app: Flask) -> Run:
    """run("check") is `flask --app wsgi pepa check`."""
    return lambda *args: app.test_cli_runner().invoke(args=["pepa", *args])


@pytest.fixture
def production(config: Config) -> Iterator[Run]:
    """The same where PEPA_PRODUCTION is set."""
    with opened(replace(config, production=True)) as app:
        yield lambda *args: app.test_cli_runner().invoke(args=["pepa", *args])


# seed


@pytest.mark.both
def test_out_of_nothing_and_again(empty_config: Config, printed: list[int | None]) -> None:
    with opened(empty_config) as app:
        first = app.test_cli_runner().invoke(args=["pepa", "seed"])
        assert first.exit_code == 0, first.output
        with app.app_context():
            planted, accounts = counts(), demo.accounts(empty_config.instance)
        again = app.test_cli_runner().invoke(args=["pepa", "seed"])
        assert again.exit_code == 0, again.output
        assert "0 rows of first data are new." in again.output
        assert printed == [None, None], "all sheets of the demo's library are there at once"
        with app.app_context():
            assert counts() == planted
        assert demo.accounts(empty_config.instance) == accounts
        for account in accounts:
            assert account.login in first.output
            assert account.passphrase in first.output
    assert planted["kecamatan"] == 6
    assert planted["kelurahan"] == 67
    assert planted["reports"] >= 8


@pytest.mark.both
def test_what_somebody_changed_is_left_as_it_is(context: Flask, config: Config) -> None:
    with transaction() as session:
        session.merge(Setting(key="office_number", value="0254-111"))
        session.get_one(Kelurahan, "36.73.01.1001").name = "Nama baru"
        session.delete(session.get_one(Setting, "number.110"))
    assert seeds.plant() == 1
    demo.plant(config.instance)
    db.session.rollback()
    assert db.session.get_one(Setting, "office_number").value == "0254-111"
    assert db.session.get_one(Kelurahan, "36.73.01.1001").name == "Nama baru"
    assert db.session.get(Setting, "number.110")


def test_the_roster_of_the_demo_grows_longer_and_has_no_gaps(context: Flask, config: Config) -> None:
    with clock.frozen(clock.now() + timedelta(days=20)):
        demo.plant(config.instance)
        demo.plant(config.instance)
        query = sa.select(Shift).where(Shift.organisation_id == office()).order_by(Shift.starts_at)
        shifts = list(db.session.scalars(query))
        assert shifts[-1].ends_at > clock.now() + timedelta(days=demo.ROSTER_DAYS - 1)
    for before, after in pairwise(shifts):
        assert before.ends_at == after.starts_at


def test_in_production_there_is_no_demo(empty_config: Config, printed: list[int | None]) -> None:
    with opened(replace(empty_config, production=True)) as app:
        done = app.test_cli_runner().invoke(args=["pepa", "seed"])
        assert done.exit_code == 0, done.output
        with app.app_context():
            found = counts()
    assert (found["people"], found["organisations"], found["reports"], found["shifts"]) == (0, 0, 0, 0)
    assert found["kelurahan"] == 67
    assert not printed, "the delivery makes them"
    assert not demo.accounts_file(empty_config.instance).exists()


# The demo's accounts


def test_the_accounts_are_for_their_owner_alone(config: Config, app: Flask) -> None:
    file = demo.accounts_file(config.instance)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_program_reads_them(run: Run, config: Config) -> None:
    listed = json.loads(run("demo", "--json").output)
    assert len(listed) == len(demo.accounts(config.instance)) > 10
    assert set(listed[0]) == {"name", "role", "organisation", "login", "passphrase", "totp_secret"}
    ratna = next(account for account in listed if account["login"] == "ratna")
    assert ratna["name"] == "Ratna Contoh"
    assert ratna["organisation"] == "Kantor Contoh"
    assert len(ratna["passphrase"].split()) == 6


def test_passphrases_are_drawn_anew_for_each_installation(
    empty_config: Config, accounts: dict[str, demo.Account]
) -> None:
    from tests.installations import planted

    planted(empty_config)
    others = {account.login: account for account in demo.accounts(empty_config.instance)}
    assert others.keys() == accounts.keys()
    for login, account in accounts.items():
        assert account.passphrase != others[login].passphrase
        assert account.totp_secret != others[login].totp_secret


def test_the_codes_that_hold_now(run: Run, accounts: dict[str, demo.Account]) -> None:
    with clock.frozen(clock.now()):
        said = run("demo", "--codes").output
        for account in accounts.values():
            assert locks.totp_now(account.totp_secret) in said


def test_without_a_demo_there_is_nothing_to_print(empty_config: Config) -> None:
    with opened(empty_config) as app:
        assert app.test_cli_runner().invoke(args=["pepa", "demo", "--json"]).output.strip() == "[]"


# check


def test_a_demo_has_no_fault(run: Run) -> None:
    done = run("check")
    assert done.exit_code == 0
    assert done.output.endswith("No fault found.\n")
    assert "blocks:" not in done.output
    assert "The last backup that was found whole is not there.\n" in done.output


def test_in_production_a_demo_is_refused(production: Run) -> None:
    done = production("check")
    assert done.exit_code == 1
    assert "demo accounts exist" in done.output
    assert "Recovery sheets" in done.output


def test_in_production_empty_settings_are_refused(production: Run, config: Config) -> None:
    app = create_app(replace(config, production=True))
    with app.app_context():
        with transaction() as session:
            for key in ("office_number", "dpo", "law_sentence", "number.129"):
                session.get_one(Setting, key).value = ""
        Kept.forget()
        db.session.remove()
        db.engine.dispose()
    said = production("check").output
    for about in ("[kantor]", "[dpo]", "[law_sentence]", "[sapa129]"):
        assert any(about in line and line.startswith("blocks: N") for line in said.splitlines()), about


def test_in_production_four_have_to_be_able_to_open(config: Config) -> None:
    app = create_app(replace(config, production=True))

    def production(*args: str) -> Result:
        return app.test_cli_runner().invoke(args=["pepa", *args])

    assert "can open reports" not in production("check").output
    with app.app_context():
        with transaction() as session:
            logins = ["bayu", "sekar", "hadi"]
            session.execute(sa.update(Person).where(Person.login.in_(logins)).values(is_active=False))
        db.session.remove()
    assert ": 3 people can open reports; 4 are needed." in production("check").output


@pytest.mark.both
def test_a_key_that_is_not_ours_is_found(run: Run, app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            session.get_one(Organisation, office("police")).public_key = keys.new_pair().public
        police = office("police")
        db.session.remove()
    done = run("check")
    assert done.exit_code == 1
    assert str(police) in done.output


@pytest.mark.both
def test_a_broken_chain_is_found(run: Run, app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            where = sa.and_(AuditEntry.chain == "anonymous", AuditEntry.number == 2)
            session.execute(sa.update(AuditEntry).where(where).values(act="thing.else"))
        db.session.remove()
    done = run("check")
    assert done.exit_code == 1
    assert "blocks: Audit chain anonymous: link 2 was changed or cut out. [anonymous]\n" in done.output


def test_two_intake_offices_are_a_fault(run: Run, app: Flask) -> None:
    with app.app_context():
        with transaction() as session:
            session.get_one(Organisation, office("police")).kind = "intake"
        db.session.remove()
    assert "There must be exactly one: Intake office. [intake]" in run("check").output


# purge, replay


@pytest.mark.both
def test_purging_clears_away_what_is_over(run: Run, app: Flask) -> None:
    run("purge")  # the ways in to the demo's older reports
    with app.app_context(), clock.frozen(clock.now() - timedelta(days=1)):
        reporters.handle(tell().token)
        db.session.remove()
    done = run("purge")
    assert done.exit_code == 0
    assert done.output == "1 rows, drafts and files are gone.\n"
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Handle)) == 0
        db.session.remove()


@pytest.mark.both
def test_replaying_says_how_many(run: Run, app: Flask) -> None:
    with app.app_context():
        lose(tell(), tell())
        db.session.remove()
    assert run("replay").output == "2 reports came home from the spool.\n"
    assert run("replay").output == "0 reports came home from the spool.\n"


def test_the_administrator_of_the_demo_holds_no_key(context: Flask) -> None:
    joko = member("joko")
    assert joko.keyring.wraps == {}
    memberships = db.session.scalar(sa.select(sa.func.count()).select_from(Membership))
    assert memberships == db.session.scalar(sa.select(sa.func.count()).select_from(Person))


# press


def test_sheets_are_made_when_asked_for_and_what_could_not_be_is_told(context: Flask, run: Run) -> None:
    with transaction() as session:
        session.add(OutputTrouble(title_id=7, says="Bagian isi, baris 3.", made_from=b"", at=clock.now()))
    told = run("press").output
    assert "3 titles" in told
    assert "Title 7: Bagian isi, baris 3." in told
