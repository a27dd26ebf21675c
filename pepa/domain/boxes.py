"""Boxes: seal, open, grant, revoke (vault.md § 5).

A box is a list of epochs. Whoever holds one epoch's key reads that epoch and, by the chain of sealed forerunners, all
earlier ones. Sharing is one more grant; revoking makes a new epoch for those who stay.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any, NamedTuple
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa.db import Base, Pen, Writer, db, transaction
from pepa.domain import audit, holdings, keys
from pepa.errors import Conflict, NotFound
from pepa.models.boxes import Box, Epoch, Grant, HolderKind
from pepa.models.organisations import Organisation
from pepa.models.reports import ReporterKey
from pepa.policy import Member, Reporter
from pepa.vault import sealing, streams
from pepa.vault.pairs import KeyPair, seal_to, unseal_with
from pepa.vault.secret import Broken, Secret

FORMAT = 1
_GRANT_LENGTH = 1 + 16 + 4 + 16 + 4 + 32
_SLIP_KEY = 48 + 32


class Holder(NamedTuple):
    """Somebody who can be given a key, with the public key that it is sealed to."""

    kind: HolderKind
    id: UUID
    generation: int
    public: bytes


class Row(NamedTuple):
    """A row that is not in the database yet: keys are derived before the transaction, never inside."""

    table: type[Base]
    values: dict[str, Any]


@dataclass(frozen=True, repr=False)
class OpenBox:
    """The keys of a box that somebody reached.

    number     the newest epoch among them
    is_newest  it was the box's newest when it was opened: only under that one is anything sealed
    holders    kind and id of whoever holds that epoch too, by grants of ours
    is_due     a grant was dropped by hands that hold no key: it is to be turned before anything is sealed
    """

    box_id: UUID
    number: int
    secrets: dict[int, Secret]
    is_newest: bool = True
    holders: frozenset[tuple[str, UUID]] = frozenset()
    is_due: bool = False

    @property
    def secret(self) -> Secret:
        return self.secrets[self.number]


class BoxChanged(Conflict):
    """Somebody turned the key of this box meanwhile."""


def organisation_holder(organisation: Organisation) -> Holder:
    """Raises KeysUnsound where its public key is missing or not ours."""
    public = keys.organisation_public(organisation)
    return Holder(HolderKind.ORGANISATION, organisation.id, organisation.generation, public)


def reporter_holder(row: ReporterKey) -> Holder:
    """Raises KeysUnsound where her public key is not the one that was stored with her report."""
    keys.check(row.key_mac, "reporter", row.report_id, row.public_key)
    return Holder(HolderKind.REPORTER, row.report_id, 0, row.public_key)


def fresh(box_id: UUID, holders: Sequence[Holder]) -> tuple[OpenBox, list[Row]]:
    """A new box, and the rows that make it: the box, its first epoch, a grant for each holder."""
    box = OpenBox(box_id, 1, {1: Secret(token_bytes(32))}, holders=_kinds_and_ids(holders))
    rows = [Row(Box, {"id": box_id, "epoch": 1, "rotation_due": False}), _epoch_row(box, None)]
    return box, [*rows, *(_grant_row(box, holder) for holder in holders)]


def _kinds_and_ids(holders: Iterable[Holder]) -> frozenset[tuple[str, UUID]]:
    return frozenset((holder.kind.value, holder.id) for holder in holders)


def _epoch_row(box: OpenBox, previous: bytes | None) -> Row:
    commitment = _commitment(box.box_id, box.number, box.secret)
    tag = keys.mac("epoch", box.box_id, box.number, commitment, previous or b"")
    values = {"box_id": box.box_id, "number": box.number, "commitment": commitment}
    return Row(Epoch, {**values, "previous_sealed": previous, "mac": tag})


def _commitment(box_id: UUID, number: int, secret: Secret) -> bytes:
    return sealing.digest("commitment", box_id, number, secret.reveal())


def _grant_row(box: OpenBox, holder: Holder) -> Row:
    place = _place(box.box_id, box.number, holder.id, holder.generation)
    sealed = seal_to(holder.public, place + box.secret.reveal())
    tag = keys.mac("grant", box.box_id, box.number, holder.kind, holder.id, holder.generation, sealed)
    return Row(
        Grant,
        {
            "box_id": box.box_id,
            "epoch": box.number,
            "holder_kind": holder.kind.value,
            "holder_id": holder.id,
            "holder_generation": holder.generation,
            "key_sealed": sealed,
            "mac": tag,
        },
    )


def _place(box_id: UUID, number: int, holder_id: UUID, generation: int) -> bytes:
    numbers = (number.to_bytes(4, "big"), generation.to_bytes(4, "big"))
    return bytes([FORMAT]) + box_id.bytes + numbers[0] + holder_id.bytes + numbers[1]


# Opening


def open_for(actor: Member | Reporter, box_id: UUID) -> OpenBox:
    """The keys of a box that this actor holds; one that is due is turned first. Not within a transaction.

    Raises NotFound without a grant, and KeysUnsound or Broken for a planted one.
    """
    box = _reached(actor, box_id)
    if not (box.is_due and box.is_newest):
        return box
    with suppress(BoxChanged), transaction() as session:
        newer = rotate(session, box, holders_of(session, box))
        if isinstance(actor, Member):
            audit.record(session, "box.turned", actor, box_id)
        return newer
    return _reached(actor, box_id)  # somebody else turned it at this moment


def _reached(actor: Member | Reporter, box_id: UUID) -> OpenBox:
    if isinstance(actor, Reporter):
        return _open(box_id, HolderKind.REPORTER, actor.report_id, lambda grant: actor.pair)
    ring, own = actor.keyring, actor.organisation_id
    return _open(box_id, HolderKind.ORGANISATION, own, lambda grant: ring.pair(own, grant.holder_generation))


def _open(box_id: UUID, kind: HolderKind, holder_id: UUID, pair_of: Callable[[Grant], KeyPair | None]) -> OpenBox:
    # One statement, so one moment: whoever turns the key meanwhile must not look like somebody who took a grant away.
    last = sa.select(sa.func.max(Epoch.number)).where(Epoch.box_id == box_id).scalar_subquery()
    query = sa.select(Grant, Box.epoch, last, Box.rotation_due).join(Box, Box.id == Grant.box_id)
    rows = db.session.execute(query.where(Grant.box_id == box_id).order_by(Grant.epoch.desc())).all()
    for grant, present, newest, is_due in rows:
        if (grant.holder_kind, grant.holder_id) != (kind, holder_id):
            continue
        check_grant(grant)
        if (pair := pair_of(grant)) is not None:
            some = (Epoch.box_id == box_id, Epoch.number <= grant.epoch)
            older = db.session.scalars(sa.select(Epoch).where(*some).order_by(Epoch.number.desc()))
            secrets = _chained(box_id, grant.epoch, _granted(grant, pair), older)
            holders = frozenset(_holding(row[0] for row in rows if row[0].epoch == newest))
            return OpenBox(box_id, grant.epoch, secrets, grant.epoch == present == newest, holders, is_due)
    raise NotFound


def _holding(grants: Iterable[Grant]) -> Iterator[tuple[str, UUID]]:
    """Whose grants are ours; one that is not says nothing."""
    for grant in grants:
        with suppress(keys.KeysUnsound):
            check_grant(grant)
            yield grant.holder_kind, grant.holder_id


def open_all(actor: Member, box_ids: Sequence[UUID]) -> dict[UUID, OpenBox]:
    """Many boxes at once, to read only: by one question for the grants and one for the epochs. What does not open is
    left out."""
    mine = (Grant.holder_kind == HolderKind.ORGANISATION.value, Grant.holder_id == actor.organisation_id)
    held = sa.select(Grant).where(Grant.box_id.in_(box_ids), *mine).order_by(Grant.epoch)
    grants = {grant.box_id: grant for grant in db.session.scalars(held)}  # the newest stays
    epochs = defaultdict(list)
    for epoch in db.session.scalars(sa.select(Epoch).where(Epoch.box_id.in_(box_ids)).order_by(Epoch.number.desc())):
        epochs[epoch.box_id].append(epoch)
    found = {}
    for box_id, grant in grants.items():
        with suppress(keys.Unopened, keys.KeysUnsound):
            check_grant(grant)
            if pair := actor.keyring.pair(actor.organisation_id, grant.holder_generation):
                older = [epoch for epoch in epochs[box_id] if epoch.number <= grant.epoch]
                secrets = _chained(box_id, grant.epoch, _granted(grant, pair), older)
                found[box_id] = OpenBox(box_id, grant.epoch, secrets, is_newest=False)
    return found


def check_grant(grant: Grant) -> None:
    """Raises KeysUnsound where a row was not made by us."""
    whose = (grant.holder_kind, grant.holder_id, grant.holder_generation)
    keys.check(grant.mac, "grant", grant.box_id, grant.epoch, *whose, grant.key_sealed)


def check_epoch(box_id: UUID, epoch: Epoch) -> None:
    """Raises KeysUnsound where a row was not made by us, or not for this box."""
    keys.check(epoch.mac, "epoch", box_id, epoch.number, epoch.commitment, epoch.previous_sealed or b"")


def require_newest(box: OpenBox) -> None:
    """Before anything is sealed. Raises KeysUnsound where a newer epoch was kept from whoever opened this: somebody who
    can write to the database would have it sealed under a key that a holder who was revoked still has."""
    if not box.is_newest:
        raise keys.KeysUnsound


def require_holder(box: OpenBox, kind: HolderKind, holder_id: UUID) -> None:
    """Raises KeysUnsound unless this holder reads what is sealed now: its grant is gone, or this is another's box."""
    if (kind.value, holder_id) not in box.holders:
        raise keys.KeysUnsound


def _granted(grant: Grant, pair: KeyPair) -> Secret:
    plain = unseal_with(pair, grant.key_sealed)
    place = _place(grant.box_id, grant.epoch, grant.holder_id, grant.holder_generation)
    if len(plain) != _GRANT_LENGTH or not sealing.same(plain[:-32], place):
        raise Broken("grant")
    return Secret(plain[-32:])


def _chained(box_id: UUID, newest: int, secret: Secret, epochs: Iterable[Epoch]) -> dict[int, Secret]:
    """Check the epoch's commitment and open its forerunners by the chain; the keys by their number."""
    found: dict[int, Secret] = {}
    expected = newest
    for epoch in epochs:
        check_epoch(box_id, epoch)
        if epoch.number != expected or not sealing.same(epoch.commitment, _commitment(box_id, epoch.number, secret)):
            raise Broken("epoch")
        found[epoch.number] = secret
        expected -= 1
        if epoch.previous_sealed is not None:
            secret = Secret(sealing.unseal(secret, epoch.previous_sealed, _chain(box_id, epoch.number)))
    if expected != 0:
        raise Broken("epoch")
    return found


def _chain(box_id: UUID, number: int) -> bytes:
    return sealing.associated("previous epoch", box_id, number)


# Content


def seal_body(box: OpenBox, domain: str, row_id: UUID, document: dict[str, Any]) -> tuple[int, bytes]:
    """Epoch and sealed bytes of one row's document. domain: a stable word owned by the code, such as "report".

    Raises KeysUnsound where the box was not opened by its newest epoch.
    """
    require_newest(box)
    place = sealing.associated(domain, box.box_id, box.number, row_id)
    return box.number, sealing.seal_document(box.secret, document, place)


def open_body(box: OpenBox, domain: str, row_id: UUID, epoch: int, sealed: bytes) -> dict[str, Any]:
    """It again. Raises Broken, naming the row: moved, flipped, cut, or of an epoch that was never ours."""
    with suppress(KeyError, Broken):
        return sealing.open_document(box.secrets[epoch], sealed, sealing.associated(domain, box.box_id, epoch, row_id))
    raise Broken(str(row_id))


# What a stranger leaves for an office, where there is no box


def seal_slip(office: Organisation, domain: str, row_id: UUID, document: dict[str, Any]) -> bytes:
    """One row's document under a key of its own, sealed to the office as it is now. Raises KeysUnsound."""
    key, public = Secret(token_bytes(32)), keys.organisation_public(office)
    place = sealing.associated(domain, office.id, office.generation, row_id)
    return seal_to(public, key.reveal()) + sealing.seal_document(key, document, place)


def open_slip(actor: Member, generation: int, domain: str, row_id: UUID, sealed: bytes) -> dict[str, Any] | None:
    """It again, or None under a key of the office that the actor never had. Raises Broken, naming the row."""
    pair = actor.keyring.pair(actor.organisation_id, generation)
    if pair is None:
        return None
    with suppress(Broken):
        key = Secret(unseal_with(pair, sealed[:_SLIP_KEY]))
        place = sealing.associated(domain, actor.organisation_id, generation, row_id)
        return sealing.open_document(key, sealed[_SLIP_KEY:], place)
    raise Broken(str(row_id))


# Files

FileSealing = streams.Sealing


def seal_file(file_id: UUID, out: Callable[[bytes], object]) -> tuple[Secret, FileSealing]:
    """A fresh key for one file, which belongs into its row's sealed body, and what seals it while it arrives."""
    key = Secret(token_bytes(32))
    return key, streams.Sealing(key, sealing.associated("file", file_id), out)


def open_file(key: Secret, file_id: UUID, size: int, read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The file again, a frame at a time, from its sealed bytes. Raises Broken, naming the row, perhaps at its end."""
    with suppress(Broken):
        yield from streams.opened(key, sealing.associated("file", file_id), size, read)
        return
    raise Broken(str(file_id))


# Sharing and revoking


def share(session: Session, box: OpenBox, holder: Holder) -> None:
    """Give one more holder the present epoch. Raises BoxChanged where the box was turned meanwhile, and KeysUnsound."""
    require_newest(box)
    _require_unturned(session, box)
    insert(session, [_grant_row(box, holder)])
    holdings.begun(session, box.box_id, [holder])


def _require_unturned(session: Session, box: OpenBox) -> None:
    if session.scalar(sa.select(Box.epoch).where(Box.id == box.box_id)) != box.number:
        raise BoxChanged


def revoke(session: Session, box: OpenBox, kind: HolderKind, holder_id: UUID) -> OpenBox:
    """Take a holder's grants away and turn the key for everybody else; nothing is resealed, nothing is lost.

    What was read cannot be unread. Raises BoxChanged, KeysUnsound (a planted grant stops it), NotFound.
    """
    grants = _grants(session, box)
    stay = [grant for grant in grants if (grant.holder_kind, grant.holder_id) != (kind, holder_id)]
    if len(stay) == len(grants):
        raise NotFound
    return rotate(session, box, [_holder_of(session, grant) for grant in stay])


def holders_of(session: Session, box: OpenBox) -> list[Holder]:
    """Who holds the newest epoch of this box, to turn it for: read in the same transaction, or somebody whom it was
    given to meanwhile would be left behind. Raises BoxChanged, KeysUnsound."""
    return [_holder_of(session, grant) for grant in _grants(session, box)]


def _grants(session: Session, box: OpenBox) -> list[Grant]:
    _require_unturned(session, box)
    grants = list(session.scalars(sa.select(Grant).where(Grant.box_id == box.box_id, Grant.epoch == box.number)))
    for grant in grants:
        check_grant(grant)
    return grants


def rotate(session: Session, box: OpenBox, holders: Iterable[Holder]) -> OpenBox:
    """A new epoch for these holders. Compare-and-swap on the box: of two that turn at once, one is told BoxChanged.

    Grants of earlier epochs go: whoever stays reads those by the chain, and deleting a new grant then leaves no older
    one to fall back to. Raises BoxChanged, KeysUnsound.
    """
    require_newest(box)
    holders = list(holders)
    turned = session.execute(
        sa.update(Box)
        .where(Box.id == box.box_id, Box.epoch == box.number)
        .values(epoch=box.number + 1, rotation_due=False)
    )
    if not turned.rowcount:  # type: ignore[attr-defined]
        raise BoxChanged
    secret = Secret(token_bytes(32))
    secrets = {**box.secrets, box.number + 1: secret}
    newer = OpenBox(box.box_id, box.number + 1, secrets, holders=_kinds_and_ids(holders))
    holdings.turned(session, box.box_id, holders)
    session.execute(sa.delete(Grant).where(Grant.box_id == box.box_id))
    previous = sealing.seal(secret, box.secret.reveal(), _chain(box.box_id, newer.number))
    insert(session, [_epoch_row(newer, previous), *(_grant_row(newer, holder) for holder in holders)])
    return newer


def _holder_of(session: Session, grant: Grant) -> Holder:
    if grant.holder_kind == HolderKind.REPORTER:
        row = session.get(ReporterKey, grant.holder_id)
        if row is None:
            raise keys.KeysUnsound
        return reporter_holder(row)
    organisation = session.get(Organisation, grant.holder_id)
    if organisation is None:
        raise keys.KeysUnsound
    return organisation_holder(organisation)


def insert(writer: Writer, rows: Iterable[Row]) -> None:
    """Add prepared rows, table by table in their order."""
    Pen.of(writer).add(rows)
