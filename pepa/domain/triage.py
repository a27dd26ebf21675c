"""Triage: an officer judges how urgent a report is, then says what it becomes (domain.md rules 31 and 32)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import db
from pepa.domain import additions, audit, boxes, cards, judgements, limits, messages, onces, reports
from pepa.domain.judgements import Ticked
from pepa.errors import Conflict, Invalid
from pepa.models.additions import RedFlag
from pepa.models.people import Person
from pepa.models.reports import CoarseGroup, Report, Stage, Urgency
from pepa.models.triages import Help, Lowered, OtherOutcome, Triage
from pepa.policy import Member, Permission, require
from pepa.words import N_

JUDGED = (Stage.READ, Stage.TRIAGED, Stage.CASE)  # where it may be judged, once whatever is new has been read


class JudgedMeanwhile(Conflict):
    says = N_("%(nama)s menyimpan lebih dulu. Dua-duanya ada di bawah. Pilih atau gabungkan.")


class UrgencyMissing(Invalid):
    says = N_("Pilih seberapa mendesak.")
    field = "urgency"


class LoweredWithoutReason(Invalid):
    says = N_("Lebih rendah daripada yang diusulkan. Pilih alasannya.")
    field = "lowered"


class ReasonUnsaid(Invalid):
    says = N_("Tulis alasannya. Satu kalimat sudah cukup.")
    field = "note"


class NotYet(Invalid):
    says = N_("Waktu ini belum terjadi. Betulkan, atau kosongkan.")
    field = "happened_at"


class HelpUnsaid(Invalid):
    says = N_("Tulis masalahnya dan yang dilakukan. Satu kalimat sudah cukup.")
    field = "problem"


class HelpKindMissing(Invalid):
    says = N_("Pilih salah satu: nasihat, tindakan, atau dua-duanya.")
    field = "help"


class OutcomeMissing(Invalid):
    says = N_("Pilih satu alasan.")
    field = "outcome"


class AnswerMissing(Invalid):
    says = N_("Tulis kalimat untuk pelapor. Ia membacanya dengan kodenya.")
    field = "answer"


# Judging


def judge(
    actor: Member,
    report_id: UUID,
    *,
    urgency: str | None,
    lowered: str | None = None,
    note: str = "",
    flags: Sequence[str] = (),
    group: str | None = None,
    sexual: bool = False,
    happened_at: datetime | None = None,
    number: int,
    once: str,
) -> UUID:
    """Say how urgent it is and why. number: of the newest row that the actor has seen. The same form sent again
    judges nothing new.

    Raises UrgencyMissing, LoweredWithoutReason, ReasonUnsaid, NotYet, JudgedMeanwhile, MovedOn, NotFound, KeysUnsound.
    """
    require(actor, Permission.TRIAGE_REPORT)
    if urgency is None:
        raise UrgencyMissing
    if happened_at and happened_at > clock.now():
        raise NotYet
    ticked, chosen = [RedFlag(code) for code in flags], Urgency(urgency)
    matter = CoarseGroup(group or CoarseGroup.UNKNOWN)
    opened = reports.seen(actor, report_id)
    reason = _reason(opened.report, chosen, ticked, lowered, note)
    added = additions.to(actor, opened)
    told = judgements.flags_of(added, judgements.of(actor, opened).last)
    now = clock.now()
    kept = {flag: told.get(flag, Ticked(now, actor.name)) for flag in ticked}
    began_at = happened_at or judgements.began(opened.told.told_at or opened.report.received_at, added, kept)
    document = {
        "kind": "judged",
        "urgency": chosen.value,
        "lowered": reason.value if reason else None,
        "note": note.strip(),
        "flags": {flag.value: [tick.at.isoformat(), tick.by] for flag, tick in kept.items()},
        "group": matter.value,
        "sexual": sexual,
        "began_at": began_at.isoformat() if began_at else None,
        "is_exact": happened_at is not None,
    }
    row = _row(actor, opened.box, report_id, document)
    with reports.changing(actor, report_id) as (session, report):
        if made := onces.made(session, "triage.judge", report_id, once):
            return made
        require_number(session, report_id, number)
        if report.stage not in JUDGED or report.continued_at is not None:
            raise reports.MovedOn
        if report.stage == Stage.READ:
            reports.move(report, Stage.TRIAGED)
        before, report.urgency, report.coarse_group = report.urgency, chosen, matter.value
        if chosen is not before and report.answer_due_at is not None:  # what was answered asks for nothing again
            (limits.put_off if judgements.is_lower(chosen, before) else limits.bring_forward)(report)
        made = _insert(session, actor, row, "report.triaged", chosen.value)
        onces.keep(session, "triage.judge", report_id, once, made)
        return made


def _reason(
    report: Report, chosen: Urgency, flags: Sequence[RedFlag], lowered: str | None, note: str
) -> Lowered | None:
    """Never lowered without a reason: neither below what it was, nor below what its dangers ask for."""
    floor = Urgency.NOW if flags else report.urgency
    if not (judgements.is_lower(chosen, floor) or judgements.is_lower(chosen, report.urgency)):
        return None
    if lowered is None:
        raise LoweredWithoutReason
    if lowered == Lowered.OTHER and not note.strip():
        raise ReasonUnsaid
    return Lowered(lowered)


def _row(actor: Member, box: boxes.OpenBox, report_id: UUID, told: dict[str, Any]) -> boxes.Row:
    row_id, now = uuid4(), clock.now()
    epoch, sealed = boxes.seal_body(box, "triage", row_id, {"at": now.isoformat(), "by": actor.name, **told})
    values = {"id": row_id, "report_id": report_id, "made_at": now, "person_id": actor.person_id}
    return boxes.Row(Triage, {**values, "body_epoch": epoch, "body_sealed": sealed})


def newest(report_id: UUID) -> int:
    """The number of the newest row about a report that the actor has open."""
    return _newest(db.session(), report_id)


def _newest(session: Session, report_id: UUID) -> int:
    return session.scalar(sa.select(sa.func.max(Triage.number)).where(Triage.report_id == report_id)) or 0


def require_number(session: Session, report_id: UUID, number: int) -> None:
    """Raises JudgedMeanwhile, with the name of whoever was first."""
    if number != _newest(session, report_id):
        raise JudgedMeanwhile(nama=_first(session, report_id))


def _first(session: Session, report_id: UUID) -> str:
    query = sa.select(Person.name).join(Triage, Triage.person_id == Person.id).where(Triage.report_id == report_id)
    return session.scalar(query.order_by(Triage.number.desc()).limit(1)) or ""


def _insert(session: Session, actor: Member, row: boxes.Row, act: str, note: str = "") -> UUID:
    report_id: UUID = row.values["report_id"]
    made: UUID = row.values["id"]
    boxes.insert(session, [boxes.Row(Triage, {**row.values, "number": _newest(session, report_id) + 1})])
    cards.empty_again(session, report_id)
    audit.record(session, act, actor, report_id, note)
    return made


# What it becomes


def give_help(
    actor: Member,
    report_id: UUID,
    *,
    help: str | None,  # noqa: A002 - the field's name
    problem: str,
    done: str,
    answer: str = "",
    number: int,
    once: str,
) -> UUID:
    """ "Bantuan singkat": the problem, what was said or done, and it is done with. answer: words for the reporter;
    number: of the newest row that the actor has seen.

    Raises HelpUnsaid, HelpKindMissing, JudgedMeanwhile, MovedOn, Withdrawn, NotFound, KeysUnsound.
    """
    require(actor, Permission.TRIAGE_REPORT)
    if not problem.strip():
        raise HelpUnsaid
    if not done.strip():
        raise HelpUnsaid(field="done")
    if help is None:
        raise HelpKindMissing
    told = {"help": Help(help).value, "problem": problem.strip(), "done": done.strip()}
    return _settle(actor, report_id, Stage.HELP, told, answer, number, once)


def end_otherwise(actor: Member, report_id: UUID, *, outcome: str | None, answer: str, number: int, once: str) -> UUID:
    """ "Lain": neither a case nor a help; the reporter is told in words. outcome: a code of `OtherOutcome`; number: of
    the newest row that the actor has seen.

    Raises OutcomeMissing, AnswerMissing, JudgedMeanwhile, MovedOn, Withdrawn, NotFound, KeysUnsound.
    """
    require(actor, Permission.TRIAGE_REPORT)
    if outcome is None:
        raise OutcomeMissing
    is_cancelled = reports.get_for(actor, report_id).withdrawn_at is not None
    if not answer.strip() and not is_cancelled and outcome != OtherOutcome.ABUSE_OF_FORM:
        raise AnswerMissing
    told = {"outcome": OtherOutcome(outcome).value}
    return _settle(actor, report_id, Stage.OTHER, told, answer, number, once)


def _settle(
    actor: Member, report_id: UUID, stage: Stage, told: dict[str, Any], answer: str, number: int, once: str
) -> UUID:
    opened = reports.seen(actor, report_id)
    rows = [messages.from_office(opened.box, uuid4(), report_id, actor, answer)] if answer.strip() else []
    row = _row(actor, opened.box, report_id, {"kind": stage.value, **told})
    with reports.changing(actor, report_id) as (session, report):
        if made := onces.made(session, "triage.settle", report_id, once):
            return made
        require_number(session, report_id, number)
        if report.continued_at is not None:  # nobody has read that yet
            raise reports.MovedOn
        reports.move(report, stage)
        if rows and report.withdrawn_at is not None:
            raise reports.Withdrawn(field="answer")
        boxes.insert(session, rows)
        if rows:
            audit.record(session, "report.answered", actor, report_id)
        report.answer_due_at = None
        made = _insert(session, actor, row, f"report.{stage.value}")
        onces.keep(session, "triage.settle", report_id, once, made)
        return made


def case_row(actor: Member, box: boxes.OpenBox, report_id: UUID, case_id: UUID) -> boxes.Row:
    """The row that says that a report became a case, for `cases`."""
    return _row(actor, box, report_id, {"kind": Stage.CASE.value, "case_id": case_id.hex})


def insert_case_row(session: Session, actor: Member, row: boxes.Row) -> None:
    """The same, in the transaction of the act."""
    _insert(session, actor, row, "report.case")
