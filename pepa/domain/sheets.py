"""What is made of published titles to be printed, sent or kept: built, kept in the database, dropped with its title.

What is due is found by what it is made of: text, numbers, drawings, the press itself. Old outputs stay until the new
ones of a title are whole, and are replaced in one transaction (docs/adr/0013).
"""

import hashlib
import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import DatabaseFault, db, transaction
from pepa.domain import documents, numbers, printers, settings
from pepa.domain.documents import MEDIA, PDF, Document, Drawing, Format
from pepa.domain.printers import Made, can_print
from pepa.errors import Failure
from pepa.models.outputs import Output, OutputTrouble, TitlePicture
from pepa.models.subjects import Audience
from pepa.models.titles import Edition, State, Translation

__all__ = ["build", "build_due", "can_print", "check", "drop", "of", "trouble", "troubles"]

WHOLE = 0  # the title_id of what is made of the whole library
AGAIN = 600.0  # seconds until what could not be made is tried again as it stands
AT_ONCE = 5  # titles that one child makes
SOURCE = "id"  # the language of every edition
# A translation is read, sent and printed; what is for whoever leads stays Indonesian.
TRANSLATED = frozenset({Format.A4, Format.HTML, Format.SLIDES, Format.WHATSAPP, Format.SMS, Format.EPUB})
log = logging.getLogger("pepa.sheets")
_settled: tuple[object, float] | None = None  # what this process found nothing due at, and when
_planned: tuple[object, list["Plan"]] | None = None  # and what there was to make of what it found then


@dataclass(frozen=True)
class Plan:
    """All that is to be made of one title. made_from: digest of what it is made of

    wanted, spared  language and format of what is made here, and of PDFs that cannot be: those of this edition stay
    """

    edition_id: UUID
    title_id: int
    number: int
    wanted: frozenset[tuple[str, str]]
    spared: frozenset[tuple[str, str]]
    made_from: bytes


@dataclass(frozen=True)
class Job(Plan):
    """The same with the texts."""

    asked: tuple[tuple[Document, tuple[Format, ...]], ...]


# ---- what others ask ----


def of(title_id: int) -> Sequence[Output]:
    """The outputs of a title without their bytes, in the order of the formats; 0: of the whole library."""
    order = list(Format)
    found = db.session.scalars(sa.select(Output).where(Output.title_id == title_id)).all()
    return sorted(
        found, key=lambda output: (output.language != SOURCE, output.language, order.index(Format(output.format)))
    )


def trouble(title_id: int) -> str | None:
    """Why the outputs of a title are not those of its text, in a sentence for whoever writes it."""
    return db.session.scalar(sa.select(OutputTrouble.says).where(OutputTrouble.title_id == title_id))


def troubles() -> list[tuple[int, str]]:
    """All of them, by title."""
    found = sa.select(OutputTrouble.title_id, OutputTrouble.says).order_by(OutputTrouble.title_id)
    return [(row.title_id, row.says) for row in db.session.execute(found)]


def drop(session: Session, title_id: int) -> None:
    """Take the outputs of a title away, in the transaction in which it is withdrawn: the pack goes too, it holds it."""
    gone = (title_id, WHOLE)
    session.execute(sa.delete(Output).where(Output.title_id.in_(gone)))
    session.execute(sa.delete(OutputTrouble).where(OutputTrouble.title_id.in_(gone)))


def check(edition: Edition) -> None:
    """Raises Unprintable where an edition could not be made into sheets: asked before it goes out."""
    for document in _documents(edition, "https://localhost"):
        document.check()


def build(title_id: int, base_url: str) -> bool:
    """Make the outputs of one title anew, whatever stands there. False: it has none, or they could not be made."""
    edition = db.session.scalar(_published().where(Edition.title_id == title_id))
    return edition is not None and _run([_job(edition, base_url, prints=can_print())]) == 1


def build_due(base_url: str, *, most: int | None = 1) -> int:
    """Make what is due, newest first; returns of how many titles. The pack is made once nothing else is due.

    most: titles in one go, since what else the delivery has to do must not wait; None: all of them
    """
    global _settled
    sources = (str(db.engine.url), base_url, printers.version(), _sources())
    state, now = (sources, _made()), clock.monotonic()
    if _settled and _settled[0] == state and now - _settled[1] < AGAIN:
        return 0
    prints = can_print()
    plans = _plans(sources, base_url, prints=prints)
    _sweep({plan.title_id for plan in plans})
    due = _due(plans)
    built = _run(_jobs(due[:most], base_url, prints=prints))
    if not due or most is None:
        _pack(plans, base_url)
    if not due:
        _settled = (state, now)
    return built


# ---- what there is to make ----


def _published() -> sa.Select[Edition]:
    return sa.select(Edition).where(Edition.state == State.PUBLISHED).order_by(Edition.published_at.desc(), Edition.id)


def _sources() -> tuple[object, ...]:
    """What changes where outputs would be made of something else, at the price of two queries; no text is read."""
    found = settings.read()
    read = sa.select(Edition.id).where(Edition.state == State.PUBLISHED).order_by(Edition.id)
    counts = sa.select(
        sa.select(sa.func.max(Translation.approved_at)).scalar_subquery(),
        sa.select(sa.func.count(Translation.approved_at)).scalar_subquery(),
        sa.select(sa.func.count()).select_from(TitlePicture).scalar_subquery(),
    )
    told = (*db.session.scalars(read), *db.session.execute(counts).one())
    return (*told, *sorted(numbers.held().items()), found.outputs_more, found.demo)


def _made() -> object:
    """What changes where outputs come or go."""
    return tuple(db.session.execute(sa.select(sa.func.count(Output.title_id), sa.func.max(Output.made_at))).one())


def _plans(sources: object, base_url: str, *, prints: bool) -> list[Plan]:
    """Of every title, newest first; the texts are read anew where something of them may have changed."""
    global _planned
    if _planned is None or _planned[0] != (sources, prints):
        jobs = (_job(edition, base_url, prints=prints) for edition in db.session.scalars(_published()))
        _planned = ((sources, prints), [_plan(job) for job in jobs])
    return _planned[1]


def _plan(job: Job) -> Plan:
    return Plan(job.edition_id, job.title_id, job.number, job.wanted, job.spared, job.made_from)


def _jobs(plans: Iterable[Plan], base_url: str, *, prints: bool) -> list[Job]:
    """Plans with their texts; what is read no more is left out."""
    found = [db.session.get(Edition, plan.edition_id) for plan in plans]
    read = (edition for edition in found if edition is not None and edition.state == State.PUBLISHED)
    return [_job(edition, base_url, prints=prints) for edition in read]


def _job(edition: Edition, base_url: str, *, prints: bool) -> Job:
    """prints: whether PDFs can be made; what it is made of does not hang on it"""
    more = settings.read().outputs_more == "yes"
    whole = []
    for document in _documents(edition, base_url):
        forms = document.formats(more=more, prints=True)
        whole.append((document, tuple(f for f in forms if document.language == SOURCE or f in TRANSLATED)))
    text = hashlib.sha256(printers.version().encode())
    for document, kinds in whole:
        text.update(document.digest(*kinds))
    asked = tuple((document, tuple(f for f in forms if prints or MEDIA[f] != PDF)) for document, forms in whole)
    every, wanted = ({(each.language, f.value) for each, forms in lot for f in forms} for lot in (whole, asked))
    return Job(
        edition_id=edition.id,
        title_id=edition.title_id,
        number=edition.number,
        wanted=frozenset(wanted),
        spared=frozenset(every - wanted),
        made_from=text.digest(),
        asked=asked,
    )


def _documents(edition: Edition, base_url: str) -> list[Document]:
    """An edition and its approved translations, each as what is pressed."""
    drawings = db.session.scalars(sa.select(TitlePicture).where(TitlePicture.title_id == edition.title_id))
    said = db.session.scalars(
        sa.select(Translation)
        .where(Translation.edition_id == edition.id, Translation.approved_at.is_not(None))
        .order_by(Translation.language)
    ).all()
    texts = (edition.body, edition.guide, edition.quiz, edition.script, *(each.body for each in said))
    day = (edition.published_at or clock.now()).astimezone(clock.JAKARTA).date()
    source = Document(
        title_id=edition.title_id,
        version=edition.number,
        title=edition.title,
        neutral=edition.of.neutral,
        audience=tuple(_audience(edition.audience.split())),
        minutes=edition.minutes,
        published_on=day,
        address=f"{base_url.rstrip('/')}/b/{edition.title_id}",
        numbers=numbers.held(),
        sample=settings.read().demo,
        body=edition.body,
        guide=edition.guide,
        quiz=edition.quiz,
        script=edition.script,
        whatsapp=edition.whatsapp,
        sms=edition.sms,
        poster=tuple(edition.poster.splitlines()),
        card=tuple(edition.card.splitlines()),
        pictures={
            drawing.name: Drawing((drawing.svg or "").encode(), drawing.png)
            for drawing in drawings
            if any(f"({drawing.name})" in text for text in texts)
        },
    )
    return [source, *(_translated(source, each) for each in said)]


def _translated(source: Document, said: Translation) -> Document:
    return replace(
        source,
        language=said.language,
        title=said.title,
        body=said.body,
        whatsapp=said.whatsapp,
        sms=said.sms,
        guide="",
        quiz="",
        script="",
    )


def _audience(codes: Iterable[str]) -> Iterable[str]:
    """For whom it says to be. That it is for whoever lives through it stands on no paper."""
    labels = {each.value: each.label for each in Audience if each is not Audience.SURVIVORS}
    return (labels[code] for code in codes if code in labels)


def _due(plans: Sequence[Plan]) -> list[Plan]:
    """Whose outputs are not made of what they would be made of now; what could not be made rests for a while."""
    made: dict[int, dict[tuple[str, str], bytes]] = {}
    for row in db.session.execute(sa.select(Output.title_id, Output.language, Output.format, Output.made_from)):
        made.setdefault(row.title_id, {})[(row.language, row.format)] = row.made_from
    rests = {
        (row.title_id, row.made_from)
        for row in db.session.scalars(sa.select(OutputTrouble))
        if (clock.now() - row.at).total_seconds() < AGAIN
    }
    return [
        plan
        for plan in plans
        if not _is_made(plan, made.get(plan.title_id, {})) and (plan.title_id, plan.made_from) not in rests
    ]


def _is_made(plan: Plan, stands: Mapping[tuple[str, str], bytes]) -> bool:
    is_new = all(stands.get(each) == plan.made_from for each in plan.wanted)
    return is_new and stands.keys() <= plan.wanted | plan.spared


# ---- making it ----


def _run(jobs: Sequence[Job]) -> int:
    """Make these, several children beside one another; returns how many titles are done."""
    db.session.rollback()  # nothing is held open while others print
    lots = [jobs[start : start + AT_ONCE] for start in range(0, len(jobs), AT_ONCE)]
    if len(lots) < 2:
        return sum(_kept(job, outcome) for lot in lots for job, outcome in zip(lot, _pressed(lot), strict=True))
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        found = pool.map(_pressed, lots)
        return sum(
            _kept(job, made)
            for lot, all_of in zip(lots, found, strict=True)
            for job, made in zip(lot, all_of, strict=True)
        )


def _pressed(jobs: Sequence[Job]) -> list[list[Made] | Failure]:
    """What came of each. Where one of several cannot be made, each is tried alone."""
    try:
        for job in jobs:
            for document, _ in job.asked:
                document.check()
        made = printers.outputs([pair for job in jobs for pair in job.asked])
    except Failure as failed:
        return [failed] if len(jobs) == 1 else [outcome for job in jobs for outcome in _pressed([job])]
    except OSError:
        return [printers.Unmade()] * len(jobs)
    return [[each for each in made if each.document.title_id == job.title_id] for job in jobs]


def _kept(job: Job, outcome: list[Made] | Failure) -> bool:
    """Put outputs in the place of the old ones, or the reason why there are none beside them."""
    try:
        with transaction() as session:
            edition = session.get(Edition, job.edition_id)
            if edition is None or edition.state != State.PUBLISHED:
                return False
            if isinstance(outcome, Failure):
                _tell(session, job.title_id, job.made_from, outcome)
                return False
            session.execute(sa.delete(OutputTrouble).where(OutputTrouble.title_id == job.title_id))
            session.execute(_old(job))
            session.add_all(_row(job, made) for made in outcome)
    except DatabaseFault as fault:  # a full disk: what was there stays
        log.error("the outputs of title %s could not be kept: %s", job.title_id, type(fault).__name__)
        return False
    return True


def _old(job: Job) -> sa.Delete:
    """What gives way to what was made. A PDF of the same edition stays where none can be made: it is of this text."""
    gone = sa.delete(Output).where(Output.title_id == job.title_id)
    if not job.spared:
        return gone
    kinds = sa.tuple_(Output.language, Output.format).in_(sorted(job.spared))
    return gone.where(~sa.and_(Output.edition_number == job.number, kinds))


def _tell(session: Session, title_id: int, made_from: bytes, failed: Failure) -> None:
    log.error("the outputs of title %s could not be made: %s", title_id, type(failed).__name__)
    says = failed.says % failed.values
    session.execute(sa.delete(OutputTrouble).where(OutputTrouble.title_id == title_id))
    session.add(OutputTrouble(title_id=title_id, says=says, made_from=made_from, at=clock.now()))


def _row(job: Job, made: Made) -> Output:
    language = made.document.language
    name = documents.filename(job.title_id, job.number, made.format, language)
    return _output(job.title_id, language, made.format, name, made.body, job.made_from, job.number, made.pages)


def _output(
    title_id: int, language: str, form: Format, name: str, body: bytes, made_from: bytes, number: int, pages: int | None
) -> Output:
    return Output(
        title_id=title_id,
        language=language,
        format=form.value,
        edition_number=number,
        file_name=name,
        media_type=MEDIA[form],
        pages=pages,
        size=len(body),
        digest=hashlib.sha256(body).digest(),
        made_from=made_from,
        made_at=clock.now(),
        body=body,
    )


def _sweep(published: set[int]) -> None:
    """Take away what is left of titles that are read no more, should it ever have stayed behind."""
    left = sa.select(Output.title_id).where(Output.title_id.not_in({*published, WHOLE})).distinct()
    if gone := db.session.scalars(left).all():
        with transaction() as session:
            for title_id in gone:
                drop(session, title_id)


def _pack(plans: Sequence[Plan], base_url: str) -> None:
    """The whole library in one file, where it is not yet made of these titles."""
    library = sorted(plans, key=lambda plan: plan.title_id)
    made_from = hashlib.sha256(b"".join(plan.made_from for plan in library)).digest()
    stands = db.session.scalar(sa.select(Output.made_from).where(Output.title_id == WHOLE))
    if not library or stands == made_from:
        return
    jobs = _jobs(library, base_url, prints=False)
    texts, published = [job.asked[0][0] for job in jobs], {job.edition_id for job in jobs}
    db.session.rollback()
    try:
        body = printers.pack(texts)
        with transaction() as session:
            if set(session.scalars(sa.select(Edition.id).where(Edition.state == State.PUBLISHED))) != published:
                return  # one was withdrawn meanwhile: it must not come back in this file
            session.execute(sa.delete(OutputTrouble).where(OutputTrouble.title_id == WHOLE))
            session.execute(sa.delete(Output).where(Output.title_id == WHOLE))
            name = documents.pack_name(max(text.published_on for text in texts))
            session.add(_output(WHOLE, SOURCE, Format.PACK, name, body, made_from, 0, None))
    except (Failure, OSError, DatabaseFault) as fault:
        log.error("the pack could not be made: %s", type(fault).__name__)
        with suppress(DatabaseFault), transaction() as session:
            _tell(session, WHOLE, made_from, fault if isinstance(fault, Failure) else printers.Unmade())
