"""Links: suggested in memory by names as they sound and by numbers; made by hand, undone by hand, never a merge."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import additions, destruction, links, reports
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.links import Link
from pepa.models.reports import Exclusion, Report
from pepa.policy import Reporter
from tests import cast
from tests.people import member, tell


def named(what: str, **who: str) -> Reporter:
    reporter = tell(what)
    additions.add(reporter, answers=additions.Who(**who), once="a")  # type: ignore[arg-type]
    return reporter


def row(one: Reporter) -> Report:
    db.session.rollback()
    return db.session.get_one(Report, one.report_id)


def suggested(one: Reporter, login: str = "ratna") -> list[object]:
    return [like.report.id for like in links.suggest(member(login), one.report_id)]


@pytest.fixture
def crowd(context: Flask) -> None:
    """Others, so that a word can be rare."""
    for n in range(12):
        tell(f"Cerita biasa tentang tetangga di pasar nomor {n}")


def test_the_same_names_as_they_sound_are_suggested(crowd: None) -> None:
    first = named("Malam itu", hurt="Siti Aminah", hurting="Djoko Prasetyo")
    other = named("Lain lagi", hurt="Sity Aminah", hurting="Joko Prasetiyo")
    far = named("Bukan ini", hurt="Wulan", hurting="Hendra")
    assert suggested(first) == [other.report_id]
    assert suggested(far) == []


def test_one_whole_name_is_enough(crowd: None) -> None:
    first, other = named("Malam itu", hurt="Dewi Lestari"), named("Lain lagi", hurt="Dewi Lestari")
    assert suggested(first) == [other.report_id]


def test_the_same_number_is_enough(crowd: None) -> None:
    one, other = tell("Satu hal", phone="0812-3456-7890"), tell("Perkara beda", phone="+62 812 3456 7890")
    (like,) = links.suggest(member("ratna"), one.report_id)
    assert (like.report.id, like.same_number) == (other.report_id, True)


def test_words_that_everybody_uses_say_nothing(crowd: None) -> None:
    one = tell("Cerita biasa tentang tetangga di pasar")
    assert suggested(one) == []


def test_linked_on_both_and_taken_apart_again(context: Flask) -> None:
    one, other = tell("Satu"), tell("Dua")
    ratna = member("ratna")
    links.link(ratna, one.report_id, other_id=other.report_id)
    links.link(ratna, other.report_id, other_id=one.report_id)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Link)) == 1
    assert [link.report.id for link in links.of(ratna, row(one))] == [other.report_id]
    assert [(link.report.id, link.by) for link in links.of(ratna, row(other))] == [(one.report_id, "Ratna Contoh")]
    assert suggested(one) == [], "what is linked is not suggested"
    assert {row(one).stage, row(other).stage} == {"received"}, "a link opens nothing"
    links.unlink(member("bayu"), other.report_id, other_id=one.report_id)
    assert links.of(ratna, row(one)) == []
    acts = sa.select(AuditEntry.act).where(AuditEntry.thing_id == other.report_id, AuditEntry.chain == "staff")
    assert list(db.session.scalars(acts.order_by(AuditEntry.number))) == ["report.linked", "report.unlinked"]


def test_what_one_may_not_see_is_neither_suggested_nor_shown_nor_linked(crowd: None) -> None:
    """B49, B54: no second way to a report that is hidden."""
    one = named("Satu", hurt="Siti Aminah", hurting="Djoko Prasetyo")
    hidden = named("Dua", hurt="Siti Aminah", hurting="Djoko Prasetyo")
    ratna, bayu = member("ratna"), member("bayu")
    links.link(ratna, one.report_id, other_id=hidden.report_id)
    with transaction() as session:
        session.add(Exclusion(report_id=hidden.report_id, excluded_id=bayu.person_id))
    assert links.of(bayu, row(one)) == []
    assert not links.is_repeat(bayu, row(one))
    links.unlink(ratna, one.report_id, other_id=hidden.report_id)
    assert suggested(one, "bayu") == []
    assert suggested(one) == [hidden.report_id]
    with pytest.raises(NotFound):
        links.link(bayu, one.report_id, other_id=hidden.report_id)
    with pytest.raises(reports.ReferenceUnknown):
        links.link_by_reference(bayu, one.report_id, reference=row(hidden).reference)


def test_by_the_code_that_is_said_aloud(context: Flask) -> None:
    one, other = tell("Satu"), tell("Dua")
    code = row(other).reference
    links.link_by_reference(member("ratna"), one.report_id, reference=f" {code.lower()} ")
    assert [link.report.id for link in links.of(member("ratna"), row(one))] == [other.report_id]
    for wrong in ("L-222222", "", "x"):
        with pytest.raises(reports.ReferenceUnknown):
            links.link_by_reference(member("ratna"), one.report_id, reference=wrong)
    with pytest.raises(links.NotLinkable):
        links.link_by_reference(member("ratna"), one.report_id, reference=row(one).reference)


def test_that_somebody_compared_is_recorded_and_is_no_reading(context: Flask) -> None:
    """D10: a name at somebody's wish is looked for by nobody unseen."""
    one = tell("Satu")
    links.suggest(member("ratna"), one.report_id)
    assert row(one).is_unread
    compared = sa.select(AuditEntry.person_id).where(AuditEntry.act == "report.compared")
    assert list(db.session.scalars(compared)) == [member("ratna").person_id]


def test_a_report_that_is_destroyed_takes_its_links_along(context: Flask) -> None:
    one, other = tell("Satu"), tell("Dua")
    links.link(member("ratna"), one.report_id, other_id=other.report_id)
    assert destruction.destroy(other.report_id)
    assert links.of(member("ratna"), row(one)) == []


def test_the_verbs_ask_for_themselves(context: Flask) -> None:
    one, other = tell("Satu"), tell("Dua")
    for login in cast.CAST:
        if login in ("ratna", "bayu", "wulan"):
            continue
        with pytest.raises((NotAllowed, NotFound)):
            links.suggest(member(login), one.report_id)
        with pytest.raises((NotAllowed, NotFound)):
            links.link(member(login), one.report_id, other_id=other.report_id)
    assert reports.get_for(member("ratna"), one.report_id).is_unread
