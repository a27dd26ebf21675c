"""The demo's organisations as the administrator keeps them: what was agreed and until when, one without an account,
one colleague who is away. By the verbs that people take."""

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import db
from pepa.domain import organisations, stand_ins
from pepa.models.organisations import Membership, Organisation
from pepa.policy import Member

AGREED = {"legal_aid": 300, "psychologist": 20, "hospital": 700}  # days from today


def plant(members: dict[str, Member]) -> None:
    keeper, today = members["joko"], clock.today()
    for organisation_id, kind in db.session.execute(sa.select(Organisation.id, Organisation.kind)).all():
        if kind in AGREED:
            _agree(keeper, organisation_id, today + timedelta(days=AGREED[kind]))
    organisations.add(
        keeper,
        name="Polsek Contoh",
        kind="police",
        agreement="Nota kesepahaman contoh",
        agreed_until_on=today + timedelta(days=500),
        aids=["law_enforcement"],
        hours="Setiap hari, 24 jam",
        phone="0254-000-020",
        person="Piket Contoh",
        once="demo",
    )
    mine = sa.select(Membership.id).where(Membership.person_id == members["sekar"].person_id)
    stand_ins.name(
        members["sekar"],
        db.session.scalars(mine).one(),
        person_id=members["wulan"].person_id,
        from_on=today + timedelta(days=3),
        until_on=today + timedelta(days=9),
        once="demo",
    )


def _agree(keeper: Member, organisation_id: UUID, until: date) -> None:
    """The rest of the entry stays as its people wrote it."""
    looked = organisations.look(keeper, organisation_id)
    row, entry = looked.organisation, looked.entry
    organisations.change(
        keeper,
        organisation_id,
        name=row.name,
        agreement="Perjanjian contoh",
        agreed_until_on=until,
        aids=[one.row.aid for one in entry.offers],
        hours=entry.hours,
        phone=entry.phone,
        person=entry.person,
        since=entry.since,
        version=row.version,
    )
