"""What readers say of a title: three choices, few letters, no name, sealed."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db
from pepa.domain import floods, opinions
from pepa.errors import NotAllowed, NotFound
from pepa.models.opinions import Opinion
from tests import cast
from tests.client import Client
from tests.library import books
from tests.people import member

SAID = "Gambar ketiga tidak jelas"


@pytest.fixture(autouse=True)
def _at_ease(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests send faster than people do."""
    monkeypatch.setattr(opinions, "watch", floods.Watch(hasty=0, quick=0, many=10**6))


def rows(app: Flask) -> list[Opinion]:
    with app.app_context():
        db.session.rollback()
        return list(db.session.scalars(sa.select(Opinion).where(Opinion.title_id < 90)))


def test_three_taps_and_it_has_arrived(library: Flask, client: Client) -> None:
    client.get("/b/3")
    page = client.submit("Kirim pendapat", clarity="no", note=SAID)
    assert page.status == 200
    assert page.has("SUDAH sampai. Terima kasih.")
    assert not page.cookies
    (row,) = rows(library)
    assert (row.title_id, row.edition_number, row.clarity, row.on, row.is_aside) == (3, 1, "no", clock.today(), False)
    assert row.text_sealed
    assert SAID.encode() not in row.text_sealed


def test_the_office_reads_it_and_counts(library: Flask, client: Client) -> None:
    for clarity, note in (("yes", ""), ("yes", ""), ("wrong", SAID)):
        client.get("/b/3")
        client.submit("Kirim pendapat", clarity=clarity, note=note)
    with library.app_context():
        found = opinions.for_title(member("wulan"), 3)
        assert found.counts == {"yes": 2, "no": 0, "wrong": 1}
        (written,) = found.written
        assert (written.text, written.clarity, written.edition_number) == (SAID, "wrong", 1)
        with pytest.raises(NotAllowed):
            opinions.for_title(member("asep"), 3)


def test_sent_twice_it_is_one(library: Flask, client: Client) -> None:
    page = client.get("/b/3")
    fields = {"clarity": "yes", "note": "", "ticket": page.value("ticket"), "end": "1"}
    for _ in range(3):
        assert client.post("/b/3", fields).status == 303
    assert len(rows(library)) == 1


def test_nothing_chosen_is_said_beside_the_choice_and_what_was_typed_stays(library: Flask, client: Client) -> None:
    client.get("/b/3")
    page = client.submit("Kirim pendapat", note=SAID)
    assert page.status == 422
    assert page.has("Perbaiki: Pilih satu dulu: Ya, Tidak, atau Ada yang salah.")
    assert page.value("note") == SAID
    assert client.submit("Kirim pendapat", clarity="yes").has("SUDAH sampai.")
    assert len(rows(library)) == 1


def test_what_is_wrong_is_told_by_a_small_page_in_the_language_that_is_read(library: Flask, client: Client) -> None:
    with library.app_context():
        books.translate(1, "su-x-banten", title="Tatangga meunang miluan", body="Tengah peuting.")
    client.get("/b/1?bahasa=su-x-banten")
    page = client.submit("Kirim pendapat", note=SAID)
    assert page.status == 422
    assert len(page.body) <= 10_240, "it is not compressed, and filled up to its size"
    assert page.h1 == "Tatangga meunang miluan"
    assert page.link("Baca bacaannya") == "/b/1?bahasa=su-x-banten"
    assert client.submit("Kirim pendapat", clarity="yes").h1 == "Tatangga meunang miluan"


def test_too_long_is_said_with_its_limit(library: Flask, client: Client) -> None:
    client.get("/b/3")
    page = client.submit("Kirim pendapat", clarity="yes", note="a" * 201)
    assert page.status == 422
    assert page.has("Paling panjang 200 huruf.")
    assert not rows(library)


def test_a_form_that_was_cut_on_the_way_is_not_taken(library: Flask, client: Client) -> None:
    page = client.post("/b/3", {"clarity": "yes"})
    assert page.status == 400
    assert page.has("TIDAK ada yang disimpan.")
    assert not rows(library)


@pytest.mark.parametrize("fields", [{"subject": "x"}, {"ticket": ""}, {"ticket": "x" * 86}])
def test_what_looks_like_a_machine_is_put_aside_and_told_nothing(
    library: Flask, client: Client, fields: dict[str, str]
) -> None:
    ticket = client.get("/b/3").value("ticket")
    sent = {"clarity": "wrong", "note": SAID, "ticket": ticket, "end": "1", **fields}
    assert client.post("/b/3", sent).status == 303
    (row,) = rows(library)
    assert row.is_aside
    with library.app_context():
        found = opinions.for_title(member("wulan"), 3)
        assert found.counts["wrong"] == 0
        assert found.written[0].is_aside


def test_whoever_presses_at_once_has_not_read(library: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opinions, "watch", floods.Watch(hasty=2, quick=2))
    client.get("/b/3")
    client.submit("Kirim pendapat", clarity="yes")
    assert [row.is_aside for row in rows(library)] == [True]


def test_a_title_that_is_not_published_has_no_opinions(library: Flask, client: Client) -> None:
    ticket = client.get("/b/3").value("ticket")
    with library.app_context():
        books.withdraw(3)
        with pytest.raises(NotFound):
            opinions.give(3, clarity="yes")
        with pytest.raises(NotFound):
            opinions.give(77, clarity="yes")
    assert client.post("/b/3", {"clarity": "yes", "ticket": ticket, "end": "1"}).status == 404
    assert not rows(library)


def test_it_asks_for_no_story_and_says_where_one_is_told(client: Client) -> None:
    page = client.get("/b/3")
    assert page.has("Jangan tulis cerita di sini.")
    assert page.link("Ada yang mau diceritakan?") == "/lapor"


def test_from_another_site_nothing_is_taken(library: Flask, client: Client) -> None:
    sent = {"clarity": "yes", "end": "1"}
    assert client.post("/b/3", sent, headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    assert not rows(library)


def test_a_year_later_the_words_are_gone_and_the_count_stays(library: Flask, client: Client) -> None:
    client.get("/b/3")
    client.submit("Kirim pendapat", clarity="wrong", note=SAID)
    with library.app_context():
        assert opinions.purge() == 0
        with clock.frozen(clock.now() + opinions.KEPT + 2 * clock.SECOND * 86_400):
            assert opinions.purge() == 1
        found = opinions.for_title(member("wulan"), 3)
        assert found.counts["wrong"] == 1
        assert not found.written


def test_what_people_say_stands_before_what_looks_like_a_machine(library: Flask, client: Client) -> None:
    client.get("/b/3")
    client.submit("Kirim pendapat", clarity="wrong", note=SAID)
    with library.app_context(), clock.frozen(clock.now() + 2 * clock.SECOND * 86_400):
        for number in range(3):
            opinions.give(3, clarity="no", note=f"Mesin {number}", ticket="", subject="x")
        found = opinions.for_title(member("wulan"), 3, most=2)
        assert [one.is_aside for one in found.written] == [False, True]


def test_the_desk_s_list_says_where_readers_found_something_wrong_lately(library: Flask, client: Client) -> None:
    for clarity in ("wrong", "wrong", "no"):
        client.get("/b/3")
        client.submit("Kirim pendapat", clarity=clarity)
    desk = cast.at_work(library, "sekar")
    assert desk.get("/petugas/pustaka?antrean=terbit").has("Ada yang salah: 2 pembaca")
    with library.app_context():
        assert opinions.wrong_lately(member("wulan")) == {3: 2}
        assert opinions.wrong_lately(member("asep")) == {}
        with clock.frozen(clock.now() + opinions.LATELY + 2 * clock.SECOND * 86_400):
            assert opinions.wrong_lately(member("wulan")) == {}
