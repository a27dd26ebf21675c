"""Who left a root holder after the copy was made is in it again, but for its key: without that nobody ends the look."""

from pathlib import Path

import pytest
from flask import Flask

from pepa.config import Config
from pepa.db import db
from pepa.domain import departures, enrolments, forfeits, incidents, keys
from pepa.models.organisations import Organisation
from tests import cast
from tests.backups.copies import made
from tests.incidents.restored import restored
from tests.installations import opened
from tests.members.people import membership, newcomer, words
from tests.people import member, office
from tests.restores.places import elsewhere, put_back, sheets


def due() -> set[str]:
    db.session.rollback()
    return {one.kind for one in db.session.query(Organisation) if one.compare_due or one.confirm_due}


def test_an_administrator_who_was_put_out_ends_nothing(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair, left = sheets(config), newcomer("mantan", roles="administrator")
        path = made(pair)
        departures.leave(member("joko"), left.membership_id, manner="suspected", passphrase=words("joko"))
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair):
        them, before = left.at_work(), due()
        assert incidents.is_waiting(them), "the page is theirs to read"
        assert incidents.waiting(them).may_act is False
        for verb in (incidents.compare, incidents.release, incidents.drop, incidents.end):
            with pytest.raises(incidents.NotCompared):
                verb(them)
        with pytest.raises(incidents.NotCompared):
            incidents.confirm(them, office("legal_aid"))
        with pytest.raises(incidents.NotCompared):
            enrolments.bring_back(them, member("bayu").person_id)
        assert due() == before


def test_a_supervisor_who_was_put_out_has_no_key_any_more(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
        by = member("joko")
        departures.leave(by, membership("wulan"), manner="suspected", passphrase=words("joko"))
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair), pytest.raises(incidents.NotCompared):
        incidents.compare(member("wulan"))


def test_whoever_holds_the_key_opens_it_for_the_others(context: Flask) -> None:
    restored()
    joko, wulan = member("joko"), member("wulan")
    assert enrolments.bring_back(wulan, member("bayu").person_id), "a holder may at once"
    with pytest.raises(incidents.NotCompared):
        forfeits.bring_back(joko, member("nadia").person_id, passphrase=words("joko"))
    incidents.compare(wulan)
    incidents.confirm(joko, office("legal_aid"))
    way = enrolments.bring_back(joko, member("ratna").person_id)
    restored()
    with pytest.raises(incidents.NotCompared):
        enrolments.again(joko, way.id)


def test_before_there_is_a_key_anybody_may(context: Flask) -> None:
    restored()
    row = db.session.get_one(Organisation, office())
    row.generation, row.public_key, row.key_mac = 0, None, None
    db.session.commit()
    assert keys.generation_of(office()) == 0
    assert incidents.compare(member("joko"))


def test_the_page_says_who_goes_first(app: Flask) -> None:
    with app.app_context():
        restored()
    client = cast.at_work(app, "joko")
    page = client.open("/petugas/setelah-pemulihan")
    assert page.has("Penyelia yang memegang kunci kantor mencocokkan dulu.", "Nadia Contoh: koordinator lembaga")
    for act in ("Sudah dicocokkan", "Cocok, buka lagi", "Kirim semua", "Buang semua"):
        assert not page.has(act)
    with app.app_context():
        incidents.compare(member("wulan"))
    assert client.open("/petugas/setelah-pemulihan").has("Cocok, buka lagi", "Kirim semua", "Buang semua")


def test_a_way_back_says_so_too(app: Flask) -> None:
    with app.app_context():
        restored()
        bayu = member("bayu").person_id
    client = cast.at_work(app, "joko")
    client.open(f"/petugas/undang/lupa/{bayu}")
    assert client.submit("Ya, buat tautan").has("mencocokkan anggota dulu.")
