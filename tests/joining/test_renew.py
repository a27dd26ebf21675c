"""A forgotten passphrase: who may give a way back, what ends by it, what an administrator who means ill gets (B16)."""

from datetime import timedelta
from hashlib import blake2b, sha256
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import approvals, enrolments, joining, link_mails, locks, reports, sessions
from pepa.domain.keys import Unopened
from pepa.errors import Failure, NotAllowed, NotFound
from pepa.models.enrolments import Enrolment
from pepa.models.organisations import KeyWrap, Membership
from pepa.models.outbox import OutboxRow
from pepa.models.people import Draft, Person, StaffSession
from tests import cast
from tests.client import Client
from tests.joining.newcomers import WORDS, filled, joined, link, page, person, renewed, secret_on, sends
from tests.members.people import newcomer, words


def told(notice: str) -> list[str]:
    query = sa.select(Person.login).join(OutboxRow, OutboxRow.person_id == Person.id)
    return sorted(db.session.scalars(query.where(OutboxRow.notice == notice)))


def test_the_way_back_is_asked_for_shown_once_and_used(app: Flask) -> None:
    client = cast.at_work(app, "wulan")
    listed = client.open("/petugas/undang")
    options = {option.get_text(): str(option["value"]) for option in listed.tree.select("[name=person_id] option")}
    assert "Wulan Contoh · Kantor Contoh" not in options, "never for oneself"
    asked = client.submit("Lanjut", person_id=options["Ratna Contoh · Kantor Contoh"])
    assert asked.h1 == "Jalan masuk baru untuk Ratna Contoh?"
    shown = client.submit("Ya, buat tautan").tree.select_one("dd code")
    assert shown
    path = shown.get_text().removeprefix("http://localhost")
    newcomer = Client(app)
    assert newcomer.open(path).has("Tautan ini untuk Ratna Contoh.")
    newcomer.click("Mulai")
    assert newcomer.page
    assert newcomer.page.has("Nama masuk Anda tetap: ratna")
    secret = secret_on(newcomer.page)
    assert sends(newcomer, digits="123456").has("Kode ini tidak cocok.")
    done = sends(newcomer)
    assert done.h1 == "SUDAH jadi"
    assert done.has("Rekan di Kantor Contoh menyetujui dulu.")
    with app.app_context(), clock.frozen(clock.now() + timedelta(minutes=1)):
        assert sessions.log_in(login="ratna", passphrase=WORDS, code=locks.totp_now(secret))


def test_everything_old_ends_and_everybody_is_told(context: Flask) -> None:
    account = next(a for a in cast.demo.accounts(cast.people.instance()) if a.login == "ratna")
    ratna = person("ratna")
    sessions.keep_for(cast.member("ratna"), "/petugas/piket", {"text": "x"})
    before = cast.cookie_of("ratna")
    cookie = renewed("wulan", "ratna")
    assert sessions.member(before) is None
    assert sessions.member(cookie)
    assert db.session.scalars(sa.select(KeyWrap).where(KeyWrap.person_id == ratna)).all() == []
    assert db.session.scalars(sa.select(Draft)).all() == []
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        code = locks.totp_now(account.totp_secret)
        with pytest.raises(sessions.WrongLogin):
            sessions.log_in(login="ratna", passphrase=account.passphrase, code=code)
    assert told("renewed") == ["bayu", "dian", "hadi", "joko", "sekar", "wulan"]
    assert told("account") == ["ratna"]


def test_before_it_is_used_nothing_ends(context: Flask) -> None:
    cookie = cast.cookie_of("ratna")
    first = enrolments.bring_back(cast.member("wulan"), person("ratna"))
    second = enrolments.bring_back(cast.member("wulan"), person("ratna"))
    assert sessions.member(cookie)
    assert first.token
    assert second.token
    assert not joining.at(first.token).is_open, "there is one way back at a time"
    assert joining.at(second.token).is_open


@pytest.mark.parametrize(
    ("by", "whom", "may"),
    [
        ("wulan", "ratna", True),
        ("wulan", "hadi", False),  # a head: the administrator's matter
        ("wulan", "joko", False),
        ("wulan", "intan", False),
        ("wulan", "tegar", False),
        ("intan", "rahmat", True),
        ("joko", "hadi", True),
        ("joko", "intan", False),  # of the independent holder its own people decide, or the machine
        ("joko", "tegar", True),
        ("nadia", "tegar", True),
        ("nadia", "ilham", False),
        *((who, who, False) for who in ("joko", "wulan", "nadia")),
        *((who, "bayu", False) for who in ("ratna", "hadi", "dian")),
    ],
)
def test_who_may_bring_whom_back(context: Flask, by: str, whom: str, may: bool) -> None:
    try:
        enrolments.bring_back(cast.member(by), person(whom))
    except (NotFound, NotAllowed):
        assert not may
    else:
        assert may


def test_of_somebody_in_two_organisations_no_single_one_may(context: Flask) -> None:
    """The way back ends what they open everywhere: a partner's coordinator must not reach into the office by it."""
    ratna, wulans = person("ratna"), {by: cast.member(by) for by in ("nadia", "wulan")}
    with transaction() as session:
        here = cast.people.office("legal_aid")
        session.add(Membership(person_id=ratna, organisation_id=here, roles="worker"))
    for by in ("nadia", "wulan"):
        with pytest.raises(NotFound):
            enrolments.to_bring_back(wulans[by], ratna)
    enrolments.bring_back(cast.member("joko"), ratna)


def test_the_last_who_opens_a_key_cannot_forget(context: Flask) -> None:
    with transaction() as session:
        session.execute(sa.delete(KeyWrap).where(KeyWrap.person_id == person("tegar")))
    with pytest.raises(enrolments.LastHolder) as refused:
        enrolments.bring_back(cast.member("joko"), person("nadia"))
    assert refused.value.values == {"organisation": "LBH Teratai Contoh"}


def test_also_where_the_other_one_went_after_the_link_was_made(context: Flask) -> None:
    made = enrolments.bring_back(cast.member("joko"), person("nadia"))
    assert made.token
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.login == "tegar").values(is_active=False))
    drawn = page(made.token)
    with pytest.raises(enrolments.LastHolder):
        joining.renew(drawn, **filled(drawn))
    assert db.session.scalars(sa.select(KeyWrap).where(KeyWrap.person_id == person("nadia"))).all()


def test_the_same_form_again_finds_what_the_first_made(app: Flask) -> None:
    """The answer to the first one was lost on the way."""
    with app.app_context():
        made = enrolments.bring_back(cast.member("wulan"), person("ratna"))
    client = Client(app)
    client.open(f"/petugas/bergabung/{made.token}")
    client.click("Mulai")
    assert client.page
    typed = {"end": "1", "words": WORDS, "words_again": WORDS, "digits": locks.totp_now(secret_on(client.page))}
    first = client.post(f"/petugas/bergabung/{made.token}/baru", typed)
    again = client.post(f"/petugas/bergabung/{made.token}/baru", typed)
    assert first.headers["Location"] == again.headers["Location"] == f"/petugas/bergabung/{made.token}/selesai"


def test_a_link_through_an_organisation_that_was_left_since_leads_to_the_other(context: Flask) -> None:
    tegar = person("tegar")
    with transaction() as session:
        there = cast.people.office("psychologist")
        session.add(Membership(person_id=tegar, organisation_id=there, roles="worker"))
    made = enrolments.bring_back(cast.member("joko"), tegar)
    assert made.token
    left = joining.at(made.token).organisation
    with transaction() as session:
        gone = (Membership.person_id == tegar, Membership.organisation_id == left.id)
        session.execute(sa.update(Membership).where(*gone).values(is_active=False))
    drawn = page(made.token)
    at_work = sessions.member(joining.renew(drawn, **filled(drawn)))
    assert at_work
    assert at_work.organisation_id not in (None, left.id)


def test_a_first_yes_of_whoever_forgot_counts_no_more(context: Flask) -> None:
    new = newcomer()
    passphrase = words("ratna")
    given = {"public_key": new.key, "passphrase": passphrase}
    assert approvals.approve(cast.member("ratna"), new.membership_id, **given) is approvals.Said.BEGUN
    renewed("wulan", "ratna")
    given["passphrase"] = words("bayu")
    assert approvals.approve(cast.member("bayu"), new.membership_id, **given) is approvals.Said.BEGUN


# B16: an administrator who means ill


def opens_nothing(cookie: str, report_id: UUID) -> None:
    at_work = sessions.member(cookie)
    assert at_work
    assert at_work.keyring.wraps == {}
    with pytest.raises((Failure, Unopened)):
        reports.open_for(at_work, report_id)


def test_a_person_made_up_in_an_organisation_opens_nothing_and_all_are_told(context: Flask) -> None:
    report_id = cast.tell("Rahasia").report_id
    cookie = joined(link("joko", to=cast.people.office("intake"), roles=("supervisor",)))
    opens_nothing(cookie, report_id)
    assert told("joined") == ["bayu", "dian", "hadi", "joko", "ratna", "sekar", "wulan"]


def test_a_member_s_account_taken_over_opens_nothing_and_all_are_told(context: Flask) -> None:
    report_id = cast.tell("Rahasia").report_id
    opens_nothing(renewed("joko", "ratna"), report_id)
    assert told("renewed") == ["bayu", "dian", "hadi", "joko", "sekar", "wulan"]


def test_an_address_written_into_the_database_gets_nothing_more_than_that(context: Flask) -> None:
    """Whoever changes where the mail goes has the link; the link gives a new pair, and a new pair opens nothing."""
    report_id = cast.tell("Rahasia").report_id
    with transaction() as session:
        session.execute(sa.update(Person).where(Person.login == "ratna").values(email="jahat@contoh.example"))
    made = enrolments.bring_back(cast.member("joko"), person("ratna"))
    letter = link_mails.letter(made.id)
    assert letter
    assert letter.address == "jahat@contoh.example"
    drawn = page(letter.token)
    opens_nothing(
        joining.renew(drawn, **filled(drawn)),
        report_id,
    )


def test_a_link_planted_in_the_database_leads_nowhere(context: Flask) -> None:
    """Its hash is keyed: whoever writes rows and has no server key makes no link that opens."""
    link("wulan")
    for planted in (sha256(b"x").digest(), blake2b(b"x", digest_size=32).digest()):
        with transaction() as session:
            session.execute(sa.update(Enrolment).values(token_hash=planted))
        with pytest.raises(NotFound):
            joining.at("x")


def test_no_session_of_before_comes_back_with_the_new_key(context: Flask) -> None:
    cast.cookie_of("ratna")
    renewed("wulan", "ratna")
    rows = db.session.scalars(sa.select(StaffSession).join(Membership).where(Membership.person_id == person_id())).all()
    assert len(rows) == 1


def person_id() -> UUID:
    return db.session.scalars(sa.select(Person.id).where(Person.login == "ratna")).one()
