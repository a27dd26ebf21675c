"""How many came: by sex and age, and whoever was not counted so. The total is computed, never typed (library.md 13)."""

from collections.abc import Mapping
from dataclasses import dataclass

from pepa.errors import Invalid
from pepa.models.outreach import Manner
from pepa.words import N_

SEXES = (("f", N_("Perempuan")), ("m", N_("Laki-laki")))
AGES = (
    ("child", N_("Di bawah 12")),
    ("teen", N_("12 sampai 17")),
    ("adult", N_("Dewasa")),
    ("elder", N_("Lansia")),
)
# The numbers of the boxes, the same on the paper form and on the screen (docs/guides/outreach.md).
_ROWS = tuple(f"{sex}_{age}" for age, _ in AGES for sex, _ in SEXES)
_IN_ORDER = ("title_id", "kelurahan_code", "area_ids", "on", "present", "manner", "minutes", *_ROWS)
BOXES = {name: number for number, name in enumerate((*_IN_ORDER, "uncounted", "disabled"), 1)}
CELLS = tuple(f"{sex}_{age}" for sex, _ in SEXES for age, _ in AGES)
MOST = 5000  # in one box


class PresentMissing(Invalid):
    says = N_("Tulis dulu berapa yang hadir.")
    field = "present"


class FewerThanCounted(Invalid):
    """n: how many the boxes add up to."""

    says = N_("Kotak di bawah berjumlah %(n)s, tidak cocok dengan yang hadir. Periksa satu-satu.")
    field = "present"


class MoreDisabled(Invalid):
    says = N_("Disabilitas dihitung di antara yang hadir, jadi tidak bisa lebih banyak.")
    field = "disabled"


class OutOfRange(Invalid):
    says = N_("Tulis angka 0 sampai 5000.")
    field = "present"


@dataclass(frozen=True)
class Attendance:
    """cells: by the names of CELLS. uncounted: came, and was not counted by sex and age. disabled: of all of these."""

    cells: Mapping[str, int]
    uncounted: int = 0
    disabled: int = 0

    @property
    def total(self) -> int:
        return sum(self.cells.values()) + self.uncounted

    def row(self) -> dict[str, int]:
        """As columns of a count."""
        return {**self.cells, "uncounted": self.uncounted, "disabled": self.disabled}


def counted(
    *,
    manner: str,
    present: int | None,
    cells: Mapping[str, int | None],
    uncounted: int | None = None,
    disabled: int | None = None,
) -> Attendance:
    """What was typed, made whole: whoever is present and stands in no box was not counted by sex and age.

    A group has nobody present: there 0 is right. Raises PresentMissing, FewerThanCounted, MoreDisabled, OutOfRange.
    """
    typed = (present, uncounted, disabled, *cells.values())
    if any(number is not None and not 0 <= number <= MOST for number in typed):
        raise OutOfRange
    whole = {name: cells.get(name) or 0 for name in CELLS}
    inside = sum(whole.values())
    if uncounted is None:
        uncounted = max(0, (present or 0) - inside)
    total = inside + uncounted
    if present is not None and present != total:
        raise FewerThanCounted(n=total)
    if total == 0 and manner != Manner.GROUP:
        raise PresentMissing
    if (disabled or 0) > total:
        raise MoreDisabled
    return Attendance(whole, uncounted, disabled or 0)
