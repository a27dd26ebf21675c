"""What a reporter added, as an officer reads it: in order, dangers in words, her plan above any number."""

from typing import Any

import pytest
from flask import Flask

from pepa import clock
from pepa.domain import additions
from pepa.models.additions import ASKED
from tests import cast
from tests.citizen.walks import MORNING, later
from tests.client import Client, Page

PLAN = {
    "reach": "back",
    "phone": "0812-3456-7890",
    "hours": "Senin, 09.00",
    "word": "pesanan beras",
    "others": "mertua",
}


@pytest.fixture
def report(app: Flask) -> Any:
    """A function: adds these pages of answers to a new report, a minute apart; the report as ratna sees it."""

    def report(*pages: additions.Answers, **told: Any) -> Page:
        with app.app_context(), clock.frozen(MORNING):
            reporter = cast.tell(**told)
            for minute, answers in enumerate(pages):
                with clock.frozen(later(minute)):
                    assert additions.add(reporter, answers=answers, once=str(minute))
        with clock.frozen(MORNING):
            return cast.at_work(app, "ratna").open(f"/petugas/laporan/{reporter.report_id}")

    return report


def contact(page: Page) -> str:
    """The panel about calling her, as text."""
    (panel,) = [panel for panel in page.tree.select("aside .panel") if panel.h2.get_text() == "Cara menghubungi"]  # type: ignore[union-attr]
    return " ".join(panel.get_text(" ").split())


def test_each_stands_there_with_its_time_in_order(report: Any) -> None:
    page = report(
        additions.When(ago="recent", place="Pasar lama", home="Kabupaten Serang"),
        additions.Who(hurt="adik", weapon="no", children="unknown", suicidal="unsaid"),
    )
    (panel,) = [panel for panel in page.tree.select(".panel") if "Ditambahkan pelapor" in panel.get_text()]
    assert [str(heading.get_text()) for heading in panel.select("h3")] == [
        "Kapan dan di mana Rabu 25 Nov, 10.04 WIB",
        "Siapa, dan bahayanya Rabu 25 Nov, 10.05 WIB",
    ]
    when, who = [[cell.get_text() for cell in facts.find_all(["dt", "dd"])] for facts in panel.select("dl")]
    assert when == [
        *("Kapan terjadi", "Kurang dari 3 hari lalu", "Tempat kejadian", "Pasar lama"),
        *("Tempat tinggal yang mengalami", "Kabupaten Serang"),
    ]
    assert who == [
        *("Yang disakiti", "adik", "Anak di rumah itu sekarang", "Tidak tahu"),
        *("Senjata, atau benda untuk mengancam", "Tidak", "Terpikir mengakhiri hidup", "Tidak mau jawab", "Dilewati"),
        "Yang menyakiti · Orang itu tinggal serumah · Pernah dicekik · Pernah diancam dibunuh",
    ]
    assert "Tanda bahaya: Belum 72 jam" in page.text, "the only one that was told"


def test_dangers_are_marks_with_words(report: Any) -> None:
    page = report(additions.Who(**dict.fromkeys(ASKED, "yes")), additions.When(ago="recent"))
    assert page.has(
        "Tanda bahaya: Senjata Dicekik Diancam dibunuh Anak di rumah Tinggal serumah Ingin mengakhiri hidup "
        "Belum 72 jam"
    )
    assert [mark.get_text() for mark in page.tree.select(".head .badge")] == ["Sekarang"]


def test_without_dangers_none_are_named(report: Any) -> None:
    assert "Tanda bahaya" not in report(additions.Who(hurt="adik")).text


def test_the_plan_stands_above_the_number(report: Any) -> None:
    page = report(additions.Contact(**PLAN, message="no", cover="meeting"), phone="0800-000-000")
    said = contact(page)
    order = [said.index(words) for words in ("Baca rencana kontak dulu.", "Senin, 09.00", "pesanan beras", "Nomornya")]
    assert order == sorted(order)
    assert 'Orang lain yang mengangkat "Mau mengundang rapat PKK."' in said
    assert "Tinggalkan pesan Jangan" in said
    assert not page.tree.select("a[href^='tel:']")
    for number in ("0812-3456-7890", "0800-000-000"):
        assert number not in page.text, "it opens with a call-back alone"


def test_without_a_safe_word_it_is_a_wrong_number(report: Any) -> None:
    said = contact(report(additions.Contact(**{**PLAN, "word": ""}, cover_words="dari toko")))
    assert "Tidak ada. Selalu bilang salah sambung dulu." in said
    assert '"Maaf, salah sambung."' in said


def test_who_does_not_want_to_be_called_has_no_number_to_press(report: Any) -> None:
    page = report(additions.Contact(reach="never"), phone="0800-000-000")
    assert contact(page).startswith("Cara menghubungi Jangan hubungi saya")
    assert "0800-000-000" in contact(page)
    assert not page.tree.select("a[href^='tel:']")


def test_the_newest_plan_counts(report: Any) -> None:
    page = report(additions.Contact(**PLAN), additions.Contact(reach="never"))
    assert "Jangan hubungi saya" in contact(page)
    assert "pesanan beras" in page.text, "the older one is still read"
    page = report(additions.Contact(reach="never"), additions.Contact(**PLAN))
    assert "Baca rencana kontak dulu." in contact(page)


def test_without_a_plan_the_page_says_that_it_was_not_asked(report: Any) -> None:
    assert "Jam aman dan kata aman belum ditanya." in contact(report(phone="0800-000-000"))
    assert "Cara menghubungi" not in report().text


def test_what_was_typed_is_shown_as_it_is(report: Any) -> None:
    """C08, C10: escaped, and isolated from the text around it."""
    markup, number = "\u202e<script>alert(1)</script> {{7*7}} %(n)s", "\u202e<b>0812</b> 3456"
    page = report(
        additions.Who(hurt=markup, hurting=markup),
        additions.When(place=markup, home=markup),
        additions.Contact(reach="back", phone=number, hours=markup, word=markup, others=markup, cover_words=markup),
    )
    assert not page.tree.select("main script, main dd b, main bdi b")
    holders = [text.parent for text in page.tree.find_all(string=lambda text: text and "\u202e" in text)]
    assert len(holders) == 12
    assert all(holder is not None and (holder.name == "bdi" or holder.get("dir") == "auto") for holder in holders)


def test_outside_of_the_city_the_desk_says_so(app: Flask) -> None:
    with app.app_context():
        told = [cast.tell(kecamatan=code) for code in ("regency", "elsewhere", "36.73.04")]
    paths = [f"/petugas/laporan/{reporter.report_id}" for reporter in told]
    client = cast.at_work(app, "ratna")
    assert client.open("/petugas").text.count("Luar kota") == 2
    assert ["Luar kota" in client.open(path).text for path in paths] == [True, True, False]


def test_an_answer_that_is_refused_still_shows_them(app: Flask) -> None:
    with app.app_context():
        reporter = cast.tell()
        additions.add(reporter, answers=additions.Who(weapon="yes"), once="o")
    client: Client = cast.at_work(app, "ratna")
    client.open(f"/petugas/laporan/{reporter.report_id}")
    page = client.submit("Kirim jawaban", text=" ")
    assert page.status == 422
    assert page.has("Tanda bahaya: Senjata")
