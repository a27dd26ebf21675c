"""What tests of outputs ask and do again and again."""

from collections.abc import Callable

import sqlalchemy as sa

from pepa.db import db, transaction
from pepa.domain import sheets
from pepa.domain.documents import Document, Format
from pepa.domain.printers import Made
from pepa.models.installation import Setting
from pepa.models.outputs import Output

BASE = "https://pepa.example"
STORY = 6
Pressed = list[tuple[Document, Format]]


def set_to(key: str, value: str) -> None:
    with transaction() as session:
        session.merge(Setting(key=key, value=value))


def stored() -> dict[str, bytes]:
    """Format → body, of the story in Indonesian."""
    db.session.rollback()
    rows = db.session.scalars(sa.select(Output).where(Output.title_id == STORY, Output.language == "id"))
    return {row.format: row.body for row in rows}


def pack() -> str | None:
    db.session.rollback()
    body = db.session.scalar(sa.select(Output.body).where(Output.title_id == sheets.WHOLE))
    return body.decode() if body else None


def settle() -> int:
    """As the delivery does it: again and again until nothing is due."""
    total = 0
    for _ in range(5):
        total += sheets.build_due(BASE)
    return total


def fails(failure: Exception) -> Callable[..., list[Made]]:
    def outputs(_: object) -> list[Made]:
        raise failure

    return outputs
