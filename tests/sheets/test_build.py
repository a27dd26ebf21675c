"""Outputs are made of what is published, replaced whole, told about when they fail, and gone with their title.

Cases education 10, 28, 32, 46; library.md 23: published while it prints, disk full, no Pango. What the press itself
makes is tried in test_press; here most outputs are made by a quick stand-in for it.
"""

import hashlib
import logging
import sys
from collections.abc import Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import printers, sheets
from pepa.domain.documents import MEDIA, MORE, PDF, Document, Format, Unprintable
from pepa.domain.printers import Made, Unmade
from pepa.models.outputs import Output, OutputTrouble
from pepa.models.titles import Edition, State, Translation
from tests.sheets.pressing import BASE, STORY, Pressed, fails, pack, set_to, settle, stored

pytestmark = pytest.mark.usefixtures("one_title")
RUN = "runpy.run_module('pepa.domain.press', run_name='__main__')"


# ---- made ----


def test_what_is_published_is_made_by_the_press_itself() -> None:
    """The whole way, with the real child: every row says of its file what is so."""
    assert sheets.build_due(BASE, most=None) == 1
    rows = sheets.of(STORY)
    assert {row.format for row in rows} == set(Format) - MORE - {Format.PACK}
    for row in rows:
        assert row.media_type == MEDIA[Format(row.format)]
        assert row.size == len(row.body)
        assert row.digest == hashlib.sha256(row.body).digest()
        assert row.file_name.startswith("pepa-06-v1-")
        assert (row.pages is None) == (row.media_type != PDF)
        assert row.edition_number == 1
    assert stored()[Format.A4].startswith(b"%PDF-")
    assert f"{BASE}/b/6" in stored()[Format.WHATSAPP].decode()
    (whole,) = sheets.of(sheets.WHOLE)
    assert whole.format == Format.PACK
    assert "Tubuhku milikku" in whole.body.decode()
    assert sheets.build_due(BASE, most=None) == 0


@pytest.mark.both
def test_nothing_is_made_twice(pressed: Pressed) -> None:
    assert settle() == 1
    count = len(pressed)
    assert settle() == 0
    assert len(pressed) == count
    assert sheets.build_due("https://elsewhere.example") == 1, "another address is another sheet"


@pytest.mark.both
@pytest.mark.parametrize(
    ("key", "value"), [("office_number", "(0254) 123456"), ("number.129", "128"), ("outputs_more", "yes")]
)
def test_what_changes_in_the_settings_makes_every_sheet_anew(pressed: Pressed, key: str, value: str) -> None:
    """library.md 4: one setting, all outputs rebuilt."""
    settle()
    before = stored()
    set_to(key, value)
    assert settle() == 1
    after = stored()
    if key == "outputs_more":
        assert after.keys() - before.keys() == MORE
    else:
        assert after.keys() == before.keys()
        assert not set(after.values()) & set(before.values())


def test_an_upgrade_of_the_press_makes_them_anew(pressed: Pressed, monkeypatch: pytest.MonkeyPatch) -> None:
    settle()
    monkeypatch.setattr(printers, "version", lambda: "another")
    assert settle() == 1


def test_one_title_at_a_time_so_that_the_alarm_does_not_wait(pressed: Pressed) -> None:
    with transaction() as session:
        session.execute(sa.update(Edition).where(Edition.title_id.in_((1, 2, 3))).values(state=State.PUBLISHED))
    assert [sheets.build_due(BASE) for _ in range(6)] == [1, 1, 1, 1, 0, 0]
    assert pack()


def test_one_that_cannot_be_made_does_not_keep_the_others_back(
    pressed: Pressed, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = printers.outputs

    def outputs(wanted: Sequence[tuple[Document, Sequence[Format]]]) -> list[Made]:
        if any(document.title_id == 2 for document, _ in wanted):
            raise Unmade
        return quick(wanted)

    monkeypatch.setattr(printers, "outputs", outputs)
    with transaction() as session:
        session.execute(sa.update(Edition).where(Edition.title_id.in_((1, 2))).values(state=State.PUBLISHED))
    assert sheets.build_due(BASE, most=None) == 2
    assert sheets.trouble(2) == Unmade.says
    assert [title_id for title_id, _ in sheets.troubles()] == [2]


def test_a_translation_is_printed_with_its_edition_once_it_is_approved(pressed: Pressed) -> None:
    edition = db.session.scalars(sa.select(Edition).where(Edition.title_id == STORY)).one()
    said = {"edition_id": edition.id, "title": "My body is mine", "body": "Text.", "changed_at": clock.now()}
    with transaction() as session:
        session.add(Translation(language="en", **said, approved_at=clock.now()))
        session.add(Translation(language="su-x-banten", **said))
    settle()
    rows = [row for row in sheets.of(STORY) if row.language != "id"]
    assert {row.language for row in rows} == {"en"}
    assert {row.format for row in rows} == {Format.A4, Format.HTML, Format.SLIDES}
    assert "pepa-06-v1-en-a4.pdf" in {row.file_name for row in rows}


def test_without_pango_there_is_everything_but_pdfs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 10."""
    program = "import runpy, sys; sys.modules['weasyprint'] = None;" + RUN
    monkeypatch.setattr(printers, "COMMAND", (sys.executable, "-E", "-s", "-B", "-c", program))
    assert not sheets.can_print()
    assert "Pango" in str(printers.fault())
    assert sheets.build_due(BASE, most=None) == 1
    assert stored().keys() == {Format.HTML, Format.SLIDES, Format.WHATSAPP, Format.SMS}


def test_without_fonts_it_says_which_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Case 1."""
    program = (
        "import runpy, pathlib; from pepa.domain import documents; documents.FONTS = pathlib.Path('/nowhere');" + RUN
    )
    monkeypatch.setattr(printers, "COMMAND", (sys.executable, "-E", "-s", "-B", "-c", program))
    assert "Huruf cetak hilang" in str(printers.fault())
    assert sheets.build_due(BASE) == 0
    assert "Huruf cetak hilang" in str(sheets.trouble(STORY))


# ---- not made ----


@pytest.mark.both
def test_old_outputs_stay_until_the_new_ones_are_whole(
    pressed: Pressed, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    settle()
    before = stored()
    set_to("office_number", "(0254) 1")
    with monkeypatch.context() as broken, caplog.at_level(logging.ERROR, "pepa.sheets"):
        broken.setattr(printers, "outputs", fails(Unprintable("Bagian %(part)s: Tubuhku.", part="isi")))
        assert settle() == 0
    assert stored() == before
    assert sheets.trouble(STORY) == "Bagian isi: Tubuhku."
    assert "title 6" in caplog.text
    assert "Tubuhku" not in caplog.text
    monkeypatch.setattr(sheets, "_settled", None)
    assert settle() == 0, "the same is not tried again at once"
    with clock.frozen(clock.now() + timedelta(minutes=11)):
        monkeypatch.setattr(sheets, "_settled", None)
        assert settle() == 1
    assert stored() != before
    assert sheets.trouble(STORY) is None


def test_what_was_mended_is_tried_at_once(pressed: Pressed, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(printers, "outputs", fails(Unmade()))
        assert settle() == 0
    assert sheets.trouble(STORY)
    set_to("office_number", "(0254) 2")
    assert settle() == 1
    assert sheets.trouble(STORY) is None


@pytest.mark.parametrize(
    "program",
    [
        "import time; time.sleep(60)",
        "import sys; sys.exit(1)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "print('{', end='')",
        "x = bytearray(2_000_000_000); print(len(x))",
        "print('[]'); print('more than it said')",
    ],
)
def test_a_child_that_does_not_end_well_changes_nothing(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "can_print", lambda: True)
    monkeypatch.setattr(printers, "COMMAND", (sys.executable, "-I", "-c", f"import sys; sys.stdin.read(); {program}"))
    monkeypatch.setattr(printers, "SECONDS", 1.5)
    assert sheets.build_due(BASE) == 0
    assert not stored()
    assert sheets.trouble(STORY) == Unmade.says


@pytest.mark.both
def test_a_full_disk_leaves_what_was_there(pressed: Pressed, caplog: pytest.LogCaptureFixture) -> None:
    settle()
    before = stored()
    set_to("office_number", "(0254) 3")

    def full(*_: object) -> None:
        raise sa.exc.OperationalError("insert", {}, Exception("database or disk is full"))

    sa.event.listen(Output, "before_insert", full)
    try:
        with caplog.at_level(logging.ERROR, "pepa.sheets"):
            assert settle() == 0
    finally:
        sa.event.remove(Output, "before_insert", full)
    assert stored() == before
    assert "could not be kept" in caplog.text
    assert settle() == 1


# ---- gone ----


@pytest.mark.both
def test_what_is_withdrawn_takes_its_outputs_and_the_pack_along(pressed: Pressed) -> None:
    """Case 46: in one transaction."""
    settle()
    assert "Tubuhku milikku" in str(pack())
    with transaction() as session:
        sheets.drop(session, STORY)
        session.execute(
            sa.update(Edition)
            .where(Edition.title_id == STORY)
            .values(state=State.WITHDRAWN, withdrawn_reason="Keliru.")
        )
    assert not stored()
    assert pack() is None
    assert settle() == 0
    assert pack() is None


def withdraw() -> None:
    with transaction() as session:
        session.execute(
            sa.update(Edition)
            .where(Edition.title_id == STORY)
            .values(state=State.WITHDRAWN, withdrawn_reason="Keliru.")
        )
        sheets.drop(session, STORY)


def test_what_is_withdrawn_while_it_prints_does_not_come_back(
    pressed: Pressed, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = printers.outputs

    def slow(wanted: Sequence[tuple[Document, Sequence[Format]]]) -> list[Made]:
        withdraw()
        return quick(wanted)

    monkeypatch.setattr(printers, "outputs", slow)
    assert settle() == 0
    assert not stored()
    assert sheets.trouble(STORY) is None


def test_what_is_withdrawn_while_the_pack_is_made_is_not_in_it(
    pressed: Pressed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction() as session:
        session.execute(sa.update(Edition).where(Edition.title_id == 1).values(state=State.PUBLISHED))
    quick = printers.pack

    def slow(library: Sequence[Document]) -> bytes:
        if any(text.title_id == STORY for text in library):
            withdraw()
        return quick(library)

    monkeypatch.setattr(printers, "pack", slow)
    settle()
    assert pack() == "Apa itu kekerasan?"


def test_what_was_left_behind_is_swept_away(pressed: Pressed) -> None:
    settle()
    with transaction() as session:
        session.execute(sa.update(Edition).where(Edition.title_id == STORY).values(state=State.IN_REVIEW))
    settle()
    assert not stored()
    assert pack() is None


# ---- asked before ----


def test_an_edition_with_a_letter_that_no_font_has_is_refused(pressed: Pressed) -> None:
    edition = db.session.scalars(sa.select(Edition).where(Edition.title_id == STORY)).one()
    sheets.check(edition)
    edition.guide = "Satu 😊"
    with pytest.raises(Unprintable):
        sheets.check(edition)
    db.session.rollback()


def test_the_server_loads_nothing_that_prints() -> None:
    import subprocess

    program = "import sys, pepa.app; print(*sorted({'weasyprint', 'pypdf', 'fontTools', 'cffi'} & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=printers.ROOT
    )
    assert done.stdout.split() in ([], ["cffi"]), "a worker of the server would carry it along"


def test_troubles_are_of_titles_alone(pressed: Pressed) -> None:
    assert sheets.trouble(99) is None
    assert db.session.scalars(sa.select(OutputTrouble)).all() == []
