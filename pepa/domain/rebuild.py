"""A program of its own, for bytes that nobody has looked at: puts a PDF together anew.

    python -I rebuild.py pdf <original >copy

As `redraw`. It does not make safe what is drawn on a page, fonts and pictures: whoever reads the copy is told so.
"""

import io
import sys

import pikepdf

ACTS = ("/AA", "/Annots", "/Metadata", "/PieceInfo", "/Thumb")  # of a page; what belongs to the whole is left behind


def rebuilt(original: bytes) -> bytes:
    """The same pages without scripts, actions, forms, attachments, links and what says who made it."""
    copy = io.BytesIO()
    with pikepdf.open(io.BytesIO(original)) as document, pikepdf.new() as fresh:
        for page in document.pages:
            fresh.pages.append(page)
        for page in fresh.pages:
            for key in ACTS:
                if key in page.obj:
                    del page.obj[key]
        fresh.save(copy)
    return copy.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(rebuilt(sys.stdin.buffer.read()))
