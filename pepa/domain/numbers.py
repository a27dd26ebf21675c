"""The telephone numbers that texts name: one place for each, from which every sheet is filled (library.md, 4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import audit, settings
from pepa.domain.blocks import NUMBERS
from pepa.domain.faults import Fault
from pepa.domain.rules import RULES, Kind
from pepa.errors import Conflict, Invalid, NotFound
from pepa.models.installation import Setting
from pepa.models.titles import Edition, State
from pepa.policy import Member, Permission, require
from pepa.words import N_

LABELS = {
    "polisi": N_("Polisi"),
    "darurat": N_("Darurat kota"),
    "ambulans": N_("Ambulans"),
    "pemadam": N_("Pemadam kebakaran"),
    "sapa129": N_("SAPA, kementerian"),
    "sapa129_lain": N_("SAPA, nomor lain"),
    "sapa129_wa": N_("WhatsApp SAPA"),
    "kantor": N_("Telepon kantor kami"),
    "kantor_wa": N_("WhatsApp kantor kami"),
}
_TEXTS = (
    *(Edition.title, Edition.body, Edition.guide, Edition.quiz, Edition.script),
    *(Edition.whatsapp, Edition.sms, Edition.poster, Edition.card),
)
OURS = ("kantor", "kantor_wa")  # an office may have none
NEEDED = ("polisi", "darurat", "sapa129", "kantor")  # of whoever goes live
LONGEST = 30  # letters


class NoNumber(Invalid):
    says = N_("Tulis nomornya dengan angka, seperti 129 atau 0812-3456-7890.")
    field = "number"


class NoDay(Invalid):
    says = N_("Tulis hari nomor ini terakhir dicoba. Tidak boleh di masa depan.")
    field = "checked_on"


class ChangedMeanwhile(Conflict):
    says = N_("Nomor ini baru saja diubah menjadi %(nomor)s. Lihat lagi.")


@dataclass(frozen=True)
class Held:
    """A number by its name in texts. number: empty where there is none; checked_on: when somebody tried it last"""

    name: str
    label: str
    number: str
    checked_on: date | None


def held() -> Mapping[str, str]:
    """Name in blocks.NUMBERS → the number as it is shown, empty where there is none."""
    found = settings.read()
    return {name: found.number(code) or str(getattr(found, code, "")) for name, code in NUMBERS.items()}


def every(actor: Member) -> Sequence[Held]:
    """All of them as they stand now, with the day of their last trial."""
    require(actor, Permission.SEE_LIBRARY)
    rows = db.session.scalars(sa.select(Setting).where(Setting.key.in_(map(_key, NUMBERS))))
    found = {row.key: row for row in rows.all()}
    return [_held(name, found.get(_key(name))) for name in NUMBERS]


def get_for(actor: Member, name: str) -> Held:
    """One of them. Raises NotFound."""
    require(actor, Permission.SEE_LIBRARY)
    if name not in NUMBERS:
        raise NotFound
    return _held(name, db.session.get(Setting, _key(name), populate_existing=True))


def history(actor: Member, name: str) -> Sequence[settings.Change]:
    """What it was before, the newest first: a number that was turned to another telephone shows."""
    require(actor, Permission.KEEP_NUMBERS)
    return settings.changes_of([_key(name)]).get(_key(name), ())


def _held(name: str, row: Setting | None) -> Held:
    return Held(name, LABELS[name], row.value if row else "", row.checked_on if row else None)


def _key(name: str) -> str:
    """The row of settings that holds a number."""
    code = NUMBERS[name]
    return code if name in OURS else settings.NUMBER + code


@dataclass(frozen=True)
class Tried:
    """A number that is shown to somebody. about: its name in texts, or the key of a setting"""

    about: str
    label: str
    number: str
    checked_on: date | None

    @property
    def is_setting(self) -> bool:
        """Whether it is changed among the settings, not among the numbers."""
        return self.about in RULES

    @property
    def days(self) -> int | None:
        """How many days ago somebody tried it, where anybody did."""
        return None if self.checked_on is None else settings.days_since(self.checked_on)

    @property
    def is_old(self) -> bool:
        return settings.is_old(self.checked_on)

    @property
    def is_ageing(self) -> bool:
        return settings.is_ageing(self.checked_on)


def tried() -> Sequence[Tried]:
    """All that stand somewhere, with the day of their last trial; those of settings after those of texts."""
    keys = {_key(name): (name, LABELS[name]) for name in NUMBERS}
    keys |= {code: (code, rule.label) for code, rule in RULES.items() if rule.kind is Kind.TELEPHONE}
    rows = {row.key: row for row in db.session.scalars(sa.select(Setting).where(Setting.key.in_(keys)))}
    found = [(*named, rows[key]) for key, named in keys.items() if key in rows]
    return [Tried(about, label, row.value, row.checked_on) for about, label, row in found if row.value]


def faults() -> list[Fault]:
    """Those that nobody tried lately, and those that are to be tried soon."""
    return [fault for one in tried() if (fault := _aged(one))]


def _aged(one: Tried) -> Fault | None:
    if not one.is_old and not one.is_ageing:
        return None
    if one.days is None:
        return Fault("number.untried", one.about, {"label": one.label})
    code = "number.old" if one.is_old else "number.soon"
    return Fault(code, one.about, {"label": one.label, "n": one.days})


def missing() -> list[Fault]:
    """Numbers without which nobody goes live."""
    found = held()
    return [Fault("number.empty", name, {"label": LABELS[name]}) for name in NEEDED if not found[name]]


def naming(actor: Member, name: str) -> list[int]:
    """The published titles whose texts name a number: their sheets are made anew when it changes."""
    require(actor, Permission.SEE_LIBRARY)
    signs = (f"{{nomor:{name}}}", f"@ {name}:")
    named = sa.or_(*(column.contains(sign, autoescape=True) for column in _TEXTS for sign in signs))
    query = sa.select(Edition.title_id).where(Edition.state == State.PUBLISHED, named)
    return list(db.session.scalars(query.order_by(Edition.title_id)))


def change(actor: Member, name: str, *, number: str, checked_on: date | None, seen: str) -> str:
    """Set a number, or say that it was tried again. seen: the one on the actor's screen.

    An empty number of ours takes its sentences from the pages. Raises NoNumber, NoDay, ChangedMeanwhile, NotFound.
    """
    require(actor, Permission.KEEP_NUMBERS)
    if name not in NUMBERS:
        raise NotFound
    number = " ".join(number.split())
    if (not number and name not in OURS) or not _is_number(number):
        raise NoNumber
    if number and (checked_on is None or checked_on > clock.today()):
        raise NoDay
    with transaction() as session:
        row = session.get(Setting, _key(name)) or Setting(key=_key(name), value="")
        if row.value not in (seen, number):
            raise ChangedMeanwhile(nomor=row.value)
        before = row.value
        row.value, row.checked_on = number, checked_on if number else None
        row.changed_at, row.changed_by_id = clock.now(), actor.person_id
        session.add(row)
        if before != number:
            settings.keep_change(session, actor, row.key, before, number)
        audit.record(session, "number.changed", actor, None, name)
    return name


def _is_number(text: str) -> bool:
    signs = set(text) <= set("0123456789 +-.()")
    return signs and len(text) <= LONGEST and (not text or sum(sign.isdigit() for sign in text) >= 3)
