"""What each setting is: its words, what may stand in it, what an empty one means, and who decides it. One line each."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from pepa.errors import Invalid
from pepa.policy import Permission
from pepa.words import N_, Choice


class Kind(StrEnum):
    """What is typed."""

    LINE = "line"
    TELEPHONE = "telephone"
    ADDRESS = "address"  # of a page in the web
    WHOLE = "whole"
    CHOICE = "choice"


class Group(Choice):
    """Where it stands on the page."""

    OFFICE = "office", N_("Kantor")
    CITIZENS = "citizens", N_("Halaman warga")
    READING = "reading", N_("Paling lambat dibaca")
    ANSWER = "answer", N_("Paling lambat dijawab")
    OPENINGS = "openings", N_("Penjagaan")
    ROOMS = "rooms", N_("Ruang")
    TEACHING = "teaching", N_("Pustaka dan kegiatan")


class Unit(Choice):
    """What a whole number counts."""

    NONE = "", ""
    MINUTES = "minutes", N_("menit")
    WORKING_DAYS = "working_days", N_("hari kerja")
    HOURS = "hours", N_("jam")
    DAYS = "days", N_("hari")
    REPORTS = "reports", N_("laporan")
    SESSIONS = "sessions", N_("kegiatan")


KEEPS, DECIDES = (Permission.KEEP_SETTINGS,), (Permission.DECIDE_SETTINGS,)
BOTH = KEEPS + DECIDES
WATCHES = (Permission.DECIDE_WATCH,)  # over whoever opens reports: never by those who are watched


@dataclass(frozen=True)
class Rule:
    """by: who of those who see it may change it: administrators keep, supervisors and the head decide

    help: one sentence more, or empty    empty: what an empty one means; without, none may be empty
    least, most, unit: of a whole number    longest: letters of a line    choices: code and word of each
    without: parts of words that a line may not have
    """

    group: Group
    label: str
    kind: Kind
    by: tuple[Permission, ...]
    help: str = ""
    empty: str = ""
    least: int = 0
    most: int = 0
    unit: Unit = Unit.NONE
    longest: int = 300
    choices: tuple[tuple[str, str], ...] = ()
    without: tuple[str, ...] = ()


class Missing(Invalid):
    says = N_("Isi dulu. Yang ini tidak boleh kosong.")
    field = "value"


class TooLong(Invalid):
    says = N_("Paling panjang %(n)s huruf.")
    field = "value"


class NoWhole(Invalid):
    says = N_("Tulis angka saja, dari %(least)s sampai %(most)s.")
    field = "value"


class NotNeutral(Invalid):
    """It is what a phone shows of an open page, and keeps in its history."""

    says = N_("Judul ini memberi tahu orang di dekatnya apa yang dibuka. Pilih kata biasa, tanpa “%(kata)s”.")
    field = "value"


class NoAddress(Invalid):
    says = N_("Tulis alamat halaman seperti ini: https://www.bmkg.go.id/")
    field = "value"


class NoTelephone(Invalid):
    says = N_("Tulis nomornya dengan angka, seperti 129 atau 0812-3456-7890.")
    field = "value"


class NotOffered(Invalid):
    says = N_("Pilihan ini tidak ada di daftar. Pilih lagi.")
    field = "value"


# Of a title: what somebody beside the phone would understand.
TELLING = (
    *("keras", "kdrt", "lapor", "lecehan", "perkosa", "cabul", "aniaya", "siksa", "korban", "aduan", "ancam", "ppa"),
    *("violence", "abuse", "report", "victim"),
)
DROPS = N_("Kosong: kalimatnya tidak tampil di halaman warga.")
_UNSAID = N_("Kosong: tidak disebut, dan program belum boleh dipakai sungguhan.")
_WANTED = N_("Kosong: kalimatnya tidak tampil, dan program belum boleh dipakai sungguhan.")


def _line(group: Group, label: str, by: tuple[Permission, ...], **more: str) -> Rule:
    return Rule(group, label, Kind.LINE, by, **more)  # type: ignore[arg-type]


def _minutes(group: Group, label: str, most: int = 2880) -> Rule:
    return Rule(group, label, Kind.WHOLE, DECIDES, least=5, most=most, unit=Unit.MINUTES)


def _days(group: Group, label: str) -> Rule:
    return Rule(group, label, Kind.WHOLE, DECIDES, least=1, most=30, unit=Unit.WORKING_DAYS)


RULES: dict[str, Rule] = {
    "counter_address": _line(
        Group.OFFICE, N_("Alamat loket"), BOTH, help=N_("Loket untuk umum. Jangan pernah rumah aman."), empty=_WANTED
    ),
    "counter_hours": _line(
        Group.OFFICE, N_("Jam loket"), BOTH, help=N_("Misalnya: Senin sampai Jumat, 08.00-16.00"), empty=_WANTED
    ),
    "independent_holder": _line(
        Group.OFFICE,
        N_("Pemegang mandiri"),
        DECIDES,
        help=N_("Nama lembaga yang membaca laporan tentang kantor kami."),
        empty=_WANTED,
    ),
    "dpo": _line(
        Group.OFFICE,
        N_("Pejabat pelindungan data pribadi"),
        BOTH,
        help=N_("Nama, dan cara menghubunginya."),
        empty=_WANTED,
    ),
    "agency": _line(
        Group.OFFICE,
        N_("Lembaga pengawas data pribadi"),
        BOTH,
        help=N_("Kepada siapa kebocoran data diberitahukan."),
        empty=_UNSAID,
    ),
    "keep_for": _line(
        Group.OFFICE,
        N_("Berapa lama laporan disimpan"),
        DECIDES,
        help=N_("Seperti dibaca warga di halaman privasi."),
        empty=_WANTED,
    ),
    "police_unit": _line(
        Group.OFFICE,
        N_("Nama unit polisi"),
        BOTH,
        help=N_("Namanya berganti. Tanyakan ke Polres."),
        empty=_UNSAID,
    ),
    "adult_refuses": _line(
        Group.OFFICE,
        N_("Yang memutuskan kalau orang dewasa menolak dilaporkan ke polisi"),
        DECIDES,
        help=N_("Nama atau jabatan."),
        empty=_UNSAID,
    ),
    "neutral_title": Rule(
        Group.CITIZENS,
        N_("Judul netral"),
        Kind.LINE,
        KEEPS,
        help=N_("Judul semua halaman warga. Tidak boleh menyebut kekerasan."),
        longest=40,
        without=TELLING,
    ),
    "exit_url": Rule(
        Group.CITIZENS,
        N_("Halaman tujuan Keluar cepat"),
        Kind.ADDRESS,
        KEEPS,
        help=N_("Halaman biasa yang sama untuk semua orang. Coba dulu di HP lama."),
        longest=200,
    ),
    "law_sentence": Rule(
        Group.CITIZENS,
        N_("Kalimat tentang kewajiban lapor polisi"),
        Kind.CHOICE,
        DECIDES,
        help=N_("Kepala UPTD yang memutuskan."),
        empty=_WANTED,
        choices=(
            ("A", N_("Kami wajib melapor dalam 3×24 jam")),
            ("A2", N_("Itu, dan kami bicara dulu dengannya kalau ada cara aman")),
        ),
    ),
    "crisis_number": Rule(
        Group.CITIZENS,
        N_("Nomor untuk orang yang ingin mengakhiri hidup"),
        Kind.TELEPHONE,
        BOTH,
        help=N_("Telepon dulu nomor ini sebelum disimpan."),
        empty=DROPS,
        longest=30,
    ),
    "reading_now_minutes": _minutes(Group.READING, N_("Sekarang: dibaca paling lambat")),
    "reading_today_minutes": _minutes(Group.READING, N_("Hari ini: dibaca paling lambat")),
    "reading_soon_days": _days(Group.READING, N_("Tidak mendesak: dibaca paling lambat")),
    "reading_plan_days": _days(Group.READING, N_("Terencana: dibaca paling lambat")),
    "alarm_minutes": Rule(
        Group.READING,
        N_("Alarm piket diteruskan setelah"),
        Kind.WHOLE,
        DECIDES,
        help=N_("Ke petugas berikutnya, sampai ada yang menekan Saya pegang."),
        least=1,
        most=60,
        unit=Unit.MINUTES,
    ),
    "contact_now_minutes": _minutes(Group.ANSWER, N_("Sekarang: dijawab paling lambat")),
    "contact_today_minutes": _minutes(Group.ANSWER, N_("Hari ini: dijawab paling lambat")),
    "contact_soon_days": _days(Group.ANSWER, N_("Tidak mendesak: dijawab paling lambat")),
    "contact_plan_days": _days(Group.ANSWER, N_("Terencana: dijawab paling lambat")),
    "computer_minutes": Rule(
        Group.OPENINGS,
        N_("Komputer kantor terkunci sendiri setelah"),
        Kind.WHOLE,
        BOTH,
        help=N_("Tanpa gerak. Hanya di komputer yang didaftarkan."),
        least=1,
        most=60,
        unit=Unit.MINUTES,
    ),
    "notice_days": Rule(
        Group.OPENINGS,
        N_("Kabar di dalam program disimpan selama"),
        Kind.WHOLE,
        BOTH,
        help=N_("Sesudah itu dihapus, sudah dibaca atau belum."),
        least=7,
        most=365,
        unit=Unit.DAYS,
    ),
    "openings_an_hour": Rule(
        Group.OPENINGS,
        N_("Boleh dibuka dalam satu jam tanpa alasan"),
        Kind.WHOLE,
        WATCHES,
        help=N_("Lebih dari itu, petugas menulis alasan."),
        empty=N_("Kosong atau 0: tidak dibatasi."),
        most=1000,
        unit=Unit.REPORTS,
    ),
    "openings_a_day": Rule(
        Group.OPENINGS,
        N_("Boleh dibuka dalam satu hari sebelum atasan diberi tahu"),
        Kind.WHOLE,
        WATCHES,
        empty=N_("Kosong atau 0: atasan tidak diberi tahu."),
        most=1000,
        unit=Unit.REPORTS,
    ),
    "emergency_hours": Rule(
        Group.OPENINGS,
        N_("Buka darurat berlaku"),
        Kind.WHOLE,
        DECIDES,
        help=N_("Manajer kasus membaca satu laporan selama itu, dengan alasan. Pemilik dan atasan diberi tahu."),
        least=1,
        most=24,
        unit=Unit.HOURS,
    ),
    "release_minutes": Rule(
        Group.ROOMS,
        N_("Ruang dilepas kalau tidak ada yang datang, setelah"),
        Kind.WHOLE,
        BOTH,
        empty=N_("Kosong: ruang tetap disimpan sampai waktunya habis."),
        least=5,
        most=240,
        unit=Unit.MINUTES,
    ),
    "booking_days": Rule(
        Group.ROOMS,
        N_("Pesanan ruang disimpan selama"),
        Kind.WHOLE,
        BOTH,
        help=N_("Setelah itu tinggal jumlahnya."),
        empty=N_("Kosong: pesanan tidak pernah dihapus."),
        least=7,
        most=3650,
        unit=Unit.DAYS,
    ),
    "entrances": _line(
        Group.ROOMS,
        N_("Pintu masuk gedung"),
        BOTH,
        help=N_("Pisahkan dengan koma. Yang tidak boleh bertemu masuk lewat pintu lain."),
    ),
    "certificate_sessions": Rule(
        Group.TEACHING,
        N_("Kegiatan sampai sertifikat kader"),
        Kind.WHOLE,
        BOTH,
        empty=N_("Kosong: tidak ada sertifikat."),
        least=1,
        most=1000,
        unit=Unit.SESSIONS,
    ),
    "outputs_more": Rule(
        Group.TEACHING,
        N_("Buat juga poster A3, buku kecil A5, dan EPUB"),
        Kind.CHOICE,
        BOTH,
        choices=(("yes", N_("Ya")), ("no", N_("Tidak"))),
    ),
}


def taken(rule: Rule, typed: str) -> str:
    """What is stored of what was typed.

    Raises Missing, TooLong, NoWhole, NotNeutral, NoAddress, NoTelephone, NotOffered.
    """
    text = " ".join(typed.split())
    if not text and not rule.empty:
        raise Missing
    if text and rule.kind is Kind.WHOLE:
        number = whole(rule, text)
        if number is None:
            raise NoWhole(least=rule.least, most=rule.most)
        return str(number)
    if len(text) > rule.longest:
        raise TooLong(n=rule.longest)
    if said := next((word for word in rule.without if word in text.casefold()), None):
        raise NotNeutral(kata=said)
    if text and rule.kind is Kind.ADDRESS and not is_address(text):
        raise NoAddress
    if text and rule.kind is Kind.TELEPHONE and not is_telephone(text):
        raise NoTelephone
    if text and rule.kind is Kind.CHOICE and text not in dict(rule.choices):
        raise NotOffered
    return text


def is_sound(rule: Rule, text: str) -> bool:
    """Whether a value that stands there can be used, however it came there."""
    try:
        taken(rule, text)
    except Invalid:
        return False
    return True


def whole(rule: Rule, text: str) -> int | None:
    """The number that it says, or None: it is none, or out of range."""
    number = int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None
    return number if number is not None and rule.least <= number <= rule.most else None


def is_address(text: str) -> bool:
    """Of a page that everybody reaches: nothing that breaks out of a header, no name and password before the host."""
    if not re.fullmatch(r"https://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/?=&%+-]*)?", text):
        return False
    return "." in (urlsplit(text).hostname or "")


def is_telephone(text: str) -> bool:
    """Digits and what people write between them."""
    return set(text) <= set("0123456789 +-.()") and sum(sign.isdigit() for sign in text) >= 3
