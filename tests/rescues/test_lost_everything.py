"""Case citizen 66: every passphrase of the office is lost, and the server key as well. Two sheets are left."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import follow_up, keys, locks, reporters, reports, sessions
from pepa.errors import NotFound
from pepa.models.organisations import KeyWrap, Membership
from pepa.models.people import Person
from pepa.policy import Member
from tests.installations import opened
from tests.people import office, tell
from tests.recovery.sets import confirmed, logs_in, typed

WORDS = "enam kata baru yang tidak dikenal siapa pun"


def at_work(login: str, totp: str) -> Member:
    with clock.frozen(clock.now()):
        cookie = sessions.log_in(login=login, passphrase=WORDS, code=locks.totp_now(totp))
    member = sessions.member(cookie)
    assert member
    return member


def renewed(login: str) -> str:
    """A new key pair in place of one whose passphrase is lost, as a link of the administrator's makes it. Returns the
    authenticator's new secret."""
    person_id = db.session.scalars(sa.select(Person.id).where(Person.login == login)).one()
    totp = locks.new_totp()
    own = locks.new_person_keys(person_id, WORDS, totp)
    with transaction() as session:
        session.execute(sa.delete(KeyWrap).where(KeyWrap.person_id == person_id))
        person = session.get_one(Person, person_id)
        person.public_key, person.key_mac, person.kdf = own.public_key, own.key_mac, own.kdf
        person.secret_sealed, person.totp_sealed, person.totp_step = own.secret_sealed, own.totp_sealed, 0
    return totp


def all_of_the_office() -> list[str]:
    query = sa.select(Person.login).join(Membership).where(Membership.organisation_id == office())
    return list(db.session.scalars(query))


def test_two_sheets_are_enough(config: Config) -> None:
    with opened(config) as app, app.app_context():
        sheets = typed(confirmed(config))
        logs_in("ratna")
        reporter = tell("Yang tertulis sebelum semua hilang")
        token = reporter.token
        totps = {login: renewed(login) for login in all_of_the_office()}
        ratna = at_work("ratna", totps["ratna"])
        with pytest.raises((NotFound, keys.Unopened)):
            reports.open_for(ratna, reporter.report_id)
    config.server_key_file.unlink()
    with opened(config, keyless=True) as app:
        opens = ["pepa", "recovery", "open", "--organisation", "intake", "--person", "ratna"]
        done = app.test_cli_runner().invoke(args=opens, input="\n".join(sheets[1:]))
        assert done.exit_code == 0, done.output
    with opened(config) as app, app.app_context():
        at_her_desk(app, totps["ratna"], token)


def at_her_desk(app: Flask, totp: str, token: keys.Token) -> None:
    """Old and new reports open, what she answers arrives, and it all was told and recorded."""
    reporter = reporters.by_token(token)
    assert reporter
    with clock.frozen(clock.now() + sessions.LONGEST):  # the digits of before were used
        ratna = at_work("ratna", totp)
        opened_old = reports.open_for(ratna, reporter.report_id)
        assert opened_old.told.what == "Yang tertulis sebelum semua hilang"
        reports.hold(ratna, reporter.report_id)
        reports.answer(ratna, reporter.report_id, text="Kami membaca ini.", once=opened_old.once)
        newer = tell("Yang baru")
        assert reports.open_for(ratna, newer.report_id).told.what == "Yang baru"
    reporter = reporters.by_token(token)
    assert reporter
    assert "Kami membaca ini." in str(follow_up.following(reporter))
