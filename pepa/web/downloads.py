"""Bytes that we made, as a file to keep."""

from flask import Response

from pepa.web import headers

KINDS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def as_file(content: bytes, name: str) -> Response:
    """An answer that browsers store under this name, which is ours: ASCII, without a person or a matter in it."""
    assert name.isascii()
    response = Response(content, mimetype=KINDS[name.rpartition(".")[2]], headers=headers.INERT)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
