"""QR codes for what is printed: black on a white box with a border of four, so that a dark screen spoils none."""

import segno
from flask import current_app
from markupsafe import Markup

BORDER = 4  # modules; less does not scan (cases/education 33)


def address(path: str) -> str:
    """The whole address of a page of ours; the Host header is never used for it."""
    base: str = current_app.config["PEPA"].base_url
    return base.rstrip("/") + path


def qr(text: str, scale: int = 0) -> Markup:
    """A drawing that stands in the page. scale: pixels a module; 0: how large it is, the style says."""
    drawn = segno.make_qr(text, error="m").svg_inline(
        border=BORDER, light="#fff", omitsize=not scale, scale=scale or 1, svgclass=None, lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - drawn here of modules alone
