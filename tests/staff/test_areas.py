"""Places at the desk: a kelurahan's tree, one more, and what becomes of one."""

import pytest
from flask import Flask

from tests import cast
from tests.client import Client, Page

A = "/petugas/wilayah?kelurahan=36.73.01.1001"


@pytest.fixture
def dian(app: Flask) -> Client:
    """RT 003 in RW 02."""
    client = cast.at_work(app, "dian")
    client.open(A)
    client.submit("Tambah", level="rw", name="RW 02")
    client.submit("Tambah", name="003", parent_id=option(client.open(A), "parent_id", "RW 02"))
    return client


def option(page: Page, name: str, text: str) -> str:
    options = page.tree.find("select", attrs={"name": name}).find_all("option")  # type: ignore[union-attr]
    return next(str(one["value"]) for one in options if one.get_text() == text)


def test_the_city_by_kelurahan(dian: Client) -> None:
    page = dian.open("/petugas/wilayah")
    assert page.has("Kecamatan Serang", "daftar RT belum ada")
    assert dian.click("Serang").has("RT 003", "RW 02")


def test_a_name_twice_is_refused_and_what_was_typed_stays(dian: Client) -> None:
    dian.open(A)
    page = dian.submit("Tambah", level="rw", name="2")
    assert page.status == 422
    assert page.has("Nama ini sudah ada di tempat itu: 02.")
    assert page.value("name") == "2"


def test_renamed_split_joined_moved_ended(dian: Client) -> None:
    dian.open(A)
    dian.click("RT 003")
    dian.click("Ganti nomor atau nama")
    assert dian.submit("Simpan", name="RT 004").has("Sudah diubah.", "RT 004")
    dian.click("RT 004")
    dian.click("Pecah menjadi beberapa")
    assert dian.submit("Simpan", names="004, 005").has("RT 004", "RT 005")
    dian.click("RT 004")
    page = dian.click("Gabung dengan yang lain")
    page = dian.submit("Simpan", other_id=option(page, "other_id", "RT 005, RW 02"), name="006")
    assert page.has("RT 006")
    assert not page.has("RT 005")
    dian.submit("Tambah", level="rw", name="03")
    dian.click("RT 006")
    page = dian.click("Pindah ke tempat lain")
    assert dian.submit("Simpan", parent_id=option(page, "parent_id", "RW 03")).has("RT 006")
    dian.click("RT 006")
    dian.click("Akhiri")
    assert dian.submit("Ya, akhiri").has("Sudah diakhiri.", "RW 03")


def test_one_moves_to_another_kelurahan(dian: Client) -> None:
    dian.open("/petugas/wilayah?kelurahan=36.73.02.1001")
    dian.submit("Tambah", level="rw", name="07")
    dian.open(A)
    dian.click("RT 003")
    dian.click("Pindah ke tempat lain")
    page = dian.submit("Tampilkan isinya", kelurahan="36.73.02.1001")
    page = dian.submit("Simpan", parent_id=option(page, "parent_id", "RW 07"))
    assert page.h1 == "Wilayah: Kasemen"
    assert page.has("RT 003")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("on", "", "Tulis harinya"),
        ("on", "01/01/1990", "Tulis hari"),
        ("name", "", "Tulis dulu nomor"),
        ("name", "=1", "tanda yang"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(dian: Client, field: str, value: str, says: str) -> None:
    dian.open(A)
    dian.click("RT 003")
    dian.click("Ganti nomor atau nama")
    page = dian.submit("Simpan", **{field: value})
    assert page.status == 422
    assert page.has(says)


@pytest.mark.parametrize(
    "path", ["/petugas/wilayah?kelurahan=x", "/petugas/wilayah/bagian/00000000-0000-4000-8000-000000000000"]
)
def test_what_is_not_there(dian: Client, path: str) -> None:
    assert dian.get(f"/petugas/wilayah{path}").status == 404
