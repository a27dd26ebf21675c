"""The library's queries, on either database."""

import pytest
from flask import Flask

from pepa import clock
from pepa.domain import floods, opinions, titles
from pepa.domain.documents import Format
from pepa.domain.titles import Reading, Withdrawn
from pepa.errors import NotFound
from tests.library import books
from tests.people import member

pytestmark = pytest.mark.both


def test_from_the_shelf_to_the_file(context: Flask) -> None:
    books.publish()
    assert list(titles.shelf().titles) == list(range(1, 19))
    found, shown_for = titles.shelf().found("kekersan")
    assert (found[0].id, shown_for) == (1, "kekerasan")
    name = books.output(7, Format.A4, b"%PDF-1", pages=2)
    one = titles.file(7, name)
    assert one
    assert (one.size, one.pages, one.made_on, titles.content(one)) == (6, 2, clock.today(), b"%PDF-1")
    assert titles.files(7) == {"a4": one}
    assert titles.file(6, name) is None
    books.output(7, Format.A4, b"%PDF-2")
    assert titles.content(one) is None, "made anew meanwhile"
    assert len(titles.pictures(7)) == 8


def test_an_edition_follows_another_until_the_title_is_withdrawn(context: Flask) -> None:
    books.publish(9)
    books.translate(9, "su-x-banten", title="Ulah disebarkeun", body="Poto.")
    books.new_edition(9, changes="Pasal 14.")
    books.new_edition(9, changes="Nomor.")
    now = titles.get(9)
    assert isinstance(now, Reading)
    assert now.number == 3
    assert now.others["su-x-banten"].number == 1
    assert [(one.number, one.says) for one in titles.changes(9, 1, 3)] == [(3, "Nomor."), (2, "Pasal 14.")]
    books.withdraw(9, reason="Keliru.", replacement_id=8)
    gone = titles.get(9)
    assert isinstance(gone, Withdrawn)
    assert (gone.reason, gone.on, gone.replacement) == ("Keliru.", clock.today(), titles.shelf().titles.get(8))
    assert 9 not in titles.shelf().titles
    with pytest.raises(NotFound):
        titles.get(77)


def test_an_opinion_is_sealed_read_and_forgotten(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opinions, "watch", floods.Watch(hasty=0, quick=0))
    books.publish(3)
    ticket = opinions.mint_ticket()
    first = opinions.give(3, clarity="no", note="Terlalu cepat", ticket=ticket)
    assert opinions.give(3, clarity="no", note="Terlalu cepat", ticket=ticket) == first
    found = opinions.for_title(member("ratna"), 3)
    assert [one.text for one in found.written] == ["Terlalu cepat"]
    assert found.counts == {"yes": 0, "no": 1, "wrong": 0}
    with clock.frozen(clock.now() + 2 * opinions.KEPT):
        assert opinions.purge() == 1
    assert not opinions.for_title(member("ratna"), 3).written
