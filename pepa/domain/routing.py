"""Whose a report is: who reads it, by whom it is about, and what of it stands in the clear once it is somebody's."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from pepa import clock
from pepa.db import Kept, db
from pepa.domain import boxes, keys, limits, reports
from pepa.models.organisations import ROOTS, Organisation, OrganisationKind
from pepa.models.reports import About, CoarseGroup, Elsewhere, Exclusion, Speaker, Stage, Urgency


def _read_offices() -> dict[str, Organisation]:
    query = sa.select(Organisation).where(Organisation.kind.in_([kind.value for kind in ROOTS]), Organisation.is_active)
    found = list(db.session.scalars(query))
    for office in found:
        db.session.expunge(office)  # it serves longer than this session
    return {office.kind: office for office in found}


_offices = Kept(_read_offices)


def office_for(about: str | None) -> Organisation:
    """The intake office; about its own people the independent holder. Raises KeysUnsound where there is none."""
    kind = OrganisationKind.INDEPENDENT if about == About.OFFICE else OrganisationKind.INTAKE
    office = _offices().get(kind)
    if office is None:
        raise keys.KeysUnsound
    return office


def placed(told: reports.Told, office: Organisation, urgency: Urgency, now: datetime) -> dict[str, Any]:
    """The columns of a report that comes to an office now."""
    return {
        "holder_id": office.id,
        "coarse_group": (CoarseGroup.CHILD if told.speaker == Speaker.CHILD else CoarseGroup.UNKNOWN).value,
        "kecamatan": told.kecamatan or Elsewhere.UNKNOWN.value,
        "urgency": urgency.value,
        "stage": Stage.RECEIVED.value,
        "received_at": clock.hour(now),
        "read_due_at": limits.reading_limit(office.id, urgency, now),
        "answer_due_at": limits.answer_limit(office.id, urgency, now),
    }


def hidden(told: reports.Told, report_id: UUID) -> list[boxes.Row]:
    """A partner that it is about does not learn that it exists."""
    if told.about != About.PARTNER or not told.about_partner:
        return []
    return [boxes.Row(Exclusion, {"report_id": report_id, "excluded_id": UUID(told.about_partner)})]
