"""A copy of the program behind a real socket, in a thread, for browsers and raw clients."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

PATIENCE = 10  # seconds that a request may still take when the test is over


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: a test's output is for what went wrong."""


class _Counted:
    """Knows how many requests are being answered, so that the end can wait for them and not for idle connections."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self._answering = 0
        self._changed = threading.Condition()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with self._changed:
            self._answering += 1
        try:
            answer = self._app(environ, start_response)
            try:
                yield from answer
            finally:
                getattr(answer, "close", lambda: None)()
        finally:
            with self._changed:
                self._answering -= 1
                self._changed.notify_all()

    def wait(self) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._answering == 0, PATIENCE)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve until the end. Yields the address, http://localhost:PORT."""
    counted = _Counted(app)
    server = make_server("127.0.0.1", 0, counted, threaded=True, request_handler=_Quiet)
    # How often the thread looks whether it should stop: the usual half a second would be paid by every test.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        assert counted.wait(), "a request has not ended"
