"""What is taken out as a file, or as a page that is made for paper: that it was, and by whom, is recorded."""

from pepa.db import transaction
from pepa.domain import audit
from pepa.policy import Device, Member


def table(actor: Member) -> None:
    """A table for a spreadsheet."""
    with transaction() as session:
        audit.record(session, "table.taken", actor)


def sheet(actor: Member | Device) -> None:
    """A sheet for the printer; by a card alone there is nobody of the staff to name."""
    by, thing_id = (actor, None) if isinstance(actor, Member) else (None, actor.device_id)
    with transaction() as session:
        audit.record(session, "sheet.taken", by, thing_id)
