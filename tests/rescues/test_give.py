"""A root holder's key, given back to people of it by two sheets (case citizen 66)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import keys, outbox, recovery, reports, rescues
from pepa.errors import NotFound
from pepa.models.audit import AuditEntry
from pepa.models.holdings import PastWrap
from pepa.models.organisations import KeyWrap, Membership, Organisation
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person
from tests.people import member, office, tell
from tests.recovery.sets import confirmed, logs_in

both = pytest.mark.both


def lose(*logins: str) -> None:
    """Their wraps are gone, as where somebody got a new key pair."""
    with transaction() as session:
        who = sa.select(Person.id).where(Person.login.in_(logins))
        session.execute(sa.delete(KeyWrap).where(KeyWrap.person_id.in_(who)))


@pytest.fixture
def pair(context: Flask, config: Config) -> keys.Pair:
    """Of sheets that the office's key is sealed to."""
    made = confirmed(config)
    logs_in("ratna")
    return made


@both
def test_whoever_is_given_it_opens_what_is_old(pair: keys.Pair, database: str) -> None:
    reporter = tell("Yang lama")
    lose("ratna", "bayu", "wulan")
    assert member("ratna").keyring.wraps == {}
    assert rescues.give(pair, organisation_id=office(), logins=["ratna"]) == [member("ratna").name]
    assert reports.open_for(member("ratna"), reporter.report_id).told.what == "Yang lama"
    assert member("bayu").keyring.wraps == {}, "and nobody else"


def test_every_generation_is_given(pair: keys.Pair) -> None:
    reporter, newer = tell("Yang lama"), keys.new_pair()
    with transaction() as session:
        organisation = session.get_one(Organisation, office())
        organisation.generation, organisation.public_key = 2, newer.public
        organisation.key_mac = keys.mac("organisation", organisation.id, 2, newer.public)
        recovery.wrap(session, organisation, newer)
    lose("ratna")
    rescues.give(pair, organisation_id=office(), logins=["RATNA "])
    ring = member("ratna").keyring
    assert {number for _, number in ring.wraps} == {1, 2}
    assert reports.open_for(member("ratna"), reporter.report_id).told.what == "Yang lama"


def test_what_they_held_before_is_not_forgotten(pair: keys.Pair) -> None:
    """Who could open what, and since when, is asked after a breach."""
    who, held = member("ratna").person_id, clock.now() - timedelta(days=90)
    mine = (KeyWrap.person_id == who, KeyWrap.organisation_id == office())
    with transaction() as session:
        session.execute(sa.update(KeyWrap).where(*mine).values(made_at=held))
    rescues.give(pair, organisation_id=office(), logins=["ratna"])
    past = db.session.scalars(sa.select(PastWrap).where(PastWrap.person_id == who)).one()
    assert past.from_at == held
    assert past.until_at >= db.session.scalars(sa.select(KeyWrap.made_at).where(*mine)).one()


def test_it_is_recorded_and_all_of_it_are_told(pair: keys.Pair) -> None:
    rescues.give(pair, organisation_id=office(), logins=["ratna", "bayu"])
    given = list(db.session.scalars(sa.select(AuditEntry.thing_id).where(AuditEntry.act == "recovery.given")))
    assert set(given) == {member("ratna").person_id, member("bayu").person_id}
    told = set(db.session.scalars(sa.select(OutboxRow.person_id).where(OutboxRow.notice == outbox.Notice.SHEETS)))
    colleagues = set(db.session.scalars(sa.select(Membership.person_id).where(Membership.organisation_id == office())))
    assert told == colleagues
    assert len(told) > 4


def test_only_to_those_who_work_there_with_the_key(pair: keys.Pair) -> None:
    administrator = db.session.scalars(
        sa.select(Person.login).join(Membership).where(Membership.roles == "administrator")
    ).first()
    assert administrator
    for logins in (["nadia"], ["nobody"], ["ratna", "nadia"], [administrator], []):
        with pytest.raises(NotFound):
            rescues.give(pair, organisation_id=office(), logins=logins)
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.login == "ratna").values(is_active=False))
    with pytest.raises(NotFound):
        rescues.give(pair, organisation_id=office(), logins=["ratna"])
    assert not db.session.scalar(sa.select(OutboxRow.id).where(OutboxRow.notice == outbox.Notice.SHEETS))


def test_nothing_is_given_that_was_never_sealed(pair: keys.Pair) -> None:
    """Nobody of the independent holder has logged in since the sheets were made."""
    login = db.session.scalars(
        sa.select(Person.login).join(Membership).where(Membership.organisation_id == office("independent"))
    ).first()
    assert login
    with pytest.raises(rescues.NotSealed):
        rescues.give(pair, organisation_id=office("independent"), logins=[login])


def test_nor_a_key_that_is_not_the_organisation_s(pair: keys.Pair) -> None:
    with transaction() as session:
        organisation = session.get_one(Organisation, office())
        public = organisation.public_key = keys.new_pair().public
        organisation.key_mac = keys.mac("organisation", organisation.id, organisation.generation, public)
    with pytest.raises(rescues.NotSealed):
        rescues.give(pair, organisation_id=office(), logins=["ratna"])


def test_sheets_of_another_installation_give_nothing(pair: keys.Pair) -> None:
    with pytest.raises(recovery.OtherSheets):
        rescues.give(keys.new_pair(), organisation_id=office(), logins=["ratna"])


def test_organisations_are_named_by_name_or_kind(pair: keys.Pair) -> None:
    name = db.session.get_one(Organisation, office()).name
    assert rescues.organisation_named(name) == rescues.organisation_named("intake") == office()
    assert rescues.organisation_named("independent") == office("independent")
    with pytest.raises(rescues.NotRoot):
        rescues.organisation_named("legal_aid")
    with pytest.raises(NotFound):
        rescues.organisation_named("tidak ada")
