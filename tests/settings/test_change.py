"""What the office decides is changed on a page, by whoever decides it, and each change is kept."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import Kept, db, transaction
from pepa.domain import duty, limits, numbers, rules, settings, trails
from pepa.domain.rules import RULES
from pepa.errors import Invalid, NotAllowed, NotFound
from pepa.models.installation import Setting
from pepa.models.lateness import Limit
from pepa.models.reports import Urgency
from tests import cast
from tests.people import office


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    Kept.forget()


def change(login: str, code: str, value: str, seen: str | None = None) -> str:
    me = cast.member(login)
    shown = settings.get_for(me, code).value if seen is None else seen
    return settings.change(me, code, value=value, seen=shown)


def planted(code: str, value: str) -> None:
    """Something that came there by another way than the page."""
    with transaction() as session:
        session.execute(sa.update(Setting).where(Setting.key == code).values(value=value))
    Kept.forget()


def test_every_setting_of_the_program_has_a_rule() -> None:
    assert set(RULES) == set(settings.TEXTS) - {"office_number", "office_whatsapp"}, "those two are numbers"
    for code, rule in RULES.items():
        first = getattr(settings.FIRST, code)
        stored = "" if first is None else str(first)
        assert code in settings.NEEDED or rules.is_sound(rule, stored), code


@pytest.mark.both
def test_it_is_changed_and_kept_with_who(context: Flask) -> None:
    change("joko", "counter_hours", "Senin  sampai Kamis")
    change("wulan", "counter_hours", "Setiap hari")
    Kept.forget()
    assert settings.read().counter_hours == "Setiap hari"
    newest, first = settings.get_for(cast.member("hadi"), "counter_hours").changes
    assert (newest.by, newest.before, newest.after) == (cast.member("wulan").name, "Senin sampai Kamis", "Setiap hari")
    assert first.after == "Senin sampai Kamis"
    lines = trails.of_accounts(cast.member("joko"), trails.Filters(), at=None).items
    assert [line.says for line in lines].count("Mengubah pengaturan") == 2


def test_the_same_again_is_no_change(context: Flask) -> None:
    change("wulan", "alarm_minutes", "05")
    assert not settings.get_for(cast.member("wulan"), "alarm_minutes").changes


def test_of_two_the_second_is_shown_both(context: Flask) -> None:
    change("wulan", "alarm_minutes", "7")
    with pytest.raises(settings.ChangedMeanwhile) as told:
        change("hadi", "alarm_minutes", "9", seen="5")
    assert told.value.values == {"now": "7", "typed": "9"}
    assert settings.get_for(cast.member("hadi"), "alarm_minutes").value == "7"


@pytest.mark.parametrize(
    ("login", "code"),
    [
        ("joko", "law_sentence"),
        ("joko", "openings_a_day"),
        ("wulan", "openings_a_day"),  # nobody switches off the watch over themselves
        ("wulan", "openings_an_hour"),
        ("wulan", "exit_url"),
        ("hadi", "neutral_title"),
    ],
)
def test_who_sees_it_and_does_not_decide_it(context: Flask, login: str, code: str) -> None:
    assert not settings.get_for(cast.member(login), code).may_change
    with pytest.raises(NotAllowed):
        change(login, code, "A")


@pytest.mark.parametrize("code", ["openings_a_day", "openings_an_hour"])
def test_the_head_decides_how_many_may_be_opened(context: Flask, code: str) -> None:
    change("hadi", code, "")
    assert settings.get_for(cast.member("wulan"), code).value == ""


@pytest.mark.parametrize("login", ["ratna", "intan", "asep"])
def test_for_anybody_else_there_are_none(context: Flask, login: str) -> None:
    with pytest.raises(NotAllowed):
        settings.every(cast.member(login))
    with pytest.raises(NotAllowed):
        settings.change(cast.member(login), "counter_hours", value="x", seen="")


def test_no_such_setting(context: Flask) -> None:
    for code in ("demo", "numbers", "number.110", "office_number", "tidak_ada"):
        with pytest.raises(NotFound):
            settings.change(cast.member("wulan"), code, value="1", seen="")


WRONG = [
    *[("alarm_minutes", text) for text in ("", "0", "61", "-1", "2,5", "²", "lima", "9" * 5000)],
    *[("exit_url", text) for text in ("", "bmkg.go.id", "http://bmkg.go.id/", "javascript:alert(1)", "https://a@b.id/",
                                      "https://bmkg.go.id/\"onload=", "https://x/", "https://" + "a" * 300 + ".id/")],
    ("neutral_title", "x" * 41),
    ("neutral_title", ""),
    ("crisis_number", "tanya Bu Wulan"),
    ("law_sentence", "B"),
    ("outputs_more", "mungkin"),
    ("counter_address", "x" * 301),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), WRONG)
def test_what_cannot_be_taken(code: str, text: str) -> None:
    with pytest.raises(Invalid) as told:
        rules.taken(RULES[code], text)
    assert told.value.field == "value"


@pytest.mark.parametrize("text", ["", "lima", "-3", "9" * 50, "0"])
def test_no_page_breaks_by_what_stands_there(app: Flask, text: str) -> None:
    with app.app_context():
        for code, rule in RULES.items():
            if rule.kind is rules.Kind.WHOLE:
                planted(code, text)
        assert settings.read().alarm_minutes == 5
        assert duty._pause().total_seconds() == 300
        for urgency in Urgency:
            limits._length(Limit.READ, urgency)
        said = [fault for fault in settings.faults() if fault.about == "alarm_minutes"]
        assert bool(said) is bool(text)
        limits.reading_limit(office(), Urgency.NOW, limits.clock.now())
    assert cast.at_work(app, "wulan").open("/petugas/pengaturan").status == 200


def test_an_address_that_cannot_be_used_leads_to_the_first_one(context: Flask) -> None:
    planted("exit_url", "javascript:alert(1)")
    assert settings.read().exit_url == settings.FIRST.exit_url


def test_the_pages(app: Flask) -> None:
    client = cast.at_work(app, "wulan")
    assert client.open("/petugas/pengaturan").has("Pengaturan", "Jam loket", "Paling lambat dibaca")
    client.open("/petugas/pengaturan/alarm_minutes")
    wrong = client.submit("Simpan", value="besok")
    assert wrong.status == 422
    assert wrong.has("Tulis angka saja, dari 1 sampai 60.")
    assert client.submit("Simpan", value="10").has("Pengaturan SUDAH diubah.", "10 menit")
    assert client.open("/petugas/pengaturan/alarm_minutes").has("dari “5 menit” menjadi “10 menit”")
    assert client.open("/petugas/pengaturan/exit_url").has("Yang mengubah ini: pengelola.")
    assert client.get("/petugas/pengaturan/tidak-ada").status == 404
    assert cast.at_work(app, "ratna").get("/petugas/pengaturan").status == 404


def test_a_number_keeps_its_changes_too(context: Flask) -> None:
    me = cast.member("wulan")
    numbers.change(me, "kantor", number="0254-111", checked_on=limits.clock.today(), seen="0254-000-000")
    (kept,) = settings.history(me, ["office_number"])["office_number"]
    assert (kept.before, kept.after) == ("0254-000-000", "0254-111")
    db.session.rollback()


def test_a_value_that_cannot_be_used_is_shown_beside_the_one_that_holds(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.merge(Setting(key="openings_an_hour", value="99999999"))
    page = cast.at_work(app, "joko").open("/petugas/pengaturan")
    assert page.has("Tidak bisa dipakai", f"Yang berlaku: {settings.FIRST.openings_an_hour}")


def test_the_head_reads_the_whole_sentences_of_the_law_before_choosing(app: Flask) -> None:
    page = cast.at_work(app, "hadi").open("/petugas/pengaturan/law_sentence")
    assert page.text.count("wajib kami laporkan ke polisi") == 2
    assert page.has("Kalau ada cara aman, kami bicara dengan Anda lebih dulu.")
