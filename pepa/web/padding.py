"""Citizens' pages weigh the same on the line: it is harder to tell which one was read (citizen.md, byte budgets).

What goes out over HTTP/1.1, with the lines that gunicorn puts before ours, is filled up to one of a few sizes. It makes
guessing harder, not impossible: when a page was asked for, what was sent, and how the visit went on stay to be seen.

A gzip stream is filled up in its own header, in the extra field, which is read over (RFC 1952): what was compressed
once and kept is not compressed again. An answer that is not compressed gets a comment behind its end.

Not filled up: redirects and the exit, which carry no page and have to be small on a slow line; /healthz, which no
citizen asks for; files that are taken (`is_file`), whose size is said before; the staff wing.
"""

from flask import Flask, Response, request

from pepa.web import headers, pages

SIZES = (5_120, 14_336)  # a page; one to read at length: what ten segments carry before the first acknowledgement
STEP = 5_120  # longer ones, and those that show again what was typed
SERVER = "Server: gunicorn\r\nDate: Wed, 25 Nov 2026 08:00:00 GMT\r\nConnection: keep-alive\r\n"
FLAGS, FIXED = 3, 10  # where the flags of a gzip stream stand, and where the header ends that every one has
EXTRA, REMARK = 4, 16  # two of the flags
SHORTEST_EXTRA = 6  # its length, and one subfield of nothing: a name and a length
SHORTEST_COMMENT = len("<!---->")


def register(app: Flask) -> None:
    """To be called before all else that sets headers: what is registered first runs last."""
    app.after_request(padded)


def padded(response: Response) -> Response:
    """A citizen's page at one of the sizes. Its headers and its body have their last form."""
    is_page = response.mimetype == "text/html" and response.status_code not in headers.MOVES
    is_file = getattr(response, "is_file", False)
    if not is_page or is_file or pages.is_staff() or request.method == "HEAD":
        return response
    body = response.get_data()
    lack = _lack(_head(response), len(body), () if getattr(response, "keep_plain", False) else SIZES)
    coding = response.headers.get("Content-Encoding")
    response.set_data(_stretched(body, lack) if coding == "gzip" else body + _ignored(lack))
    return response


def _head(response: Response) -> int:
    """Bytes before the body, without the digits of its length."""
    lines = sum(len(name) + len(value) + 4 for name, value in response.headers if name != "Content-Length")
    return len(f"HTTP/1.1 {response.status}\r\n") + len(SERVER) + lines + len("Content-Length: \r\n\r\n")


def _lack(head: int, body: int, sizes: tuple[int, ...]) -> int:
    """Bytes that the body lacks to the next size. The digits of its length are bytes as well."""
    least = head + body + len(str(body))
    size = next((size for size in sizes if size >= least), -(-least // STEP) * STEP)
    length = size - head
    while head + length + len(str(length)) > size:
        length -= 1
    return length - body


def _stretched(packed: bytes, lack: int) -> bytes:
    """A gzip stream whose header is longer by so many bytes."""
    if not lack:
        return packed
    if lack < SHORTEST_EXTRA:
        flag, more = REMARK, b" " * (lack - 1) + b"\0"
    else:
        inside = lack - SHORTEST_EXTRA
        flag, more = EXTRA, (inside + 4).to_bytes(2, "little") + b"pd" + inside.to_bytes(2, "little") + bytes(inside)
    return packed[:FLAGS] + bytes([packed[FLAGS] | flag]) + packed[FLAGS + 1 : FIXED] + more + packed[FIXED:]


def _ignored(lack: int) -> bytes:
    """So many bytes that a browser reads over behind the end of a page."""
    return b"\n" * lack if lack < SHORTEST_COMMENT else b"<!--" + b"." * (lack - SHORTEST_COMMENT) + b"-->"
