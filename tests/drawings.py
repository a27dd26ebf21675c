"""Draws the seed titles' line art for paper and phones that know no SVG: `python -m tests.drawings`.

PNG of 480 points across and 4 greys: a few kilobytes, and every telephone shows it.
"""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from pepa.seeds.titles import PICTURES
from tests import chromium

GREYS = (0x00, 0x55, 0xAA, 0xFF)
STYLE = "<style>body{margin:0}svg{display:block}</style>"


def four_greys(drawn: bytes) -> bytes:
    """A picture in the nearest of four greys, two bits a point."""
    palette = Image.new("P", (1, 1))
    palette.putpalette([grey for grey in GREYS for _ in range(3)])
    with Image.open(io.BytesIO(drawn)) as picture:
        plain = picture.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE)
    file = io.BytesIO()
    plain.save(file, "PNG", optimize=True, bits=2)
    return file.getvalue()


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.shell(), args=chromium.arguments())
        page = browser.new_page(viewport={"width": 480, "height": 360})
        for path in sorted(PICTURES.glob("*.svg")):
            page.set_content(STYLE + path.read_text(encoding="utf-8"))
            target = path.with_suffix(".png")
            target.write_bytes(four_greys(page.screenshot()))
            print(f"{Path(target).name}: {target.stat().st_size} bytes")
        browser.close()


if __name__ == "__main__":
    main()
