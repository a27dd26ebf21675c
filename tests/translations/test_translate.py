"""A title in another language rests on the same sources, and is shown once somebody else approved it. Case 42."""

from dataclasses import replace
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import clock
from pepa.db import db, transaction
from pepa.domain import editions, titles, translations
from pepa.domain.editions import ChangedMeanwhile, MovedOn, ReadAnew
from pepa.domain.manuscripts import Faulty
from pepa.domain.reviews import AuthorJudges
from pepa.domain.titles import Reading
from pepa.domain.translations import NotTranslated, Told
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.outputs import Output
from pepa.models.titles import Translation
from tests import cast, writing

ENGLISH = Told(
    title="A home that is safe",
    body="""Everybody has a right to be safe at home.[^aman]

! Danger now? Call {nomor:polisi}.

[^aman]: hukum | V | 2026-11-25 | UU 23/2004 | pasal 5 | peraturan.info | Violence at home is forbidden.""",
    whatsapp="*A home that is safe*\n\nCall {nomor:sapa129}",
    sms="Somebody to talk to? {nomor:sapa129}, free.",
)


@pytest.fixture
def edition_id(context: Flask) -> UUID:
    return writing.published()


def write(edition_id: UUID, told: Told = ENGLISH, *, by: str = "ratna", version: int = 0, to: str = "en") -> UUID:
    return translations.translate(cast.member(by), edition_id, to, told=told, version=version)


def row(translation_id: UUID) -> Translation:
    db.session.rollback()
    return db.session.get_one(Translation, translation_id)


def shown(edition_id: UUID) -> set[str]:
    """The languages in which readers have it."""
    found = titles.get(writing.row(edition_id).title_id)
    assert isinstance(found, Reading)
    return set(found.others)


def test_readers_have_it_once_another_approved_it(edition_id: UUID) -> None:
    made = write(edition_id)
    assert Told.of(row(made)) == ENGLISH
    assert shown(edition_id) == set()
    translations.approve(cast.member("hadi"), edition_id, "en", version=1)
    assert shown(edition_id) == {"en"}
    assert translations.approve(cast.member("wulan"), edition_id, "en", version=1) == made
    assert row(made).approved_by_id == cast.member("hadi").person_id


def test_a_change_takes_the_approval_away(edition_id: UUID) -> None:
    write(edition_id)
    translations.approve(cast.member("hadi"), edition_id, "en", version=1)
    write(edition_id, replace(ENGLISH, title="A safe home"), by="sekar", version=1)
    assert shown(edition_id) == set()
    with pytest.raises(ReadAnew):
        translations.approve(cast.member("hadi"), edition_id, "en", version=1)


def test_whoever_wrote_a_word_of_it_approves_nothing(edition_id: UUID) -> None:
    write(edition_id, by="wulan")
    write(edition_id, replace(ENGLISH, title="A safe home"), by="sekar", version=1)
    with pytest.raises(AuthorJudges):
        translations.approve(cast.member("wulan"), edition_id, "en", version=2)


def test_of_two_who_write_the_second_is_shown_both(edition_id: UUID) -> None:
    write(edition_id, by="sekar")
    with pytest.raises(ChangedMeanwhile) as refused:
        write(edition_id, replace(ENGLISH, title="Mine"), by="ratna")
    assert refused.value.values == {"nama": "Sekar Contoh"}
    assert write(edition_id, by="ratna") == write(edition_id, by="sekar"), "the same again is no change"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("title", ""),
        ("title", "x" * 121),
        ("title", "ꦗ"),
        ("body", ""),
        ("body", "# x"),
        ("body", "Safe.[^lain]"),
        ("body", ENGLISH.body.replace("pasal 5", "pasal 6")),
        ("body", ENGLISH.body.replace("| V |", "| U |")),
        ("body", ENGLISH.body.replace("aman", "lain")),
        ("body", f"{ENGLISH.body}\n\n![A house](99-1.png)"),
        ("body", writing.TYPED.body),
        ("whatsapp", "x" * 900),
        ("sms", "a & b"),
    ],
)
def test_what_cannot_be_kept(edition_id: UUID, field: str, text: str) -> None:
    with pytest.raises(Faulty) as refused:
        write(edition_id, replace(ENGLISH, **{field: text}))
    assert {fault.field for fault in refused.value.faults} == {field}


def test_only_what_readers_have_is_translated(edition_id: UUID) -> None:
    for other in (writing.draft(), writing.proposed()):
        with pytest.raises(MovedOn):
            write(other)
    with pytest.raises(NotFound):
        write(edition_id, to="fr")
    with pytest.raises(NotFound):
        translations.get_for(cast.member("nadia"), edition_id, "fr")


def test_who_may_and_who_may_not(edition_id: UUID) -> None:
    with pytest.raises(NotAllowed):
        write(edition_id, by="nadia")
    with pytest.raises(NotTranslated):
        translations.approve(cast.member("hadi"), edition_id, "en", version=0)
    write(edition_id)
    with pytest.raises(NotAllowed):
        translations.approve(cast.member("dian"), edition_id, "en", version=1)


def test_the_older_one_is_shown_until_there_is_a_newer(edition_id: UUID) -> None:
    write(edition_id)
    translations.approve(cast.member("hadi"), edition_id, "en", version=1)
    found = titles.get(replaced(edition_id))
    assert isinstance(found, Reading)
    assert (found.number, found.others["en"].number) == (2, 1)


def replaced(edition_id: UUID) -> int:
    """The next edition of its title goes out; returns the title."""
    me, title_id = cast.member("ratna"), writing.row(edition_id).title_id
    following = editions.draft_edition(me, title_id)
    editions.revise(me, following, manuscript=replace(writing.TYPED, changes="Baru."), version=1)
    editions.propose(me, following, version=2)
    writing.approve(following)
    writing.reviews.publish(cast.member("hadi"), following, version=2)
    return title_id


@pytest.mark.parametrize("login", ["ratna", "sekar", "hadi"])
def test_what_is_wrong_is_taken_back_whatever_became_of_its_edition(edition_id: UUID, login: str) -> None:
    made = write(edition_id)
    translations.approve(cast.member("hadi"), edition_id, "en", version=1)
    title_id = replaced(edition_id)
    for _ in range(2):
        assert translations.withdraw(cast.member(login), edition_id, "en") == made
    assert (row(made).approved_at, row(made).approved_by_id) == (None, None)
    found = titles.get(title_id)
    assert isinstance(found, Reading)
    assert not found.others
    acts = sa.select(sa.func.count()).where(AuditEntry.act == "translation.withdrawn", AuditEntry.thing_id == made)
    assert db.session.scalar(acts) == 1


def test_its_files_go_with_it(edition_id: UUID) -> None:
    write(edition_id)
    translations.approve(cast.member("hadi"), edition_id, "en", version=1)
    title_id = writing.row(edition_id).title_id
    with transaction() as session:
        session.add_all(
            Output(
                title_id=title_id, language=language, format="a4", edition_number=1, file_name="x", media_type="x",
                size=1, digest=b"", made_from=b"", made_at=clock.now(), body=b"x",
            )
            for language in ("id", "en")
        )  # fmt: skip
    translations.withdraw(cast.member("ratna"), edition_id, "en")
    assert db.session.scalars(sa.select(Output.language).where(Output.title_id == title_id)).all() == ["id"]


def test_who_takes_back_nothing(edition_id: UUID) -> None:
    with pytest.raises(NotTranslated):
        translations.withdraw(cast.member("ratna"), edition_id, "en")
    write(edition_id)
    for login in ("nadia", "asep", "joko"):
        with pytest.raises(NotAllowed):
            translations.withdraw(cast.member(login), edition_id, "en")


def test_the_page_shows_both_texts_and_says_what_is_wrong(app: Flask) -> None:
    with app.app_context():
        edition_id = writing.published()
    client = cast.at_work(app, "ratna")
    client.open(f"/petugas/pustaka/naskah/{edition_id}/bahasa")
    page = client.click("Buka Inggris")
    assert page.has("Naskah Indonesia", "Setiap orang berhak merasa aman di rumah.")
    assert page.value("body").replace("\r\n", "\n") == writing.TYPED.body
    refused = client.submit("Simpan terjemahan")
    assert refused.status == 422
    assert refused.has("Ini masih tulisan Indonesia.")
    assert client.submit("Simpan terjemahan", title=ENGLISH.title, body=ENGLISH.body).has("Terjemahan SUDAH disimpan.")
    assert not client.open(page.address).tree.find("form", action=lambda at: str(at).endswith("/setuju"))
    hadi = cast.at_work(app, "hadi")
    hadi.open(page.address)
    assert hadi.submit("Setuju, tampilkan").has("Terjemahan SUDAH disetujui.")
    nadia = cast.at_work(app, "nadia").open(page.address)
    assert nadia.has("A home that is safe", "Tampil")
    assert not nadia.tree.find("form", action=lambda at: str(at).endswith("/tarik"))
    client.open(page.address)
    assert client.submit("Tarik terjemahan ini").has("Terjemahan SUDAH ditarik.", "Menunggu persetujuan")
