"""A list that has a part at another place moves it: its sessions come along, and it stands once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import area_changes, areas, coverage, listings, onces
from pepa.domain.coverage import Asked
from pepa.models.areas import Area, AreaChange
from tests import cast, shelf
from tests.coverage.worlds import TITLE, Rt, Session, store
from tests.listings.test_look import HEAD, A
from tests.people import member

NOW, TODAY = datetime(2026, 12, 1, 3, tzinfo=UTC), date(2026, 12, 1)
OLD = f"{HEAD}\n{A};;;01;001\n{A};;;01;002\n{A};;;02;001\n"
NEW = f"{HEAD}\n{A};;Contoh;01;1\n{A};;Contoh;02;001\n"


def listed(text: str, on: date = TODAY, *, ends_others: bool = False) -> listings.Looked:
    return listings.store(member("dian"), text=text, on=on, ends_others=ends_others)


def stands(day: date = TODAY) -> list[str]:
    db.session.rollback()
    return [part.label for part in areas.of(A, day)]


@pytest.mark.both
@pytest.mark.parametrize("ends_others", [False, True])
def test_a_reached_rt_stays_so_under_a_lingkungan(context: Flask, *, ends_others: bool) -> None:
    shelf.title(TITLE)
    rts = [Rt(A, "001"), Rt(A, "002")]
    store(member("hadi").person_id, rts, [Session(A, date(2026, 11, 1), rts[:1])])
    with clock.frozen(NOW):
        stored = listed(f"{HEAD}\n{A};;Contoh;;001\n{A};;Contoh;;002\n", ends_others=ends_others)
        assert [(one.was.label, one.label) for one in stored.moved if one.was] == [
            ("RT 001", "RT 001, Lingkungan Contoh"),
            ("RT 002", "RT 002, Lingkungan Contoh"),
        ]
        assert (stored.gone, stored.new) == ([], [])
        assert stands() == ["Lingkungan Contoh", "RT 001, Lingkungan Contoh", "RT 002, Lingkungan Contoh"]
        found = coverage.inside(member("hadi"), A, Asked("2026-Q4"))
    assert (found.tally.rts, found.tally.reached, found.tally.never) == (2, 1, 1)
    assert [one.sessions for one in found.rts] == [1, 0]
    assert set(db.session.scalars(sa.select(AreaChange.change))) == {"moved"}


def test_what_lay_in_it_lies_in_it_and_keeps_its_zeros(context: Flask) -> None:
    with clock.frozen(NOW):
        listed(OLD, date(2026, 10, 1))
        looked = listed(NEW)
        assert [part.label for part in looked.gone] == []
        assert stands() == [
            "Lingkungan Contoh",
            "RW 01, Lingkungan Contoh",
            "RT 001, RW 01, Lingkungan Contoh",
            "RT 002, RW 01, Lingkungan Contoh",
            "RW 02, Lingkungan Contoh",
            "RT 001, RW 02, Lingkungan Contoh",
        ]
        assert stands(date(2026, 11, 30)) == ["RW 01", "RT 001, RW 01", "RT 002, RW 01", "RW 02", "RT 001, RW 02"]
        again = listed(NEW)
        assert (again.added, len(again.known)) == ([], 2)
        listed(NEW, ends_others=True)
    assert "RT 002, RW 01, Lingkungan Contoh" not in stands()


def test_an_rt_in_another_rw_is_another_one(context: Flask) -> None:
    with clock.frozen(NOW):
        listed(OLD, date(2026, 10, 1))
        looked = listings.look(member("dian"), f"{HEAD}\n{A};;;01;001\n{A};;;02;001\n{A};;;02;002\n")
    assert [line.label for line in looked.new] == ["RT 002, RW 02"]
    assert [part.label for part in looked.gone] == ["RT 002, RW 01"]
    assert not looked.moved


def test_what_could_be_two_is_none_of_them(context: Flask) -> None:
    with clock.frozen(NOW):
        listed(f"{HEAD}\n{A};;;01;001\n", date(2026, 10, 1))
        looked = listings.look(member("dian"), f"{HEAD}\n{A};;Anggur;01;001\n{A};;Belimbing;01;001\n")
        assert (len(looked.new), len(looked.gone), looked.moved) == (2, 2, [])
        listed(f"{HEAD}\n{A};;Anggur;01;001\n{A};;Belimbing;01;001\n", ends_others=True)
        over = listings.look(member("dian"), f"{HEAD}\n{A};;Cempaka;01;001\n{A};;Belimbing;01;001\n")
    assert [one.label for one in over.moved] == ["RW 01, Lingkungan Cempaka", "RT 001, RW 01, Lingkungan Cempaka"]
    assert [part.label for part in over.gone] == ["Lingkungan Anggur"]


@pytest.mark.both
def test_no_day_before_what_moves_began(context: Flask) -> None:
    with clock.frozen(NOW):
        listed(OLD, date(2026, 11, 1))
        with pytest.raises(area_changes.DayWrong):
            listed(NEW, date(2026, 10, 31))


# ---- the one write lock ----


@pytest.mark.both
def test_what_was_changed_in_between_is_looked_at_again(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    look = listings.look

    def overtaken(*given: Any) -> listings.Looked:
        looked = look(*given)
        more = {"level": "rt", "name": "009", "parent_id": None, "on": TODAY}
        area_changes.add(member("dian"), kelurahan_code=A, once=onces.new(), **more)
        return looked

    with clock.frozen(NOW):
        listed(OLD, date(2026, 10, 1))
        monkeypatch.setattr(listings, "look", overtaken)
        with pytest.raises(listings.AreasChanged):
            listed(NEW)
    assert len(stands()) == 6
    assert not db.session.scalars(sa.select(AreaChange)).all()


def test_a_long_list_holds_the_lock_for_a_few_statements(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    @contextmanager
    def counted() -> Iterator[Any]:
        with transaction() as session:
            sa.event.listen(db.engine, "before_cursor_execute", note)
            yield session
            sa.event.remove(db.engine, "before_cursor_execute", note)

    monkeypatch.setattr(listings, "transaction", counted)
    lines = [(n % 20, n) for n in range(400)]
    with clock.frozen(NOW):
        listed("\n".join([HEAD, *(f"{A};;;{rw};{rt}" for rw, rt in lines)]), date(2026, 10, 1))
        listed("\n".join([HEAD, *(f"{A};;Contoh;{rw};{rt}" for rw, rt in lines)]))
    assert len(db.session.scalars(sa.select(Area)).all()) == 2 * 420 + 1
    assert len(sent) < 40, sent


def test_the_page_says_what_moves(app: Flask) -> None:
    dian = cast.at_work(app, "dian")
    for text in (OLD, NEW.replace("02;001", "02;007")):
        dian.open("/petugas/wilayah/daftar")
        page = dian.submit("Periksa dulu", text=text)
        last = page
        dian.submit("Simpan")
    assert last.has("1 baru, 0 sudah ada, 3 pindah, 0 salah, 2 tidak ada di daftar.")
    assert last.has("RT 001, RW 01 → RT 001, RW 01, Lingkungan Contoh", "Ubah dulu di halamannya")
