"""Due reports are destroyed, in full, never early, and nothing brings them back. Cases A10, B24, B26, D16."""

import errno
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, storage
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import arrivals, attachments, audit, destruction, intake, onces, reporters, tickets, withdrawals
from pepa.models import TABLES
from pepa.models.attachments import Attachment
from pepa.models.audit import AuditEntry, Chain
from pepa.models.installation import Clearing
from pepa.models.reports import Report, ReporterKey, Tombstone
from pepa.policy import Reporter
from tests.intake.test_replay import lose
from tests.people import member, tell
from tests.security.journey import journey
from tests.security.test_gone import compact, raw

AT = datetime(2026, 11, 25, 3, 41, 27, tzinfo=UTC)
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)


def cancel(reporter: Reporter, *came_by: str) -> None:
    """Its reporter cancels, an officer looks."""
    withdrawals.withdraw(reporter, came_by=came_by)
    withdrawals.release(member("ratna"), reporter.report_id)


@pytest.fixture
def reporter(context: Flask) -> Reporter:
    """Cancelled in the 42nd minute of an hour, and seen; the last look was in the same minute."""
    with clock.frozen(AT):
        found = tell("Isi", urgency="soon")
        cancel(found, "cookie")
        destruction.purge()
    return found


def there(reporter: Reporter) -> bool:
    db.session.rollback()
    return db.session.get(Report, reporter.report_id) is not None


def mark(reporter: Reporter) -> bytes:
    return tickets.token_hash(reporter.token)


def look(at: datetime) -> int:
    """A look at that time, after one a moment before."""
    with transaction() as session:
        session.merge(Clearing(id=1, looked_at=at - HOUR, wary_until=None))
    with clock.frozen(at):
        return destruction.purge()


@pytest.mark.both
def test_on_day_fourteen_and_not_before(reporter: Reporter) -> None:
    assert look(AT + 14 * DAY) == 0, "of the hour in which she cancelled only the beginning is known"
    assert there(reporter)
    assert look(AT + 14 * DAY + HOUR) == 1
    assert not there(reporter)
    assert look(AT + 14 * DAY + 2 * HOUR) == 0


@pytest.mark.both
def test_nothing_of_it_is_left(reporter: Reporter) -> None:
    look(AT + 15 * DAY)
    for name, table in TABLES.items():
        for row in db.session.execute(sa.select(table)).mappings():
            if name not in ("audit_entries", "tombstones", "holdings"):  # what was done, and who could have opened it
                assert reporter.report_id not in row.values(), name
                assert reporter.box_id not in row.values(), name
    assert storage.spool().get(mark(reporter).hex()) is None
    assert db.session.get(Tombstone, mark(reporter))
    entries = [
        (entry.act, entry.person_id)
        for entry in db.session.scalars(sa.select(AuditEntry).where(AuditEntry.thing_id == reporter.report_id))
    ]
    assert ("report.destroyed", None) in entries
    assert [audit.first_broken(chain) for chain in Chain] == [None, None]


def test_every_table_that_hangs_on_a_report_is_known() -> None:
    """A new one is found by its column; this fails where its column is called otherwise."""
    for table in TABLES.values():
        points = {key.column.table.name for key in table.foreign_keys}
        if "reports" in points:
            assert "report_id" in table.c or table.name == "links", f"{table.name}: links.drop knows of two columns"
        if "boxes" in points and table.name != "reports":
            assert table.name in ("grants", "epochs", "tasks"), f"{table.name}: a task's box is its own (ADR 14)"


def test_the_whole_of_a_long_one(context: Flask, config: Config) -> None:
    """Case B26: every sealed piece of a report with everything on it is searched for in the files."""
    done = journey(config)
    report_id, box_id = done.reporter.report_id, done.reporter.box_id
    sealed = [
        value
        for table in TABLES.values()
        for found in db.session.execute(sa.select(table)).mappings()
        if report_id in found.values() or box_id in found.values()
        for column, value in found.items()
        if column.endswith("_sealed") and value
    ]
    about_it = sa.text("select body_sealed from drafts where path like :path")
    drafts = db.session.execute(about_it, {"path": f"%{report_id}%"}).scalars().all()
    assert drafts
    hers = [row.id.hex for row in db.session.scalars(sa.select(Attachment).where(Attachment.report_id == report_id))]
    files = [config.uploads / name[:2] / name for name in storage.files().names() if name in hers]
    assert files
    compact()
    pages = raw(config)
    found = [piece for piece in sealed if piece[:48] in pages and piece[-48:] in pages]
    assert len(found) > 8, "but for what lies across two pages"
    assert destruction.destroy(report_id)
    compact()
    pages = raw(config)
    assert not [piece for piece in [*sealed, *drafts] if piece[:48] in pages or piece[-48:] in pages]
    assert not [file for file in files if file.exists()]
    spooled = b"".join(path.read_bytes() for path in config.spool.rglob("*") if path.is_file())
    assert report_id.hex.encode() not in spooled
    assert db.session.scalar(sa.text("select count(*) from onces where made_id = :of"), {"of": report_id.hex}) == 0


def test_the_space_is_given_back(context: Flask, config: Config) -> None:
    with clock.frozen(AT):
        for _ in range(6):
            cancel(tell("x" * 60_000, urgency="soon"))
        destruction.purge()
    compact()
    full = len(raw(config))
    assert look(AT + 15 * DAY) == 6
    assert len(raw(config)) < full - 200_000, "without waiting for anything else"


# Held back, looked at first, not due


def test_what_somebody_holds_back_stays(reporter: Reporter) -> None:
    withdrawals.keep_back(member("ratna"), reporter.report_id, reason="forced")
    assert look(AT + 400 * DAY) == 0
    assert there(reporter)


def test_what_nobody_looked_at_stays(context: Flask) -> None:
    with clock.frozen(AT):
        child = tell("Isi", speaker="child")
        withdrawals.withdraw(child, came_by=())
    assert look(AT + 400 * DAY) == 0
    withdrawals.release(member("ratna"), child.report_id)
    assert look(AT + 401 * DAY) == 1


def test_what_is_held_back_in_the_last_moment_stays(reporter: Reporter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the list of what is due and the turn of this one."""
    first = destruction._destroy_one

    def later(report_id: object) -> bool:
        withdrawals.keep_back(member("ratna"), reporter.report_id, reason="forced")
        return first(report_id)  # type: ignore[arg-type]

    monkeypatch.setattr(destruction, "_destroy_one", later)
    assert look(AT + 15 * DAY) == 0
    assert there(reporter)
    assert not storage.spool().is_marked(mark(reporter).hex(), storage.GONE)


def test_an_ordinary_report_is_never_due(context: Flask) -> None:
    ordinary = tell()
    look(clock.now() + 10 * YEAR)
    assert there(ordinary)


# Clocks


@pytest.mark.parametrize("jump", [DAY + 3 * HOUR, 15 * DAY, YEAR])
def test_a_clock_that_leapt_destroys_nothing_for_a_day(reporter: Reporter, jump: timedelta) -> None:
    """Whoever starts after the leap knows of it: it stands in the database."""
    with clock.frozen(AT + 13 * DAY):
        destruction.purge()
    with clock.frozen(AT + 13 * DAY + jump):
        assert destruction.purge() == 0
    with clock.frozen(AT + 13 * DAY + jump + 20 * HOUR):
        assert destruction.purge() == 0
    assert there(reporter)
    with clock.frozen(AT + 13 * DAY + HOUR):
        assert destruction.purge() == 0, "somebody put it right within that day"
    assert there(reporter)
    with clock.frozen(AT + 13 * DAY + 2 * HOUR):
        assert destruction.purge() == 0
    for hours in range(20, 60, 20):
        with clock.frozen(AT + 13 * DAY + hours * HOUR):
            destruction.purge()
    assert not there(reporter), "and when it is due it goes"


def test_a_clock_that_is_put_back_destroys_nothing(reporter: Reporter) -> None:
    for back in (-DAY, -YEAR):
        with clock.frozen(AT + back):
            assert destruction.purge() == 0
    assert there(reporter)


def test_after_a_day_the_new_time_is_believed(reporter: Reporter) -> None:
    for hours in range(0, 60, 20):
        with clock.frozen(AT + 40 * DAY + hours * HOUR):
            gone = destruction.purge()
    assert gone == 1


# What could bring it back


def sent_and_destroyed(what: str = "Isi") -> tuple[str, Reporter, bytes]:
    """The ticket of a report that is destroyed, and what stood in the spool."""
    ticket = intake.mint_ticket()
    sender = reporters.by_token(intake.deliver(ticket, what=what).token)
    assert sender
    content = storage.spool().get(mark(sender).hex())
    assert content
    destruction.destroy(sender.report_id)
    return ticket, sender, content


@pytest.mark.both
def test_the_same_form_within_three_days_answers_as_if_its_sender_had_left(context: Flask) -> None:
    ticket, gone, _ = sent_and_destroyed()
    for what in ("Isi", "Isi lain"):
        with pytest.raises(intake.Left):
            intake.deliver(ticket, what=what)
    assert not there(gone)
    assert arrivals.sender(gone.token) is None
    assert storage.spool().get(mark(gone).hex()) is None


@pytest.mark.both
def test_an_old_file_of_the_spool_is_buried_again(context: Flask) -> None:
    """As from a copy of its disk: without the mark, with the tombstone of the database."""
    ticket, gone, content = sent_and_destroyed()
    name = mark(gone).hex()
    storage.spool().unmark(name, storage.GONE)
    storage.spool().put(name, content)
    with pytest.raises(intake.Left):
        intake.deliver(ticket, what="Isi")
    assert arrivals.sender(gone.token) is None
    assert arrivals.replay() == 0
    assert not there(gone)
    assert storage.spool().get(name) is None
    assert storage.spool().is_marked(name, storage.GONE)


@pytest.mark.both
def test_an_older_database_has_it_destroyed_again(context: Flask) -> None:
    """From a copy of before: the mark beside the spool's file says what happened since."""
    kept, gone = tell("Lain"), tell("Isi")
    content = storage.spool().get(mark(gone).hex())
    assert content
    destruction.bury(mark(gone))
    arrivals._last = None
    arrivals.replay()
    assert not there(gone)
    assert db.session.get(Tombstone, mark(gone))
    assert there(kept)


def test_a_disk_that_refuses_is_asked_again(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, other = tell("Isi", urgency="soon"), tell("Lain", urgency="soon")
    with clock.frozen(AT):
        for one in (gone, other):
            cancel(one)

    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, "read only")

    with monkeypatch.context() as patch:
        patch.setattr(storage.Spool, "mark", refuse)
        look(AT + 15 * DAY)
    assert not there(gone)
    assert not there(other), "and the next one was destroyed as well"
    name = mark(gone).hex()
    assert storage.spool().get(name), "only its file could not be forgotten"
    arrivals._last = None
    assert arrivals.replay() == 0
    assert storage.spool().get(name) is None
    assert storage.spool().is_marked(name, storage.GONE)


def test_a_draft_that_a_killed_worker_left_brings_nothing_back(context: Flask) -> None:
    _, gone, content = sent_and_destroyed()
    folder = storage.spool().folder / mark(gone).hex()[:2]
    with clock.frozen(clock.now() - 3 * HOUR):
        storage.spool().put(mark(gone).hex(), content)
    (folder / mark(gone).hex()).rename(folder / ".0123456789abcdef")
    assert arrivals.purge() == 1
    assert storage.spool().get(mark(gone).hex()) is None
    assert not there(gone)


def test_the_mark_goes_once_no_backup_is_so_old_and_the_tombstone_stays(context: Flask) -> None:
    with clock.frozen(AT):
        _, gone, _ = sent_and_destroyed()
    with clock.frozen(AT + 36 * DAY):
        destruction.apply_marks()
    assert storage.spool().is_marked(mark(gone).hex(), storage.GONE)
    with clock.frozen(AT + 42 * DAY):
        destruction.apply_marks()
    assert not storage.spool().is_marked(mark(gone).hex(), storage.GONE)
    assert db.session.get(Tombstone, mark(gone))


def test_a_code_of_it_is_unknown(context: Flask) -> None:
    gone = tell()
    code = reporters.code(gone)
    assert code
    destruction.destroy(gone.report_id)
    with pytest.raises(reporters.CodeUnknown):
        reporters.open_code(code)


def test_twice_is_once(context: Flask) -> None:
    gone = tell()
    assert destruction.destroy(gone.report_id)
    assert not destruction.destroy(gone.report_id)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ReporterKey)) is not None


@pytest.mark.both
def test_marks_of_forms_that_point_to_what_it_had_go_too(context: Flask) -> None:
    gone, other = tell(), tell()
    for reporter in (gone, other):
        reporters.write(reporter, text="Tambahan", once="a")
    with db.session.no_autoflush:
        assert onces.made(db.session(), "reporter.write", gone.report_id, "a")
    destruction.destroy(gone.report_id)
    assert onces.made(db.session(), "reporter.write", gone.report_id, "a") is None
    assert onces.made(db.session(), "reporter.write", other.report_id, "a")
    assert attachments.count(gone.report_id) == 0
    lose(other)
