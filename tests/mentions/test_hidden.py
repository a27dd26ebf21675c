"""Notes of a hand-over and texts of tasks: a line that names what is hidden from whoever reads it is not shown to them,
and not lost."""

import pytest
from flask import Flask

from pepa.domain import cases, conflicts, handovers, mentions, tasks
from pepa.models.cases import Case
from pepa.models.reports import reference_of
from pepa.policy import Reporter
from tests.cases.test_open import sorted_out
from tests.duty.rosters import person
from tests.people import member, office, tell
from tests.tasks.board import day, made, read

PLAIN = "Kunci mobil di laci."


def write(note: str) -> None:
    handovers.write(member("ratna"), person_id=person("bayu"), note=note, once="a")


def notes(login: str) -> list[str]:
    return [one.note for one in handovers.newest(member(login))]


def text(login: str, task_id: object) -> str | None:
    return tasks.open_for(member(login), task_id).text  # type: ignore[arg-type]


def change(login: str, task_id: object, typed: str | None, wording: int = 1) -> None:
    tasks.change(member(login), task_id, deed="contact", due_on=day(1), wording=wording, text=typed)  # type: ignore[arg-type]


def hidden_from_wulan() -> Reporter:
    sent = tell("Isi")
    conflicts.declare(member("wulan"), sent.report_id, once="d")
    return sent


def test_a_line_that_names_its_case_goes_as_well(context: Flask) -> None:
    sent = sorted_out("Isi")
    code = Case(id=cases.open_from(member("ratna"), sent.report_id, number=1, once="c")).reference
    lines = [f"{code}: antar ke polisi", f"{code.lower()} lagi", f"tanpa garis {code.replace('-', '')}", PLAIN]
    write("\n".join(lines))
    assert notes("wulan") == ["\n".join(lines)]
    conflicts.declare(member("wulan"), sent.report_id, once="d")
    assert notes("wulan") == [PLAIN]
    assert notes("bayu") == ["\n".join(lines)]


def test_what_was_handed_on_is_named_to_nobody_of_the_office_any_more(context: Flask) -> None:
    """Whoever it is about may be among them."""
    sent = tell("Isi")
    write(f"{reference_of(sent.report_id)}: tentang orang kantor\n{PLAIN}")
    conflicts.hand_on(member("ratna"), sent.report_id, reason="Orang kantor", once="h")
    for login in ("ratna", "bayu", "wulan"):
        assert notes(login) == [PLAIN]


def test_words_that_only_look_like_codes_stay(context: Flask) -> None:
    hidden_from_wulan()
    assert mentions.without_hidden(member("wulan"), "Rapat besok, bawa L-234567\nSelesai") == (
        "Rapat besok, bawa L-234567\nSelesai"
    )


@pytest.mark.both
def test_the_text_of_a_task_is_shown_without_it(context: Flask, database: str) -> None:
    sent = hidden_from_wulan()
    task_id = made("ratna", text=f"{PLAIN}\n{reference_of(sent.report_id)}: telepon\nLalu pulang.")
    assert text("wulan", task_id) == f"{PLAIN}\nLalu pulang."
    assert reference_of(sent.report_id) in (text("ratna", task_id) or "")
    assert text("wulan", made("ratna", text=reference_of(sent.report_id))) == ""


def test_whoever_changes_the_rest_loses_nothing_of_it_and_learns_nothing(context: Flask) -> None:
    sent = hidden_from_wulan()
    named = f"{reference_of(sent.report_id)}: telepon"
    task_id = made("ratna", text=f"{PLAIN}\n{named}\nLalu pulang.")
    change("wulan", task_id, "Kunci mobil di saku.\nLalu pulang.\nBeri kabar.")
    assert text("ratna", task_id) == f"Kunci mobil di saku.\n{named}\nLalu pulang.\nBeri kabar."
    assert text("wulan", task_id) == "Kunci mobil di saku.\nLalu pulang.\nBeri kabar."
    change("wulan", task_id, "", wording=2)
    assert text("ratna", task_id) == named


def test_the_same_text_sent_back_changes_nothing(context: Flask) -> None:
    sent = hidden_from_wulan()
    task_id = made("ratna", text=f"{PLAIN}\n{reference_of(sent.report_id)}: telepon")
    change("wulan", task_id, PLAIN)
    assert read(task_id).wording == 1


def test_a_partner_that_may_not_know_reads_no_line_of_it(context: Flask) -> None:
    sent = tell("Isi")
    conflicts.name(member("wulan"), sent.report_id, named_id=office("legal_aid"), reason="Terlapor", once="n")
    task_id = made("ratna", to=office("legal_aid"), text=f"{PLAIN}\n{reference_of(sent.report_id)}: telepon")
    assert text("nadia", task_id) == PLAIN
