"""The daily anchor: where both chains of the audit stand, in six words that people of two offices keep on paper.

A chain finds what was changed, cut out or cut off. That a whole database was put back to an earlier day only somebody
can tell who remembers: the paper does (vault.md, Losing nothing).
"""

from datetime import date, time
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import Page, db, insert_once, keyset, transaction
from pepa.domain import audit, keys, outbox
from pepa.domain.faults import Fault
from pepa.models.anchors import Anchor
from pepa.models.audit import AuditEntry, Chain
from pepa.models.organisations import ROOTS, Membership, Organisation, Role
from pepa.models.people import Person
from pepa.policy import Member, Permission, require

FROM = time(7)  # by the clock of Serang, every day; where the machine stood still then, as soon as it runs
READERS = {Role.SUPERVISOR, Role.HEAD}
TELLS = 4  # letters of a word that tell it from all others
Links = dict[int, bytes]  # the MAC of each link of a chain by its number; 0: b"", where nothing was recorded yet


def words_of(staff: int, staff_mac: bytes, anonymous: int, anonymous_mac: bytes) -> str:
    """Where both chains stand, as six words (66 bits): number and MAC of each newest link."""
    return " ".join(keys.words_of(keys.audit_mac("anchor", staff, staff_mac, anonymous, anonymous_mac), 6))


def make() -> int:
    """This morning's anchor, once. Called by `delivery`; returns how many were made."""
    is_early = clock.now().astimezone(clock.JAKARTA).time() < FROM
    if is_early or db.session.scalar(sa.select(Anchor.on).where(Anchor.on == clock.today())):
        return 0
    with transaction() as session:
        (staff, staff_mac), (anonymous, anonymous_mac) = (audit.heads()[chain] for chain in Chain)
        values = {
            "on": clock.today(),
            "made_at": clock.now(),
            "staff": staff,
            "anonymous": anonymous,
            "words": words_of(staff, staff_mac, anonymous, anonymous_mac),
        }
        if not insert_once(session, Anchor, values):
            return 0
        audit.record(session, "anchor.made", None, None, str(staff + anonymous))
        for person_id, organisation_id in _readers(session).items():
            outbox.tell(session, person_id, outbox.Notice.ANCHOR, organisation_id=organisation_id)
    return 1


def _readers(session: Session) -> dict[UUID, UUID]:
    """Supervisors and heads of both offices that hold reports at their root, each with one in which they are that."""
    query = (
        sa.select(Membership)
        .join(Person)
        .join(Organisation)
        .where(Organisation.kind.in_([kind.value for kind in ROOTS]), Organisation.is_active)
        .where(Membership.is_active, Person.is_active)
        .order_by(Person.id)
    )
    return {one.person_id: one.organisation_id for one in session.scalars(query) if one.role_set & READERS}


def stands(due: outbox.Due) -> bool:
    """Whether whoever it goes to still keeps the paper."""
    return due.notice is not outbox.Notice.ANCHOR or due.person_id in _readers(db.session())


def words(due: outbox.Due) -> str:
    """What its mail says, of the newest morning; nothing of any other notice."""
    newest = db.session.scalar(sa.select(Anchor).order_by(Anchor.on.desc()).limit(1))
    if due.notice is not outbox.Notice.ANCHOR or newest is None:
        return ""
    return due.notice.label % {"hari": f"{newest.on:%d-%m-%Y}", "kata": newest.words, "baris": newest.rows}


def list_for(actor: Member, *, at: str | None = None, size: int = 50) -> Page[Anchor]:
    """The mornings, the newest first."""
    require(actor, Permission.SEE_ANCHORS)
    return keyset(sa.select(Anchor), Anchor.on, at=at, size=size, descends=True)


# At the machine


def faults() -> list[Fault]:
    """Mornings that stand here and do not fit what was recorded."""
    chains = {chain: _links(chain) for chain in Chain}
    found = {one.on: one for one in db.session.scalars(sa.select(Anchor).order_by(Anchor.on))}
    wrong = [on for on, one in found.items() if _said(chains, one.staff, one.anonymous) != one.words]
    gone = [on for on in _recorded() if on not in found]
    told = {"chain.anchor": wrong, "chain.gone": gone}
    return [Fault(code, values={"day": f"{on:%d-%m-%Y}"}) for code, days in told.items() for on in days]


def _recorded() -> list[date]:
    """The days of which an anchor was recorded."""
    made = sa.select(AuditEntry.at).where(AuditEntry.act == "anchor.made").order_by(AuditEntry.number)
    return [at.astimezone(clock.JAKARTA).date() for at in db.session.scalars(made)]


def compare(typed: str, rows: int, on: date | None = None) -> tuple[bool, str]:
    """Whether the audit of this database still goes through the state that a paper tells of, and that in a sentence.

    rows  links of both chains together    on  the paper's day, which makes the answer plainer
    """
    chains = {chain: _links(chain) for chain in Chain}
    now = sum(max(links) for links in chains.values())
    wanted = _folded(typed)
    for staff in range(max(chains[Chain.STAFF]) + 1):
        said = _said(chains, staff, rows - staff)
        if said is not None and _folded(said) == wanted:
            return True, f"The audit still holds these {rows} rows; {now - rows} came since."
    if now < rows:
        fewer = f"this audit has {now} rows, the paper says {rows}"
        return False, f"{fewer}: an older database was put back, or rows were cut off"
    found = db.session.scalar(sa.select(Anchor).where(Anchor.on == on)) if on else None
    if on and found is None:
        return False, f"no anchor of {on:%Y-%m-%d} stands here, and no {rows} rows say these words"
    other = f"; of that day it says: {found.words}, {found.rows} rows" if found else ""
    return False, f"no {rows} rows of this audit say these words: it is another past than the paper's{other}"


def _folded(text: str) -> list[str]:
    return [word[:TELLS] for word in text.casefold().replace(",", " ").split()]


def _links(chain: Chain) -> Links:
    query = sa.select(AuditEntry.number, AuditEntry.mac).where(AuditEntry.chain == chain.value)
    return {0: b"", **{row.number: row.mac for row in db.session.connection().execute(query)}}


def _said(chains: dict[Chain, Links], staff: int, anonymous: int) -> str | None:
    """The words of a state; None where there was none like it."""
    heads = chains[Chain.STAFF].get(staff), chains[Chain.ANONYMOUS].get(anonymous)
    if heads[0] is None or heads[1] is None:
        return None
    return words_of(staff, heads[0], anonymous, heads[1])
