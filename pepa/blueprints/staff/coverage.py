"""Coverage: where something was taught and where not yet, on the screen, on paper, as CSV and as XLSX."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext

from pepa import clock
from pepa.domain import areas, coverage, periods, tables, takings
from pepa.domain.coverage import Asked
from pepa.models.outreach import Manner
from pepa.policy import Permission
from pepa.web import figures
from pepa.web.access import actor, needs
from pepa.web.downloads import as_file
from pepa.web.pages import Reply, page

coverage_door = Blueprint("coverage", __name__, url_prefix="/cakupan")
QUARTERS = 8  # to pick from


def asked() -> Asked:
    """What the address asks for; what it spells wrong narrows nothing."""
    period, kecamatan = request.args.get("periode", ""), request.args.get("kecamatan")
    title, manner = request.args.get("judul", ""), request.args.get("cara")
    return Asked(
        period if periods.is_code(period) else periods.current(),
        kecamatan if kecamatan in {ward.kecamatan_code for ward in areas.wards()} else None,
        int(title) if title.isascii() and title.isdigit() and len(title) < 6 else None,
        next((one for one in Manner if one == manner and one.covers), None),
    )


def address(found: Asked, **more: str | None) -> dict[str, Any]:
    """The arguments of a page that asks the same, but for these."""
    named = {
        "periode": found.period,
        "kecamatan": found.kecamatan,
        "judul": str(found.title_id) if found.title_id is not None else None,
        "cara": found.manner.value if found.manner else None,
        "kelurahan": request.args.get("kelurahan"),
        **more,
    }
    return {name: value for name, value in named.items() if value}


@coverage_door.route("")
@needs(Permission.SEE_COVERAGE)
def show() -> Reply:
    return _page("show")


@coverage_door.route("/cetak")
@needs(Permission.SEE_COVERAGE)
def paper() -> Reply:
    takings.sheet(actor())
    return _page("paper")


def _page(which: str) -> Reply:
    found, code = asked(), request.args.get("kelurahan")
    titles = coverage.titles()
    shown: dict[str, Any] = {"asked": found, "address": address, "figures": figures, "now": clock.now()}
    if code:
        inside = coverage.inside(actor(), code, replace(found, kecamatan=None))
        return page(f"staff/coverage/{which}_ward.html", inside=inside, table=figures.rt_table(inside), **shown)
    city = coverage.of(actor(), found)
    return page(
        f"staff/coverage/{which}.html",
        city=city,
        table=figures.table(city),
        kecamatan=list({ward.kecamatan_code: ward.kecamatan for ward in areas.wards()}.items()),
        manners=[manner for manner in Manner if manner.covers],
        quarters=periods.latest(QUARTERS),
        titles=titles,
        with_map=request.args.get("peta") == "ya",
        narrowed=_narrowed(found, titles),
        **shown,
    )


def _narrowed(found: Asked, titles: dict[int, str]) -> list[tuple[str, str]]:
    """What narrows the page in words, each with the address of the page without it."""
    names = {ward.kecamatan_code: ward.kecamatan for ward in areas.wards()}
    words = {
        "kecamatan": names[found.kecamatan] if found.kecamatan else None,
        "judul": titles.get(found.title_id, str(found.title_id)) if found.title_id is not None else None,
        "cara": gettext(found.manner.label) if found.manner else None,
    }
    return [
        (word, url_for("staff.coverage.show", **address(found, **{name: None})))
        for name, word in words.items()
        if word is not None
    ]


@coverage_door.route("/cakupan.csv")
@needs(Permission.SEE_COVERAGE)
def as_csv() -> Reply:
    table, name = _table()
    return as_file(tables.csv(table), f"{name}.csv")


@coverage_door.route("/cakupan.xlsx")
@needs(Permission.SEE_COVERAGE)
def as_xlsx() -> Reply:
    table, name = _table()
    return as_file(tables.xlsx([table]), f"{name}.xlsx")


def _table() -> tuple[tables.Table, str]:
    takings.table(actor())
    found, code = asked(), request.args.get("kelurahan")
    if code:
        inside = coverage.inside(actor(), code, replace(found, kecamatan=None))
        return figures.rt_table(inside), f"cakupan-{found.period}-{inside.ward.code.replace('.', '')}"
    return figures.table(coverage.of(actor(), found)), f"cakupan-{found.period}"
