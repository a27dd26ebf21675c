"""What a reporter reads with her ticket or her code (citizen.md 3, 6): never what was sent."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import db
from pepa.domain import boxes, lateness, limits, messages, onces, reporters, reports, tickets
from pepa.models.lateness import Limit
from pepa.models.messages import Side
from pepa.models.organisations import Membership, Organisation, OrganisationKind, Role
from pepa.models.reports import OUTSIDE, CoarseGroup, Reading, Report, ReporterKey, Stage
from pepa.policy import Reporter

LONG = 65_536  # bytes sealed: a text that was cut takes more


@dataclass(frozen=True)
class Following:
    """What `/pantau` shows.

    received_at, read_at   the hour; the instant of an officer's act
    read_by                a role, not a name
    due_at, late           the limit that runs: of the first reading while it is unread, then of an answer that is due
    is_told                the superior was told that it is late
    read_from              when somebody is there to read it, where nobody of those who have it is now; by their roster
    opened_at              the hour at which the code was typed the time before, by her or by somebody else
    stage                  for whoever was confirmed as the survivor; everybody else sees received, read, messages
    """

    received_at: datetime
    read_at: datetime | None
    read_by: Role | None
    due_at: datetime | None
    late: bool
    is_told: bool
    holder: str
    about_office: bool
    read_from: datetime | None
    opened_at: datetime | None
    stage: Stage | None
    messages: tuple[messages.Written, ...]
    once: str


@dataclass(frozen=True)
class Receipt:
    """What the page with the code says besides. cut: what arrived of a text that was too long, else None.

    read_from  as `Following` has it
    """

    due_at: datetime | None
    late: bool
    read_from: datetime | None
    about_office: bool
    is_child: bool
    is_outside: bool
    is_draft: bool
    cut: reports.Told | None


def receipt(reporter: Reporter) -> Receipt:
    """By when it is read, and by whom. Raises Broken where a text that was cut was tampered with."""
    row = db.session.connection().execute(_RECEIPT, {"of": reporter.report_id}).one()
    unread = row.read_due_at if row.stage == Stage.RECEIVED else None
    sent = reporters.told(reporter) if row.size > LONG else None
    late, about_office = bool(unread and clock.now() > unread), row.kind == OrganisationKind.INDEPENDENT
    is_child, is_outside = row.coarse_group == CoarseGroup.CHILD, row.kecamatan in OUTSIDE
    cut, is_draft = sent if sent and sent.cut else None, row.stage == Stage.DRAFT
    read_from = _read_from(row.holder_id) if unread else None
    return Receipt(unread, late, read_from, about_office, is_child, is_outside, is_draft, cut)


_SHOWN = (Report.stage, Report.read_due_at, Report.holder_id, Organisation.kind, Report.coarse_group, Report.kecamatan)
_RECEIPT = (
    sa.select(*_SHOWN, sa.func.length(Report.body_sealed).label("size"))
    .outerjoin_from(Report, Organisation)
    .where(Report.id == sa.bindparam("of"))
)


def _read_from(holder_id: UUID | None) -> datetime | None:
    now = clock.now()
    opens = limits.read_from(holder_id, now) if holder_id else now
    return opens if opens > now else None


def following(reporter: Reporter) -> Following:
    """Received, read, answers. Raises Broken where an answer was tampered with."""
    report = db.session.get_one(Report, reporter.report_id)
    holder = db.session.get_one(Organisation, report.holder_id) if report.holder_id else None
    with reporters.recorded(reporter):
        box = boxes.open_for(reporter, reporter.box_id)
        answers = messages.all_of(box, report.id, Side.OFFICE)
    limit = Limit.READ if report.is_unread else Limit.ANSWER
    late = lateness.is_late(report, limit)
    return Following(
        received_at=report.received_at,
        read_at=report.read_at,
        read_by=_role(report.read_by_id, holder.id) if holder and report.read_by_id else None,
        due_at=lateness.due_at(report, limit),
        late=late,
        is_told=late and lateness.was_told(report.id, limit) is not None,
        holder=holder.name if holder else "",
        about_office=holder is not None and holder.kind == OrganisationKind.INDEPENDENT,
        read_from=_read_from(report.holder_id) if report.is_unread else None,
        opened_at=_opened_before(reporter),
        stage=Stage(report.stage) if report.confirmed_at else None,
        messages=tuple(answers),
        once=onces.new(),
    )


def _role(person_id: UUID, organisation_id: UUID) -> Role | None:
    membership = db.session.scalar(
        sa.select(Membership).where(Membership.person_id == person_id, Membership.organisation_id == organisation_id)
    )
    return next((role for role in Role if membership and role in membership.role_set), None)


def _opened_before(reporter: Reporter) -> datetime | None:
    """When the code was typed last, this time aside: also later than this time, where somebody else has it."""
    last_at = db.session.scalar(sa.select(ReporterKey.opened_at).where(ReporterKey.report_id == reporter.report_id))
    mine = db.session.get(Reading, tickets.token_hash(reporter.token))
    if mine is None or mine.kind == "ticket":
        return last_at
    return last_at if last_at and last_at > mine.made_at else mine.before_at
