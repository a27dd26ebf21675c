"""A library of one title, and a quick stand-in for the press."""

from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import transaction
from pepa.domain import printers, sheets
from pepa.domain.documents import Document, Format
from pepa.domain.printers import Made
from pepa.models.titles import Edition, State
from tests.sheets.pressing import STORY, Pressed


@pytest.fixture
def one_title(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the library of the demo only the story is read; nothing is remembered of another installation."""
    with transaction() as session:
        session.execute(sa.update(Edition).where(Edition.title_id != STORY).values(state=State.IN_REVIEW))
    monkeypatch.setattr(sheets, "_settled", None)
    monkeypatch.setattr(sheets, "_planned", None)
    printers._prints.cache_clear()


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> Pressed:
    """Whatever was asked of the press, which answers at once."""
    asked: Pressed = []

    def outputs(wanted: Sequence[tuple[Document, Sequence[Format]]]) -> list[Made]:
        pairs = [(document, form) for document, forms in wanted for form in forms]
        asked.extend(pairs)
        return [Made(document, form, 2, f"{document.digest().hex()} {form}".encode()) for document, form in pairs]

    monkeypatch.setattr(printers, "outputs", outputs)
    monkeypatch.setattr(printers, "pack", lambda library: " ".join(text.title for text in library).encode())
    monkeypatch.setattr(sheets, "can_print", lambda: True)
    return asked
