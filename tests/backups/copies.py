"""A copy looked into: what two sheets would find in it."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from flask import current_app

from pepa import clock
from pepa.config import Config
from pepa.domain import archives, backups, keys

PAIR = keys.Pair.new()
_seconds = count()


@dataclass
class Looked:
    """manifest, rows by table, contents by folder and name, what its end says."""

    manifest: dict[str, Any]
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    files: dict[tuple[str, str], bytes] = field(default_factory=dict)
    end: dict[str, Any] = field(default_factory=dict)


def made(pair: keys.Pair = PAIR) -> Path:
    """One more copy of the installation that is open."""
    config: Config = current_app.config["PEPA"]
    with clock.frozen(clock.now() + timedelta(seconds=next(_seconds))):  # each has a name of its own
        return backups.make(config, pair.public).path


def looked(path: Path, pair: keys.Pair = PAIR) -> Looked:
    opened = archives.Opened(path, pair)
    found, columns, rows, place = Looked({}), [], [], ("", "")
    for kind, payload in opened.records():
        told = json.loads(payload) if kind != archives.CHUNK else None
        match kind:
            case archives.MANIFEST:
                found.manifest = told
            case archives.TABLE:
                rows = found.rows[told[0]] = []
                columns = [name for name, _ in told[1]]
            case archives.ROWS:
                rows += [dict(zip(columns, row, strict=True)) for row in told]
            case archives.FILE:
                place = told["folder"], told["name"]
                found.files[place] = b""
            case archives.CHUNK:
                found.files[place] += payload
            case archives.END:
                found.end = told
    return found
