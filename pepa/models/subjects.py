"""For whom a title is, and what it is about: the codes that an edition carries, with their labels."""

from typing import TypeVar

from pepa.words import N_, Choice


class Audience(Choice):
    """Who reads it, or is taught with it."""

    CITIZENS = "warga", N_("Warga")
    NEIGHBOURS = "tetangga", N_("Tetangga")
    RT_HEADS = "ketua_rt", N_("Ketua RT dan RW")
    CADRES = "kader", N_("Kader")
    FACILITATORS = "fasilitator", N_("Fasilitator")
    PARENTS = "orang_tua", N_("Orang tua")
    MOTHERS = "ibu", N_("Ibu")
    FATHERS = "bapak", N_("Bapak")
    FAMILIES = "keluarga", N_("Keluarga")
    TEENAGERS = "remaja", N_("Remaja")
    CHILDREN_6_10 = "anak_6_10", N_("Anak 6–10 tahun")
    CHILDREN_7_12 = "anak_7_12", N_("Anak 7–12 tahun")
    SURVIVORS = "penyintas", N_("Yang mengalami sendiri")
    MAJELIS = "majelis_taklim", N_("Majelis taklim")


class Topic(Choice):
    """What it is about."""

    VIOLENCE = "kekerasan", N_("Dasar-dasar")
    HELPING = "menolong", N_("Menolong orang lain")
    REPORTING = "melapor", N_("Melapor")
    RIGHTS = "hak", N_("Hak")
    LAW = "hukum", N_("Hukum")
    SAFETY = "keselamatan", N_("Keselamatan")
    HOME = "rumah", N_("Rumah")
    UPBRINGING = "pengasuhan", N_("Pengasuhan")
    CHILDREN = "anak", N_("Anak")
    BODY = "tubuh", N_("Tubuh")
    TEENAGERS = "remaja", N_("Remaja")
    RELATIONS = "hubungan", N_("Hubungan")
    SCHOOL = "sekolah", N_("Sekolah")
    INTERNET = "internet", N_("Internet")
    MARRIAGE = "pernikahan", N_("Pernikahan")
    WORK = "kerja", N_("Kerja")
    HEALTH = "kesehatan", N_("Kesehatan")
    DISABILITY = "disabilitas", N_("Disabilitas")
    LEADING = "fasilitator", N_("Memimpin pertemuan")


C = TypeVar("C", Audience, Topic)


def known(codes: str, kind: type[C]) -> list[C]:
    """The choices behind an edition's codes, in its order; what is none any more is left out."""
    every = {choice.value: choice for choice in kind}
    return [every[code] for code in codes.split() if code in every]
