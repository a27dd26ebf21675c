"""What the tests stand on holds: each test begins anew, on the database that it says."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.config import Config
from pepa.db import db, transaction
from pepa.models.installation import Setting
from pepa.seeds.demo import Account
from tests.installations import opened


@pytest.mark.both
@pytest.mark.parametrize("time", ["first", "second"])
def test_nothing_stays_behind(context: Flask, database: str, time: str) -> None:
    assert db.engine.dialect.name == database
    assert db.session.get(Setting, "left-behind") is None, f"{time} time: another test's row is here"
    with transaction() as session:
        session.add(Setting(key="left-behind", value=time))


@pytest.mark.both
def test_an_empty_installation_is_empty(empty_config: Config) -> None:
    with opened(empty_config) as app, app.app_context():
        assert sa.inspect(db.engine).get_table_names() == []
    assert not empty_config.server_key_file.exists()


@pytest.mark.both
def test_the_cast_belongs_to_the_copy(context: Flask, accounts: dict[str, Account]) -> None:
    stored = set(db.session.scalars(sa.text("select login from people")))
    assert accounts.keys() == stored
    assert len({account.passphrase for account in accounts.values()}) == len(accounts)
