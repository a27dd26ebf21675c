"""A partner that lost its people makes a new key once the office said yes; the office shares again what it holds."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import transaction
from pepa.domain import approvals, boxes, keys, regrants, rekeys, tasks
from pepa.errors import NotAllowed, NotFound
from pepa.models.organisations import KeyWrap, Membership
from tests import cast
from tests.members.people import PASSPHRASE, Newcomer, newcomer, told, words
from tests.people import holder, member, office, tell


@pytest.fixture
def lost(context: Flask) -> dict[str, object]:
    return everybody_gone()


def everybody_gone() -> dict[str, object]:
    """A legal aid body had a task with the office, one of its own, and a report that was shared; then all its people
    were gone at once, and somebody new came."""
    wulan, nadia, reporter = member("wulan"), member("nadia"), tell("Isi laporan")
    due = {"deed": "contact", "due_on": clock.today()}
    shared = tasks.create(wulan, holder_id=office("legal_aid"), once="t", text="Bersama", **due)  # type: ignore[arg-type]
    own = tasks.create(nadia, holder_id=nadia.person_id, once="t", text="Milik sendiri", **due)  # type: ignore[arg-type]
    with transaction() as session:
        boxes.share(session, boxes.open_for(member("ratna"), reporter.box_id), holder("legal_aid"))
    with transaction() as session:
        session.execute(sa.delete(KeyWrap).where(KeyWrap.organisation_id == office("legal_aid")))
        gone = sa.update(Membership).where(Membership.organisation_id == office("legal_aid"))
        session.execute(gone.values(is_active=False))
    return {"shared": shared, "own": own, "box": reporter.box_id, "who": newcomer("baru", "legal_aid", "coordinator")}


def anew(who: Newcomer) -> None:
    approvals.allow(member("joko"), who.membership_id, public_key=who.key, passphrase=words("joko"))
    approvals.begin_anew(who.at_work(), passphrase=PASSPHRASE)


def text(who: Newcomer, task_id: object) -> str | None:
    return tasks.open_for(who.at_work(), task_id).text  # type: ignore[arg-type]


@pytest.mark.both
def test_cases_read_again_and_private_things_are_told_shut(lost: dict[str, object], database: str) -> None:
    who = lost["who"]
    assert isinstance(who, Newcomer)
    anew(who)
    assert keys.generation_of(office("legal_aid")) == 2
    assert rekeys.holds(who.at_work(), office("legal_aid"))
    assert (text(who, lost["shared"]), text(who, lost["own"])) == (None, None)
    assert regrants.shut_for(who.at_work(), office("legal_aid")) == 3
    (waiting,) = regrants.listed(member("wulan"))
    assert (waiting.organisation.id, len(waiting.shared), waiting.others) == (office("legal_aid"), 2, 1)
    assert regrants.give(member("wulan"), office("legal_aid")) == 0
    assert (text(who, lost["shared"]), text(who, lost["own"])) == ("Bersama", None)
    box = boxes.open_for(who.at_work(), lost["box"])  # type: ignore[arg-type]
    assert set(box.secrets) == {1, 2}
    assert regrants.shut_for(who.at_work(), office("legal_aid")) == 1
    assert regrants.listed(member("wulan")) == []


def test_nothing_is_made_before_the_office_said_yes(lost: dict[str, object]) -> None:
    who = lost["who"]
    assert isinstance(who, Newcomer)
    with pytest.raises(approvals.NobodySaidYes):
        approvals.begin_anew(who.at_work(), passphrase=PASSPHRASE)
    assert [one.id for one in approvals.waiting(member("joko"))] == [who.membership_id]
    approvals.allow(member("joko"), who.membership_id, public_key=who.key, passphrase=words("joko"))
    assert approvals.waiting(member("joko")) == []
    assert told("members") == {"baru"}


def test_where_somebody_still_opens_the_office_has_no_say(context: Flask) -> None:
    """Else whoever keeps accounts could put a person of their own in, and give them a key."""
    who = newcomer("baru", "legal_aid", "coordinator")
    with pytest.raises(approvals.NotWaiting):
        approvals.allow(member("joko"), who.membership_id, public_key=who.key, passphrase=words("joko"))
    with pytest.raises(approvals.NotWaiting):
        approvals.begin_anew(who.at_work(), passphrase=PASSPHRASE)
    assert keys.generation_of(office("legal_aid")) == 1


def test_a_root_holder_is_never_begun_anew(context: Flask) -> None:
    """Its sheets open it."""
    with transaction() as session:
        session.execute(sa.delete(KeyWrap).where(KeyWrap.organisation_id == office()))
    who = newcomer()
    with pytest.raises(approvals.NotWaiting):
        approvals.allow(member("joko"), who.membership_id, public_key=who.key, passphrase=words("joko"))


def test_only_whoever_leads_shares_again_and_only_what_waits(lost: dict[str, object]) -> None:
    who = lost["who"]
    assert isinstance(who, Newcomer)
    anew(who)
    for login in ("ratna", "joko", "melati"):
        with pytest.raises(NotAllowed):
            regrants.give(member(login), office("legal_aid"))
    with pytest.raises(NotFound):
        regrants.give(member("wulan"), office("police"))
    with pytest.raises(NotFound):
        regrants.give(member("intan"), office("legal_aid"))  # holds none of it


def test_a_key_made_anew_by_its_people_shuts_nothing(context: Flask) -> None:
    wulan = member("wulan")
    tasks.create(wulan, deed="contact", due_on=clock.today(), holder_id=office("legal_aid"), once="t", text="Bersama")
    rekeys.renew(member("nadia"), passphrase=words("nadia"))
    assert regrants.shut_for(member("nadia"), office("legal_aid")) == 0
    assert regrants.listed(wulan) == []


def test_pages_lead_through_it(app: Flask) -> None:
    admin, lead = cast.at_work(app, "joko"), cast.at_work(app, "wulan")
    with app.app_context():
        who, secret = everybody_gone()["who"], words("joko")
        assert isinstance(who, Newcomer)
    page = admin.get("/petugas/persetujuan")
    admin.get(page.link("Periksa"))
    assert admin.submit("Sama. Saya setuju", passphrase=secret).has("Persetujuan pertama SUDAH dicatat")
    with app.app_context():
        approvals.begin_anew(who.at_work(), passphrase=PASSPHRASE)
    assert lead.get("/petugas/lembaga/bagikan-lagi").has("2 hal bisa dibagikan lagi.", "1 hal hanya milik mereka")
    assert lead.submit("Bagikan lagi LBH Teratai Contoh").has("SUDAH dibagikan lagi.", "Tidak ada mitra yang menunggu.")
