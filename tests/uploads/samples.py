"""Files as phones send them, by kind; and files that only look so."""

import io
import os
import struct
import zlib
from typing import Any

import pi_heif
import pikepdf
from PIL import Image, ImageDraw

pi_heif.register_heif_opener()


def picture(width: int = 640, height: int = 480) -> Image.Image:
    """Dark, with its left upper quarter white: which way is up can be told."""
    image = Image.new("RGB", (width, height), (20, 40, 60))
    ImageDraw.Draw(image).rectangle((0, 0, width // 2, height // 2), fill=(255, 255, 255))
    return image


def saved(image: Image.Image, kind: str = "JPEG", **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def photo(width: int = 640, height: int = 480, **more: Any) -> bytes:
    return saved(picture(width, height), "JPEG", **more)


def png_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    """A PNG that says it is so large; its picture is one row, or none."""
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = png_chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + body + png_chunk(b"IEND", b"")


def box(brand: bytes, *more: bytes) -> bytes:
    """How a file of the ISO family begins."""
    inner = b"ftyp" + brand + bytes(4) + b"".join(more)
    return struct.pack(">I", len(inner) + 4) + inner + os.urandom(200)


def pdf(**catalogue: Any) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        for name, value in catalogue.items():
            document.Root[f"/{name}"] = value
        document.save(out)
    return out.getvalue()


TAKEN: dict[str, bytes] = {
    "jpg": photo(),
    "png": saved(picture(), "PNG"),
    "webp": saved(picture(), "WEBP"),
    "gif": saved(picture(), "GIF"),
    "heic": box(b"heic", b"mif1", b"heic"),
    "pdf": pdf(),
    "ogg": b"OggS\0\2" + bytes(22) + b"OpusHead" + bytes(300),
    "m4a": box(b"M4A ", b"isom"),
    "aac": b"\xff\xf1\x50\x80" + bytes(300),
    "amr": b"#!AMR\n" + bytes(300),
    "mp3": b"ID3\3\0\0" + bytes(300),
    "wav": b"RIFF\x24\0\0\0WAVEfmt " + bytes(300),
    "3gp": box(b"3gp4", b"isom"),
    "mp4": box(b"isom", b"mp41"),
    "mov": box(b"qt  "),
    "webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm" + bytes(300),
}
REFUSED: dict[str, bytes] = {
    "nothing": b"",
    "one byte": b"\xff",
    "text": b"Halo, ini bukan foto.",
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
    "xml": b"<?xml version='1.0'?><svg/>",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n(%pipe%id) (w) file",
    "imagemagick": b"push graphic-context\nviewbox 0 0 1 1\nimage over 0,0 0,0 'https:x|id'",
    "tiff": b"II*\0" + bytes(100),
    "bigtiff": b"II+\0" + bytes(100),
    "jpeg2000": b"\0\0\0\x0cjP  \r\n\x87\n" + bytes(100),
    "fits": b"SIMPLE  =                    T" + bytes(100),
    "bmp": b"BM" + bytes(100),
    "icon": b"\0\0\1\0" + bytes(100),
    "photoshop": b"8BPS" + bytes(100),
    "avif": box(b"avif", b"mif1"),
    "avif, modestly": box(b"mif1", b"avif", b"miaf"),
    "matroska": b"\x1a\x45\xdf\xa3\x42\x82\x88matroska" + bytes(100),
    "riff, else": b"RIFF\x24\0\0\0AVI LIST" + bytes(100),
    "zip": b"PK\3\4" + bytes(100),
    "program": b"MZ" + bytes(100),
    "elf": b"\x7fELF" + bytes(100),
    "phar": b"<?php __HALT_COMPILER(); ?>" + bytes(100),
    "mail": b"MIME-Version: 1.0\nContent-Type: multipart/related",
    "utf-16": "\ufeffHalo".encode("utf-16-le") + bytes(100),
    "pdf, later": b"x" * 20 + pdf(),
}
