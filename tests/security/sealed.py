"""Every sealed column of the database, and how the program opens it, for tests that change what lies there.

A value is opened by the program's own way: what does not open raises, or comes out as None.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from pepa.config import Config
from pepa.db import db
from pepa.domain import (
    additions,
    apart,
    boxes,
    breaches,
    callbacks,
    calls,
    cards,
    conflicts,
    day_sheets,
    disclosures,
    emergencies,
    excesses,
    follow_up,
    handovers,
    invitations,
    judgements,
    keys,
    link_mails,
    messages,
    notes,
    opinions,
    photos,
    police,
    recovery,
    reporters,
    reports,
    restrictions,
    sessions,
    tasks,
    tickets,
    viewings,
)
from pepa.models import TABLES
from pepa.models.enrolments import Enrolment
from pepa.models.people import Person
from pepa.models.recovery import RecoveryKey
from pepa.models.reports import Handle, ReporterKey
from pepa.seeds import demo
from pepa.vault import sealing
from tests.people import member, pair_of
from tests.security.journey import Journey

Where = sa.ColumnElement[bool]


@dataclass(frozen=True)
class Place:
    """One sealed value: table, column, which row, and how it is opened."""

    table: str
    column: str
    where: Where
    open: Callable[[], Any]

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}"

    def read(self) -> bytes:
        db.session.rollback()
        value = db.session.scalar(sa.select(TABLES[self.table].c[self.column]).where(self.where))
        db.session.rollback()
        assert isinstance(value, bytes)
        return value

    def write(self, value: bytes) -> None:
        db.session.rollback()
        db.session.expire_all()
        with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
            done = connection.execute(sa.update(TABLES[self.table]).where(self.where).values({self.column: value}))
        assert done.rowcount == 1

    def opened(self) -> Any:
        """What the program reads there, from the database anew."""
        db.session.rollback()
        db.session.expire_all()
        return self.open()


def _is(table: str, **values: Any) -> Where:
    return sa.and_(*(TABLES[table].c[name] == value for name, value in values.items()))


Value = tuple[str, str, dict[str, Any], Callable[[], Any]]


def _by_the_office(done: Journey, login: str) -> list[Value]:
    """What officers wrote for one another."""
    report_id = done.reporter.report_id

    def what_was_judged() -> object:
        at_work = member(login)
        return judgements.of(at_work, reports.open_for(at_work, report_id))

    def why_so_many() -> object:
        told = {one.id: one.reason for one in excesses.unseen_by(member("wulan"))}
        return told[done.excess] or None

    mailed = sa.select(Enrolment.id).where(Enrolment.email == f"{login}@contoh.example")
    waiting = db.session.scalars(mailed).one()
    wulan = member("wulan")
    return [
        ("triages", "body_sealed", {"id": done.judged}, what_was_judged),
        ("notes", "body_sealed", {"id": done.noted}, lambda: notes.of(member(login), report_id)),
        ("excesses", "body_sealed", {"id": done.excess}, why_so_many),
        ("emergencies", "body_sealed", {"id": done.emergency}, lambda: emergencies.of(wulan, [report_id])[0].reason),
        ("restrictions", "body_sealed", {"id": done.restriction}, lambda: restrictions.show(wulan, report_id)),
        ("conflicts", "body_sealed", {"id": done.conflict}, lambda: conflicts.history(wulan, report_id)[0].reason),
        ("tasks", "body_sealed", {"id": done.task}, lambda: tasks.open_for(member(login), done.task).text),
        (
            "disclosures",
            "body_sealed",
            {"id": done.registers[0]},
            lambda: all(one.to is not None for one in disclosures.list_for(member("wulan"))) or None,
        ),
        (
            "breaches",
            "body_sealed",
            {"id": done.registers[1]},
            lambda: breaches.get_for(member("wulan"), done.registers[1]).said or None,
        ),
        ("apart_groups", "label_sealed", {"id": done.apart}, lambda: apart.get_for(member(login), done.apart).label),
        ("opinions", "text_sealed", {"id": done.opinion}, lambda: opinions.for_title(member(login), 90).written),
        (
            "invitations",
            "contact_sealed",
            {"id": done.invited},
            lambda: invitations.contact_for(member("dian"), done.invited),
        ),
        ("enrolments", "token_sealed", {"id": waiting}, lambda: link_mails.letter(waiting)),
        ("photos", "body_sealed", {"teaching_id": done.taught}, lambda: photos.open_for(member("dian"), done.taught)),
    ]


def _by_the_sheets(done: Journey) -> list[Value]:
    pair, office_id = done.recovery, done.officer.organisation_id
    newest = db.session.scalar(sa.select(sa.func.max(RecoveryKey.generation)))
    wrapped = {"organisation_id": office_id, "generation": 1, "recovery_generation": newest}
    return [
        ("recovery_keys", "server_key_sealed", {"generation": newest}, lambda: recovery.server_key(pair)),
        ("recovery_wraps", "secret_sealed", wrapped, lambda: recovery.held(pair, office_id) or None),
    ]


def places(config: Config, done: Journey) -> list[Place]:
    """Every sealed value that a journey left."""
    her, officer, (written, answered) = done.reporter, done.officer, done.messages
    person_id, draft_path = officer.person_id, f"/petugas/laporan/{done.reporter.report_id}"
    login = db.session.get_one(Person, person_id).login
    words = next(account.passphrase for account in demo.accounts(config.instance) if account.login == login)
    cookie, mark = keys.read_session_cookie(done.cookie), tickets.handle_hash(done.handle)
    stretched = tickets.stretch_typed(done.code)
    assert cookie
    assert mark

    def box() -> boxes.OpenBox:
        return boxes.open_for(member(login), her.box_id)

    def her_box() -> boxes.OpenBox:
        return boxes.open_for(her, her.box_id)

    def person() -> Person:
        return db.session.get_one(Person, person_id)

    def totp() -> bytes:
        key = keys.here().server.sub("totp")
        return sealing.unseal(key, person().totp_sealed, sealing.associated("totp", person_id))

    def what_was_added() -> object:
        at_work = member(login)
        return additions.to(at_work, reports.open_for(at_work, her.report_id))

    def what_was_sent() -> object:
        at_work = member(login)
        return viewings.to(at_work, reports.open_for(at_work, her.report_id))

    def on_the_shelf() -> object:
        return dict(cards._shelf(member(login))).get(her.report_id)

    def who_called() -> object:
        return calls.recent(member(login)).repeats or None

    def the_number() -> object:
        return day_sheets.sheet(member(login), done.visit)[0].contact

    def by_code() -> object:
        sealed = db.session.get_one(ReporterKey, her.report_id).code_sealed or b""
        return tickets.open_by_code(sealed, stretched.key, her.report_id)

    def by_handle() -> object:
        return tickets.open_handle(done.handle, db.session.get_one(Handle, mark).token_sealed)

    rows: list[Value] = [
        ("reports", "body_sealed", {"id": her.report_id}, lambda: reporters.told(her)),
        ("messages", "body_sealed", {"id": written}, lambda: messages.all_of(box(), her.report_id)),
        ("messages", "body_sealed", {"id": answered}, lambda: follow_up.following(her)),
        ("additions", "body_sealed", {"id": done.addition}, what_was_added),
        ("attachments", "body_sealed", {"id": done.file}, what_was_sent),
        ("cards", "body_sealed", {"report_id": her.report_id}, on_the_shelf),
        ("calls", "body_sealed", {"id": done.call}, who_called),
        *_by_the_office(done, login),
        ("appointments", "contact_sealed", {"visit_id": done.visit}, the_number),
        ("callbacks", "body_sealed", {"id": done.callback}, lambda: callbacks.history(box(), her.report_id)),
        (
            "police_clocks",
            "body_sealed",
            {"report_id": her.report_id},
            lambda: police.show(member(login), her.report_id),
        ),
        ("handovers", "body_sealed", {"id": done.handover}, lambda: handovers.newest(member(login)) or None),
        ("grants", "key_sealed", {"box_id": her.box_id, "epoch": 2, "holder_id": officer.organisation_id}, box),
        ("grants", "key_sealed", {"box_id": her.box_id, "epoch": 2, "holder_id": her.report_id}, her_box),
        ("epochs", "previous_sealed", {"box_id": her.box_id, "number": 2}, her_box),
        ("key_wraps", "secret_sealed", {"person_id": person_id, "organisation_id": officer.organisation_id}, box),
        *_by_the_sheets(done),
        ("people", "secret_sealed", {"id": person_id}, lambda: pair_of(person(), words)),
        ("people", "totp_sealed", {"id": person_id}, totp),
        (
            "readings",
            "secret_sealed",
            {"token_hash": tickets.token_hash(her.token)},
            lambda: reporters.by_token(her.token),
        ),
        ("reporter_keys", "code_sealed", {"report_id": her.report_id}, by_code),
        ("handles", "token_sealed", {"handle_hash": mark}, by_handle),
        ("staff_sessions", "secret_sealed", {"id_hash": cookie[0]}, lambda: sessions.member(done.cookie)),
        (
            "drafts",
            "body_sealed",
            {"person_id": person_id, "path": draft_path},
            lambda: sessions.draft_for(member(login), draft_path),
        ),
    ]
    return [Place(table, column, _is(table, **where), opens) for table, column, where, opens in rows]
