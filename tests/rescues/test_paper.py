"""A sheet on paper: one page of A4, every word on it, and it can be read back from there."""

import pypdfium2
import pytest
from flask import Flask

from pepa.config import Config
from pepa.domain import recovery, rescues
from pepa.vault.wordlist import WORDS
from tests.recovery.sets import confirmed


@pytest.mark.parametrize("number", [1, 3])
def test_what_stands_on_it_is_the_sheet(context: Flask, config: Config, number: int) -> None:
    pair = confirmed(config)
    sheet = recovery.printed(pair)[number - 1]
    paper = pypdfium2.PdfDocument(rescues.paper(sheet, "https://pepa.example"))
    try:
        assert len(paper) == 1
        text = paper[0].get_textpage()
        told = text.get_text_bounded()
        boxes = [text.get_charbox(n) for n in range(text.count_chars())]
    finally:
        paper.close()
    assert f"Lembar pemulihan {number} dari 3" in told
    assert recovery.name_of(pair.public) in told
    assert "https://pepa.example" in told
    read = recovery.read_sheet(told[told.index("https://pepa.example") + 20 : told.index("Apa ini")])
    assert read.number == number
    assert min(box[0] for box in boxes) > 40
    assert max(box[2] for box in boxes) < 595 - 40


def test_the_longest_words_fit(context: Flask, config: Config) -> None:
    longest = max(WORDS, key=len)
    sheet = recovery.Printed(2, " ".join([longest] * 4), [[longest] * 4] * 7)
    paper = pypdfium2.PdfDocument(rescues.paper(sheet, "https://pelayanan-perempuan-anak.serangkota.example"))
    try:
        text = paper[0].get_textpage()
        boxes = [text.get_charbox(n) for n in range(text.count_chars())]
        assert len(paper) == 1
    finally:
        paper.close()
    assert max(box[2] for box in boxes) < 595 - 40
