"""What an administrator may change. Empty ones drop their sentence; some of them block going live."""

from dataclasses import dataclass, fields
from datetime import date

import sqlalchemy as sa

from pepa.db import Kept, db
from pepa.models.installation import Setting
from pepa.models.organisations import Organisation
from pepa.models.people import Person


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


@dataclass(frozen=True)
class Settings:
    """The settings as they stand, text as typed; numbers by code in `numbers`. `demo`: demo accounts exist."""

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
    reading_now_minutes: str = "15"
    reading_today_minutes: str = "120"
    reading_soon_days: str = "1"
    reading_plan_days: str = "3"
    contact_now_minutes: str = "120"
    contact_today_minutes: str = "360"
    contact_soon_days: str = "3"
    contact_plan_days: str = "5"
    alarm_minutes: str = "5"
    openings_an_hour: str = "30"
    openings_a_day: str = "40"
    computer_minutes: str = "15"  # idle minutes at a registered computer of the office; 60 at most
    certificate_sessions: str = ""  # after how many confirmed sessions a cadre is given one; empty: never
    release_minutes: str = "20"
    booking_days: str = "90"  # after which a booking is kept as a number alone; empty: never
    entrances: str = "Pintu depan, Pintu samping"
    outputs_more: str = "no"  # "yes": A3 posters, A5 booklets and EPUBs as well

    def number(self, code: str) -> str:
        """A national number by its code, or nothing."""
        return self.numbers[code].number if code in self.numbers else ""


TEXTS = tuple(field.name for field in fields(Settings) if field.name not in ("numbers", "demo"))
NEEDED = (
    "office_number",
    "counter_address",
    "counter_hours",
    "independent_holder",
    "law_sentence",
    "keep_for",
    "dpo",
    "exit_url",
)
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
    return Settings(numbers, bool(demo), **{key: rows[key].value for key in TEXTS if key in rows})


FIRST = Settings({}, demo=False)
read = Kept(_read)


def missing() -> list[str]:
    """Settings that must not be empty when the program goes live."""
    found = read()
    numbers = [NUMBER + code for code in ("110", "112", "129") if not found.number(code)]
    return [key for key in NEEDED if not getattr(found, key)] + numbers
