"""What a stranger leaves for an office: sealed to it, bound to its row, read by nobody else."""

from uuid import uuid4

import pytest
from flask import Flask

from pepa.db import db
from pepa.domain import boxes
from pepa.domain.keys import KeysUnsound, Unopened
from pepa.models.organisations import Organisation
from tests.people import member, office

TEXT = {"text": "Halaman dua terlalu cepat"}


def intake_office() -> Organisation:
    return db.session.get_one(Organisation, office())


def test_the_office_reads_it_again(context: Flask) -> None:
    row_id, intake = uuid4(), intake_office()
    sealed = boxes.seal_slip(intake, "opinion", row_id, TEXT)
    assert b"cepat" not in sealed
    assert boxes.open_slip(member("ratna"), intake.generation, "opinion", row_id, sealed) == TEXT


def test_it_opens_in_its_own_place_alone(context: Flask) -> None:
    row_id, intake, me = uuid4(), intake_office(), member("ratna")
    sealed = boxes.seal_slip(intake, "opinion", row_id, TEXT)
    for generation, domain, other_id, bytes_ in (
        (intake.generation, "invitation", row_id, sealed),
        (intake.generation, "opinion", uuid4(), sealed),
        (intake.generation, "opinion", row_id, sealed[:90]),
        (intake.generation, "opinion", row_id, b""),
        (intake.generation, "opinion", row_id, sealed[:-1] + bytes([sealed[-1] ^ 1])),
    ):
        with pytest.raises(Unopened):
            boxes.open_slip(me, generation, domain, other_id, bytes_)


def test_another_office_and_an_earlier_key_give_nothing(context: Flask) -> None:
    row_id, intake = uuid4(), intake_office()
    sealed = boxes.seal_slip(intake, "opinion", row_id, TEXT)
    assert boxes.open_slip(member("ratna"), intake.generation + 1, "opinion", row_id, sealed) is None
    with pytest.raises(Unopened):
        boxes.open_slip(member("asep"), 1, "opinion", row_id, sealed)


def test_a_key_that_was_planted_is_not_sealed_to(context: Flask) -> None:
    intake = intake_office()
    intake.public_key = bytes(32)
    with pytest.raises(KeysUnsound):
        boxes.seal_slip(intake, "opinion", uuid4(), TEXT)
