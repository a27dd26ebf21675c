"""The telephone numbers that texts name: one place for each, from which every sheet is filled (library.md, 4)."""

from collections.abc import Mapping

from pepa.domain import settings
from pepa.domain.blocks import NUMBERS


def held() -> Mapping[str, str]:
    """Name in blocks.NUMBERS → the number as it is shown, empty where there is none."""
    found = settings.read()
    return {name: found.number(code) or str(getattr(found, code, "")) for name, code in NUMBERS.items()}
