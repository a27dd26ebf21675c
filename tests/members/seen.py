"""For the walk over every door: whose pages of organisations and people somebody sees."""

from uuid import UUID

from pepa.domain.outbox import Notice
from pepa.seeds import reading
from tests.members.people import membership
from tests.notices import lists
from tests.people import office
from tests.stand_ins import away

PEOPLE = ("<uuid:organisation_id>", "<uuid:membership_id>", "<uuid:stand_in_id>")  # in the rule of an address
SUBJECT = {"intake": "ratna", "independent": "rahmat"}  # whose page it is
LEADS = {"intake": "wulan", "independent": "intan"}


def works_at(kind: str) -> dict[str, UUID]:
    """A root holder, somebody of it who is away, and what whoever leads it was told."""
    login = SUBJECT[kind]
    stand_in_id = away.named(login, LEADS[kind])
    told = lists.told(LEADS[kind], Notice.STAND_IN, kind=kind)
    working = {"organisation_id": office(kind), "membership_id": membership(login)}
    return {**working, "stand_in_id": stand_in_id, "notice_id": told}


def sees(login: str, kind: str, rule: str) -> bool:
    """One's own, and every one for the administrator. What somebody does there is changed by whoever leads, never by
    themselves, and at the independent holder by its own people alone; a stand-in is named by either."""
    place = next(o.kind for o in reading.cast() for m in o.members if m.login == login)
    if kind == "nothing" or not (place == kind or login == "joko"):
        return False
    keeps = login == LEADS[kind] or (login == "joko" and kind == "intake")
    if rule.endswith(("/peran", "/keluar", "<uuid:membership_id>/lembaga")):
        return keeps
    return keeps or login == SUBJECT[kind] if rule.endswith("/pengganti") else True
