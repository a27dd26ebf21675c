"""A report that is hidden from somebody, with all that hangs on it: on no page, in no count, gap, search or notice.

Every page of the desk is fetched before the report exists and after it was hidden: the two are the same to a byte, but
for what is drawn anew for each page. Then every address that names something of it is tried.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from flask import Flask

from pepa import clock, delivery
from pepa.config import Config
from pepa.db import db, transaction
from pepa.domain import (
    additions,
    callbacks,
    cards,
    cases,
    conflicts,
    duty,
    handovers,
    lateness,
    leavings,
    links,
    mornings,
    notes,
    police,
    reporters,
    reports,
    restrictions,
    triage,
)
from pepa.models.organisations import Membership
from pepa.models.reports import Exclusion, Report, reference_of
from tests import cast
from tests.client import Client
from tests.duty.rosters import person
from tests.people import member, office, tell
from tests.uploads.test_add import PHOTO, send

AT = datetime(2026, 3, 4, 8, 10, tzinfo=clock.JAKARTA)
HOUR = timedelta(hours=1)
CANARY = "Burungkenari"
DRAWN = re.compile(
    r'name="(csrf_token|once|ticket|made|typed_at|teaching)" value="[^"]*"|, lalu [0-9]+ kali lagi'
)  # and one's own looks
# What everybody's own looks at themselves add to, or is drawn for a passkey; looked through for the canary as well.
LIVELY = re.compile(r"/petugas/(jejak|akun|masuk/passkey)|.*[.]xlsx")


class Hidden(NamedTuple):
    """A report with all that hangs on it; marks: whatever would name it on a page."""

    report_id: UUID
    things: dict[str, Any]
    marks: tuple[str, ...]


def planted(other: UUID) -> Hidden:
    """By colleagues: told, added to, rung for, held by nobody, linked with what may be seen, a case, late."""
    sent = tell(f"{CANARY} menangis", urgency="now", phone="0812-0000-9191")
    additions.add(sent, answers=additions.Who(hurting=f"Pak {CANARY}", weapon="yes"), once="a")
    reporters.write(sent, text=f"{CANARY} lagi", once="b")
    (file_id,), _ = send(sent, PHOTO)
    duty.ring()
    bayu, report_id = member("bayu"), sent.report_id
    reports.open_for(bayu, report_id, shows_messages=True)
    triage.judge(bayu, report_id, urgency="now", note=CANARY, flags=["weapon"], number=0, once="j")
    case_id = cases.open_from(bayu, report_id, number=1, once="c")
    note_id = notes.add(bayu, report_id, note=CANARY, once="n")
    links.link(bayu, report_id, other_id=other)
    police.begin(bayu, report_id, told_by="survivor")
    restrictions.ask(bayu, report_id, asked_at=clock.now(), how=CANARY, once="r")
    when = {"from_at": clock.now(), "until_at": clock.now() + HOUR}
    callback_id = callbacks.promise(bayu, report_id, person_id=bayu.person_id, reason="Ia minta", once="p", **when)
    code = reference_of(report_id)
    reporters.write(sent, text=f"{CANARY} masih", once="d")
    with clock.frozen(clock.now() + 30 * HOUR):
        lateness.tell()
        police.remind()
        restrictions.remind()
    things = {"report_id": report_id, "case_id": case_id, "file_id": file_id, "note_id": note_id,
              "callback_id": callback_id, "other_id": other, "conflict_id": case_id}  # fmt: skip
    case = db.session.get_one(cases.Case, case_id).reference
    return Hidden(report_id, things, (CANARY, CANARY.lower(), code, code.removeprefix("L-"), str(report_id), case))


def by_oneself(login: str, hidden: Hidden) -> None:
    conflicts.declare(member(login), hidden.report_id, once="w")


def by_whoever_leads(login: str, hidden: Hidden) -> None:
    conflicts.name(member("wulan"), hidden.report_id, named_id=person(login), reason=CANARY, once="w")


def by_the_body_they_are_of(login: str, hidden: Hidden) -> None:
    """A second membership, in a body that the report is about."""
    with transaction() as session:
        session.add(Membership(person_id=person(login), organisation_id=office("hospital"), roles="worker"))
        session.add(Exclusion(report_id=hidden.report_id, excluded_id=office("hospital")))
    leavings.sweep()


def by_the_office(_: str, hidden: Hidden) -> None:
    conflicts.hand_on(member("bayu"), hidden.report_id, reason=CANARY, once="w")


WAYS: list[tuple[str, Callable[[str, Hidden], None]]] = [
    ("ratna", by_oneself),
    ("wulan", by_oneself),
    ("ratna", by_whoever_leads),
    ("ratna", by_the_body_they_are_of),
    ("wulan", by_the_office),
]


def addresses(app: Flask, things: dict[str, Any], *, naming: bool = False) -> list[str]:
    """Of every page of the desk that these things are enough for; naming: only those that name one of them."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            ours = rule.endpoint.startswith("staff.") and "GET" in (rule.methods or ())
            if ours and rule.arguments <= things.keys() and (rule.arguments or not naming):
                built = rule.build({name: things[name] for name in rule.arguments})
                assert built
                found.append(built[1])
    return sorted(found)


def got(client: Client, path: str, **headers: str) -> tuple[int, str]:
    """Status and text of a page, without what is drawn anew for each. What it looks like is looked at elsewhere."""
    answer = client._caller.get(path, base_url="https://localhost", headers=headers)
    return answer.status_code, DRAWN.sub("", answer.get_data().decode("utf-8", "replace"))


def differs(path: str, before: str, after: str) -> str:
    """Where two texts part, or nothing: for whoever has to mend it."""
    at = next((n for n, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), None)
    return "" if before == after else f"{path}: {before[at or -80 :][:80]!r} became {after[at or -80 :][:80]!r}"


def looked_at(app: Flask, client: Client, things: dict[str, Any]) -> Iterator[tuple[str, str]]:
    tabs = [f"/petugas/?tab={tab}" for tab in ("semua", "dijawab", "lanjut", "dibatalkan", "bahaya")]
    for path in [*addresses(app, things), *tabs]:
        yield path, got(client, path)[1]
    client.open("/petugas/cari")
    yield "search", DRAWN.sub("", client.submit("Cari", typed="0000 9191").body.decode())


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("login", "turn_away"), WAYS, ids=lambda one: getattr(one, "__name__", one))
def test_no_page_tells_of_it(app: Flask, login: str, turn_away: Callable[[str, Hidden], None]) -> None:
    with app.app_context(), clock.frozen(AT):
        seen = tell("Yang boleh dilihat")
        reports.open_for(member("bayu"), seen.report_id, shows_messages=True)
        for one in ("ratna", "wulan"):
            cards.complete(member(one))
        duty.ring()  # for what is there already
        with clock.frozen(AT + 30 * HOUR):
            lateness.tell()
        client, shown = cast.at_work(app, login), {"report_id": seen.report_id}
    with clock.frozen(AT):
        before = dict(looked_at(app, client, shown))
        with app.app_context():
            hidden = planted(seen.report_id)
            turn_away(login, hidden)
        after = dict(looked_at(app, client, shown))
    changed = [differs(path, before[path], after[path]) for path in before if not LIVELY.match(path)]
    told = [(path, mark) for path, text in after.items() for mark in hidden.marks if mark in text]
    assert not told, "named on a page"
    assert not [one for one in changed if one], "a count, a gap"
    with clock.frozen(AT):
        for path in addresses(app, {**hidden.things, "named_id": hidden.report_id}, naming=True):
            if str(hidden.things["report_id"]) in path or str(hidden.things["case_id"]) in path:
                for headers in ({}, {"HX-Request": "true", "HX-Target": "section#main"}):
                    status, text = got(client, path, **headers)
                    assert status == 404, path
                    assert not [mark for mark in hidden.marks if mark in text.replace(path, "")], path


@pytest.mark.parametrize(("login", "turn_away"), WAYS, ids=lambda one: getattr(one, "__name__", one))
def test_nothing_leaves_to_them(
    context: Flask,
    config: Config,
    monkeypatch: pytest.MonkeyPatch,
    login: str,
    turn_away: Callable[[str, Hidden], None],
) -> None:
    with clock.frozen(AT):
        seen = tell("Yang boleh dilihat")
        hidden = planted(seen.report_id)
        turn_away(login, hidden)
        reporters_words: list[tuple[UUID, UUID | None]] = []
    monkeypatch.setattr(delivery, "_carry", lambda _, due: reporters_words.append((due.person_id, due.report_id)))
    for hours in (0, 4, 26, 50, 73):
        with clock.frozen(AT + hours * HOUR):
            for job in (duty.ring, lateness.tell, police.remind, restrictions.remind, mornings.tell, leavings.sweep):
                job()
            delivery.send_due(config)
    about = {person_id for person_id, report_id in reporters_words if report_id == hidden.report_id}
    assert about, "others are told"
    assert person(login) not in about


def test_a_line_that_a_colleague_handed_over_is_left_out(context: Flask) -> None:
    sent, other = tell("Isi"), tell("Lain")
    code, kept = reference_of(sent.report_id), reference_of(other.report_id)
    note = f"Telepon {code} pukul 9.\nBaca {kept}.\nKunci laci di meja."
    handovers.write(member("bayu"), person_id=person("wulan"), note=note, out=code.lower(), once="h")
    handovers.write(member("bayu"), person_id=person("wulan"), note=f"Ingat {code[2:]}", once="i")
    conflicts.declare(member("ratna"), sent.report_id, once="1")
    assert [(one.note, one.out) for one in handovers.newest(member("ratna"))][:1] == [
        (f"Baca {kept}.\nKunci laci di meja.", "")
    ]
    assert len(handovers.newest(member("wulan"))) == len(handovers.newest(member("ratna"))) + 1
    assert handovers.newest(member("wulan"))[1].note == note
    assert db.session.get(Report, sent.report_id)
