"""Pages of the desk for a cheap phone: the citizens' style, inlined, and no script but what a page names."""

from typing import Any

from flask import Response

from pepa.web import templates
from pepa.web.forms import Form
from pepa.web.pages import page


def light(template: str, *, form: Form | None = None, status: int = 200, **values: Any) -> Response:
    """`page` with base_worker.html: its policy lets the inlined style in, scripts of ours and their worker."""
    response = page(template, form=form, status=status, **values)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {templates.light_source()}; script-src 'self'; worker-src 'self'; "
        "connect-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    return response
