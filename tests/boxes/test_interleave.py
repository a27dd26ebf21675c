"""Messages under way while keys turn: whatever the order, every rightful holder reads them (case B10)."""

from collections.abc import Callable, Iterator
from random import Random
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import db as database
from pepa import storage
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import boxes, messages
from pepa.models.boxes import HolderKind
from pepa.models.messages import Message
from pepa.policy import Member, Reporter
from pepa.vault.secret import Broken
from tests.installations import opened
from tests.people import holder, member, tell

LOTS, IN_A_LOT = 5, 100
Step = Iterator[None]


@pytest.fixture
def quick(config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The program on an installation that never waits for the disk: the order is what counts here."""
    monkeypatch.setitem(database.SQLITE_PRAGMAS, "synchronous", 0)
    monkeypatch.setattr(storage.os, "fsync", lambda handle: None)
    with opened(config) as app, app.app_context():
        yield app


class Play:
    """One report, and people who act on it in turns that chance deals out."""

    def __init__(self, seed: int, cast: dict[str, Member], legal_aid: boxes.Holder) -> None:
        self.chance = Random(seed)
        self.cast, self.legal_aid = cast, legal_aid
        self.reporter = tell()
        self.sent: dict[UUID, int] = {}
        self.kept: boxes.OpenBox | None = None  # what legal aid had in hand when it was revoked
        self.given = False

    def run(self) -> None:
        acts = [self.writes(self.cast["ratna"]), self.writes(self.reporter), self.writes(self.cast["bayu"])]
        acts += [self.turns(), self.turns(), self.shares_and_revokes()]
        while acts:
            act = self.chance.choice(acts)
            if next(act, "over") == "over":
                acts.remove(act)

    def writes(self, actor: Member | Reporter) -> Step:
        box = boxes.open_for(actor, self.reporter.box_id)
        yield
        message_id, report_id = uuid4(), self.reporter.report_id
        if isinstance(actor, Member):
            row = messages.from_office(box, message_id, report_id, actor, str(message_id))
        else:
            row = messages.from_reporter(box, message_id, report_id, str(message_id))
        self.sent[message_id] = box.number
        yield
        with transaction() as session:
            boxes.insert(session, [row])

    def turns(self) -> Step:
        while True:
            box = boxes.open_for(self.cast["bayu"], self.reporter.box_id)
            yield
            try:
                with transaction() as session:
                    boxes.rotate(session, box, boxes.holders_of(session, box))
            except boxes.BoxChanged:
                continue
            return

    def shares_and_revokes(self) -> Step:
        yield from self.until_done(self.share)
        self.given = True
        yield
        if self.chance.random() < 0.3:
            return
        yield from self.until_done(self.revoke)

    def until_done(self, verb: Callable[[boxes.OpenBox], None]) -> Step:
        while True:
            box = boxes.open_for(self.cast["ratna"], self.reporter.box_id)
            yield
            try:
                verb(box)
            except boxes.BoxChanged:
                continue
            return

    def share(self, box: boxes.OpenBox) -> None:
        with transaction() as session:
            boxes.share(session, box, self.legal_aid)

    def revoke(self, box: boxes.OpenBox) -> None:
        kept = boxes.open_for(self.cast["nadia"], self.reporter.box_id)
        with transaction() as session:
            boxes.revoke(session, box, HolderKind.ORGANISATION, self.legal_aid.id)
        self.kept, self.given = kept, False

    def check(self) -> None:
        readers = [self.cast["ratna"], self.reporter, *([self.cast["nadia"]] if self.given else [])]
        for reader in readers:
            box = boxes.open_for(reader, self.reporter.box_id)
            read = {written.text for written in messages.all_of(box, self.reporter.report_id)}
            assert read == {str(message_id) for message_id in self.sent}, reader
        if self.kept:
            self.check_revoked(self.kept)

    def check_revoked(self, kept: boxes.OpenBox) -> None:
        for message in db.session.scalars(sa.select(Message).where(Message.report_id == self.reporter.report_id)):
            if message.body_epoch <= kept.number:
                boxes.open_body(kept, "message", message.id, message.body_epoch, message.body_sealed)
            else:
                with pytest.raises(Broken):
                    boxes.open_body(kept, "message", message.id, message.body_epoch, message.body_sealed)


@pytest.mark.parametrize("lot", range(LOTS))
def test_every_message_is_readable_by_its_rightful_holders(quick: Flask, lot: int) -> None:
    cast = {login: member(login) for login in ("ratna", "bayu", "nadia")}
    orders, revoked = set(), 0
    for seed in range(lot * IN_A_LOT, (lot + 1) * IN_A_LOT):
        play = Play(seed, cast, holder("legal_aid"))
        play.run()
        play.check()
        orders.add(tuple(sorted(play.sent.values())))
        revoked += play.kept is not None
    assert len(orders) > 5, "the messages went under many different epochs"
    assert 0 < revoked < IN_A_LOT
