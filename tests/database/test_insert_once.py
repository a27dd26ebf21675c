"""Write a row unless it is there: the second writer is told, and nothing is written over."""

import pytest
from flask import Flask

from pepa.db import db, insert_once, transaction
from pepa.models.installation import Setting

pytestmark = pytest.mark.both


def test_the_first_one_stays(context: Flask) -> None:
    with transaction() as session:
        assert insert_once(session, Setting, {"key": "k", "value": "first"}) is True
    with transaction() as session:
        assert insert_once(session, Setting, {"key": "k", "value": "second"}) is False
        assert insert_once(session, Setting, {"key": "other", "value": "second"}) is True, "the transaction goes on"
    assert db.session.get_one(Setting, "k").value == "first"
