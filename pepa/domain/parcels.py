"""What stands in the spool: the rows of one report as JSON, with the few types that they have."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pepa.domain import boxes
from pepa.models import TABLES
from pepa.models.boxes import Box, Epoch, Grant
from pepa.models.reports import Exclusion, Reading, Report, ReporterKey

_TABLES = {table.__tablename__: table for table in (Box, Epoch, Grant, Report, ReporterKey, Reading, Exclusion)}
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
