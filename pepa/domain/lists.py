"""Lists that the office words itself, and the names of places, for showing."""

from collections.abc import Sequence

import sqlalchemy as sa

from pepa.db import Kept, db
from pepa.models.lists import ReadyAnswer
from pepa.models.places import Kecamatan
from pepa.models.reports import Elsewhere


def ready_answers() -> Sequence[ReadyAnswer]:
    """Sentences that an officer may start from, in the office's order."""
    return list(db.session.scalars(sa.select(ReadyAnswer).order_by(ReadyAnswer.position)))


def _places() -> dict[str, str]:
    names = {row.code: row.name for row in db.session.scalars(sa.select(Kecamatan).order_by(Kecamatan.name))}
    return {**names, **{place.value: place.label for place in Elsewhere}}


places = Kept(_places)
