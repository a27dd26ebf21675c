"""The seed data: complete, counted, sourced."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest

from pepa.domain import settings as domain_settings
from pepa.models.organisations import ROOTS, OrganisationKind
from pepa.models.reports import CoarseGroup, Urgency
from pepa.seeds import demo, reading
from pepa.seeds.reading import CallPath, Checked, HolidayKind, Mark, SettingKind

# From the table of the Kemendagri codes: kelurahan for each kecamatan of the city.
COUNTS = {"Serang": 12, "Kasemen": 10, "Walantaka": 14, "Curug": 10, "Cipocok Jaya": 8, "Taktakan": 13}


def _codes(rows: Iterable[object]) -> list[str]:
    return [str(getattr(row, "code", "")) for row in rows]


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones, Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    j = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * j) // 451
    month, day = divmod(h + j - 7 * m + 114, 31)
    return date(year, month, day + 1)


# ---- the city ----


def test_kecamatan() -> None:
    rows = reading.kecamatan()
    assert {row.name: row.kelurahan for row in rows} == COUNTS
    assert _codes(rows) == [f"36.73.{n:02}" for n in range(1, 7)]


def test_kelurahan_belong_to_their_kecamatan() -> None:
    rows = reading.kelurahan()
    names = {row.code: row.name for row in reading.kecamatan()}
    assert len(rows) == sum(COUNTS.values()) == 67
    assert Counter(names[row.kecamatan_code] for row in rows) == COUNTS
    assert len(set(_codes(rows))) == 67
    assert all(re.fullmatch(r"36\.73\.0[1-6]\.10\d\d", row.code) for row in rows)


def test_one_name_stands_twice_and_no_other() -> None:
    rows = reading.kelurahan()
    twice = {name for name, count in Counter(row.name for row in rows).items() if count > 1}
    assert twice == {"Sukawana"}
    assert {row.kecamatan_code for row in rows if row.name == "Sukawana"} == {"36.73.01", "36.73.04"}


def test_the_kelurahan_that_older_lists_lack_and_the_other_spellings() -> None:
    rows = {row.name: row for row in reading.kelurahan()}
    assert rows["Cibendung"].code == "36.73.06.1013"
    other = {name: row.also for name, row in rows.items() if row.also}
    assert other == {
        "Kota Baru": "Kotabaru",
        "Mesjid Priyayi": "Masjid Priyayi",
        "Kapuren": "Kepuren",
        "Banjar Agung": "Banjaragung",
        "Kalanganyar": "Kalang Anyar",
    }


# ---- numbers ----


def test_numbers() -> None:
    numbers = {row.code: row.number for row in reading.numbers()}
    assert numbers == {
        "110": "110",
        "112": "112",
        "119": "119",
        "113": "113",
        "129": "129",
        "sapa_phone": "021-129",
        "sapa_whatsapp": "08111-129-129",
    }


def test_a_number_dials_what_it_shows() -> None:
    for row in reading.numbers():
        digits = re.sub(r"\D", "", row.number)
        assert row.tel == f"tel:{digits}", row.code
        assert row.chat in ("", f"https://wa.me/62{digits.removeprefix('0')}"), row.code


def test_a_number_says_honestly_how_it_was_checked() -> None:
    for row in reading.numbers():
        assert row.checked_on <= date(2026, 11, 25) or row.checked_how is Checked.CALLED, row.code
        assert row.mark is not Mark.VERIFIED or row.checked_how is Checked.CALLED, f"{row.code}: verified is telephoned"


# ---- holidays ----


@pytest.mark.parametrize(("year", "national"), [(2026, 17), (2027, 18)])
def test_holidays_of_a_year(year: int, national: int) -> None:
    rows = [row for row in reading.holidays() if row.on.year == year]
    shared = [row for row in rows if row.kind is HolidayKind.SHARED_LEAVE]
    assert (len(rows) - len(shared), len(shared)) == (national, 8)
    named = {row.on: row.name for row in rows}
    for month, day, name in [(1, 1, "Tahun Baru"), (5, 1, "Buruh"), (6, 1, "Pancasila"), (8, 17, "Kemerdekaan")]:
        assert name in named[date(year, month, day)]
    assert "Kelahiran Yesus" in named[date(year, 12, 25)]


@pytest.mark.parametrize("year", [2026, 2027])
def test_the_days_that_follow_easter(year: int) -> None:
    days = {row.name: row.on for row in reading.holidays() if row.on.year == year}
    easter = _easter(year)
    assert days["Kebangkitan Yesus Kristus (Paskah)"] == easter
    assert days["Wafat Yesus Kristus"] == easter - timedelta(days=2)
    assert days["Kenaikan Yesus Kristus"] == easter + timedelta(days=39)


def test_holidays_stand_once_and_in_order() -> None:
    days = [row.on for row in reading.holidays()]
    assert days == sorted(set(days))


def test_shared_leave_is_named_so_and_never_on_a_weekend() -> None:
    for row in reading.holidays():
        assert row.name.startswith("Cuti bersama") is (row.kind is HolidayKind.SHARED_LEAVE), row.on
        assert row.kind is not HolidayKind.SHARED_LEAVE or row.on.weekday() < 5, row.on


def test_what_is_not_certain_says_so() -> None:
    expected = [row for row in reading.holidays() if not row.is_certain]
    assert [(row.on.isoformat(), row.name) for row in expected] == [
        ("2027-03-10", "Idulfitri 1448 H"),
        ("2027-03-11", "Idulfitri 1448 H"),
        ("2027-05-17", "Iduladha 1448 H"),
    ]
    assert all("sidang isbat" in row.source for row in expected)
    assert not any(row.mark is Mark.VERIFIED for row in reading.holidays()), "no decree was read in the gazette"


# ---- lists ----

LISTS = {
    "matter": 4,
    "violence_form": 8,
    "sexual_kind": 11,
    "child_category": 16,
    "place": 7,
    "online": 3,
    "relation": 10,
    "lives_in": 3,
    "age_band": 8,
    "education": 9,
    "marital": 6,
    "disability": 7,
    "service": 10,
    "uptd_function": 6,
    "partner_kind": 14,
    "risk": 3,
    "urgency": 4,
    "coarse_group": 5,
    "red_flag": 7,
    "other_outcome": 8,
    "decline_reason": 6,
    "closure_reason": 7,
    "share_basis": 4,
}
# Lists about a person or an event: what is not known must be sayable.
ABOUT_HER = {name for name in LISTS if name == "matter" or list(LISTS).index(name) <= list(LISTS).index("disability")}


def test_every_list_is_there_whole() -> None:
    assert Counter(row.list for row in reading.categories()) == LISTS


def test_a_code_stands_once_in_its_list() -> None:
    rows = reading.categories()
    pairs = [(row.list, row.code) for row in rows]
    labels = [(row.list, row.label_id) for row in rows]
    assert len(set(pairs)) == len(pairs)
    assert len(set(labels)) == len(labels)
    assert all(re.fullmatch(r"[a-z0-9_+-]+", code) for _, code in pairs)


@pytest.mark.parametrize("name", sorted(ABOUT_HER | {"coarse_group"}))
def test_a_list_about_her_has_an_unknown(name: str) -> None:
    labels = {row.code: row.label_id for row in reading.categories() if row.list == name}
    assert labels["unknown"] == "Tidak tahu"


def test_the_lists_are_those_of_the_program() -> None:
    listed = {name: {row.code for row in reading.categories() if row.list == name} for name in LISTS}
    assert listed["urgency"] == set(Urgency)
    assert listed["coarse_group"] == set(CoarseGroup)
    assert listed["partner_kind"] == set(OrganisationKind) - set(ROOTS)


def test_call_types() -> None:
    paths = {row.code: row.path for row in reading.call_types()}
    assert {"ordinary", "from_others", "silent", "abandoned", "wrong_number", "joke"} <= paths.keys()
    assert len(paths) == len(reading.call_types())
    assert [code for code, path in paths.items() if path is CallPath.SCRIPT] == ["silent"]
    assert {paths[code] for code in ("abandoned", "wrong_number", "joke")} == {CallPath.NOTE}


# ---- settings ----

# The names in the sentences of the pages, and what the office must decide (each with the settings that hold it).
WORDS = {
    "nomor_kantor",
    "wa_kantor",
    "alamat_loket",
    "jam_loket",
    "pemegang_mandiri",
    "lama_simpan",
    "dpo",
    "nomor_krisis",
    "judul_netral",
}
STEPS = ("now_minutes", "soon_days", "plan_days")
DECISIONS = {
    "hotline and roster": {"office_number", "duty_roster"},
    "national numbers": {"national_numbers"},
    "reading": {"reading_today_minutes", *(f"reading_{step}" for step in STEPS)},
    "first contact": {"contact_today_minutes", *(f"contact_{step}" for step in STEPS)},
    "visit": {"visit_today_minutes", *(f"visit_{step}" for step in STEPS)},
    "answer to an offer": {"offer_today_days", *(f"offer_{step}" for step in STEPS)},
    "minutes, risk, repeat": {"minutes_days", "risk_high_days", "risk_other_days", "repeat_months"},
    "partners' grants, follow-up": {"meeting_grant_days", "follow_up_months"},
    "holidays": {"holidays"},
    "retention": {"keep_years", "keep_for"},
    "small numbers": {"small_number"},
    "police unit": {"police_unit"},
    "data protection": {"dpo", "data_agency"},
    "SIMFONI": {"simfoni_columns"},
    "who decides": {"adult_refuses", "guardian_is_respondent"},
    "shelter": {"shelter_nights"},
    "risk sheet": {"risk_sheet"},
    "partners": {"partner_agreements"},
}


def test_every_setting_is_there() -> None:
    rows = {row.code: row for row in reading.settings()}
    assert len(rows) == len(reading.settings()), "a code stands once"
    assert {row.word for row in rows.values() if row.word} == WORDS
    for topic, codes in DECISIONS.items():
        assert codes <= rows.keys(), topic
        assert all(rows[code].blocks for code in codes), f"{topic}: an empty one blocks going live"


def test_settings_of_the_program_start_from_the_seed() -> None:
    rows = {row.code: row for row in reading.settings()}
    for code in domain_settings.TEXTS:
        started = domain_settings.Settings.__dataclass_fields__[code].default
        typed = "" if started is None else str(started)
        assert rows[code].default == typed, f"settings.toml and domain/settings.py differ in {code}"
    assert all(rows[code].blocks for code in domain_settings.NEEDED)


UNITS = {"minutes", "hours", "days", "working_days", "months", "years", "people", "reports", "sessions"}


def test_a_default_is_what_its_kind_says() -> None:
    for row in reading.settings():
        assert bool(row.unit) is (row.kind is SettingKind.WHOLE), row.code
        match row.kind:
            case SettingKind.WHOLE:
                assert re.fullmatch(r"([1-9]\d*)?", row.default), row.code
                assert row.unit in UNITS
            case SettingKind.YES_NO:
                assert row.default in ("yes", "no"), row.code
            case SettingKind.ADDRESS:
                assert row.default.startswith("https://"), row.code
            case SettingKind.TABLE:
                assert re.fullmatch(r"[a-z_]+", row.default), row.code
            case SettingKind.LINE | SettingKind.TELEPHONE:
                assert row.default == row.default.strip(), row.code


def test_what_was_not_found_is_left_to_the_office() -> None:
    for row in reading.settings():
        if row.mark is Mark.UNKNOWN and row.kind is not SettingKind.TABLE:
            assert not row.default, f"{row.code} was not found, so nothing stands in for it"
        if not row.default and row.kind is not SettingKind.TABLE:
            assert row.mark is Mark.UNKNOWN, f"{row.code} is empty: say that it was not found"


def test_the_sentence_on_the_law_waits_for_the_head() -> None:
    """Only the demo shows it by itself."""
    (row,) = (row for row in reading.settings() if row.code == "law_sentence")
    assert row.default == domain_settings.FIRST.law_sentence == ""
    assert row.blocks
    assert "law_sentence" in domain_settings.NEEDED
    assert demo.FICTIONAL["law_sentence"] == "A"


# ---- every fact ----


@pytest.mark.parametrize(
    "read",
    [reading.kecamatan, reading.kelurahan, reading.numbers, reading.holidays, reading.categories, reading.call_types],
)
def test_every_fact_has_a_source_and_a_mark(read: Callable[[], tuple[reading.Kecamatan, ...]]) -> None:
    for row in read():
        assert len(row.source) > 3, row
        assert row.mark in (Mark.VERIFIED, Mark.SECOND_HAND, Mark.PRACTICE, Mark.DECIDED), row


def test_names_fit_a_plain_sms() -> None:
    """The basic alphabet of GSM-7 without its Greek and accents: one other letter would halve what an SMS holds."""
    names = [row.name for row in reading.kecamatan()] + [row.name for row in reading.kelurahan()]
    names += [row.name for row in reading.holidays()] + [row.name for row in reading.cast()]
    names += [member.name for organisation in reading.cast() for member in organisation.members]
    names += [row.label_id for row in reading.numbers()] + [row.label_id for row in reading.categories()]
    names += [row.label_id for row in reading.call_types()]
    names += [text for row in reading.settings() for text in (row.label, row.default)]
    found = [name for name in names if not re.fullmatch(r"[A-Za-z0-9 @$!\"#%&'()*+,\-./:;<=>?_]*", name)]
    assert not found


def test_nothing_is_read_from_elsewhere() -> None:
    """Addresses in the data are links that somebody may follow; none but these two, and no machine's."""
    text = "".join(path.read_text() for path in Path(reading.DATA).glob("*.[ct][so][vm]*"))
    assert set(re.findall(r"https?://[^\s,\"]+", text)) == {"https://wa.me/628111129129", "https://www.bmkg.go.id/"}
