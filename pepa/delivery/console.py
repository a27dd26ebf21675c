"""Notices on the program's own log, where no mail server is set: for one machine and for trying things out."""

import logging
from uuid import UUID

log = logging.getLogger("pepa.notices")


def carry(sentence: str, notice_id: UUID) -> None:
    """Say it. Only that something waits, as everywhere; not to whom, nor about what."""
    log.warning("%s (%s)", sentence, notice_id)
