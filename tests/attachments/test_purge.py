"""What nobody needs any more: files without a row, files of a report that is destroyed (case A15)."""

from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, storage
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import attachments
from pepa.models.attachments import Attachment
from tests.people import tell
from tests.uploads.samples import TAKEN
from tests.uploads.test_add import PHOTO, bytes_of, found, on_disk, send

TOMORROW = timedelta(days=1, hours=2)


def orphan() -> str:
    """A file that stands, as a worker leaves it that is killed before its row is committed."""
    name = uuid4().hex
    draft = storage.files().begin(name)
    draft.write(b"sealed")
    draft.keep()
    return name


@pytest.mark.both
def test_a_file_without_a_row_goes_after_a_day(context: Flask, config: Config) -> None:
    reporter = tell()
    send(reporter, PHOTO)
    name = orphan()
    assert attachments.purge() == 0, "its row may be about to be committed"
    with clock.frozen(clock.now() + TOMORROW):
        assert attachments.purge() == 1
        assert attachments.purge() == 0
    assert name not in {path.name for path in on_disk(config)}
    assert bytes_of(found(reporter)[0]) == PHOTO, "one with its row stays"


def test_more_of_them_than_are_asked_for_at_once(
    context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "LOT", 2)
    reporter = tell()
    send(reporter, PHOTO)
    for _ in range(5):
        orphan()
    with clock.frozen(clock.now() + TOMORROW):
        assert attachments.purge() == 5
    assert len(on_disk(config)) == 1


def test_a_file_that_is_none_of_ours_is_left_alone(context: Flask, config: Config) -> None:
    stray = config.uploads / "no" / "notes"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"x")
    with clock.frozen(clock.now() + TOMORROW):
        assert attachments.purge() == 0
    assert stray.exists()


@pytest.mark.both
def test_a_report_that_is_destroyed_takes_its_files_along(context: Flask, config: Config) -> None:
    reporter, other = tell(), tell("Lain.")
    send(reporter, PHOTO, TAKEN["pdf"])
    send(other, PHOTO)
    with transaction() as session:
        gone = attachments.drop(session, reporter.report_id)
    assert len(gone) == 2
    assert len(on_disk(config)) == 3, "files go once their rows are gone for sure"
    attachments.unlink(gone)
    assert [path.name for path in on_disk(config)] == [found(other)[0].id.hex]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Attachment)) == 1


def test_killed_between_the_two_the_rest_goes_by_itself(context: Flask, config: Config) -> None:
    reporter = tell()
    send(reporter, PHOTO)
    with transaction() as session:
        attachments.drop(session, reporter.report_id)
    with clock.frozen(clock.now() + TOMORROW):
        assert attachments.purge() == 1
    assert on_disk(config) == []
