"""What a reporter adds after her report has arrived: each page on its own, sealed in her report's box.

A danger that is told raises the urgency, so that the report is read sooner; it is never lowered here (domain.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, boxes, keys, limits, onces, outbox, reporters, reports
from pepa.errors import Invalid
from pepa.models.additions import Addition, Ago, Cover, Reach, RedFlag, dangers
from pepa.models.reports import Report, Stage, Urgency
from pepa.policy import Member, Permission, Reporter, require
from pepa.words import N_


class NumberMissing(Invalid):
    says = N_('Tulis dulu nomornya, atau pilih "Jangan hubungi saya".')
    field = "phone"


class NumberUnwanted(Invalid):
    """Nobody calls whoever left the first choice as it was, and she would never learn why."""

    says = N_('Nomornya ada, tetapi pilihannya "Jangan hubungi saya". Pilih lagi, atau kosongkan nomornya.')
    field = "reach"


@dataclass(frozen=True)
class Answers:
    """One page of answers: codes of a list or what was typed; None or "" where a question was skipped."""

    kind: ClassVar[str]

    @property
    def is_empty(self) -> bool:
        return not any(str(value or "").strip() for value in vars(self).values())

    @property
    def flags(self) -> frozenset[RedFlag]:
        return dangers(vars(self))


@dataclass(frozen=True)
class When(Answers):
    """When and where. place: where it happened; home: where whoever was hurt lives, which is another question."""

    kind = "when"
    ago: str | None = None
    place: str = ""
    home: str = ""

    @property
    def may_be_recent(self) -> bool:
        """An unknown time counts as now (domain.md rule 2)."""
        return self.ago not in (Ago.DAYS, Ago.OLDER)


@dataclass(frozen=True)
class Who(Answers):
    """Who was hurt, who hurt, and the dangers: codes of `Answer`."""

    kind = "who"
    hurt: str = ""
    hurting: str = ""
    lives_in: str | None = None
    children: str | None = None
    weapon: str | None = None
    strangled: str | None = None
    threatened: str | None = None
    suicidal: str | None = None


@dataclass(frozen=True)
class Contact(Answers):
    """How she may be called, which is not at all unless she says so.

    hours, word, others   as she typed them: days and hours, the word that she says first, who else may answer
    message               may one be left? A code of `Answer`
    cover, cover_words    what we say to somebody else: a code of `Cover`, and words of her own
    """

    kind = "contact"
    reach: str | None = None
    phone: str = ""
    hours: str = ""
    word: str = ""
    others: str = ""
    message: str | None = None
    cover: str | None = None
    cover_words: str = ""

    @property
    def may_call(self) -> bool:
        return self.reach == Reach.BACK

    @property
    def own_words(self) -> str:
        """What we say to somebody else, where she chose the words herself."""
        return self.cover_words if self.word and self.cover in (None, Cover.OTHER) else ""

    @property
    def says(self) -> Cover:
        """What we say to somebody else where she chose no words: without a safe word always that it is a wrong number,
        as the page promises."""
        chosen = self.cover if self.word and self.cover not in (None, Cover.OTHER) else Cover.WRONG_NUMBER
        return Cover(chosen)


KINDS: dict[str, type[Answers]] = {of.kind: of for of in (When, Who, Contact)}


@dataclass(frozen=True)
class Added:
    """What was added, as an officer reads it. at: exact, from the sealed body."""

    at: datetime
    answers: Answers


def add(reporter: Reporter, *, answers: Answers, once: str) -> UUID | None:
    """Keep one page of answers; None where nothing was answered. The same page sent again is kept once; one that was
    changed meanwhile is kept beside the first, so that neither is lost.

    Raises NumberMissing, NumberUnwanted, KeysUnsound (nothing is stored).
    """
    require(reporter, Permission.WRITE_AS_REPORTER)
    if answers.is_empty:
        return None
    if isinstance(answers, Contact):
        _check_number(reporter, answers)
    now, addition_id = clock.now(), uuid4()
    document = {"kind": answers.kind, "at": now.isoformat(), **vars(answers)}
    with reporters.recorded(reporter):
        box = boxes.open_for(reporter, reporter.box_id)
        epoch, sealed = boxes.seal_body(box, "addition", addition_id, document)
    values = {"id": addition_id, "report_id": reporter.report_id, "sent_at": clock.hour(now)}
    row = boxes.Row(Addition, {**values, "body_epoch": epoch, "body_sealed": sealed})
    mark = keys.mark("addition", once, answers.kind, *(str(value or "") for value in vars(answers).values())).hex()
    with transaction() as session:
        if made := onces.made(session, "additions.add", reporter.report_id, mark):
            return made
        boxes.insert(session, [row])
        onces.keep(session, "additions.add", reporter.report_id, mark, addition_id)
        audit.record_anonymous(session, "report.added", reporter.report_id)
        report = reporters.continued(session, reporter.report_id)
        report.is_aside = False  # whoever goes on from the code is no machine
        _read_sooner(session, reporter.report_id, urgency_of(answers.flags))
    return addition_id


def _check_number(reporter: Reporter, plan: Contact) -> None:
    """A call needs a number: one that is typed here, or that stands in the report."""
    if plan.may_call and not plan.phone and not reporters.told(reporter).phone:
        raise NumberMissing
    if not plan.may_call and plan.phone:
        raise NumberUnwanted


def urgency_of(flags: frozenset[RedFlag]) -> Urgency | None:
    """What dangers ask for.

    That it happened within 72 hours rings nobody out of bed by itself: much of what is told was recent, and an alarm
    for each would teach officers not to hear it. What those hours cost is counted in hours, so it is read today.
    """
    if flags - {RedFlag.WITHIN_72H}:
        return Urgency.NOW
    return Urgency.TODAY if flags else None


def read_sooner(report_id: UUID, urgency: Urgency) -> None:
    """What was sent again asks for more than it did at first. Raises nothing where it does not."""
    with transaction() as session:
        if _sooner(urgency, session.get_one(Report, report_id).urgency):
            _read_sooner(session, report_id, urgency)


def _read_sooner(session: Session, report_id: UUID, urgency: Urgency | None) -> None:
    """Raise the urgency and move the limit of reading forward; neither ever goes back.

    A danger that is told once somebody has read the report makes it unread again. Where somebody holds it, and so keeps
    the alarm quiet, that person is told.
    """
    report = session.get_one(Report, report_id)
    if report.holder_id is None:
        return
    again = report.stage in (Stage.HELP, Stage.OTHER) or (report.stage == Stage.READ and urgency is Urgency.NOW)
    if again:
        limits.read_again(report)
    if urgency and _sooner(urgency, report.urgency):
        report.urgency = urgency
        audit.record_anonymous(session, "report.raised", report_id)
        limits.bring_forward(report)
    elif again or (urgency and report.is_unread):
        limits.bring_forward(report)
    if urgency is Urgency.NOW and not report.is_alarming and (person_id := report.held_by_id or report.read_by_id):
        outbox.tell(session, person_id, outbox.Notice.ALARM, report_id)


def _sooner(urgency: Urgency, than: Urgency) -> bool:
    order = list(Urgency)
    return order.index(urgency) < order.index(than)


def flags_of(reporter: Reporter) -> frozenset[RedFlag]:
    """Every danger that she told. Raises Broken, recorded, where a page of hers was tampered with."""
    rows = db.session.scalars(sa.select(Addition).where(Addition.report_id == reporter.report_id))
    with reporters.recorded(reporter):
        box = boxes.open_for(reporter, reporter.box_id)
        return frozenset(flag for row in rows for flag in _read(box, row).answers.flags)


def to(actor: Member, opened: reports.Opened) -> Sequence[Added]:
    """What was added to a report that was just opened, and recorded as opened; the oldest first.

    Raises Broken, recorded, where one was tampered with.
    """
    rows = db.session.scalars(sa.select(Addition).where(Addition.report_id == opened.report.id))
    with reports.recorded(actor, opened.report.id):
        return sorted((_read(opened.box, row) for row in rows), key=lambda added: added.at)


def _read(box: boxes.OpenBox, row: Addition) -> Added:
    document: dict[str, Any] = boxes.open_body(box, "addition", row.id, row.body_epoch, row.body_sealed)
    of = KINDS[document["kind"]]
    known = {field.name: document[field.name] for field in fields(of) if field.name in document}
    return Added(datetime.fromisoformat(document["at"]), of(**known))
