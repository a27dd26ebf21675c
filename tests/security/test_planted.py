"""Somebody who can write to the database, but has no key: nothing is sealed to a key of theirs, and it shows (B05)."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from pepa.db import db, transaction
from pepa.domain import boxes, intake, keys, reporters, reports
from pepa.errors import Busy, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.boxes import Box, Epoch, Grant
from pepa.models.messages import Message
from pepa.models.organisations import KeyWrap, Membership, Organisation
from pepa.models.people import Person
from pepa.models.reports import Report, ReporterKey
from pepa.policy import Reporter
from pepa.vault import sealing
from pepa.vault.pairs import KeyPair, seal_to
from pepa.vault.secret import Broken, Secret
from tests.people import holder, member, office, tell

STRANGER = KeyPair.new()


def row_of(session: Session, table: type, *where: Any) -> dict[str, Any]:
    return dict(session.execute(sa.select(table.__table__).where(*where)).mappings().one())  # type: ignore[attr-defined]


def ours(reporter: Reporter) -> tuple[Any, Any]:
    """Which grant of a report is the office's."""
    return Grant.box_id == reporter.box_id, Grant.holder_id == office()


def acts(reporter: Reporter) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(AuditEntry.act).where(AuditEntry.thing_id == reporter.report_id)))


def stops(reporter: Reporter, failure: type[Exception] | tuple[type[Exception], ...]) -> None:
    """An officer can neither read nor answer, nothing is written, and each try is recorded."""
    ratna = member("ratna")
    tries: list[Callable[[], object]] = [
        lambda: reports.open_for(ratna, reporter.report_id),
        lambda: reports.answer(ratna, reporter.report_id, text="Isi", once="a"),
    ]
    before = acts(reporter).count("report.broken")
    for verb in tries:
        with pytest.raises(failure):
            verb()
    assert acts(reporter).count("report.broken") == before + len(tries)
    db.session.rollback()
    assert db.session.scalar(sa.select(Message.id).where(Message.report_id == reporter.report_id)) is None
    assert db.session.get_one(Report, reporter.report_id).is_unread


# Grants


@pytest.mark.both
def test_a_grant_copied_from_another_box(context: Flask) -> None:
    mine, other = tell("Isi"), tell("Lain")
    with transaction() as session:
        copy = row_of(session, Grant, *ours(other)) | {"box_id": mine.box_id}
        session.execute(sa.delete(Grant).where(*ours(mine)))
        session.execute(sa.insert(Grant), copy)
    stops(mine, keys.KeysUnsound)
    assert reports.open_for(member("ratna"), other.report_id).told.what == "Lain"
    assert reporters.told(mine).what == "Isi", "the reporter's own grant is whole"


def test_a_grant_copied_from_another_organisation(context: Flask) -> None:
    aside = tell("Tentang kantor", about="office")
    with transaction() as session:
        copy = row_of(session, Grant, Grant.box_id == aside.box_id, Grant.holder_id == office("independent"))
        session.execute(sa.insert(Grant), copy | {"holder_id": office()})
        session.get_one(Report, aside.report_id).holder_id = office()
    stops(aside, keys.KeysUnsound)
    assert reporters.told(aside).what == "Tentang kantor"


@pytest.mark.parametrize("change", ["box", "epoch", "holder", "generation"])
def test_even_with_our_mac_a_grant_is_good_in_its_place_only(context: Flask, change: str) -> None:
    """As if the server key had leaked too: the place is sealed in with the key, and is looked at after opening."""
    mine, other = tell("Isi"), tell("Lain")
    box = boxes.open_for(member("ratna"), other.box_id if change == "box" else mine.box_id)
    place = {
        "box": (box.box_id, 1, office(), 1),
        "epoch": (mine.box_id, 2, office(), 1),
        "holder": (mine.box_id, 1, office("police"), 1),
        "generation": (mine.box_id, 1, office(), 2),
    }[change]
    sealed = seal_to(holder("intake").public, boxes._place(*place) + box.secret.reveal())
    tag = keys.mac("grant", mine.box_id, 1, "organisation", office(), 1, sealed)
    with transaction() as session:
        session.execute(sa.update(Grant).where(*ours(mine)).values(key_sealed=sealed, mac=tag))
    stops(mine, Broken)


def test_a_grant_to_a_stranger_is_renewed_by_nobody(context: Flask) -> None:
    reporter, secret = tell("Isi"), Secret(b"k" * 32)
    stranger = uuid4()
    with transaction() as session:
        place = boxes._place(reporter.box_id, 1, stranger, 1)
        planted = row_of(session, Grant, *ours(reporter)) | {
            "holder_id": stranger,
            "key_sealed": seal_to(STRANGER.public, place + secret.reveal()),
            "mac": b"m" * 32,
        }
        session.execute(sa.insert(Grant), planted)
    box = boxes.open_for(member("ratna"), reporter.box_id)
    with pytest.raises(keys.KeysUnsound), transaction() as session:
        boxes.rotate(session, box, boxes.holders_of(session, box))
    assert db.session.get_one(Box, reporter.box_id).epoch == 1


# Epochs


def plant_epoch(reporter: Reporter, *, tag: bytes | None = None) -> None:
    """A second epoch whose key the stranger chose, and a grant of it for the office."""
    secret = Secret(b"k" * 32)
    commitment = sealing.digest("commitment", reporter.box_id, 2, secret.reveal())
    sealed = seal_to(holder("intake").public, boxes._place(reporter.box_id, 2, office(), 1) + secret.reveal())
    with transaction() as session:
        grant = row_of(session, Grant, *ours(reporter)) | {"epoch": 2, "key_sealed": sealed}
        session.execute(sa.insert(Grant), grant | ({"mac": tag} if tag else {}))
        row = {"box_id": reporter.box_id, "number": 2, "commitment": commitment, "previous_sealed": b"x" * 73}
        session.execute(sa.insert(Epoch), row | {"mac": b"m" * 32})
        session.get_one(Box, reporter.box_id).epoch = 2


@pytest.mark.both
def test_an_epoch_whose_key_a_stranger_knows(context: Flask) -> None:
    reporter = tell("Isi")
    plant_epoch(reporter)
    stops(reporter, keys.KeysUnsound)


def test_an_epoch_in_place_of_ours(context: Flask) -> None:
    reporter, secret = tell("Isi"), Secret(b"k" * 32)
    commitment = sealing.digest("commitment", reporter.box_id, 1, secret.reveal())
    with transaction() as session:
        where = sa.and_(Epoch.box_id == reporter.box_id, Epoch.number == 1)
        session.execute(sa.update(Epoch).where(where).values(commitment=commitment))
    stops(reporter, keys.KeysUnsound)


def test_an_epoch_of_another_box(context: Flask) -> None:
    mine, other = tell("Isi"), tell("Lain")
    with transaction() as session:
        copy = row_of(session, Epoch, Epoch.box_id == other.box_id) | {"box_id": mine.box_id}
        session.execute(sa.delete(Epoch).where(Epoch.box_id == mine.box_id))
        session.execute(sa.insert(Epoch), copy)
    stops(mine, keys.KeysUnsound)


def test_an_epoch_taken_out_of_the_chain(context: Flask) -> None:
    reporter = tell("Isi")
    for _ in range(2):
        box = boxes.open_for(member("ratna"), reporter.box_id)
        with transaction() as session:
            boxes.rotate(session, box, boxes.holders_of(session, box))
    with transaction() as session:
        session.execute(sa.delete(Epoch).where(Epoch.box_id == reporter.box_id, Epoch.number == 2))
    stops(reporter, Broken)


# Public keys


def test_the_office_s_key_swapped(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "_alarmed", set())
    reporter, ticket = tell("Isi"), intake.mint_ticket()
    with transaction() as session:
        session.get_one(Organisation, office()).public_key = STRANGER.public
    assert intake.state().open is False
    with pytest.raises(Busy):
        intake.deliver(ticket, what="Isi")
    box = boxes.open_for(member("ratna"), reporter.box_id)
    with pytest.raises(keys.KeysUnsound), transaction() as session:
        boxes.rotate(session, box, boxes.holders_of(session, box))
    db.session.rollback()
    unsound = sa.select(AuditEntry.thing_id).where(AuditEntry.act == "keys.unsound")
    assert list(db.session.scalars(unsound)) == [office()]


def test_with_the_mac_of_another_organisation_too(context: Flask) -> None:
    with transaction() as session:
        mine, other = session.get_one(Organisation, office()), session.get_one(Organisation, office("police"))
        mine.public_key, mine.key_mac = other.public_key, other.key_mac
    assert intake.state().open is False


def test_an_old_generation_put_back(context: Flask) -> None:
    """The key was made anew because the old one is known to somebody: it must not be sealed to again."""
    with transaction() as session:
        row = session.get_one(Organisation, office())
        before = (row.public_key, row.key_mac)
        people = session.scalars(sa.select(Person).where(Person.login.in_(["ratna", "wulan"])))
        session.add_all(keys.new_organisation_key(row, list(people)))
    assert intake.state().open is True
    with transaction() as session:
        row = session.get_one(Organisation, office())
        row.public_key, row.key_mac = before
    assert intake.state().open is False


def test_the_reporter_s_key_swapped(context: Flask) -> None:
    reporter = tell("Isi")
    with transaction() as session:
        session.get_one(ReporterKey, reporter.report_id).public_key = STRANGER.public
    box = boxes.open_for(member("ratna"), reporter.box_id)
    with pytest.raises(keys.KeysUnsound), transaction() as session:
        boxes.rotate(session, box, boxes.holders_of(session, box))
    with pytest.raises(keys.KeysUnsound):
        boxes.reporter_holder(db.session.get_one(ReporterKey, reporter.report_id))


def test_a_member_s_key_swapped(context: Flask) -> None:
    """No organisation's key and no draft is sealed to it."""
    bayu = member("bayu")
    with transaction() as session:
        session.get_one(Person, bayu.person_id).public_key = STRANGER.public
    person = db.session.get_one(Person, bayu.person_id)
    pair = member("ratna").keyring.pair(office(), 1)
    assert pair
    with pytest.raises(keys.KeysUnsound):
        keys.wrap_for(office(), 1, pair, person)
    with pytest.raises(keys.KeysUnsound):
        keys.seal_draft(person, "/petugas/", {"text": "Isi"})


def test_a_wrap_that_somebody_gave_himself(context: Flask) -> None:
    """An administrator without the key writes himself a row: it opens nothing, and misleads nobody."""
    reporter, joko = tell("Isi"), member("joko")
    chosen = KeyPair.new()
    with transaction() as session:
        sealed = seal_to(joko.keyring.person.public, chosen.secret.reveal())
        theirs = row_of(session, KeyWrap, KeyWrap.person_id == member("ratna").person_id)
        for generation in (1, 2):
            own = {"person_id": joko.person_id, "generation": generation, "secret_sealed": sealed}
            session.execute(sa.insert(KeyWrap), theirs | own)
    assert member("joko").keyring.wraps == {}
    with pytest.raises(NotFound):
        boxes.open_for(member("joko"), reporter.box_id)


# Rows that say who reads


@pytest.mark.both
def test_a_role_that_somebody_gave_himself_opens_no_box(context: Flask) -> None:
    """Roles carry no MAC: policy lets him in, the key does not."""
    reporter = tell("Isi")
    with transaction() as session:
        mine = sa.update(Membership).where(Membership.person_id == member("joko").person_id)
        session.execute(mine.values(roles="supervisor"))
    with pytest.raises(NotFound):
        reports.open_for(member("joko"), reporter.report_id)


def test_a_report_moved_to_another_office_opens_for_nobody_there(context: Flask) -> None:
    reporter = tell("Isi")
    with transaction() as session:
        session.get_one(Report, reporter.report_id).holder_id = office("independent")
    with pytest.raises(NotFound):
        reports.open_for(member("intan"), reporter.report_id)
    assert reporters.told(reporter).what == "Isi"
