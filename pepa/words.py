"""Words below the web: sentences marked for translation, and choices that carry their label.

Msgids are Indonesian, so a sentence needs no catalogue to be readable. Doors and templates translate with `_()`;
below them a sentence is only marked, with `N_()`.
"""

from enum import StrEnum
from typing import Self


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark a sentence for the catalogue and return it as it is."""
    return sentence


class Choice(StrEnum):
    """One value of a closed list: the code that is stored for ever, and a label that may change."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member
