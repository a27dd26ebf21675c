"""Triage at the desk: judged with reasons, then a short help, a case, or something else."""

import pytest
import sqlalchemy as sa
from flask import Flask

from pepa.db import db, transaction
from pepa.domain import additions, confirmations, follow_up, notes, reporters, reports, triage, withdrawals
from pepa.errors import NotAllowed, NotFound
from pepa.models.audit import AuditEntry
from pepa.models.cases import Case
from pepa.models.reports import Report, Stage, Urgency
from pepa.models.triages import Triage
from pepa.policy import Reporter
from tests import cast
from tests.client import Client, Page


@pytest.fixture
def sent(app: Flask) -> Reporter:
    with app.app_context():
        return cast.tell("Isi")


@pytest.fixture
def officer(app: Flask) -> Client:
    return cast.at_work(app, "ratna")


def at(sent: Reporter, end: str = "") -> str:
    return f"/petugas/laporan/{sent.report_id}{end}"


def judged(officer: Client, sent: Reporter, **fields: str | bool | list[str]) -> Page:
    officer.open(at(sent, "/pilah"))
    return officer.submit("Simpan penilaian", **fields)


def report(app: Flask, sent: Reporter) -> Report:
    with app.app_context():
        return db.session.get_one(Report, sent.report_id)


def acts(app: Flask, sent: Reporter) -> list[str]:
    with app.app_context():
        query = sa.select(AuditEntry.act).where(AuditEntry.thing_id == sent.report_id, AuditEntry.chain == "staff")
        return list(db.session.scalars(query.order_by(AuditEntry.number)))


def her_page(app: Flask, sent: Reporter) -> follow_up.Following:
    with app.app_context():
        return follow_up.following(sent)


# ---- judging


def test_judging_sets_what_stands_in_the_clear_and_nothing_else(app: Flask, sent: Reporter, officer: Client) -> None:
    page = judged(officer, sent, urgency="today", group="household", note="Ditulis Tandabunyi.")
    assert page.has("Penilaian SUDAH disimpan.", "Ditulis Tandabunyi.", "Rumah tangga", "Ratna Contoh")
    row = report(app, sent)
    assert (row.stage, row.urgency, row.coarse_group) == (Stage.TRIAGED, Urgency.TODAY, "household")
    assert acts(app, sent).count("report.triaged") == 1
    with app.app_context():
        (stored,) = db.session.scalars(sa.select(Triage).where(Triage.report_id == sent.report_id))
        assert b"Tandabunyi" not in stored.body_sealed


def test_dangers_that_were_told_propose_now_and_say_who_told_them(app: Flask, sent: Reporter, officer: Client) -> None:
    with app.app_context():
        additions.add(sent, answers=additions.Who(weapon="yes", children="yes"), once="d")
    page = officer.open(at(sent, "/pilah"))
    ticked = {box["value"] for box in page.tree.find_all("input", attrs={"name": "flags"}) if box.has_attr("checked")}
    assert ticked == {"weapon", "child_in_home"}
    chosen = [box["value"] for box in page.tree.find_all("input", attrs={"name": "urgency"}) if box.has_attr("checked")]
    assert chosen == ["now"]
    assert page.text.count("dari pelapor") == 2
    page = officer.submit("Simpan penilaian", flags=["weapon", "strangled"])
    facts = page.tree.select("#triage dd")[1].get_text(" ")
    assert "Senjata dari pelapor" in " ".join(facts.split())
    assert "Dicekik Ratna Contoh" in " ".join(facts.split())


def test_never_lowered_without_a_reason(app: Flask, officer: Client) -> None:
    with app.app_context():
        sent = cast.tell(urgency="now")
    page = judged(officer, sent, urgency="soon")
    assert (page.status, page.has("Lebih rendah daripada yang diusulkan. Pilih alasannya.")) == (422, True)
    page = officer.submit("Simpan penilaian", lowered="other")
    assert page.has("Tulis alasannya. Satu kalimat sudah cukup.")
    page = officer.submit("Simpan penilaian", note="Ia sudah di rumah ibunya.")
    assert page.has("Diturunkan: lain.", "Ia sudah di rumah ibunya.")
    assert report(app, sent).urgency is Urgency.SOON


def test_two_at_once_read_both_texts(app: Flask, sent: Reporter, officer: Client) -> None:
    other = cast.at_work(app, "bayu")
    officer.open(at(sent, "/pilah"))
    judged(other, sent, urgency="today", note="Kata Bayu.")
    page = officer.submit("Simpan penilaian", urgency="today", note="Kata Ratna.")
    assert page.status == 409
    assert page.has("Bayu Contoh menyimpan lebih dulu.", "Kata Bayu.", "Ketikan Anda")
    assert page.value("note").strip() == "Kata Ratna."
    page = officer.submit("Simpan penilaian", note="Kata Bayu. Kata Ratna.")
    assert page.has("Kata Bayu. Kata Ratna.")
    with app.app_context():
        numbers = sa.select(Triage.number).where(Triage.report_id == sent.report_id).order_by(Triage.number)
        assert list(db.session.scalars(numbers)) == [1, 2], "the first is not written over"


def test_the_same_form_twice_judges_once(app: Flask, sent: Reporter, officer: Client) -> None:
    page = officer.open(at(sent, "/pilah"))
    form, button = page.form("Simpan penilaian")
    fields = {"urgency": "today", "group": "other", "note": "", "happened_at": "", "number": page.value("number"),
              "once": page.value("once"), "csrf_token": page.value("csrf_token"), "end": "1"}  # fmt: skip
    assert button
    assert form["action"] == at(sent, "/pilah")
    assert [officer.post(at(sent, "/pilah"), fields).status for _ in range(2)] == [303, 303]
    with app.app_context():
        assert len(list(db.session.scalars(sa.select(Triage).where(Triage.report_id == sent.report_id)))) == 1


def test_a_danger_told_after_judging_is_not_lost(app: Flask, sent: Reporter, officer: Client) -> None:
    """It keeps the stage; the form that was open knew nothing of it."""
    judged(officer, sent, urgency="today")
    officer.open(at(sent, "/pilah"))
    with app.app_context():
        additions.add(sent, answers=additions.When(ago="recent"), once="d")
    page = officer.submit("Simpan penilaian", note="Tidak tahu.")
    assert page.has("Laporan ini sudah berubah.")
    (box,) = (one for one in page.tree.select("input[name=flags]") if one["value"] == "within_72h")
    assert box.parent
    assert "dari pelapor" in box.parent.get_text()


def test_a_danger_told_meanwhile_is_read_first(app: Flask, sent: Reporter, officer: Client) -> None:
    officer.open(at(sent, "/pilah"))
    with app.app_context():
        additions.add(sent, answers=additions.Who(strangled="yes"), once="d")
    page = officer.submit("Simpan penilaian", urgency="now")
    assert (page.status, page.has("Laporan ini sudah berubah. Baca dulu yang baru, lalu simpan lagi.")) == (422, True)
    assert officer.submit("Simpan penilaian").has("Laporan ini sudah berubah."), "nor does that page show her messages"
    officer.open(at(sent))
    officer.open(at(sent, "/pilah"))
    assert officer.submit("Simpan penilaian", urgency="now").has("Penilaian SUDAH disimpan.")


# ---- what it becomes


def test_a_short_help_is_one_page_and_done(app: Flask, sent: Reporter, officer: Client) -> None:
    judged(officer, sent, urgency="today")
    officer.click("Bantuan singkat")
    page = officer.submit("Simpan, selesai", problem="Surat nikah hilang.", help="advice", done="Dijelaskan ke KUA.")
    assert page.has("Bantuan singkat SUDAH dicatat.", "Surat nikah hilang.", "Dijelaskan ke KUA.")
    assert report(app, sent).stage == Stage.HELP
    assert her_page(app, sent).messages == (), "what the office wrote for itself is not hers to read"
    assert acts(app, sent).count("report.help") == 1


def test_something_else_comes_with_words_that_she_reads(app: Flask, sent: Reporter, officer: Client) -> None:
    judged(officer, sent, urgency="today")
    officer.click("Lain")
    page = officer.submit("Simpan, kirim kalimat ini", outcome="out_of_area")
    assert (page.status, page.has("Tulis kalimat untuk pelapor.")) == (422, True)
    page = officer.submit("Simpan, kirim kalimat ini", answer="Kantor di kota Anda bisa membantu: 129.")
    assert page.has("SUDAH dicatat.", "di luar wilayah", "Kantor di kota Anda bisa membantu: 129.")
    assert [message.text for message in her_page(app, sent).messages] == ["Kantor di kota Anda bisa membantu: 129."]
    assert report(app, sent).stage == Stage.OTHER


def test_whoever_abused_the_form_is_owed_no_words(app: Flask, sent: Reporter, officer: Client) -> None:
    judged(officer, sent, urgency="today")
    officer.click("Lain")
    assert officer.submit("Simpan, kirim kalimat ini", outcome="abuse_of_form").has("formulir disalahgunakan")
    assert her_page(app, sent).messages == ()


def test_a_case_holds_the_report_and_has_a_code_without_meaning(app: Flask, sent: Reporter, officer: Client) -> None:
    judged(officer, sent, urgency="today")
    officer.open(at(sent, "/kasus"))
    page = officer.submit("Buka kasus")
    assert page.has("Kasus SUDAH dibuka.", report(app, sent).reference, "Dibuka Ratna Contoh", "Manajer kasus")
    with app.app_context():
        case = db.session.scalars(sa.select(Case)).one()
    assert page.h1 == f"Kasus {case.reference}"
    assert page.tree.title
    assert page.tree.title.get_text() == f"Kasus {case.reference} · Calling Pepa", "B49: a code, and no more"
    assert report(app, sent).stage == Stage.CASE
    assert cast.at_work(app, "wulan").open("/petugas/kasus").has(case.reference)


ENDS = {
    "/bantuan": ("Simpan, selesai", {"problem": "x", "help": "deed", "done": "y"}),
    "/lain": ("Simpan, kirim kalimat ini", {"outcome": "advised", "answer": "z"}),
    "/kasus": ("Buka kasus", {}),
}


@pytest.mark.parametrize("end", ENDS)
def test_nothing_is_decided_before_it_is_judged(app: Flask, sent: Reporter, officer: Client, end: str) -> None:
    officer.open(at(sent))
    officer.open(at(sent, end))
    button, fields = ENDS[end]
    page = officer.submit(button, **fields)
    assert page.has("Laporan ini sudah berubah. Baca dulu yang baru, lalu simpan lagi.")
    assert report(app, sent).stage == Stage.READ


def test_of_two_who_end_it_the_second_reads_both_texts(app: Flask, sent: Reporter, officer: Client) -> None:
    judged(officer, sent, urgency="today")
    officer.open(at(sent, "/lain"))
    other = cast.at_work(app, "bayu")
    other.open(at(sent, "/bantuan"))
    other.submit("Simpan, selesai", problem="Kata Bayu.", help="deed", done="Diantar ke RS.")
    page = officer.submit("Simpan, kirim kalimat ini", outcome="advised", answer="Kata Ratna.")
    assert page.status == 409
    assert page.has("Bayu Contoh menyimpan lebih dulu. Ketikan Anda masih ada", "Kata Bayu.", "Diantar ke RS.")
    assert page.value("answer").strip() == "Kata Ratna."
    assert her_page(app, sent).messages == ()


def test_two_outcomes_at_once_are_one(app: Flask, sent: Reporter, officer: Client) -> None:
    judged(officer, sent, urgency="today")
    officer.open(at(sent, "/kasus"))
    other = cast.at_work(app, "bayu")
    other.open(at(sent, "/bantuan"))
    other.submit("Simpan, selesai", problem="Kata Bayu.", help="deed", done="y")
    page = officer.submit("Buka kasus")
    assert (page.status, page.has("Bayu Contoh menyimpan lebih dulu.")) == (409, True)
    with app.app_context():
        assert db.session.scalars(sa.select(Case)).first() is None


def test_a_judgement_that_came_first_is_read_before_it_ends(app: Flask, sent: Reporter, officer: Client) -> None:
    judged(officer, sent, urgency="today")
    officer.open(at(sent, "/lain"))
    with app.app_context():
        triage.judge(cast.member("bayu"), sent.report_id, urgency="now", flags=["weapon"], number=1, once="b")
    page = officer.submit("Simpan, kirim kalimat ini", outcome="advised", answer="Ketikan saya.")
    assert page.status == 409
    assert page.has("Bayu Contoh menyimpan lebih dulu.", "Senjata", "Ketikan saya.")
    assert officer.submit("Simpan, kirim kalimat ini").has("SUDAH dicatat.")


@pytest.mark.parametrize("which", ["help", "other"])
def test_a_new_message_brings_it_back(app: Flask, sent: Reporter, officer: Client, which: str) -> None:
    judged(officer, sent, urgency="today")
    with app.app_context():
        ratna = cast.member("ratna")
        if which == "help":
            triage.give_help(ratna, sent.report_id, help="advice", problem="x", done="y", number=1, once="o")
        else:
            triage.end_otherwise(ratna, sent.report_id, outcome="advised", answer="Halo.", number=1, once="o")
        reporters.write(sent, text="Ada lagi.", once="w")
        again = db.session.get_one(Report, sent.report_id)
        assert again.stage == Stage.RECEIVED
        assert again.held_by_id is None
        assert again.read_due_at
    page = officer.open(at(sent))
    assert page.has("Ada lagi.", "Pilah")
    page = judged(officer, sent, urgency="today", note="Kedua kali.")
    assert page.has("ke-2", "Kedua kali.")


def test_a_message_that_nobody_read_is_read_before_it_ends(app: Flask, sent: Reporter, officer: Client) -> None:
    judged(officer, sent, urgency="today")
    officer.open(at(sent, "/bantuan"))
    with app.app_context():
        reporters.write(sent, text="Tunggu.", once="w")
    page = officer.submit("Simpan, selesai", problem="x", help="deed", done="y")
    assert (page.status, page.has("Laporan ini sudah berubah.")) == (422, True)
    assert page.value("problem").strip() == "x"


def test_words_for_whoever_cancelled_are_refused(app: Flask, sent: Reporter, officer: Client) -> None:
    judged(officer, sent, urgency="today")
    with app.app_context():
        withdrawals.withdraw(sent, came_by=())
    officer.open(at(sent, "/lain"))
    page = officer.submit("Simpan, kirim kalimat ini", outcome="withdrawn", answer="Halo.")
    assert page.has("Laporan ini sudah dibatalkan lewat kode.")
    assert officer.submit("Simpan, kirim kalimat ini", answer="").has("SUDAH dicatat.")


def test_her_page_has_stages_only_once_she_was_confirmed(app: Flask, sent: Reporter, officer: Client) -> None:
    judged(officer, sent, urgency="today")
    officer.open(at(sent, "/kasus"))
    officer.submit("Buka kasus")
    assert her_page(app, sent).stage is None
    with app.app_context():
        confirmations.confirm(cast.member("ratna"), sent.report_id, way="met")
    assert her_page(app, sent).stage is Stage.CASE


def test_a_limit_that_an_urgency_moves_moves(app: Flask, officer: Client) -> None:
    with app.app_context():
        sent = cast.tell(urgency="soon")
        before = db.session.get_one(Report, sent.report_id).answer_due_at
    judged(officer, sent, urgency="now")
    after = report(app, sent).answer_due_at
    assert before
    assert after
    assert after < before
    judged(officer, sent, urgency="soon", lowered="gone")
    assert report(app, sent).answer_due_at == before


def test_the_verbs_ask_for_themselves(app: Flask, sent: Reporter) -> None:
    with app.app_context():
        reports.open_for(cast.member("ratna"), sent.report_id)
        for login in cast.CAST:
            if login in ("ratna", "bayu", "wulan"):
                continue
            me = cast.member(login)
            with pytest.raises((NotAllowed, NotFound)):
                triage.judge(me, sent.report_id, urgency="today", number=0, once="x")
            with pytest.raises((NotAllowed, NotFound)):
                triage.give_help(me, sent.report_id, help="deed", problem="x", done="y", number=0, once="x")
        assert db.session.get_one(Report, sent.report_id).stage == Stage.READ
        with transaction() as session:
            assert session.scalars(sa.select(Triage)).first() is None


# ---- what never leaves, and what is typed


def test_her_page_has_the_answer_and_nothing_else_of_the_office(app: Flask, sent: Reporter, officer: Client) -> None:
    """B16: no name of an officer, no judgement, no note."""
    judged(officer, sent, urgency="today", note="Tandabunyi-satu")
    with app.app_context():
        notes.add(cast.member("ratna"), sent.report_id, note="Tandabunyi-dua", once="n")
        triage.give_help(
            cast.member("ratna"),
            sent.report_id,
            help="deed",
            problem="Tandabunyi-tiga",
            done="Tandabunyi-empat",
            answer="Surat itu bisa diminta di KUA.",
            number=1,
            once="h",
        )
        confirmations.confirm(cast.member("ratna"), sent.report_id, way="met")
        cookie = reporters.cookie(sent.token)
    her = Client(app)
    her.set_cookie("__Host-s", cookie)
    page = her.get("/pantau")
    assert page.has("Surat itu bisa diminta di KUA.", "Layanan selesai. Anda tetap bisa menulis di sini.")
    for leak in ("Tandabunyi", "Ratna", "Contoh", "Bantuan singkat", "Pilah"):
        assert leak not in page.text, leak


@pytest.mark.parametrize("typed", ["24/11/2025 23.30", "25/11/2025 00.30"])
def test_the_day_that_was_typed_is_the_day_that_is_shown(
    app: Flask, sent: Reporter, officer: Client, typed: str
) -> None:
    """B6: whatever zone the server has."""
    judged(officer, sent, urgency="today", group="sexual", happened_at=typed)
    assert officer.open(at(sent, "/pilah")).value("happened_at") == typed
