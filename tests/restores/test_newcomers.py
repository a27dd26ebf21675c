"""Reports that are newer than the copy and were read, held or worked on by people whom it does not know; and what came
with them."""

from pathlib import Path
from uuid import UUID

import pytest

from pepa import storage
from pepa.config import Config
from pepa.db import db
from pepa.domain import approvals, arrivals, conflicts, hand_ins, intake, reports, restores
from pepa.models.reports import Channel, Report, Stage
from pepa.policy import Member
from tests.backups.copies import made
from tests.cases.test_open import sorted_out
from tests.installations import opened
from tests.members.people import newcomer, words
from tests.people import member, tell
from tests.restores.places import elsewhere, put_back, sheets


def somebody_new() -> Member:
    who = newcomer("baru2")
    for login in ("ratna", "wulan"):
        approvals.approve(member(login), who.membership_id, public_key=who.key, passphrase=words(login))
    return who.at_work()


def row(report_id: UUID) -> Report:
    db.session.rollback()
    return db.session.get_one(Report, report_id)


@pytest.mark.both
@pytest.mark.parametrize("held", [True, False])
def test_what_they_read_comes_home_unread(config: Config, database: str, tmp_path: Path, held: bool) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
        new, told = somebody_new(), tell("Isi", urgency="now")
        reports.open_for(new, told.report_id)
        if held:
            reports.hold(new, told.report_id)
        conflicts.declare(member("bayu"), told.report_id, once="w")
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair) as (_, done):
        assert (done.came_home, done.stuck) == (1, 0)
        stands = row(told.report_id)
        assert (stands.read_by_id, stands.held_by_id, stands.held_at, stands.read_at) == (None, None, None, None)
        assert (stands.stage, stands.alarm_at, stands.alarm_step, stands.is_alarming) == (Stage.RECEIVED, None, 0, True)
        assert reports.open_for(member("ratna"), told.report_id).told.what == "Isi"


def test_what_a_colleague_holds_who_is_here_stays_theirs(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
        new, told = somebody_new(), tell("Isi")
        reports.open_for(new, told.report_id)
        reports.hold(member("ratna"), told.report_id)
        conflicts.declare(member("bayu"), told.report_id, once="w")
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair):
        stands = row(told.report_id)
        assert (stands.held_by_id, stands.read_by_id, stands.stage) == (member("ratna").person_id, None, Stage.READ)


def test_what_was_sorted_is_sorted_again(config: Config, tmp_path: Path) -> None:
    """By what, does not lie in the spool."""
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
        told = sorted_out("Isi")
        conflicts.declare(member("bayu"), told.report_id, once="w")
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair) as (_, done):
        assert done.came_home == 1
        assert row(told.report_id).stage == Stage.RECEIVED


@pytest.mark.parametrize("is_turned", [False, True])
def test_the_texts_of_a_chat_come_home(config: Config, tmp_path: Path, is_turned: bool) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
        beside = hand_ins.Beside(texts=["Isi chat", "dan yang kedua"])
        taken = hand_ins.hand_in(
            member("ratna"), intake.mint_ticket(), what="Awal", channel=Channel.CHAT, beside=beside
        )
        reports.answer(member("ratna"), taken.report_id, text="Jawaban", once="1")
        if is_turned:
            conflicts.hand_on(member("wulan"), taken.report_id, reason="Kantor", once="w")
        else:
            conflicts.declare(member("bayu"), taken.report_id, once="w")
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair):
        reads = member("intan" if is_turned else "wulan")
        assert [one.text for one in reports.open_for(reads, taken.report_id).messages] == ["Isi chat", "dan yang kedua"]


def test_what_could_not_come_home_is_counted(config: Config, tmp_path: Path) -> None:
    with opened(config) as app, app.app_context():
        pair = sheets(config)
        path = made(pair)
        storage.spool().put("0" * 64, b"cut")
    there = elsewhere(config, tmp_path / "there", saved_spool=True)
    with put_back(there, path, pair) as (app, done):
        assert (done.came_home, done.stuck) == (0, 1)
        assert any(says.startswith("1 files of the spool could NOT come home") for says in restores.told(done))
        assert arrivals.stuck() == 1
        found = app.test_cli_runner().invoke(args=["pepa", "check"])
        assert "1 files of the second store cannot come into the database." in found.output
