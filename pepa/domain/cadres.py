"""Kartu kader: whoever teaches holds a printed card (library.md, From practice): a QR, and a PIN that opens it.

The card's code is random and stored as a mark; the PIN is stretched with the server's pepper. A wrong PIN makes the
next one wait, longer each time, and never for ever.
"""

from collections.abc import Sequence
from datetime import timedelta
from secrets import choice, randbelow
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import Page, db, keyset, transaction
from pepa.domain import audit, keys, onces, tickets
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.areas import Area
from pepa.models.cadres import Cadre, CadreSession
from pepa.models.organisations import Organisation
from pepa.models.places import Kelurahan
from pepa.models.reports import ALPHABET
from pepa.policy import Device, Member, Permission, require
from pepa.words import N_

CODE_SIGNS = 20  # of 32 signs: 100 bits
PIN_DIGITS = 6
IDLE, LONGEST = timedelta(minutes=60), timedelta(hours=12)
FREE_TRIES, FIRST_WAIT, LONGEST_WAIT = 3, 5, 900  # seconds
AHEAD = timedelta(minutes=5)  # seen later than now: the clock was put back

_HELD = sa.or_(Organisation.confirm_due, Organisation.compare_due)  # since a copy was put back


class NameMissing(Invalid):
    says = N_("Tulis dulu nama di kartu ini.")
    field = "name"


class PlaceMissing(Invalid):
    says = N_("Pilih dulu kelurahan kader ini.")
    field = "kelurahan_code"


class NotInKelurahan(Invalid):
    says = N_("RT ini bukan di kelurahan itu. Pilih lagi.")
    field = "area_id"


class FormSpoiled(Conflict):
    """What the page had drawn was lost or changed on the way: nothing is printed by it."""

    says = N_("Halaman ini berubah di jalan. Buka lagi, lalu cetak.")


class CardReplaced(Conflict):
    """An old page was sent again: what it had drawn was printed before, and something newer holds since."""

    says = N_("Halaman lama ini tidak berlaku lagi. Kartu dan PIN yang sekarang tetap.")


class WrongPin(Invalid):
    """An unknown card, an ended one, a wrong PIN: one sentence."""

    says = N_("Kartu atau PIN ini tidak cocok. Coba lagi, atau minta kartu baru di kantor.")
    field = "pin"


class CardHeld(Conflict):
    """A copy was put back, and nobody of the office has compared its cards yet: one may have been ended since."""

    says = N_("Data baru saja dipulihkan. Kartu ini diperiksa dulu. Hubungi kantor.")
    field = "pin"


class PinWaits(Invalid):
    """n: seconds until the next try is looked at."""

    says = N_("PIN tidak cocok beberapa kali. Coba lagi dalam %(n)s detik.")
    field = "pin"


def new_code() -> str:
    """What a card's QR holds: drawn before its form is shown, so that the same form makes the same card."""
    return "".join(choice(ALPHABET) for _ in range(CODE_SIGNS))


def new_pin() -> str:
    return f"{randbelow(10**PIN_DIGITS):0{PIN_DIGITS}}"


def _mark(code: str) -> bytes:
    return keys.mark("cadre card", "".join(code.split()).replace("-", "").upper())


def make(actor: Member, *, name: str, kelurahan_code: str | None, area_id: UUID | None = None, once: str) -> UUID:
    """Somebody who teaches, with no card yet: `print_card` makes one. The same form again makes no second.

    Raises NameMissing, PlaceMissing, NotInKelurahan.
    """
    require(actor, Permission.KEEP_CADRES)
    if not name.strip():
        raise NameMissing
    if kelurahan_code is None or db.session.get(Kelurahan, kelurahan_code) is None:
        raise PlaceMissing
    _check_area(area_id, kelurahan_code)
    cadre_id = uuid4()
    with transaction() as session:
        if made := onces.made(session, "cadre.make", actor.organisation_id, once):
            return made
        session.add(
            Cadre(
                id=cadre_id,
                organisation_id=actor.organisation_id,
                name=" ".join(name.split()),
                kelurahan_code=kelurahan_code,
                area_id=area_id,
                pin_hash=b"",
                made_at=clock.now(),
                made_by_id=actor.person_id,
            )
        )
        onces.keep(session, "cadre.make", actor.organisation_id, once, cadre_id)
        audit.record(session, "cadre.made", actor, cadre_id)
    return cadre_id


def _check_area(area_id: UUID | None, kelurahan_code: str) -> None:
    area = db.session.get(Area, area_id) if area_id else None
    if area_id and (area is None or area.kelurahan_code != kelurahan_code):
        raise NotInKelurahan


def settle(actor: Member, cadre_id: UUID, *, area_id: UUID | None) -> None:
    """Where in the kelurahan they live or lead; None: that is not said. Raises NotFound, NotInKelurahan."""
    _check_area(area_id, get_for(actor, cadre_id).kelurahan_code)
    with transaction() as session:
        session.get_one(Cadre, cadre_id).area_id = area_id
        audit.record(session, "cadre.settled", actor, cadre_id)


def list_for(actor: Member, at: str | None = None) -> Page[Cadre]:
    """Those of the actor's organisation whose card was not ended, by name."""
    require(actor, Permission.KEEP_CADRES)
    query = sa.select(Cadre).where(Cadre.organisation_id == actor.organisation_id, Cadre.ended_at.is_(None))
    return keyset(query, Cadre.name, Cadre.id, at=at)


def named_for(actor: Member) -> Sequence[tuple[UUID, str]]:
    """Whom the office may log for: ids and names."""
    require(actor, Permission.LOG_FOR_OTHERS)
    mine = (Cadre.organisation_id == actor.organisation_id, Cadre.ended_at.is_(None))
    query = sa.select(Cadre.id, Cadre.name, Kelurahan.name).join(Kelurahan).where(*mine)
    return [(i, f"{name}, {ward}") for i, name, ward in db.session.execute(query.order_by(Cadre.name, Cadre.id))]


def get_for(actor: Member, cadre_id: UUID) -> Cadre:
    """Raises NotFound."""
    require(actor, Permission.KEEP_CADRES)
    found = db.session.get(Cadre, cadre_id)
    if found is None or found.organisation_id != actor.organisation_id or found.ended_at is not None:
        raise NotFound
    return found


def print_card(actor: Member, cadre_id: UUID, *, code: str, pin: str) -> None:
    """A card with this code and this PIN; the one before, and whatever it has open, ends. A code comes to life once.

    Raises NotFound, FormSpoiled, CardReplaced, Busy.
    """
    get_for(actor, cadre_id)
    if len(code) != CODE_SIGNS or set(code) - set(ALPHABET):
        raise FormSpoiled
    _check_pin(pin)
    pin_hash, token_hash = tickets.pin_hash(cadre_id, pin), _mark(code)
    with transaction() as session:
        row = session.get_one(Cadre, cadre_id)
        if onces.made(session, "cadre.card", cadre_id, code):
            if row.token_hash != token_hash or not tickets.same(row.pin_hash, pin_hash):
                raise CardReplaced
            return
        onces.keep(session, "cadre.card", cadre_id, code, cadre_id)
        row.token_hash, row.pin_hash, row.failures, row.until_at = token_hash, pin_hash, 0, None
        _shut(session, cadre_id)
        audit.record(session, "cadre.card_printed", actor, cadre_id)


def _check_pin(pin: str) -> None:
    if len(pin) != PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
        raise FormSpoiled


def renew_pin(actor: Member, cadre_id: UUID, *, pin: str, once: str) -> None:
    """Another PIN for the same card; whatever it has open ends. Raises NotFound, FormSpoiled, CardReplaced, Busy."""
    get_for(actor, cadre_id)
    _check_pin(pin)
    pin_hash = tickets.pin_hash(cadre_id, pin)
    with transaction() as session:
        row = session.get_one(Cadre, cadre_id)
        if onces.made(session, "cadre.pin", cadre_id, once):
            if not tickets.same(row.pin_hash, pin_hash):
                raise CardReplaced
            return
        onces.keep(session, "cadre.pin", cadre_id, once, cadre_id)
        row.pin_hash, row.failures, row.until_at = pin_hash, 0, None
        _shut(session, cadre_id)
        audit.record(session, "cadre.pin_renewed", actor, cadre_id)


def end(actor: Member, cadre_id: UUID) -> None:
    """The card opens nothing from this moment. What was logged with it stays. Raises NotFound."""
    get_for(actor, cadre_id)
    with transaction() as session:
        row = session.get_one(Cadre, cadre_id)
        row.ended_at, row.token_hash, row.pin_hash = clock.now(), None, b""
        _shut(session, cadre_id)
        audit.record(session, "cadre.ended", actor, cadre_id)


def _shut(session: Session, cadre_id: UUID) -> None:
    session.execute(sa.delete(CadreSession).where(CadreSession.cadre_id == cadre_id))


# ---- the card in its holder's hand ----


def open_card(*, code: str, pin: str) -> str:
    """The PIN was typed on a phone: the text of its cookie. Raises WrongPin, PinWaits, CardHeld, Busy."""
    cadre_id = db.session.scalar(sa.select(Cadre.id).where(Cadre.token_hash == _mark(code), Cadre.ended_at.is_(None)))
    if cadre_id is not None:
        _count_try(cadre_id)
    typed = "".join(str(int(sign)) for sign in pin if sign.isdecimal())[:20]
    stretched = tickets.pin_hash(cadre_id or uuid4(), typed)
    secret = tickets.new_token()
    with transaction() as session:
        row = session.get(Cadre, cadre_id) if cadre_id else None
        if row is None or row.ended_at is not None or not tickets.same(row.pin_hash, stretched):
            raise WrongPin
        row.failures, row.until_at = 0, None
        held = session.scalar(sa.select(_HELD).where(Organisation.id == row.organisation_id))
        if not held:  # told to whoever has shown that it is theirs
            now = clock.now()
            session.add(CadreSession(id_hash=tickets.token_hash(secret), cadre_id=row.id, opened_at=now, seen_at=now))
            audit.record(session, "cadre.opened", None, row.id)
    if held:
        raise CardHeld
    return secret.reveal().hex()


def is_of(card: Device, code: str) -> bool:
    """Whether this is the code of the card that is open."""
    held = db.session.scalar(sa.select(Cadre.token_hash).where(Cadre.id == card.cadre_id))
    return held is not None and tickets.same(held, _mark(code))


def _count_try(cadre_id: UUID) -> None:
    """Every try counts as a wrong one until it was right, so that many at once are not looked at. Raises PinWaits."""
    with transaction() as session:
        row, now = session.get_one(Cadre, cadre_id), clock.now()
        left = (row.until_at - now).total_seconds() if row.until_at else 0
        if 0 < left <= LONGEST_WAIT:  # more: the clock was put back since
            raise PinWaits(n=int(left) + 1)
        row.failures += 1
        if row.failures > FREE_TRIES:
            wait = min(FIRST_WAIT * 2 ** min(row.failures - FREE_TRIES - 1, 12), LONGEST_WAIT)
            row.until_at = now + timedelta(seconds=wait)


def by_cookie(text: str | None) -> Device | None:
    """Whose card this browser has open, or None: none, shut, idle too long, ended."""
    try:
        raw = bytes.fromhex(text or "")
    except ValueError:
        return None
    if len(raw) != 32:
        return None
    id_hash = tickets.token_hash(keys.Token(raw))
    query = (
        sa.select(CadreSession, Cadre)
        .join(Cadre, Cadre.id == CadreSession.cadre_id)
        .join(Organisation, Organisation.id == Cadre.organisation_id)
        .where(CadreSession.id_hash == id_hash, Cadre.ended_at.is_(None), Organisation.is_active, ~_HELD)
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        return None
    opened, cadre = found
    now = clock.now()
    if opened.seen_at + IDLE < now or opened.opened_at + LONGEST < now or opened.seen_at > now + AHEAD:
        return None
    device = Device(cadre.id, cadre.organisation_id, cadre.name, cadre.id)
    if now - opened.seen_at >= timedelta(minutes=1):
        with transaction() as session:
            row = session.get(CadreSession, id_hash)
            if row is not None:
                row.seen_at = now
    return device


def shut(actor: Device) -> None:
    """ "Keluar": whatever the card has open, on this phone and on any other one, is over."""
    require(actor, Permission.LOG_OUTREACH)
    assert actor.cadre_id
    with transaction() as session:
        _shut(session, actor.cadre_id)


def purge() -> int:
    """Forget what was open and is over. Returns how many."""
    now = clock.now()
    over = sa.or_(CadreSession.seen_at < now - IDLE, CadreSession.opened_at < now - LONGEST)
    with transaction() as session:
        gone = session.execute(sa.delete(CadreSession).where(over))
    return int(gone.rowcount)  # type: ignore[attr-defined]
