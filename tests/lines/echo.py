"""A small program behind the worker, and the worker with little patience: for tests of the line alone."""

import hashlib
from collections.abc import Iterable
from typing import Any, ClassVar

from patience import PatientWorker


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Says what came: method, path, the body's length and digest."""
    body = b"".join(iter(lambda: environ["wsgi.input"].read(65_536), b""))
    said = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {len(body)} {hashlib.sha256(body).hexdigest()}"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(said)))])
    return [said.encode()]


class HastyWorker(PatientWorker):  # type: ignore[misc]
    """Whatever takes a minute takes a second here."""

    HEAD_SECONDS: ClassVar[float] = 0.5
    BODY_SECONDS: ClassVar[float] = 1.0
    SLOWEST: ClassVar[int] = 300
