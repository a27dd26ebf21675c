"""What a reporter told, in words for whoever reads it at the desk."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from flask_babel import gettext

from pepa.domain import additions, intake, judgements, lists, reports
from pepa.models.additions import ASKED, Ago, Answer, Cover, Reach
from pepa.models.letters import Body
from pepa.models.reports import About, Speaker, Urgency
from pepa.web import formats
from pepa.words import N_, Choice

SKIPPED = N_("Dilewati")


class Part(NamedTuple):
    """One addition in words. facts: question and answer; skipped: questions without one."""

    name: str
    at: datetime
    facts: list[tuple[str, str]]
    skipped: list[str]


def numbers(told: reports.Told, plans: Sequence[additions.Contact]) -> list[str]:
    """The numbers that she gave, the newest first."""
    return list(dict.fromkeys(number for number in (*(plan.phone for plan in reversed(plans)), told.phone) if number))


def tick(one: judgements.Ticked) -> str:
    """Who ticked a danger, and when."""
    return f"{one.by or gettext('dari pelapor')}, {formats.near(one.at)}"


PARTS = {"when": N_("Kapan dan di mana"), "who": N_("Siapa, dan bahayanya"), "contact": N_("Cara menghubungi")}
QUESTIONS = {
    "ago": N_("Kapan terjadi"),
    "place": N_("Tempat kejadian"),
    "home": N_("Tempat tinggal yang mengalami"),
    "hurt": N_("Yang disakiti"),
    "hurting": N_("Yang menyakiti"),
    "lives_in": N_("Orang itu tinggal serumah"),
    "children": N_("Anak di rumah itu sekarang"),
    "weapon": N_("Senjata, atau benda untuk mengancam"),
    "strangled": N_("Pernah dicekik"),
    "threatened": N_("Pernah diancam dibunuh"),
    "suicidal": N_("Terpikir mengakhiri hidup"),
    "reach": N_("Boleh dihubungi"),
    "hours": N_("Hari dan jam aman"),
    "word": N_("Kata aman"),
    "others": N_("Orang lain yang mungkin mengangkat"),
    "message": N_("Boleh tinggalkan pesan"),
    "cover": N_("Kalau orang lain yang mengangkat"),
    "cover_words": N_("Kata lain"),
}
LISTS: dict[str, type[Choice]] = {"ago": Ago, "reach": Reach, "cover": Cover}


def part(added: additions.Added) -> Part:
    """A number stands nowhere but below the plan that says how to call it."""
    asked = {name: value for name, value in vars(added.answers).items() if name != "phone"}
    answered = {name: value for name, value in asked.items() if value}
    facts = [(gettext(QUESTIONS[name]), _answer(name, value)) for name, value in answered.items()]
    skipped = [gettext(QUESTIONS[name]) for name in asked if name not in answered]
    return Part(gettext(PARTS[added.answers.kind]), added.at, facts, skipped)


def _answer(name: str, value: str) -> str:
    """A code in words, or what was typed."""
    codes = LISTS.get(name, Answer if name in ASKED or name == "message" else None)
    return gettext(codes(value).label) if codes else value


def facts(told: reports.Told, turned_away: Sequence[tuple[UUID, str]]) -> list[tuple[str, str]]:
    """What the reporter ticked, in words; "skipped" is not the same as "not known".

    turned_away: `exclusions.named`, some of whom she named after she sent it
    """
    partners = {str(partner_id): name for partner_id, name in intake.state().partners}
    about = gettext(About(told.about).label).rstrip(":") if told.about else gettext(SKIPPED)
    named = [" ".join((about, partners.get(told.about_partner or "", ""))).strip()]
    if later := [name for organisation_id, name in turned_away if str(organisation_id) != told.about_partner]:
        at_first = named if told.about_partner or told.about == About.OFFICE else []
        named = [*at_first, gettext("%(nama)s, disebut kemudian", nama=", ".join(later))]
    return [
        (gettext("Siapa yang menulis"), gettext(Speaker(told.speaker).label if told.speaker else SKIPPED)),
        (gettext("Perlu ditolong"), gettext(Urgency(told.urgency).label if told.urgency else SKIPPED)),
        (gettext("Terjadi di"), gettext(lists.places().get(told.kecamatan or "", SKIPPED))),
        (gettext("Tentang kantor atau mitra"), " · ".join(named)),
        (gettext("Tempat yang perlu didatangi"), told.place or gettext(SKIPPED)),
        *([(gettext("Nama pelapor di chat"), told.chat_name)] if told.chat_name else []),
        *_of_a_child(told),
    ]


def letter(told: reports.Told) -> list[tuple[str, str]]:
    """Who sent a letter, its number and its day."""
    of = told.letter or {}
    sent_on = formats.on(date.fromisoformat(of["sent_on"])) if of.get("sent_on") else gettext(SKIPPED)
    return [
        (gettext("Surat dari"), gettext(Body(of["body"]).label if of.get("body") else SKIPPED)),
        (gettext("Nama kantor atau petugasnya"), of.get("sender") or gettext(SKIPPED)),
        (gettext("Nomor surat"), of.get("number") or gettext(SKIPPED)),
        (gettext("Tanggal surat"), sent_on),
    ]


def _of_a_child(told: reports.Told) -> list[tuple[str, str]]:
    """What the shorter page asks besides; where it was not used, none of it was asked."""
    if told.speaker != Speaker.CHILD:
        return []
    return [
        (gettext("Sekarang aman"), gettext(Answer(told.safe).label if told.safe else SKIPPED)),
        (gettext("Nama panggilan"), told.nickname or gettext(SKIPPED)),
        (gettext("Umur"), told.age or gettext(SKIPPED)),
    ]
