"""An emergency opening that was ended after the copy was made does not come back with it."""

from pathlib import Path

import pytest

from pepa.config import Config
from pepa.db import db
from pepa.domain import emergencies
from pepa.errors import NotFound
from pepa.models.emergencies import Emergency
from tests.backups.copies import made
from tests.emergencies.test_begin import held
from tests.emergencies.test_begin import opened as hurried
from tests.installations import opened
from tests.people import member
from tests.restores.places import elsewhere, put_back, sheets


def test_it_is_over(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair, emergency_id = sheets(config), hurried(held())
        path = made(pair)
        emergencies.end(member("wulan"), emergency_id)
    there = elsewhere(config, tmp_path / "there")
    with put_back(there, path, pair):
        assert db.session.get_one(Emergency, emergency_id).ended_at
        with pytest.raises(NotFound):
            emergencies.show(member("sekar"), emergency_id)
