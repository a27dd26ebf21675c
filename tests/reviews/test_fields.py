"""Who speaks for which field, which fields have to be heard, and until when a look at a source holds."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from pepa.domain import reviews
from pepa.domain.blocks import Claim, ClaimKind, Mark
from pepa.models.organisations import OrganisationKind
from pepa.models.titles import Edition, Field
from tests import cast

CLAIM = Claim("satu", ClaimKind.LAW, Mark.READ, date(2026, 11, 25), "UU 1/2020", "pasal 1", "jdih", "Begini bunyinya.")


@pytest.mark.parametrize(
    ("login", "fields"),
    [
        ("wulan", {Field.OFFICE}),
        ("hadi", {Field.OFFICE}),
        ("ratna", set()),
        ("intan", set()),
        ("nadia", {Field.LAW}),
        ("tegar", {Field.LAW}),
        ("laras", {Field.HEALTH}),
        ("melati", {Field.CHILD_PSYCHOLOGY, Field.HEALTH}),
        ("farida", {Field.RELIGION}),
        ("endah", {Field.DISABILITY}),
        ("puspa", set()),
        ("kartika", set()),
    ],
)
def test_who_speaks_for_what(context: Flask, login: str, fields: set[Field]) -> None:
    assert reviews.fields_of(cast.member(login)) == fields


def test_every_field_has_somebody() -> None:
    spoken = set().union(*reviews.FIELDS_OF.values()) | {Field.OFFICE}
    assert spoken == set(Field)
    assert not {OrganisationKind.INTAKE, OrganisationKind.INDEPENDENT} & reviews.FIELDS_OF.keys()


kinds = st.lists(st.sampled_from(ClaimKind), max_size=4)
named = st.lists(st.sampled_from(Field), max_size=4)


@given(kinds, named)
def test_law_and_health_are_heard_whoever_was_named(found: list[ClaimKind], fields: list[Field]) -> None:
    needed = reviews.needed(Edition(reviewers=" ".join(fields)), [replace(CLAIM, kind=kind) for kind in found])
    assert set(fields) <= set(needed)
    assert Field.OFFICE in needed
    assert ClaimKind.LAW not in found or Field.LAW in needed
    assert ClaimKind.HEALTH not in found or reviews.CARERS & set(needed)
    assert len(set(needed)) == len(needed)
    assert set(needed) - set(fields) <= {Field.OFFICE, Field.LAW, Field.HEALTH}


@pytest.mark.parametrize(
    ("kind", "fields", "writes", "may"),
    [
        (ClaimKind.LAW, {Field.LAW}, False, True),
        (ClaimKind.LAW, {Field.OFFICE}, True, False),
        (ClaimKind.HEALTH, {Field.HEALTH}, False, True),
        (ClaimKind.HEALTH, {Field.CHILD_PSYCHOLOGY}, False, True),
        (ClaimKind.HEALTH, {Field.LAW}, True, False),
        (ClaimKind.TELEPHONE, {Field.OFFICE}, False, True),
        (ClaimKind.FIGURE, set(), True, True),
        (ClaimKind.FIGURE, set(), False, False),
    ],
)
def test_who_compares_a_claim(kind: ClaimKind, fields: set[Field], writes: bool, may: bool) -> None:
    assert reviews.may_check(frozenset(fields), replace(CLAIM, kind=kind), writes=writes) is may


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(1, 12))
def test_so_many_months_later(day: date, months: int) -> None:
    then = reviews.later(day, months)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day == day.day or (then.day < day.day and (then + timedelta(days=1)).day == 1)
