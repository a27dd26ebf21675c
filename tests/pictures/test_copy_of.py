"""Copies to look at: upright, without a place, drawn by a child that can do little else.

Cases citizen 25, 26, 28, 38; security C15, C16, C17.
"""

import io
import os
import re
import resource
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from flask import Flask
from PIL import Image, PngImagePlugin

from pepa.config import ROOT
from pepa.domain import keys, pictures
from pepa.errors import Busy
from pepa.models.attachments import Kind
from pepa.vault.secret import Broken
from tests.installations import copied, opened
from tests.uploads.samples import TAKEN, pdf, photo, picture, png, png_chunk, saved

WHITE, DARK = (255, 255, 255), (20, 40, 60)
MARK = b"Tandabunyi-di-dalam"
HEIC = (Path(__file__).parents[1] / "uploads/sideways.heic").read_bytes()


@pytest.fixture(scope="module", autouse=True)
def installed(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One installation for all of these: they write nothing into it."""
    with opened(copied(sqlite_template, tmp_path_factory.mktemp("pictures") / "pepa")) as app, app.app_context():
        yield app


def drawn(content: bytes, kind: Kind = Kind.JPEG) -> Image.Image:
    """A copy, and that it is a plain JPEG: no byte in it but its own."""
    copy = pictures.copy_of(kind, pieces(content))
    image = Image.open(io.BytesIO(copy))
    assert image.format == "JPEG"
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not image.getexif()
    assert copy.endswith(b"\xff\xd9")
    assert max(image.size) <= 1280
    return image


def pieces(content: bytes) -> Iterator[bytes]:
    yield from (content[start : start + 65_536] for start in range(0, len(content), 65_536))


def corners(image: Image.Image) -> list[bool]:
    """Which quarters are white: left above, right above, left below, right below."""
    wide, high = image.size
    points = [(wide * across // 8, high * down // 8) for down in (1, 7) for across in (1, 7)]
    pixels = [image.convert("RGB").getpixel(point) for point in points]
    return [isinstance(pixel, tuple) and min(pixel) > 200 for pixel in pixels]


def exif(orientation: int) -> Image.Exif:
    found = Image.Exif()
    found[0x0112], found[0x010F] = orientation, MARK.decode()
    place = found.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "S", (6.0, 7.0, 12.5), "E", (106.0, 9.0, 1.0)
    return found


def test_all_eight_ways_of_holding_a_phone() -> None:
    """cases/citizen 38. What is upright is white on its left above; stored as each mark says, it comes out so."""
    turns = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    for orientation, turn in turns.items():
        stored = picture() if turn is None else picture().transpose(turn)
        image = drawn(saved(stored, "JPEG", exif=exif(orientation), quality=90))
        assert image.size == (640, 480), orientation
        assert corners(image) == [True, False, False, False], orientation


def test_a_heic_is_turned_too() -> None:
    assert MARK[:10] in HEIC
    image = drawn(HEIC, Kind.HEIC)
    assert image.size == (64, 96)
    assert corners(image) == [False, True, False, False]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_no_place_and_nothing_else_that_was_hidden(kind: str) -> None:
    """Case C17: GPS, XMP, comments, text, a thumbnail of the uncropped picture, what hangs on behind its end."""
    more: dict[str, object] = {"exif": exif(1)}
    if kind == "PNG":
        words = PngImagePlugin.PngInfo()
        words.add_text("Comment", MARK.decode())
        words.add_itxt("XML:com.adobe.xmp", f"<x>{MARK.decode()}</x>")
        more["pnginfo"] = words
    else:
        more["xmp"] = b"<x:xmpmeta>" + MARK + b"</x:xmpmeta>"
    if kind == "JPEG":
        more["comment"] = MARK
    content = saved(picture(), kind, **more) + b"<?php " + MARK + b" __HALT_COMPILER(); ?>"
    assert content.count(MARK) >= 3
    copy = pictures.copy_of({"JPEG": Kind.JPEG, "PNG": Kind.PNG, "WEBP": Kind.WEBP}[kind], pieces(content))
    assert MARK not in copy
    assert b"Exif" not in copy
    assert b"xmp" not in copy
    assert b"php" not in copy


def test_large_ones_become_small() -> None:
    image = drawn(photo(4000, 3000))
    assert image.size == (1280, 960)
    assert corners(image) == [True, False, False, False]
    assert drawn(photo(200, 100)).size == (200, 100), "and small ones are not blown up"


def test_what_is_seen_through_lies_on_white() -> None:
    for mode, kind in (("RGBA", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP")):
        clear = Image.new(mode, (40, 40), (10, 0)[: len(mode)] if mode == "LA" else (9, 9, 9, 0))
        image = drawn(saved(clear, kind, **({"lossless": True} if kind == "WEBP" else {})), Kind(kind.lower()))
        assert min(image.convert("L").getextrema()) > 250


def test_other_ways_of_keeping_colour() -> None:
    for mode in ("L", "CMYK", "1"):
        kind = "PNG" if mode == "1" else "JPEG"
        assert corners(drawn(saved(picture().convert(mode), kind), Kind.PNG if mode == "1" else Kind.JPEG))[0]
    palette = picture().convert("P", palette=Image.Palette.ADAPTIVE)
    palette.info["transparency"] = 0
    drawn(saved(palette, "GIF"), Kind.GIF)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP"])
def test_of_many_pictures_the_first_is_drawn(kind: str) -> None:
    """cases/citizen 26."""
    frames = [Image.new("RGB", (64, 64), (n % 256, n // 8, 0)) for n in range(300)]
    content = saved(Image.new("RGB", (64, 64), WHITE), kind, save_all=True, append_images=frames)
    assert min(drawn(content, Kind(kind.lower())).convert("L").getextrema()) > 240


BOMBS = {
    "nine hundred million points": (Kind.PNG, png(30_000, 30_000)),
    "a hundred times as many": (Kind.PNG, png(50_000, 50_000)),
    "no side at all": (Kind.PNG, png(0, 100)),
    "text that swells": (Kind.PNG, png(10, 10, png_chunk(b"iTXt", b"k\0\1\0\0\0" + zlib.compress(bytes(90_000_000))))),
    "a huge canvas": (Kind.GIF, b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"),
    "half of it": (Kind.JPEG, photo(2000, 1500)[:20_000]),
    "only its beginning": (Kind.JPEG, TAKEN["jpg"][:30]),
    "nothing of what it says": (Kind.HEIC, TAKEN["heic"]),
    "another kind": (Kind.JPEG, saved(picture(), "PNG")),
    "postscript": (Kind.JPEG, b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
    "tiff": (Kind.JPEG, saved(picture(), "TIFF")),
    "jpeg 2000": (Kind.PNG, b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(300)),
    "no paper": (Kind.PDF, b"%PDF-1.7\n" + bytes(2000)),
    "nothing": (Kind.JPEG, b""),
}


def test_what_cannot_be_drawn_is_refused_in_words() -> None:
    """Cases C15, citizen 25: and the worker lives on, no larger than before."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, (kind, content) in BOMBS.items():
        with pytest.raises(pictures.Unviewable):
            pictures.copy_of(kind, pieces(content))
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000, f"{name}: kilobytes"
    assert drawn(photo(50, 50))


# What the child may do


GREEDY = {
    "memory": "import sys; sys.stdin.buffer.read(); x = bytearray(700_000_000); print(len(x))",
    "a file": "import pathlib, sys; sys.stdin.buffer.read(); pathlib.Path(__file__ + '.txt').write_bytes(b'x' * 10)",
    "ever more output": "import sys; sys.stdin.buffer.read()\nwhile True: sys.stdout.buffer.write(bytes(1_000_000))",
    "a crash": "import os, sys; sys.stdin.buffer.read(); print('half'); sys.stdout.flush(); os.abort()",
    "no end": "import time; time.sleep(60)",
    "no reading": "raise SystemExit(1)",
}


@pytest.mark.parametrize("what", GREEDY)
def test_its_limits_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    program = tmp_path / "greedy.py"
    program.write_text(GREEDY[what])
    monkeypatch.setattr(pictures, "PICTURES", program)
    monkeypatch.setattr(pictures, "SECONDS", 0.5 if what == "no end" else 20.0)
    with pytest.raises(pictures.Unviewable):
        pictures.copy_of(Kind.JPEG, pieces(bytes(1_000_000)))
    assert not any(path.read_bytes() for path in tmp_path.glob("*.txt"))


def test_they_are_set_before_it_is_given_a_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "asks.py"
    program.write_text(
        "import os, resource, sys\nsys.stdin.buffer.read(1)\n"
        f"print([resource.getrlimit(limit) for limit in {list(pictures.LIMITS)}], os.nice(0), dict(os.environ),"
        " os.getcwd(), sorted(os.listdir('/proc/self/fd'))[:-1])\nsys.stdin.buffer.read()\n"
    )
    monkeypatch.setattr(pictures, "PICTURES", program)
    told = pictures.copy_of(Kind.JPEG, pieces(b"x")).decode().strip()
    limits = [(most, most) for most in pictures.LIMITS.values()]
    assert told.startswith(f"{limits} {min(19, os.nice(0) + 10)}"), told
    assert told.endswith("/ ['0', '1', '2']"), "it inherits no other file, no cookie, no key"
    assert "PEPA" not in told
    assert "PATH" not in told


def test_what_does_not_open_gives_no_copy() -> None:
    """A file that was cut on the disk: its first frames may be good, and the child has them already."""

    def cut() -> Iterator[bytes]:
        yield photo()
        raise Broken("file")

    with pytest.raises(Broken):
        pictures.copy_of(Kind.JPEG, cut())


def test_two_at_a_time(installed: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    here = keys.here()
    assert installed.config["PEPA"].picture_slots == 2
    monkeypatch.setattr(keys, "_installed", replace(here, patience=0.0))
    with here.pictures.take(0), here.pictures.take(0), pytest.raises(Busy):
        pictures.copy_of(Kind.JPEG, pieces(photo()))
    assert pictures.copy_of(Kind.JPEG, pieces(photo()))


def test_no_decoder_is_ever_loaded_by_the_server() -> None:
    """Only the two programs name one, and nobody imports them."""
    programs = {"redraw.py", "rebuild.py"}
    for path in (ROOT / "pepa").rglob("*.py"):
        named = set(re.findall(r"^\s*(?:from|import) (PIL|pi_heif|pikepdf)", path.read_text(), re.MULTILINE))
        assert bool(named) == (path.name in programs), path
        assert not re.search(r"import .*\b(redraw|rebuild)\b", path.read_text()), path


# Papers


def test_a_paper_without_what_acts() -> None:
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(100, 200))
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('Tandabunyi-di-dalam')"))
        document.Root.OpenAction = document.Root.AA = script
        document.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=["x", script]))
        document.Root.AcroForm = pikepdf.Dictionary(Fields=[], XFA=pikepdf.String("Tandabunyi-di-dalam"))
        document.attachments["Tandabunyi-di-dalam.exe"] = MARK
        document.docinfo["/Author"] = MARK.decode()
        page = document.pages[0].obj
        page.AA = pikepdf.Dictionary(O=script)
        launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String(MARK.decode()))
        page.Annots = pikepdf.Array([pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=launch)])
        page.Metadata = document.make_stream(MARK)
        document.save(out, compress_streams=False)
    assert out.getvalue().count(MARK) >= 5
    copy = pictures.copy_of(Kind.PDF, pieces(out.getvalue()))
    assert MARK not in copy
    for word in (b"JavaScript", b"OpenAction", b"Launch", b"Annots", b"AcroForm", b"EmbeddedFile", b"Author"):
        assert word not in copy, word
    with pikepdf.open(io.BytesIO(copy)) as found:
        assert len(found.pages) == 1
        assert [float(side) for side in found.pages[0].mediabox] == [0, 0, 100, 200]  # type: ignore[union-attr, arg-type]


def test_a_locked_paper_is_refused() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        document.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(pictures.Unviewable):
        pictures.copy_of(Kind.PDF, pieces(out.getvalue()))
