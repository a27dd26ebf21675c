"""Chats as the office's phone exports them, with a photo and a voice note."""

import io
import zipfile

from tests.uploads.samples import TAKEN, photo

TEXT = """25/11/26 14.30 - Pesan dan panggilan dienkripsi secara end-to-end. Ketuk untuk info.
25/11/26 14.31 - Bunga Karangan: Saya takut pulang.
Anak ikut saya.
25/11/26 14.32 - UPTD Contoh: Kami baca. Apakah Anda aman sekarang?
25/11/26 14.33 - Bunga Karangan: IMG-20261125-WA0001.jpg (file terlampir)
25/11/26 14.34 - Bunga Karangan: PTT-20261125-WA0002.opus (file terlampir)"""
STORED = TEXT.partition("\n")[2]
PHOTO, VOICE = photo(), TAKEN["ogg"]
MEDIA = {"IMG-20261125-WA0001.jpg": PHOTO, "PTT-20261125-WA0002.opus": VOICE}


def exported(text: str = TEXT, name: str = "Chat WhatsApp dengan Bunga Karangan.txt", **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, text)
        for called, content in {**MEDIA, **more}.items():
            made.writestr(called, content)
    return out.getvalue()
