"""Evenings that were held, for tests: a cadre with a card, RTs, and a log in one call."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

from pepa import clock
from pepa.db import transaction
from pepa.domain import cadres, outreach
from pepa.domain.attendance import counted
from pepa.models.areas import Area
from pepa.policy import Device, Member
from tests import shelf
from tests.people import member

TITLE = 90


def cadre(name: str = "Siti Contoh", login: str = "dian", *, code: str | None = None) -> Device:
    """Somebody's card, open."""
    me = member(login)
    cadre_id = cadres.make(me, name=name, kelurahan_code=code or shelf.kelurahan(), once=name + login)
    return Device(cadre_id, me.organisation_id, name, cadre_id)


def rts(*names: str, until: date | None = None) -> list[UUID]:
    """RTs of the first kelurahan, in one RW."""
    code, since = shelf.kelurahan(), clock.today() - timedelta(days=900)
    with transaction() as session:
        rw = Area(kelurahan_code=code, level="rw", name="02", valid_from=since)
        session.add(rw)
        session.flush()
        made = [Area(kelurahan_code=code, level="rt", parent_id=rw.id, name=n, valid_from=since, valid_until=until)
                for n in names]  # fmt: skip
        session.add_all(made)
        session.flush()
        return [area.id for area in made]


def held(
    actor: Device | Member,
    *,
    teaching_id: UUID | None = None,
    area_ids: Sequence[UUID] = (),
    days_ago: int = 1,
    present: int = 25,
    manner: str = "meeting",
    again: bool = False,
    cadre_id: UUID | None = None,
    title_id: int = TITLE,
    plan_token: str = "",
) -> UUID:
    return outreach.log(
        actor,
        teaching_id=teaching_id or uuid4(),
        title_id=title_id,
        kelurahan_code=shelf.kelurahan(),
        area_ids=area_ids,
        on=clock.today() - timedelta(days=days_ago),
        minutes=60,
        manner=manner,
        attendance=counted(manner=manner, present=present, cells={}),
        again=again,
        cadre_id=cadre_id,
        plan_token=plan_token,
    )


def carded(name: str = "Siti Contoh") -> tuple[str, str]:
    """A printed card: its code, its PIN."""
    device, code, pin = cadre(name), cadres.new_code(), cadres.new_pin()
    assert device.cadre_id
    cadres.print_card(member("dian"), device.cadre_id, code=code, pin=pin)
    return code, pin
