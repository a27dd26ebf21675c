"""Cuts the letters that sheets are printed with from the Noto fonts.

python -m tests.glyphs /usr/share/fonts/truetype/noto     what Debian's fonts-noto-core holds
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from pepa.domain.documents import FONTS, LETTERS

SIGNS = {0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2264, 0x2265}
MARKS = {0x2610, 0x2611, 0x260E, 0x2713, 0x2717}
CUTS = {
    "NotoSans-Regular.ttf": LETTERS - SIGNS - MARKS,
    "NotoSans-Bold.ttf": LETTERS - SIGNS - MARKS,
    "NotoSansMath-Regular.ttf": SIGNS,
    "NotoSansSymbols2-Regular.ttf": MARKS,
}


def cut(source: Path, letters: set[int] | frozenset[int], target: Path) -> None:
    """A font with these letters alone, without hints: what is printed needs none."""
    options = subset.Options()
    options.hinting = False
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    font = TTFont(source, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=letters)
    cutter.subset(font)
    if missing := set(letters) - set(font.getBestCmap()):
        raise SystemExit(f"{source.name} lacks {sorted(map(hex, missing))}")
    font.save(target)
    print(f"{target.name}: {len(letters)} letters, {target.stat().st_size} bytes")


if __name__ == "__main__":
    for name, letters in CUTS.items():
        cut(Path(sys.argv[1]) / name, letters, FONTS / name)
