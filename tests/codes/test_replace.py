"""Another code for the same report: the old one ends at once, whatever is sent twice, late or at the same time."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa import storage
from pepa.db import db
from pepa.domain import arrivals, audit, codes, intake, keys, reporters, tickets
from pepa.errors import Busy
from pepa.models.audit import AuditEntry, Chain
from pepa.models.reports import Reading, ReporterKey
from pepa.policy import Reporter
from tests.intake.test_replay import lose
from tests.people import tell


def by_code(reporter: Reporter) -> Reporter:
    """The same person a week later, with nothing but her code."""
    digits = reporters.code(reporter)
    assert digits
    found = reporters.by_token(reporters.open_code(digits))
    assert found
    return found


def replace(reporter: Reporter, ticket: str = "", **more: object) -> Reporter:
    """Her form, sent; she then comes by what it made."""
    given = {"ticket": ticket or intake.mint_ticket(), "replaces": codes.version(reporter), "came_by": ()}
    found = reporters.by_token(codes.replace(reporter, **(given | more)))  # type: ignore[arg-type]
    assert found
    return found


def opens(digits: str | None) -> bool:
    assert digits
    db.session.rollback()
    try:
        return reporters.by_token(reporters.open_code(digits)) is not None
    except reporters.CodeUnknown:
        return False


@pytest.mark.both
def test_the_old_code_and_every_other_way_in_end(context: Flask) -> None:
    fresh = tell()
    old, other, mine = reporters.code(fresh), by_code(fresh), by_code(fresh)
    newer = replace(mine)
    new = reporters.code(newer)
    assert new != old
    assert opens(new)
    assert not opens(old)
    assert [reporters.by_token(one.token) for one in (fresh, other, mine)] == [None] * 3
    assert newer.report_id == fresh.report_id
    assert newer.pair.secret == fresh.pair.secret, "she reads on what was sealed to her"


@pytest.mark.both
def test_it_can_be_replaced_again(context: Flask) -> None:
    first = replace(by_code(tell()))
    old = reporters.code(first)
    second = replace(first)
    assert not opens(old)
    assert reporters.code(first) is None, "that page shows a code that has ended no more"
    assert opens(reporters.code(second))


def test_right_after_sending(context: Flask) -> None:
    """By the ticket, with the code on another page: that page shows the new one, or nothing."""
    fresh = tell()
    old = reporters.code(fresh)
    newer = replace(fresh)
    assert not opens(old)
    assert opens(reporters.code(newer))
    assert arrivals.sender(fresh.token) is None


def test_the_report_s_own_form_sent_again_shows_no_code(context: Flask) -> None:
    ticket = intake.mint_ticket()
    sent = intake.deliver(ticket, what="Isi")
    fresh = reporters.by_token(sent.token)
    assert fresh
    replace(fresh)
    with pytest.raises(intake.Left):
        intake.deliver(ticket, what="Isi")


def test_not_even_where_the_spool_brings_it_home(context: Flask) -> None:
    ticket = intake.mint_ticket()
    fresh = reporters.by_token(intake.deliver(ticket, what="Isi").token)
    assert fresh
    newer = replace(fresh)
    lose(newer)
    assert arrivals.replay() == 1
    assert arrivals.sender(fresh.token) is None
    with pytest.raises(intake.Left):
        intake.deliver(ticket, what="Isi")


def test_the_same_form_again_makes_the_same_code(context: Flask) -> None:
    fresh, ticket = tell(), intake.mint_ticket()
    version, proof = codes.version(fresh), ("cookie",)
    first = codes.replace(fresh, ticket=ticket, replaces=version, came_by=proof)
    again = codes.made_before(ticket, proof)
    assert again
    assert again == first
    assert codes.made_before(ticket, ()) is None, "after an exit nobody comes by it"
    assert codes.made_before(ticket, ("another",)) is None
    assert codes.made_before(intake.mint_ticket(), proof) is None
    assert codes.made_before("x", proof) is None


@pytest.mark.both
def test_two_pages_at_once(context: Flask) -> None:
    """One of them makes the code that holds; the other is told, and ends nothing."""
    mine = by_code(tell())
    forms = [(intake.mint_ticket(), codes.version(mine)) for _ in range(2)]

    def send(form: tuple[str, str]) -> keys.Token | None:
        with context.app_context():
            try:
                return codes.replace(mine, ticket=form[0], replaces=form[1], came_by=())
            except codes.ReplacedElsewhere:
                return None
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(send, forms))
    (token,) = [one for one in made if one]
    assert opens(tickets.code_of(token))
    assert db.session.scalar(sa.select(sa.func.count()).where(Reading.report_id == mine.report_id)) == 2, "and this one"


def test_one_form_sent_five_times_at_once(context: Flask) -> None:
    mine, ticket = by_code(tell()), intake.mint_ticket()
    version = codes.version(mine)

    def send(_: int) -> keys.Token:
        with context.app_context():
            try:
                return codes.replace(mine, ticket=ticket, replaces=version, came_by=())
            finally:
                db.session.remove()

    with ThreadPoolExecutor(5) as pool:
        made = list(pool.map(send, range(5)))
    assert len({token.reveal() for token in made}) == 1
    assert opens(tickets.code_of(made[0]))


def test_an_old_page_replaces_nothing(context: Flask) -> None:
    mine = by_code(tell())
    version = codes.version(mine)
    newer = replace(mine)
    with pytest.raises(codes.ReplacedElsewhere):
        codes.replace(newer, ticket=intake.mint_ticket(), replaces=version, came_by=())
    assert opens(reporters.code(newer))


@pytest.mark.parametrize("ticket", ["", "x", "A" * 70])
def test_what_is_no_ticket_of_ours(context: Flask, ticket: str) -> None:
    mine = by_code(tell())
    with pytest.raises(codes.FormTooOld):
        replace(mine, ticket or " ")
    assert reporters.by_token(mine.token)


def test_where_no_slot_is_free_the_old_code_holds(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = tell()
    mine, here = by_code(fresh), keys.here()
    with monkeypatch.context() as patch, ExitStack() as taken:
        patch.setattr(keys, "_installed", dataclasses.replace(here, patience=0.05))
        for _ in range(2):
            taken.enter_context(here.making.take(5))
        with pytest.raises(Busy):
            replace(mine)
    assert opens(reporters.code(fresh))
    assert reporters.by_token(mine.token)


def test_it_is_recorded_and_nothing_is_kept_of_either_code(context: Flask) -> None:
    mine = by_code(tell())
    newer = replace(mine, came_by=("12345678901234567890",))
    query = sa.select(AuditEntry).where(AuditEntry.act == "code.replaced", AuditEntry.thing_id == mine.report_id)
    (entry,) = db.session.scalars(query)
    assert (entry.chain, entry.at.minute, entry.at.second) == (Chain.ANONYMOUS, 0, 0)
    assert audit.first_broken(Chain.ANONYMOUS) is None
    key = db.session.get_one(ReporterKey, mine.report_id)
    assert key.opened_at is None
    new = reporters.code(newer)
    assert new
    kept = b"".join(value for value in vars(key).values() if isinstance(value, bytes))
    assert new.encode() not in kept
    assert storage.spool().is_marked(key.ticket_hash.hex(), storage.LEFT)
