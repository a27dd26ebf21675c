"""Looking at a file, and taking its original away: who, why, and that it is recorded."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import attachments, boxes, pictures, reports, sessions, viewings
from pepa.errors import Conflict, NotAllowed, NotFound
from pepa.models.attachments import Attachment, Kind
from pepa.models.audit import AuditEntry
from pepa.models.reports import Exclusion
from pepa.policy import Member, Reporter
from pepa.seeds import demo
from pepa.vault.secret import Broken
from tests.people import instance, member, tell
from tests.uploads.samples import TAKEN, photo
from tests.uploads.test_add import PHOTO, found, on_disk, send

WHY = "Diminta penyidik, surat 12."


def sent(content: bytes = PHOTO, reporter: Reporter | None = None) -> tuple[UUID, UUID]:
    """A report with a file: the ids of both."""
    reporter = reporter or tell()
    (file_id,), _ = send(reporter, content, once=uuid4().hex)
    return reporter.report_id, file_id


def words(login: str) -> str:
    return next(account.passphrase for account in demo.accounts(instance()) if account.login == login)


def acts(thing_id: UUID) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(AuditEntry.act).where(AuditEntry.thing_id == thing_id)))


def take(actor: Member, ids: tuple[UUID, UUID], reason: str = WHY, passphrase: str | None = None) -> viewings.Original:
    return viewings.take(actor, *ids, reason=reason, passphrase=words("ratna") if passphrase is None else passphrase)


def test_each_look_is_recorded(context: Flask) -> None:
    report_id, file_id = sent()
    ratna = member("ratna")
    assert [one.id for one in viewings.to(ratna, reports.open_for(ratna, report_id))] == [file_id]
    assert acts(file_id) == [], "the report's opening is recorded as such"
    opened = viewings.open_for(ratna, report_id, file_id)
    assert (opened.number, opened.has_copy, opened.file.kind) == (1, True, Kind.JPEG)
    copy = viewings.copy_for(ratna, report_id, file_id)
    assert (copy.kind, copy.content[:3]) == (Kind.JPEG, b"\xff\xd8\xff")
    assert acts(file_id) == ["file.opened", "file.viewed"]


@pytest.mark.both
def test_the_original_for_a_reason_and_the_passphrase(context: Flask) -> None:
    """Case C17."""
    ids = sent()
    ratna = member("ratna")
    original = take(ratna, ids)
    assert b"".join(original.content) == PHOTO
    assert original.size == len(PHOTO)
    assert original.name == f"{viewings.open_for(ratna, *ids).report.reference}-1.jpg"
    (taken,) = viewings.open_for(ratna, *ids).file.taken
    assert (taken.by, taken.reason) == (ratna.name, WHY)
    assert acts(ids[1])[0] == "file.taken"
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "file.taken")).one()
    assert (entry.person_id, entry.note) == (ratna.person_id, ""), "what was typed stands in no record"
    take(ratna, ids, "Lagi.")
    assert [one.reason for one in viewings.open_for(ratna, *ids).file.taken] == [WHY, "Lagi."]
    assert b"".join(attachments.content(found_only(ids))) == PHOTO, "the file itself is as it was"


def found_only(ids: tuple[UUID, UUID]) -> attachments.Attached:
    box = boxes.open_for(member("ratna"), reports.get_for(member("ratna"), ids[0]).box_id)
    return next(one for one in attachments.all_of(box, ids[0]) if one.id == ids[1])


def test_without_a_reason_or_with_a_wrong_passphrase_nothing_leaves(context: Flask) -> None:
    ids, ratna = sent(), member("ratna")
    with pytest.raises(viewings.NoReason):
        take(ratna, ids, " ")
    with pytest.raises(sessions.WrongPassphrase):
        take(ratna, ids, passphrase="bukan ini kalimatnya")
    with pytest.raises(sessions.WrongPassphrase):
        take(ratna, ids, passphrase=words("bayu"))
    assert "file.taken" not in acts(ids[1])
    assert found_only(ids).taken == ()
    refused = sa.select(AuditEntry.person_id).where(AuditEntry.act == "session.refused")
    assert set(db.session.scalars(refused)) == {ratna.person_id}


def test_wrong_ones_are_delayed_and_nobody_else_with_them(context: Flask) -> None:
    ids, ratna, start = sent(), member("ratna"), clock.now()
    with clock.frozen(start):
        for number in range(6):
            with clock.frozen(start + timedelta(minutes=number)), pytest.raises(sessions.WrongPassphrase):
                take(ratna, ids, passphrase="bukan")
        with clock.frozen(start + timedelta(minutes=5)), pytest.raises(sessions.WrongPassphrase) as waits:
            take(ratna, ids)
        assert waits.value.values == {"n": 9}, "the right one is not even looked at"
        bayu = member("bayu")
        assert viewings.take(bayu, *ids, reason=WHY, passphrase=words("bayu")).size == len(PHOTO)
        with clock.frozen(start + timedelta(minutes=6)):
            assert take(ratna, ids).size == len(PHOTO)


def test_what_is_broken_leaves_nothing_and_is_recorded(context: Flask, config: Config) -> None:
    ids, ratna = sent(PHOTO + bytes(200_000)), member("ratna")
    (path,) = on_disk(config)
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(Broken):
        take(ratna, ids)
    with pytest.raises(Broken):
        viewings.copy_for(ratna, *ids)
    assert acts(ids[0]).count("report.broken") == 2
    assert not {"file.taken", "file.viewed"} & set(acts(ids[1]))


def test_what_cannot_be_drawn_says_so_and_can_still_be_taken(context: Flask) -> None:
    ids, ratna = sent(b"\xff\xd8\xff" + bytes(5000)), member("ratna")
    with pytest.raises(pictures.Unviewable):
        viewings.copy_for(ratna, *ids)
    assert "file.viewed" not in acts(ids[1])
    assert take(ratna, ids).size == 5003


def test_sound_and_video_have_no_copy(context: Flask) -> None:
    ids, ratna = sent(TAKEN["ogg"]), member("ratna")
    assert not viewings.open_for(ratna, *ids).has_copy
    with pytest.raises(NotFound):
        viewings.copy_for(ratna, *ids)
    assert take(ratna, ids).name.endswith("-1.ogg")


def test_a_paper_s_copy_is_a_paper(context: Flask) -> None:
    copy = viewings.copy_for(member("ratna"), *sent(TAKEN["pdf"]))
    assert (copy.kind, copy.content[:5], copy.name[-6:]) == (Kind.PDF, b"%PDF-", "-1.pdf")


@pytest.mark.both
def test_whoever_may_not_see_the_report_sees_no_file(context: Flask) -> None:
    """Case C02: another office, an administrator, whoever it concerns; another report's file."""
    ids, other = sent(), sent(photo(100, 100))
    for login in ("intan", "joko", "nadia"):
        with pytest.raises((NotFound, NotAllowed)):
            viewings.open_for(member(login), *ids)
    ratna = member("ratna")
    for wrong in ((ids[0], other[1]), (ids[0], uuid4()), (uuid4(), ids[1])):
        for look in (viewings.open_for, viewings.copy_for):
            with pytest.raises(NotFound):
                look(ratna, *wrong)
        with pytest.raises(NotFound):
            take(ratna, wrong)
    assert acts(other[1]) == ["file.refused"] * 3
    with transaction() as session:
        session.add(Exclusion(report_id=ids[0], excluded_id=ratna.person_id))
    with pytest.raises(NotFound):
        viewings.open_for(ratna, *ids)


def test_two_who_sign_at_once_lose_no_reason(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    ids, ratna = sent(), member("ratna")
    sealed = boxes.seal_body

    def meanwhile(*args: object) -> tuple[int, bytes]:
        monkeypatch.setattr(boxes, "seal_body", sealed)
        take(member("ratna"), ids, "Lebih dulu.")
        return sealed(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(boxes, "seal_body", meanwhile)
    with pytest.raises(Conflict):
        take(ratna, ids, "Kemudian.")
    assert [one.reason for one in found_only(ids).taken] == ["Lebih dulu."]


def test_after_the_key_was_turned_it_opens_as_before(context: Flask) -> None:
    reporter = tell()
    ids = sent(reporter=reporter)
    box = boxes.open_for(member("ratna"), reporter.box_id)
    with transaction() as session:
        boxes.rotate(session, box, boxes.holders_of(session, box))
    assert db.session.get_one(Attachment, ids[1]).body_epoch == 1
    ratna = member("ratna")
    assert b"".join(take(ratna, ids).content) == PHOTO
    assert db.session.get_one(Attachment, ids[1]).body_epoch == 2, "signed under the key that holds now"
    assert [one.taken[0].reason for one in found(reporter)] == [WHY]
