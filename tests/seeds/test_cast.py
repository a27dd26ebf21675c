"""The demo cast and its reports: whole, able to act, and nobody could take them for real."""

import re
from collections import Counter

from pepa.models.organisations import ROOTS, OrganisationKind, Role
from pepa.models.reports import About, Elsewhere, Speaker, Urgency
from pepa.seeds import reading


def test_the_cast_has_every_body_and_its_people() -> None:
    rows = reading.cast()
    kinds = {row.kind: row for row in rows}
    assert set(kinds) == {
        "intake",
        "independent",
        "legal_aid",
        "psychologist",
        "police",
        "hospital",
        "shelter",
        "community",
        "religious",
    }
    assert all(len(row.members) >= 2 for row in rows)
    assert all({role for member in row.members for role in member.roles} <= set(Role) for row in rows)
    office = Counter(role for member in kinds["intake"].members for role in member.roles)
    assert office["intake_officer"] == 2
    assert {"case_manager", "supervisor", "head", "administrator"} <= office.keys()
    assert any("outreach_worker" in member.roles for member in kinds["community"].members)


def test_those_who_open_and_the_one_who_does_not() -> None:
    for row in reading.cast():
        for member in row.members:
            assert member.holds_key is ("administrator" not in member.roles), member.login
    office = next(row for row in reading.cast() if row.kind == "intake")
    assert sum(member.holds_key for member in office.members) >= 4, "as many as going live needs"


def test_the_roots_have_somebody_on_duty_and_next() -> None:
    for row in reading.cast():
        turns = sorted(member.duty for member in row.members if member.duty)
        assert turns == list(range(1, len(turns) + 1))
        assert len(turns) >= 2 or row.kind not in ROOTS, row.name
        for member in row.members:
            assert not member.duty or {"intake_officer", "supervisor"} & set(member.roles), (
                f"{member.login} may not read"
            )


def test_nobody_could_take_the_cast_for_real() -> None:
    members = [member for row in reading.cast() for member in row.members]
    names = [row.name for row in reading.cast()] + [member.name for member in members]
    assert all(name.endswith(" Contoh") for name in names)
    assert len({member.login for member in members}) == len(members)
    assert all(re.fullmatch(r"[a-z]+@contoh\.example", member.email) for member in members)


def test_demo_reports_are_made_up_and_gentle() -> None:
    rows = reading.demo_reports()
    assert 8 <= len(rows) <= 10
    assert len({row.code for row in rows}) == len(rows)
    for row in rows:
        assert row.what.startswith("Contoh. "), row.code
        assert len(row.what) <= 200, row.code
        assert re.fullmatch(r"(0000-0000-\d{4})?", row.phone), f"{row.code}: no number that could ring"
        assert not row.place or re.search(r"Contoh|RT 00", row.place), row.code


def test_demo_reports_can_be_delivered() -> None:
    logins = {member.login: row for row in reading.cast() for member in row.members}
    partners = {row.code for row in reading.cast() if row.kind not in ROOTS}
    places = {row.code for row in reading.kecamatan()} | set(Elsewhere)
    for row in reading.demo_reports():
        assert row.urgency in {"", Urgency.NOW, Urgency.TODAY, Urgency.SOON}, row.code
        assert row.speaker in {"", *Speaker}, row.code
        assert row.kecamatan in {"", *places}, row.code
        assert row.about in set(About), row.code
        assert (row.about_partner in partners) is (row.about == About.PARTNER), row.code
        holder = OrganisationKind.INDEPENDENT if row.about == About.OFFICE else OrganisationKind.INTAKE
        for answer in row.answers:
            assert logins[answer.by].kind == holder, f"{row.code}: answered by somebody who cannot read it"
            assert 0 <= answer.hours_ago < row.hours_ago, row.code


def test_the_demo_shows_every_state_of_a_list() -> None:
    rows = reading.demo_reports()
    assert {row.urgency for row in rows} >= {"now", "today", "soon", ""}
    assert {bool(row.answers) for row in rows} == {True, False}
    assert {row.about for row in rows} == set(About)
