"""A copy put back: everything is there and opens, nothing that was handed out before does, and what came after is told.

Cases A21, A23, A25, B24; citizen.md 68.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pepa import clock
from pepa.cli import upgrade
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import (
    archives,
    arrivals,
    attachments,
    audit,
    backups,
    boxes,
    cadres,
    destruction,
    devices,
    dumps,
    feeds,
    intake,
    keys,
    outbox,
    reporters,
    reports,
    restores,
    sessions,
    withdrawals,
)
from pepa.errors import NotFound
from pepa.models import TABLES
from pepa.models.audit import AuditEntry, Chain
from pepa.models.backups import Backup, Incident
from pepa.models.organisations import Organisation
from pepa.models.outbox import OutboxRow
from pepa.models.people import Person, StaffSession
from pepa.models.reports import Handle, Reading, Report
from pepa.vault.server import ServerKey
from tests import cast
from tests.backups.copies import looked, made
from tests.cadres.test_open import CODE, PIN, carded
from tests.installations import opened
from tests.people import member, tell
from tests.restores.places import elsewhere, put_back, sheets
from tests.uploads.samples import photo
from tests.uploads.test_add import send

PHOTO = photo()
both = pytest.mark.both
# What putting back writes itself
CHANGED = {
    *restores.LEFT_OUT,
    "audit_entries",
    "audit_heads",
    "incidents",
    "clearing",
    "outbox",
    "people",
    "backups",
    "organisations",
    "enrolments",
    "devices",
}


@both
def test_everything_comes_back_and_opens(config: Config, database: str, tmp_path: Path, postgres_server: Any) -> None:
    """And into the other database as well: values say nothing of where they stood."""
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        told = tell("Isi dengan é, × dan 漢字.")
        digits = str(reporters.code(told))
        (file_id,), _ = send(told, PHOTO)
        reports.answer(member("ratna"), told.report_id, text="Kami baca.", once="a")
        path = made(pair)
        before = looked(path, pair).rows
    other = None
    if database == "sqlite":
        other = postgres_server.url(postgres_server.create())
    there = elsewhere(config, tmp_path / "there", other)
    with put_back(there, path, pair) as (_, done):
        after = looked(made(pair), pair).rows
        assert there.server_key_file.read_bytes() == config.server_key_file.read_bytes()
        assert keys.is_installed()
        assert not there.restoring.exists()
        found = reports.open_for(member("ratna"), told.report_id)
        assert (found.told.what, [m.text for m in found.messages]) == ("Isi dengan é, × dan 漢字.", ["Kami baca."])
        (attached,) = attachments.all_of(boxes.open_for(member("ratna"), told.box_id), told.report_id)
        assert (attached.id, b"".join(attachments.content(attached))) == (file_id, PHOTO)
        reporter = reporters.by_token(reporters.open_code(digits))
        assert reporter
        assert reporter.report_id == told.report_id
        assert [audit.first_broken(chain) for chain in Chain] == [None, None]
        assert intake.state().open
        assert done.came_home == 0
    for name in TABLES:
        if name not in CHANGED:
            assert sorted(map(str, after[name])) == sorted(map(str, before[name])), name


@both
def test_what_was_handed_out_before_opens_nothing(config: Config, database: str, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        told = tell("Isi")
        cookie, hers, handle = cast.cookie_of("ratna"), reporters.cookie(told.token), reporters.handle(told.token)
        phone, feed = joined_phone(), feeds.make(member("ratna"), once="f")
        carded()
        assert devices.by_cookie(phone)
        path = made(pair)
        kept = {name: len(rows) for name, rows in looked(path, pair).rows.items()}
        assert all(kept[name] for name in ("staff_sessions", "readings", "handles", "feeds"))
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair):
        for table in (StaffSession, Reading, Handle):
            assert db.session.scalar(sa.select(sa.func.count()).select_from(table)) == 0
        assert sessions.member(cookie) is None
        assert reporters.token_of_cookie(hers) is None
        assert reporters.token_of_handle(handle) is None
        assert devices.by_cookie(phone) is None
        assert [one.code_until for one in devices.list_for(member("wulan"))] == [None]
        with pytest.raises(cadres.CardHeld):
            cadres.open_card(code=CODE, pin=PIN)
        with pytest.raises(NotFound):
            feeds.bookings_at(feed or "")
        floor = db.session.scalar(sa.select(sa.func.min(Person.totp_step)))
        assert floor is not None
        assert floor >= int(clock.now().timestamp()) // 30 - 1
        assert intake.mint_ticket()


def joined_phone() -> str:
    """The cookie of a phone that was registered just now."""
    device_id = devices.register(member("wulan"), label="HP piket", once="d")
    code = devices.code_of(devices.get_for(member("wulan"), device_id))
    return devices.join(code=" ".join(code or ()))


def test_a_form_that_lay_open_meanwhile_still_arrives(config: Config, tmp_path: Path) -> None:
    """Nothing that somebody typed is lost, and the code is the same that she was shown."""
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        ticket = intake.mint_ticket()
        path = made(pair)
        first = intake.deliver(ticket, what="Isi")
        told = reporters.by_token(first.token)
        assert told
        digits = reporters.code(told)
    there = elsewhere(config, tmp_path / "there")
    with put_back(there, path, pair):
        again = reporters.by_token(intake.deliver(ticket, what="Isi").token)
        assert again
        assert reporters.code(again) == digits


def test_what_came_after_the_copy_comes_from_the_spool(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
        told = tell("Sesudah salinan")
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair) as (_, done):
        assert done.came_home == 1
        assert reports.open_for(member("ratna"), told.report_id).told.what == "Sesudah salinan"


def test_withdrawn_stays_withdrawn_and_destroyed_destroyed(config: Config, tmp_path: Path) -> None:
    """Case B24."""
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        withdrawn, destroyed = tell("Dibatalkan"), tell("Dihapus")
        (file_id,), _ = send(destroyed, PHOTO)
        digits = str(reporters.code(withdrawn))
        path = made(pair)
        withdrawals.withdraw(withdrawn, came_by=())
        destruction.destroy(destroyed.report_id)
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair):
        with pytest.raises(reporters.CodeUnknown):
            reporters.open_code(digits)
        assert db.session.get_one(Report, withdrawn.report_id).withdrawn_at is not None
        assert db.session.get(Report, destroyed.report_id) is None
        assert not (there.uploads / file_id.hex[:2] / file_id.hex).exists()
        assert arrivals.replay() == 0


def test_notices_wait_for_a_person(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        person_id = member("ratna").person_id
        with transaction() as session:
            outbox.tell(session, person_id, outbox.Notice.SHIFT)
        path = made(pair)
    there = elsewhere(config, tmp_path / "there")
    with put_back(there, path, pair) as (_, done):
        waiting = list(db.session.scalars(sa.select(OutboxRow.is_held).where(OutboxRow.sent_at.is_(None))))
        assert done.held == outbox.held() == len(waiting) > 0
        assert all(waiting)
        assert outbox.claim() == []
        with transaction() as session:
            assert outbox.release(session) == done.held
        assert len(outbox.claim(1000)) == done.held


def test_nothing_is_destroyed_for_a_week(config: Config, tmp_path: Path) -> None:
    """An officer may have held back, after the copy was made, what it says is due."""
    with opened(config) as app, app.app_context():
        pair, told = sheets(config), tell("Isi")
        with transaction() as session:
            session.get_one(Report, told.report_id).destroy_at = clock.hour(clock.now())
        path = made(pair)
    there = elsewhere(config, tmp_path / "there")
    with put_back(there, path, pair):
        now = clock.now()
        for hours in range(0, 7 * 24, 12):
            with clock.frozen(now + timedelta(hours=hours)):
                assert destruction.purge() == 0
        with clock.frozen(now + timedelta(days=7, minutes=5)):
            assert destruction.purge() == 1
        assert db.session.get(Report, told.report_id) is None


def test_partners_wait_and_the_days_are_remembered(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
    there = elsewhere(config, tmp_path / "there")
    with put_back(there, path, pair) as (_, done):
        waiting = set(db.session.scalars(sa.select(Organisation.kind).where(Organisation.confirm_due)))
        assert "legal_aid" in waiting
        assert not waiting & {"intake", "independent"}
        assert done.partners == len(waiting)
        (incident,) = db.session.scalars(sa.select(Incident))
        assert incident.from_at == done.checked.made_at <= incident.until_at
        newest = sa.select(AuditEntry.act).where(AuditEntry.chain == Chain.STAFF.value)
        assert db.session.scalars(newest.order_by(AuditEntry.number.desc())).first() == "installation.restored"


def test_what_is_left_out_is_there() -> None:
    """A table of another name would come back, and let people in."""
    assert set(restores.LEFT_OUT) <= set(TABLES)


# Refused before anything is touched


def untouched(there: Config) -> bool:
    with db.engine.connect() as connection:
        return not dumps.tables(connection) and not there.restoring.exists() and not list(there.uploads.rglob("*"))


def test_only_into_an_empty_one(config: Config) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
        told = tell("Sesudah")
        with pytest.raises(restores.RestoreRefused, match="into an empty one alone"):
            restores.restore(config, path, pair, upgrade)
        assert reports.open_for(member("ratna"), told.report_id).told.what == "Sesudah"


def test_another_servers_key_is_refused_by_name(config: Config, tmp_path: Path) -> None:
    """Case A21."""
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
    there = elsewhere(config, tmp_path / "there")
    there.server_key_file.parent.mkdir()
    there.server_key_file.write_bytes(other := os.urandom(32))
    with opened(there) as app, app.app_context():
        with pytest.raises(keys.KeyRefused) as refused:
            restores.restore(there, path, pair, upgrade)
        for key in (other, config.server_key_file.read_bytes()):
            assert ServerKey.from_bytes(key).key_id in str(refused.value)
        assert there.server_key_file.read_bytes() == other
        assert untouched(there)
        there.server_key_file.write_bytes(b"short")
        with pytest.raises(Exception, match="holds no server key"):
            restores.restore(there, path, pair, upgrade)
        assert untouched(there)


def test_its_own_key_may_lie_there_already(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
    there = elsewhere(config, tmp_path / "there")
    there.server_key_file.parent.mkdir()
    there.server_key_file.write_bytes(config.server_key_file.read_bytes())
    with put_back(there, path, pair):
        assert keys.is_installed()


def test_a_copy_of_a_newer_program_is_refused(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
    there = elsewhere(config, tmp_path / "there")
    monkeypatch.setattr(backups, "known", lambda: frozenset({"0001", "0014"}))
    with opened(there) as app, app.app_context():
        with pytest.raises(restores.RestoreRefused, match="does not know: take a newer one"):
            restores.restore(there, path, pair, upgrade)
        assert untouched(there)


def test_other_sheets_a_cut_and_a_planted_copy_are_refused(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
        planted = tmp_path / "planted"
        real, keys._installed = keys.here(), None
        keys._installed = real.__class__(**{**vars(real), "server": ServerKey.new()})
        planted_path = backups.make(config, pair.public, planted).path
        keys._installed = real
    there = elsewhere(config, tmp_path / "there")
    cut = path.with_name("cut")
    cut.write_bytes(path.read_bytes()[:-1])
    with opened(there) as app, app.app_context():
        for file, with_pair, says in (
            (path, keys.Pair.new(), "these sheets do not open it"),
            (cut, pair, "not whole, or was changed"),
            (there.instance / "accounts", pair, "No such file"),
        ):
            with pytest.raises((archives.NoArchive, OSError), match=says):
                restores.restore(there, file, with_pair, upgrade)
        with pytest.raises(restores.RestoreRefused, match="may have been planted"):
            restores.restore(there, planted_path, pair, upgrade)
        assert untouched(there)


# Cut off on the way


@both
@pytest.mark.parametrize("step", ["rows", "forward", "replay"])
def test_cut_off_on_the_way_it_serves_nobody_and_is_run_again(
    config: Config, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: Any, step: str
) -> None:
    """Case A23."""
    with opened(config) as app, app.app_context():
        pair, told = sheets(config), tell("Isi")
        path = made(pair)
    other = postgres_server.url(postgres_server.create()) if database == "postgresql" else None
    there = elsewhere(config, tmp_path / "there", other)

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    def cut_forward(revision: str) -> None:
        if revision == "head":
            raise KeyboardInterrupt
        upgrade(revision)

    with opened(there) as app, app.app_context():
        with monkeypatch.context() as patch:
            if step == "rows":
                patch.setattr(restores._Laying, "end", cut)
            if step == "replay":
                patch.setattr(arrivals, "replay", cut)
            with pytest.raises(KeyboardInterrupt):
                restores.restore(there, path, pair, cut_forward if step == "forward" else upgrade)
        db.session.remove()
    with opened(there) as app, app.app_context():
        assert not keys.is_installed()
        assert not intake.state().open
        with pytest.raises(keys.KeyRefused, match="cut off here"):
            keys.install(there)
        restores.restore(there, path, pair, upgrade)
        assert reports.open_for(member("ratna"), told.report_id).told.what == "Isi"
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Incident)) == 1


def test_a_drill_touches_nothing(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
        counted = looked(path, pair).end
        found = restores.check(path, pair)
        assert (found.counts.rows, found.counts.bytes) == (counted["rows"], counted["bytes"])
        assert found.key.reveal() == config.server_key_file.read_bytes()
        assert db.session.get(Backup, found.opened.head.id)
        assert not config.restoring.exists()
