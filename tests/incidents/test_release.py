"""Notices that came with a copy wait: somebody sends or drops them, and nothing else is held up."""

import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import incidents, outbox
from pepa.models.audit import AuditEntry
from pepa.models.outbox import OutboxRow
from tests import cast
from tests.incidents.restored import restored
from tests.people import member


def last_act() -> tuple[str, str]:
    row = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.chain == "staff").order_by(AuditEntry.number.desc()).limit(1)
    ).one()
    return row.act, row.note


def test_they_leave_once_somebody_says_so(app: Flask) -> None:
    with app.app_context():
        restored()
        held = outbox.held()
        with transaction() as session:
            outbox.tell(session, member("wulan").person_id, outbox.Notice.CANCELLED)
        assert [due.notice for due in outbox.claim(100)] == [outbox.Notice.CANCELLED], "what is new waits for nobody"
        incidents.compare(member("wulan"))
    page = cast.at_work(app, "wulan").open("/petugas/setelah-pemulihan")
    assert page.has(f"{held} pemberitahuan ada di salinan.")
    client = cast.at_work(app, "joko")
    client.open("/petugas/setelah-pemulihan")
    assert client.submit("Kirim semua").has("Pemberitahuan yang ditahan SUDAH dikirim.", "Tidak ada pemberitahuan")
    with app.app_context():
        assert last_act() == ("outbox.released", str(held))
        assert len(outbox.claim(100)) == held
        assert incidents.release(member("wulan")) == 0


def test_or_never_after_a_question(app: Flask) -> None:
    with app.app_context():
        restored()
        held = outbox.held()
        before = db.session.scalar(sa.select(sa.func.count()).select_from(OutboxRow))
    client = cast.at_work(app, "wulan")
    client.open("/petugas/setelah-pemulihan")
    assert client.click("Buang semua").has(f"{held} pemberitahuan tidak akan dikirim.")
    assert client.submit("Ya, buang").has("Pemberitahuan yang ditahan SUDAH dibuang.")
    with app.app_context():
        assert last_act() == ("outbox.dropped", str(held))
        assert db.session.scalar(sa.select(sa.func.count()).select_from(OutboxRow)) == before - held


def test_at_the_machine(app: Flask) -> None:
    with app.app_context():
        restored()
        held = outbox.held()
    done = app.test_cli_runner().invoke(args=["pepa", "restore", "--release-notices"])
    assert done.output == f"{held} notices leave.\n"
    with app.app_context():
        assert outbox.held() == 0
