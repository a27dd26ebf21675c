"""Figures of outreach in words: shares, quarters, and the tables that paper, CSV and XLSX show."""

from collections.abc import Sequence
from typing import NamedTuple

from flask_babel import gettext

from pepa.domain import periods
from pepa.domain.areas import Ward
from pepa.domain.coverage import Coverage, Inside, Tally
from pepa.domain.tables import Cell, Table
from pepa.web import formats
from pepa.words import N_

ROMAN = ("I", "II", "III", "IV")
NO_LIST = N_("daftar RT belum ada")
HEAD = (
    *(N_("Kecamatan"), N_("Kelurahan"), N_("Kode"), N_("RT"), N_("RT terjangkau"), N_("Persen"), N_("Sasaran RT")),
    *(N_("RT belum pernah"), N_("Terakhir"), N_("Kegiatan"), N_("Kehadiran"), N_("Koreksi triwulan lalu")),
    *(N_("Sebaran grup"), N_("Kegiatan dengan edisi yang ditarik")),
)
RT_HEAD = (N_("RT"), N_("RW"), N_("Lingkungan"), N_("Terjangkau"), N_("Kegiatan"), N_("Terakhir"))
NOTES = (
    N_("Terjangkau: RT disebut satu kegiatan yang dikonfirmasi, selain grup chat. Tiap RT dihitung sekali."),
    N_("Kehadiran bukan jumlah orang: yang datang dua kali dihitung dua kali."),
)
EVER = N_("Belum pernah dan terakhir dihitung dari semua triwulan.")
UNTIL_CLOSED = N_("Triwulan ini ditutup: belum pernah dan terakhir dihitung sampai akhir triwulan.")


def quarter(code: str) -> str:
    """`Triwulan IV 2026`"""
    year, _, number = code.partition("-Q")
    return str(gettext("Triwulan %(n)s %(tahun)s", n=ROMAN[int(number) - 1], tahun=year))


def months(code: str) -> str:
    """`Okt-Des`"""
    first, last = (gettext(formats.MONTHS[day.month - 1]) for day in (periods.first_day(code), periods.last_day(code)))
    return f"{first}\N{EN DASH}{last}"


def share(tally: Tally) -> str:
    """`31 dari 74 RT (42 %)`, or that there is no list: nothing of nothing is no percent."""
    if tally.share is None:
        return str(gettext(NO_LIST))
    said = gettext("%(n)s dari %(semua)s RT", n=formats.thousands(tally.reached), semua=formats.thousands(tally.rts))
    return f"{said} ({tally.share}\N{NO-BREAK SPACE}%)"


def notes(is_closed: bool) -> list[str]:
    """How the figures of a quarter are counted."""
    return [gettext(note) for note in (*NOTES, UNTIL_CLOSED if is_closed else EVER)]


def signed(number: int) -> str:
    """`−20`, `+1.250`"""
    return ("\N{MINUS SIGN}" if number < 0 else "+") + formats.thousands(abs(number))


def table(coverage: Coverage) -> Table:
    """The city by kelurahan, each kecamatan and the whole below, as paper, CSV and XLSX show it."""
    rows = [_row(ward.kecamatan, ward.name, ward.code, tally) for ward, tally in coverage.rows]
    total = gettext("Jumlah")
    rows += [_row(name, total, "", tally) for name, tally in coverage.by_kecamatan.items()]
    rows.append(_row(total, "", "", coverage.total))
    name = f"{gettext('Cakupan')} {coverage.asked.period}"
    return Table(name, [gettext(head) for head in HEAD], rows, notes(coverage.is_closed))


def _row(kecamatan: str, kelurahan: str, code: str, tally: Tally) -> Sequence[Cell]:
    counted = tally.share is not None
    return (
        *(kecamatan, kelurahan, code, tally.rts if counted else gettext(NO_LIST)),
        *((tally.reached, tally.share) if counted else (None, None)),
        *(tally.target, tally.never if counted else None, tally.last_on, tally.sessions, tally.attendance),
        *(tally.late, tally.posts, tally.withdrawn),
    )


def rt_table(inside: Inside) -> Table:
    """A kelurahan by RT. "RT 003" stands in words, so that no spreadsheet takes its zeros."""
    rows = []
    for one in inside.rts:
        level = {title.split(" ", 1)[0]: title for title in one.part.path}
        when: Cell = one.last_on or gettext("belum pernah")
        reached = gettext("ya") if one.sessions else gettext("belum")
        rows.append((level["RT"], level.get("RW", ""), level.get("Lingkungan", ""), reached, one.sessions, when))
    return Table(inside.ward.name, [gettext(head) for head in RT_HEAD], rows, notes(inside.is_closed))


class Box(NamedTuple):
    """A kelurahan on the map: its place in the grid, its hatch (none, h1 … h4, full, missing), what stands in it."""

    x: int
    y: int
    hatch: str
    name: str
    said: str


ACROSS, WIDE, TALL = 3, 100, 40  # boxes in a row, and the size of each
HATCHES = ("none", "h1", "h2", "h3", "h4", "full", "missing")


def boxes(rows: Sequence[tuple[Ward, Tally]]) -> Sequence[Box]:
    """Kelurahan as boxes of one size, in the order in which they are listed."""
    return [
        Box(n % ACROSS * WIDE, n // ACROSS * TALL, hatch(tally), ward.name, said(tally))
        for n, (ward, tally) in enumerate(rows)
    ]


def said(tally: Tally) -> str:
    return "\N{EN DASH}" if tally.share is None else f"{tally.share} %"


def hatch(tally: Tally) -> str:
    """By quarters of the whole; all and nothing have a look of their own."""
    if tally.share is None:
        return "missing"
    if tally.share in (0, 100):
        return "full" if tally.share else "none"
    return f"h{tally.share // 25 + 1}"
