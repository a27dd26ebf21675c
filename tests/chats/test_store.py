"""A chat becomes a report in one act, or is added to one: text, photos, voice notes; sealed as they came (rule 33)."""

import io
import os
import zipfile
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock, storage
from pepa.config import Config
from pepa.db import db
from pepa.domain import (
    arrivals,
    attachments,
    boxes,
    bundles,
    chats,
    destruction,
    hand_ins,
    keys,
    reports,
    sessions,
    uploads,
)
from pepa.errors import NotAllowed
from pepa.models.attachments import Attachment, Kind
from pepa.models.audit import AuditEntry
from pepa.models.messages import Message, Side
from pepa.models.people import Draft, Person
from pepa.models.reports import Report, ReporterKey, Stage
from pepa.policy import Member
from tests.chats.exports import MEDIA, PHOTO, STORED, TEXT, VOICE, exported
from tests.people import member, office, tell
from tests.uploads.samples import REFUSED
from tests.uploads.test_add import bytes_of, on_disk


def bring(by: Member, *files: tuple[str, bytes], text: str = "", once: str = "1") -> bundles.Bundle:
    """One form with these files, as it comes in pieces."""
    brought = chats.Brought()
    try:
        for name, content in files:
            part = brought.begin(name)
            for at in range(0, len(content), 8192):
                part.write(content[at : at + 8192])
            part.end()
        return chats.read(by, brought, text=text, once=once)
    finally:
        brought.drop()


def stored(by: Member, **told: Any) -> hand_ins.HandedIn:
    bundle = chats.waiting(by)
    assert bundle
    return chats.store(by, bundle, **told)


def files_of(by: Member, report_id: Any) -> list[attachments.Attached]:
    report = db.session.get_one(Report, report_id)
    return list(attachments.all_of(boxes.open_for(by, report.box_id), report_id))


@pytest.mark.both
def test_an_export_with_its_media(context: Flask, config: Config) -> None:
    ratna = member("ratna")
    bundle = bring(ratna, ("WhatsApp.zip", exported()))
    assert [sender for sender, _ in chats.senders(bundle)] == ["Bunga Karangan", "UPTD Contoh"]
    assert (len(bundle.files), bundle.left_out) == (2, [])
    made = stored(ratna, sender="Bunga Karangan", urgency="now")
    opened = reports.open_for(ratna, made.report_id)
    assert (opened.told.what, opened.told.chat_name, opened.told.taken_by) == (STORED, "Bunga Karangan", "Ratna Contoh")
    assert (opened.report.channel, opened.report.urgency.value) == ("chat", "now")
    found = {one.name: bytes_of(one) for one in files_of(ratna, made.report_id)}
    assert found == MEDIA
    assert len(on_disk(config)) == 2
    for row in db.session.scalars(sa.select(Attachment)):
        assert row.sent_at == clock.hour(row.sent_at)


def test_pasted_text_and_chosen_files(context: Flask) -> None:
    ratna = member("ratna")
    bring(ratna, ("foto", PHOTO), ("suara.opus", VOICE), ("_chat.txt", b"\xef\xbb\xbfdari file\r\nya"), text=TEXT)
    made = stored(ratna)
    assert reports.open_for(ratna, made.report_id).told.what == f"{STORED}\n\ndari file\nya"
    assert {one.kind for one in files_of(ratna, made.report_id)} == {Kind.JPEG, Kind.OGG}


def test_until_it_is_stored_it_is_hers_alone_and_sealed(context: Flask, config: Config) -> None:
    ratna = member("ratna")
    bring(ratna, ("a.zip", exported()))
    (kept,) = db.session.scalars(sa.select(Draft.body_sealed)).all()
    assert b"takut" not in kept
    assert chats.waiting(member("bayu")) is None
    assert not any(b"takut" in path.read_bytes() or b"JFIF" in path.read_bytes() for path in on_disk(config))


@pytest.mark.both
def test_the_same_again_is_the_same_report(context: Flask) -> None:
    """A reply that is lost is normal: what was brought waits until its page was seen."""
    ratna = member("ratna")
    bring(ratna, ("a.zip", exported()))
    first, again = stored(ratna, with_code=True), stored(ratna, with_code=True)
    assert first.report_id == again.report_id
    assert hand_ins.code_of(first.handle) == hand_ins.code_of(again.handle)
    assert db.session.get_one(ReporterKey, first.report_id).is_once
    assert len(files_of(ratna, first.report_id)) == 2
    chats.stored(ratna)
    assert chats.waiting(ratna) is None


def test_the_same_form_again_brings_nothing_new(context: Flask, config: Config) -> None:
    ratna = member("ratna")
    first = bring(ratna, ("a.zip", exported()))
    assert bring(ratna, ("a.zip", exported())).ticket == first.ticket
    assert len(on_disk(config)) == 2


def test_another_chat_waits_for_the_first(context: Flask, config: Config) -> None:
    ratna = member("ratna")
    bring(ratna, ("a.zip", exported()))
    with pytest.raises(chats.StillWaiting):
        bring(ratna, ("foto.jpg", os.urandom(10) + PHOTO), text="lain", once="2")
    assert len(on_disk(config)) == 2
    chats.throw_away(ratna)
    assert on_disk(config) == []
    assert bring(ratna, text="lain", once="2").text == "lain"


def test_what_a_report_has_is_not_thrown_away(context: Flask, config: Config) -> None:
    ratna = member("ratna")
    bring(ratna, ("a.zip", exported()))
    stored(ratna)
    chats.throw_away(ratna)
    assert len(on_disk(config)) == 2


@pytest.mark.both
def test_added_to_the_report_that_is_named(context: Flask) -> None:
    reporter, ratna = tell(), member("ratna")
    reference = db.session.get_one(Report, reporter.report_id).reference
    bring(ratna, ("a.zip", exported()))
    for typed in (reference, reference.lower(), reference.removeprefix("L-"), f" {reference} "):
        assert stored(ratna, reference=typed).report_id == reporter.report_id
    opened = reports.open_for(ratna, reporter.report_id)
    (message,) = opened.messages
    assert (message.side, message.text, message.taken_by) == (Side.REPORTER, STORED, "Ratna Contoh")
    assert len(files_of(ratna, reporter.report_id)) == 2
    row = db.session.scalars(sa.select(Message).where(Message.report_id == reporter.report_id)).one()
    assert row.sent_at == clock.hour(row.sent_at)
    act = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.act == "report.chat_added")).one()
    assert (act.thing_id, act.person_id) == (reporter.report_id, ratna.person_id)


def test_a_report_of_another_office_is_as_unknown_as_none(context: Flask) -> None:
    ratna = member("ratna")
    reference = db.session.get_one(Report, tell(about="office").report_id).reference
    bring(ratna, text=TEXT)
    for typed in (reference, "L-AAAAAA", "L-0OI1OO", "x", "L-", "'; --", "٣" * 6):
        with pytest.raises(reports.ReferenceUnknown):
            stored(ratna, reference=typed)
    assert chats.waiting(ratna)


def test_to_a_report_that_was_cancelled_nothing_is_added(context: Flask) -> None:
    reporter, ratna = tell(), member("ratna")
    db.session.execute(sa.update(Report).values(withdrawn_at=clock.hour(clock.now())))
    db.session.commit()
    reference = db.session.get_one(Report, reporter.report_id).reference
    bring(ratna, text=TEXT)
    with pytest.raises(reports.Withdrawn):
        stored(ratna, reference=reference)


def test_one_that_was_done_is_read_anew(context: Flask) -> None:
    reporter, ratna = tell(), member("ratna")
    db.session.execute(sa.update(Report).values(stage=Stage.HELP.value))
    db.session.commit()
    bring(ratna, text=TEXT)
    stored(ratna, reference=db.session.get_one(Report, reporter.report_id).reference)
    assert db.session.get_one(Report, reporter.report_id).is_unread


def test_about_the_office_goes_to_the_independent_holder_alone(context: Flask) -> None:
    ratna = member("ratna")
    bring(ratna, ("a.zip", exported()))
    made = stored(ratna, about="office")
    assert db.session.get_one(Report, made.report_id).holder_id == office("independent")
    with pytest.raises(reports.NotFound):
        reports.open_for(ratna, made.report_id)
    intan = member("intan")
    assert reports.open_for(intan, made.report_id).told.what == STORED
    assert len(files_of(intan, made.report_id)) == 2


def test_longer_than_a_report_takes_nothing_is_lost(context: Flask) -> None:
    ratna = member("ratna")
    lines = [f"25/11/26 14.31 - Bunga Karangan: baris {number} {'x' * 80}" for number in range(2500)]
    bring(ratna, text="\n".join(lines))
    opened = reports.open_for(ratna, stored(ratna).report_id)
    assert "\n".join([opened.told.what, *(message.text for message in opened.messages)]) == "\n".join(lines)
    assert all(len(message.text) <= 100_000 for message in opened.messages)


def test_the_spool_brings_files_and_messages_home(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise sa.exc.OperationalError("", {}, Exception())

    ratna = member("ratna")
    bring(ratna, ("a.zip", exported()))
    monkeypatch.setattr(arrivals, "_arrive", refuse)
    made = stored(ratna)
    monkeypatch.undo()
    assert db.session.get(Report, made.report_id) is None
    assert arrivals.replay() == 1
    assert {one.name: bytes_of(one) for one in files_of(ratna, made.report_id)} == MEDIA


def test_destroyed_with_its_files(context: Flask, config: Config) -> None:
    ratna = member("ratna")
    bring(ratna, ("a.zip", exported()))
    made = stored(ratna)
    assert destruction.destroy(made.report_id)
    assert on_disk(config) == []
    assert db.session.scalars(sa.select(Attachment)).all() == []


@pytest.mark.parametrize(
    ("name", "content"),
    [("rusak.zip", b"PK\x03\x04" + os.urandom(200)), ("x.exe", b"MZ\x90\x00" * 50), ("page.html", REFUSED["html"])],
)  # fmt: skip
def test_what_cannot_be_read_is_said_and_costs_the_rest_nothing(
    context: Flask, config: Config, name: str, content: bytes
) -> None:
    ratna = member("ratna")
    if name != "page.html":
        with pytest.raises(chats.Unreadable):
            bring(ratna, (name, content))
    bundle = bring(ratna, (name, content), ("foto.jpg", PHOTO), text="Dia menulis ini.")
    assert len(bundle.files) == 1
    assert [left for left, _ in bundle.left_out] == ([name] if name != "page.html" else [])


def test_an_archive_in_an_archive_is_left_out(context: Flask, config: Config) -> None:
    inner = exported()
    bundle = bring(member("ratna"), ("a.zip", exported(**{"dalam.zip": inner, "catatan.txt": b"lain", "a.exe": b"MZ"})))
    assert sorted(name for name, _ in bundle.left_out) == ["a.exe", "catatan.txt", "dalam.zip"]
    assert len(bundle.files) == 2


def test_names_lead_nowhere(context: Flask, config: Config) -> None:
    ratna = member("ratna")
    bundle = bring(
        ratna, ("a.zip", exported(**{"../../../etc/passwd.jpg": PHOTO + b"1", "C:\\x\\\u202egpj.exe": PHOTO + b"2"}))
    )
    assert {file.name for file in bundle.files} == {*MEDIA, "passwd.jpg", "gpj.exe"}
    assert all(path.name.isalnum() and path.parent.parent == config.uploads for path in on_disk(config))


def test_a_bomb_leaves_nothing(context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pepa.domain.transcripts.UNPACKED", 1_000_000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("besar.jpg", b"\xff\xd8\xff" + bytes(5_000_000))
    with pytest.raises(chats.Unreadable):
        bring(member("ratna"), ("bom.zip", out.getvalue()))
    assert on_disk(config) == []


def test_the_same_file_twice_is_one(context: Flask, config: Config) -> None:
    assert len(bring(member("ratna"), ("a.zip", exported()), ("foto.jpg", PHOTO)).files) == 2
    assert len(on_disk(config)) == 2


def test_more_than_a_form_takes(context: Flask) -> None:
    many = [(f"{number}.jpg", PHOTO + bytes([number])) for number in range(22)]
    bundle = bring(member("ratna"), *many)
    assert len(bundle.files) == chats.Brought.most
    assert [why for _, why in bundle.left_out] == [uploads.TooMany.says]
    with pytest.raises(chats.StillWaiting):
        bring(member("ratna"), ("a.zip", exported()), once="2")


def test_a_second_archive_is_left_out(context: Flask) -> None:
    bundle = bring(member("ratna"), ("a.zip", exported()), ("b.zip", exported()))
    assert [name for name, _ in bundle.left_out] == ["b.zip"]


def test_nothing_at_all_is_said(context: Flask) -> None:
    with pytest.raises(chats.NothingBrought):
        bring(member("ratna"), text="  \n")


def test_too_long_is_said_before_anything_is_kept(
    context: Flask, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chats, "LONGEST", 100)
    with pytest.raises(chats.TooLong):
        bring(member("ratna"), ("foto.jpg", PHOTO), text="x" * 101)
    assert on_disk(config) == []


def test_a_text_in_an_archive_that_is_too_long_is_said(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chats, "LARGEST_TEXT", 5000)
    bundle = bring(member("ratna"), ("a.zip", exported(TEXT * 50)))
    assert [why for _, why in bundle.left_out] == [chats.TooLong.says]
    assert (bundle.text, len(bundle.files)) == ("", 2)


def test_files_that_wait_too_long_are_said(context: Flask) -> None:
    ratna = member("ratna")
    bring(ratna, ("a.zip", exported()))
    with clock.frozen(clock.now() + timedelta(hours=30)):
        attachments.purge()
        bundle = chats.waiting(ratna)
        assert bundle
        assert (list(bundle.files), len(bundle.left_out)) == ([], 2)
        assert reports.open_for(ratna, stored(ratna).report_id).told.what == STORED, "the text is there still"


def test_a_full_disk_takes_no_file(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.Files, "has_room", lambda _: False)
    bundle = bring(member("ratna"), ("foto.jpg", PHOTO), text="Dia menulis ini.")
    assert [why for _, why in bundle.left_out] == [uploads.NoRoom.says]


@pytest.mark.parametrize("login", ["sekar", "hadi", "dian", "joko", "nadia"])
def test_only_duty_takes_chats_in(context: Flask, login: str) -> None:
    with pytest.raises(NotAllowed):
        bring(member(login), text="x")


def test_a_planted_key_stops_it(context: Flask, config: Config) -> None:
    ratna = member("ratna")
    db.session.execute(sa.update(Person).where(Person.login == "ratna").values(public_key=bytes(32)))
    db.session.commit()
    with pytest.raises(keys.KeysUnsound):
        bring(ratna, text=TEXT)
    assert sessions.unsent(ratna) == []


def test_a_report_that_has_its_fill_of_files_takes_no_part(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of a chat that says it is whole would be deleted from the phone."""
    reporter, ratna = tell(), member("ratna")
    bring(ratna, ("a.zip", exported()))
    monkeypatch.setattr(uploads, "ALL", 1)
    reference = db.session.get_one(Report, reporter.report_id).reference
    with pytest.raises(chats.TooManyThere):
        stored(ratna, reference=reference)
    assert files_of(ratna, reporter.report_id) == []
    assert chats.waiting(ratna) is not None, "it waits on"
