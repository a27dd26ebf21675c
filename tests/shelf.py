"""Rows of the library and of outreach, for tests that are not about how they come to be."""

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import keys
from pepa.models.areas import Area
from pepa.models.invitations import Invitation
from pepa.models.opinions import Opinion
from pepa.models.outreach import Target, Teaching
from pepa.models.places import Kelurahan
from pepa.models.reviews import Review
from pepa.models.titles import Edition, State, Title
from tests import cast

BODY = """Setiap orang berhak merasa aman di rumah.[^aman]

! Bahaya sekarang? Telepon {nomor:polisi}.

[^aman]: hukum | V | 2026-11-25 | UU 23/2004 | pasal 5 | peraturan.info | Kekerasan dalam rumah tangga dilarang.
"""


def title(
    title_id: int = 90, *, name: str = "Rumah yang aman", state: State = State.PUBLISHED, **values: object
) -> UUID:
    """A title with one edition; returns the edition's id."""
    now = clock.now()
    published = {"published_at": now, "due_on": clock.today() + timedelta(days=180)} if state is State.PUBLISHED else {}
    fields: dict[str, object] = {
        "number": 1,
        "state": state,
        "title": name,
        "audience": "warga",
        "topics": "rumah",
        "minutes": 3,
        "body": BODY,
        "reviewers": "kantor hukum",
        "due_months": 6,
        "changed_at": now,
        **published,
        **values,
    }
    with transaction() as session:
        if session.get(Title, title_id) is None:
            session.add(Title(id=title_id, slug=f"judul-{title_id}", kind="artikel"))
            session.flush()
        edition = Edition(title_id=title_id, **fields)
        session.add(edition)
        session.flush()
        return edition.id


def kelurahan() -> str:
    """The code of the first one."""
    found = db.session.scalar(sa.select(sa.func.min(Kelurahan.code)))
    db.session.rollback()
    assert found
    return str(found)


def every_row(login: str) -> None:
    """One row at least in each table that has a CHECK."""
    me, day, code = cast.member(login), date(2026, 1, 1), kelurahan()
    edition_id, generation = title(), keys.generation_of(me.organisation_id)
    with transaction() as session:
        session.add_all(
            [
                Review(
                    edition_id=edition_id,
                    field="kantor",
                    person_id=me.person_id,
                    verdict="approved",
                    digest=b"",
                    at=clock.now(),
                ),
                Opinion(title_id=90, edition_number=1, clarity="yes", on=day),
                Area(kelurahan_code=code, level="rt", name="003", valid_from=day),
                Target(kelurahan_code=code, period="2026-Q1", rts=3, set_at=clock.now(), set_by_id=me.person_id),
                Teaching(
                    title_id=90,
                    edition_number=1,
                    on=day,
                    minutes=30,
                    manner="meeting",
                    kelurahan_code=code,
                    person_id=me.person_id,
                    period="2026-Q1",
                    logged_at=clock.now(),
                ),
                Invitation(
                    code_hash=b"c",
                    host="rt",
                    kelurahan_code=code,
                    wish="any",
                    asked_on=day,
                    organisation_id=me.organisation_id,
                    generation=generation,
                ),
            ]
        )
