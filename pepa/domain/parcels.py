"""What stands in the spool: the rows of one report as JSON, with the few types that they have."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa.db import Base
from pepa.domain import boxes
from pepa.models import TABLES
from pepa.models.attachments import Attachment
from pepa.models.boxes import Box, Epoch, Grant
from pepa.models.messages import Message, Side
from pepa.models.reports import Exclusion, Reading, Report, ReporterKey

_KINDS = (Box, Epoch, Grant, Report, ReporterKey, Reading, Exclusion, Message, Attachment)
_TABLES = {table.__tablename__: table for table in _KINDS}
assert _TABLES.keys() <= TABLES.keys()


def write(rows: Sequence[boxes.Row]) -> bytes:
    """A report's rows as the bytes of its spool file."""
    plain = [[row.table.__tablename__, {key: _packed(value) for key, value in row.values.items()}] for row in rows]
    return json.dumps(plain, separators=(",", ":")).encode()


def read(content: bytes) -> list[boxes.Row]:
    """The rows again. Raises ValueError, LookupError or TypeError for what is no such file."""
    return [
        boxes.Row(_TABLES[name], {key: _unpacked(value) for key, value in values.items()})
        for name, values in json.loads(content)
    ]


def of(session: Session, report_id: UUID) -> tuple[str, list[boxes.Row]]:
    """The name of a report's file, and its rows as they are now: of its ways in only the one that it came with, of what
    was said only her side of it, which may have come with it: no officer is looked for where it comes home."""
    box_id = session.scalars(sa.select(Report.box_id).where(Report.id == report_id)).one()
    first = session.scalars(sa.select(ReporterKey.ticket_hash).where(ReporterKey.report_id == report_id)).one()
    wanted: list[tuple[type[Base], str, UUID]] = [(Box, "id", box_id), (Epoch, "box_id", box_id)]
    wanted += [(Grant, "box_id", box_id), (Report, "id", report_id)]
    hanging = (ReporterKey, Reading, Exclusion, Message, Attachment)
    wanted += [(table, "report_id", report_id) for table in hanging]
    rows = [row for table, column, value in wanted for row in _rows_of(session, table, column, value)]
    return first.hex(), [row for row in rows if _is_kept(row, first)]


def _is_kept(row: boxes.Row, first: bytes) -> bool:
    if row.table is Reading:
        return bool(row.values["token_hash"] == first)
    return row.table is not Message or row.values["side"] == Side.REPORTER


def _rows_of(session: Session, table: type[Base], column: str, value: UUID) -> list[boxes.Row]:
    columns = TABLES[table.__tablename__]
    found = session.execute(sa.select(columns).where(columns.c[column] == value)).mappings()
    return [boxes.Row(table, dict(row)) for row in found]


_PACKS: dict[type, Callable[[Any], dict[str, str]]] = {
    bytes: lambda value: {"b": b64encode(value).decode()},
    UUID: lambda value: {"u": value.hex},
    datetime: lambda value: {"t": value.isoformat()},
}


def _packed(value: Any) -> Any:
    pack = _PACKS.get(type(value))
    return pack(value) if pack else value


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    if kind == "b":
        return b64decode(text)
    return UUID(text) if kind == "u" else datetime.fromisoformat(text)
