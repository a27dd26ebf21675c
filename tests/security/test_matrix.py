"""Every door × every member of the cast × every method, generated from the URL map (C01)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import Client as Caller

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import (
    boxes,
    breaches,
    cadres,
    callbacks,
    cases,
    conflicts,
    devices,
    duty,
    enrolments,
    excesses,
    handovers,
    links,
    notes,
    photos,
    plans,
    reports,
    swaps,
    tasks,
    triage,
)
from pepa.models.areas import Area
from pepa.models.audit import AuditEntry
from pepa.models.duty import Shift
from pepa.models.invitations import Invitation
from pepa.models.messages import Message
from pepa.models.organisations import Membership, Organisation
from pepa.models.outreach import Photo
from pepa.models.people import Draft, StaffSession
from pepa.models.reports import Report
from pepa.policy import OFFICE_ONLY, ROLE_MAY, ROOT_ONLY, Member, Permission, Reporter
from pepa.seeds import reading
from tests import cast, people, shelf, writing
from tests.emergencies import rows
from tests.members import seen
from tests.outreach.evenings import held
from tests.rooms import house
from tests.uploads.test_add import PHOTO, send
from tests.visits.calendar import expected_at

METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND")
THOROUGH = ("ratna", "asep")  # an insider and an outsider try every method; of the others each its GETs and POSTs
OWNERS = {"intake": "wulan", "independent": "intan"}
PLACES = (
    "laporan/",
    "/hapus",
    "/kode",
    "kasus/",
    "/pembukaan",
    "/darurat/",
    "/tukar",
    "/serah-terima/",
    "/kader/",
    "/sesi/",
    "/undangan/",
)
OWN = ("/kegiatan/rencana/", "/kegiatan/tercatat/")  # what was planned and logged is somebody's own
SECOND = {"wulan": "ratna", "intan": "rahmat"}  # a colleague of each


class Door(NamedTuple):
    """One endpoint with one method. `answers`: every method that its address knows."""

    endpoint: str
    path: str
    method: str
    access: str
    answers: frozenset[str]
    rule: str = ""


def doors(app: Flask, things: dict[str, Any]) -> list[Door]:
    """Every door of the staff wing, with an address that names one of these things."""
    found: list[tuple[str, str, set[str], str, str]] = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if rule.endpoint.startswith("staff."):
                path = rule.build({name: things[name] for name in rule.arguments})
                assert path is not None
                access = str(getattr(app.view_functions[rule.endpoint], "access", None))
                found.append((rule.endpoint, path[1], set(rule.methods or ()), access, rule.rule))
    answers = {path: frozenset(m for _, p, methods, *_ in found if p == path for m in methods) for _, path, *_ in found}
    return [
        Door(endpoint, path, method, access, answers[path], rule)
        for endpoint, path, methods, access, rule in found
        for method in METHODS
        if method in methods or method not in answers[path]
    ]


def may(login: str, access: str) -> bool:
    """What the table of policy says of somebody, read a second time from the seeds."""
    organisation, member = next((o, m) for o in reading.cast() for m in o.members if m.login == login)
    if access == "member":
        return True
    permission = Permission(access)
    if permission in OFFICE_ONLY and organisation.kind != "intake":
        return False
    inside = organisation.kind in OWNERS or permission not in ROOT_ONLY
    return inside and any(permission in may for role, may in ROLE_MAY.items() if role.value in member.roles)


def names_a_thing(door: Door) -> bool:
    here = "/ruang/" not in door.path and any(part in door.path for part in (*PLACES, *OWN))
    parts = ("/tugas/<code>", "<uuid:breach_id>", "<uuid:group_id>", "/undang/<", "/undang/lupa/<", *seen.PEOPLE)
    named = any(part in door.rule for part in parts)
    return here or named or is_of_a_visit(door) or names_a_booking(door)


def names_a_booking(door: Door) -> bool:
    """Whoever decides about rooms opens everybody's."""
    return "<uuid:booking_id>" in door.rule


def is_own(login: str, kind: str, door: Door) -> bool:
    """Of what was planned and logged: whose it is, and for the log whoever confirms in that office."""
    if login == OWNERS.get(kind):
        return True
    office = next(o.kind for o in reading.cast() for m in o.members if m.login == login)
    return "/kegiatan/tercatat/" in door.path and office == kind and may(login, Permission.CONFIRM_OUTREACH)


def taught(login: str) -> dict[str, UUID]:
    """A card, a plan and a session of somebody's own."""
    me = cast.member(login)
    title_id = plans.taught()[0].id
    cadre_id = cadres.make(me, name="Siti Contoh", kelurahan_code=shelf.kelurahan(), once="m")
    plan_id = plans.plan(me, title_id=title_id, kelurahan_code=shelf.kelurahan(), on=clock.today(), once="m")
    return {"cadre_id": cadre_id, "plan_id": plan_id, **answered(me, plan_id, held(me, title_id=title_id))}


def answered(me: Member, plan_id: UUID, teaching_id: UUID) -> dict[str, UUID]:
    """An invitation to this office that has a date, and the picture of a session."""
    office = db.session.get_one(Organisation, me.organisation_id)
    sealed = boxes.seal_slip(office, photos.DOMAIN, teaching_id, {"jpeg": ""})
    to = {"organisation_id": office.id, "generation": office.generation}
    invitation_id, day, ward = uuid4(), clock.today(), shelf.kelurahan()
    with transaction() as session:
        session.add(Photo(teaching_id=teaching_id, on=day, body_sealed=sealed, **to))
        session.add(
            Invitation(
                id=invitation_id,
                code_hash=invitation_id.bytes,
                host="rt",
                kelurahan_code=ward,
                wish="any",
                asked_on=day,
                state="dated",
                plan_id=plan_id,
                **to,
            )
        )
    return {"teaching_id": teaching_id, "invitation_id": invitation_id}


def is_of_a_visit(door: Door) -> bool:
    """A visit's day is for whoever plans there, or goes along; nobody does here."""
    return door.path.startswith("/petugas/jadwal/") and not door.path.endswith("/baru")


def promised(login: str, report_id: UUID) -> dict[str, UUID]:
    """A call that a supervisor promised, a swap that was asked for, and what was handed over, by their names."""
    me, now = cast.member(login), clock.now()
    shift = duty.roster_for(me)[0]
    free = [one.id for one in duty.colleagues(me) if one.id != shift.person_id]
    others = [one.id for one in duty.colleagues(me) if one.id != me.person_id]
    times = {"from_at": now, "until_at": now + timedelta(hours=1)}
    return {
        "callback_id": callbacks.promise(
            me, report_id, person_id=me.person_id, reason="Ia yang minta", once="m", **times
        ),
        "swap_id": swaps.ask(me, shift.id, person_id=free[0], once="m"),
        "handover_id": handovers.write(me, person_id=others[0], note="Tidak ada", once="m"),
    }


def invited(login: str) -> dict[str, Any]:
    """A link to somebody's organisation, somebody who may be given a way back, and a secret that is none."""
    me = cast.member(login)
    made = enrolments.invite(
        me, organisation_id=me.organisation_id, roles=["case_manager"], name="Citra", email="", once="m"
    )
    second = cast.member(SECOND[login]).person_id
    works = db.session.scalars(sa.select(Membership.id).where(Membership.person_id == second)).one()
    return {"enrolment_id": made.id, "person_id": second, "membership_id": works, "token": "none"}


def on_the_shelf() -> dict[str, Any]:
    """A draft of the library, a title, a picture of it, a number: whoever works here sees them."""
    return {"edition_id": writing.draft("ratna"), "title_id": 6, "picture": "06-1.svg", "number": "kantor",
            "setting": "dpo", "language": "en"}  # fmt: skip


def caller(app: Flask, login: str) -> Caller:
    """A browser without eyes: what a page looks like is looked at elsewhere."""
    client = Caller(app)
    with app.app_context():
        client.set_cookie("__Host-p", cast.cookie_of(login), domain="localhost", secure=True)
    return client


def state() -> list[object]:
    """What no refused request may change. An audit row about a refusal may come to it."""
    db.session.rollback()
    held = sa.select(Report.id, Report.held_by_id, Report.stage).order_by(Report.id)
    return [
        db.session.execute(held).all(),
        *(
            db.session.scalars(sa.select(sa.func.count()).select_from(table)).one()
            for table in (Message, Shift, Draft, StaffSession)
        ),
        db.session.scalars(
            sa.select(sa.func.count()).where(AuditEntry.act.in_(["report.opened", "report.held", "report.answered"]))
        ).one(),
    ]


@pytest.fixture
def things(app: Flask) -> dict[str, dict[str, Any]]:
    """A report and a shift of each of the two root holders, and ids of nothing."""
    with app.app_context():
        found = {}
        for kind, login in (("intake", "wulan"), ("independent", "intan")):
            report = cast.tell(phone="0812-0000-1111", about="office" if kind == "independent" else None)
            db.session.execute(sa.update(Report).where(Report.id == report.report_id).values(channel="letter"))
            db.session.commit()  # of all kinds of reports the one that every door knows
            shift = duty.roster_for(cast.member(login))[0]
            device_id = devices.register(cast.member(login), label="HP", once="1")
            (file_id,), _ = send(report, PHOTO)
            found[kind] = {
                "report_id": report.report_id,
                "shift_id": shift.id,
                "device_id": device_id,
                "file_id": file_id,
                "area_id": area(),
                "partner_id": people.office("legal_aid"),
                **worked_on(report, login),
                **promised(login, report.report_id),
                **taught(login),
                **on_the_shelf(),
                **invited(login),
                **seen.works_at(kind),
                **expected_at(cast.member(login)),
            }
        for kind, named in house.booked_by(intake="wulan", independent="intan").items():
            found[kind] |= named
        nothing = UUID("00000000-0000-4000-8000-000000000000")
        found["nothing"] = {**dict.fromkeys(found["intake"], nothing), "title_id": 99_999}
    return found


def area() -> UUID:
    """An RT: places are the city's, not one office's."""
    with transaction() as session:
        row = Area(kelurahan_code=shelf.kelurahan(), level="rt", name="003", valid_from=clock.today())
        session.add(row)
        session.flush()
        return row.id


def worked_on(report: Reporter, login: str) -> dict[str, Any]:
    """A note about a report, its case, a report that is linked with it, an hour of many openings, a task; the case is
    another's, so that this one may still be judged."""
    me = cast.member(login)
    other = cast.tell(about="office" if login == "intan" else None)
    note_id = notes.add(me, report.report_id, note="Catatan", once="n")
    links.link(me, report.report_id, other_id=other.report_id)
    reports.open_for(me, other.report_id)
    triage.judge(me, other.report_id, urgency="today", number=0, once="j")
    case_id = cases.open_from(me, other.report_id, number=1, once="c")
    conflict_id = conflicts.declare(replace(me, person_id=cast.member("sekar").person_id), report.report_id, once="d")
    excess = excesses._begun(replace(me, person_id=cast.member(SECOND[login]).person_id))
    excess_id = excess.id
    with transaction() as session:
        session.add(excess)
    task_id = tasks.create(me, deed="contact", due_on=clock.today(), holder_id=me.organisation_id, once="t")
    return {
        "note_id": note_id,
        "case_id": case_id,
        "other_id": other.report_id,
        "excess_id": excess_id,
        "code": tasks.get_for(me, task_id).code,
        "conflict_id": conflict_id,
        "named_id": cast.member("dian").person_id,
        "breach_id": breaches.note(me, found_at=clock.now(), what="Bocor", once="b"),
        "emergency_id": rows.opened(me, other.report_id),
        "which": "to_people",
    }


def expected(login: str, kind: str, door: Door) -> set[int]:
    """The answers that are right for a request without a form's fields."""
    if door.method not in door.answers:
        return {405, 501}
    if door.access == "public":  # the address of a calendar, or a link: none that is right is here
        return {404} if "<token>" in door.rule else {302, 303, 200, 422}
    if not may(login, door.access):
        return {404}
    if door.method == "POST":
        return {422}  # no end mark, so nothing of it is taken, whosever thing it names
    if any(part in door.rule for part in seen.PEOPLE):
        return {200} if seen.sees(login, kind, door.rule) else {404}
    if any(part in door.path for part in OWN):
        return {200} if is_own(login, kind, door) else {404}
    organisation = next(o for o in reading.cast() if any(m.login == login for m in o.members))
    if is_of_a_visit(door) and not may(login, Permission.PLAN_VISITS):
        return {404}
    if door.endpoint == "staff.organisations.list_all" and not may(login, Permission.KEEP_ORGANISATIONS):
        return {303}  # to the own one
    if "/undang/" in door.rule and login == "joko":  # an administrator invites everywhere but to the independent holder
        return {200} if kind == "intake" else {404}
    if names_a_booking(door) and may(login, Permission.DECIDE_BOOKING):
        return {404} if kind == "nothing" else {200}
    return {404} if names_a_thing(door) and kind != organisation.kind else {200}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(8))  # each in a process of its own: together they are most of the suite
def test_only_the_allowed_pairs(app: Flask, things: dict[str, dict[str, Any]], part: int) -> None:
    wrong = []
    for login in cast.CAST[part::8]:
        client = caller(app, login)
        for kind, named in things.items():
            for door in doors(app, named):
                if kind != "intake" and not names_a_thing(door):
                    continue  # it was asked already
                if door.method not in METHODS[:2] and (login not in THOROUGH or kind != "intake"):
                    continue
                answer = client.open(door.path, method=door.method, base_url="https://localhost")
                if answer.status_code not in expected(login, kind, door):
                    wrong.append(f"{login} {door.method} {door.endpoint} ({kind}): {answer.status_code}")
                if door.method == "HEAD":
                    assert not answer.get_data()
    assert not wrong, "\n".join(wrong)


@pytest.mark.timeout(600)
def test_no_post_without_its_token_changes_anything(app: Flask, things: dict[str, dict[str, Any]]) -> None:
    """Whole forms, by whoever may send them and by whoever may not, but never with the session's token."""
    fields = {"text": "Halo", "once": "x", "end": "1", "person_id": "x", "back": "/petugas/", "typed_at": "/petugas/",
              "typed.text": "Halo"}  # fmt: skip
    clients = {login: caller(app, login) for login in cast.CAST}
    with app.app_context():
        before = state()
    for login, client in clients.items():
        for door in doors(app, things["intake"]):
            if door.method == "POST" and door.access != "public" and "POST" in door.answers:
                answer = client.post(door.path, data=fields, base_url="https://localhost")
                assert answer.status_code == (403 if may(login, door.access) else 404), f"{login} {door.endpoint}"
    with app.app_context():
        assert state() == before


def test_nobody_comes_in_without_logging_in(app: Flask, things: dict[str, dict[str, Any]]) -> None:
    client = Caller(app)
    with app.app_context():
        before = state()
    for kind, named in things.items():
        for door in doors(app, named):
            answer = client.open(door.path, method=door.method, base_url="https://localhost", data={"end": "1"})
            where = f"{door.method} {door.endpoint} ({kind}): {answer.status_code}"
            if door.method not in door.answers:
                assert answer.status_code in (405, 501), where
            elif door.access != "public":
                assert answer.status_code == 303, where
                assert answer.headers["Location"].startswith("/petugas/masuk"), where
                assert not answer.get_data(), where
    with app.app_context():
        assert state() == before


def test_the_refusal_says_nothing_of_why(app: Flask, things: dict[str, dict[str, Any]]) -> None:
    """A door that is not for one, a thing that is not one's, a thing that never was: one page."""
    client = caller(app, "ratna")
    nothing, other = things["nothing"], things["independent"]
    paths = [f"/petugas/laporan/{nothing['report_id']}", f"/petugas/laporan/{other['report_id']}",
             f"/petugas/piket/{other['shift_id']}/hapus", "/petugas/tidak-ada"]  # fmt: skip
    answers = [client.get(path, base_url="https://localhost") for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    assert {b"<h1>Halaman ini tidak ada.</h1>" in answer.get_data() for answer in answers} == {True}


def test_a_method_that_a_page_does_not_know_is_named(app: Flask) -> None:
    answer = caller(app, "ratna").put("/petugas/piket", base_url="https://localhost")
    assert answer.status_code == 405
    assert {method.strip() for method in answer.headers["Allow"].split(",")} == {"GET", "HEAD", "POST"}
