"""Photos in a browser: made small on the phone where it can, whole where it cannot; never in the way of the exit."""

import io
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from pepa.domain import attachments, reports
from pepa.seeds.demo import Account
from tests import people
from tests.citizen.walks import only
from tests.e2e.places import DULL, dull_site, tell
from tests.e2e.test_journey import log_in
from tests.e2e.test_look import check
from tests.pictures.test_copy_of import corners, exif
from tests.uploads.samples import picture, saved

Phone = Callable[..., BrowserContext]
SENT = "input[type=file]"


@pytest.fixture(autouse=True)
def dull(app: Flask) -> Iterator[str]:
    with dull_site(app) as address:
        yield address


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files on the phone: a large photo, held sideways, with its place; a small one; one that only says that it is."""
    folder = tmp_path_factory.mktemp("phone")
    noise = Image.frombytes("L", (500, 375), os.urandom(500 * 375)).resize((2400, 1800)).convert("RGB")
    shot = Image.blend(noise, picture(2400, 1800), 0.8).transpose(Image.Transpose.ROTATE_90)
    (folder / "besar.jpg").write_bytes(saved(shot, "JPEG", quality=97, exif=exif(6)))
    (folder / "kecil.jpg").write_bytes(saved(picture(300, 200), "JPEG"))
    (folder / "rusak.jpg").write_bytes(b"\xff\xd8\xff" + os.urandom(500_000))
    assert (folder / "besar.jpg").stat().st_size > 500_000
    return folder


def begin(page: Page) -> None:
    tell(page)
    page.get_by_role("button", name="Foto, suara, atau surat").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Foto, suara, atau surat")


def send(page: Page, arrived: int) -> None:
    page.get_by_role("button", name="Kirim file").click()
    expect(page.get_by_role("status")).to_have_text(f"SUDAH sampai: {arrived} file.")


def arrived(app: Flask) -> list[bytes]:
    with app.app_context():
        opened = reports.open_for(people.member("ratna"), only(app).id)
        return [b"".join(attachments.content(one)) for one in attachments.all_of(opened.box, opened.report.id)]


def test_a_large_photo_leaves_small_upright_and_without_its_place(phone: Phone, app: Flask, folder: Path) -> None:
    page = phone(width=320, height=480).new_page()
    begin(page)
    page.locator(SENT).set_input_files(folder / "besar.jpg")
    send(page, 1)  # at once: it waits until the photo is small
    (content,) = arrived(app)
    assert len(content) < 250_000
    assert b"Exif" not in content
    image = Image.open(io.BytesIO(content))
    assert image.size == (1280, 960)
    assert corners(image) == [True, False, False, False]


def test_what_cannot_be_made_small_goes_as_it_is(phone: Phone, app: Flask, folder: Path) -> None:
    page = phone(width=320, height=480).new_page()
    begin(page)
    names = ["kecil.jpg", "rusak.jpg"]
    page.locator(SENT).set_input_files([folder / name for name in names])
    send(page, 2)
    assert sorted(arrived(app), key=len) == [(folder / name).read_bytes() for name in names]


@pytest.mark.parametrize("lacks", ["DataTransfer", "scripts"])
def test_an_older_phone_sends_the_original(phone: Phone, app: Flask, folder: Path, lacks: str) -> None:
    page = phone(width=320, height=480, scripts=lacks != "scripts").new_page()
    page.add_init_script(f"delete window.{lacks}")
    begin(page)
    page.locator(SENT).set_input_files(folder / "besar.jpg")
    send(page, 1)
    assert arrived(app) == [(folder / "besar.jpg").read_bytes()]


def test_while_it_is_made_small_the_page_says_so(phone: Phone, folder: Path) -> None:
    page = phone(width=320, height=480).new_page()
    page.add_init_script("FileReader.prototype.readAsDataURL = function () { window.read = this; };")
    begin(page)
    page.locator(SENT).set_input_files(folder / "besar.jpg")
    expect(page.locator("#file-e")).to_have_text("Foto sedang dikecilkan. Tunggu sebentar.")
    expect(page.locator(".field.wrong")).to_have_count(0)
    page.evaluate("window.read.onerror()")
    expect(page.locator("#file-e")).to_have_text("")


def test_what_is_too_large_is_said_before_it_is_sent(phone: Phone, folder: Path) -> None:
    page = phone(width=320, height=480).new_page()
    begin(page)
    large = folder / "besar.mp4"
    with large.open("wb") as file:
        file.truncate(26 * 1024 * 1024)
    page.locator(SENT).set_input_files(large)
    expect(page.locator(".field.wrong .error")).to_have_text("Perbaiki: File ini lebih dari 25 MB.")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    page.get_by_role("button", name="Kirim file").click()
    expect(page.locator(".field.wrong .error")).to_have_text("Perbaiki: File ini lebih dari 25 MB.")
    assert asked == []
    page.locator(SENT).set_input_files(folder / "kecil.jpg")
    expect(page.locator(".field.wrong")).to_have_count(0)
    send(page, 1)


def test_the_exit_waits_for_no_photo(phone: Phone, app: Flask, folder: Path) -> None:
    page = phone(width=320, height=480).new_page()
    begin(page)
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.locator(SENT).set_input_files(folder / "besar.jpg")
    page.get_by_role("button", name="Kirim file").click(no_wait_after=True)
    page.locator(".exit a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(DULL)
    page.wait_for_timeout(300)
    assert posts == [] or arrived(app), "either it never left, or it had left before"


@pytest.mark.parametrize(("width", "height"), [(240, 320), (1280, 800)])
def test_its_page_reads_well(phone: Phone, folder: Path, width: int, height: int) -> None:
    page = phone(width=width, height=height).new_page()
    begin(page)
    check(page, "the page that takes files")
    page.get_by_role("button", name="Kirim file").click()
    expect(page.locator(".field.wrong .error")).to_have_text("Perbaiki: Pilih dulu satu file.")
    check(page, "the same with a fault")


def test_at_the_desk(phone: Phone, app: Flask, accounts: dict[str, Account], folder: Path) -> None:
    her = phone().new_page()
    begin(her)
    her.locator(SENT).set_input_files(folder / "besar.jpg")
    send(her, 1)
    officer = phone(width=1280, height=800).new_page()
    log_in(officer, accounts["ratna"])
    officer.goto(f"/petugas/laporan/{only(app).id}")
    officer.get_by_role("link", name=re.compile("Buka File 1")).click()
    seen = officer.locator("img.view")
    expect(seen).to_be_visible()
    assert seen.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [1280, 960]
    check(officer, "a file's page")
    officer.get_by_label("Untuk apa?").fill("Diminta penyidik.")
    officer.get_by_label("Kalimat sandi").fill(accounts["ratna"].passphrase)
    with officer.expect_download() as taken:
        officer.get_by_role("button", name="Ambil asli").click()
    assert re.fullmatch(r"L-[2-9A-Z]{6}-1\.jpg", taken.value.suggested_filename)
    assert Path(taken.value.path()).read_bytes() == arrived(app)[0]
