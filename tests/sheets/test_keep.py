"""What stands stays while it cannot be made anew, and is made again once it can; what fails is told."""

import pytest
import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import printers, sheets
from pepa.domain.documents import MEDIA, PDF, Document, Format
from pepa.domain.printers import Unmade
from pepa.models.installation import Setting
from pepa.models.outputs import Output, TitlePicture
from pepa.models.titles import Edition, State, Translation
from tests.sheets.pressing import STORY, Pressed, fails, pack, set_to, settle, stored

pytestmark = pytest.mark.usefixtures("one_title")


def test_a_probe_that_failed_once_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    really = printers._ask
    with monkeypatch.context() as broken:
        broken.setattr(printers, "_ask", fails(OSError("no memory")))
        assert not sheets.can_print()
        broken.setattr(printers, "_ask", fails(Unmade()))
        assert not sheets.can_print()
    asked = []
    monkeypatch.setattr(printers, "_ask", lambda question: asked.append(question) or really(question))  # type: ignore[func-returns-value]
    assert sheets.can_print()
    assert sheets.can_print()
    assert len(asked) == 1, "a yes is remembered"


@pytest.mark.both
def test_where_nothing_prints_for_a_while_pdfs_of_the_same_edition_stay(
    pressed: Pressed, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle()
    whole = stored()
    pdfs = {form for form in whole if MEDIA[Format(form)] == PDF}
    assert pdfs
    monkeypatch.setattr(sheets, "can_print", lambda: False)
    monkeypatch.setattr(sheets, "_settled", None)
    assert settle() == 0, "nothing of it has changed"
    assert stored() == whole
    set_to("office_number", "(0254) 9")
    assert settle() == 1
    after = stored()
    assert after.keys() == whole.keys()
    assert {form for form in whole if after[form] == whole[form]} == pdfs
    assert settle() == 0, "and not again and again"
    monkeypatch.setattr(sheets, "can_print", lambda: True)
    monkeypatch.setattr(sheets, "_settled", None)
    assert settle() == 1
    assert stored().keys() == whole.keys()
    assert not set(stored().values()) & set(whole.values())


def test_where_nothing_prints_pdfs_of_an_older_edition_go(pressed: Pressed, monkeypatch: pytest.MonkeyPatch) -> None:
    settle()
    monkeypatch.setattr(sheets, "can_print", lambda: False)
    with transaction() as session:
        session.execute(sa.update(Edition).where(Edition.title_id == STORY).values(number=2))
        session.execute(sa.update(Setting).where(Setting.key == "office_number").values(value="(0254) 10"))
    monkeypatch.setattr(sheets, "_planned", None)
    monkeypatch.setattr(sheets, "_settled", None)
    assert settle() == 1
    assert stored().keys() == {Format.HTML, Format.SLIDES, Format.WHATSAPP, Format.SMS}


def test_a_picture_that_a_translation_alone_shows_is_printed(pressed: Pressed) -> None:
    edition = db.session.scalars(sa.select(Edition).where(Edition.title_id == STORY)).one()
    with transaction() as session:
        session.add(TitlePicture(title_id=STORY, name="06-77.png", svg=None, png=b"x", width=1, height=1))
        session.add(
            Translation(
                edition_id=edition.id,
                language="en",
                title="My body is mine",
                body="![A house](06-77.png)\nOurs.",
                changed_at=clock.now(),
                approved_at=clock.now(),
            )
        )
    settle()
    assert sheets.trouble(STORY) is None
    assert {row.language for row in sheets.of(STORY)} == {"id", "en"}


def test_texts_are_read_once_while_one_title_after_the_other_is_made(
    pressed: Pressed, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction() as session:
        session.execute(sa.update(Edition).where(Edition.title_id.in_((1, 2, 3))).values(state=State.PUBLISHED))
    settle()
    settle()
    read, really = [], sheets._documents

    def documents(edition: Edition, base_url: str) -> list[Document]:
        read.append(edition.title_id)
        return really(edition, base_url)

    monkeypatch.setattr(sheets, "_documents", documents)
    with transaction() as session:
        session.execute(sa.delete(Output).where(Output.title_id == 2))
    assert settle() == 1
    assert read == [2]


def test_a_pack_that_cannot_be_made_is_told_until_it_is(pressed: Pressed, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(printers, "pack", fails(Unmade()))
        settle()
    assert sheets.troubles() == [(sheets.WHOLE, Unmade.says)]
    monkeypatch.setattr(sheets, "_settled", None)
    settle()
    assert sheets.troubles() == []
    assert pack()
