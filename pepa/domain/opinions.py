"""What readers say of a title: three choices and at most 200 letters, without a name and without a cookie.

What was written is sealed to the office: the page asks for no story, but somebody may tell one there.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, insert_once, transaction
from pepa.domain import boxes, floods, intake, keys, routing, tickets, titles
from pepa.errors import Invalid, NotFound
from pepa.models.opinions import Clarity, Opinion
from pepa.policy import Member, Permission, can, require
from pepa.words import N_

LONGEST = 200  # letters
KEPT = timedelta(days=365)
LATELY = timedelta(days=30)
DOMAIN = "opinion"
HASTY = 2  # seconds from page to sending: nobody reads a title in less
watch = floods.Watch(hasty=HASTY, quick=HASTY, many=200)


class NothingChosen(Invalid):
    says = N_("Pilih satu dulu: Ya, Tidak, atau Ada yang salah.")
    field = "clarity"


class TooLong(Invalid):
    says = N_("Paling panjang %(most)s huruf. Singkatkan dulu.")
    field = "note"


@dataclass(frozen=True)
class Written:
    """What a reader wrote. text: None under a key of the office that the actor never had"""

    clarity: Clarity
    text: str | None
    edition_number: int
    on: date
    is_aside: bool


@dataclass(frozen=True)
class Opinions:
    """What readers say of a title. counts: by clarity, of those that look like people's

    written: people's first, the newest of each
    """

    counts: Mapping[str, int]
    written: Sequence[Written]


def mint_ticket(*, again: bool = False) -> str:
    """The hidden field of a new form: its `once`, which also tells when the form was made."""
    return intake.mint_ticket(again=again)


def give(title_id: int, *, clarity: str | None, note: str = "", ticket: str = "", subject: str = "") -> UUID:
    """Say what one thinks of a title. The same form sent again adds nothing. Returns the opinion's id.

    subject: of a field that nobody sees

    Raises NotFound where the title is not published, NothingChosen, TooLong, KeysUnsound.
    """
    if clarity not in {choice.value for choice in Clarity}:
        raise NothingChosen
    note = note.strip()
    if len(note) > LONGEST:
        raise TooLong(most=LONGEST)
    reading = titles.get(title_id)
    if isinstance(reading, titles.Withdrawn):
        raise NotFound
    is_known = tickets.read(ticket) is not None
    opinion_id = UUID(bytes=keys.mark(DOMAIN, ticket)[:16], version=4) if is_known else uuid4()
    seconds = tickets.seconds_of(ticket)
    odd = watch.is_odd(opinion_id.hex, note, seconds=seconds, is_filled=bool(subject))
    values = {
        "id": opinion_id,
        "title_id": title_id,
        "edition_number": reading.number,
        "clarity": clarity,
        "on": clock.today(),
        "is_aside": odd or not is_known,
        **_sealed(opinion_id, note),
    }
    with transaction() as session:
        insert_once(session, Opinion, values)
    return opinion_id


def _sealed(opinion_id: UUID, note: str) -> dict[str, object]:
    if not note:
        return {"organisation_id": None, "generation": None, "text_sealed": None}
    office = routing.office_for(None)
    sealed = boxes.seal_slip(office, DOMAIN, opinion_id, {"text": note})
    return {"organisation_id": office.id, "generation": office.generation, "text_sealed": sealed}


def for_title(actor: Member, title_id: int, *, most: int = 50) -> Opinions:
    """What readers said of a title, and the newest of what they wrote. Raises Unopened, NotAllowed."""
    require(actor, Permission.READ_OPINIONS)
    here = Opinion.title_id == title_id
    counted = db.session.execute(
        sa.select(Opinion.clarity, sa.func.count()).where(here, ~Opinion.is_aside).group_by(Opinion.clarity)
    )
    counts = Counter({row.clarity: row[1] for row in counted})
    rows = db.session.scalars(
        sa.select(Opinion)
        .where(here, Opinion.organisation_id == actor.organisation_id)
        .order_by(Opinion.is_aside, Opinion.on.desc(), Opinion.id)
        .limit(most)
    )
    return Opinions({choice.value: counts[choice.value] for choice in Clarity}, [_read(actor, row) for row in rows])


def wrong_lately(actor: Member) -> dict[int, int]:
    """How many readers found something wrong in a title these days, by title; none for who does not read opinions."""
    if not can(actor, Permission.READ_OPINIONS):
        return {}
    told = (Opinion.clarity == Clarity.WRONG, ~Opinion.is_aside, Opinion.on > clock.today() - LATELY)
    found = sa.select(Opinion.title_id, sa.func.count().label("times")).where(*told).group_by(Opinion.title_id)
    return {row.title_id: row.times for row in db.session.execute(found)}


def _read(actor: Member, row: Opinion) -> Written:
    assert row.generation is not None
    assert row.text_sealed is not None
    found = boxes.open_slip(actor, row.generation, DOMAIN, row.id, row.text_sealed)
    return Written(Clarity(row.clarity), found["text"] if found else None, row.edition_number, row.on, row.is_aside)


def purge() -> int:
    """Forget what was written a year ago; that somebody said so stays counted. Returns how many."""
    with transaction() as session:
        gone = session.execute(
            sa.update(Opinion)
            .where(Opinion.on < clock.today() - KEPT, Opinion.text_sealed.is_not(None))
            .values(text_sealed=None, organisation_id=None, generation=None)
        )
    return int(gone.rowcount)  # type: ignore[attr-defined]
