"""Pictures are drawn anew as line art; what is none, or too large, is refused by name. Cases education 41, 48, 50."""

import io

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import editions, illustrations, uploads
from pepa.domain.illustrations import Brought, InUse, NoPicture, TooLarge, Unreadable
from pepa.errors import NotAllowed, NotFound
from pepa.models.outputs import TitlePicture
from pepa.models.titles import Edition, Translation
from tests import cast, writing
from tests.uploads.samples import TAKEN, picture, saved

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def brought(*contents: bytes) -> Brought:
    found = Brought()
    for number, content in enumerate(contents):
        part = found.begin(f"{number}.png")
        for start in range(0, len(content), 65_536):
            part.write(content[start : start + 65_536])
        part.end()
    return found


def drawn(title_id: int, name: str) -> Image.Image:
    row = db.session.get_one(TitlePicture, (title_id, name))
    image = Image.open(io.BytesIO(row.png))
    assert image.format == "PNG"
    assert (image.width, image.height) == (row.width, row.height)
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_is_kept_at_480_points_in_four_greys(context: Flask, kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Tandabunyi"
    content = saved(picture(1600, 1200), kind, exif=exif)
    assert illustrations.add(cast.member("sekar"), 1, brought(content)) == ["01-1.png"]
    image = drawn(1, "01-1.png")
    assert (image.size, image.mode) == ((480, 360), "P")
    assert set(image.convert("L").tobytes()) <= {0, 85, 170, 255}
    png = db.session.get_one(TitlePicture, (1, "01-1.png")).png
    assert b"Tandabunyi" not in png
    assert len(png) < 8_000


@given(st.integers(0, 255))
def test_each_grey_becomes_the_nearest_of_four(level: int) -> None:
    nearest = (level + 42) // 85 * 85
    assert min((0, 85, 170, 255), key=lambda grey: abs(grey - level)) == nearest


def test_several_take_the_next_free_names_and_the_same_one_twice_is_one(context: Flask) -> None:
    me = cast.member("sekar")
    one, two = saved(picture(), "PNG"), saved(picture(100, 200), "PNG")
    assert illustrations.add(me, 6, brought(one, two)) == ["06-9.png", "06-10.png"], "the seeds have eight"
    assert illustrations.add(me, 6, brought(two)) == ["06-10.png"]
    assert [each.name for each in illustrations.of(me, 6)][-2:] == ["06-9.png", "06-10.png"]


@pytest.mark.parametrize("name", [name for name in TAKEN if name.split(".")[-1] not in ("jpg", "png", "webp")])
def test_what_is_no_picture_for_us(context: Flask, name: str) -> None:
    with pytest.raises(NoPicture):
        illustrations.add(cast.member("sekar"), 1, brought(TAKEN[name]))


def test_an_svg_is_refused_whatever_it_is_called(context: Flask) -> None:
    with pytest.raises(NoPicture):
        illustrations.add(cast.member("sekar"), 1, brought(SVG))
    with pytest.raises(Unreadable):
        illustrations.add(cast.member("sekar"), 1, brought(b"\x89PNG\r\n\x1a\n" + SVG))


def test_one_that_is_too_large_stops_all_of_them(context: Flask) -> None:
    good = saved(picture(), "PNG")
    with pytest.raises(TooLarge):
        illustrations.add(cast.member("sekar"), 1, brought(good, good + bytes(illustrations.LARGEST)))
    assert not illustrations.of(cast.member("sekar"), 1)


def test_too_many_or_none(context: Flask) -> None:
    good = saved(picture(8, 8), "PNG")
    with pytest.raises(uploads.TooMany):
        illustrations.add(cast.member("sekar"), 1, brought(*[good] * 9))
    with pytest.raises(uploads.NothingChosen):
        illustrations.add(cast.member("sekar"), 1, brought())


def test_who_does_not_write_and_which_title_is_none(context: Flask) -> None:
    good = saved(picture(8, 8), "PNG")
    with pytest.raises(NotAllowed):
        illustrations.add(cast.member("nadia"), 1, brought(good))
    with pytest.raises(NotFound):
        illustrations.add(cast.member("sekar"), 404, brought(good))
    with pytest.raises(NotFound):
        illustrations.get_for(cast.member("nadia"), 1, "01-1.png")


def test_what_an_edition_shows_stays(context: Flask) -> None:
    me = cast.member("sekar")
    names = illustrations.add(me, 6, brought(saved(picture(), "PNG")))
    with pytest.raises(InUse):
        illustrations.remove(me, 6, "06-1.svg")
    illustrations.remove(me, 6, names[0])
    assert names[0] not in set(db.session.scalars(sa.select(TitlePicture.name)))
    with pytest.raises(NotFound):
        illustrations.remove(me, 6, names[0])


def test_what_a_translation_alone_shows_stays(context: Flask) -> None:
    me = cast.member("sekar")
    (name,) = illustrations.add(me, 6, brought(saved(picture(), "PNG")))
    edition = db.session.scalars(sa.select(Edition).where(Edition.title_id == 6)).first()
    assert edition
    with transaction() as session:
        session.add(
            Translation(
                edition_id=edition.id, language="su-x-banten", title="Awak", body=f"![Imah]({name})\nImah.",
                changed_at=clock.now(),
            )
        )  # fmt: skip
    with pytest.raises(InUse):
        illustrations.remove(me, 6, name)


def test_the_name_of_one_that_is_gone_is_nobody_else_s(context: Flask) -> None:
    me = cast.member("sekar")
    one, two, three = (saved(picture(100, size), "PNG") for size in (50, 60, 70))
    assert illustrations.add(me, 1, brought(one, two)) == ["01-1.png", "01-2.png"]
    illustrations.remove(me, 1, "01-1.png")
    illustrations.remove(me, 1, "01-2.png")
    assert illustrations.add(me, 1, brought(three)) == ["01-3.png"]


def test_a_draft_may_show_what_was_sent_and_nothing_else(context: Flask) -> None:
    me = cast.member("sekar")
    edition_id = writing.draft()
    title_id = writing.row(edition_id).title_id
    (name,) = illustrations.add(me, title_id, brought(saved(picture(), "PNG")))
    body = f"{writing.TYPED.body}\n\n![Sebuah rumah]({name})"
    editions.revise(me, edition_id, manuscript=editions.replace(writing.TYPED, body=body), version=2)
    assert editions.propose(me, edition_id, version=3) == edition_id


def test_the_page_takes_them_in_and_shows_them(app: Flask) -> None:
    client = cast.at_work(app, "sekar")
    client.open("/petugas/pustaka/1/gambar")
    page = client.send_files("Simpan gambar", ("rumah.png", saved(picture(), "PNG")))
    assert page.has("Gambar SUDAH disimpan.", "01-1.png")
    shown = client.get(str(page.tree.find("img")["src"]))
    assert shown.status == 200
    assert shown.headers["Content-Type"] == "image/png"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    client.open("/petugas/pustaka/1/gambar")
    refused = client.send_files("Simpan gambar", ("rumah.svg", SVG))
    assert refused.status == 422
    assert refused.has("Hanya JPEG, PNG, atau WebP.")
    large = client.send_files("Simpan gambar", ("besar.png", saved(picture(), "PNG") + bytes(illustrations.LARGEST)))
    assert large.status == 422
    assert large.has("Gambar ini lebih dari 15 MB.")
    client.open("/petugas/pustaka/1/gambar")
    assert client.submit("Hapus 01-1.png").has("Gambar SUDAH dihapus.", "Judul ini belum punya gambar.")
    assert client.open("/petugas/pustaka/6/gambar").status == 200
    kept = client.submit("Hapus 06-1.svg")
    assert kept.status == 409
    assert kept.has("Gambar ini dipakai di versi 1.")
