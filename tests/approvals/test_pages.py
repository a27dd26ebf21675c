"""The two pages on which a newcomer and a colleague read the same four words."""

from flask import Flask

from pepa import clock
from pepa.db import transaction
from pepa.domain import approvals, keys, placements
from pepa.models.people import StaffSession
from tests import cast
from tests.client import Client
from tests.joining.newcomers import joined, link
from tests.members.people import Newcomer, membership, newcomer, words
from tests.people import member, office

LIST = "/petugas/persetujuan"


def at_work(app: Flask, who: Newcomer) -> Client:
    """A browser in which a newcomer is logged in."""
    client = Client(app)
    with app.app_context():
        cookie, id_hash, key = keys.session_cookie()
        with transaction() as session:
            session.add(
                StaffSession(
                    id_hash=id_hash,
                    membership_id=who.membership_id,
                    secret_sealed=keys.seal_for_session(who.pair, key, id_hash),
                    opened_at=clock.now(),
                    seen_at=clock.now(),
                    idle_minutes=15,
                )
            )
    client.set_cookie("__Host-p", cookie)
    return client


def test_from_the_telephone_to_the_key(app: Flask) -> None:
    with app.app_context():
        who = newcomer("baru", "legal_aid", "worker")
        said, secret = approvals.ask(member("nadia"), who.membership_id).words, words("nadia")
    assert said
    theirs = at_work(app, who)
    assert theirs.get("/petugas/tugas").has("Anda belum punya kunci", "Minta kunci dari rekan")
    assert theirs.get(LIST).has("Anda menunggu kunci", *said)
    client = cast.at_work(app, "nadia")
    page = client.get(LIST)
    assert page.has("Baru Contoh")
    asked = client.get(page.link("Periksa"))
    assert asked.has("Beri kunci?", *said, "di nomor yang sudah Anda kenal")
    assert client.submit("Sama. Saya setuju", passphrase="").status == 422
    assert client.submit("Sama. Saya setuju", passphrase=secret).has("SUDAH diberi kunci.", "Tidak ada yang menunggu.")
    assert "Anda belum punya kunci" not in theirs.get("/petugas/tugas").text


def test_at_a_root_holder_the_page_says_who_was_first_and_anybody_cancels(app: Flask) -> None:
    with app.app_context():
        who, secret = newcomer(), words("ratna")
    first = cast.at_work(app, "ratna")
    first.get(f"{LIST}/{who.membership_id}")
    assert first.submit("Sama. Saya setuju", passphrase=secret).has("Persetujuan pertama SUDAH dicatat.")
    keeper = cast.at_work(app, "joko")
    page = keeper.get(f"{LIST}/{who.membership_id}")
    assert page.has("Sudah setuju", "Ratna Contoh", "Hanya rekan yang memegang kunci lembaga ini yang bisa menyetujui.")
    assert "Sama. Saya setuju" not in page.text
    assert keeper.submit("Batalkan persetujuan").has("Persetujuan SUDAH dibatalkan.")


def test_who_waits_is_counted_beside_the_word_of_the_menu(app: Flask) -> None:
    client = cast.at_work(app, "sekar")
    assert "menunggu kunci" not in client.get("/petugas/ruang").text
    with app.app_context():
        newcomer()
    assert client.get("/petugas/ruang").has("1 menunggu kunci")


def test_of_another_organisation_there_is_no_such_page(app: Flask) -> None:
    with app.app_context():
        who = newcomer("baru", "legal_aid", "worker")
    assert cast.at_work(app, "ratna").get(f"{LIST}/{who.membership_id}").status == 404


def test_of_somebody_who_was_placed_by_hand_it_names_who_did(app: Flask) -> None:
    client = cast.at_work(app, "puspa")
    with app.app_context():
        both = [office("legal_aid"), office("police")]
        placements.place(
            member("joko"), membership("tegar"), organisation_ids=both, roles=["worker"], passphrase=words("joko")
        )
        path = f"{LIST}/{membership('tegar', 'police')}"
        asked = approvals.ask(member("puspa"), membership("tegar", "police"))
    assert asked.invited is None
    assert client.get(path).has("Menjadi anggota", "dimasukkan oleh Joko Contoh")


def test_of_somebody_who_came_by_a_link_it_names_who_invited_them_and_that_once(app: Flask) -> None:
    with app.app_context():
        joined(link("wulan"), login="citra")
        path = f"{LIST}/{membership('citra')}"
    page = cast.at_work(app, "ratna").get(path)
    assert page.has("Diundang", "oleh Wulan Contoh")
    assert "Menjadi anggota" not in page.text
