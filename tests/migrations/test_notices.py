"""What waits in the outbox of an older program is told in somebody's name afterwards, as far as that can be known."""

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from pepa import clock
from pepa.cli import upgrade
from pepa.config import Config
from pepa.db import Instant, db
from tests.installations import opened

pytestmark = pytest.mark.both
BEFORE = "0027"


def put(table: str, **values: Any) -> None:
    kinds = {UUID: sa.Uuid(), bool: sa.Boolean(), bytes: sa.LargeBinary(), int: sa.Integer(), str: sa.String()}
    columns = [sa.column(name, kinds.get(type(value), Instant())) for name, value in values.items()]
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        connection.execute(sa.table(table, *columns).insert().values(**values))


def test_in_whose_name(empty_config: Config) -> None:
    with opened(empty_config) as app, app.app_context():
        upgrade(BEFORE)
        one, other, alone, both = (uuid4() for _ in range(4))
        for organisation_id in (one, other):
            put("organisations", id=organisation_id, name=organisation_id.hex, kind="court", is_active=True,
                is_demo=False, generation=0)  # fmt: skip
        for person_id in (alone, both):
            put("people", id=person_id, login=person_id.hex, name="", is_active=True, is_demo=False, public_key=b"",
                key_mac=b"", kdf="", secret_sealed=b"", totp_sealed=b"", totp_step=0)  # fmt: skip
        for person_id, organisation_id in ((alone, one), (both, one), (both, other)):
            put("memberships", id=uuid4(), person_id=person_id, organisation_id=organisation_id, roles="worker",
                is_active=True)  # fmt: skip
        event, at = uuid4(), clock.now()
        told = {"channel": "mail", "due_at": at, "tries": 0}
        put("outbox", id=uuid4(), person_id=alone, notice="shift", **told)
        put("outbox", id=uuid4(), person_id=alone, notice="account", **told)
        put("outbox", id=uuid4(), person_id=both, notice="members", **told)
        put("outbox", id=uuid4(), person_id=alone, notice="breach", event=event, **told)
        put("outbox", id=uuid4(), person_id=alone, notice="breach", event=event, **{**told, "channel": "sms"})
        upgrade()
        outbox = sa.table("outbox", sa.column("notice"), sa.column("organisation_id", sa.Uuid()))
        notices = sa.table("notices", sa.column("event", sa.Uuid()), sa.column("told_at", Instant()),
                           sa.column("is_read", sa.Boolean()))  # fmt: skip
        with db.engine.connect() as connection:
            found = {row.notice: row.organisation_id for row in connection.execute(sa.select(outbox))}
            (listed,) = connection.execute(sa.select(notices)).all()
    assert found == {"shift": one, "account": None, "members": None, "breach": one}
    assert (listed.event, listed.told_at, listed.is_read) == (event, clock.hour(at), True), "and is not told again"
