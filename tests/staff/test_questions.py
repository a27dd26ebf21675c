"""A report's page asks the database as often for a long report as for a short one."""

import pytest
from flask import Flask

from pepa.domain import additions, cases, links, notes, reporters, reports, triage
from tests import cast
from tests.counting import BESIDES, OPENING, own_questions
from tests.uploads.test_add import PHOTO, send

LISTS = (
    "messages",
    "additions",
    "attachments",
    "audit_entries",
    "triages",
    "notes",
    "links",
    "ready_answers",
    "organisations",
    "police_clocks",
    "restrictions",
    "whatever shares its case",
    "whom conflicts name",
    "the key of cards",
    "cards that are not made yet",
    "its card, for names of people here",
    "emergencies",
)


@pytest.mark.parametrize("many", [0, 12])
def test_a_report_s_page_asks_once_for_each_list(app: Flask, many: int) -> None:
    with app.app_context():
        sent = cast.tell("Isi")
        ratna = cast.member("ratna")
        for n in range(many):
            reporters.write(sent, text=f"Pesan {n}", once=f"w{n}")
            reports.answer(ratna, sent.report_id, text=f"Jawaban {n}", once=f"a{n}")
            additions.add(sent, answers=additions.Who(hurt=f"Contoh {n}"), once=f"d{n}")
            notes.add(ratna, sent.report_id, note=f"Catatan {n}", once=f"n{n}")
            links.link(ratna, sent.report_id, other_id=cast.tell(str(n)).report_id)
        reports.hold(ratna, sent.report_id)
        if many:
            send(sent, PHOTO, PHOTO)
            reports.open_for(ratna, sent.report_id, shows_messages=True)
            triage.judge(ratna, sent.report_id, urgency="today", number=0, once="j")
    asked = own_questions(app, cast.at_work(app, "ratna"), f"/petugas/laporan/{sent.report_id}")
    assert len(asked) <= len(LISTS) + OPENING + BESIDES, "\n".join(asked)


@pytest.mark.parametrize(
    ("path", "lists"),
    [
        ("/petugas/", ("rows", "cards", "holders", "counts", "calls")),
        ("/petugas/?tab=semua&urgency=now", ("rows", "cards", "holders", "counts", "calls")),
        ("/petugas/?danger=told", ("rows", "cards", "holders", "counts", "calls", "dangers", "drafts")),
        ("/petugas/disisihkan", ("rows", "holders")),
        ("/petugas/piket", ("shifts", "people")),
        ("/petugas/cari", ()),
    ],
)
def test_a_list_asks_as_often_for_many_rows_as_for_few(app: Flask, path: str, lists: tuple[str, ...]) -> None:
    client = cast.at_work(app, "ratna")
    few = own_questions(app, client, path)
    with app.app_context():
        for n in range(12):
            sent = cast.tell(f"Isi {n}", urgency="now" if n % 2 else "soon")
            if n % 3 == 0:
                reports.hold(cast.member("bayu"), sent.report_id)
    many = own_questions(app, client, path)
    assert len(many) <= len(few) + 1, "\n".join(many)
    assert len(many) <= len(lists) + BESIDES, "\n".join(many)


@pytest.mark.parametrize(
    ("end", "lists"),
    [
        ("/pilah", ("additions", "triages", "links", "messages", "audit entries", "turned away")),
        ("/bantuan", ()),
        ("/lain", ()),
        ("/kasus", ("links", "cases")),
        ("/catatan", ()),
        ("/laporan-lain", ("links", "cards", "suggested")),
    ],
)
def test_what_is_done_with_a_report_asks_little(app: Flask, end: str, lists: tuple[str, ...]) -> None:
    with app.app_context():
        sent = cast.tell("Isi")
        ratna = cast.member("ratna")
        for n in range(12):
            additions.add(sent, answers=additions.Who(hurt=f"Contoh {n}"), once=f"d{n}")
            links.link(ratna, sent.report_id, other_id=cast.tell(str(n)).report_id)
        reports.hold(ratna, sent.report_id)
    asked = own_questions(app, cast.at_work(app, "ratna"), f"/petugas/laporan/{sent.report_id}{end}")
    opening = OPENING if end in ("/pilah", "/laporan-lain") else 0
    assert len(asked) <= len(lists) + opening + BESIDES, "\n".join(asked)


def test_a_case_asks_as_often_for_many_reports_as_for_one(app: Flask) -> None:
    found = []
    for many in (1, 6):
        with app.app_context():
            ratna, case_id = cast.member("ratna"), None
            for n in range(many):
                sent = cast.tell(f"{many} {n}")
                reports.open_for(ratna, sent.report_id)
                triage.judge(ratna, sent.report_id, urgency="today", number=0, once="j")
                case_id = cases.open_from(ratna, sent.report_id, case_id=case_id, number=1, once="c")
        client = cast.at_work(app, "ratna")
        found.append(len(own_questions(app, client, f"/petugas/kasus/{case_id}")))
        assert len(own_questions(app, client, "/petugas/kasus")) <= 1 + BESIDES
    assert found[0] == found[1]
    lists = ("reports", "grants", "epochs", "triages", "what shares a case", "whom conflicts name", "emergencies")
    assert found[0] <= len(lists) + BESIDES
