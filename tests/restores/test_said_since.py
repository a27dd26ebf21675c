"""What was said of a report after the copy was made, who may not know of it above all: the spool knows."""

import json
from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa

from pepa import storage
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import arrivals, boxes, conflicts, exclusions, reporters, reports, tickets, unsent
from pepa.errors import NotFound
from pepa.models.boxes import Box, Grant
from pepa.models.cards import Card
from pepa.models.organisations import Organisation
from pepa.models.reports import Exclusion, Report, Stage
from tests.backups.copies import made
from tests.installations import opened
from tests.people import member, office, tell
from tests.restores.places import elsewhere, put_back, sheets


def hidden_from(report_id: UUID) -> set[UUID]:
    return set(db.session.scalars(sa.select(Exclusion.excluded_id).where(Exclusion.report_id == report_id)))


def row(report_id: UUID) -> Report:
    db.session.rollback()
    return db.session.get_one(Report, report_id)


@pytest.mark.both
def test_what_she_hid_from_the_office_stays_hidden(config: Config, database: str, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair, hers, other = sheets(config), tell("Ini tentang kepala kantor"), tell("Lain")
        reports.open_for(member("ratna"), hers.report_id)
        code = reporters.code(hers)
        path = made(pair)
        assert code
        exclusions.exclude(hers, about="office")
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair):
        assert row(hers.report_id).holder_id == office("independent")
        assert row(hers.report_id).stage == Stage.RECEIVED
        assert hidden_from(hers.report_id) == {office()}
        assert set(db.session.scalars(sa.select(Card.organisation_id).where(Card.report_id == hers.report_id))) == {
            office("independent")
        }
        with pytest.raises(NotFound):
            reports.open_for(member("ratna"), hers.report_id)
        assert reports.open_for(member("intan"), hers.report_id).told.what == "Ini tentang kepala kantor"
        assert reports.open_for(member("ratna"), other.report_id).told.what == "Lain"
        assert reporters.by_token(reporters.open_code(code)), "she reads it still"
        arrivals._last = None
        assert arrivals.replay() == 0
        assert arrivals.stuck() == 0


def test_whom_a_supervisor_named_is_kept_away(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair, told = sheets(config), tell("Pelakunya paman Bayu")
        reports.open_for(member("bayu"), told.report_id)
        reports.hold(member("bayu"), told.report_id)
        path = made(pair)
        bayu = member("bayu").person_id
        conflicts.name(member("wulan"), told.report_id, named_id=bayu, reason="Paman", once="w")
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair):
        assert hidden_from(told.report_id) == {bayu}
        with pytest.raises(NotFound):
            reports.open_for(member("bayu"), told.report_id)
        stands = row(told.report_id)
        assert (stands.held_by_id, stands.read_by_id, stands.stage) == (None, None, Stage.RECEIVED)
        assert reports.open_for(member("ratna"), told.report_id).told.what == "Pelakunya paman Bayu"


def test_a_partner_who_was_named_has_no_grant_again(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair, told, partner = sheets(config), tell("Isi"), office("legal_aid")
        with transaction() as session:
            boxes.share(
                session,
                boxes.open_for(member("ratna"), told.box_id),
                boxes.organisation_holder(session.get_one(Organisation, partner)),
            )
        path = made(pair)
        conflicts.name(member("wulan"), told.report_id, named_id=partner, reason="Terlapor", once="w")
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair):
        assert partner not in set(db.session.scalars(sa.select(Grant.holder_id).where(Grant.box_id == told.box_id)))
        assert db.session.get_one(Box, told.box_id).epoch == 2
        assert hidden_from(told.report_id) == {partner}


def test_what_was_handed_back_to_the_office_is_the_offices(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair, told = sheets(config), tell("Isi")
        act = conflicts.hand_on(member("wulan"), told.report_id, reason="Kantor", once="w")
        path = made(pair)
        conflicts.lift(member("intan"), told.report_id, act, reason="Bukan")
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair):
        assert hidden_from(told.report_id) == set()
        assert reports.open_for(member("ratna"), told.report_id).told.what == "Isi"


def test_what_was_only_kept_is_sent(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        draft = tell("Nanti saya kirim", keep=True)
        path = made(pair)
        unsent.send(draft)
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair):
        stands = row(draft.report_id)
        assert (stands.stage, stands.destroy_at) == (Stage.RECEIVED, None)
        assert reports.open_for(member("ratna"), draft.report_id).told.what == "Nanti saya kirim"


def test_where_the_key_was_turned_here_since_it_is_said(config: Config, tmp_path: Path) -> None:
    """Hidden from whoever holds it alone, it would be nobody's: a person is to see to it."""
    with opened(config) as app, app.app_context():
        pair, hers = sheets(config), tell("Ini tentang kepala kantor")
        path = made(pair)
        exclusions.exclude(hers, about="office")
        name = tickets.token_hash(hers.token).hex()
        later = storage.spool().get(name)
        assert later
    there = elsewhere(config, tmp_path / "there")
    with put_back(there, path, pair):
        with transaction() as session:
            box = boxes.open_for(member("ratna"), hers.box_id)
            boxes.rotate(session, box, boxes.holders_of(session, box))
        storage.spool().replace(name, later)
        arrivals._last = None
        assert arrivals.replay() == 0
        assert arrivals.stuck() == 1
        assert reports.open_for(member("ratna"), hers.report_id).told.what == "Ini tentang kepala kantor"


def test_keys_that_somebody_planted_there_change_nothing(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair, hers = sheets(config), tell("Isi")
        path = made(pair)
        exclusions.exclude(hers, about="office")
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    (file,) = there.spool.rglob(tickets.token_hash(hers.token).hex())
    planted = json.loads(file.read_bytes())
    for table, values in planted:
        if table == "grants":
            values["mac"] = {"b": "AAAA"}
    file.write_text(json.dumps(planted))
    with put_back(there, path, pair):
        assert row(hers.report_id).holder_id == office()
        assert reports.open_for(member("ratna"), hers.report_id).told.what == "Isi"
