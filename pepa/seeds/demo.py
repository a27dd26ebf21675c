"""A demo: a fictional cast with real keys, a running roster, made-up reports. Passphrases are drawn anew each time."""

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import editions, excesses, intake, keys, locks, outbox, reports, reviews
from pepa.domain.manuscripts import Manuscript
from pepa.models.duty import Shift
from pepa.models.installation import Setting
from pepa.models.organisations import KeyWrap, Membership, Organisation, Role
from pepa.models.people import Person
from pepa.models.titles import Edition, Field, State
from pepa.policy import Member
from pepa.seeds import evenings, house, partners, reading, registers, together, visits

ROSTER_DAYS = 35
SHIFTS = (time(0), time(8), time(16))
FICTIONAL = {
    "office_number": "0254-000-000",
    "counter_address": "Loket Contoh, Jalan Contoh 1",
    "counter_hours": "Senin sampai Jumat, 08.00-16.00",
    "independent_holder": "Inspektorat Contoh",
    "law_sentence": "A",
    "keep_for": "5 tahun",
    "dpo": "Petugas Data Contoh, 0254-000-001",
}


@dataclass(frozen=True)
class Account:
    """What somebody needs to log in as one of the cast."""

    name: str
    role: str
    organisation: str
    login: str
    passphrase: str
    totp_secret: str


def accounts_file(instance: Path) -> Path:
    """Where the demo accounts are written, readable by the owner alone."""
    return instance / "demo.json"


def accounts(instance: Path) -> list[Account]:
    """The demo accounts of an instance; none where it has no demo."""
    file = accounts_file(instance)
    return [Account(**row) for row in json.loads(file.read_text())] if file.exists() else []


def plant(instance: Path, *, evenings_too: bool = False) -> list[Account]:
    """Make the cast, once; later calls only lengthen its roster. Returns its accounts.

    evenings_too: places, what was taught there, tasks, free places and registers, which tests make by themselves
    """
    if db.session.scalar(sa.select(sa.exists().where(Person.is_demo))):
        _lengthen_roster()
        return accounts(instance)
    made, members = _cast()
    _write(instance, made)
    _fill_settings()
    _lengthen_roster()
    told = _reports(members)
    _library(members)
    visits.plant(members, FICTIONAL["counter_address"])
    house.plant(members)
    if evenings_too:
        evenings.plant(members)
        together.plant(members)
        partners.plant(members)
        registers.plant(members, told)
    return made


def _write(instance: Path, made: list[Account]) -> None:
    handle = os.open(accounts_file(instance), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump([asdict(account) for account in made], file, indent=1)


@dataclass(frozen=True)
class _Made:
    """A person of the cast whose row is not stored yet, with the keys that only this run of the program sees."""

    person: Person
    seed: reading.CastMember
    pair: keys.Pair
    passphrase: str
    totp_secret: str


def _cast() -> tuple[list[Account], dict[str, Member]]:
    accounts: list[Account] = []
    members: dict[str, Member] = {}
    for organisation in reading.cast():
        row = Organisation(id=uuid4(), name=organisation.name, kind=organisation.kind, is_demo=True, generation=0)
        made = [_made(member) for member in organisation.members]
        wraps = keys.new_organisation_key(row, [m.person for m in made if m.seed.holds_key])
        for one in made:
            own = [wrap for wrap in wraps if wrap.person_id == one.person.id]
            members[one.seed.login] = _member(one, row, own)
            accounts.append(_account(one, organisation.name))
        with transaction() as session:
            session.add_all([row, *(one.person for one in made)])
            session.flush()
            session.add_all([*wraps, *(_membership(one, row) for one in made)])
    return accounts, members


def _made(member: reading.CastMember) -> _Made:
    person_id, passphrase, totp = uuid4(), locks.offer_passphrase(), locks.new_totp()
    own = locks.new_person_keys(person_id, passphrase, totp)
    person = Person(
        id=person_id,
        login=member.login,
        name=member.name,
        email=member.email,
        is_demo=True,
        public_key=own.public_key,
        key_mac=own.key_mac,
        kdf=own.kdf,
        secret_sealed=own.secret_sealed,
        totp_sealed=own.totp_sealed,
    )
    return _Made(person, member, own.pair, passphrase, totp)


def _membership(one: _Made, organisation: Organisation) -> Membership:
    return Membership(person_id=one.person.id, organisation_id=organisation.id, roles=" ".join(one.seed.roles))


def _account(one: _Made, organisation: str) -> Account:
    roles = ", ".join(Role(code).label for code in one.seed.roles)
    return Account(one.seed.name, roles, organisation, one.seed.login, one.passphrase, one.totp_secret)


def _member(one: _Made, organisation: Organisation, wraps: list[KeyWrap]) -> Member:
    return Member(
        person_id=one.person.id,
        name=one.seed.name,
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        is_root=organisation.is_root,
        roles=frozenset(Role(code) for code in one.seed.roles),
        session_hash=b"",
        keyring=keys.keyring(one.pair, one.person.id, wraps),
        is_office=organisation.is_office,
    )


def _fill_settings() -> None:
    """Fictional values where the office has none yet, so that no sentence of the demo is missing."""
    with transaction() as session:
        for key, value in FICTIONAL.items():
            row = session.get(Setting, key)
            if row is None:
                session.add(row := Setting(key=key, value=""))
            if not row.value:
                row.value, row.checked_on = value, clock.today() if key == "office_number" else None


def _lengthen_roster() -> None:
    """Shifts round the clock for the coming weeks, in turn, for each organisation of the cast that has a roster."""
    for organisation in reading.cast():
        turns = [m.login for m in sorted(organisation.members, key=lambda m: m.duty) if m.duty]
        if turns:
            _roster(organisation.name, turns)


def _roster(name: str, turns: list[str]) -> None:
    with transaction() as session:
        organisation_id = session.scalar(sa.select(Organisation.id).where(Organisation.name == name))
        found = session.scalars(sa.select(Person).where(Person.login.in_(turns)))
        people = {person.login: person.id for person in found}
        last = session.scalar(sa.select(sa.func.max(Shift.ends_at)).where(Shift.organisation_id == organisation_id))
        for starts_at in _starts(last):
            turn = (starts_at.toordinal() * len(SHIFTS) + SHIFTS.index(starts_at.time())) % len(turns)
            session.add(
                Shift(
                    organisation_id=organisation_id,
                    person_id=people[turns[turn]],
                    starts_at=starts_at,
                    ends_at=starts_at + timedelta(hours=24 // len(SHIFTS)),
                )
            )


def _starts(last: datetime | None) -> Iterator[datetime]:
    for day in range(ROSTER_DAYS):
        for hour in SHIFTS:
            starts_at = datetime.combine(clock.today() + timedelta(days=day), hour, clock.JAKARTA)
            if last is None or starts_at >= last:
                yield starts_at


def _reports(members: dict[str, Member]) -> dict[str, UUID]:
    """The made-up reports, each at its hour, by the verbs that real ones take. Returns their ids by their codes."""
    now, made = clock.now(), dict[str, UUID]()
    partners = {o.code: o.name for o in reading.cast()}
    for seed in reading.demo_reports():
        with clock.frozen(now - timedelta(hours=seed.hours_ago)):
            report_id = made[seed.code] = _deliver(seed, partners)
        for answer in seed.answers:
            actor = members[answer.by]
            with clock.frozen(now - timedelta(hours=answer.hours_ago)):
                reports.open_for(actor, report_id, shows_messages=True)
                reports.hold(actor, report_id)
                reports.answer(actor, report_id, text=answer.text, once=seed.code)
    for told in excesses.unseen_by(members["wulan"]):  # the cast opened these while somebody else was on duty
        excesses.look_at(members["wulan"], told.id)
    with transaction() as session:
        outbox.take_back(session, outbox.Notice.OPENINGS)
    return made


# Who of the cast speaks for a field, and who lets a title go out. None of them wrote one.
SPEAKERS = {
    Field.OFFICE: "wulan",
    Field.LAW: "nadia",
    Field.HEALTH: "laras",
    Field.CHILD_PSYCHOLOGY: "melati",
    Field.RELIGION: "farida",
    Field.DISABILITY: "endah",
}
PUBLISHER = "hadi"


def _library(members: dict[str, Member]) -> None:
    """The planted titles, reviewed and published by the verbs that real people take; every page says: a demo."""
    waiting = db.session.execute(sa.select(Edition.id, Edition.version).where(Edition.state == State.IN_REVIEW)).all()
    for edition_id, version in waiting:
        edition = editions.get_for(members[PUBLISHER], edition_id)
        claims = Manuscript.of(edition).claims()
        fields = reviews.needed(edition, claims)
        for field in fields:
            actor = members[SPEAKERS[field]]
            keys = [claim.key for claim in claims if reviews.may_check(frozenset({field}), claim, writes=False)]
            if keys:
                reviews.check_claims(actor, edition_id, keys=keys, version=version)
            reviews.approve(actor, edition_id, field=field, version=version)
        reviews.publish(members[PUBLISHER], edition_id, version=version)


def _deliver(seed: reading.DemoReport, partners: dict[str, str]) -> UUID:
    name = partners.get(seed.about_partner)
    partner = db.session.scalar(sa.select(Organisation.id).where(Organisation.name == name)) if name else None
    return intake.deliver(
        intake.mint_ticket(again=True),
        what=seed.what,
        urgency=seed.urgency or None,
        place=seed.place,
        phone=seed.phone,
        speaker=seed.speaker or None,
        kecamatan=seed.kecamatan or None,
        about=seed.about,
        about_partner=partner,
    ).report_id
