"""A newcomer gets the key from a colleague who has it: four words, a passphrase, everybody told; at a root, two."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import approvals, audit, holders, keys, rekeys, reports, sessions
from pepa.errors import NotAllowed, NotFound
from pepa.models.approvals import Approval
from pepa.models.audit import AuditEntry, Chain
from pepa.models.organisations import KeyWrap
from pepa.models.people import Person
from tests.members.people import PASSPHRASE, Newcomer, forget_told, newcomer, told, words
from tests.people import member, office, tell


def approve(login: str, who: Newcomer, *, key: str = "", passphrase: str = "") -> bool:
    said = approvals.approve(
        member(login), who.membership_id, public_key=key or who.key, passphrase=passphrase or words(login)
    )
    return said is approvals.Said.GIVEN


def generations(who: Newcomer) -> list[int]:
    db.session.rollback()
    return sorted(db.session.scalars(sa.select(KeyWrap.generation).where(KeyWrap.person_id == who.person_id)))


@pytest.mark.both
def test_at_a_partner_one_is_enough(context: Flask, database: str) -> None:
    who = newcomer("baru", "legal_aid", "worker")
    assert [one.id for one in approvals.waiting(member("nadia"))] == [who.membership_id]
    assert approve("nadia", who)
    assert generations(who) == [1]
    assert rekeys.holds(who.at_work(), office("legal_aid"))
    assert approvals.waiting(member("nadia")) == []
    assert told("members") == {"nadia", "tegar", "baru"}
    assert audit.first_broken(Chain.STAFF) is None


@pytest.mark.both
def test_at_a_root_holder_it_takes_two(context: Flask, database: str) -> None:
    who = newcomer()
    assert approve("ratna", who) is False
    assert generations(who) == []
    assert told("members") == {"ratna", "bayu", "sekar", "wulan", "hadi", "dian", "joko", "baru"}
    with pytest.raises(approvals.SecondNeeded):
        approve("ratna", who)
    asked = approvals.ask(member("bayu"), who.membership_id)
    assert (asked.first_by, asked.waits) == ("Ratna Contoh", True)
    assert approve("bayu", who)
    assert generations(who) == [1]
    assert db.session.get(Approval, who.membership_id) is None
    reports.open_for(who.at_work(), tell().report_id)


def test_after_a_day_one_is_enough(context: Flask) -> None:
    who, now = newcomer(), clock.now()
    approve("ratna", who)
    with clock.frozen(now + timedelta(hours=23, minutes=59)), pytest.raises(approvals.SecondNeeded):
        approve("ratna", who)
    with clock.frozen(now + timedelta(hours=24, minutes=1)):
        assert approve("ratna", who)


def test_anybody_of_the_office_cancels_within_the_day(context: Flask) -> None:
    who, now = newcomer(), clock.now()
    approve("ratna", who)
    forget_told()
    approvals.cancel(member("joko"), who.membership_id)
    assert told("members") >= {"ratna", "bayu", "joko"}
    with clock.frozen(now + timedelta(hours=25)):
        assert approve("ratna", who) is False, "it begins anew"
    with pytest.raises(NotFound):
        approvals.cancel(member("nadia"), who.membership_id)


def test_all_generations_that_the_colleague_holds_are_given(context: Flask) -> None:
    rekeys.renew(member("nadia"), passphrase=words("nadia"))
    who = newcomer("baru", "legal_aid", "worker")
    assert approve("nadia", who)
    assert generations(who) == [1, 2]


def test_an_administrator_who_holds_no_key_cannot(context: Flask) -> None:
    who = newcomer()
    with pytest.raises(approvals.NotYourKey):
        approve("joko", who)
    assert approvals.waiting(member("joko")) == []


def test_nobody_of_another_organisation_can(context: Flask) -> None:
    """Not by the list, not by the id, nor whoever keeps all organisations."""
    who = newcomer("baru", "legal_aid", "worker")
    with pytest.raises(NotFound):
        approve("melati", who)
    with pytest.raises(approvals.NotYourKey):
        approve("joko", who)
    assert generations(who) == []


def test_nobody_approves_themselves_nor_one_who_waits_another(context: Flask) -> None:
    who, other = newcomer(), newcomer("lain")
    for one in (who, other):
        with pytest.raises(approvals.NotYourKey):
            approvals.approve(who.at_work(), one.membership_id, public_key=one.key, passphrase=PASSPHRASE)


def test_the_passphrase_is_asked_again(context: Flask) -> None:
    who = newcomer("baru", "legal_aid", "worker")
    with pytest.raises(sessions.WrongPassphrase):
        approve("nadia", who, passphrase="bukan ini")
    assert generations(who) == []


def test_a_key_that_changed_since_the_page_was_opened_is_compared_again(context: Flask) -> None:
    who = newcomer("baru", "legal_aid", "worker")
    with pytest.raises(approvals.OtherKey):
        approve("nadia", who, key=bytes(32).hex())


def test_a_key_that_other_hands_put_there_is_never_approved(context: Flask) -> None:
    who = newcomer("baru", "legal_aid", "worker")
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.id == who.person_id).values(public_key=bytes(32)))
    assert approvals.ask(member("nadia"), who.membership_id).words is None
    with pytest.raises(approvals.Unsound):
        approve("nadia", who, key=bytes(32).hex())
    acts = set(db.session.scalars(sa.select(AuditEntry.act).where(AuditEntry.thing_id == who.membership_id)))
    assert acts == {"approval.refused"}


def test_a_first_yes_to_another_key_counts_no_more(context: Flask) -> None:
    """The passphrase was forgotten, or somebody reset it, between the two."""
    who = newcomer()
    approve("ratna", who)
    newer = keys.new_pair().public
    with transaction() as session:
        tag = keys.mac("person", who.person_id, newer)
        values = {"public_key": newer, "key_mac": tag}
        session.execute(sa.update(Person).where(Person.id == who.person_id).values(values))
    assert approve("bayu", who, key=newer.hex()) is False, "bayu is the first to say yes to this one"
    assert generations(who) == []


def test_both_read_the_same_four_words(context: Flask) -> None:
    who = newcomer("baru", "legal_aid", "worker")
    theirs, ours = approvals.own(who.at_work()), approvals.ask(member("tegar"), who.membership_id)
    assert theirs.words
    assert len(theirs.words) == 4
    assert (theirs.words, theirs.public_key) == (ours.words, ours.public_key)


def test_whoever_has_the_key_is_not_given_it_again(context: Flask) -> None:
    ratna = member("ratna")
    found = approvals.own(ratna)
    assert not found.waits
    with pytest.raises(approvals.NotWaiting):
        approvals.approve(member("bayu"), found.membership.id, public_key=found.public_key, passphrase=words("bayu"))


@pytest.mark.both
def test_of_two_who_approve_at_once_one_is_told(context: Flask, database: str) -> None:
    who = newcomer("baru", "legal_aid", "worker")
    people, start = {login: (member(login), words(login)) for login in ("nadia", "tegar")}, Barrier(2)

    def says_yes(login: str) -> str:
        actor, passphrase = people[login]
        with context.app_context():
            start.wait(10)
            try:
                approvals.approve(actor, who.membership_id, public_key=who.key, passphrase=passphrase)
            except approvals.NotWaiting:
                return "told"
            finally:
                db.session.remove()
            return "given"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(says_yes, people)) == ["given", "told"]
    assert generations(who) == [1]
    assert rekeys.holds(who.at_work(), office("legal_aid"))


def test_who_is_suspended_or_gone_waits_for_nothing(context: Flask) -> None:
    who = newcomer("baru", "legal_aid", "worker")
    with transaction() as session:
        session.execute(
            sa.text("update memberships set is_active = false where id = :id"), {"id": who.membership_id.hex}
        )
    assert holders.waiting(office("legal_aid")) == []
    with pytest.raises((approvals.NotWaiting, NotAllowed)):
        approve("nadia", who)
