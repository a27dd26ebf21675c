"""What the office decides, typed and safe to use whatever stands in its row; each change is kept with who made it.

Empty ones drop their sentence; some of them block going live. `rules` says what each of them is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import Kept, db, transaction
from pepa.domain import audit
from pepa.domain.faults import Fault
from pepa.domain.rules import RULES, Kind, Rule, is_sound, taken, whole
from pepa.errors import Conflict, NotAllowed, NotFound
from pepa.models.installation import Setting, SettingChange
from pepa.models.organisations import Organisation
from pepa.models.people import Person
from pepa.policy import Member, Permission, can, require
from pepa.words import N_

GROWS_OLD = 90  # days, after which a number is to be tried again
SOON = 14  # days before that


class ChangedMeanwhile(Conflict):
    says = N_("Ini baru saja diubah orang lain menjadi “%(now)s”. Ketikan Anda: “%(typed)s”. Lihat lagi.")


@dataclass(frozen=True)
class Number:
    """A telephone number to show, with the day somebody last checked it."""

    code: str
    number: str
    checked_on: date | None

    @property
    def dial(self) -> str:
        """Digits alone, for a `tel:` link."""
        return "".join(sign for sign in self.number if sign.isdigit() or sign == "+")

    @property
    def is_old(self) -> bool:
        """Nobody tried it within ninety days."""
        return is_old(self.checked_on)


@dataclass(frozen=True)
class Settings:
    """The settings as they stand; one whose row cannot be used reads as a new installation's.

    numbers: telephone numbers by code    demo: demo accounts exist
    """

    numbers: dict[str, Number]
    demo: bool
    neutral_title: str = "Info Warga"
    exit_url: str = "https://www.bmkg.go.id/"
    office_number: str = ""
    office_whatsapp: str = ""
    counter_address: str = ""
    counter_hours: str = ""
    independent_holder: str = ""
    keep_for: str = ""
    dpo: str = ""
    crisis_number: str = ""
    law_sentence: str = ""  # "A" or "A2", once the head has decided
    police_unit: str = ""
    adult_refuses: str = ""
    agency: str = "Kementerian Komunikasi dan Digital"  # until the agency of UU 27/2022 has been formed
    reading_now_minutes: int = 15
    reading_today_minutes: int = 120
    reading_soon_days: int = 1
    reading_plan_days: int = 3
    contact_now_minutes: int = 120
    contact_today_minutes: int = 360
    contact_soon_days: int = 3
    contact_plan_days: int = 5
    alarm_minutes: int = 5
    openings_an_hour: int | None = 30
    openings_a_day: int | None = 40
    emergency_hours: int = 8
    notice_days: int = 30  # after which what was told is forgotten, in the list inside the program
    computer_minutes: int = 15  # idle minutes at a registered computer of the office; 60 at most
    certificate_sessions: int | None = None  # after how many confirmed sessions a cadre is given one; empty: never
    release_minutes: int | None = 20
    booking_days: int | None = 90  # after which a booking is kept as a number alone; empty: never
    entrances: str = "Pintu depan, Pintu samping"
    outputs_more: str = "no"  # "yes": A3 posters, A5 booklets and EPUBs as well

    def number(self, code: str) -> str:
        """A national number by its code, or nothing."""
        return self.numbers[code].number if code in self.numbers else ""


TEXTS = tuple(field.name for field in fields(Settings) if field.name not in ("numbers", "demo"))
NEEDED = (
    *("counter_address", "counter_hours", "independent_holder", "law_sentence", "keep_for", "dpo", "exit_url"),
    *("agency", "police_unit", "adult_refuses"),
)
WANTED = ("crisis_number",)  # without it a sentence is missing
NUMBER = "number."


_ROWS = sa.select(Setting.key, Setting.value, Setting.checked_on)
_IS_DEMO = sa.select(sa.or_(*(sa.exists().where(table.is_demo) for table in (Person, Organisation))))


def _read() -> Settings:
    rows = {row.key: row for row in db.session.connection().execute(_ROWS)}
    numbers = {
        key.removeprefix(NUMBER): Number(key.removeprefix(NUMBER), row.value, row.checked_on)
        for key, row in rows.items()
        if key.startswith(NUMBER) and row.value
    }
    demo = db.session.connection().scalar(_IS_DEMO)
    values: dict[str, Any] = {key: _value(key, rows[key].value) for key in TEXTS if key in rows}
    return Settings(numbers, bool(demo), **values)


FIRST = Settings({}, demo=False)
REPLACED = (Kind.WHOLE, Kind.ADDRESS, Kind.CHOICE)  # by what it begins with, where it cannot be used


def _value(key: str, text: str) -> str | int | None:
    """What a row says, or what a new installation starts with where that is of no use."""
    rule = RULES.get(key)
    if rule is None:
        return text
    if not is_sound(rule, text) and rule.kind in REPLACED:
        return getattr(FIRST, key)  # type: ignore[no-any-return]
    return whole(rule, text) if rule.kind is Kind.WHOLE else text


read = Kept(_read)


def is_old(checked_on: date | None) -> bool:
    """Whether a fact that was looked at on that day is to be looked at again."""
    return checked_on is None or days_since(checked_on) > GROWS_OLD


def is_ageing(checked_on: date | None) -> bool:
    """Whether it will be, within two weeks."""
    return checked_on is not None and GROWS_OLD - SOON <= days_since(checked_on) <= GROWS_OLD


def days_since(day: date) -> int:
    """How many days ago that was."""
    return (clock.today() - day).days


def missing() -> list[Fault]:
    """Settings that must not be empty when the program goes live, and those that had better not be."""
    found = read()
    empty = {"setting.empty": NEEDED, "setting.wanted": WANTED}
    return [_fault(code, key) for code, keys in empty.items() for key in keys if not getattr(found, key)]


def faults() -> list[Fault]:
    """Settings whose row says something that cannot be used."""
    rows = db.session.execute(_ROWS.where(Setting.key.in_(RULES), Setting.value != "").order_by(Setting.key))
    return [_fault("setting.unusable", row.key) for row in rows if not is_sound(RULES[row.key], row.value)]


def _fault(code: str, key: str) -> Fault:
    return Fault(code, key, {"label": RULES[key].label})


@dataclass(frozen=True)
class Change:
    """Who changed it, when, from what to what."""

    by: str
    at: datetime
    before: str
    after: str


@dataclass(frozen=True)
class Held:
    """A setting as its page shows it. value: as stored; changes: the newest first

    checked_on  when somebody tried it last: of telephone numbers
    """

    code: str
    rule: Rule
    value: str
    is_needed: bool
    may_change: bool
    changes: Sequence[Change]
    checked_on: date | None = None

    @property
    def is_used(self) -> bool:
        """Whether what is stored is what holds: else the program goes by what it begins with."""
        return not self.value or self.rule.kind not in REPLACED or is_sound(self.rule, self.value)

    @property
    def first(self) -> str:
        return str(getattr(FIRST, self.code) or "")


def every(actor: Member) -> Sequence[Held]:
    """All of them, in the order of the page."""
    require(actor, Permission.SEE_SETTINGS)
    rows = {row.key: row for row in db.session.execute(_ROWS.where(Setting.key.in_(RULES)))}
    changes = history(actor, list(RULES))
    return [_held(actor, code, rows.get(code), changes.get(code, ())) for code in RULES]


def get_for(actor: Member, code: str) -> Held:
    """One of them. Raises NotFound."""
    require(actor, Permission.SEE_SETTINGS)
    if code not in RULES:
        raise NotFound
    row = db.session.execute(_ROWS.where(Setting.key == code)).first()
    return _held(actor, code, row, history(actor, [code]).get(code, ()))


def _held(actor: Member, code: str, row: Any, changes: Sequence[Change]) -> Held:
    """row: what has its value and checked_on, or None"""
    first, rule = getattr(FIRST, code), RULES[code]
    value = ("" if first is None else str(first)) if row is None else row.value
    may_change = any(can(actor, one) for one in rule.by)
    return Held(code, rule, value, code in NEEDED, may_change, changes, row.checked_on if row else None)


def history(actor: Member, keys: Sequence[str]) -> Mapping[str, Sequence[Change]]:
    """Key → what was changed, the newest first."""
    require(actor, Permission.SEE_SETTINGS)
    return changes_of(keys)


def changes_of(keys: Sequence[str]) -> Mapping[str, Sequence[Change]]:
    """The same, for a verb that has asked whether the actor may see it."""
    query = sa.select(SettingChange, Person.name).join(Person).where(SettingChange.key.in_(keys))
    found: dict[str, list[Change]] = {}
    for row, name in db.session.execute(query.order_by(SettingChange.at.desc(), SettingChange.id)):
        found.setdefault(row.key, []).append(Change(name, row.at, row.before, row.after))
    return found


def change(actor: Member, code: str, *, value: str | None, seen: str) -> str:
    """Decide one anew. seen: what stood on the actor's screen. Returns its code. A telephone number that is stored
    again, though it says the same, was tried today.

    Raises NotFound, NotAllowed, ChangedMeanwhile, and what `rules.taken` raises.
    """
    require(actor, Permission.SEE_SETTINGS)
    if code not in RULES:
        raise NotFound
    rule = RULES[code]
    if not any(can(actor, one) for one in rule.by):
        raise NotAllowed
    wanted = taken(rule, value or "")
    with transaction() as session:
        row = session.get(Setting, code, with_for_update=True, populate_existing=True)
        stands = _held(actor, code, row, ()).value
        if stands not in (seen, wanted):
            raise ChangedMeanwhile(now=stands, typed=wanted)
        row = row or Setting(key=code, value="")
        is_tried = rule.kind is Kind.TELEPHONE and bool(wanted)
        if stands == wanted and not is_tried:
            return code
        row.value, row.changed_at, row.changed_by_id = wanted, clock.now(), actor.person_id
        row.checked_on = clock.today() if is_tried else None
        session.add(row)
        if stands != wanted:
            keep_change(session, actor, code, stands, wanted)
        audit.record(session, "setting.changed", actor, None, code)
    return code


def keep_change(session: Session, actor: Member, key: str, before: str, after: str) -> None:
    """That a setting says something else from now on; in the transaction that changes it."""
    session.add(SettingChange(key=key, at=clock.now(), person_id=actor.person_id, before=before, after=after))
