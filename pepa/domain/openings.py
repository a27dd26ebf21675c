"""Why somebody opens a report: what makes it theirs to work on at that moment, or nothing does (domain.md, Who may).

It is recorded beside the opening, as a code. An opening outside of one's work is not refused; whoever leads is told.
"""

import sqlalchemy as sa

from pepa import clock
from pepa.db import db
from pepa.models.audit import AuditEntry
from pepa.models.callbacks import Callback
from pepa.models.duty import Shift
from pepa.models.reports import Report
from pepa.policy import Member
from pepa.words import N_, Choice


class Why(Choice):
    """What an opening is recorded with."""

    HELD = "held", N_("memegang laporan ini")
    CALLED = "called", N_("dipanggil alarm")
    DUTY = "duty", N_("sedang piket")
    BROUGHT = "brought", N_("yang mencatat laporan ini")
    EMERGENCY = "emergency", N_("pembukaan darurat")
    PROMISED = "promised", N_("menjanjikan telepon balik")
    NOBODY = "nobody", N_("tidak ada yang piket")
    OUTSIDE = "outside", N_("di luar tugas")


def why(actor: Member, report: Report) -> Why:
    """The first that holds; OUTSIDE where none does."""
    if report.held_by_id == actor.person_id:
        return Why.HELD
    if report.is_alarming:
        return Why.CALLED
    now = clock.now()
    running = (Shift.organisation_id == actor.organisation_id, Shift.starts_at <= now, Shift.ends_at > now)
    brought = (AuditEntry.thing_id == report.id, AuditEntry.act == "report.taken_in")
    promised = (Callback.report_id == report.id, Callback.person_id == actor.person_id, Callback.done_at.is_(None))
    found = db.session.execute(
        sa.select(
            sa.exists().where(*running, Shift.person_id == actor.person_id).label(Why.DUTY),
            sa.exists().where(*brought, AuditEntry.person_id == actor.person_id).label(Why.BROUGHT),
            sa.exists().where(*promised).label(Why.PROMISED),
            sa.not_(sa.exists().where(*running)).label(Why.NOBODY),
        )
    ).one()
    return next((one for one in Why if one in found._fields and found._mapping[one]), Why.OUTSIDE)
