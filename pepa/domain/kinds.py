"""What a file is, by how it begins. A list of what is taken: everything else is refused, whatever it calls itself."""

from typing import Final

from pepa.models.attachments import Kind

HEAD: Final = 4096  # bytes that are enough to tell

_STARTS: Final[tuple[tuple[bytes, Kind], ...]] = (
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
    (b"%PDF-", Kind.PDF),
    (b"OggS", Kind.OGG),
    (b"#!AMR", Kind.AMR),
    (b"ID3", Kind.MP3),
)
# ISO 14496-12: a box "ftyp" with the brand that the file is made for, then those it is compatible with.
_BRANDS: Final[dict[bytes, Kind]] = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), Kind.HEIC),
    **dict.fromkeys((b"M4A ", b"M4B "), Kind.M4A),
    **dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"MSNV"), Kind.MP4),
    **dict.fromkeys((b"M4V ", b"M4VP", b"dash", b"mmp4"), Kind.MP4),
    b"qt  ": Kind.MOV,
}


def kind_of(head: bytes) -> Kind | None:
    """The kind of a file by its first bytes (HEAD of them, or all), or None: none that is taken."""
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    return _riff(head) or _iso(head) or _matroska(head) or _frames(head)


def _riff(head: bytes) -> Kind | None:
    return {b"WEBP": Kind.WEBP, b"WAVE": Kind.WAV}.get(head[8:12]) if head.startswith(b"RIFF") else None


def _iso(head: bytes) -> Kind | None:
    """By the first brand. HEIC and AVIF share one, and the others then tell: AVIF is not taken."""
    if head[4:8] != b"ftyp":
        return None
    brand = head[8:12]
    if brand[:3] in (b"3gp", b"3g2"):
        return Kind.GP3
    length = min(int.from_bytes(head[:4], "big"), len(head))
    if brand in (b"mif1", b"msf1") and b"avif" in head[16:length]:
        return None
    return _BRANDS.get(brand)


def _matroska(head: bytes) -> Kind | None:
    """EBML whose DocType is webm; other kinds of Matroska are not taken."""
    return Kind.WEBM if head.startswith(b"\x1a\x45\xdf\xa3") and b"\x42\x82\x84webm" in head[:64] else None


def _frames(head: bytes) -> Kind | None:
    """MPEG sound without a header: eleven bits set, then a version and a layer that exist (layer 0 is AAC in ADTS)."""
    if len(head) < 4 or head[0] != 0xFF:
        return None
    version, layer, rate = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4
    if head[1] & 0xF6 == 0xF0:
        return Kind.AAC
    return Kind.MP3 if head[1] & 0xE0 == 0xE0 and version != 1 and layer == 1 and rate not in (0, 15) else None
