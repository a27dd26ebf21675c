"""Links that nobody used lead nowhere after a copy was put back; of used ones it is still told who made them."""

from pathlib import Path

import sqlalchemy as sa

from pepa.config import Config
from pepa.db import db
from pepa.domain import approvals
from pepa.models.enrolments import Enrolment
from tests.backups.copies import made
from tests.installations import opened
from tests.joining.newcomers import joined, link
from tests.members.people import membership
from tests.people import member
from tests.restores.places import elsewhere, put_back, sheets


def test_who_invited_a_newcomer_comes_back_and_a_way_in_does_not(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        joined(link("wulan"), login="citra")
        link("wulan")
        path = made(pair)
    with put_back(elsewhere(config, tmp_path / "there"), path, pair):
        assert [row.used_at is None for row in db.session.scalars(sa.select(Enrolment))] == [False]
        invited = approvals.ask(member("ratna"), membership("citra")).invited
        assert invited
        assert invited.made_by
        assert invited.made_by.name == "Wulan Contoh"
