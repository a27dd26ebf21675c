"""What an officer brought from elsewhere and has not stored yet, a chat or a letter: sealed to that officer alone.

Its files stand on the disk already, sealed as they came; until a report has them, `attachments.purge` takes them after
a day. The text stays until it is stored or thrown away.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from pepa import clock
from pepa.domain import attachments, sessions, uploads
from pepa.domain.attachments import Attached
from pepa.policy import Member
from pepa.words import N_

FILES_FOR = timedelta(hours=20)  # before `purge` could take one while it is being stored
GONE = N_("Sudah lebih dari sehari. Pilih lagi.")


@dataclass(frozen=True, repr=False)
class Bundle:
    """once: the mark of the form that brought it. ticket: of the report that it becomes.

    left_out  names of files that were not taken, each with the reason
    fields    what was typed besides
    """

    once: str
    ticket: str
    text: str = ""
    files: Sequence[Attached] = ()
    left_out: Sequence[tuple[str, str]] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


def keep(actor: Member, place: str, bundle: Bundle) -> None:
    """Keep it for the actor alone, in place of what was there. Raises KeysUnsound."""
    files = [[file.id.hex, attachments.written(file)] for file in bundle.files]
    document = {
        "once": bundle.once,
        "ticket": bundle.ticket,
        "text": bundle.text,
        "files": json.dumps(files),
        "left_out": json.dumps(list(bundle.left_out)),
        "fields": json.dumps(dict(bundle.fields)),
    }
    sessions.keep_for(actor, place, document)


def waiting(actor: Member, place: str) -> Bundle | None:
    """What the actor brought there and has not stored. Files that are a day old are among what is left out."""
    told = sessions.draft_for(actor, place)
    if told is None:
        return None
    files = [attachments.of(UUID(hex=name), document) for name, document in json.loads(told["files"])]
    since = clock.now() - FILES_FOR
    return Bundle(
        told["once"],
        told["ticket"],
        told["text"],
        [file for file in files if file.at >= since],
        [*map(tuple, json.loads(told["left_out"])), *((file.name, GONE) for file in files if file.at < since)],
        json.loads(told["fields"]),
    )


def stand(files: Sequence[uploads.Arriving]) -> Sequence[Attached]:
    """Close the files of a form that has arrived whole: from now on they are on the disk. Raises uploads.NoRoom."""
    uploads.keep(files)
    return [file.attached() for file in files]


def drop(actor: Member, place: str) -> None:
    """It was stored; its files are a report's now."""
    sessions.drop_draft(actor, place)


def throw_away(actor: Member, place: str) -> None:
    """It is not wanted: the files go as well, but for those that a report has."""
    bundle = waiting(actor, place)
    drop(actor, place)
    if bundle:
        attachments.unlink_unowned([file.id for file in bundle.files])
