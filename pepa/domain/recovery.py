"""Root recovery: sheets that open what is left when nobody can log in, or the server key is gone (vault.md §§ 1-3).

A set of sheets is a key pair. Its public half is a row, its secret half stands on paper alone. The server key and every
key of the two root holders are sealed to it. A set counts once it was typed back.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.config import Config
from pepa.db import db, insert_once, transaction
from pepa.domain import audit, key_files, keys
from pepa.errors import Failure, Invalid
from pepa.models.installation import Installation
from pepa.models.organisations import ROOTS, KeyWrap, Organisation
from pepa.models.recovery import RecoveryKey, RecoveryWrap
from pepa.vault import pairs, sealing, server, sheets
from pepa.vault.secret import Secret
from pepa.words import N_

# The vault's types, for those who pass them on unopened
Sheet = sheets.Sheet
LINES, ACROSS = sheets.WORDS // sheets.LINE, sheets.LINE  # of a sheet, and words in each


class NoRecovery(Failure):
    """No set of sheets has been made and typed back."""

    says = N_("Lembar pemulihan belum dibuat dan diketik ulang.")


class OtherSheets(Failure):
    """These sheets fit together, and are not the ones that this database was sealed to."""

    says = N_("Lembar ini dari pemasangan lain.")


class OldSheets(OtherSheets):
    """They are of this database, and newer ones took their place: nothing is sealed to them any more."""

    says = N_("Lembar ini dari set lama. Sudah ada yang baru.")


SLIPS: dict[sheets.SlipKind, str] = {
    "few": N_("Kurang %(n)s kata. Satu lembar ada 28."),
    "many": N_("Lebih %(n)s kata. Satu lembar ada 28."),
    "unlisted": N_("Kata ke-%(n)s tidak ada di daftar."),
    "word": N_("Kata ke-%(n)s tidak cocok."),
    "swapped": N_("Kata ke-%(n)s dan kata sesudahnya tertukar."),
    "mixed": N_("Beberapa kata tidak cocok. Ketik lembar ini dari awal."),
}
MISMATCHES: dict[sheets.MismatchKind, str] = {
    "one": N_("Satu lembar tidak membuka apa-apa. Perlu dua."),
    "same": N_("Ini lembar yang sama. Ambil lembar lain."),
    "sets": N_("Lembar-lembar ini bukan satu set."),
}


class WrongWord(Invalid):
    """What was typed is no sheet. kind: of `sheets.Slip`; n: which word, counted from 1, where it is known."""

    def __init__(self, slip: sheets.Slip) -> None:
        super().__init__(SLIPS[slip.kind], n=slip.n)
        self.kind, self.n = slip.kind, slip.n


class NoSet(Invalid):
    """These sheets give nothing together: too few, one twice, or of different sets."""


# What is printed, and what is typed


@dataclass(frozen=True, repr=False)
class Printed:
    """One sheet, for paper. name: four words that all sheets of the set have; lines: seven of four words"""

    number: int
    name: str
    lines: Sequence[Sequence[str]]


def name_of(public_key: bytes) -> str:
    """What a set of sheets is called: it tells sets apart, and opens nothing."""
    return " ".join(keys.fingerprint(public_key))


def printed(pair: keys.Pair) -> list[Printed]:
    """The three sheets of a set. Asked again it gives other sheets: only those of one asking go together."""
    made = []
    for sheet in sheets.split(pair.secret, sheets.set_id_of(pair.public)):
        words = sheets.words_of(sheet)
        lines = [words[at : at + sheets.LINE] for at in range(0, sheets.WORDS, sheets.LINE)]
        made.append(Printed(sheet.number, name_of(pair.public), lines))
    return made


def read_line(typed: str, number: int) -> list[str]:
    """The four words of a line, counted from 1, each whole; four letters of a word are enough. Raises WrongWord."""
    first = (number - 1) * sheets.LINE + 1
    try:
        words = sheets.read_words(typed, first)
    except sheets.Slip as slip:
        raise WrongWord(slip) from None
    return words


def read_sheet(typed: str) -> Sheet:
    """A sheet, by its 28 words. Raises WrongWord."""
    try:
        return sheets.parse(typed)
    except sheets.Slip as slip:
        raise WrongWord(slip) from None


def pair_of(found: Sequence[Sheet]) -> keys.Pair:
    """What two sheets or more give. Asks no database, so also before there is one. Raises NoSet."""
    try:
        pair = pairs.KeyPair.from_secret(sheets.join(found))
    except sheets.Mismatch as mismatch:
        raise NoSet(MISMATCHES[mismatch.kind]) from None
    if sheets.set_id_of(pair.public) != found[0].set_id:
        raise NoSet(MISMATCHES["sets"])
    return pair


def look(sheet: Sheet) -> None:
    """Whether a sheet is of a set that opens something here: told by the first one already.

    Raises OtherSheets, OldSheets.
    """
    rows = db.session.scalars(sa.select(RecoveryKey))
    row = next((row for row in rows if sheets.set_id_of(row.public_key) == sheet.set_id), None)
    if row is None:
        raise OtherSheets
    wrapped = sa.exists().where(RecoveryWrap.recovery_generation == row.generation)
    if not row.server_key_sealed and not db.session.scalar(sa.select(wrapped)):
        raise OldSheets


def open_with(typed: Sequence[str]) -> keys.Pair:
    """What two sheets give that this database was sealed to. Needs no server key.

    Raises WrongWord, NoSet, OtherSheets, OldSheets.
    """
    found = [read_sheet(one) for one in typed]
    pair = pair_of(found)
    look(found[0])
    _row_of(db.session(), pair)
    return pair


# A set is made, and counts


def make(config: Config) -> keys.Pair:
    """A new set: its pair, whose secret half is now nowhere but in the caller's hands. It counts once it is confirmed.

    One that was made before and never confirmed gives way. Raises keys.KeyRefused.
    """
    try:
        pair, raw = pairs.KeyPair.new(), server.read(config.server_key_file)
    except server.KeyFileError as error:
        raise keys.KeyRefused(f"{error}") from error
    if not sealing.same(server.ServerKey(raw).check_value, keys.here().server.check_value):
        raise keys.KeyRefused(f"{config.server_key_file} is no longer the key that this database belongs to")
    with transaction() as session:
        session.execute(sa.delete(RecoveryKey).where(RecoveryKey.confirmed_at.is_(None)))
        generation = (session.scalar(sa.select(sa.func.max(RecoveryKey.generation))) or 0) + 1
        session.add(
            RecoveryKey(
                generation=generation,
                public_key=pair.public,
                mac=keys.mac("recovery", generation, pair.public),
                made_at=clock.now(),
                server_key_sealed=sealing.seal(_server_lock(pair), raw.reveal(), _server_place(pair)),
            )
        )
        audit.record(session, "recovery.made", None, note=str(generation))
    return pair


def confirm(pair: keys.Pair) -> None:
    """The sheets were typed back: from now on keys are sealed to this set. Raises OtherSheets, KeysUnsound."""
    with transaction() as session:
        row = _row_of(session, pair)
        _check(row)
        if row.confirmed_at is None:
            row.confirmed_at = row.drilled_at = clock.now()
            # The newer set has it as well. Keys of organisations stay under the older one until they are sealed anew.
            older = sa.update(RecoveryKey).where(RecoveryKey.generation < row.generation)
            session.execute(older.values(server_key_sealed=b""))
            audit.record(session, "recovery.confirmed", None, note=str(row.generation))


def _row_of(session: Session, pair: keys.Pair) -> RecoveryKey:
    row = session.scalar(sa.select(RecoveryKey).where(RecoveryKey.public_key == pair.public))
    if row is None:
        raise OtherSheets
    return row


def _check(row: RecoveryKey) -> None:
    keys.check(row.mac, "recovery", row.generation, row.public_key)


def is_ours(row: RecoveryKey) -> bool:
    """Whoever logs in is not kept out by a row that somebody changed; `is_confirmed` says so to the whole office."""
    try:
        _check(row)
    except keys.KeysUnsound:
        return False
    return True


def _newest(session: Session) -> RecoveryKey:
    confirmed = sa.select(RecoveryKey).where(RecoveryKey.confirmed_at.is_not(None))
    row = session.scalar(confirmed.order_by(RecoveryKey.generation.desc()).limit(1))
    if row is None:
        raise NoRecovery
    _check(row)
    return row


def public(session: Session) -> bytes:
    """The key to seal to, so that two sheets open it. Raises NoRecovery, KeysUnsound."""
    return _newest(session).public_key


def is_confirmed() -> bool:
    """Whether a set of sheets was made and typed back, and its key is ours."""
    try:
        _newest(db.session())
    except (NoRecovery, keys.KeysUnsound):
        return False
    return True


# The server key


def _server_lock(pair: keys.Pair) -> Secret:
    """Derived from the secret half: only whoever had the sheets in hand can have sealed under it."""
    return sealing.derive(pair.secret, "recovery-server-key")


def _server_place(pair: keys.Pair) -> bytes:
    return sealing.associated("recovery-server-key", pair.public)


def server_key_in(pair: keys.Pair, sealed: bytes) -> Secret:
    """The server key that was sealed to these sheets, also in a copy. Raises Unopened."""
    return Secret(sealing.unseal(_server_lock(pair), sealed, _server_place(pair)))


def server_key(pair: keys.Pair) -> Secret:
    """The server key of this database, by its sheets; asks for no server key. Raises OtherSheets, Unopened."""
    row = _row_of(db.session(), pair)
    key = server_key_in(pair, row.server_key_sealed)
    if not sealing.same(server.ServerKey(key).check_value, db.session.get_one(Installation, 1).key_check):
        raise OtherSheets
    return key


def put_back(config: Config, pair: keys.Pair) -> bool:
    """Write the server key's file where it is missing or another's, and open the installation. False: it was right.

    A wrong file is laid aside, never written over. Raises OtherSheets, Unopened, keys.KeyRefused.
    """
    key, path = server_key(pair), config.server_key_file
    if folders := keys.beside(config):
        raise keys.KeyRefused(f"the server key may not stand inside {folders[0]}: whoever copies that has both")
    if _is_there(config, server.ServerKey(key).check_value):
        return False
    if path.exists():
        path.rename(path.with_name(f"{path.name}.aside-{os.urandom(4).hex()}"))
    server.write(path, key)
    keys.open_installation(config)
    with transaction() as session:
        audit.record(session, "recovery.server_key", None, note=keys.here().server.key_id)
    return True


def _is_there(config: Config, check_value: bytes) -> bool:
    try:
        return sealing.same(server.load(config.server_key_file).check_value, check_value)
    except server.KeyFileMalformed:
        return False
    except server.KeyFileMissing as error:
        if config.server_key_file.exists():  # it cannot be read by whoever asks; that does not make it wrong
            raise keys.KeyRefused(f"{error}") from error
        return False


# The keys of the two root holders


def _wrapped(row: RecoveryKey, organisation_id: UUID, generation: int, pair: keys.Pair) -> dict[str, object]:
    sealed = pairs.seal_to(row.public_key, pair.secret.reveal())
    return {
        "organisation_id": organisation_id,
        "generation": generation,
        "recovery_generation": row.generation,
        "secret_sealed": sealed,
        "mac": keys.mac("recovery-wrap", organisation_id, generation, row.generation, sealed),
    }


def wrap(session: Session, organisation: Organisation, pair: keys.Pair) -> None:
    """Seal the present generation of a root holder to the sheets, in the transaction that makes it; of another
    organisation, or before there are sheets: nothing. Raises KeysUnsound."""
    if not organisation.is_root:
        return
    try:
        row = _newest(session)
    except NoRecovery:
        return
    _keep(session, _wrapped(row, organisation.id, organisation.generation, pair))


def _keep(session: Session, values: dict[str, object]) -> None:
    """An older set no longer opens what the newest one does."""
    insert_once(session, RecoveryWrap, values)
    older = RecoveryWrap.recovery_generation < values["recovery_generation"]
    same = (RecoveryWrap.organisation_id, RecoveryWrap.generation)
    which = (column == values[column.key] for column in same)
    session.execute(sa.delete(RecoveryWrap).where(older, *which))


@dataclass(frozen=True, repr=False)
class Held:
    """One generation of a root holder's key, given back by the sheets."""

    organisation_id: UUID
    generation: int
    pair: keys.Pair


def held(pair: keys.Pair, organisation_id: UUID) -> Sequence[Held]:
    """Every generation of a root holder's key that these sheets open, the oldest first. Needs the server key.

    Raises OtherSheets, KeysUnsound, Unopened.
    """
    row = _row_of(db.session(), pair)
    wraps = sa.select(RecoveryWrap).where(
        RecoveryWrap.organisation_id == organisation_id, RecoveryWrap.recovery_generation == row.generation
    )
    found = []
    for one in db.session.scalars(wraps.order_by(RecoveryWrap.generation)):
        if not is_sound(one):
            raise keys.KeysUnsound
        secret = Secret(pairs.unseal_with(pair, one.secret_sealed))
        found.append(Held(one.organisation_id, one.generation, keys.Pair.from_secret(secret)))
    return found


def is_sound(one: RecoveryWrap) -> bool:
    """Whether it is ours and where we put it."""
    place = (one.organisation_id, one.generation, one.recovery_generation)
    return sealing.same(one.mac, keys.mac("recovery-wrap", *place, one.secret_sealed))


def wrap_due(person_id: UUID, pair: keys.Pair) -> list[dict[str, object]]:
    """What this person's keys open and the newest sheets do not, sealed to them: for `keep` in the transaction of the
    log-in. One question where nothing is due."""
    newest = sa.select(sa.func.max(RecoveryKey.generation)).where(RecoveryKey.confirmed_at.is_not(None))
    there = sa.exists().where(
        RecoveryWrap.organisation_id == KeyWrap.organisation_id,
        RecoveryWrap.generation == KeyWrap.generation,
        RecoveryWrap.recovery_generation == RecoveryKey.generation,
    )
    query = (
        sa.select(KeyWrap, RecoveryKey)
        .join(RecoveryKey, RecoveryKey.generation == newest.scalar_subquery())
        .join(Organisation, Organisation.id == KeyWrap.organisation_id)
        .where(KeyWrap.person_id == person_id, Organisation.kind.in_(ROOTS), ~there)
    )
    found = [(one, row) for one, row in db.session.execute(query) if is_ours(row)]
    ring = keys.keyring(pair, person_id, [one for one, _ in found])
    own = [(one, row, ring.pair(one.organisation_id, one.generation)) for one, row in found]
    return [_wrapped(row, one.organisation_id, one.generation, held) for one, row, held in own if held]


def keep(session: Session, due: Sequence[dict[str, object]]) -> None:
    """What `wrap_due` sealed; another who logged in meanwhile may have brought the same."""
    for values in due:
        _keep(session, values)
        key_files.lay(session, UUID(str(values["organisation_id"])))
        generation = f"{values['generation']}/{values['recovery_generation']}"
        audit.record(session, "recovery.wrapped", None, UUID(str(values["organisation_id"])), generation)
