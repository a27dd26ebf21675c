"""Registered phones: hand in, read nothing (vault.md § 2). A supervisor makes a code; it is typed once on the phone."""

from collections.abc import Sequence
from datetime import timedelta
from hmac import compare_digest
from uuid import UUID, uuid4

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, keys, onces, settings, tickets
from pepa.errors import Invalid, NotFound
from pepa.models import devices
from pepa.models.organisations import Organisation
from pepa.models.reports import ALPHABET
from pepa.policy import Device, Member, Permission, require
from pepa.words import N_

CODE_FOR = timedelta(minutes=30)
LONGEST_IDLE = 60  # minutes
CODE_SIGNS = 16  # of 32 signs: 80 bits


class LabelMissing(Invalid):
    says = N_("Tulis dulu sebutan HP ini.")
    field = "label"


class CodeUnknown(Invalid):
    """Mistyped, too old, already used, ended: one sentence."""

    says = N_("Kode ini tidak cocok atau sudah lewat 30 menit. Minta kode baru.")
    field = "code"


def register(actor: Member, *, label: str, once: str, is_computer: bool = False) -> UUID:
    """A phone, or a computer, of the actor's organisation; its code is shown by `code_of`.

    The same form again makes no second. Raises LabelMissing.
    """
    require(actor, Permission.KEEP_DEVICES)
    if not label.strip():
        raise LabelMissing
    device_id, now = uuid4(), clock.now()
    with transaction() as session:
        if made := onces.made(session, "device.register", actor.organisation_id, once):
            return made
        session.add(
            devices.Device(
                id=device_id,
                organisation_id=actor.organisation_id,
                label=label.strip(),
                is_computer=is_computer,
                made_at=now,
                made_by_id=actor.person_id,
                code_until=now + CODE_FOR,
            )
        )
        onces.keep(session, "device.register", actor.organisation_id, once, device_id)
        audit.record(session, "device.registered", actor, device_id)
    return device_id


def list_for(actor: Member) -> Sequence[devices.Device]:
    """The phones of the actor's organisation that may hand in, or wait for their code."""
    require(actor, Permission.KEEP_DEVICES)
    mine = (devices.Device.organisation_id == actor.organisation_id, devices.Device.ended_at.is_(None))
    order = (devices.Device.label, devices.Device.made_at, devices.Device.id)
    return list(db.session.scalars(sa.select(devices.Device).where(*mine).order_by(*order)))


def get_for(actor: Member, device_id: UUID) -> devices.Device:
    """Raises NotFound."""
    require(actor, Permission.KEEP_DEVICES)
    found = next((device for device in list_for(actor) if device.id == device_id), None)
    if found is None:
        raise NotFound
    return found


def code_of(device: devices.Device) -> Sequence[str] | None:
    """What is to be typed on the phone, in groups, until it was used there or its half hour is over. Stored nowhere."""
    if not _is_waiting(device):
        return None
    return tickets.grouped(_code(device))


def _is_waiting(device: devices.Device) -> bool:
    return device.ended_at is None and device.code_until is not None and clock.now() < device.code_until


def _code(device: devices.Device) -> str:
    drawn = int.from_bytes(keys.mark("device code", device.id, device.made_at.isoformat()), "big")
    return "".join(ALPHABET[drawn >> (5 * place) & 31] for place in range(CODE_SIGNS))


def join(*, code: str) -> str:
    """The code was typed on the phone: the text of its cookie. Until the phone was seen with it, it can be typed again.

    Raises CodeUnknown.
    """
    typed = "".join(code.split()).replace("-", "").upper()
    waiting = sa.select(devices.Device).where(devices.Device.ended_at.is_(None), devices.Device.code_until.is_not(None))
    rows = [row for row in db.session.scalars(waiting) if _is_waiting(row)]
    found = next((row for row in rows if compare_digest(_code(row).encode(), typed.encode())), None)
    if found is None:
        raise CodeUnknown
    secret, device_id = tickets.new_token(), found.id
    with transaction() as session:
        session.get_one(devices.Device, device_id).secret_hash = tickets.token_hash(secret)
        audit.record(session, "device.joined", None, device_id)
    return secret.reveal().hex()


def by_cookie(text: str | None) -> Device | None:
    """The phone that has this cookie, or None: none of ours, or ended. The first sight of it ends its code."""
    try:
        raw = bytes.fromhex(text or "")
    except ValueError:
        return None
    if len(raw) != 32:
        return None
    query = (
        sa.select(devices.Device)
        .join(Organisation)
        .where(
            devices.Device.secret_hash == tickets.token_hash(keys.Token(raw)),
            devices.Device.ended_at.is_(None),
            Organisation.is_active,
            ~Organisation.confirm_due,
        )
    )
    row = db.session.scalar(query)
    if row is None:
        return None
    found = Device(row.id, row.organisation_id, row.label, is_computer=row.is_computer)
    if row.code_until is not None:
        with transaction() as session:
            session.get_one(devices.Device, found.device_id).code_until = None
    return found


def idle_minutes(device: Device | None, usual: int) -> int:
    """How long whoever logs in at this machine may be idle: at a computer of the office as long as is set, an hour at
    most; a phone is soon left lying."""
    if device is None or not device.is_computer:
        return usual
    return max(usual, min(settings.read().computer_minutes, LONGEST_IDLE))


def end(actor: Member, device_id: UUID) -> None:
    """It hands nothing in any more, from this moment. Raises NotFound."""
    get_for(actor, device_id)
    with transaction() as session:
        row = session.get_one(devices.Device, device_id)
        row.ended_at, row.secret_hash, row.code_until = clock.now(), None, None
        audit.record(session, "device.ended", actor, device_id)
