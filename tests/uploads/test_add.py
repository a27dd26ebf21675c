"""Files on their way in: sealed as they come, kept once their form is whole, else nothing (cases A04, A14, A15)."""

import errno
import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, storage
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import attachments, boxes, keys, uploads
from pepa.errors import Failure
from pepa.models.attachments import Attachment, Kind
from pepa.models.audit import AuditEntry
from pepa.models.reports import Report, Stage
from pepa.policy import Reporter
from pepa.vault import sealing
from pepa.vault.secret import Broken
from tests.people import member, tell
from tests.storage.test_files import disk
from tests.uploads.samples import REFUSED, TAKEN, photo

PHOTO = photo()
BIG = PHOTO + os.urandom(200_000)


def send(
    reporter: Reporter, *contents: bytes, once: str = "a", names: Iterable[str] = (), step: int = 8192
) -> tuple[Sequence[UUID], type[Failure] | None]:
    """One form with these files, in pieces; the ids that were kept, and what was wrong first."""
    called = dict(enumerate(names))
    with uploads.receiving(reporter) as upload:
        for number, content in enumerate(contents):
            part = upload.begin(called.get(number, "IMG_0001.jpg"))
            for start in range(0, len(content), step):
                part.write(content[start : start + step])
            part.end()
        return uploads.add(reporter, upload, once=once), upload.fault


def found(reporter: Reporter, login: str = "ratna") -> list[attachments.Attached]:
    """As an officer finds them."""
    return list(attachments.all_of(boxes.open_for(member(login), reporter.box_id), reporter.report_id))


def bytes_of(attached: attachments.Attached) -> bytes:
    return b"".join(attachments.content(attached))


def on_disk(config: Config) -> list[Path]:
    return [path for path in config.uploads.rglob("*") if path.is_file()]


@pytest.mark.both
def test_what_was_sent_is_what_an_officer_gets(context: Flask, config: Config) -> None:
    reporter = tell()
    at = datetime(2026, 11, 25, 3, 4, 30, tzinfo=UTC)
    with clock.frozen(at):
        ids, fault = send(reporter, BIG, TAKEN["ogg"], names=["bukti.jpg", "suara.ogg"])
    assert fault is None
    big, sound = sorted(found(reporter), key=lambda one: -one.size)
    assert {big.id, sound.id} == set(ids)
    assert (big.name, big.kind, big.size, big.at) == ("bukti.jpg", Kind.JPEG, len(BIG), at)
    assert big.sha256 == sha256(BIG).hexdigest()
    assert bytes_of(big) == BIG
    assert (sound.kind, bytes_of(sound)) == (Kind.OGG, TAKEN["ogg"])
    assert attachments.count(reporter.report_id) == 2
    row = db.session.get_one(Attachment, big.id)
    assert row.sent_at == clock.hour(at), "only the hour in the clear"


def test_on_the_disk_under_the_row_s_id_padded_and_by_the_hour(context: Flask, config: Config) -> None:
    reporter, at = tell(), datetime(2026, 11, 25, 3, 4, 30, tzinfo=UTC)
    with clock.frozen(at):
        (file_id,), _ = send(reporter, BIG)
    (path,) = on_disk(config)
    assert path.name == file_id.hex
    assert sealing.padme(len(BIG)) < path.stat().st_size < sealing.padme(len(BIG)) + 200
    assert datetime.fromtimestamp(path.stat().st_mtime, UTC) == clock.hour(at)
    raw = path.read_bytes()
    assert b"JFIF" not in raw
    assert PHOTO[200:220] not in raw


def test_each_kind_is_taken_whatever_it_is_called(context: Flask) -> None:
    """cases/citizen 24: WebP named .jpg."""
    reporter = tell()
    for ending, content in TAKEN.items():
        send(reporter, content, names=["foto.jpg"], once=ending)
    assert {one.kind.value: bytes_of(one) for one in found(reporter)} == TAKEN


def test_what_is_none_of_these_is_refused(context: Flask, config: Config) -> None:
    reporter = tell()
    for name, content in REFUSED.items():
        ids, fault = send(reporter, content, names=["foto.jpg"])
        assert (list(ids), fault) == ([], uploads.UnknownKind), name
    assert found(reporter) == []
    assert on_disk(config) == []


def test_one_that_is_refused_costs_the_others_nothing(context: Flask) -> None:
    """cases/citizen 37."""
    reporter = tell()
    ids, fault = send(reporter, PHOTO, REFUSED["html"], TAKEN["pdf"])
    assert (len(ids), fault) == (2, uploads.UnknownKind)
    assert {one.kind for one in found(reporter)} == {Kind.JPEG, Kind.PDF}


def test_over_the_limit_goes_by_and_leaves_nothing(
    context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 100_000)
    reporter = tell()
    exact = PHOTO + bytes(100_000 - len(PHOTO))
    assert send(reporter, exact)[1] is None
    assert send(reporter, exact + b"\0", PHOTO, once="b")[1] is uploads.TooLarge
    assert sorted(one.size for one in found(reporter)) == [len(PHOTO), 100_000]
    assert len(on_disk(config)) == 2


def test_one_more_than_five_goes_by(context: Flask) -> None:
    reporter = tell()
    ids, fault = send(reporter, *(PHOTO + bytes([n]) for n in range(uploads.MOST + 3)))
    assert (len(ids), fault) == (uploads.MOST, uploads.TooMany)


def test_a_report_does_not_take_for_ever(context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "ALL", 3)
    reporter = tell()
    assert len(send(reporter, PHOTO, BIG)[0]) == 2
    ids, fault = send(reporter, TAKEN["pdf"], TAKEN["ogg"], once="b")
    assert (len(ids), fault) == (1, uploads.NoRoom)
    assert len(on_disk(config)) == 3


def test_a_form_in_which_nothing_was_chosen(context: Flask) -> None:
    with pytest.raises(uploads.NothingChosen):
        send(tell())


@pytest.mark.both
def test_the_same_form_again_adds_nothing(context: Flask, config: Config) -> None:
    reporter = tell()
    assert len(send(reporter, PHOTO, once="a")[0]) == 1
    assert send(reporter, PHOTO, once="a") == ([], None)
    assert send(reporter, BIG, once="a") == ([], None), "a form is sent once"
    assert len(found(reporter)) == len(on_disk(config)) == 1


def test_the_same_file_in_another_form_adds_nothing(context: Flask, config: Config) -> None:
    """The reply was lost, so she opened the page again and chose it once more."""
    reporter = tell()
    send(reporter, PHOTO, once="a")
    assert send(reporter, PHOTO, BIG, BIG, once="b")[1] is None
    assert len(found(reporter)) == len(on_disk(config)) == 2


def test_nothing_crosses_to_another_report(context: Flask) -> None:
    """cases/citizen 36."""
    one, two = tell("Satu."), tell("Dua.")
    send(one, PHOTO)
    assert len(found(one)) == 1
    assert found(two) == []
    send(two, PHOTO)
    assert len(found(two)) == 1, "another report's file is no second sending"


def test_after_closing_it_opens_the_report_again(context: Flask) -> None:
    reporter = tell()
    with transaction() as session:
        session.execute(sa.update(Report).where(Report.id == reporter.report_id).values(stage=Stage.OTHER.value))
    send(reporter, PHOTO)
    assert db.session.get_one(Report, reporter.report_id).stage == Stage.RECEIVED
    acts = sa.select(AuditEntry.act).where(AuditEntry.thing_id == reporter.report_id, AuditEntry.chain == "anonymous")
    assert "report.continued" in list(db.session.scalars(acts))


# Cut on the way


def test_a_form_that_was_cut_leaves_nothing(context: Flask, config: Config) -> None:
    """Case A14; the door never comes to `add`."""
    reporter = tell()

    def cut() -> None:
        with uploads.receiving(reporter) as upload:
            part = upload.begin("a.jpg")
            part.write(BIG)
            assert len(on_disk(config)) == 1
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        cut()
    assert on_disk(config) == []
    assert found(reporter) == []


def test_a_file_whose_end_never_came_is_not_kept(context: Flask, config: Config) -> None:
    reporter = tell()
    with uploads.receiving(reporter) as upload:
        whole, half = upload.begin("a.jpg"), upload.begin("b.jpg")
        whole.write(PHOTO)
        whole.end()
        half.write(BIG)
        assert len(uploads.add(reporter, upload, once="a")) == 1
        assert upload.fault is uploads.Cut
    assert [one.size for one in found(reporter)] == [len(PHOTO)]
    assert len(on_disk(config)) == 1


def test_without_its_last_frame_a_file_opens_for_nobody(context: Flask, config: Config) -> None:
    reporter = tell()
    send(reporter, BIG)
    (path,), (attached,) = on_disk(config), found(reporter)
    whole = path.read_bytes()
    for cut in (0, 1, 30, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:cut])
        with pytest.raises(Broken, match=str(attached.id)):
            bytes_of(attached)
    path.unlink()
    with pytest.raises(Broken, match=str(attached.id)):
        bytes_of(attached)


def test_another_file_s_bytes_in_its_place_open_for_nobody(context: Flask, config: Config) -> None:
    """Case B04."""
    reporter = tell()
    send(reporter, BIG, TAKEN["pdf"])
    one, two = found(reporter)
    paths = {path.name: path for path in on_disk(config)}
    first, second = paths[one.id.hex], paths[two.id.hex]
    theirs = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(theirs)
    for attached in (one, two):
        with pytest.raises(Broken):
            bytes_of(attached)


# A disk that is full, a database that does not answer


def test_a_full_disk_refuses_before_anything_is_read(
    context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporter = tell()
    disk(monkeypatch, free=0.1)
    with pytest.raises(uploads.NoRoom), uploads.receiving(reporter):
        raise AssertionError("nothing is read")
    assert tell("Masih bisa.").report_id, "texts go on"


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_disk_that_fills_up_meanwhile(
    context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Case A04: what was begun is removed, the text stands, the next text is taken."""
    reporter = tell("Sebelum.")
    with monkeypatch.context() as patch:

        def full(*_: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        with uploads.receiving(reporter) as upload:
            part = upload.begin("a.jpg")
            part.write(BIG[:70_000])
            patch.setattr(storage.os, call, full)
            part.write(BIG[70_000:])
            part.end()
            if call == "write":
                assert upload.fault is uploads.NoRoom
                assert list(uploads.add(reporter, upload, once="a")) == []
            else:
                with pytest.raises(uploads.NoRoom):
                    uploads.add(reporter, upload, once="a")
    assert on_disk(config) == []
    assert found(reporter) == []
    assert tell("Sesudah.").report_id
    assert send(reporter, BIG)[1] is None


def test_no_connection_is_held_while_a_slow_phone_sends(context: Flask) -> None:
    reporter = tell()
    boxes.open_for(reporter, reporter.box_id)
    with uploads.receiving(reporter) as upload:
        upload.begin("a.jpg").write(PHOTO)
        assert not db.session.registry().in_transaction()


def test_a_database_that_does_not_answer(context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it was committed cannot be told: no file is taken from under a row."""

    def silent(*_: Any, **__: Any) -> None:
        raise sa.exc.OperationalError("insert", {}, Exception("database is locked"))

    reporter = tell()
    with monkeypatch.context() as patch:
        patch.setattr(boxes, "insert", silent)
        with pytest.raises(uploads.NotKept):
            send(reporter, PHOTO)
    assert len(on_disk(config)) == 1
    with clock.frozen(clock.now() + timedelta(days=1, hours=2)):
        assert attachments.purge() == 1
    assert on_disk(config) == []


def test_no_sound_key_keeps_nothing(context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsound(*_: Any) -> None:
        raise keys.KeysUnsound

    reporter = tell()
    monkeypatch.setattr(boxes, "open_for", unsound)
    with pytest.raises(keys.KeysUnsound):
        send(reporter, PHOTO)
    assert on_disk(config) == []


# Names


CALLED = {
    "Bukti é😀 ..\\..\\a.jpg": "a.jpg",
    "../../etc/passwd": "passwd",
    "C:\\Users\\x\\foto.jpg": "foto.jpg",
    "gpj.\u202eexe": "gpj.exe",
    'a"b\r\nSet-Cookie: x.jpg': 'a"bSet-Cookie: x.jpg',
    "Bukti é😀.jpg": "Bukti é😀.jpg",
    "\0\x1b[31m.jpg": "[31m.jpg",
    "\udcff.jpg": ".jpg",
    "CON": "CON",
    "": "",
    "😀" * 300: "😀" * 63,
}


def test_a_name_is_only_shown(context: Flask, config: Config) -> None:
    """cases/citizen 29, 30 (cut by bytes, within no sign); security C14."""
    reporter = tell()
    for number, name in enumerate(CALLED):
        send(reporter, PHOTO + bytes([number]), names=[name], once=str(number))
    there = found(reporter)
    assert [one.name for one in there] == list(CALLED.values())
    assert {path.name for path in on_disk(config)} == {one.id.hex for one in there}
