"""The title of citizens' pages: what a phone shows of them, and keeps, says nothing to whoever is near."""

import pytest

from pepa.domain import rules


@pytest.mark.parametrize("title", ["Lapor KDRT dan kekerasan", "Pengaduan warga", "UPTD PPA", "Report abuse"])
def test_a_word_that_tells_is_refused(title: str) -> None:
    with pytest.raises(rules.NotNeutral):
        rules.taken(rules.RULES["neutral_title"], title)


@pytest.mark.parametrize("title", ["Info warga", "Cuaca", "Catatan"])
def test_an_ordinary_one_is_taken(title: str) -> None:
    assert rules.taken(rules.RULES["neutral_title"], title) == title
