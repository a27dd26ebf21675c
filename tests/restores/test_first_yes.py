"""A first yes that was cancelled after the copy was made does not come back: it would be enough a day later."""

from datetime import timedelta
from pathlib import Path

from pepa import clock
from pepa.config import Config
from pepa.domain import approvals, holders
from tests.backups.copies import made
from tests.installations import opened
from tests.members.people import newcomer, words
from tests.people import member, office
from tests.restores.places import elsewhere, put_back, sheets


def test_it_is_given_anew(config: Config, tmp_path: Path) -> None:
    """Case A25."""
    with opened(config) as app, app.app_context():
        pair, who = sheets(config), newcomer()
        asked = {"public_key": who.key, "passphrase": words("ratna")}
        assert approvals.approve(member("ratna"), who.membership_id, **asked) is approvals.Said.BEGUN
        path = made(pair)
        approvals.cancel(member("joko"), who.membership_id)
    there = elsewhere(config, tmp_path / "there")
    with put_back(there, path, pair), clock.frozen(clock.now() + timedelta(hours=25)):
        assert approvals.ask(member("bayu"), who.membership_id).first_by is None
        assert approvals.approve(member("ratna"), who.membership_id, **asked) is approvals.Said.BEGUN
        assert who.person_id not in holders.able(office())
