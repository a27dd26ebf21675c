"""A program of its own, for bytes that nobody has looked at: draws a picture anew.

    python -I redraw.py KIND <original >copy              a JPEG to look at
    python -I redraw.py KIND line_art <original >copy     a PNG of four greys, for a title of the library

Nothing of the server is loaded here, and nothing that decodes is loaded there. `pictures` sets its limits before it is
given a byte. It ends with 0 once the copy is whole.
"""

import io
import sys
import warnings

import pi_heif
from PIL import Image, ImageOps

LONGEST = 1280  # points of the longer side
QUALITY = 72
LINE_ART = 480  # points of the longer side of a title's picture
GREYS = (0, 85, 170, 255)
# The one decoder that may look at a kind, and the most points that it may be asked for. Of a JPEG a part is decoded, so
# that phones of 108 megapixels are served too.
DECODERS = {
    "jpg": ("JPEG", 120_000_000),
    "png": ("PNG", 40_000_000),
    "webp": ("WEBP", 40_000_000),
    "gif": ("GIF", 40_000_000),
    "heic": ("HEIF", 50_000_000),
}


def drawn(original: bytes, kind: str) -> bytes:
    """A JPEG of the first picture: small, upright, on white, with nothing but its points."""
    copy = io.BytesIO()
    _on_white(original, kind, LONGEST).save(copy, "JPEG", quality=QUALITY)
    return copy.getvalue()


def line_art(original: bytes, kind: str) -> bytes:
    """A PNG of the first picture in four greys, two bits a point."""
    paper = _on_white(original, kind, LINE_ART).convert("L")
    image = Image.frombytes("P", paper.size, bytes((point + 42) // 85 for point in paper.tobytes()))
    image.putpalette([level for grey in GREYS for level in (grey,) * 3])
    copy = io.BytesIO()
    image.save(copy, "PNG", optimize=True, bits=2)
    return copy.getvalue()


def _on_white(original: bytes, kind: str, longest: int) -> Image.Image:
    decoder, most = DECODERS[kind]
    Image.MAX_IMAGE_PIXELS = most
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    with Image.open(io.BytesIO(original), formats=(decoder,)) as image:
        if min(image.size) < 1:
            raise ValueError("a side is nothing long")
        image.draft("RGB", (longest, longest))
        image.thumbnail((longest, longest))
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    paper = Image.new("RGB", upright.size, (255, 255, 255))
    paper.paste(upright, mask=upright.getchannel("A"))
    return paper


if __name__ == "__main__":
    pi_heif.register_heif_opener(thumbnails=False)
    pi_heif.options.DECODE_THREADS = 1
    draw = line_art if sys.argv[2:] == ["line_art"] else drawn
    sys.stdout.buffer.write(draw(sys.stdin.buffer.read(), sys.argv[1]))
