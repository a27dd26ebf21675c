"""A picture that nothing makes smaller."""

import io
import random

from PIL import Image


def noise(side: int = 900) -> bytes:
    drawn = Image.frombytes("RGB", (side, side), random.Random(7).randbytes(side * side * 3))
    file = io.BytesIO()
    drawn.save(file, "PNG")
    return file.getvalue()
