"""A report's page asks the database as often for a long report as for a short one."""

import pytest
from flask import Flask

from pepa.domain import additions, reporters, reports
from tests import cast
from tests.counting import BESIDES, OPENING, own_questions
from tests.uploads.test_add import PHOTO, send

LISTS = ("messages", "additions", "attachments", "audit_entries", "ready_answers")


def lists_in(asked: list[str]) -> int:
    return sum(any(f"FROM {name}" in statement for statement in asked) for name in LISTS)


@pytest.mark.parametrize("many", [0, 12])
def test_a_report_s_page_asks_once_for_each_list(app: Flask, many: int) -> None:
    with app.app_context():
        sent = cast.tell("Isi")
        ratna = cast.member("ratna")
        for n in range(many):
            reporters.write(sent, text=f"Pesan {n}", once=f"w{n}")
            reports.answer(ratna, sent.report_id, text=f"Jawaban {n}", once=f"a{n}")
            additions.add(sent, answers=additions.Who(hurt=f"Contoh {n}"), once=f"d{n}")
        if many:
            send(sent, PHOTO, PHOTO)
        reports.hold(ratna, sent.report_id)
    asked = own_questions(app, cast.at_work(app, "ratna"), f"/petugas/laporan/{sent.report_id}")
    assert len(asked) <= len(LISTS) + OPENING + BESIDES, "\n".join(asked)
