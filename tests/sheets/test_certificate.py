"""A certificate comes out whatever the name is. Cases education 4, 68."""

from collections.abc import Iterator

import pypdfium2
import pytest
import zxingcpp

from pepa.domain import documents, keys, printers
from pepa.domain.printers import Unmade
from pepa.errors import Busy

LINK = "https://pepa.example/sertifikat/K7M2"
VALUES = {
    "lines": ["telah memimpin 12 pertemuan warga", "1 Juli sampai 30 September 2026"],
    "place_and_day": "Serang, 1 Oktober 2026",
    "office": "UPTD PPA Kota Serang",
    "by": "Hj. Contoh, S.Sos.",
    "number": "Sertifikat K7M2",
    "address": "pepa.example/sertifikat/K7M2",
}
LONG = "Hj. Siti Nur’aini Rahmawati Kusumaningrum binti Muhammad Abdurrahman Contoh"
NAMES = [LONG, "Ŋurul Contoh", "Sri", "Wa" * 30, "Ḿaya 名 Contoh", "x\u0301y"]


pytestmark = pytest.mark.usefixtures("context")


def certificate(name: str) -> pypdfium2.PdfDocument:
    values = {**VALUES, "name": documents.printable(name)}
    return pypdfium2.PdfDocument(printers.printed("certificate.html", values, qr=LINK))


@pytest.mark.parametrize("name", NAMES)
def test_every_name_comes_out_on_one_page(name: str) -> None:
    paper = certificate(name)
    assert len(paper) == 1
    text = paper[0].get_textpage()
    whole = "".join(text.get_text_bounded().split())
    assert "".join(documents.printable(name).split()) in whole
    boxes = [text.get_charbox(n) for n in range(text.count_chars())]
    assert min(box[0] for box in boxes) > 30
    assert max(box[2] for box in boxes) < 842 - 30
    codes = zxingcpp.read_barcodes(paper[0].render(scale=2.5).to_pil().convert("L"))
    assert [code.text for code in codes] == [LINK]


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Hj. Siti Nur’aini", "Hj. Siti Nur’aini"),
        ("Ŋurul", "Ŋurul"),
        ("Ḿaya", "Ḿaya"),
        ("ǅ", "D"),
        ("名", "•"),
        ("Ａni", "Ani"),
    ],
)
def test_a_letter_that_is_lacking_is_replaced_and_no_name_refused(name: str, printed: str) -> None:
    assert documents.printable(name) == printed
    assert not documents.uncovered(documents.printable(name))


def test_too_many_at_once_wait_or_are_told_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from contextlib import contextmanager

    @contextmanager
    def full(_: object) -> Iterator[None]:
        raise Busy
        yield

    monkeypatch.setattr(keys, "slot", full)
    with pytest.raises(Busy):
        printers.printed("certificate.html", {**VALUES, "name": "Sri"})


def test_a_template_that_is_not_there_makes_nothing() -> None:
    with pytest.raises(Unmade):
        printers.printed("../staff/x.html", {})
