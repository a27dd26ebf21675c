"""What an editor types is refused where it could not be printed, sent or carried, each fault beside its field.

Cases education 2, 30, 34, 36, 38, 40, 44.
"""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa.domain import documents, manuscripts, markup, proposals
from pepa.domain.blocks import NUMBERS, Block, Bullets, Claim, ClaimKind, Heading, Mark, Paragraph, Steps
from pepa.domain.manuscripts import Manuscript
from pepa.models.titles import Field
from pepa.seeds import titles
from tests.writing import TYPED

FULL = dict.fromkeys(NUMBERS, "0812-3456-7890")
TODAY = date(2026, 12, 1)
NONE = dict.fromkeys(NUMBERS, "")


def told(typed: Manuscript) -> dict[str, str]:
    return {fault.field or "": fault.says % fault.values for fault in manuscripts.faults(typed, FULL, today=TODAY)}


def test_what_is_whole_has_no_fault() -> None:
    assert told(TYPED) == {}


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("title", "", "Tulis judulnya"),
        ("title", "x" * 121, "121 huruf"),
        ("title", "Aman 😊", "“😊”"),
        ("body", "# Satu", "Baris 1"),
        ("body", "Satu\n\nDua {nomor:pepa}", "Baris 3"),
        ("body", "Satu.[^tidakada]", "[^tidakada]"),
        ("body", "Satu\n\nDua ꦗ", "Baris 3"),
        ("guide", ">> Satu.[^tidakada]", "[^tidakada]"),
        ("guide", "[^a]: hukum | V | 2026-11-25 | UU 1/2020 | pasal 1 | jdih | Begini.", "di bagian Isi"),
        ("quiz", "? Satu", "Baris 1"),
        ("script", "Satu ᮞ", "Baris 1"),
        ("whatsapp", "x" * 900, "huruf. Paling banyak 900"),
        ("whatsapp", "Satu.[^aman]", "Hapus tandanya"),
        ("whatsapp", "Satu {nomor:pepa}", "Baris 1"),
        ("sms", "Satu & dua", "“&”"),
        ("sms", "Satu “dua”", "““”"),
        ("sms", "x" * 307, "Paling banyak 2 bagian"),
        ("poster", "1\n2\n3\n4\n5\n6\n7", "Paling banyak 5 baris"),
        ("card", "1\n2\n3\n4\n5\n6\n7\n8\n9", "Paling banyak 8 baris"),
        ("card", "Info Warga\nLapor kekerasan", "“Lapor”"),
        ("card", "Layanan perempuan", "“perempuan”"),
        ("changes", "x" * 301, "301 huruf"),
        ("checks", "Kantor: " + "x" * 200, "208 huruf"),
    ],
)
def test_what_cannot_be_kept_is_told_beside_its_field(field: str, text: str, says: str) -> None:
    assert says in told(replace(TYPED, **{field: text}))[field]  # type: ignore[arg-type]


@pytest.mark.parametrize("minutes", [0, -1, 121])
def test_minutes_are_some_and_not_many(minutes: int) -> None:
    assert set(told(replace(TYPED, minutes=minutes))) == {"minutes"}


def test_the_longest_that_is_taken() -> None:
    whole = replace(TYPED, title="x" * 120, sms="x" * 306, poster="1\n2\n3\n4\n5\n6", card="1\n2\n3\n4\n5\n6\n7\n8")
    room = documents.CHAT_LONGEST - len(manuscripts.ADDRESS) - 1
    assert told(replace(whole, whatsapp="x" * room)) == {}
    assert set(told(replace(whole, whatsapp="x" * (room + 1)))) == {"whatsapp"}


@pytest.mark.parametrize(("day", "is_kept"), [("2026-12-01", True), ("2026-12-02", False), ("2062-11-25", False)])
def test_nobody_has_read_a_source_on_a_day_to_come(day: str, is_kept: bool) -> None:
    found = told(replace(TYPED, body=TYPED.body.replace("2026-11-25", day)))
    assert found == ({} if is_kept else {"body": f"Baris 5: tanggal {day} belum tiba. Tulis hari sumber ini dibaca."})


def test_chat_and_sms_are_measured_as_they_are_sent() -> None:
    """A number counts as many letters as it has, not as its name has."""
    text = "{nomor:kantor_wa}" * 64
    assert "whatsapp" in told(replace(TYPED, whatsapp=text))
    assert not list(manuscripts.faults(replace(TYPED, whatsapp=text), {**FULL, "kantor_wa": "1"}, today=TODAY))


def test_all_faults_are_told_at_once() -> None:
    wrong = replace(TYPED, title="", body="# x", sms="&", card="korban")
    with pytest.raises(manuscripts.Faulty) as refused:
        manuscripts.check(wrong, FULL, today=TODAY)
    assert {fault.field for fault in refused.value.faults} == {"title", "body", "sms", "card"}


def test_lines_are_tidied_and_accents_put_together() -> None:
    tidy = replace(TYPED, title="  Kekérasan \n itu ", body="Satu  \r\n\r\nDua\r", reviewers="hukum").tidy()
    assert (tidy.title, tidy.body, tidy.reviewers) == ("Kekérasan itu", "Satu\n\nDua", "kantor hukum")
    assert tidy.tidy() == tidy


@given(st.sampled_from([name for name, value in vars(TYPED).items() if isinstance(value, str)]), st.text(min_size=1))
def test_a_digest_changes_with_every_letter(name: str, more: str) -> None:
    assert replace(TYPED, **{name: getattr(TYPED, name) + more}).digest() != TYPED.digest()  # type: ignore[arg-type]


def test_a_claim_is_another_one_once_a_letter_of_it_changed() -> None:
    claim = Claim("a", ClaimKind.LAW, Mark.READ, date(2026, 1, 1), "UU 1", "pasal 1", "jdih", "Begini.")
    others = [replace(claim, **{name: "x"}) for name in ("key", "source", "article", "page", "says")]
    others += [replace(claim, mark=Mark.UNKNOWN), replace(claim, checked_on=date(2026, 1, 2))]
    digests = {manuscripts.claim_digest(each) for each in (claim, *others)}
    assert len(digests) == len(others) + 1


def test_law_is_looked_at_twice_as_often() -> None:
    claim = Claim("a", ClaimKind.LAW, Mark.READ, date(2026, 1, 1), "UU 1", "pasal 1", "jdih", "Begini.")
    assert [manuscripts.months_of(replace(claim, kind=kind)) for kind in ClaimKind] == [6, 12, 12, 12]


@pytest.mark.parametrize("title", titles.every(), ids=lambda title: title.front.slug)
def test_every_seed_could_be_kept(title: titles.Title) -> None:
    typed = Manuscript(
        title=title.front.title,
        body=markup.write(title.body),
        guide=markup.write(title.guide),
        quiz=markup.write(title.quiz),
        script=markup.write(title.script),
        whatsapp=title.whatsapp,
        sms=title.sms,
        poster="\n".join(title.poster),
        card="\n".join(title.card),
        reviewers=" ".join(title.front.reviewers),
        checks="\n".join(title.front.checks),
    ).tidy()
    assert told(typed) == {}
    assert {Field(code) for code in typed.reviewers.split()} >= set(title.front.reviewers)
    for name, text in proposals.proposed(typed, title.front.id, FULL).items():
        assert told(replace(typed, **{name: text})) == {}  # type: ignore[arg-type]


told_words = st.lists(
    st.sampled_from(["rumah", "aman", "“kata”", "a & b", "—", "*tebal*", "{nomor:kantor}", "[^satu]", "é", "x" * 60]),
    min_size=1,
    max_size=30,
).map(lambda parts: " ".join(["Kata", *parts]) + ".")  # no line begins with a source
sources = st.lists(
    st.one_of(
        told_words.map(Paragraph),
        st.lists(told_words, min_size=1, max_size=4).map(lambda items: Bullets(tuple(items))),
        st.lists(told_words, min_size=1, max_size=4).map(lambda items: Steps(tuple(items))),
        told_words.map(lambda text: Heading(2, text)),
    ),
    max_size=8,
)


@given(sources, st.text(st.sampled_from("Rumah yang aman*&"), min_size=1, max_size=120), st.sampled_from([FULL, NONE]))
def test_what_is_proposed_can_be_kept(body: list[Block], title: str, numbers: dict[str, str]) -> None:
    claim = Claim("satu", ClaimKind.LAW, Mark.READ, date(2026, 1, 1), "UU 1", "pasal 1", "jdih", "Begini.")
    typed = replace(TYPED, title=title.strip() or "Judul", body=markup.write([*body, claim])).tidy()
    for name, text in proposals.proposed(typed, 7, numbers).items():
        assert not list(manuscripts.faults(replace(typed, **{name: text}), numbers, today=TODAY)), name  # type: ignore[arg-type]
        assert text
