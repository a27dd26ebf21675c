"""Tables, constraints, and questions about one row. Importing this package fills `Base.metadata`."""

from pepa.db import Base
from pepa.models import (
    additions,
    attachments,
    audit,
    boxes,
    calls,
    cards,
    devices,
    duty,
    installation,
    lateness,
    lists,
    messages,
    organisations,
    outbox,
    people,
    places,
    reports,
)

TABLES = Base.metadata.tables

__all__ = [
    "TABLES",
    "additions",
    "attachments",
    "audit",
    "boxes",
    "calls",
    "cards",
    "devices",
    "duty",
    "installation",
    "lateness",
    "lists",
    "messages",
    "organisations",
    "outbox",
    "people",
    "places",
    "reports",
]
