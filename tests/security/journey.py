"""One whole way through the program, with a mark in every field that somebody can type into.

journey(config) delivers, makes the code, uses handle, code and cookie, writes, adds, alarms, logs in, reads, holds,
answers, keeps a draft, turns the key of the box and shares it. Everything sealed that a database can hold is then
there.
"""

from base64 import b64encode
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from pepa import clock, delivery
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import (
    additions,
    apart,
    appointments,
    arrivals,
    boxes,
    breaches,
    callbacks,
    calls,
    cards,
    chats,
    conflicts,
    disclosures,
    duty,
    emergencies,
    enrolments,
    excesses,
    follow_up,
    handovers,
    intake,
    invitations,
    keys,
    letters,
    locks,
    notes,
    opinions,
    photos,
    police,
    recovery,
    reporters,
    reports,
    restrictions,
    routing,
    sessions,
    tasks,
    titles,
    triage,
    uploads,
    viewings,
)
from pepa.models.outbox import OutboxRow
from pepa.models.outreach import Photo
from pepa.models.reports import reference_of
from pepa.policy import Member, Reporter
from pepa.seeds import demo
from tests import shelf
from tests.outreach.evenings import held
from tests.people import holder, member
from tests.visits.calendar import planned

WHAT, PLACE, PHONE = "Tandabunyi-satu di kalimat", "Tandabunyi-dua di tempat", "Tandabunyi-tiga 0812"
WROTE, AGAIN, ANSWER, DRAFT = "Tandabunyi-empat", "Tandabunyi-lima", "Tandabunyi-enam", "Tandabunyi-tujuh"
ADDED, NAMED, REASON = "Tandabunyi-delapan", "Tandabunyi-sembilan.jpg", "Tandabunyi-sepuluh"
CALLER = "0812 0000 5555"
KEPT_NUMBER = "Tandabunyi-limasatu 0812"
INVITED, CALLED_BY = "Tandabunyi-empatdua di balai", "0812 0000 7777"
WISHED, CALLED, HANDED = "Tandabunyi-tigaempat", "Tandabunyi-tigalima", "Tandabunyi-tigaenam"
IN_FILE = "Tandabunyi-sebelas di foto"
CHAT, CHAT_NAME, CHAT_FILE = "Tandabunyi-duabelas di chat", "Tandabunyi-tigabelas", "Tandabunyi-empatbelas.opus"
LETTER = {"sender": "Tandabunyi-limabelas", "number": "Tandabunyi-enambelas", "what": "Tandabunyi-tujuhbelas diminta"}
SCAN, DONE = "Tandabunyi-delapanbelas.pdf", "Tandabunyi-sembilanbelas dilakukan"
APART = "Tandabunyi-dipisahkan"
TASK = "Tandabunyi-duatiga dikerjakan"
GIVEN, LEAKED, LETTER_OUT = "Tandabunyi-limadua diberi", "Tandabunyi-limatiga bocor", "Tandabunyi-limaempat"
OPINED = "Tandabunyi-tigatujuh di pendapat"
BESIDE = "Tandabunyi-limadua bersaudara"
JUDGED, NOTED, WHY = "Tandabunyi-duapuluh dinilai", "Tandabunyi-duasatu dicatat", "Tandabunyi-duadua alasannya"
RESTRICTED = "Tandabunyi-limaenam dibatasi"
HURRIED = "Tandabunyi-limalima darurat"
TYPED = (
    WHAT,
    PLACE,
    PHONE,
    WROTE,
    AGAIN,
    ANSWER,
    DRAFT,
    ADDED,
    NAMED,
    REASON,
    IN_FILE,
    CALLER,
    KEPT_NUMBER,
    INVITED,
    CALLED_BY,
    CHAT,
    CHAT_NAME,
    CHAT_FILE,
    BESIDE,
    JUDGED,
    NOTED,
    WHY,
    HURRIED,
    RESTRICTED,
    OPINED,
    GIVEN,
    LEAKED,
    LETTER_OUT,
    WISHED,
    CALLED,
    HANDED,
    TASK,
    APART,
    *LETTER.values(),
    SCAN,
    DONE,
)
PHOTO = b"\xff\xd8\xff" + IN_FILE.encode() * 5000


@dataclass(frozen=True)
class Journey:
    """What those who took part hold afterwards. secrets: what may stand nowhere, beside what was typed."""

    reporter: Reporter
    code: str
    ticket: str
    handle: str
    cookie: str
    officer: Member
    messages: tuple[UUID, UUID]
    addition: UUID
    file: UUID
    call: UUID
    judged: UUID
    noted: UUID
    conflict: UUID
    excess: UUID
    emergency: UUID
    restriction: UUID
    callback: UUID
    handover: UUID
    task: UUID
    apart: UUID
    opinion: UUID
    visit: UUID
    invited: UUID
    taught: UUID
    registers: tuple[UUID, UUID]
    recovery: keys.Pair
    secrets: tuple[bytes, ...]


def journey(config: Config, login: str = "ratna", sheets: keys.Pair | None = None) -> Journey:
    """sheets: those of an earlier one, which go on counting"""
    if sheets is None:
        sheets = recovery.make(config)
        recovery.confirm(sheets)
    ticket = intake.mint_ticket()
    told = {"what": WHAT, "place": PLACE, "phone": PHONE, "urgency": "now", "speaker": "self", "about": "nobody"}
    delivered = intake.deliver(ticket, **told)  # type: ignore[arg-type]
    intake.deliver(ticket, **told | {"what": AGAIN})  # type: ignore[arg-type]
    reporter = arrivals.sender(delivered.token)
    assert reporter
    code, used, handle = reporters.code(reporter), reporters.handle(reporter.token), reporters.handle(reporter.token)
    assert code
    assert reporters.by_handle(used)
    typed = reporters.by_token(reporters.open_code(code))
    assert typed
    written = reporters.write(typed, text=WROTE, once="journey")
    added = additions.add(typed, answers=additions.Who(hurting=ADDED, weapon="yes"), once="journey")
    assert added
    with uploads.receiving(typed) as upload:
        part = upload.begin(NAMED)
        part.write(PHOTO)
        part.end()
        (file_id,) = uploads.add(typed, upload, once="journey")
    duty.ring()
    delivery.send_due(config)
    officer, cookie, passphrase = _at_work(config, login)
    opened = reports.open_for(officer, reporter.report_id, shows_messages=True)
    reports.hold(officer, reporter.report_id)
    (file,) = viewings.to(officer, opened)
    viewings.take(officer, reporter.report_id, file_id, reason=REASON, passphrase=passphrase)
    answered = reports.answer(officer, reporter.report_id, text=ANSWER, once=opened.once)
    judged = triage.judge(officer, reporter.report_id, urgency="now", note=JUDGED, number=0, once="journey")
    noted = notes.add(officer, reporter.report_id, note=NOTED, once="journey")
    named = {"named_id": member("dian").person_id, "reason": BESIDE}
    conflict = conflicts.name(member("wulan"), reporter.report_id, once="journey", **named)  # type: ignore[arg-type]
    with transaction() as session:
        session.add(excesses._begun(officer))
    excess = excesses.explain(officer, reason=WHY)
    assert excess
    hurried = {"code": reference_of(reporter.report_id), "reason": HURRIED}
    emergency = emergencies.begin(member("sekar"), once="journey", **hurried)
    asked = {"asked_at": clock.now(), "how": RESTRICTED}
    restriction = restrictions.ask(officer, reporter.report_id, once="journey", **asked)  # type: ignore[arg-type]
    callback = _promises(officer, reporter)
    due_on, partner_id = clock.today(), holder("legal_aid").id
    task = tasks.create(officer, deed="contact", due_on=due_on, holder_id=partner_id, text=TASK, once="journey")
    group = apart.make(officer, label=APART, once="journey")
    handover = handovers.write(officer, person_id=member("wulan").person_id, note=HANDED, once="journey")
    if 90 not in titles.shelf().titles:
        shelf.title(90)
    opinion = opinions.give(90, clarity="wrong", note=OPINED, ticket=opinions.mint_ticket())
    invited, taught = _is_invited(officer)
    sessions.keep_draft(cookie, f"/petugas/laporan/{reporter.report_id}", {"text": DRAFT})
    box, partner = boxes.open_for(officer, reporter.box_id), holder("legal_aid")
    with transaction() as session:
        newer = boxes.rotate(session, box, boxes.holders_of(session, box))
        boxes.share(session, newer, partner)
    follow_up.following(typed)
    cards.complete(officer)
    _take_chat_in(officer)
    _take_letter_in(officer)
    visit = _asks_for_a_place()
    logged = [calls.log(officer, kind="silent", number=CALLER, once=once) for once in ("journey", "again")]
    link, registers = _invites(login), _keeps_registers()
    db.session.remove()
    pair = officer.keyring.pair(officer.organisation_id, 1)
    assert pair
    secrets = (
        reporter.token.reveal(),
        typed.token.reveal(),
        reporter.pair.secret.reveal(),
        officer.keyring.person.secret.reveal(),
        pair.secret.reveal(),
        sheets.secret.reveal(),
        *(secret.reveal() for secret in newer.secrets.values()),
        bytes.fromhex(cookie)[32:],
        passphrase.encode(),
        config.server_key_file.read_bytes(),
        file.key.reveal(),
        link.encode(),
    )
    messages = (written, answered)
    return Journey(
        reporter,
        code,
        ticket,
        handle,
        cookie,
        officer,
        messages,
        added,
        file_id,
        logged[0],
        judged,
        noted,
        conflict,
        excess,
        emergency,
        restriction,
        callback,
        handover,
        task,
        group,
        opinion,
        visit,
        invited,
        taught,
        registers,
        sheets,
        secrets,
    )


def _asks_for_a_place() -> UUID:
    """Somebody leaves a number for konsultasi keliling. Returns the visit."""
    starts_at = (clock.now() + timedelta(days=1)).replace(hour=3, minute=0)
    visit_id = planned(starts_at=starts_at, ends_at=starts_at + timedelta(hours=3), once=f"{uuid4()}")
    appointments.ask(visit_id, slot=0, ticket=appointments.ticket(), contact=KEPT_NUMBER)
    return visit_id


def _keeps_registers() -> tuple[UUID, UUID]:
    """What was given to somebody outside, and what leaked. Returns both entries."""
    me, once = member("wulan"), f"{uuid4()}"
    given = {"on": clock.today(), "to": GIVEN, "items": GIVEN, "purpose": GIVEN, "basis": "consent"}
    leaked = breaches.note(me, found_at=clock.now(), what=LEAKED, once=once)
    breaches.write(me, leaked, to_people=LETTER_OUT, to_agency=LETTER_OUT, version=1)
    return disclosures.add(me, once=once, **given), leaked


def _invites(login: str) -> str:
    """A link for somebody new waits for its mail. Returns its secret."""
    me, address = member("wulan"), f"{login}@contoh.example"
    given = {"name": "Citra", "email": address, "roles": ["case_manager"], "once": address}
    made = enrolments.invite(me, organisation_id=me.organisation_id, **given)
    assert made.token
    with transaction() as session:
        later = clock.now() + timedelta(minutes=30)
        session.execute(sa.update(OutboxRow).where(OutboxRow.enrolment_id == made.id).values(due_at=later))
    return made.token


def _is_invited(officer: Member) -> tuple[UUID, UUID]:
    """An RT leaves where exactly, and a number; a session has its picture."""
    ward, ticket = shelf.kelurahan(), intake.mint_ticket(again=True)
    code = invitations.ask(ticket=ticket, host="rt", kelurahan_code=ward, wish="any", place=INVITED, phone=CALLED_BY)
    invited = invitations.by_code(code).id
    taught = held(officer, title_id=90)
    office = routing.office_for(None)
    sealed = boxes.seal_slip(office, photos.DOMAIN, taught, {"jpeg": b64encode(PHOTO).decode()})
    kept = {"organisation_id": office.id, "generation": office.generation, "body_sealed": sealed}
    with transaction() as session:
        session.add(Photo(teaching_id=taught, on=clock.today(), **kept))
    return invited, taught


def _promises(officer: Member, reporter: Reporter) -> UUID:
    """A call that was promised, begun and noted; the police clock, begun and ended."""
    now, report_id = clock.now(), reporter.report_id
    times = {"from_at": now, "until_at": now + timedelta(hours=1)}
    made = callbacks.promise(
        officer, report_id, person_id=officer.person_id, note=WISHED, reason=WISHED, once="journey", **times
    )
    callbacks.begin(officer, report_id, made, reason=CALLED)
    callbacks.finish(officer, report_id, made, outcome="reached", found=CALLED, once="f")
    police.begin(officer, report_id, told_by="survivor")
    police.end(officer, report_id, ending="by_other", details=CALLED)
    return made


def _take_chat_in(officer: Member) -> None:
    """One is a report, and one still waits for its officer."""
    for once in ("journey", "again"):
        brought = chats.Brought()
        part = brought.begin(CHAT_FILE)
        part.write(b"OggS" + IN_FILE.encode() * 500)
        part.end()
        bundle = chats.read(officer, brought, text=f"25/11/26 14.30 - {CHAT_NAME}: {CHAT}", once=once)
        if once == "journey":
            chats.store(officer, bundle, sender=CHAT_NAME)
            chats.stored(officer)


def _take_letter_in(officer: Member) -> None:
    scans = letters.Brought()
    part = scans.begin(SCAN)
    part.write(b"%PDF-" + IN_FILE.encode() * 500)
    part.end()
    letters.bring(officer, scans, once="journey")
    ticket = intake.mint_ticket()
    made = letters.take_in(officer, ticket, once="journey", body="hospital", sent_on=clock.today(), **LETTER)
    letters.reply(officer, made.report_id, text=DONE, replied_on=None, once="journey")


def _at_work(config: Config, login: str) -> tuple[Member, str, str]:
    """Logged in as one logs in; the keys come from the session's row and cookie."""
    account = next(account for account in demo.accounts(config.instance) if account.login == login)
    with clock.frozen(clock.now()):
        code = locks.totp_now(account.totp_secret)
        cookie = sessions.log_in(login=login, passphrase=account.passphrase, code=code)
    officer = sessions.member(cookie)
    assert officer
    assert officer.person_id == member(login).person_id
    return officer, cookie, account.passphrase
