"""Files after the code: sealed while they come, told in words when they do not, never at the cost of the text.

Cases citizen 20, 22, 24, 29, 32, 34, 36, 37; security A04, A14.
"""

import tempfile
from contextlib import ExitStack

import pytest
from flask import Flask

from pepa import clock, storage
from pepa.blueprints.citizen import files as door
from pepa.config import Config
from pepa.domain import attachments, boxes, reporters, reports, uploads
from pepa.models.attachments import Attachment, Kind
from pepa.web import bodies, gates, steps
from tests import people
from tests.citizen.test_line import PAGE, fullest, wire
from tests.citizen.test_write import silent
from tests.citizen.walks import MORNING, answer, count, digits, enter, later, only, send, set_up
from tests.client import BOUNDARY, Client, Page
from tests.storage.test_files import disk
from tests.uploads.samples import TAKEN, photo

FILES, SEND = "Foto, suara, atau surat", "Kirim file"
PHOTO = photo()
BIG = PHOTO + bytes(range(256)) * 1200
CUT = "File terputus di jalan dan TIDAK disimpan. Cerita Anda tetap ada. Coba kirim lagi."
FULL = "Tempat file sedang penuh. Tulisan tetap bisa dikirim."


def begin(client: Client) -> Page:
    """From a new report's code page to the files."""
    send(client)
    return client.submit(FILES)


def arrived(app: Flask, login: str = "ratna") -> list[tuple[str, Kind, bytes]]:
    """What an officer finds with the only report: name, kind, content; the oldest first."""
    report_id = only(app).id
    with app.app_context():
        opened = reports.open_for(people.member(login), report_id)
        found = attachments.all_of(opened.box, report_id)
        return [(one.name, one.kind, b"".join(attachments.content(one))) for one in found]


def on_disk(config: Config) -> list[str]:
    return [path.name for path in config.uploads.rglob("*") if path.is_file()]


@pytest.mark.both
def test_a_photo_arrives(app: Flask, client: Client) -> None:
    page = begin(client)
    assert (page.address, page.h1) == ("/lapor", FILES)
    assert page.has(
        "Jangan kirim foto tubuh. Simpan saja, dan ceritakan.", "Paling banyak 5 file, masing-masing 25 MB."
    )
    page = client.send_files(SEND, ("IMG_0001.jpg", BIG))
    assert (page.address, page.h1) == ("/lapor", FILES)
    assert page.has("SUDAH sampai: 1 file.")
    assert arrived(app) == [("IMG_0001.jpg", Kind.JPEG, BIG)]
    assert "SUDAH sampai" not in client.get("/lapor").text, "it is said once"


def test_the_warning_stands_above_the_field(client: Client) -> None:
    page = begin(client)
    text = str(page.tree.main)
    assert text.index("Jangan kirim foto tubuh") < text.index('type="file"')


def test_several_at_once_and_then_on_to_the_next_step(app: Flask, client: Client) -> None:
    begin(client)
    page = client.send_files(SEND, ("a.jpg", PHOTO), ("b.ogg", TAKEN["ogg"]), ("c.pdf", TAKEN["pdf"]))
    assert page.has("SUDAH sampai: 3 file.")
    assert len(arrived(app)) == 3
    assert client.submit("Lewati").h1 == "Cara menghubungi Anda"
    assert client.submit("Kode Anda").h1 == "Kode Anda"


def test_from_the_answers_too(app: Flask, client: Client) -> None:
    code = send(client)
    answer(app, only(app).id, "Ada fotonya?")
    enter(client, code)
    page = client.submit(SEND)
    assert (page.address, page.h1) == ("/lapor", FILES)
    assert client.send_files(SEND, ("a.jpg", PHOTO)).has("SUDAH sampai: 1 file.")
    assert client.submit("Baca jawaban").address == "/pantau"
    assert len(arrived(app)) == 1


def test_sent_again_it_is_there_once(app: Flask, client: Client, config: Config) -> None:
    """The reply was lost: Back and again with the same form, then with a new one."""
    begin(client)
    form = client.page
    for _ in range(3):
        client.page = form
        assert client.send_files(SEND, ("a.jpg", PHOTO)).has("SUDAH sampai: 1 file.")
    client.get("/lapor")
    assert client.send_files(SEND, ("a.jpg", PHOTO)).has("SUDAH sampai: 1 file.")
    assert len(arrived(app)) == len(on_disk(config)) == 1


def test_nothing_crosses_from_one_report_to_the_next(app: Flask, client: Client) -> None:
    """cases/citizen 36."""
    begin(client)
    client.send_files(SEND, ("a.jpg", PHOTO))
    send(client, "Laporan kedua.")
    page = client.submit(FILES)
    assert "SUDAH sampai" not in page.text
    assert count(app, Attachment) == 1
    client.send_files(SEND, ("a.jpg", PHOTO))
    assert count(app, Attachment) == 2


# What does not arrive, in words


@pytest.mark.parametrize("cut", [0.01, 0.5, 0.9, 0.99])
def test_cut_on_the_way_nothing_is_kept(app: Flask, client: Client, config: Config, cut: float) -> None:
    """cases/citizen 34, security A14."""
    begin(client)
    page = client.send_files(SEND, ("a.jpg", BIG), cut=cut)
    assert page.has(CUT)
    assert "SUDAH sampai" not in page.text
    assert on_disk(config) == []
    assert count(app, Attachment) == 0
    assert client.send_files(SEND, ("a.jpg", BIG)).has("SUDAH sampai: 1 file."), "resumed by sending it again"
    assert arrived(app) == [("a.jpg", Kind.JPEG, BIG)]


def test_without_the_end_mark_nothing_is_kept(app: Flask, client: Client, config: Config) -> None:
    """A body whose length was wrong all along: some proxies send on what they have."""
    page = begin(client)
    for end in (f"\r\n--{BOUNDARY}--\r\n", f"\r\n--{BOUNDARY}\r\n", ""):
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="step"\r\n\r\n3\r\n'
        head += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        body = head.encode() + BIG + end.encode()
        answer = client.post(page.address, data=body, content_type=f"multipart/form-data; boundary={BOUNDARY}")
        assert answer.status == 303
        assert client.get("/lapor").has(CUT)
    assert on_disk(config) == []


def test_each_fault_in_its_words(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 200_000)
    begin(client)
    for files, says in (
        ([("a.jpg", BIG)], "File ini lebih dari 25 MB."),
        ([("a.jpg", b"<svg/>")], "File ini bukan foto, suara, video, atau PDF yang bisa kami buka."),
        ([], "Pilih dulu satu file."),
        (
            [("a.jpg", PHOTO + bytes([n])) for n in range(6)],
            "Terlalu banyak file sekaligus. Sebagian TIDAK disimpan. Kirim sisanya sekali lagi.",
        ),
    ):
        page = client.send_files(SEND, *files)
        assert page.status == 200
        assert page.h1 == FILES
        assert [error.get_text() for error in page.tree.select(".field.wrong .error")] == [f"Perbaiki: {says}"]
        (link,) = page.tree.select(".notice.wrong a")
        assert (link["href"], link.get_text()) == ("#file", says)
        assert page.has("Laporan Anda tetap ada.")
    assert page.has("SUDAH sampai: 5 file."), "more than five: the first ones are kept"


def test_a_wrong_one_among_good_ones_costs_them_nothing(app: Flask, client: Client) -> None:
    """cases/citizen 37."""
    begin(client)
    page = client.send_files(SEND, ("a.jpg", PHOTO), ("b.html", b"<html>"), ("c.webp.jpg", TAKEN["webp"]))
    assert page.has("SUDAH sampai: 2 file.", "File ini bukan foto")
    assert [kind for _, kind, _ in arrived(app)] == [Kind.JPEG, Kind.WEBP]


@pytest.mark.parametrize("way", ["said", "unsaid"])
def test_far_too_much_is_let_go_by(client: Client, config: Config, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """cases/citizen 32: neither a bare 413 nor a broken line. unsaid: its length does not tell."""
    monkeypatch.setattr(uploads, "LARGEST", 100_000)
    monkeypatch.setattr(gates, "BESIDE", 1000 if way == "said" else 10_000_000)
    begin(client)
    page = client.send_files(SEND, ("a.jpg", BIG * 4))
    assert page.has("File ini lebih dari 25 MB.")
    assert on_disk(config) == []


def test_a_full_disk(app: Flask, client: Client, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Case A04."""
    begin(client)
    with monkeypatch.context() as patch:
        disk(patch, free=0.15)
        page = client.send_files(SEND, ("a.jpg", BIG))
        assert page.has(FULL)
        client.open("/pantau")
        assert client.submit("Kirim pesan", text="Teks masih bisa.").has("Pesan SUDAH sampai.")
        send(client, "Laporan lain masih bisa.")
    assert on_disk(config) == []


def test_when_texts_cannot_be_kept_either_the_form_says_so_before_typing(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk(monkeypatch, free=0)
    page = client.get("/lapor")
    assert page.status == 503
    assert page.headers["Retry-After"]
    assert page.has("Jangan menulis dulu.", "110")
    assert not page.tree.select("textarea")


def test_a_fault_of_the_database(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(client)
    form = client.page
    with monkeypatch.context() as patch:
        patch.setattr(reporters, "by_token", silent)
        page = client.send_files(SEND, ("a.jpg", PHOTO))
        assert page.status == 503
        assert page.has("File BELUM disimpan. Coba lagi sebentar.")
    client.page = form
    with monkeypatch.context() as patch:
        patch.setattr(boxes, "insert", silent)
        assert client.send_files(SEND, ("a.jpg", PHOTO)).has("File BELUM disimpan. Coba lagi sebentar.")
    client.page = form
    assert client.send_files(SEND, ("a.jpg", PHOTO)).has("SUDAH sampai: 1 file.")
    assert len(arrived(app)) == 1


# Who may send


def test_after_ten_minutes_the_code_is_asked_for(app: Flask, client: Client, config: Config) -> None:
    with clock.frozen(MORNING):
        code = send(client)
        client.submit(FILES)
    with clock.frozen(later(11)):
        page = client.send_files(SEND, ("a.jpg", PHOTO))
        assert page.status == 422
        assert page.has("Ketik kode sekali lagi, lalu pilih file lagi. Cerita Anda tetap ada.")
        assert on_disk(config) == []
        assert client.submit("Buka", code=code).address == "/pantau"
        client.submit(SEND)
        assert client.send_files(SEND, ("a.jpg", PHOTO)).has("SUDAH sampai: 1 file.")


def test_an_hour_on_the_way_is_no_time_out(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """She may read for ten minutes; sending began in time and takes as long as the line takes."""
    with clock.frozen(MORNING):
        send(client)
        client.submit(FILES)
    begun, hour_later = uploads.Upload.begin, ExitStack()

    def slowly(self: uploads.Upload, name: str) -> uploads.Arriving:
        hour_later.enter_context(clock.frozen(later(70)))
        return begun(self, name)

    with clock.frozen(MORNING), hour_later:
        monkeypatch.setattr(uploads.Upload, "begin", slowly)
        page = client.send_files(SEND, ("a.jpg", PHOTO))
        assert page.has("SUDAH sampai: 1 file.")


def test_from_nobody_nothing_is_taken(app: Flask, client: Client, config: Config) -> None:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    body = head.encode() + BIG + f"\r\n--{BOUNDARY}--\r\n".encode()
    for path, status in (("/lapor", 400), ("/pantau", 400), ("/", 405), ("/petugas/masuk", 422)):
        answer = client.post(path, data=body, content_type=f"multipart/form-data; boundary={BOUNDARY}")
        assert answer.status == status
    assert on_disk(config) == []


def test_after_the_exit_nothing_is_taken(client: Client, config: Config) -> None:
    begin(client)
    form = client.page
    client.get("/keluar")
    client.page = form
    client.send_files(SEND, ("a.jpg", PHOTO))
    assert on_disk(config) == []


def test_without_cookies_the_step_is_not_offered(alone: Client) -> None:
    send(alone)
    assert alone.page is not None
    assert FILES not in alone.page.text


# Nothing in the clear


def test_no_part_is_ever_laid_on_the_disk(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """cases/citizen 20."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a part was written to a temporary file")

    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    begin(client)
    assert client.send_files(SEND, ("a.jpg", PHOTO + bytes(3_000_000))).has("SUDAH sampai: 1 file.")


def test_in_pieces_of_one_frame(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """However large it is: no more than a frame of it is handed on at once."""
    sizes: list[int] = []
    written = storage.Draft.write

    def write(self: storage.Draft, content: bytes) -> None:
        sizes.append(len(content))
        written(self, content)

    monkeypatch.setattr(storage.Draft, "write", write)
    begin(client)
    client.send_files(SEND, ("a.jpg", PHOTO + bytes(3_000_000)))
    assert len(sizes) > 40
    assert max(sizes) <= bodies.CHUNK + 100


def test_what_was_sent_is_not_shown_again(app: Flask, client: Client) -> None:
    begin(client)
    client.send_files(SEND, ("bukti-suami.jpg", PHOTO))
    for path in ("/lapor", "/pantau", "/"):
        page = client.open(path)
        assert "bukti-suami" not in page.text
        assert "1 file" not in page.text, "an abuser who holds the code does not learn of it"


# Old phones


def test_a_phone_that_cannot_choose_is_told_so(app: Flask, client: Client) -> None:
    """cases/citizen 22."""
    page = begin(client)
    assert page.has("HP ini mungkin tidak bisa memilih file. Bawa ke loket, atau tunjukkan di sana.")
    assert page.has("Laporan tetap lengkap tanpa file.")
    set_up(app, office_whatsapp="0812-3456-7890")
    assert client.get("/lapor").has("Bawa ke loket, tunjukkan di sana, atau kirim ke chat kantor 0812-3456-7890.")


def test_the_page_comes_back_after_the_camera_killed_the_browser(app: Flask, client: Client) -> None:
    """cases/citizen 21: the report is safe, reloading shows the form, the second try works."""
    begin(client)
    page = client.get("/lapor")
    assert page.h1 == FILES
    assert client.send_files(SEND, ("a.jpg", PHOTO)).has("SUDAH sampai: 1 file.")
    assert digits(client.submit("Kode Anda"))


def test_a_form_without_its_files_kind(client: Client) -> None:
    """A browser that knows no multipart sends the name of the file as text."""
    page = begin(client)
    sent = {"step": page.value("step"), "once": page.value("once"), "file": "a.jpg", "end": "1"}
    assert client.post("/lapor", sent).status == 303
    assert client.get("/lapor").has("Pilih dulu satu file.")


def test_its_page_is_as_small_as_the_others(app: Flask) -> None:
    """With a second script, its setting of the office's chat, an error and what has arrived."""
    fullest(app)
    for said in ("3", "3" + steps.ADDED, "35j"):
        with app.test_request_context("/lapor", headers={"Accept-Encoding": "gzip"}):
            here = steps.Here("3", FILES, "4", "Kode Anda", said[1:])
            answer = app.process_response(door._show(None, here))  # type: ignore[arg-type]
        assert wire(answer) <= PAGE
